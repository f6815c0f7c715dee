//! Web pages under the name of a document.

/// How a page may begin, after spaces and comments.
const BEGINNINGS: [&[u8]; 7] = [
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<body",
    b"<meta",
    b"<style",
    b"<table",
];
/// What a page has that asks for something, or runs something.
const ASKS: [&[u8]; 6] = [
    b"<form",
    b"<input",
    b"<button",
    b"type=\"password\"",
    b"http-equiv=\"refresh\"",
    b"<iframe",
];

/// Whether this is the beginning of a web page, or of a part of one.
pub(super) fn begins(head: &[u8]) -> bool {
    begins_with_one_of(head, BEGINNINGS.len())
}

/// Whether this is the beginning of a whole web page.
pub(super) fn is_whole(head: &[u8]) -> bool {
    begins_with_one_of(head, 2)
}

fn begins_with_one_of(head: &[u8], most: usize) -> bool {
    let mut rest = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = if rest.starts_with(b"<!--") {
            b"-->"
        } else if rest.starts_with(b"<?xml") {
            b"?>"
        } else {
            break;
        };
        let Some(at) = super::find(rest, end) else {
            return false;
        };
        rest = &rest[at + end.len()..];
    }
    BEGINNINGS.iter().take(most).any(|known| {
        let begin = rest.get(..known.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(known))
    })
}

/// Whether the beginning of a file is a web page that programs write in a workbook's place: it has a
/// table, and nothing that asks its reader for something, such as to log in.
pub(super) fn is_page_of_tables(beginning: &[u8]) -> bool {
    let lower = beginning.to_ascii_lowercase();
    let has = |part: &[u8]| super::find(&lower, part).is_some();
    begins(&lower) && has(b"<table") && has(b"<td") && !ASKS.iter().any(|asks| has(asks))
}
