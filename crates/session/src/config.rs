//! What a session needs from outside.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use recto_docs_api::{LossRule, MacroRule};
use recto_engine::Engine;
use recto_fetch::Fetcher;
use recto_store::Store;
use recto_token::{Keys, PublicUrl};
use tokio::sync::Semaphore;

use crate::limits::Limits;

/// Times and limits of sessions.
#[derive(Debug, Clone)]
pub struct SessionConfig {
    /// Time from a change to its snapshot. Default: 1 to 5 s, by what the last one cost.
    pub snapshot_after: Option<Duration>,
    /// Time from the last editor's leaving to the final save. Default 5 s.
    pub save_after: Duration,
    /// How long a participant whose connection was lost is waited for. Default 60 s.
    pub return_within: Duration,
    /// How long a document found after a restart waits for its editors. Default 15 s.
    pub recover_within: Duration,
    /// How long a saved key refuses to be edited again (spec/tokens.md 6.6). Default 5 min.
    pub closed_for: Duration,
    /// Life of a result link. Default 15 min.
    pub link_life: Duration,
    /// Waits before a failed callback is sent again: doubled each time from the first to the second.
    pub retry: (Duration, Duration),
    /// How long a callback is tried before its document counts as forgotten. Default 24 h.
    pub retry_for: Duration,
    /// How long an opening waits for the answer to the callback that gives the document's last version
    /// away. Default 10 s.
    pub delivery_wait: Duration,
    /// Bytes that stay free where the data folder lies, so that what is open can be stored: below that no
    /// document is fetched and no copy is made. Default 64 MiB.
    pub reserve_bytes: u64,
    /// How long a final save is tried while the disk is full, before the last snapshot has to do. Default
    /// 1 h.
    pub full_disk_wait: Duration,
    /// How often the integrator is given what was changed while it is edited. Default: never.
    pub force_save_every: Option<Duration>,
    /// What happens to documents of which a save would lose something, whatever milder their configs say.
    /// Default: what the configs say, and [`LossRule::Tell`] where they say nothing.
    pub losses: Option<LossRule>,
    /// What happens to documents with macros. Default: they are kept.
    pub macros: MacroRule,
    /// Pace of the heartbeat. Default 15 s.
    pub heartbeat: Duration,
    /// Largest document in bytes. Default 100 MiB.
    pub max_bytes: u64,
    /// What participants and documents may use at most.
    pub limits: Limits,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            snapshot_after: None,
            save_after: Duration::from_secs(5),
            return_within: Duration::from_secs(60),
            recover_within: Duration::from_secs(15),
            closed_for: Duration::from_secs(300),
            link_life: Duration::from_secs(900),
            retry: (Duration::from_secs(1), Duration::from_secs(600)),
            retry_for: Duration::from_secs(24 * 3600),
            delivery_wait: Duration::from_secs(10),
            reserve_bytes: 64 << 20,
            full_disk_wait: Duration::from_secs(3600),
            force_save_every: None,
            losses: None,
            macros: MacroRule::Keep,
            heartbeat: Duration::from_secs(15),
            max_bytes: 100 << 20,
            limits: Limits::default(),
        }
    }
}

/// The parts that all sessions of a tenant share. Store, fetcher and keys are the tenant's own.
#[derive(Clone)]
pub struct Services {
    /// The engine.
    pub engine: Engine,
    /// Files and journal.
    pub store: Store,
    /// Outgoing requests.
    pub fetcher: Fetcher,
    /// Keys of tokens and links.
    pub keys: Arc<Keys>,
    /// Where links begin.
    pub public: PublicUrl,
    /// Folder for files on their way between store and engine.
    pub scratch: PathBuf,
    /// Unix seconds now.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// Times and limits.
    pub config: Arc<SessionConfig>,
    /// Room for open documents, which all tenants share: one permit for each.
    pub documents: Arc<Semaphore>,
}

impl Services {
    /// Unix seconds now.
    pub(crate) fn now(&self) -> i64 {
        (self.clock)()
    }
}
