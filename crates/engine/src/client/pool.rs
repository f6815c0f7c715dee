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

pub(crate) struct Pool {
    ready: Mutex<mpsc::Receiver<Arc<Link>>>,
    waiting: Arc<AtomicUsize>,
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
        let stopping = CancellationToken::new();
        let busy = watch::Sender::new(0);
        let filling = fill(
            config,
            launcher,
            kits,
            Arc::clone(&waiting),
            busy.subscribe(),
            stopping.clone(),
        );
        let filler = Mutex::new(Some(tokio::spawn(filling)));
        Self {
            ready: Mutex::new(ready),
            waiting,
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

async fn fill(
    config: EngineConfig,
    launcher: Launcher,
    kits: mpsc::Sender<Arc<Link>>,
    waiting: Arc<AtomicUsize>,
    mut busy: watch::Receiver<usize>,
    stopping: CancellationToken,
) {
    let forever = keep_full(&config, &launcher, &kits, &waiting, &mut busy);
    tokio::select! {
        () = stopping.cancelled() => {}
        () = forever => {}
    }
    let _ = tokio::task::spawn_blocking(move || launcher.stop()).await;
}

async fn keep_full(
    config: &EngineConfig,
    launcher: &Launcher,
    kits: &mpsc::Sender<Arc<Link>>,
    waiting: &AtomicUsize,
    busy: &mut watch::Receiver<usize>,
) {
    let mut pause = FIRST_PAUSE;
    // Of two, the second is needed as soon as the first is taken.
    let reserve = usize::from(config.warm <= 2);
    // Kits are started one after the other: each of them keeps a processor busy.
    while let Ok(place) = kits.reserve().await {
        if waiting.load(Ordering::Acquire) > 0 {
            // The kit that was just taken loads its document now; it comes first.
            tokio::time::sleep(REFILL_PAUSE).await;
            // So do conversions, while there are kits for more of them.
            for _ in 0..LONGEST_REST {
                let few = waiting.load(Ordering::Acquire) <= reserve;
                if few || *busy.borrow_and_update() == 0 {
                    break;
                }
                let _ = tokio::time::timeout(REST, busy.changed()).await;
            }
        }
        match start_kit(config, launcher).await {
            Ok(kit) => {
                pause = FIRST_PAUSE;
                waiting.fetch_add(1, Ordering::AcqRel);
                place.send(kit);
            }
            Err(error) => {
                tracing::error!(%error, "a kit did not start");
                drop(place);
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

pub(crate) async fn start_kit(
    config: &EngineConfig,
    launcher: &Launcher,
) -> Result<Arc<Link>, EngineError> {
    let parts = launcher.spawn().await?;
    Link::establish(parts, START_LIMIT, config.hang_limit).await
}
