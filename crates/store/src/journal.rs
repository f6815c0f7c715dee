//! The tables of `journal.db`.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use recto_docs_api::DocumentKey;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{FromRow, Row};

use crate::{BlobId, Changed, Phase, ResultRecord, SessionRecord, StoreError};

/// How long a statement waits for another process that looks at the file, a backup for instance.
const BUSY: Duration = Duration::from_secs(10);

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

#[derive(Debug)]
pub(crate) struct Journal {
    pool: SqlitePool,
}

impl Journal {
    pub(crate) async fn open(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await?;
        MIGRATIONS.run(&pool).await.map_err(StoreError::Migration)?;
        Ok(Self { pool })
    }

    pub(crate) async fn answer(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT count(*) FROM sessions WHERE key = ''")
            .fetch_one(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) async fn save_session(
        &self,
        tenant: &str,
        record: &SessionRecord,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sessions (tenant, key, opening, last_changer, last_user, file_type, original,
                 snapshot, changed, phase, attempts, next_attempt, result, created, updated, generation, changes,
                 unsaved, lost, losses)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (tenant, key) DO UPDATE SET
                 opening = excluded.opening, last_changer = excluded.last_changer,
                 last_user = excluded.last_user, file_type = excluded.file_type,
                 original = excluded.original, snapshot = excluded.snapshot,
                 changed = excluded.changed, phase = excluded.phase,
                 attempts = excluded.attempts, next_attempt = excluded.next_attempt,
                 result = excluded.result, created = excluded.created,
                 updated = excluded.updated, generation = excluded.generation,
                 changes = excluded.changes, unsaved = excluded.unsaved, lost = excluded.lost,
                 losses = excluded.losses",
        )
        .bind(tenant)
        .bind(record.key.to_string())
        .bind(&record.opening)
        .bind(&record.last_changer)
        .bind(&record.last_user)
        .bind(&record.file_type)
        .bind(record.original.as_str())
        .bind(record.snapshot.as_ref().map(BlobId::as_str))
        .bind(record.changed)
        .bind(record.phase.as_str())
        .bind(record.attempts)
        .bind(record.next_attempt)
        .bind(&record.result)
        .bind(record.created)
        .bind(record.updated)
        .bind(record.generation)
        .bind(serde_json::to_string(&record.changes).unwrap_or_else(|_| "[]".into()))
        .bind(Changed::to_json(record.unsaved.as_ref()))
        .bind(Changed::to_json(record.lost.as_ref()))
        .bind(serde_json::to_string(&record.losses).unwrap_or_else(|_| "null".into()))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub(crate) async fn session(
        &self,
        tenant: &str,
        key: &DocumentKey,
    ) -> Result<Option<SessionRecord>, StoreError> {
        let row: Option<SessionRow> =
            sqlx::query_as("SELECT * FROM sessions WHERE tenant = ? AND key = ?")
                .bind(tenant)
                .bind(key.to_string())
                .fetch_optional(&self.pool)
                .await?;
        row.map(SessionRow::into_record).transpose()
    }

    /// The blobs that a session's record names.
    pub(crate) async fn blobs_of(
        &self,
        tenant: &str,
        key: &DocumentKey,
    ) -> Result<Vec<BlobId>, StoreError> {
        let row: Option<(String, Option<String>)> =
            sqlx::query_as("SELECT original, snapshot FROM sessions WHERE tenant = ? AND key = ?")
                .bind(tenant)
                .bind(key.to_string())
                .fetch_optional(&self.pool)
                .await?;
        Ok(blobs(row))
    }

    /// Sessions that have not come to their end, the oldest first.
    pub(crate) async fn unfinished(&self, tenant: &str) -> Result<Vec<SessionRecord>, StoreError> {
        // asked for by what they are not: a phase that this version does not know must be noticed
        let rows: Vec<SessionRow> = sqlx::query_as(
            "SELECT * FROM sessions WHERE tenant = ? AND phase NOT IN (?, ?) ORDER BY created, key",
        )
        .bind(tenant)
        .bind(Phase::Delivered.as_str())
        .bind(Phase::Forgotten.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(SessionRow::into_record).collect()
    }

    /// Keys that were delivered, and not touched since `before` (Unix seconds).
    pub(crate) async fn delivered_before(
        &self,
        tenant: &str,
        before: i64,
    ) -> Result<Vec<DocumentKey>, StoreError> {
        let keys: Vec<(String,)> = sqlx::query_as(
            "SELECT key FROM sessions WHERE tenant = ? AND phase = ? AND updated < ?",
        )
        .bind(tenant)
        .bind(Phase::Delivered.as_str())
        .bind(before)
        .fetch_all(&self.pool)
        .await?;
        Ok(keys
            .into_iter()
            .filter_map(|(key,)| DocumentKey::try_from(key.as_str()).ok())
            .collect())
    }

    /// Removes a session; returns the blobs that it named.
    pub(crate) async fn remove_session(
        &self,
        tenant: &str,
        key: &DocumentKey,
    ) -> Result<Vec<BlobId>, StoreError> {
        let row: Option<(String, Option<String>)> = sqlx::query_as(
            "DELETE FROM sessions WHERE tenant = ? AND key = ? RETURNING original, snapshot",
        )
        .bind(tenant)
        .bind(key.to_string())
        .fetch_optional(&self.pool)
        .await?;
        Ok(blobs(row))
    }

    /// Keys of forgotten files, the oldest first.
    pub(crate) async fn forgotten(&self, tenant: &str) -> Result<Vec<DocumentKey>, StoreError> {
        let keys: Vec<(String,)> = sqlx::query_as(
            "SELECT key FROM sessions WHERE tenant = ? AND phase = ? AND snapshot IS NOT NULL
             ORDER BY updated, key",
        )
        .bind(tenant)
        .bind(Phase::Forgotten.as_str())
        .fetch_all(&self.pool)
        .await?;
        Ok(keys
            .into_iter()
            .filter_map(|(key,)| DocumentKey::try_from(key.as_str()).ok())
            .collect())
    }

    /// Removes the results that give a blob away.
    pub(crate) async fn remove_results_of(&self, blob: &BlobId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM results WHERE blob = ?")
            .bind(blob.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn add_result(
        &self,
        tenant: &str,
        record: &ResultRecord,
        bytes: u64,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO results (tenant, id, blob, file_name, mime, expires, bytes)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(tenant)
        .bind(&record.id)
        .bind(record.blob.as_str())
        .bind(&record.file_name)
        .bind(&record.mime)
        .bind(record.expires)
        .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub(crate) async fn result(
        &self,
        tenant: &str,
        id: &str,
    ) -> Result<Option<ResultRecord>, StoreError> {
        let row = sqlx::query(
            "SELECT id, blob, file_name, mime, expires FROM results WHERE tenant = ? AND id = ?",
        )
        .bind(tenant)
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| result_record(&row)).transpose()
    }

    /// Bytes of all results of a tenant.
    pub(crate) async fn bytes_of_results(&self, tenant: &str) -> Result<u64, StoreError> {
        let (bytes,): (i64,) =
            sqlx::query_as("SELECT COALESCE(SUM(bytes), 0) FROM results WHERE tenant = ?")
                .bind(tenant)
                .fetch_one(&self.pool)
                .await?;
        Ok(u64::try_from(bytes).unwrap_or(0))
    }

    /// Whose a result is.
    pub(crate) async fn tenant_of_result(&self, id: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT tenant FROM results WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|(tenant,)| tenant))
    }

    /// Every tenant that has a session, whatever its phase.
    pub(crate) async fn tenants(&self) -> Result<Vec<String>, StoreError> {
        let names: Vec<(String,)> =
            sqlx::query_as("SELECT DISTINCT tenant FROM sessions ORDER BY tenant")
                .fetch_all(&self.pool)
                .await?;
        Ok(names.into_iter().map(|(name,)| name).collect())
    }

    /// Removes the results that expired before `now` (Unix seconds) and that no session waits to
    /// deliver; returns how many.
    pub(crate) async fn remove_expired_results(&self, now: i64) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "DELETE FROM results WHERE expires < ?
             AND id NOT IN (SELECT result FROM sessions WHERE result IS NOT NULL)",
        )
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Every name of a blob that the journal holds.
    pub(crate) async fn referenced(&self) -> Result<HashSet<String>, StoreError> {
        let names: Vec<(String,)> = sqlx::query_as(
            "SELECT original FROM sessions
             UNION SELECT snapshot FROM sessions WHERE snapshot IS NOT NULL
             UNION SELECT blob FROM results",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(names.into_iter().map(|(name,)| name).collect())
    }

    pub(crate) async fn is_referenced(&self, id: &BlobId) -> Result<bool, StoreError> {
        let (used,): (bool,) = sqlx::query_as(
            "SELECT EXISTS (SELECT 1 FROM sessions WHERE original = ?1 OR snapshot = ?1)
                 OR EXISTS (SELECT 1 FROM results WHERE blob = ?1)",
        )
        .bind(id.as_str())
        .fetch_one(&self.pool)
        .await?;
        Ok(used)
    }
}

/// A row of `sessions` before its texts are understood.
#[derive(FromRow)]
struct SessionRow {
    key: String,
    opening: String,
    last_changer: Option<String>,
    last_user: Option<String>,
    file_type: String,
    original: String,
    snapshot: Option<String>,
    changed: bool,
    phase: String,
    attempts: u32,
    next_attempt: Option<i64>,
    result: Option<String>,
    created: i64,
    updated: i64,
    generation: i64,
    changes: String,
    unsaved: String,
    lost: String,
    losses: String,
}

impl SessionRow {
    fn into_record(self) -> Result<SessionRecord, StoreError> {
        let damaged = |what: String| StoreError::Damaged {
            key: self.key.clone(),
            what,
        };
        let blob = |name: &str| {
            name.parse::<BlobId>()
                .map_err(|_| damaged("a file name that is not an id".into()))
        };
        let phase = Phase::parse(&self.phase)
            .ok_or_else(|| damaged(format!("the unknown phase “{}”", self.phase)))?;
        let key = DocumentKey::try_from(self.key.as_str())
            .map_err(|_| damaged("a key that is not a document key".into()))?;
        let changed = |text: &str| {
            Changed::of_json(text)
                .map_err(|_| damaged("a note of unsaved changes that is none".into()))
        };
        let original = blob(&self.original)?;
        let snapshot = self.snapshot.as_deref().map(blob).transpose()?;
        Ok(SessionRecord {
            key,
            opening: self.opening,
            last_changer: self.last_changer,
            last_user: self.last_user,
            file_type: self.file_type,
            original,
            snapshot,
            changed: self.changed,
            changes: serde_json::from_str(&self.changes)
                .map_err(|_| damaged("a list of changes that is none".into()))?,
            unsaved: changed(&self.unsaved)?,
            lost: changed(&self.lost)?,
            losses: serde_json::from_str(&self.losses)
                .map_err(|_| damaged("a list of losses that is none".into()))?,
            phase,
            attempts: self.attempts,
            next_attempt: self.next_attempt,
            result: self.result,
            created: self.created,
            updated: self.updated,
            generation: self.generation,
        })
    }
}

/// The blobs that a row names. A name that is no id was never a blob of ours.
fn blobs(row: Option<(String, Option<String>)>) -> Vec<BlobId> {
    row.into_iter()
        .flat_map(|(original, snapshot)| std::iter::once(original).chain(snapshot))
        .filter_map(|name| name.parse().ok())
        .collect()
}

fn result_record(row: &SqliteRow) -> Result<ResultRecord, StoreError> {
    let id: String = row.try_get("id")?;
    let blob: String = row.try_get("blob")?;
    let blob = blob.parse().map_err(|_| StoreError::Damaged {
        key: id.clone(),
        what: "a file name that is not an id".into(),
    })?;
    Ok(ResultRecord {
        id,
        blob,
        file_name: row.try_get("file_name")?,
        mime: row.try_get("mime")?,
        expires: row.try_get("expires")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_synchronises_every_commit() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(&dir.path().join("journal.db")).await.unwrap();
        let mut held = Vec::new();
        for _ in 0..4 {
            let mut connection = journal.pool.acquire().await.unwrap();
            let (synchronous,): (i64,) = sqlx::query_as("PRAGMA synchronous")
                .fetch_one(&mut *connection)
                .await
                .unwrap();
            let (mode,): (String,) = sqlx::query_as("PRAGMA journal_mode")
                .fetch_one(&mut *connection)
                .await
                .unwrap();
            assert_eq!((synchronous, mode.as_str()), (2, "wal"));
            held.push(connection);
        }
    }
}
