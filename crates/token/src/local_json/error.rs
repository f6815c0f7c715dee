//! Why a `local.json` cannot be used.

use std::{io, path::PathBuf};

use recto_docs_api::{Explain, editor_error};

use crate::{KeyError, refusal::reason};

/// A `local.json` that cannot be used. It shows no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalJsonError {
    /// It is not JSON, or has a member twice.
    #[error("The file is not JSON, or has a member twice.")]
    NotJson,
    /// It says nothing of a document server.
    #[error("The file has no \"services.CoAuthoring\", so it says nothing of a document server.")]
    NoServer,
    /// A value has a wrong type.
    #[error("{path} is {found} where {expected} belongs.")]
    Type {
        /// Where.
        path: String,
        /// What belongs there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A secret is not set.
    #[error(
        "The file sets no secret for the {kind}, and that which ONLYOFFICE's server then takes is known to everybody."
    )]
    NoSecret {
        /// `inbox`, `outbox` or `session`.
        kind: &'static str,
    },
    /// A secret is empty.
    #[error("The secret for the {kind} is empty.")]
    EmptySecret {
        /// `inbox`, `outbox` or `session`.
        kind: &'static str,
    },
    /// The file of a secret cannot be read.
    #[error("The file {} with the secret for the {kind} cannot be read ({error}).", path.display())]
    File {
        /// `inbox`, `outbox` or `session`.
        kind: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::ErrorKind,
    },
    /// The secrets make no keys.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Explain for LocalJsonError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotJson | Self::NoServer | Self::File { .. } => reason::UNREADABLE.code,
            Self::Type { .. } => reason::CONFIG_TYPE.code,
            Self::NoSecret { .. } => reason::SECRET_DEFAULT.code,
            Self::EmptySecret { .. } => reason::SECRET_EMPTY.code,
            Self::Key(error) => error.code(),
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::NotJson => "Give the local.json of the ONLYOFFICE server as it is, without comments.".to_owned(),
            Self::NoServer => "Give the local.json of the ONLYOFFICE server, normally in /etc/onlyoffice/documentserver.".to_owned(),
            Self::Type { .. } => "Correct the value.".to_owned(),
            Self::NoSecret { kind } | Self::EmptySecret { kind } => format!(
                "Set services.CoAuthoring.secret.{kind}.string; make a secret with \"openssl rand -hex 32\" and set it in the application that embeds the editor too."
            ),
            Self::File { .. } => "Check the path and its rights.".to_owned(),
            Self::Key(error) => error.hint(),
        }
    }

    fn editor_error(&self) -> i32 {
        editor_error::UNKNOWN
    }
}
