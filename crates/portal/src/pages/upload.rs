//! Taking in a file: streamed to disk, checked, and only then known by a name.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::HeaderMap;
use recto_docs_api::ContentError;

use super::{Failure, SignedIn, UploadProblem};
use crate::names::display_name;
use crate::storage::{Blob, BlobError, NewVersion, Origin};
use crate::{App, MAX_FILE_BYTES, csrf};

/// A form token is 64 characters; more is none of ours.
const LONGEST_TOKEN: usize = 100;

pub(super) async fn upload(
    State(app): State<App>,
    person: SignedIn,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Response, Failure> {
    if !csrf::same_site(&headers, &app.settings.public_url) {
        return Err(Failure::Stale);
    }
    // The token is the form's first field: nothing is written to disk before it is checked.
    let token = form
        .next_field()
        .await
        .map_err(broken)?
        .filter(|field| field.name() == Some("csrf"));
    let token = short_text(token.ok_or(Failure::Stale)?).await?;
    if !person.visit.owns(&token) {
        return Err(Failure::Stale);
    }
    let field = form
        .next_field()
        .await
        .map_err(broken)?
        .filter(|field| field.name() == Some("file"));
    let field = field.ok_or(Failure::Upload(UploadProblem::NoFile))?;
    let sent = field.file_name().unwrap_or_default().to_owned();
    if sent.is_empty() {
        return Err(Failure::Upload(UploadProblem::NoFile));
    }
    let name = display_name(&sent, person.visit.text().untitled_docx).map_err(|error| {
        Failure::Upload(UploadProblem::Type {
            extension: error.given,
        })
    })?;
    let blob = app
        .storage
        .blobs
        .write(field, MAX_FILE_BYTES)
        .await
        .map_err(refused)?;
    let examined = app.storage.blobs.examine(&blob.id, name.file_type).await;
    if let Err(error) = examined {
        app.storage.blobs.discard(&[blob.id]).await;
        return Err(Failure::Upload(match error {
            ContentError::Empty => UploadProblem::Empty,
            ContentError::Mismatch { expected, .. } => UploadProblem::Mismatch { expected },
            ContentError::Unreadable(_) => UploadProblem::Broken,
        }));
    }
    keep(&app, &person, &name.name, name.file_type.extension(), &blob).await?;
    Ok(Redirect::to("/files?done=uploaded").into_response())
}

async fn keep(
    app: &App,
    person: &SignedIn,
    name: &str,
    file_type: &str,
    blob: &Blob,
) -> Result<(), Failure> {
    let version = NewVersion {
        blob,
        file_type,
        author: &person.user.name,
        origin: Origin::Uploaded,
    };
    app.storage
        .create_file(&person.user.id, name, &version, app.now())
        .await?;
    Ok(())
}

async fn short_text(mut field: Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_TOKEN {
            return Err(Failure::Stale);
        }
    }
    String::from_utf8(bytes).map_err(|_| Failure::Stale)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err wants"
)]
fn broken(error: MultipartError) -> Failure {
    tracing::debug!(%error, "an upload broke off");
    Failure::Upload(UploadProblem::Broken)
}

fn refused(error: BlobError) -> Failure {
    match error {
        BlobError::TooLarge { .. } => Failure::Upload(UploadProblem::TooLarge),
        BlobError::Source(_) => Failure::Upload(UploadProblem::Broken),
        BlobError::Storage(error) => error.into(),
    }
}
