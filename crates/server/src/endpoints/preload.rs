//! `GET /web-apps/apps/api/documents/preload.html` and `cache-scripts.html`: pages that applications put
//! into a hidden frame, so that the editor's files are there before it is needed.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use super::{Shared, front_end};
use crate::client::Client;

/// A page without a script that has the browser fetch the editor's files.
pub async fn preload(State(shared): State<Arc<Shared>>, client: Client) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors {}",
        front_end::ancestors(&shared, &client)
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(page(&front_end::assets()))).into_response()
}

/// Addresses are relative, so that it works behind any path prefix.
fn page(assets: &[String]) -> String {
    let mut links = String::new();
    for asset in assets {
        let kind = match asset.rsplit_once('.').map(|(_, extension)| extension) {
            Some("js") => "modulepreload\" crossorigin",
            Some("css") => "preload\" as=\"style\" crossorigin",
            _ => continue,
        };
        // Writing to a String can't fail.
        let _ = write!(links, "<link rel=\"{kind} href=\"../../editor/{asset}\">");
    }
    format!("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Recto</title>{links}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_scripts_and_styles() {
        let assets = ["assets/index-1.js", "assets/index-2.css", "index.html"];
        insta::assert_snapshot!(page(&assets.map(str::to_owned)), @r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Recto</title><link rel="modulepreload" crossorigin href="../../editor/assets/index-1.js"><link rel="preload" as="style" crossorigin href="../../editor/assets/index-2.css">"#);
    }
}
