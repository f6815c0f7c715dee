//! The endpoints, one a file.

mod front_end;
mod healthcheck;
mod live;
mod not_built;
mod result_file;
mod token_explain;
mod token_page;
mod welcome;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};
use recto_session::Sessions;
use recto_token::{Keys, Refusal};
use tower_http::compression::CompressionLayer;
use url::Url;

use crate::admin::Admin;
use crate::config::Refusals;

/// What endpoints share.
pub(crate) struct Shared {
    pub sessions: Sessions,
    pub keys: Arc<Keys>,
    /// Whether configs must be signed.
    pub tokens: bool,
    pub public_url: Option<Url>,
    pub frame_ancestors: String,
    pub refusals: Refusals,
    pub admin: Arc<Admin>,
}

/// Everything about a refusal, under the id that its receiver knows.
fn log_refusal(what: &str, request: &str, refusal: &Refusal) {
    tracing::warn!(request, code = refusal.code, path = refusal.path.as_deref(),
        expected = refusal.expected.as_deref(), found = refusal.found.as_deref(), docs = refusal.docs,
        wire = refusal.wire.code, wire_description = refusal.wire.description,
        sentence = %refusal.message, hint = %refusal.hint, "{what}");
}

/// All routes.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let of_the_admin = token_page::routes(shared.admin.clone());
    let pages = Router::new()
        .route("/", get(welcome::welcome))
        .route("/web-apps/apps/api/documents/api.js", get(front_end::api))
        .route("/web-apps/apps/editor/{*path}", get(front_end::editor))
        .layer(CompressionLayer::new());
    Router::new()
        .merge(pages)
        .route("/healthcheck", get(healthcheck::healthcheck))
        .route("/doc/{key}/live", get(live::live))
        .route("/cache/files/{id}/{name}", get(result_file::result_file))
        .route("/command", any(not_built::not_built))
        .route(
            "/coauthoring/CommandService.ashx",
            any(not_built::not_built),
        )
        .route("/converter", any(not_built::not_built))
        .route("/ConvertService.ashx", any(not_built::not_built))
        .route("/docbuilder", any(not_built::not_built))
        .route("/downloadas/{key}", any(not_built::not_built))
        .route("/downloadfile/{key}", any(not_built::not_built))
        .route("/savefile/{key}", any(not_built::not_built))
        .route("/upload/{key}", any(not_built::not_built))
        .route("/printfile/{key}/{name}", any(not_built::not_built))
        .with_state(shared)
        .merge(of_the_admin)
}
