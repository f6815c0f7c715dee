//! `GET /`: says that this is a document server, to somebody who looks.

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A page without a script and without anything about the installation.
pub async fn welcome() -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let page = Html(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Recto</title>\
         <body style=\"font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:4em auto;padding:0 1em\">\
         <h1>Recto</h1><p>This is a document server. It has no pages for visitors: an \
         application embeds its editor with <code>/web-apps/apps/api/documents/api.js</code>. Its \
         administrator may ask it <a href=\"token/\">what is wrong with a token</a> and \
         <a href=\"callbacks/\">what applications answered</a>, and \
         anybody may read <a href=\"docs/\">its documentation</a>.</p>\
         <p lang=\"fr\">Ceci est un serveur de documents. Une application intègre son éditeur avec \
         <code>/web-apps/apps/api/documents/api.js</code>. Son administrateur peut lui demander \
         <a href=\"token/\">ce qui ne va pas avec un jeton</a> et \
         <a href=\"callbacks/\">ce que les applications ont répondu</a>, et chacun peut lire \
         <a href=\"docs/\" hreflang=\"en\">sa documentation</a> (en anglais).</p>",
    );
    (headers, page).into_response()
}
