//! Who changed a document since it was opened: what a callback brings with the saved file.

use serde::{Deserialize, Serialize};

use crate::DOCS_API_VERSION;

/// `history` of a callback, to be given back to the editor by `refreshHistory` later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// The version of the Docs API that the server spoke.
    pub server_version: String,
    /// The oldest first.
    pub changes: Vec<HistoryChange>,
}

impl History {
    /// The history of these changes.
    pub fn new(changes: Vec<HistoryChange>) -> Self {
        Self {
            server_version: DOCS_API_VERSION.into(),
            changes,
        }
    }
}

/// A while in which one user changed the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryChange {
    /// SHA-256 of the file that was changed, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_sha256: Option<String>,
    /// When it began: `2026-11-24 10:00:00` in UTC.
    pub created: String,
    /// Who.
    pub user: HistoryUser,
}

/// Who changed a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryUser {
    /// The integrator's id of the user.
    pub id: String,
    /// Name, for people.
    pub name: String,
}
