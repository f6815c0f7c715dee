//! The pages that people see.

mod assets;
mod context;
mod editor;
mod failure;
mod files;
mod history;
mod language;
mod rights;
mod sign_in;
mod upload;
mod versions;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

pub(crate) use context::{Page, Posted, SignedIn, Visit};
pub(crate) use failure::{Failure, UploadProblem};

use crate::App;
use crate::storage::FileRow;

pub(crate) fn routes(app: App) -> Router<App> {
    let pages = Router::new()
        .route("/", get(|| async { Redirect::to("/files") }))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/language", post(language::choose))
        .route("/files", get(files::list))
        .route("/files/new", post(files::create))
        .route(
            "/files/upload",
            post(upload::upload).layer(DefaultBodyLimit::disable()),
        )
        .route("/files/{id}/edit", get(editor::show))
        .route("/files/{id}/download", get(versions::download_newest))
        .route(
            "/files/{id}/delete",
            get(files::confirm_delete).post(files::delete),
        )
        .route("/files/{id}/rights", get(rights::show).post(rights::save))
        .route("/files/{id}/history", get(history::list))
        .route("/files/{id}/history/{number}", get(history::data))
        .route("/files/{id}/versions", get(versions::list))
        .route(
            "/files/{id}/versions/{number}/download",
            get(versions::download),
        )
        .route(
            "/files/{id}/versions/{number}/restore",
            post(versions::restore),
        )
        .fallback(|| async { Failure::NotFound })
        .layer(middleware::from_fn_with_state(app, context::visit));
    Router::new()
        .route("/healthcheck", get(|| async { "true" }))
        .route("/assets/{name}", get(assets::serve))
        .merge(pages)
}

/// Makes the answer of a template.
fn render(template: &impl Template) -> Result<Response, Failure> {
    match template.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            Err(Failure::Internal)
        }
    }
}

/// The file, if the person has any right on it.
async fn visible(app: &App, file: &str, person: &SignedIn) -> Result<FileRow, Failure> {
    app.storage
        .visible_file(file, &person.user.id)
        .await?
        .ok_or(Failure::NotFound)
}

/// The file, if the person may change it.
async fn editable(app: &App, file: &str, person: &SignedIn) -> Result<FileRow, Failure> {
    let file = visible(app, file, person).await?;
    if file.level.may_edit() {
        Ok(file)
    } else {
        Err(Failure::Forbidden {
            owner: file.owner.name,
        })
    }
}

/// The file, if it is the person's own.
async fn owned(app: &App, file: &str, person: &SignedIn) -> Result<FileRow, Failure> {
    let file = visible(app, file, person).await?;
    if file.level.is_owner() {
        Ok(file)
    } else {
        Err(Failure::Forbidden {
            owner: file.owner.name,
        })
    }
}
