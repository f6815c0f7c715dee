//! What must survive: files, snapshots, results and the journal of sessions.
//!
//! A folder holds everything: `journal.db` (`SQLite`, write-ahead log, synchronised on every commit)
//! and `blobs`, one file per blob under a random name. A blob is on disk before its id is handed
//! out, and the journal only ever names blobs that are there; so whatever the journal says after a
//! crash can be relied upon.
#![forbid(unsafe_code)]

mod blob;
mod deaths;
mod error;
mod id;
mod journal;
mod record;
mod store;

pub use blob::BlobStream;
pub use deaths::{DEATH_REPORTS, DeathOutcome, DeathPhase, DeathReport, death_id, deaths_in};
pub use error::StoreError;
pub use id::{BlobId, IdError, new_id};
pub use record::{Changed, Phase, ResultRecord, SessionRecord};
pub use store::{BLOB_GRACE, Store, Swept};
