//! The endpoints, one a file.

mod callbacks;
mod command;
mod conversion;
mod docbuilder;
mod documentation;
mod front_end;
mod goodbye;
mod healthcheck;
mod info;
mod live;
mod not_built;
mod preload;
mod result_file;
mod token_explain;
mod token_page;
mod welcome;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderName;
use axum::routing::{any, get, post};
use recto_engine::Engine;
use recto_fetch::Clock;
use recto_store::Store;
use recto_token::Refusal;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;

use crate::admin::{Admin, guarded};
use crate::config::{FrameAncestors, Refusals};
use crate::metrics::Metrics;
use crate::openapi;
use crate::origin::Origins;
use crate::statistics::{Sample, Statistics};
use crate::tenants::Served;
use crate::tidy_path::tidied;
use crate::watchdog::Watchdog;

/// Most bytes of a request to a service, unpacked. A token has at most 64 KiB.
const MAX_SERVICE_BODY: usize = 1 << 20;

/// What endpoints share.
pub(crate) struct Shared {
    pub tenants: Served,
    pub engine: Engine,
    pub store: Store,
    pub watchdog: Watchdog,
    pub clock: Clock,
    /// Whether configs and requests must be signed.
    pub tokens: bool,
    /// Name of the header that carries tokens.
    pub token_header: HeaderName,
    /// What a token follows in that header, with its blank.
    pub token_prefix: String,
    /// Of requests to nobody's host.
    pub frame_ancestors: FrameAncestors,
    pub refusals: Refusals,
    /// Of the server's own pages.
    pub origins: Arc<Origins>,
    /// Room for live connections of which it is not known yet whose they are.
    pub unauthenticated: Arc<Semaphore>,
    /// Room for large messages of browsers.
    pub large_messages: Arc<Semaphore>,
    /// Bytes that are read of one of them.
    pub first_message_bytes: usize,
    pub admin: Arc<Admin>,
    /// Of what is no tenant's yet.
    pub metrics: Metrics,
    /// Of all tenants together.
    pub statistics: Statistics,
}

impl Shared {
    /// Unix seconds now.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }
}

/// Everything about a refusal, under the id that its receiver knows.
pub(crate) fn log_refusal(what: &str, request: &str, refusal: &Refusal) {
    tracing::warn!(
        request,
        code = refusal.code,
        path = refusal.path.as_deref(),
        expected = refusal.expected.as_deref(),
        found = refusal.found.as_deref(),
        docs = refusal.docs,
        wire = refusal.wire.code,
        wire_description = refusal.wire.description,
        sentence = refusal.message,
        hint = refusal.hint,
        "{what}"
    );
}

/// All routes.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let all = public_routes().merge(admin_routes(shared.admin.clone()));
    let prefixes = shared.origins.clone();
    tidied(
        all.with_state(shared),
        prefixes.paths(),
        &openapi::described_paths(),
    )
}

/// All routes but the administrator's, and those.
pub(crate) fn two_routers(shared: Arc<Shared>) -> (Router, Router) {
    let admin = admin_routes(shared.admin.clone()).with_state(shared.clone());
    let (prefixes, own) = (shared.origins.clone(), openapi::described_paths());
    let public = tidied(public_routes().with_state(shared), prefixes.paths(), &own);
    (public, tidied(admin, prefixes.paths(), &own))
}

fn admin_routes(admin: Arc<Admin>) -> Router<Arc<Shared>> {
    let pages = token_page::routes()
        .merge(info::routes())
        .merge(callbacks::routes());
    guarded(pages, admin)
}

fn public_routes() -> Router<Arc<Shared>> {
    let pages = Router::new()
        .route("/", get(welcome::welcome))
        .route("/docs", get(documentation::first))
        .route("/docs/", get(documentation::first_here))
        .route("/docs/{*path}", get(documentation::documentation))
        .route("/web-apps/apps/api/documents/api.js", get(front_end::api))
        .route(
            "/web-apps/apps/api/documents/preload.html",
            get(preload::preload),
        )
        .route(
            "/web-apps/apps/api/documents/cache-scripts.html",
            get(preload::preload),
        )
        .route("/web-apps/apps/editor/{*path}", get(front_end::editor))
        .route("/favicon.ico", get(front_end::favicon))
        .layer(CompressionLayer::new());
    let services = Router::new()
        .route("/command", post(command::command))
        .route(
            "/coauthoring/CommandService.ashx",
            post(command::command).get(command::command),
        )
        .route("/converter", post(conversion::converter))
        .route(
            "/ConvertService.ashx",
            post(conversion::convert_service).get(conversion::convert_service),
        )
        .route("/docbuilder", post(docbuilder::docbuilder))
        .layer(DefaultBodyLimit::max(MAX_SERVICE_BODY))
        .layer(RequestDecompressionLayer::new());
    Router::new()
        .merge(pages)
        .merge(services)
        .route("/healthcheck", get(healthcheck::healthcheck))
        .route("/openapi.json", get(openapi::openapi))
        .route("/doc/{key}/live", get(live::live))
        .route("/doc/{key}/goodbye", post(goodbye::goodbye))
        .route("/cache/files/{id}/{name}", get(result_file::result_file))
        .route("/downloadas/{key}", any(not_built::not_built))
        .route("/downloadfile/{key}", any(not_built::not_built))
        .route("/savefile/{key}", any(not_built::not_built))
        .route("/upload/{key}", any(not_built::not_built))
        .route("/printfile/{key}/{name}", any(not_built::not_built))
}

/// Who is connected now, for the statistics.
pub(crate) async fn sample(shared: &Shared) {
    let now = shared.now();
    let mut all = Sample::default();
    for (tenant, documents) in shared.tenants.overview().await {
        let people = info::connected(&documents);
        tenant.statistics.add(now, people);
        all = all.with(people);
    }
    shared.statistics.add(now, all);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths that the router knows: its debugging output is the only place that lists them.
    fn paths(router: &Router<Arc<Shared>>) -> Vec<String> {
        let text = format!("{router:?}");
        let (_, node) = text.split_once("node: ").unwrap();
        let mut paths: Vec<_> = node
            .split('"')
            .filter(|part| part.starts_with('/'))
            // What axum uses itself where a path prefix or a fallback is mounted.
            .filter(|part| !part.contains("__private"))
            .map(|path| path.replace("{*", "{"))
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }

    #[test]
    fn every_route_is_described_and_every_description_is_a_route() {
        let paths =
            paths(&public_routes().merge(admin_routes(Arc::new(Admin::new(None, Arc::default())))));
        assert!(paths.len() > 20, "the list could not be read: {paths:?}");
        assert_eq!(paths, openapi::described_paths());
    }
}
