//! Giving a version's content to the document server.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use recto_docs_api::FileType;
use serde_json::json;
use tokio_util::io::ReaderStream;

use super::{config::content_url, readable};
use crate::App;
use crate::storage::StorageError;

/// The document server proves itself with a token, signed with the shared secret for exactly this
/// address. Without one the answer says why it is refused.
pub(super) async fn content(
    State(app): State<App>,
    Path((file, number)): Path<(String, i64)>,
    headers: HeaderMap,
) -> Response {
    let url = content_url(&app.settings, &file, number);
    if let Err(refusal) = app
        .settings
        .integrator
        .download(readable(&headers), &url, app.now())
    {
        tracing::warn!(
            file,
            number,
            code = refusal.code,
            reason = refusal.message,
            hint = refusal.hint,
            "a download was refused"
        );
        return (StatusCode::FORBIDDEN, Json(refusal)).into_response();
    }
    match send(&app, &file, number).await {
        Ok(Some(response)) => response,
        Ok(None) => problem(
            StatusCode::NOT_FOUND,
            "file.unknown",
            "There is no such version: the file was deleted.",
            "Close the document.",
        ),
        Err(error) => {
            tracing::error!(%error, file, number, "a version could not be sent to the document server");
            problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "file.unreadable",
                "The portal could not read the file.",
                "Try again, and look into the portal's log if it stays so.",
            )
        }
    }
}

async fn send(app: &App, file: &str, number: i64) -> Result<Option<Response>, StorageError> {
    let Some(version) = app.storage.version(file, number).await? else {
        return Ok(None);
    };
    let mime = FileType::parse(&version.file_type)
        .map_or("application/octet-stream", |known| known.mime());
    let content = app.storage.blobs.read(&version.blob).await?;
    let headers = [
        (CONTENT_TYPE, mime.to_owned()),
        (CONTENT_LENGTH, version.size.to_string()),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok(Some(
        (headers, Body::from_stream(ReaderStream::new(content))).into_response(),
    ))
}

fn problem(status: StatusCode, code: &str, message: &str, hint: &str) -> Response {
    (
        status,
        Json(json!({ "code": code, "message": message, "hint": hint })),
    )
        .into_response()
}
