//! Endpoints of the Docs API that this version does not have.

use axum::Json;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Says so: status 501, and `error` 3 (internal error of the command service), so that a connector
/// reports a failure rather than a success.
pub async fn not_built(uri: Uri) -> Response {
    let body = json!({
        "error": 3,
        "code": "server.not_built",
        "message": format!("This version of Recto has no {} yet.", uri.path()),
        "hint": "Opening, editing and saving through callbackUrl work; leave this function of the connector switched off.",
    });
    (StatusCode::NOT_IMPLEMENTED, Json(body)).into_response()
}
