//! Files and journal together, and the rule that binds them: the journal names only what is there.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use std::time::{Duration, Instant};

use recto_docs_api::DocumentKey;
use tokio::sync::{Mutex, MutexGuard};

use crate::blob::{BlobStream, Blobs, on_disk_thread, sync_folder};
use crate::deaths::remove_unfinished;
use crate::id::is_id;
use crate::journal::Journal;
use crate::{BlobId, IdError, ResultRecord, SessionRecord, StoreError};

/// How long a blob that nothing names is left alone: between [`Store::put_file`] and the record
/// that names the blob there is work to do.
pub const BLOB_GRACE: Duration = Duration::from_secs(60 * 60);

/// The open store, as one tenant sees it. Clones share it.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>, Arc<str>);

#[derive(Debug)]
struct Inner {
    /// The store's own.
    folder: PathBuf,
    blobs: Blobs,
    journal: Journal,
    /// Held while a reference to a blob is made or judged, so that no blob is deleted between the
    /// look and the write.
    references: Mutex<()>,
    /// What holds it, and since when.
    holder: SyncMutex<Option<(&'static str, Instant)>>,
    /// Locked for as long as the store is open: two servers in one folder would deliver twice.
    _lock: File,
}

/// `references`, held.
struct Held<'s> {
    holder: &'s SyncMutex<Option<(&'static str, Instant)>>,
    _lock: MutexGuard<'s, ()>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Inner {
    async fn hold(&self, what: &'static str) -> Held<'_> {
        let lock = self.references.lock().await;
        let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        *holder = Some((what, Instant::now()));
        drop(holder);
        Held {
            holder: &self.holder,
            _lock: lock,
        }
    }
}

/// What [`Store::sweep`] removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Results that had expired.
    pub results: u64,
    /// Blobs that nothing named.
    pub blobs: u64,
}

impl Store {
    /// Opens the store in a folder, which is made if need be, readable by this account alone.
    /// One process at a time can have it open.
    pub async fn open(dir: &Path) -> Result<Self, StoreError> {
        let folder = dir.to_path_buf();
        let (blobs, lock) = on_disk_thread(move || prepare(&folder)).await?;
        let journal = Journal::open(&dir.join("journal.db")).await?;
        let folder = dir.to_path_buf();
        on_disk_thread(move || {
            sync_folder(&folder).map_err(|e| StoreError::files("writing", &folder, e))
        })
        .await?;
        Ok(Self(
            Arc::new(Inner {
                folder: dir.to_path_buf(),
                blobs,
                journal,
                references: Mutex::new(()),
                holder: SyncMutex::default(),
                _lock: lock,
            }),
            Arc::default(),
        ))
    }

    /// The same store for another tenant; `None` is the default, which an opened store is for.
    ///
    /// Sessions and results are a tenant's own: the same key of two tenants is two documents. Blobs,
    /// whose ids nobody outside knows, and what is swept are common.
    #[must_use]
    pub fn for_tenant(&self, name: Option<&str>) -> Self {
        Self(self.0.clone(), name.unwrap_or_default().into())
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The name of the tenant that this store is for; `None` for the default.
    pub fn tenant(&self) -> Option<&str> {
        (!self.1.is_empty()).then_some(&*self.1)
    }

    /// Every tenant that has sessions here, whether or not it is still served; `None` is the default.
    pub async fn tenants(&self) -> Result<Vec<Option<String>>, StoreError> {
        let names = self.apart(|it| async move { it.0.journal.tenants().await });
        Ok(names
            .await?
            .into_iter()
            .map(|name| Some(name).filter(|it| !it.is_empty()))
            .collect())
    }

    /// Whose a result is, for a link that came to no tenant's host; `None` if there is none of this
    /// id, and in it `None` for the default.
    pub async fn tenant_of_result(&self, id: &str) -> Result<Option<Option<String>>, StoreError> {
        if !is_id(id) {
            return Ok(None);
        }
        let id = id.to_owned();
        let name = self.apart(|it| async move { it.0.journal.tenant_of_result(&id).await });
        let name = name.await?;
        Ok(name.map(|name| Some(name).filter(|it| !it.is_empty())))
    }

    /// Ends the use of the journal in order. Not needed for anything to survive.
    pub async fn close(&self) {
        self.0.journal.close().await;
    }

    /// Completes when the lock, the journal and the disk of the blobs have answered.
    pub async fn answer(&self) -> Result<(), StoreError> {
        self.apart(|it| async move {
            drop(it.0.references.lock().await);
            it.0.journal.answer().await?;
            it.0.blobs.answer().await
        })
        .await
    }

    /// Looks whether so many bytes can still be written where the data folder lies.
    pub async fn room_for(&self, bytes: u64) -> Result<(), StoreError> {
        let free = self.0.blobs.free_bytes().await?;
        if free < bytes {
            return Err(StoreError::full(free));
        }
        Ok(())
    }

    /// The length of a blob, in bytes.
    pub async fn length(&self, id: &BlobId) -> Result<u64, StoreError> {
        self.0.blobs.length(id).await
    }

    /// What others wait for in the store, and since when.
    pub fn holder(&self) -> Option<(&'static str, Duration)> {
        let holder = self.0.holder.lock().unwrap_or_else(PoisonError::into_inner);
        holder.map(|(what, since)| (what, since.elapsed()))
    }

    /// Copies a file into the store, in parts, under a new random id. When this returns, the copy
    /// survives a loss of power. It must be named by a record within [`BLOB_GRACE`].
    pub async fn put_file(&self, path: &Path) -> Result<BlobId, StoreError> {
        self.0.blobs.put(path).await
    }

    /// Copies a blob out to `to`, which is overwritten; returns its length in bytes.
    pub async fn get_file(&self, id: &BlobId, to: &Path) -> Result<u64, StoreError> {
        self.0.blobs.get(id, to).await
    }

    /// A blob's length in bytes, and its content.
    pub async fn read(&self, id: &BlobId) -> Result<(u64, BlobStream), StoreError> {
        self.0.blobs.read(id).await
    }

    /// Deletes a blob, unless a record names it; returns whether it is gone.
    pub async fn delete(&self, id: &BlobId) -> Result<bool, StoreError> {
        let id = id.clone();
        self.apart(|it| async move {
            let _held = it.0.hold("deleting a file").await;
            it.delete_unnamed(&id).await
        })
        .await
    }

    /// Writes a session's record, in place of an older one of the same key. Every blob that it
    /// names must be there.
    pub async fn save_session(&self, record: &SessionRecord) -> Result<(), StoreError> {
        let record = record.clone();
        self.apart(|it| async move {
            let _held = it.0.hold("writing a record").await;
            // What the journal names is there; only what is new to it is looked for.
            let named = it.0.journal.blobs_of(&it.1, &record.key).await?;
            for blob in std::iter::once(&record.original).chain(&record.snapshot) {
                if !named.contains(blob) {
                    it.require(blob).await?;
                }
            }
            it.0.journal.save_session(&it.1, &record).await
        })
        .await
    }

    /// The record of a document key.
    pub async fn session(&self, key: &DocumentKey) -> Result<Option<SessionRecord>, StoreError> {
        let key = key.clone();
        self.apart(|it| async move { it.0.journal.session(&it.1, &key).await })
            .await
    }

    /// The sessions that are neither delivered nor forgotten, the oldest first: what to take up
    /// again after a start.
    pub async fn unfinished(&self) -> Result<Vec<SessionRecord>, StoreError> {
        self.apart(|it| async move { it.0.journal.unfinished(&it.1).await })
            .await
    }

    /// Keys that were delivered, and not touched since `before` (Unix seconds).
    pub async fn delivered_before(&self, before: i64) -> Result<Vec<DocumentKey>, StoreError> {
        self.apart(|it| async move { it.0.journal.delivered_before(&it.1, before).await })
            .await
    }

    /// Removes a session's record and the blobs that only it named.
    pub async fn remove_session(&self, key: &DocumentKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.apart(|it| async move {
            let _held = it.0.hold("removing a record").await;
            for blob in it.0.journal.remove_session(&it.1, &key).await? {
                it.delete_unnamed(&blob).await?;
            }
            Ok(())
        })
        .await
    }

    /// The keys of files that no integrator took, the oldest first.
    pub async fn forgotten(&self) -> Result<Vec<DocumentKey>, StoreError> {
        self.apart(|it| async move { it.0.journal.forgotten(&it.1).await })
            .await
    }

    /// Removes a session's record, its blobs, and the results that give them away: links to them are
    /// dead from then on.
    pub async fn remove_session_and_results(&self, key: &DocumentKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.apart(|it| async move {
            let _held = it.0.hold("removing a record and its links").await;
            for blob in it.0.journal.remove_session(&it.1, &key).await? {
                it.0.journal.remove_results_of(&blob).await?;
                it.delete_unnamed(&blob).await?;
            }
            Ok(())
        })
        .await
    }

    /// Writes a result's record. Its id must be one of [`crate::new_id`], its blob must be there.
    pub async fn add_result(&self, record: &ResultRecord) -> Result<(), StoreError> {
        if !is_id(&record.id) {
            return Err(IdError.into());
        }
        let record = record.clone();
        self.apart(|it| async move {
            let _held = it.0.hold("making a link").await;
            it.require(&record.blob).await?;
            let (bytes, _) = it.0.blobs.read(&record.blob).await?;
            it.0.journal.add_result(&it.1, &record, bytes).await
        })
        .await
    }

    /// Bytes that the tenant's results take, as long as they are kept.
    pub async fn bytes_of_results(&self) -> Result<u64, StoreError> {
        self.apart(|it| async move { it.0.journal.bytes_of_results(&it.1).await })
            .await
    }

    /// The result of an id, expired or not; none for a text that is no id.
    pub async fn result(&self, id: &str) -> Result<Option<ResultRecord>, StoreError> {
        if !is_id(id) {
            return Ok(None);
        }
        let id = id.to_owned();
        self.apart(|it| async move { it.0.journal.result(&it.1, &id).await })
            .await
    }

    /// Removes the results that expired before `now` (Unix seconds), except those that a session
    /// still names, and then the blobs that nothing names and that are older than [`BLOB_GRACE`].
    pub async fn sweep(&self, now: i64) -> Result<Swept, StoreError> {
        self.apart(|it| async move { it.sweep_apart(now).await })
            .await
    }

    /// Nobody waits for the whole of it: what to delete is found without the lock, and each blob is
    /// judged again under it.
    async fn sweep_apart(&self, now: i64) -> Result<Swept, StoreError> {
        let grace = i64::try_from(BLOB_GRACE.as_secs()).unwrap_or(i64::MAX);
        let newest = now.saturating_sub(grace);
        let mut swept = Swept {
            results: self.0.journal.remove_expired_results(now).await?,
            blobs: 0,
        };
        let named = self.0.journal.referenced().await?;
        for (blob, written) in self.0.blobs.list().await? {
            if written < newest && !named.contains(blob.as_str()) {
                let _held = self.0.hold("sweeping").await;
                swept.blobs += u64::from(self.delete_unnamed(&blob).await?);
            }
        }
        Ok(swept)
    }

    /// Does what uses the journal or the lock on a task of its own. It comes to its end whether or
    /// not the caller waits for it, so that a caller who is not polled for a while, or never again,
    /// holds neither the lock nor a connection while others wait.
    async fn apart<T, W>(&self, work: impl FnOnce(Self) -> W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        match tokio::spawn(work(self.clone())).await {
            Ok(done) => done,
            Err(e) => Err(StoreError::Files {
                doing: "waiting for the journal".into(),
                source: Box::new(e),
            }),
        }
    }

    async fn require(&self, blob: &BlobId) -> Result<(), StoreError> {
        if self.0.blobs.exists(blob).await? {
            Ok(())
        } else {
            Err(StoreError::NoBlob(blob.to_string()))
        }
    }

    /// Deletes a blob that no record names. The caller holds `references`.
    async fn delete_unnamed(&self, id: &BlobId) -> Result<bool, StoreError> {
        if self.0.journal.is_referenced(id).await? {
            return Ok(false);
        }
        self.0.blobs.delete(id).await?;
        Ok(true)
    }
}

/// Makes the folders, takes the lock and opens the blobs.
fn prepare(dir: &Path) -> Result<(Blobs, File), StoreError> {
    let blobs = dir.join("blobs");
    let is_new = !dir.exists();
    create_private(&blobs).map_err(|e| StoreError::files("creating", &blobs, e))?;
    let lock_path = dir.join("lock");
    let lock =
        File::create(&lock_path).map_err(|e| StoreError::files("creating", &lock_path, e))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::Locked(dir.to_path_buf())),
        Err(TryLockError::Error(e)) => return Err(StoreError::files("locking", &lock_path, e)),
    }
    if let (true, Some(parent)) = (is_new, parent(dir)) {
        sync_folder(&parent).map_err(|e| StoreError::files("writing", &parent, e))?;
    }
    remove_unfinished(dir)?;
    Ok((Blobs::open(blobs)?, lock))
}

/// The folder that holds `dir`'s name, `.` for a bare name.
fn parent(dir: &Path) -> Option<PathBuf> {
    let parent = dir.parent()?;
    Some(if parent.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        parent.to_path_buf()
    })
}

fn create_private(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}
