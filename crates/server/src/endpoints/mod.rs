//! The endpoints, one a file.

mod front_end;
mod healthcheck;
mod live;
mod not_built;
mod result_file;
mod welcome;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};
use recto_session::Sessions;
use recto_token::Keys;
use tower_http::compression::CompressionLayer;
use url::Url;

/// What endpoints share.
pub(crate) struct Shared {
    pub sessions: Sessions,
    pub keys: Arc<Keys>,
    /// Whether configs must be signed.
    pub tokens: bool,
    pub public_url: Option<Url>,
    pub frame_ancestors: String,
}

/// All routes.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
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
}
