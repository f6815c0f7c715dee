//! The server's end of one kit: what it asks, what comes back, and when it is killed.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use super::cgroup::Group;
use super::folder::KitFolder;
use super::frames::{self, End};
use super::launcher::Fate;
use super::memory::TileMemory;
use super::pixels::TilePixels;
use super::process::KitProcess;
use super::queue::EventQueue;
use super::usage;
use super::waiting::{Waiter, Waiting};
use crate::config::EngineConfig;
use crate::error::EngineError;
use crate::event::{Death, Event, Reader, Violation};
use crate::protocol::{
    self, Answer, Answered, Beside, Call, Frame, NotBeside, Paint, Ready, Request, SLOTS, Sort,
    bounds,
};
use crate::rate::{Pace, Rate};

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
    /// A tile is in its slot.
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

/// After how long a copy is given up, in whole seconds: a lock that nobody lets go there must not cost as
/// much as the longest save.
pub(super) fn copy_limit(cost: Duration, slack: Duration, longest: Duration) -> Duration {
    let limit = cost.saturating_mul(10).saturating_add(slack);
    Duration::from_secs(limit.min(longest).as_secs().max(1))
}

pub(crate) fn unexpected() -> EngineError {
    EngineError::Failed("it gave an answer to another question".into())
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
pub(super) struct TileLease {
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
    // In this order: the process ends before its folder and its group are removed.
    process: KitProcess,
    pub(crate) folder: KitFolder,
    group: Option<Group>,
    pub(crate) events: Arc<EventQueue>,
    /// Never holds more than `waiting`, which has a limit.
    requests: mpsc::UnboundedSender<Request>,
    /// None once the kit is gone.
    waiting: Mutex<Option<Waiting>>,
    heard: Mutex<Instant>,
    death: Mutex<Option<Death>>,
    fate: Fate,
    signal: Mutex<Option<i32>>,
    gone: watch::Sender<bool>,
    memory: TileMemory,
    slots: Arc<Semaphore>,
    free_slots: Mutex<Vec<usize>>,
    hang_limit: Duration,
    save_limit: Duration,
    copy_slack: Duration,
    pace: (u32, u32),
}

/// What a new kit is made of. In this order: the process ends before its folder and its group are
/// removed.
pub(crate) struct Parts {
    pub(crate) socket: std::os::unix::net::UnixStream,
    pub(crate) process: KitProcess,
    pub(crate) fate: Fate,
    pub(crate) memory: TileMemory,
    pub(crate) folder: KitFolder,
    pub(crate) group: Option<Group>,
}

impl Link {
    /// Waits until the kit has warmed itself, then keeps in touch with it.
    pub(crate) async fn establish(
        parts: Parts,
        start_limit: Duration,
        config: &EngineConfig,
    ) -> Result<Arc<Self>, EngineError> {
        let Parts {
            socket,
            process,
            fate,
            memory,
            folder,
            group,
        } = parts;
        let (mut reading, writing) = UnixStream::from_std(socket)?.into_split();
        let first = tokio::time::timeout(start_limit, started(&mut reading)).await;
        let ready = match first {
            Ok(Ok(Ok(ready))) => ready,
            Ok(Ok(Err(why))) => return Err(EngineError::NoSandbox(why)),
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
            group,
            events: Arc::default(),
            process,
            requests,
            waiting: Mutex::new(Some(Waiting::new(
                config.requests_under_way,
                config.request_bytes_under_way,
            ))),
            heard: Mutex::new(Instant::now()),
            death: Mutex::new(None),
            fate,
            signal: Mutex::new(None),
            gone: watch::channel(false).0,
            memory,
            slots: Arc::new(Semaphore::new(SLOTS)),
            free_slots: Mutex::new((0..SLOTS).collect()),
            hang_limit: config.hang_limit,
            save_limit: config.save_limit,
            copy_slack: config.copy_slack,
            pace: (config.reports_per_second, config.report_bytes_per_second),
        });
        let said = Said {
            reader: Reader::default(),
            reports: Rate::new(config.reports_per_second, Instant::now()),
            bytes: Rate::new(config.report_bytes_per_second, Instant::now()),
        };
        tokio::spawn(write(writing, outbox));
        tokio::spawn(Arc::clone(&link).read(reading, said));
        tokio::spawn(Arc::clone(&link).watch());
        tokio::spawn(usage::watch(Arc::clone(&link), config.limits));
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

    /// As [`Link::ask`], for saving.
    pub(crate) fn ask_to_save(self: &Arc<Self>, call: Call) -> Pending<()> {
        self.send(call, self.save_limit, None, Reply::done)
    }

    /// Has a copy of the kit save while the kit goes on. Gives why there was none. `cost` is what a save
    /// is expected to take.
    pub(crate) fn ask_beside(
        self: &Arc<Self>,
        name: String,
        format: &str,
        options: &str,
        cost: Duration,
    ) -> Pending<Option<NotBeside>> {
        let limit = copy_limit(cost, self.copy_slack, self.save_limit);
        let call = Call::SaveBeside(Beside {
            name,
            format: format.into(),
            options: options.into(),
            seconds: limit.as_secs(),
        });
        self.send(call, self.save_limit, None, |reply| match reply {
            Reply::Answer(Answer::Done) => Ok(None),
            Reply::Answer(Answer::NotBeside(why)) => Ok(Some(why)),
            _ => Err(unexpected()),
        })
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
            let waiter = Waiter {
                answer,
                since: Instant::now(),
                limit,
                tile,
                expected: call.expects(),
                view: call.view(),
                ends: matches!(call, Call::DestroyView { .. }),
                long: call.is_long(),
                beside: call.is_beside(),
                weight: call.weight(),
            };
            // Still under the lock, so that ids and requests are in the same order.
            if let Some(request) = waiting.take(call, waiter) {
                let _ = self.requests.send(request);
            }
        }
        Pending {
            answer: receiver,
            convert,
        }
    }

    /// How many reports, and how many bytes of them, are taken in a second, before what each view adds.
    pub(crate) fn pace(&self) -> (u32, u32) {
        self.pace
    }

    /// The number of its outermost process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    pub(crate) fn alive(&self) -> bool {
        lock(&self.waiting).is_some()
    }

    /// Kills the kit. The first reason given is the one reported.
    pub(crate) fn kill(&self, reason: Death) {
        lock(&self.death).get_or_insert(reason);
        self.process.kill();
    }

    /// The signal that ended the kit, if it was none of ours.
    pub(crate) fn signal(&self) -> Option<i32> {
        *lock(&self.signal)
    }

    pub(crate) fn death(&self) -> Option<Death> {
        *lock(&self.death)
    }

    /// Resolves when the kit is gone.
    pub(crate) async fn gone(&self) {
        let _ = self.gone.subscribe().wait_for(|gone| *gone).await;
    }

    async fn read(self: Arc<Self>, mut from: OwnedReadHalf, mut said: Said) {
        let mut buffer = Vec::new();
        let end = loop {
            match self.next(&mut from, &mut said, &mut buffer).await {
                Ok(()) => *lock(&self.heard) = Instant::now(),
                Err(end) => break end,
            }
        };
        drop(buffer);
        match end {
            End::Gone if self.group.as_ref().is_some_and(Group::out_of_memory) => {
                tracing::warn!(
                    kit = self.ready.pid,
                    "a kit took more memory than it may have"
                );
                self.kill(Death::Greedy);
            }
            End::Gone => {
                if self.death().is_none() {
                    *lock(&self.signal) = self.fate.signal().await;
                }
                self.kill(Death::Crashed);
            }
            reason => {
                tracing::warn!(kit = self.ready.pid, %reason, "a kit broke the rules and is killed");
                self.kill(Death::Broken);
            }
        }
        // Waiters hear that the kit is gone when their senders are dropped.
        drop(lock(&self.waiting).take());
        self.slots.close();
        self.gone.send_replace(true);
        let reason = self.death().unwrap_or(Death::Crashed);
        tracing::debug!(kit = self.ready.pid, ?reason, "a kit is gone");
        self.events.push(Event::Died { reason });
        self.folder.remove().await;
        if let Some(group) = &self.group {
            group.remove().await;
        }
    }

    /// Takes one frame.
    async fn next(
        &self,
        from: &mut OwnedReadHalf,
        said: &mut Said,
        buffer: &mut Vec<u8>,
    ) -> Result<(), End> {
        let frame = frames::head(from).await?;
        let longest = match frame.sort {
            Sort::Start => return Err(Violation("a second start").into()),
            Sort::Report => bounds::REPORT_FRAME,
            Sort::Begun => bounds::SHORT_FRAME,
            Sort::Answer => lock(&self.waiting)
                .as_ref()
                .map_or(0, Waiting::longest_answer),
        };
        if frame.sort != Sort::Answer {
            said.spend(1, frame.length + Frame::HEAD)?;
        }
        let body = frames::body(from, frame, longest, buffer).await?;
        if frame.sort == Sort::Answer {
            let answered = serde_json::from_slice(body).map_err(|_| Violation("no answer"))?;
            self.take(answered, body.len(), said)?;
            return Ok(());
        }
        if frame.sort == Sort::Begun {
            let id = serde_json::from_slice(body).map_err(|_| Violation("no number"))?;
            if let Some(waiting) = lock(&self.waiting).as_mut() {
                waiting.begin(id)?;
            }
            return Ok(());
        }
        let reports = protocol::read_reports(body);
        let reports = reports.map_err(|_| Violation("no list of reports"))?;
        said.spend(reports.len(), 0)?;
        for report in reports {
            if let Some(event) = said.reader.read(report)? {
                self.events.push(event);
            }
        }
        Ok(())
    }

    fn take(&self, answered: Answered, length: usize, said: &mut Said) -> Result<(), Violation> {
        let Answered { id, answer } = answered;
        let waiter = lock(&self.waiting).as_mut().and_then(|waiting| {
            let waiter = waiting.remove(id)?;
            for request in waiting.released() {
                let _ = self.requests.send(request);
            }
            Some(waiter)
        });
        let waiter = waiter.ok_or(Violation("an answer that nobody asked for"))?;
        if length > waiter.expected.longest() {
            return Err(Violation("an answer that is too long"));
        }
        if let Some(view) = waiter.view.filter(|_| waiter.ends) {
            said.reader.view_gone(view);
            said.set_pace(self.pace);
        }
        let reply = match (answer, waiter.tile) {
            (Err(message), _) if message.len() > bounds::MESSAGE => {
                return Err(Violation("a failure in too many words"));
            }
            (Err(message), _) => Err(EngineError::Failed(message)),
            (Ok(answer), _) if !waiter.expected.fits(&answer) => {
                return Err(Violation("an answer to another question"));
            }
            (Ok(_), Some(lease)) => Ok(Reply::Painted(Painted(lease))),
            (Ok(answer), None) => {
                match &answer {
                    Answer::Loaded {
                        keeper,
                        size,
                        fonts,
                        ..
                    } => said.reader.loaded(*keeper, size, fonts)?,
                    Answer::View(view) => {
                        said.reader.view_made(*view)?;
                        said.set_pace(self.pace);
                    }
                    _ => {}
                }
                Ok(Reply::Answer(answer))
            }
        };
        let _ = waiter.answer.send(reply);
        Ok(())
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
            let (oldest, late) = match lock(&self.waiting).as_ref() {
                Some(waiting) => (waiting.oldest(), waiting.beside_late(self.hang_limit)),
                None => (None, false),
            };
            match oldest {
                _ if late => {
                    tracing::warn!(
                        kit = self.ready.pid,
                        "a kit's copy does not end, both are killed"
                    );
                    self.kill(Death::Hung);
                    return;
                }
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

/// What a kit has said so far, and how much it may still say.
struct Said {
    reader: Reader,
    reports: Rate,
    bytes: Rate,
}

impl Said {
    fn set_pace(&mut self, (reports, bytes): (u32, u32)) {
        let pace = Pace::of(reports, bytes, self.reader.views());
        self.reports.set(pace.reports);
        self.bytes.set(pace.bytes);
    }

    fn spend(&mut self, reports: usize, bytes: usize) -> Result<(), Violation> {
        let now = Instant::now();
        let enough = self.reports.spend(reports, now) && self.bytes.spend(bytes, now);
        enough
            .then_some(())
            .ok_or(Violation("too much in too short a time"))
    }
}

/// The first thing that a kit says.
async fn started(from: &mut OwnedReadHalf) -> Result<Result<Ready, String>, End> {
    let frame = frames::head(from).await?;
    if frame.sort != Sort::Start {
        return Err(Violation("something before its start").into());
    }
    let mut buffer = Vec::new();
    let body = frames::body(from, frame, bounds::SHORT_FRAME, &mut buffer).await?;
    Ok(serde_json::from_slice(body).map_err(|_| Violation("no start"))?)
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

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
