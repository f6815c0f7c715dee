//! Endpoints of the Docs API that this version does not have.

use axum::Json;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Says so: status 501, and an `error`, so that a connector reports a failure rather than a success.
pub async fn not_built(uri: Uri) -> Response {
    // The last part of such a path is the key of a document.
    let name = uri.path().split('/').nth(1).unwrap_or_default().to_owned();
    (
        StatusCode::NOT_IMPLEMENTED,
        Json(sentence(3, &format!("/{name}"))),
    )
        .into_response()
}

/// The body of an answer that says so, with the number that the service has for it.
pub fn sentence(error: i32, what: &str) -> Value {
    json!({
        "error": error,
        "code": "server.not_built",
        "message": format!("This version of Recto does not have {what} yet."),
        "hint": "Opening, editing and saving through callbackUrl work; leave this function of the connector switched off.",
    })
}
