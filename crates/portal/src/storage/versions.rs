//! Versions: a new one for every saved content, and none is ever changed.

use sqlx::FromRow;
use sqlx::sqlite::SqliteConnection;

use super::{Blob, Storage, StorageError, new_id};

/// How a version came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Uploaded,
    Created,
    /// Saved when the last editor had left.
    Edited,
    /// Saved while the document stayed open.
    ForceSaved,
    /// Delivered by a document server that could not save properly.
    Recovered,
    Restored,
}

impl Origin {
    fn as_str(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Created => "created",
            Self::Edited => "edited",
            Self::ForceSaved => "force-saved",
            Self::Recovered => "recovered",
            Self::Restored => "restored",
        }
    }

    fn parse(text: &str) -> Result<Self, StorageError> {
        [
            Self::Uploaded,
            Self::Created,
            Self::Edited,
            Self::ForceSaved,
            Self::Recovered,
            Self::Restored,
        ]
        .into_iter()
        .find(|origin| origin.as_str() == text)
        .ok_or_else(|| StorageError::Unknown(format!("the origin `{text}`")))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) number: i64,
    pub(crate) blob: String,
    pub(crate) size: i64,
    pub(crate) sha256: String,
    pub(crate) file_type: String,
    pub(crate) author: String,
    pub(crate) origin: Origin,
    pub(crate) restored: Option<i64>,
    pub(crate) created: i64,
}

#[derive(FromRow)]
struct RawVersion {
    number: i64,
    blob: String,
    size: i64,
    sha256: String,
    file_type: String,
    author: String,
    origin: String,
    restored: Option<i64>,
    created: i64,
}

impl RawVersion {
    fn complete(self) -> Result<Version, StorageError> {
        Ok(Version {
            origin: Origin::parse(&self.origin)?,
            number: self.number,
            blob: self.blob,
            size: self.size,
            sha256: self.sha256,
            file_type: self.file_type,
            author: self.author,
            restored: self.restored,
            created: self.created,
        })
    }
}

/// The content and the circumstances of a version to add.
pub(crate) struct NewVersion<'a> {
    pub(crate) blob: &'a Blob,
    pub(crate) file_type: &'a str,
    /// Name of the person, as the list of versions shows it.
    pub(crate) author: &'a str,
    pub(crate) origin: Origin,
}

/// What identifies something that a document server delivers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delivery<'a> {
    pub(crate) key: &'a str,
    /// The version that `key` names.
    pub(crate) key_version: &'a str,
    pub(crate) status: u8,
    pub(crate) url_hash: &'a str,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    Version(i64),
    /// The same content had been taken already; this is its version.
    Already(i64),
    /// The file was deleted meanwhile.
    FileGone,
}

const COLUMNS: &str = "number, blob, size, sha256, file_type, author, origin, restored, created";

impl Storage {
    /// Makes a file with its first version, and returns the file's id.
    pub(crate) async fn create_file(
        &self,
        owner: &str,
        name: &str,
        version: &NewVersion<'_>,
        now: i64,
    ) -> Result<String, StorageError> {
        let (file, first) = (new_id(16)?, new_id(8)?);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO files (id, owner, name, created, key_version) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(&file)
        .bind(owner)
        .bind(name)
        .bind(now)
        .bind(&first)
        .execute(&mut *transaction)
        .await?;
        insert(&mut transaction, &file, &first, 1, version, None, None, now).await?;
        transaction.commit().await?;
        Ok(file)
    }

    /// All versions, newest first.
    pub(crate) async fn versions(&self, file: &str) -> Result<Vec<Version>, StorageError> {
        let rows: Vec<RawVersion> = sqlx::query_as(&format!(
            "SELECT {COLUMNS} FROM versions WHERE file_id = ? ORDER BY number DESC"
        ))
        .bind(file)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(RawVersion::complete).collect()
    }

    pub(crate) async fn version(
        &self,
        file: &str,
        number: i64,
    ) -> Result<Option<Version>, StorageError> {
        let row: Option<RawVersion> = sqlx::query_as(&format!(
            "SELECT {COLUMNS} FROM versions WHERE file_id = ? AND number = ?"
        ))
        .bind(file)
        .bind(number)
        .fetch_optional(&self.pool)
        .await?;
        row.map(RawVersion::complete).transpose()
    }

    /// The newest version; none when there is no such file.
    pub(crate) async fn newest_version(&self, file: &str) -> Result<Option<Version>, StorageError> {
        let row: Option<RawVersion> = sqlx::query_as(&format!(
            "SELECT {COLUMNS} FROM versions WHERE file_id = ? ORDER BY number DESC LIMIT 1"
        ))
        .bind(file)
        .fetch_optional(&self.pool)
        .await?;
        row.map(RawVersion::complete).transpose()
    }

    /// Whether `version` is the id of one of the file's versions.
    pub(crate) async fn has_version(
        &self,
        file: &str,
        version: &str,
    ) -> Result<bool, StorageError> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM versions WHERE file_id = ? AND id = ?")
                .bind(file)
                .bind(version)
                .fetch_optional(&self.pool)
                .await?;
        Ok(found.is_some())
    }

    /// The version that an earlier, identical delivery made.
    pub(crate) async fn delivered(
        &self,
        file: &str,
        delivery: Delivery<'_>,
    ) -> Result<Option<i64>, StorageError> {
        Ok(sqlx::query_scalar(
            "SELECT v.number FROM deliveries d JOIN versions v ON v.id = d.version
             WHERE d.file_id = ? AND d.key = ? AND d.status = ? AND d.url_hash = ?",
        )
        .bind(file)
        .bind(delivery.key)
        .bind(delivery.status)
        .bind(delivery.url_hash)
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Adds what a document server delivered, unless that content had been taken already: a
    /// callback whose answer got lost comes again, perhaps with a newly signed link.
    ///
    /// A content of an old key that is new is kept as a version, too, for nothing delivered may be lost.
    pub(crate) async fn add_delivered(
        &self,
        file: &str,
        version: &NewVersion<'_>,
        delivery: Delivery<'_>,
        now: i64,
    ) -> Result<Added, StorageError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let Some(key_version) = key_version(&mut transaction, file).await? else {
            return Ok(Added::FileGone);
        };
        let newest = newest(&mut transaction, file).await?;
        // A session force-saves many contents, and may come back to an earlier one by undoing: for
        // these only the newest version counts as already taken. It ends once.
        let same: Option<(String, i64)> = sqlx::query_as(
            "SELECT id, number FROM versions WHERE file_id = ?1 AND sha256 = ?2
                 AND (number = ?3 OR (session_key = ?4 AND origin = ?5)) ORDER BY number DESC LIMIT 1",
        )
        .bind(file)
        .bind(&version.blob.sha256)
        .bind(newest)
        .bind(delivery.key)
        .bind(if version.origin == Origin::ForceSaved { "" } else { version.origin.as_str() })
        .fetch_optional(&mut *transaction)
        .await?;
        let ends_session = version.origin != Origin::ForceSaved;
        let (id, added) = if let Some((id, number)) = same {
            if ends_session && key_version == delivery.key_version {
                move_key(&mut transaction, file, &id).await?;
            }
            (id, Added::Already(number))
        } else {
            let (id, number) = (new_id(8)?, newest + 1);
            insert(
                &mut transaction,
                file,
                &id,
                number,
                version,
                None,
                Some(delivery.key),
                now,
            )
            .await?;
            if ends_session {
                move_key(&mut transaction, file, &id).await?;
            }
            (id, Added::Version(number))
        };
        sqlx::query(
            "INSERT OR IGNORE INTO deliveries (file_id, key, status, url_hash, version, received) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(file)
        .bind(delivery.key)
        .bind(delivery.status)
        .bind(delivery.url_hash)
        .bind(&id)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(added)
    }

    /// The session of a key has ended without a delivery. When it had force-saved, the next
    /// opening is of that content, and therefore needs a new key.
    pub(crate) async fn close_session(
        &self,
        file: &str,
        key_version_id: &str,
    ) -> Result<(), StorageError> {
        sqlx::query(
            "UPDATE files SET key_version =
                 (SELECT id FROM versions WHERE file_id = ?1 ORDER BY number DESC LIMIT 1)
             WHERE id = ?1 AND key_version = ?2",
        )
        .bind(file)
        .bind(key_version_id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Makes an old content the newest version again. Returns the new number.
    pub(crate) async fn restore(
        &self,
        file: &str,
        old: &Version,
        author: &str,
        now: i64,
    ) -> Result<Option<i64>, StorageError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        if key_version(&mut transaction, file).await?.is_none() {
            return Ok(None);
        }
        let number = newest(&mut transaction, file).await? + 1;
        let id = new_id(8)?;
        let blob = Blob {
            id: old.blob.clone(),
            size: u64::try_from(old.size).unwrap_or_default(),
            sha256: old.sha256.clone(),
        };
        let version = NewVersion {
            blob: &blob,
            file_type: &old.file_type,
            author,
            origin: Origin::Restored,
        };
        insert(
            &mut transaction,
            file,
            &id,
            number,
            &version,
            Some(old.number),
            None,
            now,
        )
        .await?;
        move_key(&mut transaction, file, &id).await?;
        transaction.commit().await?;
        Ok(Some(number))
    }
}

#[expect(clippy::too_many_arguments, reason = "one row, written in one place")]
async fn insert(
    connection: &mut SqliteConnection,
    file: &str,
    id: &str,
    number: i64,
    version: &NewVersion<'_>,
    restored: Option<i64>,
    session_key: Option<&str>,
    now: i64,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO versions (id, file_id, number, blob, size, sha256, file_type, author, origin, restored, created, session_key)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(file)
    .bind(number)
    .bind(&version.blob.id)
    .bind(i64::try_from(version.blob.size).unwrap_or(i64::MAX))
    .bind(&version.blob.sha256)
    .bind(version.file_type)
    .bind(version.author)
    .bind(version.origin.as_str())
    .bind(restored)
    .bind(now)
    .bind(session_key)
    .execute(connection)
    .await?;
    Ok(())
}

async fn key_version(
    connection: &mut SqliteConnection,
    file: &str,
) -> Result<Option<String>, StorageError> {
    Ok(
        sqlx::query_scalar("SELECT key_version FROM files WHERE id = ?")
            .bind(file)
            .fetch_optional(connection)
            .await?,
    )
}

async fn newest(connection: &mut SqliteConnection, file: &str) -> Result<i64, StorageError> {
    Ok(
        sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM versions WHERE file_id = ?")
            .bind(file)
            .fetch_one(connection)
            .await?,
    )
}

async fn move_key(
    connection: &mut SqliteConnection,
    file: &str,
    version: &str,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE files SET key_version = ? WHERE id = ?")
        .bind(version)
        .bind(file)
        .execute(connection)
        .await?;
    Ok(())
}
