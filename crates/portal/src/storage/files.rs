//! Files and the rights on them.

use recto_docs_api::FileType;
use sqlx::FromRow;

use super::{Storage, StorageError, User};
use crate::names::with_type;

/// What one user may do with one file. The order is the order of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    View,
    Comment,
    Fill,
    Review,
    Edit,
    Owner,
}

impl Level {
    pub(crate) fn may_edit(self) -> bool {
        self >= Self::Edit
    }

    pub(crate) fn is_owner(self) -> bool {
        self == Self::Owner
    }

    /// The right of this name that can be given to somebody.
    pub(crate) fn given(name: &str) -> Option<Self> {
        Some(match name {
            "view" => Self::View,
            "comment" => Self::Comment,
            "fill" => Self::Fill,
            "review" => Self::Review,
            "edit" => Self::Edit,
            _ => return None,
        })
    }

    /// Its name, where it was given to somebody.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Comment => "comment",
            Self::Fill => "fill",
            Self::Review => "review",
            Self::Edit | Self::Owner => "edit",
        }
    }

    fn parse(text: &str) -> Result<Self, StorageError> {
        match text {
            "owner" => Ok(Self::Owner),
            other => Self::given(other)
                .ok_or_else(|| StorageError::Unknown(format!("the right `{other}`"))),
        }
    }
}

/// A file as one user sees it, with its newest version.
#[derive(Debug, Clone)]
pub(crate) struct FileRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) owner: User,
    pub(crate) changed: i64,
    pub(crate) versions: i64,
    pub(crate) file_type: String,
    pub(crate) key_version: String,
    pub(crate) level: Level,
    /// Names of those who may edit, the owner first.
    pub(crate) editors: Vec<String>,
}

/// Another user's right on a file.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) user: User,
    pub(crate) level: Option<Level>,
}

#[derive(FromRow)]
struct RawFile {
    id: String,
    name: String,
    owner: String,
    owner_name: String,
    changed: i64,
    versions: i64,
    file_type: String,
    key_version: String,
    level: String,
}

const VISIBLE: &str = "
    SELECT f.id, f.name, f.owner, u.name AS owner_name, f.key_version,
           v.created AS changed, v.number AS versions, v.file_type,
           CASE WHEN f.owner = ?1 THEN 'owner' ELSE r.level END AS level
    FROM files f
    JOIN users u ON u.id = f.owner
    JOIN versions v ON v.file_id = f.id
         AND v.number = (SELECT max(number) FROM versions WHERE file_id = f.id)
    LEFT JOIN rights r ON r.file_id = f.id AND r.user_id = ?1
    WHERE (f.owner = ?1 OR r.level IS NOT NULL)";

impl Storage {
    /// The files that a user may see, last changed first.
    pub(crate) async fn visible_files(&self, user: &str) -> Result<Vec<FileRow>, StorageError> {
        let rows: Vec<RawFile> =
            sqlx::query_as(&format!("{VISIBLE} ORDER BY v.created DESC, f.name"))
                .bind(user)
                .fetch_all(&self.pool)
                .await?;
        let mut files = Vec::with_capacity(rows.len());
        for row in rows {
            files.push(self.complete(row).await?);
        }
        Ok(files)
    }

    /// One file, if the user has any right on it. A file without a right is as absent as one that
    /// never was.
    pub(crate) async fn visible_file(
        &self,
        id: &str,
        user: &str,
    ) -> Result<Option<FileRow>, StorageError> {
        let row: Option<RawFile> = sqlx::query_as(&format!("{VISIBLE} AND f.id = ?2"))
            .bind(user)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        match row {
            Some(row) => Ok(Some(self.complete(row).await?)),
            None => Ok(None),
        }
    }

    async fn complete(&self, row: RawFile) -> Result<FileRow, StorageError> {
        let others: Vec<String> = sqlx::query_scalar(
            "SELECT u.name FROM rights r JOIN users u ON u.id = r.user_id
             WHERE r.file_id = ? AND r.level = 'edit' ORDER BY u.name",
        )
        .bind(&row.id)
        .fetch_all(&self.pool)
        .await?;
        let level = Level::parse(&row.level)?;
        Ok(FileRow {
            // A saved version may be of another type than the uploaded one; the name follows it.
            name: FileType::parse(&row.file_type)
                .map_or_else(|_| row.name.clone(), |known| with_type(&row.name, known)),
            id: row.id,
            editors: std::iter::once(row.owner_name.clone())
                .chain(others)
                .collect(),
            owner: User {
                id: row.owner,
                name: row.owner_name,
            },
            changed: row.changed,
            versions: row.versions,
            file_type: row.file_type,
            key_version: row.key_version,
            level,
        })
    }

    /// Everybody but the owner, with what they may do.
    pub(crate) async fn members(&self, file: &FileRow) -> Result<Vec<Member>, StorageError> {
        let rows: Vec<(String, String, Option<String>)> = sqlx::query_as(
            "SELECT u.id, u.name, r.level FROM users u
             LEFT JOIN rights r ON r.user_id = u.id AND r.file_id = ?
             WHERE u.id <> ? ORDER BY u.name",
        )
        .bind(&file.id)
        .bind(&file.owner.id)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(id, name, level)| {
                let level = level.as_deref().map(Level::parse).transpose()?;
                Ok(Member {
                    user: User { id, name },
                    level,
                })
            })
            .collect()
    }

    /// Sets the rights of several users at once; `None` takes the right away.
    pub(crate) async fn set_rights(
        &self,
        file: &str,
        rights: &[(String, Option<Level>)],
    ) -> Result<(), StorageError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for (user, level) in rights {
            let Some(level) = level else {
                sqlx::query("DELETE FROM rights WHERE file_id = ? AND user_id = ?")
                    .bind(file)
                    .bind(user)
                    .execute(&mut *transaction)
                    .await?;
                continue;
            };
            sqlx::query(
                "INSERT INTO rights (file_id, user_id, level) VALUES (?, ?, ?)
                 ON CONFLICT (file_id, user_id) DO UPDATE SET level = excluded.level",
            )
            .bind(file)
            .bind(user)
            .bind(level.as_str())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Deletes a file, its versions and their contents.
    pub(crate) async fn delete_file(&self, id: &str) -> Result<(), StorageError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let blobs: Vec<String> = sqlx::query_scalar("SELECT blob FROM versions WHERE file_id = ?")
            .bind(id)
            .fetch_all(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM files WHERE id = ?")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.blobs.discard(&blobs).await;
        Ok(())
    }
}
