//! Snapshots of an open document, written beside its kit where that is possible.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::document::Document;
use super::link::lock;
use super::{Engine, saved};
use crate::error::{EngineError, SaveError};
use crate::formats;
use crate::protocol::NotBeside;

/// How a snapshot was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Snapshot {
    /// By a copy of the kit: nobody's key waited for it.
    Background,
    /// By the kit itself, which did nothing else meanwhile.
    Foreground(Foreground),
}

/// Why a snapshot was not written in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreground {
    /// Kits have nothing here with which a copy would end in any case.
    NotPermitted,
    /// The engine was at work in another thread.
    Threads,
    /// Another copy was at work.
    Busy,
    /// The system made no copy, for want of memory or of processes.
    Refused,
    /// The copy died, or took too long.
    Died,
    /// The copy could not write the file.
    Failed,
    /// What the copy wrote is no whole file.
    Unreadable,
    /// The document has a password, which a copy of the kit would leave out.
    Protected,
}

impl Snapshot {
    const ALL: [Self; 9] = [
        Self::Background,
        Self::Foreground(Foreground::NotPermitted),
        Self::Foreground(Foreground::Threads),
        Self::Foreground(Foreground::Busy),
        Self::Foreground(Foreground::Refused),
        Self::Foreground(Foreground::Died),
        Self::Foreground(Foreground::Failed),
        Self::Foreground(Foreground::Unreadable),
        Self::Foreground(Foreground::Protected),
    ];

    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::Foreground(Foreground::NotPermitted) => "not_permitted",
            Self::Foreground(Foreground::Threads) => "threads",
            Self::Foreground(Foreground::Busy) => "busy",
            Self::Foreground(Foreground::Refused) => "refused",
            Self::Foreground(Foreground::Died) => "died",
            Self::Foreground(Foreground::Failed) => "failed",
            Self::Foreground(Foreground::Unreadable) => "unreadable",
            Self::Foreground(Foreground::Protected) => "protected",
        }
    }
}

impl From<NotBeside> for Foreground {
    fn from(why: NotBeside) -> Self {
        match why {
            NotBeside::NotPermitted => Self::NotPermitted,
            NotBeside::Threads => Self::Threads,
            NotBeside::Busy => Self::Busy,
            NotBeside::Refused => Self::Refused,
            NotBeside::Died => Self::Died,
        }
    }
}

/// How many snapshots were written, by how.
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<[u64; Snapshot::ALL.len()]>);

impl Counts {
    fn add(&self, snapshot: Snapshot) {
        for (count, how) in lock(&self.0).iter_mut().zip(Snapshot::ALL) {
            *count += u64::from(how == snapshot);
        }
    }
}

impl Engine {
    /// Writes the document as it is now to `to`, as [`Document::save_copy`] does, but if possible in a
    /// copy of the kit: what is done after the copy was made is carried out at once, and is not in it.
    ///
    /// A protected document is never written without its password: it is refused in a type, or as
    /// another one, in which the password would be lost.
    pub async fn snapshot(
        &self,
        document: &Document,
        file_type: &str,
        to: &Path,
    ) -> Result<Snapshot, SaveError> {
        if document.is_protected() && !document.stays_protected_as(file_type) {
            return Err(SaveError::Unprotected);
        }
        self.copy(document, file_type, to).await
    }

    /// The same for somebody who takes part and asked for a copy: in another type than its own, that of
    /// a protected document has no password.
    pub async fn copy(
        &self,
        document: &Document,
        file_type: &str,
        to: &Path,
    ) -> Result<Snapshot, SaveError> {
        let how = match document.save_beside(file_type, to).await? {
            None => Snapshot::Background,
            Some(why) => {
                document.save_copy(file_type, to).await?;
                Snapshot::Foreground(why)
            }
        };
        if let Snapshot::Foreground(
            Foreground::Died | Foreground::Failed | Foreground::Unreadable,
        ) = how
        {
            tracing::warn!(
                kit = document.kit_pid(),
                why = how.name(),
                "a copy did not save"
            );
        }
        self.0.snapshots.add(how);
        Ok(how)
    }

    /// How many snapshots were written, by the name of how.
    pub fn snapshots(&self) -> Vec<(&'static str, u64)> {
        let counts = *lock(&self.0.snapshots.0);
        Snapshot::ALL
            .into_iter()
            .map(Snapshot::name)
            .zip(counts)
            .collect()
    }
}

impl Document {
    /// Has a copy of the kit write the document. Gives why it did not, if the kit can do it instead.
    async fn save_beside(
        &self,
        file_type: &str,
        to: &Path,
    ) -> Result<Option<Foreground>, SaveError> {
        if self.is_protected() {
            return Ok(Some(Foreground::Protected));
        }
        let (format, options) = formats::saved_as(self.0.info.kind, file_type)
            .ok_or_else(|| SaveError::Type(file_type.to_owned()))?;
        let number = self.0.copies.fetch_add(1, Ordering::Relaxed);
        let name = format!(".out-{number}.{file_type}");
        let from = self.0.kit.folder.doc().join(&name);
        let _turn = self.0.beside.lock().await;
        let cost = *lock(&self.0.cost);
        let begun = Instant::now();
        let asked = self.0.kit.ask_beside(name, format, options, cost).await;
        let failed = match asked {
            Ok(None) => {
                *lock(&self.0.cost) = begun.elapsed();
                None
            }
            Ok(Some(why)) => Some(why.into()),
            Err(EngineError::Failed(_)) => Some(Foreground::Failed),
            Err(error) => return Err(error.into()),
        };
        if let Some(why) = failed {
            // What it began, if anything.
            let _ = tokio::fs::remove_file(&from).await;
            return Ok(Some(why));
        }
        let (to, file_type) = (to.to_owned(), file_type.to_owned());
        let (place, of) = (to.clone(), file_type.clone());
        let kept = Arc::clone(&self.0.kept);
        let taken = tokio::task::spawn_blocking(move || saved::take(&from, &to, &file_type, &kept))
            .await
            .map_err(std::io::Error::other)?;
        match taken {
            Ok(()) => {
                self.in_its_dialect(&of, &place).await?;
                Ok(None)
            }
            Err(SaveError::Unreadable) => Ok(Some(Foreground::Unreadable)),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::client::link::copy_limit;

    #[test]
    fn fk5_a_copy_gets_ten_times_what_the_save_before_took_and_never_more_than_a_save() {
        let [slack, longest] = [5, 180].map(Duration::from_secs);
        let seconds = |cost| copy_limit(Duration::from_millis(cost), slack, longest).as_secs();
        let given = [0, 40, 300, 2_000, 20_000, u64::MAX].map(seconds);
        assert_eq!(given, [5, 5, 8, 25, 180, 180]);
        let little = Duration::from_millis(10);
        assert_eq!(copy_limit(little, little, little).as_secs(), 1);
    }

    #[test]
    fn each_way_is_counted_by_its_name() {
        let counts = Counts::default();
        for snapshot in Snapshot::ALL {
            counts.add(snapshot);
        }
        counts.add(Snapshot::Background);
        assert_eq!(*lock(&counts.0), [2, 1, 1, 1, 1, 1, 1, 1, 1]);
        let mut names = Snapshot::ALL.map(Snapshot::name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
