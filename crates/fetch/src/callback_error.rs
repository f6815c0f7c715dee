//! Why a callback was not taken.

use std::fmt;

use recto_docs_api::{Explain, editor_error};

use crate::FetchError;
use crate::error::Subject;

/// What kind of answer came where `{"error":0}` should be. Contents are not kept: they may be
/// anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// No bytes, or blanks.
    Empty,
    /// A web page: a login, or an error page.
    Html,
    /// Text before or after a JSON object, as a PHP notice makes it.
    TextAroundJson,
    /// A JSON object without `error`.
    NoError,
    /// JSON that is no object: an array, a text, a number.
    NotAnObject,
    /// Some other text.
    Text,
    /// Bytes that are no UTF-8 text.
    Binary,
    /// More than an answer can be.
    TooLong,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an empty answer",
            Self::Html => "a web page",
            Self::TextAroundJson => "text around a JSON object",
            Self::NoError => "a JSON object without the member “error”",
            Self::NotAnObject => "JSON that is not an object",
            Self::Text => "plain text",
            Self::Binary => "bytes that are no text",
            Self::TooLong => "more than 64 KiB",
        })
    }
}

/// Why a callback was not taken by the integrator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// The config has no `editorConfig.callbackUrl`.
    #[error("the config has no callback address")]
    Missing,
    /// An address that may not be contacted.
    #[error("the callback address may not be contacted: {0}")]
    Address(#[source] FetchError),
    /// No answer came.
    #[error("no answer to the callback: {0}")]
    Unreachable(#[source] FetchError),
    /// An answer that is not status 200.
    #[error("{origin} answered the callback with status {status}")]
    Status {
        /// Scheme, host and port.
        origin: String,
        /// The HTTP status.
        status: u16,
        /// Whether the request carried tokens.
        signed: bool,
    },
    /// Status 200 without a verdict in it.
    #[error("{origin} answered the callback with {answer}")]
    BadAnswer {
        /// Scheme, host and port.
        origin: String,
        /// What came instead.
        answer: Answer,
    },
    /// The integrator said that it failed.
    #[error("{origin} answered the callback with error {error}")]
    Refused {
        /// Scheme, host and port.
        origin: String,
        /// The value of `error` when it is a number, otherwise its kind.
        error: String,
    },
    /// The callback could not be written as JSON.
    #[error("the callback could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl CallbackError {
    /// Whether the integrator answered at all, and did not take the callback.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(
            self,
            Self::Status { .. } | Self::BadAnswer { .. } | Self::Refused { .. }
        )
    }

    /// Whether the same callback is to be sent again: after 429, 5xx, and when no answer came.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Status { status, .. } => matches!(status, 429 | 500..=599),
            _ => false,
        }
    }
}

impl From<FetchError> for CallbackError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Invalid { .. }
            | FetchError::Scheme { .. }
            | FetchError::Credentials
            | FetchError::ForbiddenAddress { .. }
            | FetchError::NotListed { .. } => Self::Address(error),
            other => Self::Unreachable(other),
        }
    }
}

impl Explain for CallbackError {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "callback.missing",
            Self::Address(FetchError::ForbiddenAddress { .. }) => "callback.forbidden_address",
            Self::Address(FetchError::NotListed { .. }) => "callback.not_listed",
            Self::Address(FetchError::Scheme { .. }) => "callback.scheme",
            Self::Address(FetchError::Credentials) => "callback.credentials",
            Self::Address(_) => "callback.invalid_address",
            Self::Unreachable(_) => "callback.unreachable",
            Self::Status { .. } => "callback.status",
            Self::BadAnswer { .. } => "callback.bad_answer",
            Self::Refused { .. } => "callback.refused",
            Self::Json(_) => "callback.json",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Missing => {
                "The config has no callback address (editorConfig.callbackUrl), so the document cannot be handed back.".into()
            }
            Self::Address(e) | Self::Unreachable(e) => e.message_about(Subject::Callback),
            Self::Status { origin, status, .. } => {
                format!("The integrator did not take the callback: {origin} answered with status {status} instead of 200.")
            }
            Self::BadAnswer { origin, answer } => {
                format!("The integrator did not confirm the callback: {origin} answered with {answer} instead of {{\"error\":0}}.")
            }
            Self::Refused { origin, error } => {
                format!("The integrator refused the callback: {origin} answered with error {error}.")
            }
            Self::Json(e) => format!("The callback cannot be written as JSON: {e}."),
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Missing => "Give editorConfig.callbackUrl, inside the signed config.",
            Self::Address(e) | Self::Unreachable(e) => return e.advice(),
            Self::Status { status, signed, .. } => status_hint(*status, *signed),
            Self::BadAnswer { answer, .. } => answer_hint(*answer),
            Self::Refused { .. } => {
                "Look in the application's log for why it could not store the document; a handler that wants the callback again must answer with status 500 or above."
            }
            Self::Json(_) => "Report this as an error of the document server.",
        }
        .into()
    }

    fn editor_error(&self) -> i32 {
        editor_error::SAVE
    }
}

fn status_hint(status: u16, signed: bool) -> &'static str {
    match status {
        204 => "Answer with status 200 and the body {\"error\":0}.",
        201..=299 => "Answer with status 200, even when a new version was created.",
        300..=399 => {
            "Redirects are not followed, as they would lose the body: give the final address, mind trailing slashes and https, and exempt the handler from the login."
        }
        401 | 403 | 419 if signed => {
            "The callback carried a token signed by the shared secret, in the Authorization header and in the body's member “token”: let the handler verify that, and exempt it from login and CSRF checks."
        }
        401 | 403 | 419 => {
            "The callback carried no token, as tokens are switched off; exempt the handler from login and CSRF checks."
        }
        404 | 410 => {
            "Check the path of editorConfig.callbackUrl and that the handler's route exists."
        }
        405 => "Let the handler accept POST.",
        413 => "Let the handler accept a larger body.",
        415 => "Let the handler accept the media type application/json.",
        429 => "Exempt the document server from the application's rate limit.",
        500.. => "Look in the application's log for the error behind it.",
        _ => "Let the handler answer with status 200 and the body {\"error\":0}.",
    }
}

fn answer_hint(answer: Answer) -> &'static str {
    match answer {
        Answer::Html => {
            "That is often a login or error page: exempt the handler from the login, and let it answer with {\"error\":0} and nothing else."
        }
        Answer::TextAroundJson => {
            "Often that is a PHP notice: set display_errors to off, see the application's log, and print nothing but {\"error\":0}."
        }
        Answer::Empty
        | Answer::NoError
        | Answer::NotAnObject
        | Answer::Text
        | Answer::Binary
        | Answer::TooLong => {
            "Let the handler answer every callback, whatever its status member, with the body {\"error\":0} and nothing else once it has done its part."
        }
    }
}
