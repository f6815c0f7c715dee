//! `GET /healthcheck`: whether a document could really be opened now.

use std::sync::Arc;

use axum::extract::State;

use super::Shared;

/// `true` or `false`, always with status 200, as monitors made for ONLYOFFICE expect (spec 3.9).
pub async fn healthcheck(State(shared): State<Arc<Shared>>) -> &'static str {
    if shared.engine.ready() {
        "true"
    } else {
        "false"
    }
}
