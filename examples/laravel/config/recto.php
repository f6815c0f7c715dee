<?php

return [
    'secret' => env('JWT_SECRET') ?: throw new RuntimeException('JWT_SECRET is not set.'),  // the secret of the document server
    'server' => env('DOCUMENT_SERVER', 'http://127.0.0.1:8080'),    // where it is
    'own' => env('APP_URL', 'http://127.0.0.1:8082'),               // where it finds this application
    'folder' => env('DATA', storage_path('app')),
];
