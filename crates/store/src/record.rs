//! The rows of the journal.

use std::fmt;

use recto_docs_api::{DocumentKey, HistoryChange};

use crate::BlobId;

/// How far the session of a document has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Somebody has it open, or had when the process ended.
    Open,
    /// The file for the integrator is being made.
    Saving,
    /// The file is ready and its integrator is being told.
    Delivering,
    /// The integrator answered that it has the file.
    Delivered,
    /// The integrator would not take the file; it is kept until somebody deletes it.
    Forgotten,
}

impl Phase {
    /// The phase as it is in the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Saving => "saving",
            Self::Delivering => "delivering",
            Self::Delivered => "delivered",
            Self::Forgotten => "forgotten",
        }
    }

    /// The phase that a text of the journal stands for.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [
            Self::Open,
            Self::Saving,
            Self::Delivering,
            Self::Delivered,
            Self::Forgotten,
        ]
        .into_iter()
        .find(|phase| phase.as_str() == text)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What must be known of a session to take it up again after the process died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// The document key.
    pub key: DocumentKey,
    /// The verified opening that the session began with, sealed by `recto-token`.
    pub opening: String,
    /// The verified opening of the participant who changed the document last, sealed likewise: its
    /// callback address is the one that gets the file.
    pub last_changer: Option<String>,
    /// The integrator's id of the participant who acted last.
    pub last_user: Option<String>,
    /// Extension of the document, as in the config.
    pub file_type: String,
    /// The document as it was fetched.
    pub original: BlobId,
    /// The newest snapshot of the edited document.
    pub snapshot: Option<BlobId>,
    /// Whether the document was changed since it was fetched.
    pub changed: bool,
    /// Who changed it, the oldest first.
    pub changes: Vec<HistoryChange>,
    /// How far the session has come.
    pub phase: Phase,
    /// Callbacks that failed so far.
    pub attempts: u32,
    /// When the next callback is due, in Unix seconds.
    pub next_attempt: Option<i64>,
    /// The id of the [`ResultRecord`] that the callback names. While it stands here, the result
    /// outlives its expiry.
    pub result: Option<String>,
    /// When the session began, in Unix seconds.
    pub created: i64,
    /// When the record was last written, in Unix seconds.
    pub updated: i64,
    /// Counts the saved versions of this key.
    pub generation: i64,
}

/// A file that may be downloaded by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRecord {
    /// Made by [`crate::new_id`].
    pub id: String,
    /// The file's bytes.
    pub blob: BlobId,
    /// The name that the download gets; never used as a path here.
    pub file_name: String,
    /// The media type that the download gets.
    pub mime: String,
    /// When it may be swept, in Unix seconds.
    pub expires: i64,
}
