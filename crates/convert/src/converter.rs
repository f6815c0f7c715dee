//! The service: who asks for what, what is under way, and what was made before.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use recto_docs_api::{Conversion, Note};
use recto_engine::Engine;
use recto_fetch::Fetcher;
use recto_store::{ResultRecord, Store, new_id};
use recto_token::{Keys, PublicUrl, Verified, link};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::ConversionError;
use crate::job::{Job, Made, State, Waiter};
use crate::local::{Source, convert_file, examine_source};

/// So many files are fetched for each that is converted: a slow sender holds up nobody else.
const FETCHES_FOR_EACH: usize = 4;
/// Name of the fetched file in its folder.
const SOURCE: &str = "source";

/// Times and limits of conversions.
#[derive(Debug, Clone)]
pub struct ConvertConfig {
    /// How long the engine may take for one. Default 120 s.
    pub time_limit: Duration,
    /// How many are converted at once. Default: one for each processor.
    pub at_once: usize,
    /// How many may wait for their turn. Default 1000.
    pub waiting: usize,
    /// Life of a result link. Default 15 min.
    pub link_life: Duration,
}

impl Default for ConvertConfig {
    fn default() -> Self {
        Self {
            time_limit: Duration::from_secs(120),
            at_once: std::thread::available_parallelism().map_or(2, NonZeroUsize::get),
            waiting: 1000,
            link_life: Duration::from_secs(900),
        }
    }
}

/// What conversions need from outside.
#[derive(Clone)]
pub struct Services {
    /// The engine.
    pub engine: Engine,
    /// Where results are kept.
    pub store: Store,
    /// Outgoing requests.
    pub fetcher: Fetcher,
    /// Keys of links.
    pub keys: Arc<Keys>,
    /// Where links begin.
    pub public: PublicUrl,
    /// Folder for files on their way.
    pub scratch: PathBuf,
    /// Unix seconds now.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

/// What a request gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Converted {
    /// The result is there.
    Done {
        /// A signed link to the result.
        link: String,
        /// The extension, without a dot.
        file_type: &'static str,
        /// What people should know of it.
        notes: Vec<Note>,
    },
    /// It is not there yet; only for who asked not to wait.
    Pending {
        /// From 0 to 99.
        percent: u8,
    },
}

/// A result that was made before.
struct Known {
    made: Made,
    /// Unix seconds.
    until: i64,
}

/// What identifies a result: what was asked for, and the SHA-256 of what it was made from.
type Origin = (Conversion, [u8; 32]);

#[derive(Default)]
struct Table {
    jobs: HashMap<Conversion, Arc<Job>>,
    known: HashMap<Origin, Known>,
}

/// The conversion service. Clones share it.
#[derive(Clone)]
pub struct Converter(Arc<Inner>);

struct Inner {
    services: Services,
    config: ConvertConfig,
    table: Mutex<Table>,
    fetches: Arc<Semaphore>,
    conversions: Arc<Semaphore>,
    stopping: CancellationToken,
}

impl Converter {
    /// A service without jobs.
    pub fn new(services: Services, config: ConvertConfig) -> Self {
        let at_once = config.at_once.max(1);
        Self(Arc::new(Inner {
            services,
            table: Mutex::default(),
            fetches: Arc::new(Semaphore::new(at_once * FETCHES_FOR_EACH)),
            conversions: Arc::new(Semaphore::new(at_once)),
            stopping: CancellationToken::new(),
            config,
        }))
    }

    /// A service for another tenant, with its own store, fetcher and keys. Jobs and what was made
    /// before are each tenant's own, and so is how many may wait; how many files are fetched and
    /// converted at once is common, and so is the end.
    #[must_use]
    pub fn for_tenant(&self, services: Services) -> Self {
        Self(Arc::new(Inner {
            services,
            table: Mutex::default(),
            fetches: self.0.fetches.clone(),
            conversions: self.0.conversions.clone(),
            stopping: self.0.stopping.clone(),
            config: self.0.config.clone(),
        }))
    }

    /// Converts what is asked for, or joins the job that does so already. A request that waits gets the
    /// result; any other gets how far it is, and the result when it is sent again.
    ///
    /// Dropping the future means that this client waits no longer. What has begun goes on; what only
    /// waits for its turn is dropped, if nobody else waits for it.
    pub async fn convert(
        &self,
        request: Verified<Conversion>,
    ) -> Result<Converted, ConversionError> {
        let asked = request.get().clone();
        let (job, waiter) = self.join(request)?;
        if !asked.is_async {
            let result = waiter.result().await;
            return self.answer(&asked, result?).await;
        }
        let state = job.state.borrow().clone();
        match state {
            State::Done(result) => {
                // The client has it now. The next request fetches the file again: it may be another.
                self.0.forget(&identity(&asked), &job);
                self.answer(&asked, result?).await
            }
            unfinished => Ok(Converted::Pending {
                percent: unfinished.percent(),
            }),
        }
    }

    /// Ends every job, with an error for those who wait.
    pub fn stop(&self) {
        self.0.stopping.cancel();
    }

    /// The job for a request, with its client counted.
    fn join(&self, request: Verified<Conversion>) -> Result<(Arc<Job>, Waiter), ConversionError> {
        let identity = identity(&request);
        let is_async = request.is_async;
        let mut table = self.0.table();
        let joined = table.jobs.get(&identity).filter(|job| {
            // What is done waits for those who come back, and for nobody else.
            is_async || !matches!(*job.state.borrow(), State::Done(_))
        });
        if let Some(job) = joined {
            if is_async {
                job.keep();
            }
            return Ok((job.clone(), job.wait()));
        }
        let unfinished = |job: &&Arc<Job>| !matches!(*job.state.borrow(), State::Done(_));
        let most = self.0.config.waiting.saturating_add(self.0.config.at_once);
        if table.jobs.values().filter(unfinished).count() >= most {
            return Err(ConversionError::busy());
        }
        let job = Arc::new(Job::new());
        if is_async {
            job.keep();
        }
        let waiter = job.wait();
        table.jobs.insert(identity.clone(), job.clone());
        tokio::spawn(Arc::clone(&self.0).run(identity, request, job.clone()));
        Ok((job, waiter))
    }

    /// Names a result by a link that is signed for some time.
    async fn answer(&self, asked: &Conversion, made: Made) -> Result<Converted, ConversionError> {
        let Inner {
            services, config, ..
        } = &*self.0;
        let expires = (services.clock)() + seconds(config.link_life);
        let record = ResultRecord {
            id: new_id(),
            blob: made.blob,
            file_name: asked.file_name(),
            mime: asked.output.mime().into(),
            expires,
        };
        let stored = services.store.add_result(&record).await;
        stored.map_err(|error| ConversionError::from(&error))?;
        let path = encoded(&["cache", "files", &record.id, &record.file_name]);
        Ok(Converted::Done {
            link: link(&services.keys, &services.public, &path, expires),
            file_type: asked.output.extension(),
            notes: made.notes,
        })
    }
}

/// What makes two requests the same: all of it, but whether the client waits.
fn identity(asked: &Conversion) -> Conversion {
    Conversion {
        is_async: false,
        ..asked.clone()
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 2)
}

/// The path of these segments, as it is in a link.
fn encoded(segments: &[&str]) -> String {
    // The host does not matter.
    let Ok(mut url) = Url::parse("http://localhost/") else {
        return String::new();
    };
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(segments);
    }
    url.path().to_owned()
}

impl Inner {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes a job, unless another one has taken its place.
    fn forget(&self, identity: &Conversion, job: &Arc<Job>) {
        let mut table = self.table();
        if table
            .jobs
            .get(identity)
            .is_some_and(|known| Arc::ptr_eq(known, job))
        {
            table.jobs.remove(identity);
        }
    }

    /// Does a job, and keeps its result for those who come back.
    async fn run(
        self: Arc<Self>,
        identity: Conversion,
        request: Verified<Conversion>,
        job: Arc<Job>,
    ) {
        let result = tokio::select! {
            result = self.work(&identity, &request, &job) => match result {
                Some(result) => result,
                // Nobody waits for it.
                None => return,
            },
            () = self.stopping.cancelled() => Err(ConversionError::stopped()),
        };
        let key = request
            .key
            .as_ref()
            .map(recto_docs_api::DocumentKey::as_str);
        let (from, to) = (request.source.extension(), request.output.extension());
        let tenant = self.services.store.tenant();
        match &result {
            Ok(_) => tracing::info!(key, tenant, from, to, "a file was converted"),
            Err(error) => {
                tracing::warn!(key, tenant, from, to, code = error.code, message = %error.message,
                hint = %error.hint, "a file was not converted");
            }
        }
        let kept = {
            // Under the lock, since those who join decide by the state.
            let mut table = self.table();
            job.state.send_replace(State::Done(result));
            if !job.is_kept() {
                table.jobs.remove(&identity);
            }
            job.is_kept()
        };
        if kept {
            tokio::select! {
                () = tokio::time::sleep(self.config.link_life) => {}
                () = self.stopping.cancelled() => {}
            }
            self.forget(&identity, &job);
        }
    }

    /// The result; nothing if everybody left before the job's turn came.
    async fn work(
        &self,
        identity: &Conversion,
        request: &Verified<Conversion>,
        job: &Arc<Job>,
    ) -> Option<Result<Made, ConversionError>> {
        let turn = self.turn(&self.fetches, identity, job).await?;
        let fetched = self.fetch(request).await;
        drop(turn);
        let (folder, source, sha256) = match fetched {
            Ok(fetched) => fetched,
            Err(error) => return Some(Err(error)),
        };
        let origin = (request.essence(), sha256);
        if let Some(made) = self.known(&origin) {
            return Some(Ok(made));
        }
        let turn = self.turn(&self.conversions, identity, job).await?;
        job.state.send_replace(State::Converting);
        let result = self.make(request, &source, &folder).await;
        drop(turn);
        if let Ok(made) = &result {
            self.remember(origin, made.clone());
        }
        Some(result)
    }

    /// Waits for a turn; nothing if everybody left meanwhile.
    async fn turn<'s>(
        &self,
        turns: &'s Semaphore,
        identity: &Conversion,
        job: &Arc<Job>,
    ) -> Option<SemaphorePermit<'s>> {
        let turn = turns.acquire();
        tokio::pin!(turn);
        loop {
            tokio::select! {
                // Nobody closes it.
                turn = &mut turn => return turn.ok(),
                () = job.abandoned() => {
                    let mut table = self.table();
                    // Joining happens under the lock.
                    if job.is_abandoned() {
                        table.jobs.remove(identity);
                        return None;
                    }
                }
            }
        }
    }

    async fn fetch(
        &self,
        request: &Verified<Conversion>,
    ) -> Result<(TempDir, Source, [u8; 32]), ConversionError> {
        let folder = tempfile::Builder::new()
            .prefix("convert-")
            .tempdir_in(&self.services.scratch)
            .map_err(|error| ConversionError::scratch(&error))?;
        let fetcher = &self.services.fetcher;
        let file = folder.path().join(SOURCE);
        let downloaded = fetcher
            .download_source(request, &file)
            .await
            .map_err(|error| ConversionError::from(&error))?;
        let source = examine_source(request, &file).await?;
        Ok((folder, source, downloaded.sha256))
    }

    async fn make(
        &self,
        request: &Conversion,
        source: &Source,
        folder: &TempDir,
    ) -> Result<Made, ConversionError> {
        let (from, to) = (folder.path().join(SOURCE), folder.path().join("result"));
        let engine = &self.services.engine;
        let limit = self.config.time_limit;
        let notes = convert_file(engine, request, source, &from, &to, limit).await?;
        let stored = self.services.store.put_file(&to).await;
        let blob = stored.map_err(|error| ConversionError::from(&error))?;
        Ok(Made { blob, notes })
    }

    /// A result that was made of the same content in the same way.
    fn known(&self, origin: &Origin) -> Option<Made> {
        let now = (self.services.clock)();
        let mut table = self.table();
        let known = table.known.get_mut(origin)?;
        // Its link, which is about to be made, holds it that long.
        (known.until > now).then(|| {
            known.until = now + seconds(self.config.link_life);
            known.made.clone()
        })
    }

    fn remember(&self, origin: Origin, made: Made) {
        let now = (self.services.clock)();
        let until = now + seconds(self.config.link_life);
        let mut table = self.table();
        table.known.retain(|_, known| known.until > now);
        table.known.insert(origin, Known { made, until });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_of_a_path() {
        assert_eq!(
            encoded(&["cache", "files", "1", "Übersicht 1?#%.pdf"]),
            "/cache/files/1/%C3%9Cbersicht%201%3F%23%25.pdf"
        );
    }

    #[tokio::test]
    async fn a_job_is_abandoned_when_the_last_client_leaves() {
        let job = Arc::new(Job::new());
        let (first, second) = (job.wait(), job.wait());
        drop(first);
        assert!(!job.is_abandoned());
        drop(second);
        job.abandoned().await;
        let third = job.wait();
        assert!(!job.is_abandoned());
        drop(third);
        // Who does not wait may come back.
        job.keep();
        assert!(!job.is_abandoned());
    }
}
