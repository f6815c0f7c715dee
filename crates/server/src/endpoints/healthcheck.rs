//! `GET /healthcheck`: whether documents can be opened.

use std::sync::Arc;

use axum::extract::State;

use super::Shared;
use crate::health;

/// `true` or `false`, always with status 200, as monitors made for ONLYOFFICE expect (spec 3.9).
pub async fn healthcheck(State(shared): State<Arc<Shared>>) -> &'static str {
    match health::problem(&shared) {
        None => "true",
        Some(problem) => {
            tracing::warn!(%problem, "the health check says false");
            "false"
        }
    }
}
