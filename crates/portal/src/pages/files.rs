//! The list of files, new documents, deleting.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use recto_docs_api::{DocumentKind, FileType};
use serde::Deserialize;

use super::{Failure, Page, Posted, SignedIn, owned, render};
use crate::clock::{Shown, show};
use crate::i18n::{Language, fill};
use crate::storage::{FileRow, NewVersion, Origin};
use crate::text::Text;
use crate::{App, MAX_FILE_BYTES};

#[derive(Template)]
#[template(path = "files.html")]
struct FilesPage {
    page: Page,
    files: Vec<Row>,
    done: Option<&'static str>,
    accept: String,
    limit: u64,
}

struct Row {
    file: FileRow,
    kind: &'static str,
    changed: Shown,
    count: String,
    owner: String,
    editors: String,
    open_label: String,
    versions_label: String,
    share_label: String,
    download_label: String,
    delete_label: String,
}

/// Which of the three pictures a file has.
pub(super) fn kind(file_type: &str) -> &'static str {
    match FileType::parse(file_type).map(|known| known.kind()) {
        Ok(DocumentKind::Cell) => "cell",
        Ok(DocumentKind::Slide) => "slide",
        _ => "word",
    }
}

impl Row {
    fn new(file: FileRow, person: &SignedIn, language: Language) -> Self {
        let text = language.text();
        let named = |sentence| fill(sentence, &[("name", &file.name)]);
        let called = |name: &String| {
            if *name == person.user.name {
                text.owner_you.to_owned()
            } else {
                name.clone()
            }
        };
        Self {
            kind: kind(&file.file_type),
            changed: show(file.changed, language),
            count: if file.versions == 1 {
                text.one_version.to_owned()
            } else {
                fill(
                    text.count_versions,
                    &[("count", &file.versions.to_string())],
                )
            },
            owner: called(&file.owner.name),
            editors: file
                .editors
                .iter()
                .map(called)
                .collect::<Vec<_>>()
                .join(", "),
            open_label: named(text.open_named),
            versions_label: named(text.versions_named),
            share_label: named(text.share_named),
            download_label: named(text.download_named),
            delete_label: named(text.delete_named),
            file,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

fn done(text: &'static Text, word: &str) -> Option<&'static str> {
    match word {
        "uploaded" => Some(text.done_uploaded),
        "deleted" => Some(text.done_deleted),
        "shared" => Some(text.done_shared),
        _ => None,
    }
}

pub(super) async fn list(
    State(app): State<App>,
    person: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let language = person.visit.language;
    let files = app.storage.visible_files(&person.user.id).await?;
    render(&FilesPage {
        page: person.visit.page(),
        files: files
            .into_iter()
            .map(|file| Row::new(file, &person, language))
            .collect(),
        done: done(language.text(), &asked.done),
        accept: FileType::all()
            .map(|known| format!(".{known}"))
            .collect::<Vec<_>>()
            .join(","),
        limit: MAX_FILE_BYTES,
    })
}

pub(super) async fn create(
    State(app): State<App>,
    person: SignedIn,
    form: Posted,
) -> Result<Response, Failure> {
    let text = person.visit.text();
    let (stem, blank): (_, &'static [u8]) = match form.get("type") {
        "docx" => (text.untitled_docx, include_bytes!("../../blank/blank.docx")),
        "xlsx" => (text.untitled_xlsx, include_bytes!("../../blank/blank.xlsx")),
        "pptx" => (text.untitled_pptx, include_bytes!("../../blank/blank.pptx")),
        _ => return Err(Failure::BadRequest),
    };
    let file_type = form.get("type");
    let content =
        futures::stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from_static(blank))]);
    let blob = app
        .storage
        .blobs
        .write(content, MAX_FILE_BYTES)
        .await
        .map_err(|error| {
            tracing::error!(%error, "a new document could not be written");
            Failure::Internal
        })?;
    let version = NewVersion {
        blob: &blob,
        file_type,
        author: &person.user.name,
        origin: Origin::Created,
    };
    let name = format!("{stem}.{file_type}");
    let file = app
        .storage
        .create_file(&person.user.id, &name, &version, app.now())
        .await?;
    Ok(Redirect::to(&format!("/files/{file}/edit")).into_response())
}

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    page: Page,
    file: FileRow,
    title: String,
}

pub(super) async fn confirm_delete(
    State(app): State<App>,
    Path(id): Path<String>,
    person: SignedIn,
) -> Result<Response, Failure> {
    let file = owned(&app, &id, &person).await?;
    let title = fill(person.visit.text().delete_title, &[("name", &file.name)]);
    render(&DeletePage {
        page: person.visit.page(),
        file,
        title,
    })
}

pub(super) async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
    person: SignedIn,
    _: Posted,
) -> Result<Response, Failure> {
    let file = owned(&app, &id, &person).await?;
    app.storage.delete_file(&file.id).await?;
    Ok(Redirect::to("/files?done=deleted").into_response())
}
