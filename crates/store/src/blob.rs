//! Files under random names.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Location;
use object_store::{ObjectMeta, ObjectStore};
use tokio::io::AsyncWriteExt;
use tokio_util::io::StreamReader;

use crate::{BlobId, StoreError};

/// What is held of a file while it is written: a part, and one more on its way to the disk.
const PART: usize = 1 << 20;

/// The content of a blob, read as it is consumed.
pub type BlobStream = BoxStream<'static, Result<Bytes, StoreError>>;

/// The blob folder.
#[derive(Debug)]
pub(crate) struct Blobs {
    folder: PathBuf,
    objects: Arc<LocalFileSystem>,
}

impl Blobs {
    /// Opens the folder, which must exist, and removes what a crash left half written there.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, StoreError> {
        let objects = LocalFileSystem::new_with_prefix(&folder)
            .map_err(|e| StoreError::files("opening", &folder, e))?;
        remove_half_written(&folder)?;
        Ok(Self {
            folder,
            objects: Arc::new(objects),
        })
    }

    /// Copies a file in. When this returns, the copy survives a loss of power.
    pub(crate) async fn put(&self, from: &Path) -> Result<BlobId, StoreError> {
        let reading = |e| StoreError::files("reading", from, e);
        let mut source = tokio::fs::File::open(from).await.map_err(reading)?;
        let id = BlobId::random();
        let mut sink =
            BufWriter::with_capacity(self.objects.clone(), Location::from(id.as_str()), PART)
                .with_max_concurrency(1);
        let copied = tokio::io::copy(&mut source, &mut sink).await;
        let written = match copied {
            Ok(_) => sink.shutdown().await,
            Err(e) => {
                // the half-written file would go at the next start as well
                if let Err(abort) = sink.abort().await {
                    tracing::debug!(error = %abort, "a half-written blob could not be removed");
                }
                Err(e)
            }
        };
        written.map_err(|e| StoreError::files("writing", &self.folder, e))?;
        self.sync(&id).await?;
        Ok(id)
    }

    /// Has the file and its name written through to the disk.
    async fn sync(&self, id: &BlobId) -> Result<(), StoreError> {
        let folder = self.folder.clone();
        let file = folder.join(id.as_str());
        on_disk_thread(move || {
            File::open(&file)
                .and_then(|f| f.sync_all())
                .and_then(|()| sync_folder(&folder))
                .map_err(|e| StoreError::files("writing", &folder, e))
        })
        .await
    }

    /// Length in bytes, and the content.
    pub(crate) async fn read(&self, id: &BlobId) -> Result<(u64, BlobStream), StoreError> {
        let got = self
            .objects
            .get(&Location::from(id.as_str()))
            .await
            .map_err(|e| self.error("reading", id, e))?;
        let (folder, owned) = (self.folder.clone(), id.clone());
        let length = got.meta.size;
        let content = got
            .into_stream()
            .map_err(move |e| classify(&folder, "reading", &owned, e))
            .boxed();
        Ok((length, content))
    }

    /// Copies a blob out to a path of ours; returns its length in bytes.
    pub(crate) async fn get(&self, id: &BlobId, to: &Path) -> Result<u64, StoreError> {
        let (_, content) = self.read(id).await?;
        let mut source = StreamReader::new(content.map_err(std::io::Error::other));
        let writing = |e| StoreError::files("writing", to, e);
        let mut sink = tokio::fs::File::create(to).await.map_err(writing)?;
        let length = tokio::io::copy(&mut source, &mut sink)
            .await
            .map_err(writing)?;
        sink.flush().await.map_err(writing)?;
        Ok(length)
    }

    pub(crate) async fn exists(&self, id: &BlobId) -> Result<bool, StoreError> {
        match self.objects.head(&Location::from(id.as_str())).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => Err(self.error("reading", id, e)),
        }
    }

    /// Removes a blob; one that is gone already is no error.
    pub(crate) async fn delete(&self, id: &BlobId) -> Result<(), StoreError> {
        match self.objects.delete(&Location::from(id.as_str())).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(self.error("deleting", id, e)),
        }
    }

    /// Every blob with the time when it was written, in Unix seconds.
    pub(crate) async fn list(&self) -> Result<Vec<(BlobId, i64)>, StoreError> {
        let all: Vec<ObjectMeta> = self
            .objects
            .list(None)
            .try_collect()
            .await
            .map_err(|e| StoreError::files("listing", &self.folder, e))?;
        Ok(all
            .into_iter()
            .filter_map(|meta| {
                let id = meta.location.as_ref().parse().ok()?;
                Some((id, meta.last_modified.timestamp()))
            })
            .collect())
    }

    fn error(&self, doing: &str, id: &BlobId, e: object_store::Error) -> StoreError {
        classify(&self.folder, doing, id, e)
    }
}

fn classify(folder: &Path, doing: &str, id: &BlobId, e: object_store::Error) -> StoreError {
    match e {
        object_store::Error::NotFound { .. } => StoreError::NoBlob(id.to_string()),
        e => StoreError::files(doing, folder, e),
    }
}

/// Makes the names in a folder survive a loss of power.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Runs what blocks on the disk where it may.
pub(crate) async fn on_disk_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(e) => Err(StoreError::Files {
            doing: "waiting for the disk".into(),
            source: Box::new(e),
        }),
    }
}

/// Removes the files that `object_store` writes under a blob's name, `#` and a suffix before it
/// gives them the name. Nothing else writes in the folder, so at the start they are all left-overs.
fn remove_half_written(folder: &Path) -> Result<(), StoreError> {
    let listing = |e| StoreError::files("listing", folder, e);
    for entry in std::fs::read_dir(folder).map_err(listing)? {
        let entry = entry.map_err(listing)?;
        let name = entry.file_name();
        let half_written = name
            .to_str()
            .and_then(|name| name.split_once('#'))
            .is_some_and(|(id, _)| id.parse::<BlobId>().is_ok());
        if half_written {
            std::fs::remove_file(entry.path())
                .map_err(|e| StoreError::files("deleting", &entry.path(), e))?;
        }
    }
    Ok(())
}
