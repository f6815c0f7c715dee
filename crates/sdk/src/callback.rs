//! What a document server reports, and what to do about it.

use recto_docs_api::{Callback, Explain, Status, editor_error};
use recto_token::{Refusal, Secret, Verified, verify_callback};
use serde_json::Value;
use url::Url;

use crate::Integrator;

/// Why a callback was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The token was refused; answer 403.
    #[error("{}", .0.message)]
    Refused(#[from] Refusal),
    /// The body is not JSON; answer 400.
    #[error("The body of the callback is not JSON.")]
    NotJson,
    /// There should be a file, and its address is missing; answer 400.
    #[error("The callback reports a saved file, but has no address for it.")]
    NoUrl,
    /// The file is not on the document server; answer 403.
    #[error("The address of the saved file is not on the document server.")]
    ForeignUrl,
}

impl CallbackError {
    /// The status of the answer. A document server tries again after a 5xx only,
    /// and nothing that is wrong here gets better by itself.
    pub fn http_status(&self) -> u16 {
        match self {
            Self::Refused(_) | Self::ForeignUrl => 403,
            Self::NotJson | Self::NoUrl => 400,
        }
    }
}

impl Explain for CallbackError {
    fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::NotJson => "request.not_json",
            Self::NoUrl => "request.missing_parameter",
            Self::ForeignUrl => "callback.foreign_url",
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.hint.clone(),
            Self::NotJson => "Pass on the body as it arrived, before a framework reads it.".to_owned(),
            Self::NoUrl => "Check that the document server's version is supported.".to_owned(),
            Self::ForeignUrl => "Create the Integrator with the address at which the document server makes its links, or set the server's public address.".to_owned(),
        }
    }

    fn editor_error(&self) -> i32 {
        match self {
            Self::Refused(refusal) => refusal.editor_error(),
            _ => editor_error::UNKNOWN,
        }
    }
}

/// What an accepted callback asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Somebody joined or left: nothing to store.
    Nothing,
    /// The last one left, and nothing was changed since the last [`Outcome::SaveCopy`].
    /// If there was one, the file needs a new document key now.
    Closed,
    /// Fetch `url` and store it as a new revision, which needs a new document
    /// key. Answer [`Accepted::DONE`] only when it is on disk: the document server
    /// then forgets the changes.
    Save {
        /// Where the file is, on the document server; good for 15 minutes.
        url: Url,
        /// Its type, as an extension, if the document server says so.
        file_type: Option<String>,
    },
    /// As [`Outcome::Save`], but the document is still open: its key stays.
    SaveCopy {
        /// Where the file is, on the document server; good for 15 minutes.
        url: Url,
        /// Its type, as an extension, if the document server says so.
        file_type: Option<String>,
    },
    /// The document could not be saved: tell somebody. Answered with
    /// [`Accepted::RETRY`] the document server keeps the changes; answered with
    /// [`Accepted::DONE`] it deletes them.
    Failed {
        /// Where that is which could be rescued, if anything could.
        url: Option<Url>,
    },
}

/// A callback that the document server signed.
#[derive(Clone, Debug)]
pub struct Accepted {
    callback: Verified<Callback>,
    outcome: Outcome,
}

impl Accepted {
    /// The body of the answer when all is done, with status 200.
    pub const DONE: &'static str = r#"{"error":0}"#;

    /// The body of the answer when something failed that may be better soon, with
    /// status 500: the document server delivers the file again.
    pub const RETRY: &'static str = r#"{"error":1}"#;

    /// What to do.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// All that was signed.
    pub fn callback(&self) -> &Verified<Callback> {
        &self.callback
    }
}

pub(crate) fn accept(
    integrator: &Integrator,
    secret: &Secret,
    header: Option<&str>,
    body: &[u8],
    now: i64,
) -> Result<Accepted, CallbackError> {
    let body: Value = serde_json::from_slice(body).map_err(|_| CallbackError::NotJson)?;
    let callback = verify_callback(secret, &body, header, now)?;
    let file = || -> Result<(Url, Option<String>), CallbackError> {
        let url = callback.url.as_deref().ok_or(CallbackError::NoUrl)?;
        let url = Url::parse(url).map_err(|_| CallbackError::ForeignUrl)?;
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || url.origin() != integrator.document_server.origin() {
            return Err(CallbackError::ForeignUrl);
        }
        Ok((url, callback.filetype.clone()))
    };
    let outcome = match callback.status {
        Status::Editing => Outcome::Nothing,
        Status::Closed => Outcome::Closed,
        Status::Ready => {
            let (url, file_type) = file()?;
            Outcome::Save { url, file_type }
        }
        Status::ForceSaved => {
            let (url, file_type) = file()?;
            Outcome::SaveCopy { url, file_type }
        }
        Status::SaveFailed | Status::ForceSaveFailed => Outcome::Failed {
            url: match callback.url {
                Some(_) => Some(file()?.0),
                None => None,
            },
        },
    };
    Ok(Accepted { callback, outcome })
}

#[cfg(test)]
mod tests;
