//! Receiving what the document server reports, and keeping the files that it delivers.
//!
//! The answer `{"error":0}` is a promise: the document server forgets the changes after it. It is
//! given only when the file is on disk and its version in the database.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, StatusCode};
use recto_docs_api::{Callback, Explain, FileType, Status};
use recto_sdk::{Accepted, CallbackError, Outcome, Refusal};
use serde_json::json;
use url::Url;

use super::{config::version_of_key, readable};
use crate::storage::{
    Added, Blob, BlobError, Delivery, NewVersion, Origin, StorageError, hex_digest,
};
use crate::{App, MAX_FILE_BYTES};

/// Why a callback was not carried out.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("{}", .0.message)]
    Refused(Refusal),
    #[error("The callback is not JSON.")]
    NotJson,
    #[error("The file of this callback was deleted or never existed here.")]
    UnknownFile,
    #[error("The document key belongs to another file.")]
    ForeignKey,
    #[error("The callback says that there is a file, and has no address of it.")]
    NoUrl,
    #[error("The address of the saved file is not on the document server.")]
    ForeignUrl,
    #[error("The saved file could not be fetched: {0}.")]
    Fetch(String),
    #[error("The saved file is larger than 100 MB.")]
    TooLarge,
    #[error("The saved file is not usable: {0}")]
    Content(String),
    #[error("The saved file could not be stored.")]
    Storage(#[from] StorageError),
}

impl From<CallbackError> for Problem {
    fn from(error: CallbackError) -> Self {
        match error {
            CallbackError::Refused(refusal) => Self::Refused(refusal),
            CallbackError::NotJson => Self::NotJson,
            CallbackError::NoUrl => Self::NoUrl,
            CallbackError::ForeignUrl => Self::ForeignUrl,
        }
    }
}

impl Problem {
    /// A document server tries again after a 5xx, and never after anything else: so these are for
    /// what may be better in a second.
    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) | Self::ForeignUrl => StatusCode::FORBIDDEN,
            Self::NotJson | Self::ForeignKey | Self::NoUrl => StatusCode::BAD_REQUEST,
            Self::UnknownFile | Self::TooLarge => StatusCode::OK,
            Self::Fetch(_) | Self::Content(_) => StatusCode::BAD_GATEWAY,
            Self::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.hint.clone(),
            Self::NotJson => "Send the callback as the Docs API describes it.".to_owned(),
            Self::UnknownFile => {
                "Keep the document as a forgotten file if it is still needed.".to_owned()
            }
            Self::ForeignKey => {
                "Check that the callback goes to the callbackUrl that the document was opened with."
                    .to_owned()
            }
            Self::NoUrl => "Send the address of the saved file in \"url\".".to_owned(),
            Self::ForeignUrl => {
                "Start the portal with the address at which the document server makes its links."
                    .to_owned()
            }
            Self::Fetch(_) => {
                "Check that the portal reaches the document server at the address that it gives."
                    .to_owned()
            }
            Self::TooLarge => "Make the document smaller, and save it again.".to_owned(),
            Self::Content(_) => {
                "Check what the document server delivers at the address of the saved file."
                    .to_owned()
            }
            Self::Storage(_) => {
                "Look into the portal's log; the document server tries again.".to_owned()
            }
        }
    }

    fn answer(&self) -> Response {
        let mut body = json!({ "error": 1, "message": self.to_string(), "hint": self.hint() });
        if let Self::Refused(refusal) = self {
            body["refusal"] = json!(refusal);
        }
        (self.status(), Json(body)).into_response()
    }
}

pub(super) async fn receive(
    State(app): State<App>,
    Path(file): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match carry_out(&app, &file, &headers, &body).await {
        Ok(()) => Json(json!({ "error": 0 })).into_response(),
        Err(problem) => {
            match &problem {
                Problem::Refused(refusal) => {
                    tracing::warn!(
                        file,
                        code = refusal.code,
                        reason = refusal.message,
                        hint = refusal.hint,
                        "a callback was refused"
                    );
                }
                Problem::Storage(error) => {
                    tracing::error!(file, %error, "a saved file could not be stored");
                }
                other => tracing::warn!(file, reason = %other, "a callback was not carried out"),
            }
            problem.answer()
        }
    }
}

async fn carry_out(app: &App, file: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), Problem> {
    // From here on only what the token holds is used, never the members beside it.
    let accepted = app
        .settings
        .integrator
        .callback(readable(headers), body, app.now())?;
    let callback = accepted.callback();
    let key = callback.key.to_string();
    if app.storage.newest_version(file).await?.is_none() {
        return Err(Problem::UnknownFile);
    }
    let key_version = version_of_key(file, &key).ok_or(Problem::ForeignKey)?;
    if !app.storage.has_version(file, key_version).await? {
        return Err(Problem::ForeignKey);
    }
    match accepted.outcome() {
        Outcome::Closed => Ok(app.storage.close_session(file, key_version).await?),
        Outcome::Save { url, .. } | Outcome::SaveCopy { url, .. } => {
            keep(app, file, key_version, &accepted, url).await
        }
        Outcome::Failed { url } => {
            tracing::error!(
                file,
                with_file = url.is_some(),
                "the document server could not save a document"
            );
            match url {
                Some(url) if callback.status == Status::SaveFailed => {
                    keep(app, file, key_version, &accepted, url).await
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// What a version that comes with a callback of this kind is.
fn origin(status: Status) -> Origin {
    match status {
        Status::ForceSaved => Origin::ForceSaved,
        Status::SaveFailed => Origin::Recovered,
        _ => Origin::Edited,
    }
}

/// Keeps the file that a callback delivers as a new version.
async fn keep(
    app: &App,
    file: &str,
    key_version: &str,
    accepted: &Accepted,
    url: &Url,
) -> Result<(), Problem> {
    let callback = accepted.callback();
    let (key, url_hash) = (
        callback.key.to_string(),
        hex_digest(url.as_str().as_bytes()),
    );
    let delivery = Delivery {
        key: &key,
        key_version,
        status: callback.status.into(),
        url_hash: &url_hash,
    };
    if app.storage.delivered(file, delivery).await?.is_some() {
        return Ok(());
    }
    let file_type = file_type(app, file, callback).await?;
    let blob = fetch(app, url).await?;
    let added = match app.storage.blobs.examine(&blob.id, file_type).await {
        Ok(_) => {
            let author = author(app, callback).await?;
            let version = NewVersion {
                blob: &blob,
                file_type: file_type.extension(),
                author: &author,
                origin: origin(callback.status),
            };
            app.storage
                .add_delivered(file, &version, delivery, app.now())
                .await
                .map_err(Problem::from)
        }
        Err(error) => Err(Problem::Content(error.message())),
    };
    if !matches!(added, Ok(Added::Version(_))) {
        app.storage.blobs.discard(&[blob.id]).await;
    }
    match added? {
        Added::Version(number) => {
            tracing::info!(file, version = number, "a saved document is kept");
            Ok(())
        }
        Added::Already(number) => {
            tracing::info!(
                file,
                version = number,
                "a saved document had been kept already"
            );
            Ok(())
        }
        Added::FileGone => Err(Problem::UnknownFile),
    }
}

/// Fetches the saved file to disk, complete and synced.
async fn fetch(app: &App, url: &Url) -> Result<Blob, Problem> {
    // The address is a signed link and stays out of messages.
    let response = app
        .http
        .get(url.clone())
        .send()
        .await
        .map_err(|error| Problem::Fetch(error.without_url().to_string()))?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(Problem::Fetch(format!(
            "the document server answered {}",
            response.status()
        )));
    }
    if response
        .content_length()
        .is_some_and(|length| length > MAX_FILE_BYTES)
    {
        return Err(Problem::TooLarge);
    }
    let body = response
        .bytes_stream()
        .map(|chunk| chunk.map_err(reqwest::Error::without_url))
        .boxed();
    app.storage
        .blobs
        .write(body, MAX_FILE_BYTES)
        .await
        .map_err(|error| match error {
            BlobError::TooLarge { .. } => Problem::TooLarge,
            BlobError::Source(reason) => Problem::Fetch(reason),
            BlobError::Storage(error) => Problem::Storage(error),
        })
}

/// The type of the delivered file: as the callback names it, else the type that the file has.
async fn file_type(app: &App, file: &str, callback: &Callback) -> Result<FileType, Problem> {
    let named = match &callback.filetype {
        Some(named) => named.clone(),
        None => {
            app.storage
                .newest_version(file)
                .await?
                .ok_or(Problem::UnknownFile)?
                .file_type
        }
    };
    FileType::parse(&named).map_err(|error| Problem::Content(error.message()))
}

/// The name of the person who changed the document last.
async fn author(app: &App, callback: &Callback) -> Result<String, Problem> {
    let last = callback.users.as_ref().and_then(|users| users.last());
    let acting = callback
        .actions
        .as_ref()
        .and_then(|actions| actions.last())
        .map(|action| &action.userid);
    let Some(id) = last.or(acting) else {
        return Ok("–".to_owned());
    };
    Ok(app
        .storage
        .user(id)
        .await?
        .map_or_else(|| id.clone(), |user| user.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_say_what_is_wrong_and_what_to_do() {
        let all = |problem: Problem| {
            format!("{} {problem} {}", problem.status().as_u16(), problem.hint())
        };
        insta::assert_snapshot!(all(Problem::ForeignUrl), @"403 The address of the saved file is not on the document server. Start the portal with the address at which the document server makes its links.");
        insta::assert_snapshot!(all(Problem::UnknownFile), @"200 The file of this callback was deleted or never existed here. Keep the document as a forgotten file if it is still needed.");
        insta::assert_snapshot!(all(Problem::Fetch("timeout".into())), @"502 The saved file could not be fetched: timeout. Check that the portal reaches the document server at the address that it gives.");
    }
}
