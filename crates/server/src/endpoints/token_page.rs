//! `GET /token/`: the page "What is wrong with my token?", for the administrator.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

use super::{front_end, token_explain};

pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page, and what it asks, without a guard.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let pages = Router::new()
        .route("/token", get(without_slash))
        .route("/token/", get(page))
        .route("/token/assets/{*path}", get(asset))
        .layer(CompressionLayer::new());
    let explain = Router::new()
        .route("/token/explain", post(token_explain::token_explain))
        .layer(DefaultBodyLimit::max(token_explain::MAX_BODY));
    pages.merge(explain)
}

/// The page's addresses are relative, so that it works behind any path prefix.
async fn without_slash() -> Response {
    (
        StatusCode::TEMPORARY_REDIRECT,
        [(header::LOCATION, "token/")],
    )
        .into_response()
}

async fn page(headers: HeaderMap) -> Response {
    front_end::file("token/index.html", &headers, Some(POLICY.into()))
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    front_end::file(&format!("token/assets/{path}"), &headers, None)
}
