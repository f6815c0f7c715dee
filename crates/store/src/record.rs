//! The rows of the journal.

use std::fmt;

use recto_docs_api::{DocumentKey, HistoryChange, LossReport};

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

/// Names that are kept of those who made changes.
const NAMES: usize = 20;
/// Letters that are kept of a name.
const LETTERS: usize = 80;

/// Changes: since when and by whom, without what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// When the first of them was made, in Unix seconds.
    pub since: i64,
    /// The names of those who made them, each once, as long as they are not too many.
    pub by: Vec<String>,
}

impl Changed {
    /// One change.
    pub fn new(since: i64, name: &str) -> Self {
        let mut changed = Self {
            since,
            by: Vec::new(),
        };
        changed.add(name);
        changed
    }

    /// One more change; whether that says anything new.
    pub fn add(&mut self, name: &str) -> bool {
        let name: String = name.chars().take(LETTERS).collect();
        let new = self.by.len() < NAMES && !self.by.contains(&name);
        if new {
            self.by.push(name);
        }
        new
    }

    /// These changes and others.
    #[must_use]
    pub fn and(mut self, others: Option<Self>) -> Self {
        if let Some(others) = others {
            self.since = self.since.min(others.since);
            for name in &others.by {
                self.add(name);
            }
        }
        self
    }

    pub(crate) fn to_json(of: Option<&Self>) -> String {
        let parts = of.map(|of| (of.since, &of.by));
        serde_json::to_string(&parts).unwrap_or_else(|_| "null".into())
    }

    pub(crate) fn of_json(text: &str) -> serde_json::Result<Option<Self>> {
        let parts: Option<(i64, Vec<String>)> = serde_json::from_str(text)?;
        Ok(parts.map(|(since, by)| Self { since, by }))
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
    /// Those of its changes that no snapshot holds.
    pub unsaved: Option<Changed>,
    /// Those of its changes that are lost.
    pub lost: Option<Changed>,
    /// What a save loses of the document as it was fetched; `None` if it could not be looked at.
    pub losses: Option<LossReport>,
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
