//! Whether this server does its work: what `/healthcheck` says, and the counter of the same meaning.

use std::fmt;

use crate::endpoints::Shared;

/// Why documents can't be opened now, however long one waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Engine processes don't start any more.
    Engine,
    /// The store or the task of a document does not answer; the log says which.
    Hang,
    /// There is no space left for another document.
    Full,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Engine => "engine processes don't start",
            Self::Hang => "something does not answer",
            Self::Full => "the disk of the data folder is full",
        })
    }
}

/// What keeps this server from opening documents, if anything does. That all engine processes are busy
/// is none: monitors, and connectors that switch themselves off, act on the first bad answer.
pub fn problem(shared: &Shared) -> Option<Problem> {
    if !shared.engine.ready() {
        return Some(Problem::Engine);
    }
    if !shared.watchdog.all_answer() {
        return Some(Problem::Hang);
    }
    shared.watchdog.disk_is_full().then_some(Problem::Full)
}
