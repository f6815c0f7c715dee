//! What a token is for.

use std::{fmt, str::FromStr};

use serde::Serialize;

/// What a token is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Opening a document: `config.token`.
    Open,
    /// The command service.
    Command,
    /// The conversion service.
    Convert,
    /// A callback of a document server.
    Callback,
    /// A document server's download of a file.
    Download,
    /// Another method of the editor, such as `insertImage`.
    Method,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Command,
        Self::Convert,
        Self::Callback,
        Self::Download,
        Self::Method,
    ];

    /// The name, as the command line takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Command => "command",
            Self::Convert => "convert",
            Self::Callback => "callback",
            Self::Download => "download",
            Self::Method => "method",
        }
    }

    /// The purpose in words that follow "made for".
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Open => "opening a document",
            Self::Command => "the command service",
            Self::Convert => "the conversion service",
            Self::Callback => "a callback",
            Self::Download => "a download by a document server",
            Self::Method => "another method of the editor, such as insertImage",
        }
    }

    /// Whether the document server signs such tokens.
    pub(super) fn is_outgoing(self) -> bool {
        matches!(self, Self::Callback | Self::Download)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A purpose that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "There is no such purpose. Give one of open, command, convert, callback, download, method."
)]
pub struct UnknownPurpose;

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(text: &str) -> Result<Self, UnknownPurpose> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
            .ok_or(UnknownPurpose)
    }
}
