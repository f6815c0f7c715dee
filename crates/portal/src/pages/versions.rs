//! The versions of a file: list, download, restore.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use recto_docs_api::FileType;
use serde::Deserialize;
use tokio_util::io::ReaderStream;

use super::{Failure, Page, Posted, SignedIn, editable, render, visible};
use crate::App;
use crate::clock::{Shown, show, size};
use crate::i18n::{Language, fill};
use crate::names::{attachment, with_type};
use crate::storage::{FileRow, Origin, Version};

#[derive(Template)]
#[template(path = "versions.html")]
struct VersionsPage {
    page: Page,
    file: FileRow,
    kind: &'static str,
    title: String,
    rows: Vec<Row>,
    restored: bool,
}

struct Row {
    number: i64,
    title: String,
    what: String,
    by: String,
    created: Shown,
    size: String,
    file_type: String,
    current: bool,
    restore_label: String,
    download_label: String,
}

impl Row {
    fn new(version: &Version, newest: i64, language: Language) -> Self {
        let text = language.text();
        let number = version.number.to_string();
        let numbered = |sentence| fill(sentence, &[("number", &number)]);
        let what = match version.origin {
            Origin::Uploaded => text.origin_uploaded.to_owned(),
            Origin::Created => text.origin_created.to_owned(),
            Origin::Edited => text.origin_edited.to_owned(),
            Origin::ForceSaved => text.origin_force_saved.to_owned(),
            Origin::Recovered => text.origin_recovered.to_owned(),
            Origin::Restored => {
                let from = version.restored.unwrap_or_default().to_string();
                fill(text.origin_restored, &[("number", &from)])
            }
        };
        Self {
            title: numbered(text.version_number),
            restore_label: numbered(text.restore_named),
            download_label: numbered(text.download_version),
            what,
            by: fill(text.by, &[("name", &version.author)]),
            created: show(version.created, language),
            size: size(version.size, language),
            file_type: version.file_type.to_uppercase(),
            current: version.number == newest,
            number: version.number,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

pub(super) async fn list(
    State(app): State<App>,
    Path(id): Path<String>,
    person: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let file = visible(&app, &id, &person).await?;
    let versions = app.storage.versions(&file.id).await?;
    let language = person.visit.language;
    render(&VersionsPage {
        page: person.visit.page(),
        kind: super::files::kind(&file.file_type),
        title: fill(language.text().versions_named, &[("name", &file.name)]),
        rows: versions
            .iter()
            .map(|version| Row::new(version, file.versions, language))
            .collect(),
        restored: asked.done == "restored",
        file,
    })
}

pub(super) async fn download_newest(
    State(app): State<App>,
    Path(id): Path<String>,
    person: SignedIn,
) -> Result<Response, Failure> {
    let file = visible(&app, &id, &person).await?;
    let newest = file.versions;
    send(&app, &file, newest).await
}

pub(super) async fn download(
    State(app): State<App>,
    Path((id, number)): Path<(String, i64)>,
    person: SignedIn,
) -> Result<Response, Failure> {
    let file = visible(&app, &id, &person).await?;
    send(&app, &file, number).await
}

async fn send(app: &App, file: &FileRow, number: i64) -> Result<Response, Failure> {
    let version = app
        .storage
        .version(&file.id, number)
        .await?
        .ok_or(Failure::NotFound)?;
    let file_type = FileType::parse(&version.file_type).map_err(|_| Failure::Internal)?;
    let content = app.storage.blobs.read(&version.blob).await?;
    let headers = [
        (CONTENT_TYPE, file_type.mime().to_owned()),
        (CONTENT_LENGTH, version.size.to_string()),
        (
            CONTENT_DISPOSITION,
            attachment(&with_type(&file.name, file_type)),
        ),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(content))).into_response())
}

pub(super) async fn restore(
    State(app): State<App>,
    Path((id, number)): Path<(String, i64)>,
    person: SignedIn,
    _: Posted,
) -> Result<Response, Failure> {
    let file = editable(&app, &id, &person).await?;
    let old = app
        .storage
        .version(&file.id, number)
        .await?
        .ok_or(Failure::NotFound)?;
    app.storage
        .restore(&file.id, &old, &person.user.name, app.now())
        .await?
        .ok_or(Failure::NotFound)?;
    Ok(Redirect::to(&format!("/files/{}/versions?done=restored", file.id)).into_response())
}
