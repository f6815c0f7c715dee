//! The page around the editor.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use http::HeaderValue;
use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};

use super::{Failure, Page, SignedIn, render, visible};
use crate::App;
use crate::i18n::fill;
use crate::integration::config::{Opening, editor_config};
use crate::storage::FileRow;

#[derive(Template)]
#[template(path = "editor.html")]
struct EditorPage {
    page: Page,
    file: FileRow,
    kind: &'static str,
    api: String,
    config: String,
    down_message: String,
    down_hint: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    person: SignedIn,
) -> Result<Response, Failure> {
    let file = visible(&app, &id, &person).await?;
    let text = person.visit.text();
    let config = editor_config(
        &app.settings,
        &Opening {
            file: &file,
            user: &person.user,
            language: person.visit.language.code(),
            back: text.back_to_files,
        },
        app.now(),
    )
    .map_err(|error| {
        tracing::error!(%error, file = file.id, "the editor's configuration could not be made");
        Failure::Internal
    })?;
    let server = &app.settings.document_server;
    let address = [("address", server.as_str().trim_end_matches('/'))];
    let mut response = render(&EditorPage {
        page: person.visit.page(),
        kind: super::files::kind(&file.file_type),
        api: format!("{server}web-apps/apps/api/documents/api.js"),
        config: config.to_script(),
        down_message: fill(text.editor_down_message, &address),
        down_hint: fill(text.editor_down_hint, &address),
        file,
    })?;
    let origin = server.origin().ascii_serialization();
    let policy = format!(
        "default-src 'none'; script-src 'self' {origin}; style-src 'self' {origin}; img-src 'self'; \
         connect-src 'self'; frame-src {origin}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let policy = HeaderValue::from_str(&policy).map_err(|_| Failure::Internal)?;
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    // The editor needs to know where its way back leads from; a page's path is nothing it needs.
    response
        .headers_mut()
        .insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    Ok(response)
}
