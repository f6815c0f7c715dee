//! Files under random names.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use tokio_util::io::ReaderStream;

use crate::{BlobId, StoreError};

/// How much of a blob is read at once, in bytes.
const PART: usize = 64 << 10;

/// The content of a blob, read as it is consumed.
pub type BlobStream = BoxStream<'static, Result<Bytes, StoreError>>;

/// The blob folder.
#[derive(Debug)]
pub(crate) struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// Opens the folder, which must exist, and removes what a crash left half written there.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, StoreError> {
        remove_half_written(&folder)?;
        Ok(Self { folder })
    }

    fn path(&self, id: &BlobId) -> PathBuf {
        self.folder.join(id.as_str())
    }

    /// Copies a file in. When this returns, the copy survives a loss of power.
    pub(crate) async fn put(&self, from: &Path) -> Result<BlobId, StoreError> {
        let (folder, from) = (self.folder.clone(), from.to_path_buf());
        on_disk_thread(move || {
            let mut source =
                File::open(&from).map_err(|e| StoreError::files("reading", &from, e))?;
            let id = BlobId::random();
            write(&folder, &id, &mut source)
                .map_err(|e| StoreError::files("writing", &folder, e))?;
            Ok(id)
        })
        .await
    }

    /// Length in bytes, and the content.
    pub(crate) async fn read(&self, id: &BlobId) -> Result<(u64, BlobStream), StoreError> {
        let path = self.path(id);
        let file = tokio::fs::File::open(&path).await;
        let file = file.map_err(|e| failed("reading", &path, id, e))?;
        let length = file.metadata().await;
        let length = length.map_err(|e| failed("reading", &path, id, e))?.len();
        let content = ReaderStream::with_capacity(file, PART)
            .map_err(move |e| StoreError::files("reading", &path, e))
            .boxed();
        Ok((length, content))
    }

    /// Copies a blob out to a path of ours; returns its length in bytes.
    pub(crate) async fn get(&self, id: &BlobId, to: &Path) -> Result<u64, StoreError> {
        let (path, id, to) = (self.path(id), id.clone(), to.to_path_buf());
        on_disk_thread(move || {
            let mut source = File::open(&path).map_err(|e| failed("reading", &path, &id, e))?;
            File::create(&to)
                .and_then(|mut sink| io::copy(&mut source, &mut sink))
                .map_err(|e| StoreError::files("writing", &to, e))
        })
        .await
    }

    /// Waits for the disk.
    pub(crate) async fn answer(&self) -> Result<(), StoreError> {
        let folder = self.folder.clone();
        on_disk_thread(move || {
            sync_folder(&folder).map_err(|e| StoreError::files("writing", &folder, e))
        })
        .await
    }

    /// Bytes that can still be written to the disk of the blobs.
    pub(crate) async fn free_bytes(&self) -> Result<u64, StoreError> {
        let folder = self.folder.clone();
        on_disk_thread(move || {
            let disk = rustix::fs::statvfs(&folder)
                .map_err(|e| StoreError::files("reading", &folder, io::Error::from(e)))?;
            if disk.f_blocks == 0 {
                // Some file systems of a network or a program do not say.
                return Ok(u64::MAX);
            }
            Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
        })
        .await
    }

    /// Length in bytes.
    pub(crate) async fn length(&self, id: &BlobId) -> Result<u64, StoreError> {
        let path = self.path(id);
        let found = tokio::fs::metadata(&path).await;
        Ok(found.map_err(|e| failed("reading", &path, id, e))?.len())
    }

    pub(crate) async fn exists(&self, id: &BlobId) -> Result<bool, StoreError> {
        let path = self.path(id);
        let exists = tokio::fs::try_exists(&path).await;
        exists.map_err(|e| StoreError::files("reading", &path, e))
    }

    /// Removes a blob; one that is gone already is no error.
    pub(crate) async fn delete(&self, id: &BlobId) -> Result<(), StoreError> {
        let path = self.path(id);
        match tokio::fs::remove_file(&path).await {
            Err(e) if e.kind() != ErrorKind::NotFound => {
                Err(StoreError::files("deleting", &path, e))
            }
            _ => Ok(()),
        }
    }

    /// Every blob with the time when it was written, in Unix seconds.
    pub(crate) async fn list(&self) -> Result<Vec<(BlobId, i64)>, StoreError> {
        let folder = self.folder.clone();
        on_disk_thread(move || list(&folder).map_err(|e| StoreError::files("listing", &folder, e)))
            .await
    }
}

/// An error about a blob, told apart from one that is not there.
fn failed(doing: &str, path: &Path, id: &BlobId, e: io::Error) -> StoreError {
    match e.kind() {
        ErrorKind::NotFound => StoreError::NoBlob(id.to_string()),
        _ => StoreError::files(doing, path, e),
    }
}

/// Between a blob's name and the rest of the name that it has while it is written.
const HALF_WRITTEN: char = '#';

/// Writes a blob under another name and gives it its own once the content is on the disk, so that
/// what bears a blob's name is whole.
fn write(folder: &Path, id: &BlobId, source: &mut File) -> io::Result<()> {
    let half_written = folder.join(format!("{id}{HALF_WRITTEN}"));
    let written = File::create_new(&half_written)
        .and_then(|mut sink| io::copy(source, &mut sink).and_then(|_| sink.sync_all()))
        .and_then(|()| std::fs::rename(&half_written, folder.join(id.as_str())));
    if written.is_err()
        && let Err(e) = std::fs::remove_file(&half_written)
    {
        // it goes at the next start as well
        tracing::debug!(error = %e, "a half-written blob could not be removed");
    }
    written.and_then(|()| sync_folder(folder))
}

fn list(folder: &Path) -> io::Result<Vec<(BlobId, i64)>> {
    let mut blobs = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Some(id) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        match entry.metadata().and_then(|meta| meta.modified()) {
            Ok(time) => blobs.push((id, unix_seconds(time))),
            // deleted since it was listed
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    Ok(blobs)
}

/// Seconds since 1970; a time before that counts as 0.
fn unix_seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or_default()
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

/// Removes what a process that was killed left behind while it wrote a blob. Nothing else writes in
/// the folder, so at the start all of it is left over.
fn remove_half_written(folder: &Path) -> Result<(), StoreError> {
    let listing = |e| StoreError::files("listing", folder, e);
    for entry in std::fs::read_dir(folder).map_err(listing)? {
        let entry = entry.map_err(listing)?;
        let name = entry.file_name();
        let half_written = name
            .to_str()
            .and_then(|name| name.split_once(HALF_WRITTEN))
            .is_some_and(|(id, _)| id.parse::<BlobId>().is_ok());
        if half_written {
            std::fs::remove_file(entry.path())
                .map_err(|e| StoreError::files("deleting", &entry.path(), e))?;
        }
    }
    Ok(())
}
