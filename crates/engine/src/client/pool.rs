//! Kits that have warmed themselves and wait for a document.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::launcher::Launcher;
use super::link::Link;
use crate::config::EngineConfig;
use crate::error::EngineError;

/// Starting and warming up takes a second; on a busy machine many.
const START_LIMIT: Duration = Duration::from_secs(60);
const REFILL_PAUSE: Duration = Duration::from_secs(1);
/// How long a look at what is under way may take, and how many of them keep new kits from starting.
const REST: Duration = Duration::from_millis(200);
const LONGEST_REST: usize = 50;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Starts that must fail one after the other before the engine counts as broken: one may fail because the
/// machine is busy, and monitors act on the first bad answer.
const BROKEN: usize = 3;

pub(crate) struct Pool {
    ready: Mutex<mpsc::Receiver<Arc<Link>>>,
    waiting: Arc<AtomicUsize>,
    failed: Arc<AtomicUsize>,
    busy: watch::Sender<usize>,
    filler: Mutex<Option<JoinHandle<()>>>,
    stopping: CancellationToken,
}

impl Pool {
    /// Fills itself in the background, beginning with `first`.
    pub(crate) fn start(config: EngineConfig, launcher: Launcher, first: Arc<Link>) -> Self {
        let (kits, ready) = mpsc::channel(config.warm.max(1));
        // There is room for at least one.
        let _ = kits.try_send(first);
        let waiting = Arc::new(AtomicUsize::new(1));
        let failed = Arc::new(AtomicUsize::new(0));
        let stopping = CancellationToken::new();
        let busy = watch::Sender::new(0);
        let filling = Filling {
            config,
            launcher,
            kits,
            waiting: Arc::clone(&waiting),
            failed: Arc::clone(&failed),
            busy: busy.subscribe(),
        };
        let filler = Mutex::new(Some(tokio::spawn(filling.until(stopping.clone()))));
        Self {
            ready: Mutex::new(ready),
            waiting,
            failed,
            busy,
            filler,
            stopping,
        }
    }

    /// A warmed kit that is alive; waits while there is none.
    pub(crate) async fn take(&self) -> Result<Arc<Link>, EngineError> {
        let none = || EngineError::NotStarted("no kit became ready in time".into());
        let live = async {
            loop {
                let kit = self.ready.lock().await.recv().await.ok_or_else(none)?;
                self.waiting.fetch_sub(1, Ordering::AcqRel);
                if kit.alive() {
                    return Ok(kit);
                }
            }
        };
        tokio::time::timeout(START_LIMIT, live)
            .await
            .map_err(|_| none())?
    }

    /// How many wait.
    pub(crate) fn warm(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// How many starts have failed since the last one that did not.
    pub(crate) fn failed(&self) -> usize {
        self.failed.load(Ordering::Acquire)
    }

    /// Whether who needs a kit gets one: it waits already, or will be started.
    pub(crate) fn serves(&self) -> bool {
        !self.stopping.is_cancelled() && (self.warm() > 0 || self.failed() < BROKEN)
    }

    /// Says, for as long as the value lives, that a kit needs a processor: others are started later,
    /// as long as there are warm ones.
    pub(crate) fn working(&self) -> Working<'_> {
        self.busy.send_modify(|busy| *busy += 1);
        Working(&self.busy)
    }

    pub(crate) async fn stop(&self) {
        self.stopping.cancel();
        let mut ready = self.ready.lock().await;
        ready.close();
        while let Some(kit) = ready.recv().await {
            kit.kill(crate::event::Death::Stopped);
            kit.gone().await;
        }
        if let Some(filler) = self.filler.lock().await.take() {
            let _ = filler.await;
        }
    }
}

/// A kit at work; see [`Pool::working`].
pub(crate) struct Working<'p>(&'p watch::Sender<usize>);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|busy| *busy = busy.saturating_sub(1));
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

/// What fills the pool.
struct Filling {
    config: EngineConfig,
    launcher: Launcher,
    kits: mpsc::Sender<Arc<Link>>,
    waiting: Arc<AtomicUsize>,
    failed: Arc<AtomicUsize>,
    busy: watch::Receiver<usize>,
}

impl Filling {
    async fn until(mut self, stopping: CancellationToken) {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = self.keep_full() => {}
        }
        let launcher = self.launcher;
        let _ = tokio::task::spawn_blocking(move || launcher.stop()).await;
    }

    async fn keep_full(&mut self) {
        let mut pause = FIRST_PAUSE;
        // Of two, the second is needed as soon as the first is taken.
        let reserve = usize::from(self.config.warm <= 2);
        // Kits are started one after the other: each of them keeps a processor busy.
        while let Ok(place) = self.kits.reserve().await {
            if self.waiting.load(Ordering::Acquire) > 0 {
                // The kit that was just taken loads its document now; it comes first.
                tokio::time::sleep(REFILL_PAUSE).await;
                // So do conversions, while there are kits for more of them.
                for _ in 0..LONGEST_REST {
                    let few = self.waiting.load(Ordering::Acquire) <= reserve;
                    if few || *self.busy.borrow_and_update() == 0 {
                        break;
                    }
                    let _ = tokio::time::timeout(REST, self.busy.changed()).await;
                }
            }
            match start_kit(&self.config, &self.launcher).await {
                Ok(kit) => {
                    pause = FIRST_PAUSE;
                    self.failed.store(0, Ordering::Release);
                    self.waiting.fetch_add(1, Ordering::AcqRel);
                    place.send(kit);
                }
                Err(error) => {
                    tracing::error!(%error, "a kit did not start");
                    self.failed.fetch_add(1, Ordering::AcqRel);
                    drop(place);
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }
}

pub(crate) async fn start_kit(
    config: &EngineConfig,
    launcher: &Launcher,
) -> Result<Arc<Link>, EngineError> {
    let parts = launcher.spawn().await?;
    Link::establish(parts, START_LIMIT, config).await
}
