//! What can go wrong with files and journal, and what to do about it.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use recto_docs_api::{Explain, editor_error};

use crate::IdError;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No space is left where the data folder lies.
    #[error("no space is left in the data folder")]
    DiskFull(#[source] Box<dyn Error + Send + Sync>),
    /// Another process has the data folder open.
    #[error("the data folder {} is in use by another process", .0.display())]
    Locked(PathBuf),
    /// A blob that is not there, or not any more.
    #[error("there is no stored file {0}")]
    NoBlob(String),
    /// A text that is no id of this store.
    #[error("not an id: {0}")]
    Id(#[from] IdError),
    /// A row of the journal says something that this version does not understand.
    #[error("the journal's entry {key} has {what}")]
    Damaged {
        /// The document key or result id of the row, as far as it can be shown.
        key: String,
        /// What is not understood.
        what: String,
    },
    /// The file system refused.
    #[error("{doing}")]
    Files {
        /// What was being done.
        doing: String,
        /// What the system said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The database refused.
    #[error("the journal could not be used")]
    Journal(#[source] sqlx::Error),
    /// The journal was made by a version that this one cannot read.
    #[error("the journal could not be brought up to date")]
    Migration(#[source] sqlx::migrate::MigrateError),
}

impl StoreError {
    /// An error of the file system at `path`, told apart by its cause.
    pub(crate) fn files(
        doing: &str,
        path: &Path,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        let source = source.into();
        if is_disk_full(&*source) {
            Self::DiskFull(source)
        } else {
            Self::Files {
                doing: format!("{doing} {}", path.display()),
                source,
            }
        }
    }

    /// Too little space to begin with something.
    pub(crate) fn full(free: u64) -> Self {
        Self::DiskFull(format!("{free} bytes are left").into())
    }

    /// The deepest cause's own words, for the message.
    fn cause(&self) -> String {
        let mut deepest: &dyn Error = self;
        while let Some(next) = deepest.source() {
            deepest = next;
        }
        deepest.to_string()
    }
}

/// Whether an error, or one that caused it, is a full disk or an exhausted quota.
fn is_disk_full(error: &(dyn Error + 'static)) -> bool {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            if matches!(
                io.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ) {
                return true;
            }
            // an io::Error that carries another does not name it as its source
            if let Some(inner) = io.get_ref() {
                current = Some(inner);
                continue;
            }
        }
        current = error.source();
    }
    false
}

/// `SQLite`'s result code for a full disk.
const SQLITE_FULL: i32 = 13;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let full = match &error {
            sqlx::Error::Database(db) => db
                .code()
                .and_then(|code| code.parse::<i32>().ok())
                .is_some_and(|code| code & 0xff == SQLITE_FULL),
            sqlx::Error::Io(io) => is_disk_full(io),
            _ => false,
        };
        if full {
            Self::DiskFull(Box::new(error))
        } else {
            Self::Journal(error)
        }
    }
}

impl Explain for StoreError {
    fn code(&self) -> &'static str {
        match self {
            Self::DiskFull(_) => "store.disk_full",
            Self::Locked(_) => "store.locked",
            Self::NoBlob(_) => "store.not_found",
            Self::Id(_) => "store.bad_id",
            Self::Damaged { .. } => "store.damaged",
            Self::Files { .. } => "store.files",
            Self::Journal(_) => "store.journal",
            Self::Migration(_) => "store.migration",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::DiskFull(_) => {
                "The disk that holds the document server's data folder is full.".into()
            }
            Self::Locked(path) => format!(
                "The data folder {} is in use by another process.",
                path.display()
            ),
            Self::NoBlob(id) => format!("The stored file {id} is not there."),
            Self::Id(_) => "That is not the id of a stored file.".into(),
            Self::Damaged { key, what } => {
                format!("The journal's entry {key} has {what}.")
            }
            Self::Files { doing, .. } => {
                format!("The data folder cannot be used: {doing}: {}.", self.cause())
            }
            Self::Journal(_) => format!("The journal cannot be used: {}.", self.cause()),
            Self::Migration(_) => {
                format!(
                    "The journal cannot be brought up to date: {}.",
                    self.cause()
                )
            }
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::DiskFull(_) => {
                "Free space there or move the folder to a larger disk, and keep the editor open meanwhile."
            }
            Self::Locked(_) => "Stop the other server, or give this one a folder of its own with --data.",
            Self::NoBlob(_) => {
                "It has expired or was deleted; open the document again to get a new one."
            }
            Self::Id(_) => "Use the link exactly as the document server gave it.",
            Self::Damaged { .. } => {
                "Run the version that wrote the folder, or restore the folder from a backup."
            }
            Self::Files { .. } => {
                "Check that the folder exists, is on a working disk and belongs to the account that the server runs under."
            }
            Self::Journal(_) => {
                "Check that journal.db in the data folder is readable, writable and on a local disk."
            }
            Self::Migration(_) => {
                "Run the version that wrote the folder or a newer one; an older one cannot read it."
            }
        }
        .into()
    }

    fn editor_error(&self) -> i32 {
        match self {
            Self::DiskFull(_) => editor_error::SAVE,
            _ => editor_error::UNKNOWN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_recognised_however_deep_it_lies() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let direct = StoreError::files("writing", Path::new("x"), full());
        let nested = StoreError::files(
            "writing",
            Path::new("x"),
            io::Error::other(io::Error::other(full())),
        );
        let other = StoreError::files(
            "writing",
            Path::new("x"),
            io::Error::from(io::ErrorKind::PermissionDenied),
        );
        assert_eq!(direct.code(), "store.disk_full");
        assert_eq!(nested.code(), "store.disk_full");
        assert_eq!(other.code(), "store.files");
    }

    #[test]
    fn sentences() {
        let full = StoreError::files(
            "writing",
            Path::new("blobs"),
            io::Error::from(io::ErrorKind::StorageFull),
        );
        insta::assert_snapshot!(full.message(), @"The disk that holds the document server's data folder is full.");
        insta::assert_snapshot!(full.hint(), @"Free space there or move the folder to a larger disk, and keep the editor open meanwhile.");
        let denied = StoreError::files(
            "creating",
            Path::new("/srv/recto"),
            io::Error::from(io::ErrorKind::PermissionDenied),
        );
        insta::assert_snapshot!(denied.message(), @"The data folder cannot be used: creating /srv/recto: permission denied.");
        insta::assert_snapshot!(denied.hint(), @"Check that the folder exists, is on a working disk and belongs to the account that the server runs under.");
        let phase = StoreError::Damaged {
            key: "k1".into(),
            what: "the unknown phase “frozen”".into(),
        };
        insta::assert_snapshot!(phase.message(), @"The journal's entry k1 has the unknown phase “frozen”.");
        insta::assert_snapshot!(phase.hint(), @"Run the version that wrote the folder, or restore the folder from a backup.");
        insta::assert_snapshot!(StoreError::Locked("/srv/recto".into()).message(), @"The data folder /srv/recto is in use by another process.");
    }
}
