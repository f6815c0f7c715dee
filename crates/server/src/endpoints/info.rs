//! `GET /info/info.json` and `GET /metrics`: what is open and what happened, for the administrator.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use recto_docs_api::DOCS_API_VERSION;
use recto_session::Overview;
use serde_json::{Value, json};

use super::{Shared, command};
use crate::metrics::Now;
use crate::statistics::Sample;

/// Both, without a guard.
pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/info/info.json", get(info))
        .route("/metrics", get(metrics))
}

/// What is open, in the members that administrators' tools for ONLYOFFICE read (spec 3.9), and what is
/// Recto's own under `recto`.
pub async fn info(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let documents = shared.sessions.overview().await;
    let now = connected(&documents);
    let engine = &shared.sessions.services().engine;
    let license = command::license();
    Json(json!({
        "connectionsStat": shared.statistics.json((shared.sessions.services().clock)()),
        "licenseInfo": license["license"],
        "serverInfo": license["server"],
        "quota": {
            "edit": { "connectionsCount": now.edit },
            "view": { "connectionsCount": now.view },
        },
        "recto": {
            "version": env!("CARGO_PKG_VERSION"),
            "docsApi": DOCS_API_VERSION,
            "engine": engine.version(),
            "kits": { "warm": engine.warm_kits(), "busy": engine.kit_pids().len() },
            "documents": documents,
        },
    }))
}

/// The counters, in the text format of Prometheus.
pub async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let documents = shared.sessions.overview().await;
    let people = connected(&documents);
    let engine = &shared.sessions.services().engine;
    let number = |people: u64| usize::try_from(people).unwrap_or(usize::MAX);
    let now = Now {
        documents: documents.len(),
        editors: number(people.edit),
        viewers: number(people.view),
        warm_kits: engine.warm_kits(),
        busy_kits: engine.kit_pids().len(),
    };
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match shared.metrics.text(&now) {
        Ok(text) => ([(header::CONTENT_TYPE, kind)], text).into_response(),
        Err(error) => {
            // Writing to a String cannot fail.
            tracing::error!(%error, "the counters could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Everybody who has a document open now.
pub fn connected(documents: &[Overview]) -> Sample {
    let states = documents.iter().filter_map(|open| open.state.as_ref());
    states.fold(Sample::default(), |sum, state| Sample {
        edit: sum.edit + state.editors as u64,
        view: sum.view + state.viewers as u64,
    })
}
