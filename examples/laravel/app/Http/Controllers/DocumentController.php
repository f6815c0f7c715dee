<?php
// An application that embeds the editor: a page, a file and a callback. See ../../../../README.md.

namespace App\Http\Controllers;

use App\Jwt;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\File;

class DocumentController
{
    public function page(Request $request)
    {
        [$name, $file] = $this->file($request);
        $user = $request->query('user', 'ada');                     // a real application has $request->user(),
        $edits = $request->query('rights', 'edit') === 'edit';      // and a policy: $user->can('update', $document)
        $config = [
            'documentType' => 'word',
            'document' => [
                'fileType' => 'docx',
                'key' => sha1($name . sha1_file($file)),    // a new one for each content, the same for all who open it
                'title' => $name,
                'url' => $this->url('/file', $name),
                'permissions' => ['edit' => $edits, 'comment' => $edits, 'review' => $edits, 'fillForms' => $edits],
            ],
            'editorConfig' => [
                'mode' => $edits ? 'edit' : 'view',
                'callbackUrl' => $this->url('/callback', $name),
                'user' => ['id' => $user, 'name' => ucfirst($user)],
            ],
        ];
        $config['token'] = Jwt::sign($config);  // last: nothing may change afterwards
        return view('editor', ['name' => $name, 'config' => $config, 'server' => config('recto.server')]);
    }

    public function download(Request $request)
    {
        [$name, $file] = $this->file($request);
        $claims = Jwt::verify((string) $request->bearerToken());
        abort_if(($claims['payload']['url'] ?? '') !== $this->url('/file', $name), 403);
        return response()->file($file);
    }

    public function callback(Request $request)
    {
        [, $file] = $this->file($request);
        $said = Jwt::verify((string) $request->json('token'));  // only what is signed counts
        if (in_array($said['status'], [2, 6], true)) {
            // Nobody else may make this application fetch an address.
            abort_unless(str_starts_with($said['url'], config('recto.server') . '/'), 403);
            File::replace($file, file_get_contents($said['url']));  // what fails here is answered with 500, and delivered again
        }
        return response()->json(['error' => 0]);
    }

    private function file(Request $request): array
    {
        $name = basename($request->query('file', 'Welcome.docx'));
        $file = config('recto.folder') . "/$name";
        abort_unless(is_file($file), 404);
        return [$name, $file];
    }

    private function url(string $path, string $name): string
    {
        return config('recto.own') . "$path?file=" . rawurlencode($name);
    }
}
