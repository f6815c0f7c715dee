//! What can go wrong, told as a sentence and a way out.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;

use super::{Page, Visit};
use crate::i18n::fill;
use crate::storage::StorageError;
use crate::text::Text;

/// A request that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    NotFound,
    Forbidden {
        owner: String,
    },
    /// The form came from elsewhere or from an earlier sign-in.
    Stale,
    BadRequest,
    TooMany {
        seconds: i64,
    },
    Upload(UploadProblem),
    Internal,
}

/// Why an upload is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UploadProblem {
    NoFile,
    TooLarge,
    Type { extension: String },
    Mismatch { expected: &'static str },
    Empty,
    Broken,
}

/// How a failure is told.
struct Told {
    title: &'static str,
    message: String,
    hint: String,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage {
    page: Page,
    told: Told,
}

impl Failure {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden { .. } | Self::Stale => StatusCode::FORBIDDEN,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Upload(UploadProblem::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Upload(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The failure that a status of the framework stands for.
    pub(super) fn of_status(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::NOT_FOUND => Some(Self::NotFound),
            StatusCode::BAD_REQUEST
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(Self::BadRequest),
            _ => None,
        }
    }

    fn told(&self, text: &'static Text) -> Told {
        let (title, message, hint) = match self {
            Self::NotFound => (text.not_found, text.not_found_message, text.not_found_hint),
            Self::Forbidden { owner } => {
                let hint = fill(text.forbidden_hint, &[("owner", owner)]);
                return Told {
                    title: text.forbidden,
                    message: text.forbidden_message.to_owned(),
                    hint,
                };
            }
            Self::Stale => (text.stale, text.stale_message, text.stale_hint),
            Self::BadRequest => (
                text.bad_request,
                text.bad_request_message,
                text.bad_request_hint,
            ),
            Self::TooMany { seconds } => {
                let message = fill(text.too_many, &[("seconds", &seconds.to_string())]);
                return Told {
                    title: text.sign_in,
                    message,
                    hint: String::new(),
                };
            }
            Self::Upload(problem) => return problem.told(text),
            Self::Internal => (text.internal, text.internal_message, text.internal_hint),
        };
        Told {
            title,
            message: message.to_owned(),
            hint: hint.to_owned(),
        }
    }

    /// The page that tells it.
    pub(super) fn page(&self, visit: &Visit) -> Response {
        let page = FailurePage {
            page: visit.page(),
            told: self.told(visit.text()),
        };
        let mut response = match page.render() {
            Ok(html) => (self.status(), Html(html)).into_response(),
            Err(_) => self.status().into_response(),
        };
        if let Self::TooMany { seconds } = self {
            response
                .headers_mut()
                .insert(RETRY_AFTER, (*seconds).into());
        }
        response
    }
}

impl UploadProblem {
    fn told(&self, text: &'static Text) -> Told {
        let (message, hint) = match self {
            Self::NoFile => (
                text.no_file_message.to_owned(),
                text.no_file_hint.to_owned(),
            ),
            Self::TooLarge => (
                text.too_large_message.to_owned(),
                text.too_large_hint.to_owned(),
            ),
            Self::Type { extension } => {
                let found = if extension.is_empty() {
                    text.no_type
                } else {
                    extension
                };
                (
                    fill(text.type_message, &[("found", found)]),
                    text.type_hint.to_owned(),
                )
            }
            Self::Mismatch { expected } => {
                let expected = [("expected", &*expected.to_uppercase())];
                (
                    fill(text.mismatch_message, &expected),
                    fill(text.mismatch_hint, &expected),
                )
            }
            Self::Empty => (
                text.empty_file_message.to_owned(),
                text.empty_file_hint.to_owned(),
            ),
            Self::Broken => (
                text.broken_upload_message.to_owned(),
                text.broken_upload_hint.to_owned(),
            ),
        };
        Told {
            title: text.upload_refused,
            message,
            hint,
        }
    }
}

/// The middleware renders it: only there is the visitor's language known.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        tracing::error!(%error, "a request failed");
        Self::Internal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{EN, FR};

    #[test]
    fn failures_say_what_is_wrong_and_what_to_do() {
        let all = |failure: Failure| {
            let told = failure.told(&EN);
            format!("{} | {} | {}", told.title, told.message, told.hint)
        };
        insta::assert_snapshot!(all(Failure::Forbidden { owner: "Ada Okafor".into() }), @"You may not do this | Your rights on this file do not permit what you asked for. | Ask Ada Okafor, who owns the file, to change your rights.");
        insta::assert_snapshot!(all(Failure::Upload(UploadProblem::Mismatch { expected: "docx" })), @"The file was not uploaded | The file is called DOCX, but its content is something else. | Open it with the program that made it, save it again as DOCX, and upload that file.");
        insta::assert_snapshot!(all(Failure::Upload(UploadProblem::Type { extension: "pdf".into() })), @"The file was not uploaded | Files of the type “pdf” cannot be opened here. | Save it as DOCX, XLSX, PPTX, ODT, ODS or ODP first, and upload that file.");
        insta::assert_snapshot!(Failure::TooMany { seconds: 42 }.told(&FR).message, @"Il y a eu trop d’essais infructueux. Attendez 42 secondes et réessayez.");
    }
}
