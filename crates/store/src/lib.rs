//! What must survive: files, snapshots, results and the journal of sessions.
#![forbid(unsafe_code)]
