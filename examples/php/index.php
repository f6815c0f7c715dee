<?php
// An application that embeds the editor: a page, a file and a callback. See ../README.md.
declare(strict_types=1);

$secret = getenv('JWT_SECRET') ?: exit('JWT_SECRET is not set.');   // the secret of the document server
$server = getenv('DOCUMENT_SERVER') ?: 'http://127.0.0.1:8080';     // where it is
$own = getenv('APP_URL') ?: 'http://127.0.0.1:8082';                // where it finds this application
$folder = getenv('DATA') ?: __DIR__ . '/data';

function base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

/** A token that is good for five minutes. */
function sign(array $payload, string $secret): string
{
    $json = JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR;
    $input = base64url(json_encode(['alg' => 'HS256', 'typ' => 'JWT'], $json))
        . '.' . base64url(json_encode($payload + ['iat' => time(), 'exp' => time() + 300], $json));
    // The fourth argument is true: the bytes, not hex digits.
    return $input . '.' . base64url(hash_hmac('sha256', $input, $secret, true));
}

/** What a token of the document server says; a refusal ends the request. */
function verify(string $token, string $secret): array
{
    [$header, $payload, $signature] = array_pad(explode('.', $token), 3, '');
    $claims = json_decode(base64_decode(strtr($payload, '-_', '+/')), true);
    $good = hash_equals(base64url(hash_hmac('sha256', "$header.$payload", $secret, true)), $signature);
    if (!$good || !is_array($claims) || ($claims['exp'] ?? 0) < time() - 60) {
        http_response_code(403);
        exit('{"error":1}');
    }
    return $claims;
}

/** What the `Authorization` header of this request says. */
function authorization(string $secret): array
{
    // Under Apache, and with `php -S`, the names are as they were sent: the document server's are in title case.
    $header = apache_request_headers()['Authorization'] ?? '';
    return verify(substr($header, strlen('Bearer ')), $secret)['payload'] ?? [];
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$name = basename($_GET['file'] ?? 'Welcome.docx');
$file = "$folder/$name";
is_file($file) || exit('There is no such file.');

if ($path === '/file') {
    if ((authorization($secret)['url'] ?? '') !== "$own/file?file=" . rawurlencode($name)) {
        http_response_code(403);
        exit;
    }
    header('Content-Type: application/octet-stream');
    readfile($file);
} elseif ($path === '/callback') {
    $said = authorization($secret);     // only what is signed counts; the body says the same
    if (in_array($said['status'], [2, 6], true)) {
        // Nobody else may make this application fetch an address.
        $saved = str_starts_with($said['url'], "$server/") ? file_get_contents($said['url']) : false;
        if ($saved === false || !file_put_contents("$file.new", $saved) || !rename("$file.new", $file)) {
            http_response_code(500);    // it is delivered again
            exit('{"error":1}');
        }
    }
    header('Content-Type: application/json');
    echo '{"error":0}';
} else {
    $user = $_GET['user'] ?? 'ada';             // a real application knows who is signed in
    $edits = ($_GET['rights'] ?? 'edit') === 'edit';    // and what they may do
    $config = [
        'documentType' => 'word',
        'document' => [
            'fileType' => 'docx',
            'key' => sha1($name . sha1_file($file)),    // a new one for each content, the same for all who open it
            'title' => $name,
            'url' => "$own/file?file=" . rawurlencode($name),
            'permissions' => ['edit' => $edits, 'comment' => $edits, 'review' => $edits, 'fillForms' => $edits],
        ],
        'editorConfig' => [
            'mode' => $edits ? 'edit' : 'view',
            'callbackUrl' => "$own/callback?file=" . rawurlencode($name),
            'user' => ['id' => $user, 'name' => ucfirst($user)],
        ],
    ];
    $config['token'] = sign($config, $secret);  // last: nothing may change afterwards
    ?>
<!doctype html>
<meta charset="utf-8">
<title><?= htmlspecialchars($name) ?></title>
<style>html, body { height: 100%; margin: 0 }</style>
<div id="editor"></div>
<script src="<?= htmlspecialchars($server) ?>/web-apps/apps/api/documents/api.js"></script>
<script>new DocsAPI.DocEditor("editor", <?= json_encode($config, JSON_HEX_TAG | JSON_THROW_ON_ERROR) ?>);</script>
<?php
}
