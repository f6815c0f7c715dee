<!doctype html>
<meta charset="utf-8">
<title>{{ $name }}</title>
<style>html, body { height: 100%; margin: 0 }</style>
<div id="editor"></div>
<script src="{{ $server }}/web-apps/apps/api/documents/api.js"></script>
<script>new DocsAPI.DocEditor("editor", @json($config));</script>
