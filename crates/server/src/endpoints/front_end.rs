//! The script that integrators load, and the editor page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};

use super::Shared;
use crate::client::Client;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../../editor/dist"]
struct Built;

/// `GET /web-apps/apps/api/documents/api.js`
pub async fn api(headers: HeaderMap) -> Response {
    file("api.js", &headers, None)
}

/// `GET /web-apps/apps/editor/…`
pub async fn editor(
    State(shared): State<Arc<Shared>>,
    Path(path): Path<String>,
    client: Client,
    headers: HeaderMap,
) -> Response {
    // Tiles arrive as blobs, and what is printed is one; styles are set by script as properties, not as attributes.
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; frame-src blob:; base-uri 'none'; \
         form-action 'none'; frame-ancestors {}",
        ancestors(&shared, &client)
    );
    file(&format!("app/{path}"), &headers, Some(policy))
}

/// `GET /favicon.ico`: what browsers ask for on their own.
pub async fn favicon() -> Response {
    const ICON: &str = include_str!("../../../../editor/src/shared/icon.svg");
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, ICON).into_response()
}

/// The pages that may embed those of the editor, for the host that a request is for.
pub(super) fn ancestors<'s>(shared: &'s Shared, client: &Client) -> &'s str {
    let ancestors = match shared.tenants.by_host(client) {
        Some(tenant) => &tenant.frame_ancestors,
        None => &shared.frame_ancestors,
    };
    ancestors.as_str()
}

/// The editor's files whose names hold a hash of their contents, as seen from its page.
pub(super) fn assets() -> Vec<String> {
    let names = Built::iter().filter_map(|name| Some(name.strip_prefix("app/")?.to_owned()));
    names.filter(|name| name.starts_with("assets/")).collect()
}

pub(super) fn file(path: &str, headers: &HeaderMap, policy: Option<String>) -> Response {
    let Some(file) = Built::get(path) else {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    };
    let tag = etag(&file);
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|seen| seen.as_bytes() == tag.as_bytes())
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    // Names of assets hold a hash of their contents; the other two change with the version.
    let cache = if path.contains("/assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, mime.as_ref())
        .header(header::CACHE_CONTROL, cache)
        .header(header::ETAG, tag)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::REFERRER_POLICY, "no-referrer");
    if let Some(policy) = policy {
        response = response.header(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
        .body(Body::from(file.data))
        .unwrap_or_else(|error| {
            tracing::error!(%error, "a response could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        })
}

fn etag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let (start, _) = hash.as_chunks::<8>();
    format!(
        "\"{:016x}\"",
        start.first().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    )
}
