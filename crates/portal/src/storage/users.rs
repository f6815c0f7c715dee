//! Users and their signed-in sessions.

use sqlx::FromRow;

use super::{Storage, StorageError, hex_digest, new_secret};

/// How long a sign-in lasts, in seconds.
const SESSION_LIFE: i64 = 12 * 3600;

#[derive(Debug, Clone, FromRow, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl User {
    /// First letters of the first and the last part of the name.
    pub(crate) fn initials(&self) -> String {
        let mut parts = self
            .name
            .split_whitespace()
            .filter_map(|part| part.chars().next());
        let first = parts.next();
        first.into_iter().chain(parts.next_back()).collect()
    }
}

impl Storage {
    pub(crate) async fn has_users(&self) -> Result<bool, StorageError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
            .fetch_one(&self.pool)
            .await?;
        Ok(count > 0)
    }

    pub(crate) async fn add_user(
        &self,
        user: &User,
        password_hash: &str,
        now: i64,
    ) -> Result<(), StorageError> {
        sqlx::query("INSERT INTO users (id, name, password_hash, created) VALUES (?, ?, ?, ?)")
            .bind(&user.id)
            .bind(&user.name)
            .bind(password_hash)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn user(&self, id: &str) -> Result<Option<User>, StorageError> {
        Ok(sqlx::query_as("SELECT id, name FROM users WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?)
    }

    pub(crate) async fn password_hash(&self, id: &str) -> Result<Option<String>, StorageError> {
        Ok(
            sqlx::query_scalar("SELECT password_hash FROM users WHERE id = ?")
                .bind(id)
                .fetch_optional(&self.pool)
                .await?,
        )
    }

    /// Starts a session and returns the cookie's value. Only its hash is stored, so that a copy of
    /// the database signs nobody in.
    pub(crate) async fn start_session(&self, user: &str, now: i64) -> Result<String, StorageError> {
        let secret = new_secret()?;
        sqlx::query("DELETE FROM sessions WHERE expires <= ?")
            .bind(now)
            .execute(&self.pool)
            .await?;
        sqlx::query(
            "INSERT INTO sessions (id_hash, user_id, created, expires) VALUES (?, ?, ?, ?)",
        )
        .bind(hex_digest(secret.as_bytes()))
        .bind(user)
        .bind(now)
        .bind(now + SESSION_LIFE)
        .execute(&self.pool)
        .await?;
        Ok(secret)
    }

    pub(crate) async fn session_user(
        &self,
        secret: &str,
        now: i64,
    ) -> Result<Option<User>, StorageError> {
        Ok(sqlx::query_as(
            "SELECT u.id, u.name FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id_hash = ? AND s.expires > ?",
        )
        .bind(hex_digest(secret.as_bytes()))
        .bind(now)
        .fetch_optional(&self.pool)
        .await?)
    }

    pub(crate) async fn end_session(&self, secret: &str) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM sessions WHERE id_hash = ?")
            .bind(hex_digest(secret.as_bytes()))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_part() {
        let initials = |name: &str| {
            User {
                id: String::new(),
                name: name.into(),
            }
            .initials()
        };
        assert_eq!(initials("Ada Okafor"), "AO");
        assert_eq!(initials("Ana Maria Silva"), "AS");
        assert_eq!(initials("Élodie"), "É");
        assert_eq!(initials(""), "");
    }

    #[tokio::test]
    async fn a_session_ends_by_time_and_by_signing_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let storage = Storage::open(folder.path()).await.expect("opens");
        let ada = User {
            id: "ada".into(),
            name: "Ada".into(),
        };
        storage.add_user(&ada, "-", 0).await.expect("adds");
        let secret = storage.start_session("ada", 1000).await.expect("starts");
        assert_eq!(
            storage.session_user(&secret, 1000).await.expect("reads"),
            Some(ada)
        );
        assert_eq!(
            storage
                .session_user(&secret, 1000 + SESSION_LIFE)
                .await
                .expect("reads"),
            None
        );
        storage.end_session(&secret).await.expect("ends");
        assert_eq!(
            storage.session_user(&secret, 1000).await.expect("reads"),
            None
        );
    }
}
