//! Whether this server does its work: what `/healthcheck` says, and the counter of the same meaning.

use std::fmt;

use crate::endpoints::Shared;

/// Why documents can't be opened now, however long one waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Engine processes don't start any more.
    Engine,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Engine => "engine processes don't start",
        })
    }
}

/// What keeps this server from opening documents, if anything does. That all engine processes are busy
/// is none: monitors, and connectors that switch themselves off, act on the first bad answer.
pub fn problem(shared: &Shared) -> Option<Problem> {
    (!shared.engine.ready()).then_some(Problem::Engine)
}
