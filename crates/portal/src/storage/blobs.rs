//! Contents on disk. A content has a random name that the portal made, is written once, and is
//! complete and synced before anything refers to it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use recto_docs_api::{Content, ContentError, FileType};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::{StorageError, new_id};

#[derive(Clone)]
pub(crate) struct Blobs {
    folder: PathBuf,
}

/// A content that is on disk. Code that does not put it into a version discards it.
#[derive(Debug)]
pub(crate) struct Blob {
    pub(crate) id: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum BlobError {
    #[error("the content is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the content stopped arriving: {0}")]
    Source(String),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<std::io::Error> for BlobError {
    fn from(error: std::io::Error) -> Self {
        Self::Storage(StorageError::Io(error))
    }
}

impl Blobs {
    pub(super) async fn open(folder: &Path) -> Result<Self, StorageError> {
        tokio::fs::create_dir_all(folder).await?;
        Ok(Self {
            folder: folder.to_path_buf(),
        })
    }

    /// Writes a stream to disk, at most `limit` bytes of it.
    pub(crate) async fn write<S, E>(&self, mut source: S, limit: u64) -> Result<Blob, BlobError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: std::fmt::Display,
    {
        let id = new_id(16)?;
        let partial = Partial {
            path: self.folder.join(format!("{id}.part")),
            keep: false,
        };
        let mut file = File::create_new(&partial.path).await?;
        let (mut size, mut digest) = (0_u64, Sha256::new());
        while let Some(chunk) = source.next().await {
            let chunk = chunk.map_err(|error| BlobError::Source(error.to_string()))?;
            size += chunk.len() as u64;
            if size > limit {
                return Err(BlobError::TooLarge { limit });
            }
            digest.update(&chunk);
            file.write_all(&chunk).await?;
        }
        file.flush().await?;
        file.sync_all().await?;
        drop(file);
        self.publish(partial, &id).await?;
        Ok(Blob {
            id,
            size,
            sha256: hex::encode(digest.finalize()),
        })
    }

    async fn publish(&self, mut partial: Partial, id: &str) -> Result<(), StorageError> {
        tokio::fs::rename(&partial.path, self.folder.join(id)).await?;
        partial.keep = true;
        // The name itself is durable only once the folder is synced.
        File::open(&self.folder).await?.sync_all().await?;
        Ok(())
    }

    /// Opens a content for reading. `id` comes from the database, never from a request.
    pub(crate) async fn read(&self, id: &str) -> Result<File, StorageError> {
        Ok(File::open(self.folder.join(id)).await?)
    }

    /// Finds out what a content is that is called so.
    pub(crate) async fn examine(
        &self,
        id: &str,
        file_type: FileType,
    ) -> Result<Content, ContentError> {
        let path = self.folder.join(id);
        tokio::task::spawn_blocking(move || file_type.examine_file(&path))
            .await
            .unwrap_or(Err(ContentError::Unreadable(std::io::ErrorKind::Other)))
    }

    /// Removes contents; one that is already gone is no error.
    pub(crate) async fn discard(&self, ids: &[String]) {
        for id in ids {
            if let Err(error) = tokio::fs::remove_file(self.folder.join(id)).await
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(blob = id, %error, "a content could not be removed; the next start tries again");
            }
        }
    }

    pub(super) async fn keep_only(&self, known: &HashSet<String>) -> Result<(), StorageError> {
        let mut entries = tokio::fs::read_dir(&self.folder).await?;
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !known.contains(&name) {
                tokio::fs::remove_file(entry.path()).await?;
            }
        }
        Ok(())
    }
}

/// A half-written file, removed when its writer fails or is dropped.
struct Partial {
    path: PathBuf,
    keep: bool,
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.keep {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn chunks(parts: &[&'static [u8]]) -> impl Stream<Item = Result<Bytes, Infallible>> + Unpin {
        futures::stream::iter(
            parts
                .iter()
                .map(|part| Ok(Bytes::from_static(part)))
                .collect::<Vec<_>>(),
        )
    }

    #[tokio::test]
    async fn a_content_over_the_limit_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::open(folder.path()).await.expect("opens");
        let error = blobs
            .write(chunks(&[b"12345", b"6"]), 5)
            .await
            .expect_err("too large");
        assert!(matches!(error, BlobError::TooLarge { limit: 5 }));
        assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 0);
    }

    #[tokio::test]
    async fn a_content_at_the_limit_is_kept_with_size_and_digest() {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::open(folder.path()).await.expect("opens");
        let blob = blobs
            .write(chunks(&[b"123", b"45"]), 5)
            .await
            .expect("fits");
        assert_eq!(blob.size, 5);
        assert_eq!(blob.sha256, super::super::hex_digest(b"12345"));
        assert_eq!(
            std::fs::read(folder.path().join(&blob.id)).expect("reads"),
            b"12345"
        );
    }
}
