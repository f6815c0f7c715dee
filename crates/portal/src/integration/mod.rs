//! The integration with the document server, apart from the pages: this is what to copy.
//!
//! An application that embeds the editor needs three things, and each is one file here:
//!
//! 1. `config`: the editor's configuration, signed with the shared secret, which a page hands to
//!    `DocsAPI.DocEditor`;
//! 2. `download`: an address from which the document server fetches the file;
//! 3. `callback`: an address to which the document server reports, and delivers the saved file.
//!
//! `command` is for what shall count while a file is open, `history` for its earlier versions. The second and third are called by the document server and by nobody else. They know no cookie
//! and no signed-in person; what they trust is the token of each request.

mod callback;
pub(crate) mod command;
pub(crate) mod config;
mod download;
pub(crate) mod history;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use http::HeaderMap;

use crate::App;

/// A callback carries the history of a session; more than this is none.
const MAX_CALLBACK_BYTES: usize = 8 * 1024 * 1024;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/integration/files/{file}/versions/{number}/content",
            get(download::content),
        )
        .route("/integration/callback/{file}", post(callback::receive))
        .layer(DefaultBodyLimit::max(MAX_CALLBACK_BYTES))
}

/// The headers that are text; a token is never anything else.
fn readable(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
}
