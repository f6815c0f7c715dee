<?php

namespace App;

/** Tokens as the document server makes and reads them. With Composer, firebase/php-jwt does the same. */
class Jwt
{
    /** A token that is good for five minutes. */
    public static function sign(array $payload): string
    {
        $json = JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR;
        $input = self::base64url(json_encode(['alg' => 'HS256', 'typ' => 'JWT'], $json))
            . '.' . self::base64url(json_encode($payload + ['iat' => time(), 'exp' => time() + 300], $json));
        return "$input." . self::signature($input);
    }

    /** What a token of the document server says; a refusal ends the request. */
    public static function verify(string $token): array
    {
        [$header, $payload, $signature] = array_pad(explode('.', $token), 3, '');
        $claims = json_decode(base64_decode(strtr($payload, '-_', '+/')), true);
        $good = hash_equals(self::signature("$header.$payload"), $signature);
        abort_if(!$good || !is_array($claims) || ($claims['exp'] ?? 0) < time() - 60, 403);
        return $claims;
    }

    private static function signature(string $input): string
    {
        // The fourth argument is true: the bytes, not hex digits.
        return self::base64url(hash_hmac('sha256', $input, config('recto.secret'), true));
    }

    private static function base64url(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }
}
