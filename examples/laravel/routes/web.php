<?php

use App\Http\Controllers\DocumentController;
use Illuminate\Support\Facades\Route;

Route::get('/', [DocumentController::class, 'page']);
// The document server has no session and no CSRF token; it signs what it sends. In an application with the
// middleware group "web", these two stay outside of it.
Route::get('/file', [DocumentController::class, 'download']);
Route::post('/callback', [DocumentController::class, 'callback']);
