//! What is open, for the administrator.

use std::time::Duration;

use futures::future::join_all;
use recto_docs_api::DocumentKey;
use serde::Serialize;
use tokio::time::timeout;

use crate::actor::{Engine, Session};
use crate::orders::Order;
use crate::registry::Sessions;

/// How long a session may take to tell of itself. One that is so busy is listed without numbers.
const PATIENCE: Duration = Duration::from_secs(1);

/// One open document, in numbers: neither its title nor its users' names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// The document's key.
    pub key: DocumentKey,
    /// What the session said of itself, unless it was too busy to.
    pub state: Option<State>,
}

/// What a session says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// Extension of the document, once it was fetched.
    pub file_type: Option<String>,
    /// Whether the engine has it loaded.
    pub loaded: bool,
    /// Participants who may edit.
    pub editors: usize,
    /// Participants who may only look.
    pub viewers: usize,
    /// Whether there are changes that the integrator does not have yet.
    pub changed: bool,
    /// Callbacks that failed in a row.
    pub attempts: u32,
}

impl Sessions {
    /// All open documents, by key.
    pub async fn overview(&self) -> Vec<Overview> {
        let mut all = join_all(self.keys().into_iter().map(|key| async move {
            let state = timeout(
                PATIENCE,
                self.order(&key, |reply| Order::Overview { reply }),
            );
            let state = state.await.ok().flatten();
            Overview { key, state }
        }))
        .await;
        all.sort_by(|a, b| a.key.as_str().cmp(b.key.as_str()));
        all
    }
}

impl Session {
    pub(crate) fn state(&self) -> State {
        let editors = self.participants.iter().filter(|p| p.may_change()).count();
        let record = self.record.as_ref();
        State {
            file_type: record.map(|record| record.file_type.clone()),
            loaded: matches!(self.engine, Engine::Open(_)),
            editors,
            viewers: self.participants.len() - editors,
            changed: self.saving.changed,
            attempts: record.map_or(0, |record| record.attempts),
        }
    }
}
