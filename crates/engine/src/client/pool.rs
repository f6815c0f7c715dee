//! Kits that have warmed themselves and wait for a document, and those who wait for a kit.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Notify, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::launcher::Launcher;
use super::link::{Link, lock};
use crate::config::EngineConfig;
use crate::error::EngineError;

/// Starting and warming up takes a second; on a busy machine many.
const START_LIMIT: Duration = Duration::from_secs(60);
/// A start that takes longer than this share of their patience may never end: another begins beside it
/// for those who wait.
const SLOW: u32 = 6;
/// So many may wait for a kit.
const MOST_WAITING: usize = 256;
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
    shelf: Arc<Shelf<Arc<Link>>>,
    busy: watch::Sender<usize>,
    filler: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    stopping: CancellationToken,
}

impl Pool {
    /// Fills itself in the background, beginning with `first`.
    pub(crate) fn start(config: EngineConfig, launcher: Launcher, first: Arc<Link>) -> Self {
        let shelf = Arc::new(Shelf::new(START_LIMIT));
        shelf.put(first);
        let stopping = CancellationToken::new();
        let busy = watch::Sender::new(0);
        let filling = fill(
            config,
            launcher,
            Arc::clone(&shelf),
            busy.subscribe(),
            stopping.clone(),
        );
        let filler = tokio::sync::Mutex::new(Some(tokio::spawn(filling)));
        Self {
            shelf,
            busy,
            filler,
            stopping,
        }
    }

    /// A warmed kit that is alive; waits while there is none, for as long as others get one.
    pub(crate) async fn take(&self) -> Result<Arc<Link>, EngineError> {
        self.shelf.take().await
    }

    /// How many wait for a document.
    pub(crate) fn warm(&self) -> usize {
        self.shelf.ready()
    }

    /// How many starts have failed since the last one that did not.
    pub(crate) fn failed(&self) -> usize {
        self.shelf.failed.load(Ordering::Acquire)
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
        for kit in self.shelf.close() {
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

/// What may lie on a shelf.
trait Kit: Send + 'static {
    fn alive(&self) -> bool;
}

impl Kit for Arc<Link> {
    fn alive(&self) -> bool {
        Link::alive(self)
    }
}

/// Kits, and those who wait for one, in the order in which they came.
struct Shelf<K> {
    state: Mutex<State<K>>,
    /// Something was taken, or somebody waits.
    wanted: Notify,
    /// How many of those who waited have been given one so far.
    served: watch::Sender<u64>,
    /// How many starts have failed since the last one that did not.
    failed: AtomicUsize,
    /// How long nobody may be served before those who wait are sent away.
    patience: Duration,
}

struct State<K> {
    ready: VecDeque<K>,
    waiting: VecDeque<oneshot::Sender<K>>,
    closed: bool,
}

impl<K: Kit> Shelf<K> {
    fn new(patience: Duration) -> Self {
        Self {
            state: Mutex::new(State {
                ready: VecDeque::new(),
                waiting: VecDeque::new(),
                closed: false,
            }),
            wanted: Notify::new(),
            served: watch::Sender::new(0),
            failed: AtomicUsize::new(0),
            patience,
        }
    }

    fn state(&self) -> MutexGuard<'_, State<K>> {
        lock(&self.state)
    }

    async fn take(&self) -> Result<K, EngineError> {
        let none = || EngineError::NotStarted("no kit became ready in time".into());
        let mut promise = {
            let mut state = self.state();
            while let Some(kit) = state.ready.pop_front() {
                self.wanted.notify_one();
                if kit.alive() {
                    return Ok(kit);
                }
            }
            state.waiting.retain(|waiting| !waiting.is_closed());
            if state.closed || state.waiting.len() >= MOST_WAITING {
                return Err(none());
            }
            let (give, promise) = oneshot::channel();
            state.waiting.push_back(give);
            promise
        };
        self.wanted.notify_one();
        let mut served = self.served.subscribe();
        loop {
            // Those who wait behind others are not sent away while these are served.
            tokio::select! {
                kit = &mut promise => match kit {
                    Ok(kit) if kit.alive() => return Ok(kit),
                    _ => return Err(none()),
                },
                changed = tokio::time::timeout(self.patience, served.changed()) => match changed {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) | Err(_) => return Err(none()),
                },
            }
        }
    }

    /// Gives a new kit to the one who has waited longest, or keeps it.
    fn put(&self, mut kit: K) {
        let mut state = self.state();
        while let Some(waiting) = state.waiting.pop_front() {
            match waiting.send(kit) {
                Ok(()) => {
                    drop(state);
                    self.served.send_modify(|served| *served += 1);
                    return;
                }
                // It waits no more.
                Err(back) => kit = back,
            }
        }
        if !state.closed {
            state.ready.push_back(kit);
        }
    }

    fn ready(&self) -> usize {
        self.state().ready.len()
    }

    /// How many wait for a kit.
    fn waiting(&self) -> usize {
        let mut state = self.state();
        state.waiting.retain(|waiting| !waiting.is_closed());
        state.waiting.len()
    }

    fn close(&self) -> VecDeque<K> {
        let mut state = self.state();
        state.closed = true;
        state.waiting.clear();
        std::mem::take(&mut state.ready)
    }
}

async fn fill(
    config: EngineConfig,
    launcher: Launcher,
    shelf: Arc<Shelf<Arc<Link>>>,
    busy: watch::Receiver<usize>,
    stopping: CancellationToken,
) {
    let launcher = Arc::new(launcher);
    let start = || {
        let (config, launcher) = (config.clone(), Arc::clone(&launcher));
        async move { start_kit(&config, &launcher).await }
    };
    let mut starting = JoinSet::new();
    tokio::select! {
        () = stopping.cancelled() => {}
        () = keep_full(&config, &shelf, busy, &mut starting, start) => {}
    }
    starting.shutdown().await;
    for kit in shelf.close() {
        kit.kill(crate::event::Death::Stopped);
    }
    if let Some(launcher) = Arc::into_inner(launcher) {
        let _ = tokio::task::spawn_blocking(move || launcher.stop()).await;
    }
}

/// Never ends.
async fn keep_full<K: Kit, F>(
    config: &EngineConfig,
    shelf: &Shelf<K>,
    mut busy: watch::Receiver<usize>,
    starting: &mut JoinSet<Result<K, EngineError>>,
    start: impl Fn() -> F,
) where
    F: Future<Output = Result<K, EngineError>> + Send + 'static,
{
    let warm = config.warm.max(1);
    // Of two, the second is needed as soon as the first is taken.
    let reserve = usize::from(config.warm <= 2);
    let mut pause = FIRST_PAUSE;
    let mut not_before = Instant::now();
    let mut last = Instant::now();
    loop {
        let waiting = shelf.waiting();
        let ready = shelf.ready();
        // Each keeps a processor busy: several only for those who wait for one.
        let wanted = match waiting {
            0 => usize::from(ready < warm),
            _ => waiting.min(config.starting.max(1)),
        };
        let hedge = last + shelf.patience / SLOW;
        let slow = waiting > 0 && starting.len() < 2 * wanted;
        let begin = starting.len() < wanted || (slow && Instant::now() >= hedge);
        if begin && Instant::now() >= not_before {
            if waiting == 0 && ready > 0 {
                tokio::select! {
                    () = rest(shelf, &mut busy, reserve) => {}
                    () = shelf.wanted.notified() => continue,
                }
            }
            starting.spawn(start());
            last = Instant::now();
            continue;
        }
        tokio::select! {
            Some(started) = starting.join_next() => match started {
                Ok(Ok(kit)) => {
                    pause = FIRST_PAUSE;
                    shelf.failed.store(0, Ordering::Release);
                    shelf.put(kit);
                }
                Ok(Err(error)) => {
                    tracing::error!(%error, "a kit did not start");
                    shelf.failed.fetch_add(1, Ordering::AcqRel);
                    not_before = Instant::now() + pause;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(_) => {}
            },
            () = shelf.wanted.notified() => {}
            () = tokio::time::sleep_until(not_before), if Instant::now() < not_before => {}
            () = tokio::time::sleep_until(hedge), if slow && Instant::now() < hedge => {}
        }
    }
}

/// The kit that was just taken loads its document now, and conversions are under way: they come first
/// while there are kits.
async fn rest<K: Kit>(shelf: &Shelf<K>, busy: &mut watch::Receiver<usize>, reserve: usize) {
    tokio::time::sleep(REFILL_PAUSE).await;
    for _ in 0..LONGEST_REST {
        if shelf.ready() <= reserve || *busy.borrow_and_update() == 0 {
            break;
        }
        let _ = tokio::time::timeout(REST, busy.changed()).await;
    }
}

pub(crate) async fn start_kit(
    config: &EngineConfig,
    launcher: &Launcher,
) -> Result<Arc<Link>, EngineError> {
    let parts = launcher.spawn().await?;
    Link::establish(parts, START_LIMIT, config).await
}

#[cfg(test)]
mod tests;
