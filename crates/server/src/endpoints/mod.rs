//! The endpoints, one a file.

mod command;
mod conversion;
mod docbuilder;
mod documentation;
mod front_end;
mod goodbye;
mod healthcheck;
mod live;
mod not_built;
mod result_file;
mod token_explain;
mod token_page;
mod welcome;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderName;
use axum::routing::{any, get, post};
use recto_convert::Converter;
use recto_session::Sessions;
use recto_token::{Keys, Refusal};
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;
use url::Url;

use crate::admin::Admin;
use crate::config::Refusals;

/// Most bytes of a request to a service, unpacked. A token has at most 64 KiB.
const MAX_SERVICE_BODY: usize = 1 << 20;

/// What endpoints share.
pub(crate) struct Shared {
    pub sessions: Sessions,
    pub converter: Converter,
    pub keys: Arc<Keys>,
    /// Whether configs and requests must be signed.
    pub tokens: bool,
    /// Name of the header that carries tokens.
    pub token_header: HeaderName,
    pub public_url: Option<Url>,
    pub frame_ancestors: String,
    pub refusals: Refusals,
    pub admin: Arc<Admin>,
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
    let of_the_admin = token_page::routes(shared.admin.clone());
    let pages = Router::new()
        .route("/", get(welcome::welcome))
        .route("/docs", get(documentation::first))
        .route("/docs/", get(documentation::first))
        .route("/docs/{*path}", get(documentation::documentation))
        .route("/web-apps/apps/api/documents/api.js", get(front_end::api))
        .route("/web-apps/apps/editor/{*path}", get(front_end::editor))
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
        .route("/doc/{key}/live", get(live::live))
        .route("/doc/{key}/goodbye", post(goodbye::goodbye))
        .route("/cache/files/{id}/{name}", get(result_file::result_file))
        .route("/downloadas/{key}", any(not_built::not_built))
        .route("/downloadfile/{key}", any(not_built::not_built))
        .route("/savefile/{key}", any(not_built::not_built))
        .route("/upload/{key}", any(not_built::not_built))
        .route("/printfile/{key}/{name}", any(not_built::not_built))
        .with_state(shared)
        .merge(of_the_admin)
}
