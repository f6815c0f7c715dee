//! What the portal keeps: an `SQLite` database for users, rights and versions, and a folder of files.

mod blobs;
mod files;
mod users;
mod versions;

use std::path::Path;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

pub(crate) use blobs::{Blob, BlobError, Blobs};
pub(crate) use files::{FileRow, Level, Member};
pub(crate) use users::User;
pub(crate) use versions::{Added, Delivery, NewVersion, Origin, Version};

/// The database and the folder of files.
#[derive(Clone)]
pub(crate) struct Storage {
    pool: SqlitePool,
    pub(crate) blobs: Blobs,
}

/// What can go wrong below the pages. None of it is the visitor's doing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error("the database answered: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the database could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the data folder: {0}")]
    Io(#[from] std::io::Error),
    #[error("the system's random numbers are not available: {0}")]
    Random(#[from] rand::rand_core::OsError),
    #[error("the database holds {0}, which this version does not know")]
    Unknown(String),
}

impl Storage {
    /// Opens the data folder, creating what is missing.
    pub(crate) async fn open(data: &Path) -> Result<Self, StorageError> {
        tokio::fs::create_dir_all(data).await?;
        let options = SqliteConnectOptions::from_str("sqlite:")?
            .filename(data.join("portal.db"))
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a version that was acknowledged to the document server survives a power cut.
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        let blobs = Blobs::open(&data.join("files")).await?;
        let storage = Self { pool, blobs };
        storage.sweep().await?;
        Ok(storage)
    }

    /// Removes contents that no version names: the remains of uploads and saves that a crash cut short.
    async fn sweep(&self) -> Result<(), StorageError> {
        let known: std::collections::HashSet<String> =
            sqlx::query_scalar("SELECT blob FROM versions")
                .fetch_all(&self.pool)
                .await?
                .into_iter()
                .collect();
        self.blobs.keep_only(&known).await?;
        Ok(())
    }
}

/// A new name of `bytes` random bytes, as hexadecimal digits.
pub(crate) fn new_id(bytes: usize) -> Result<String, StorageError> {
    let mut raw = vec![0_u8; bytes];
    OsRng.try_fill_bytes(&mut raw)?;
    Ok(hex::encode(raw))
}

/// A new secret for a cookie: 256 random bits, base64url.
pub(crate) fn new_secret() -> Result<String, StorageError> {
    let mut raw = [0_u8; 32];
    OsRng.try_fill_bytes(&mut raw)?;
    Ok(URL_SAFE_NO_PAD.encode(raw))
}

/// SHA-256 as hexadecimal digits.
pub(crate) fn hex_digest(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(bytes))
}
