//! The server's end of one kit: what it asks, what comes back, and when it is killed.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use super::folder::KitFolder;
use super::memory::TileMemory;
use super::pixels::TilePixels;
use super::process::KitProcess;
use super::queue::EventQueue;
use super::usage;
use crate::config::Limits;
use crate::error::EngineError;
use crate::event::{self, Death, Event, Part};
use crate::protocol::{self, Answer, Call, Paint, Ready, Report, Request, SLOTS, Size, Up};

/// A kit that spoke but did not finish the oldest request is given this many hang limits.
const PATIENCE: u32 = 10;

/// A promised answer of the engine.
#[must_use = "the answer says whether it worked"]
pub struct Pending<T, E = EngineError> {
    answer: oneshot::Receiver<Result<Reply, EngineError>>,
    convert: fn(Reply) -> Result<T, E>,
}

impl<T, E: From<EngineError>> Future for Pending<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(Pin::new(&mut self.answer).poll(context));
        Poll::Ready(match answer {
            Ok(reply) => reply.map_err(E::from).and_then(self.convert),
            Err(_) => Err(EngineError::Gone.into()),
        })
    }
}

/// What a request brought.
pub(crate) enum Reply {
    Answer(Answer),
    /// A tile lies in its slot.
    Painted(Painted),
}

impl Reply {
    pub(crate) fn done(self) -> Result<(), EngineError> {
        match self {
            Self::Answer(Answer::Done) => Ok(()),
            _ => Err(unexpected()),
        }
    }
}

pub(crate) fn unexpected() -> EngineError {
    EngineError::Failed("it gave an answer to another question".into())
}

struct Waiter {
    answer: oneshot::Sender<Result<Reply, EngineError>>,
    since: Instant,
    limit: Duration,
    tile: Option<TileLease>,
}

/// A tile that the kit has painted, still in the memory that it shares. Kept for long, it holds up
/// the paintings after it.
pub struct Painted(TileLease);

impl Painted {
    /// Copies the pixels, up to 4 MiB: not to be done where somebody waits for a key.
    pub fn pixels(self) -> Result<TilePixels, EngineError> {
        let TileLease {
            slot, side, link, ..
        } = &self.0;
        let link = link.upgrade().ok_or(EngineError::Gone)?;
        let bytes = *side as usize * *side as usize * 4;
        let bgra = link.memory.copy(*slot, bytes);
        Ok(TilePixels::from_premultiplied_bgra(*side, bgra))
    }
}

/// A slot of the tile memory. The kit may write to it until it has answered, so the request keeps
/// it even when nobody waits for the tile any more.
struct TileLease {
    slot: usize,
    side: u32,
    link: std::sync::Weak<Link>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for TileLease {
    fn drop(&mut self) {
        if let Some(link) = self.link.upgrade() {
            lock(&link.free_slots).push(self.slot);
        }
    }
}

pub(crate) struct Link {
    pub(crate) ready: Ready,
    // In this order: the process ends before its folder is removed.
    process: KitProcess,
    pub(crate) folder: KitFolder,
    pub(crate) events: EventQueue,
    /// The view that loading made; -1 before.
    pub(crate) keeper: AtomicI32,
    requests: mpsc::UnboundedSender<Request>,
    next_id: AtomicU64,
    /// None once the kit is gone.
    waiting: Mutex<Option<BTreeMap<u64, Waiter>>>,
    heard: Mutex<Instant>,
    death: Mutex<Option<Death>>,
    gone: watch::Sender<bool>,
    memory: TileMemory,
    slots: Arc<Semaphore>,
    free_slots: Mutex<Vec<usize>>,
    hang_limit: Duration,
}

/// What a new kit is made of. In this order: the process ends before its folder is removed.
pub(crate) struct Parts {
    pub(crate) socket: std::os::unix::net::UnixStream,
    pub(crate) process: KitProcess,
    pub(crate) memory: TileMemory,
    pub(crate) folder: KitFolder,
}

impl Link {
    /// Waits until the kit has warmed itself, then keeps in touch with it.
    pub(crate) async fn establish(
        parts: Parts,
        start_limit: Duration,
        hang_limit: Duration,
        limits: Limits,
    ) -> Result<Arc<Self>, EngineError> {
        let Parts {
            socket,
            process,
            memory,
            folder,
        } = parts;
        let (mut reading, writing) = UnixStream::from_std(socket)?.into_split();
        let first = tokio::time::timeout(start_limit, read_frame(&mut reading)).await;
        let ready = match first {
            Ok(Ok(Some(Up::Ready(ready)))) => ready,
            Ok(Ok(Some(Up::Failed(why)))) => return Err(EngineError::NoSandbox(why)),
            other => {
                let why = match other {
                    Err(_) => "a new kit did not become ready in time",
                    Ok(_) => "a new kit died before it was ready",
                };
                return Err(EngineError::NotStarted(why.into()));
            }
        };
        let (requests, outbox) = mpsc::unbounded_channel();
        let link = Arc::new(Self {
            ready,
            folder,
            events: EventQueue::default(),
            keeper: AtomicI32::new(-1),
            process,
            requests,
            next_id: AtomicU64::new(1),
            waiting: Mutex::new(Some(BTreeMap::new())),
            heard: Mutex::new(Instant::now()),
            death: Mutex::new(None),
            gone: watch::channel(false).0,
            memory,
            slots: Arc::new(Semaphore::new(SLOTS)),
            free_slots: Mutex::new((0..SLOTS).collect()),
            hang_limit,
        });
        tokio::spawn(write(writing, outbox));
        tokio::spawn(Arc::clone(&link).read(reading));
        tokio::spawn(Arc::clone(&link).watch());
        tokio::spawn(usage::watch(Arc::clone(&link), limits));
        Ok(link)
    }

    /// Sends at once: what is asked first reaches the kit first.
    pub(crate) fn ask<T, E>(
        self: &Arc<Self>,
        call: Call,
        convert: fn(Reply) -> Result<T, E>,
    ) -> Pending<T, E> {
        self.send(call, self.hang_limit, None, convert)
    }

    /// As [`Link::ask`], for a call with a limit of its own.
    pub(crate) fn ask_within<T>(
        self: &Arc<Self>,
        call: Call,
        limit: Duration,
        convert: fn(Reply) -> Result<T, EngineError>,
    ) -> Pending<T> {
        self.send(call, limit, None, convert)
    }

    /// Paints when a slot of the tile memory is free.
    pub(crate) async fn paint(self: &Arc<Self>, mut paint: Paint) -> Result<Painted, EngineError> {
        let permit = Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .map_err(|_| EngineError::Gone)?;
        let slot = lock(&self.free_slots).pop().ok_or(EngineError::Gone)?;
        let lease = TileLease {
            slot,
            side: paint.pixels,
            link: Arc::downgrade(self),
            _permit: permit,
        };
        paint.slot = slot;
        let convert = |reply| match reply {
            Reply::Painted(painted) => Ok(painted),
            Reply::Answer(_) => Err(unexpected()),
        };
        self.send(Call::Paint(paint), self.hang_limit, Some(lease), convert)
            .await
    }

    fn send<T, E>(
        self: &Arc<Self>,
        call: Call,
        limit: Duration,
        tile: Option<TileLease>,
        convert: fn(Reply) -> Result<T, E>,
    ) -> Pending<T, E> {
        let (answer, receiver) = oneshot::channel();
        let mut waiting = lock(&self.waiting);
        if let Some(waiting) = waiting.as_mut() {
            let id = self.next_id.fetch_add(1, Ordering::Relaxed);
            waiting.insert(
                id,
                Waiter {
                    answer,
                    since: Instant::now(),
                    limit,
                    tile,
                },
            );
            // Still under the lock, so that ids and requests are in the same order.
            let _ = self.requests.send(Request { id, call });
        }
        Pending {
            answer: receiver,
            convert,
        }
    }

    pub(crate) fn alive(&self) -> bool {
        lock(&self.waiting).is_some()
    }

    /// Kills the kit. The first reason given is the one reported.
    pub(crate) fn kill(&self, reason: Death) {
        lock(&self.death).get_or_insert(reason);
        self.process.kill();
    }

    pub(crate) fn death(&self) -> Option<Death> {
        *lock(&self.death)
    }

    /// Resolves when the kit is gone.
    pub(crate) async fn gone(&self) {
        let _ = self.gone.subscribe().wait_for(|gone| *gone).await;
    }

    async fn read(self: Arc<Self>, mut from: OwnedReadHalf) {
        loop {
            match read_frame(&mut from).await {
                Ok(Some(frame)) => {
                    *lock(&self.heard) = Instant::now();
                    self.take(frame);
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(kit = self.ready.pid, %error, "a kit sent nonsense");
                    break;
                }
            }
        }
        self.kill(Death::Crashed);
        // Waiters hear that the kit is gone when their senders are dropped.
        drop(lock(&self.waiting).take());
        self.slots.close();
        self.gone.send_replace(true);
        let reason = self.death().unwrap_or(Death::Crashed);
        tracing::debug!(kit = self.ready.pid, ?reason, "a kit is gone");
        self.events.push(Event::Died { reason });
        self.folder.remove().await;
    }

    fn take(&self, frame: Up) {
        match frame {
            Up::Ready(_) | Up::Failed(_) => {}
            Up::Answer { id, answer } => {
                let waiter = lock(&self.waiting)
                    .as_mut()
                    .and_then(|waiting| waiting.remove(&id));
                let Some(Waiter {
                    answer: to, tile, ..
                }) = waiter
                else {
                    return;
                };
                let reply = match (answer, tile) {
                    (Err(message), _) => Err(EngineError::Failed(message)),
                    (Ok(Answer::Done), Some(lease)) => Ok(Reply::Painted(Painted(lease))),
                    (Ok(answer), _) => {
                        if let Answer::Loaded { keeper, .. } = answer {
                            self.keeper.store(keeper, Ordering::Release);
                        }
                        Ok(Reply::Answer(answer))
                    }
                };
                let _ = to.send(reply);
            }
            Up::Report(reports) => reports.into_iter().for_each(|report| self.report(report)),
        }
    }

    fn report(&self, report: Report) {
        let event = match report {
            Report::Callback {
                view,
                kind,
                payload,
            } => event::parse(self.keeper.load(Ordering::Acquire), view, kind, &payload),
            Report::Invalidated { payload } => Some(event::invalidation(&payload)),
            Report::Size(size) => {
                let (width, height, parts) = measure(size);
                Some(Event::Size {
                    width,
                    height,
                    parts,
                })
            }
            Report::Field { view, field } => Some(Event::View {
                view,
                event: event::ViewEvent::Field { field },
            }),
            Report::Fields { view, count } => Some(Event::View {
                view,
                event: event::ViewEvent::Fields { count },
            }),
            Report::Dialog { view, title } => Some(Event::View {
                view,
                event: event::ViewEvent::Dialog { title },
            }),
        };
        if let Some(event) = event {
            self.events.push(event);
        }
    }

    /// Kills the kit when it owes an answer for too long, and asks an idle one for a sign of life.
    async fn watch(self: Arc<Self>) {
        let pace = (self.hang_limit / 8).max(Duration::from_millis(20));
        let mut gone = self.gone.subscribe();
        let mut ticks: u32 = 0;
        while !*gone.borrow_and_update() {
            tokio::select! {
                _ = gone.changed() => continue,
                () = tokio::time::sleep(pace) => {}
            }
            ticks = ticks.wrapping_add(1);
            let oldest = lock(&self.waiting)
                .as_ref()
                .and_then(|all| all.values().next().map(|first| (first.since, first.limit)));
            match oldest {
                Some((since, limit)) => {
                    let silent = since.max(*lock(&self.heard)).elapsed();
                    if silent > limit || since.elapsed() > limit * PATIENCE {
                        tracing::warn!(kit = self.ready.pid, "a kit does not answer and is killed");
                        self.kill(Death::Hung);
                        return;
                    }
                }
                None if ticks.is_multiple_of(8) => drop(self.ask(Call::Ping, Reply::done)),
                None => {}
            }
        }
    }
}

pub(crate) fn measure(size: Size) -> (i64, i64, Vec<Part>) {
    let parts = size
        .parts
        .into_iter()
        .map(|(name, hidden)| Part { name, hidden })
        .collect();
    (size.width, size.height, parts)
}

async fn write(mut to: OwnedWriteHalf, mut requests: mpsc::UnboundedReceiver<Request>) {
    while let Some(request) = requests.recv().await {
        match protocol::encode(&request) {
            Ok(bytes) if to.write_all(&bytes).await.is_ok() => {}
            // The reader notices the end and cleans up.
            _ => break,
        }
    }
}

async fn read_frame(from: &mut OwnedReadHalf) -> std::io::Result<Option<Up>> {
    let mut head = [0; 4];
    match from.read_exact(&mut head).await {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut body = vec![0; protocol::announced(head)?];
    from.read_exact(&mut body).await?;
    Ok(Some(serde_json::from_slice(&body)?))
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
