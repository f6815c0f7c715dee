//! `POST /docbuilder`: the builder service, which Recto does not offer.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use recto_token::Service;
use serde_json::json;

use super::Shared;
use crate::client::Client;
use crate::request_id::Reference;
use crate::service::ServiceRequest;

/// Says so to requests with a good token, and refuses all others as usual.
pub async fn docbuilder(
    State(shared): State<Arc<Shared>>,
    reference: Reference,
    uri: Uri,
    client: Client,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = ServiceRequest::new(
        &shared,
        Service::Docbuilder,
        &uri,
        &client,
        &headers,
        &body,
        &reference,
    );
    match request.verified() {
        Err(answer) => Json(answer).into_response(),
        Ok(_) => (
            StatusCode::NOT_IMPLEMENTED,
            Json(json!({
                "error": -1,
                "code": "server.not_offered",
                "message": "Recto does not run scripts of the document builder.",
                "hint": "Make the document in the application, and convert or open the result here.",
            })),
        )
            .into_response(),
    }
}
