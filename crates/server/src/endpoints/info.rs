//! `GET /info/info.json`, `GET /info/deaths.json` and `GET /metrics`: what is open and what happened, for
//! the administrator.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use recto_docs_api::{DOCS_API_VERSION, Explain};
use recto_session::Overview;
use recto_store::DEATH_REPORTS;
use serde_json::{Value, json};

use super::{Shared, command};
use crate::health;
use crate::metrics::Now;
use crate::statistics::Sample;
use crate::tenants::Tenant;

/// All of them, without a guard.
pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/info/info.json", get(info))
        .route("/info/deaths.json", get(deaths))
        .route("/metrics", get(metrics))
}

/// What is open, in the members that administrators' tools for ONLYOFFICE read (spec 3.9), and what is
/// Recto's own under `recto`.
pub async fn info(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let overview = shared.tenants.overview().await;
    let now = overview.iter().fold(Sample::default(), |sum, (_, open)| {
        sum.with(connected(open))
    });
    let documents: Vec<Value> = overview
        .iter()
        .flat_map(|(tenant, open)| open.iter().map(|document| shown(tenant, document)))
        .collect();
    let tenants: Vec<Value> = overview
        .iter()
        .filter_map(|(tenant, open)| {
            let people = connected(open);
            Some(json!({
                "name": tenant.name.as_ref()?,
                "documents": open.len(), "editors": people.edit, "viewers": people.view,
                "connectionsStat": tenant.statistics.json(shared.now()),
            }))
        })
        .collect();
    let engine = &shared.engine;
    let license = command::license();
    Json(json!({
        "connectionsStat": shared.statistics.json(shared.now()),
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
            "engineParts": engine.part_notices(),
            "kits": { "warm": engine.warm_kits(), "busy": engine.kit_pids().len() },
            "documents": documents,
            "tenants": tenants,
        },
    }))
}

/// The reports of engine processes that died over documents, the newest first.
pub async fn deaths(State(shared): State<Arc<Shared>>) -> Response {
    match shared.store.deaths().await {
        Ok(deaths) => Json(json!({ "deaths": deaths, "kept": DEATH_REPORTS })).into_response(),
        Err(error) => {
            tracing::error!(code = error.code(), message = %error.message(), "the reports of deaths cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The counters, in the text format of Prometheus.
pub async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let overview = shared.tenants.overview().await;
    let number = |people: u64| usize::try_from(people).unwrap_or(usize::MAX);
    let mut people = Sample::default();
    let mut tenants = Vec::new();
    for (tenant, open) in &overview {
        let of_tenant = connected(open);
        people = people.with(of_tenant);
        if let Some(name) = &tenant.name {
            let numbers = [open.len(), number(of_tenant.edit), number(of_tenant.view)];
            tenants.push((name.clone(), numbers));
        }
    }
    let engine = &shared.engine;
    let now = Now {
        documents: overview.iter().map(|(_, open)| open.len()).sum(),
        editors: number(people.edit),
        viewers: number(people.view),
        warm_kits: engine.warm_kits(),
        busy_kits: engine.kit_pids().len(),
        failed_starts: engine.failed_starts(),
        snapshots: engine.snapshots(),
        healthy: health::problem(&shared).is_none(),
        tenants,
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

/// One open document, and whose it is if it is not the default's.
fn shown(tenant: &Tenant, document: &Overview) -> Value {
    let mut shown = json!(document);
    if let Some(name) = &tenant.name {
        shown["tenant"] = name.as_str().into();
    }
    shown
}

/// Everybody who has a document open now.
pub fn connected(documents: &[Overview]) -> Sample {
    let states = documents.iter().filter_map(|open| open.state.as_ref());
    states.fold(Sample::default(), |sum, state| Sample {
        edit: sum.edit + state.editors as u64,
        view: sum.view + state.viewers as u64,
    })
}
