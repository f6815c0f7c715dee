//! The task that owns one open document.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use recto_docs_api::{Content, DocumentKey, Explain, Password};
use recto_engine::{Dialect, Document, Event, Events, MissingFont, ViewEvent, ViewId};
use recto_store::{Phase, SessionRecord};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use crate::admission::Departing;
use crate::callbacks::Delivery;
use crate::chat::Chat;
use crate::config::Services;
use crate::credit::Share;
use crate::journal::Journal;
use crate::messages::{Command, Join, Op};
use crate::orders::Dropped;
use crate::participant::{Ending, Outlet, Participant};
use crate::password::{Locked, Question, Tries};
use crate::problem::Problem;
use crate::rights::ChangedRights;
use crate::saving::Saving;
use crate::suspects::Suspects;
use crate::tiles::{TileCache, TileKey, tiles_in};
use crate::watch::Doing;
use crate::wire::{FromBrowser, ToBrowser};

/// The engine's side of a session.
pub(crate) enum Engine {
    /// Not loaded: nobody has come yet, or nobody is left.
    Absent,
    Loading,
    /// It needs a password that nobody has given yet.
    Locked(Locked),
    Open(Document),
}

/// A painting that is under way.
pub(crate) struct Painting {
    /// Who gets it.
    pub waiting: Vec<String>,
    /// Whether what is painted became stale meanwhile.
    pub stale: bool,
}

pub(crate) struct Session {
    pub services: Services,
    pub journal: Journal,
    pub key: DocumentKey,
    pub record: Option<SessionRecord>,
    /// The title that the integrator gave while the document was open.
    pub title: Option<String>,
    pub engine: Engine,
    /// Counts loads, so that work for an engine process that died is told from work for its heir.
    pub document_number: u64,
    pub deaths: VecDeque<Instant>,
    /// When the engine had loaded the document.
    pub loaded_at: Option<Instant>,
    /// Of a version of the history that was to be marked against the one before: how many changes were
    /// marked, or why none.
    pub marks: Option<Result<u64, Problem>>,
    /// What opens the document, while it is open.
    pub password: Option<Password>,
    /// Of all documents of the tenant.
    pub tries: Tries,
    pub question: Question,
    /// How a text of values is written, once it has been opened.
    pub dialect: Option<Dialect>,
    /// What the file was found to be that the integrator gave.
    pub content: Option<Content>,
    pub missing_fonts: Vec<MissingFont>,
    pub width: i64,
    pub height: i64,
    pub parts: Vec<recto_engine::Part>,
    pub participants: Vec<Participant>,
    /// Those who left and whose views the engine has not ended yet, by id.
    pub departing: HashMap<String, Departing>,
    /// What views reported before it was known whose they are.
    pub early: VecDeque<(ViewId, ViewEvent)>,
    pub joined_ever: usize,
    pub dropped: Dropped,
    pub changed_rights: ChangedRights,
    pub chat: Chat,
    /// When the last editor left, on purpose or after a wait.
    pub editors_left_at: Option<Instant>,
    pub suspects: Suspects,
    /// Joins that wait for a callback under way.
    pub parked: Vec<Join>,
    /// When they are let in without its answer.
    pub parked_until: Option<Instant>,
    /// A second document is being taken.
    pub taking: bool,
    /// Copies for participants are made in turn.
    pub exports: Arc<Semaphore>,
    pub version: u32,
    pub cache: TileCache,
    pub paintings: HashMap<TileKey, Painting>,
    pub saving: Saving,
    pub delivery: Delivery,
    pub ops: FuturesUnordered<BoxFuture<'static, Op>>,
    pub stopped: Option<oneshot::Sender<()>>,
    /// Whether anybody was here; before that, a session without work waits for its first visitor.
    pub visited: bool,
    pub finished: bool,
    /// Writes to the journal that are under way and that nothing waits for.
    pub writing: usize,
}

/// What a session's task takes up next.
enum Turn {
    Event(Option<Event>),
    Op(Op),
    Command(Command),
    Deadline,
}

/// Runs one session to its end. With a `record` it takes up what an earlier run left.
pub(crate) async fn run(
    services: Services,
    key: DocumentKey,
    record: Option<SessionRecord>,
    mut commands: mpsc::Receiver<Command>,
    (doing, tries): (Doing, Tries),
) {
    let recovered = record.is_some();
    doing.begin("its entry in the journal");
    let record = match record {
        Some(record) => Some(record),
        None => match services.store.session(&key).await {
            Ok(record) => record,
            Err(error) => {
                tracing::error!(%key, error = %error.message(), "the journal cannot be read");
                refuse_all(&mut commands, &Problem::of(&error));
                return;
            }
        },
    };
    let mut session = Session::new(services, key, record, recovered);
    session.tries = tries;
    session.resume_record(recovered);
    let mut events = None;
    loop {
        session.step(&mut events);
        if session.finished {
            break;
        }
        doing.end();
        let deadline = session.deadline();
        let turn = tokio::select! {
            biased;
            event = next_event(&mut events) => Turn::Event(event),
            Some(op) = session.ops.next() => Turn::Op(op),
            command = commands.recv() => match command {
                Some(command) => Turn::Command(command),
                None => break,
            },
            () = wait_until(deadline) => Turn::Deadline,
        };
        match turn {
            Turn::Event(event) => {
                doing.begin("an event of its engine");
                session.on_event(event, &mut events);
            }
            Turn::Op(op) => {
                doing.begin("work that was done beside it");
                session.on_op(op, &mut events);
            }
            Turn::Command(command) => {
                doing.begin(command.name());
                session.on_command(command);
            }
            Turn::Deadline => {
                doing.begin("a deadline");
                session.on_deadline();
            }
        }
    }
    // From here on a join meets a closed mailbox and makes a new session.
    commands.close();
    session.end().await;
}

fn refuse_all(commands: &mut mpsc::Receiver<Command>, problem: &Problem) {
    commands.close();
    while let Ok(command) = commands.try_recv() {
        if let Command::Join(join) = command {
            let _ = join.reply.send(Err(problem.clone()));
        }
    }
}

async fn next_event(events: &mut Option<Events>) -> Option<Event> {
    match events {
        Some(events) => events.recv().await,
        None => pending().await,
    }
}

async fn wait_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

impl Session {
    fn new(
        services: Services,
        key: DocumentKey,
        record: Option<SessionRecord>,
        recovered: bool,
    ) -> Self {
        Self {
            services,
            journal: Journal::new(),
            key,
            record,
            title: None,
            engine: Engine::Absent,
            document_number: 0,
            deaths: VecDeque::new(),
            loaded_at: None,
            missing_fonts: Vec::new(),
            width: 0,
            height: 0,
            parts: Vec::new(),
            participants: Vec::new(),
            departing: HashMap::new(),
            early: VecDeque::new(),
            joined_ever: 0,
            dropped: Dropped::default(),
            changed_rights: ChangedRights::default(),
            chat: Chat::default(),
            editors_left_at: None,
            suspects: Suspects::default(),
            parked: Vec::new(),
            parked_until: None,
            taking: false,
            exports: Arc::new(Semaphore::new(1)),
            marks: None,
            content: None,
            password: None,
            tries: Tries::default(),
            question: Question::default(),
            dialect: None,
            version: 1,
            cache: TileCache::default(),
            paintings: HashMap::new(),
            saving: Saving::default(),
            delivery: Delivery::default(),
            ops: FuturesUnordered::new(),
            stopped: None,
            visited: recovered,
            finished: false,
            writing: 0,
        }
    }

    /// Puts work under way, on a task of its own: whatever it does, nobody's key waits for it.
    pub fn start(&self, op: impl Future<Output = Op> + Send + 'static) {
        let task = AbortOnDropHandle::new(tokio::spawn(op.in_current_span()));
        self.attend(task.map(|done| match done {
            Ok(op) => op,
            Err(failed) => match failed.try_into_panic() {
                // The session ends with it, as with a panic of its own.
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Op::Nothing,
            },
        }));
    }

    /// Waits for an answer, which does no work. Answers arrive in the order in which they were given.
    pub fn attend(&self, answer: impl Future<Output = Op> + Send + 'static) {
        self.ops.push(Box::pin(answer));
    }

    pub fn participant(&mut self, id: &str) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|p| p.id == id)
    }

    pub fn tell_all(&mut self, message: &ToBrowser) {
        for participant in &mut self.participants {
            participant.send(message.clone());
        }
    }

    pub fn document(&self) -> Option<Document> {
        match &self.engine {
            Engine::Open(document) => Some(document.clone()),
            Engine::Absent | Engine::Loading | Engine::Locked(_) => None,
        }
    }

    /// What follows from the state, after every event.
    fn step(&mut self, events: &mut Option<Events>) {
        if !matches!(self.engine, Engine::Open(_)) {
            // The end of a kit that was let go is no death, least of all that of its heir.
            *events = None;
        }
        let stored = !self.saving.dirty || self.saving.gave_up();
        if self.stopped.is_some() && !self.saving.busy() && stored && self.writing == 0 {
            self.finished = true;
            return;
        }
        if self.participants.iter().any(|p| p.loss_untold) {
            for participant in &mut self.participants {
                participant.loss_untold = false;
            }
            self.tell_presence();
        }
        self.pump_callbacks();
        self.pump_tiles();
        if self.visited && self.participants.is_empty() && self.parked.is_empty() && self.idle() {
            *events = None;
            self.finished = true;
        }
    }

    /// Whether nothing is left to do for this document.
    fn idle(&self) -> bool {
        self.ops.is_empty()
            && self.delivery.is_empty()
            && match &self.record {
                None => true,
                Some(record) => match record.phase {
                    Phase::Delivered | Phase::Forgotten => true,
                    Phase::Open | Phase::Saving | Phase::Delivering => false,
                },
            }
    }

    fn on_command(&mut self, command: Command) {
        // An order is no visit: it must not end the wait for those who may return.
        self.visited |= !matches!(
            command,
            Command::Order(_) | Command::Goodbye { .. } | Command::Answer(_)
        );
        match command {
            Command::Order(order) => self.carry_out(order),
            Command::Join(join) => self.on_join(*join),
            Command::Message {
                participant,
                outlet,
                message,
                share,
            } => {
                // What a connection says that has been replaced by a newer one is void.
                if self.is_current(&participant, &outlet) {
                    self.on_message(&participant, message, share);
                }
            }
            Command::Insert {
                participant,
                outlet,
                id,
                grant,
            } => {
                if self.is_current(&participant, &outlet) {
                    self.on_insert(&participant, id, *grant);
                }
            }
            Command::Second {
                participant,
                outlet,
                id,
                grant,
                purpose,
            } => {
                if self.is_current(&participant, &outlet) {
                    self.on_second(&participant, id, *grant, purpose);
                }
            }
            Command::Ended {
                participant,
                outlet,
                on_purpose,
            } => {
                if !self.is_current(&participant, &outlet) {
                    return;
                }
                let Some(found) = self.participant(&participant) else {
                    return;
                };
                if on_purpose || found.ending == Ending::Leaving {
                    self.leave(&participant);
                } else {
                    found.lose();
                }
            }
            // What was sent on the connection before may still be on its way: it ends in its own time.
            Command::Goodbye { participant } => match self.participant(&participant) {
                Some(found) if found.online() => found.ending = Ending::Leaving,
                Some(_) => self.leave(&participant),
                None => {}
            },
            Command::Answer(reply) => {
                // The one who asked may have gone.
                let _ = reply.send(());
            }
            Command::Stop(done) => {
                self.stopped = Some(done);
                self.tell_all(&ToBrowser::failed(&Problem::stopping(), false));
                self.snapshot();
            }
        }
    }

    fn is_current(&mut self, participant: &str, outlet: &Outlet) -> bool {
        self.participant(participant)
            .and_then(|p| p.outlet.as_ref())
            .is_some_and(|current| current.same_as(outlet))
    }

    fn on_message(&mut self, id: &str, message: FromBrowser, share: Option<Share>) {
        match message {
            FromBrowser::Input { seq, input } => self.on_input(id, seq, input, share),
            FromBrowser::Viewport(viewport) => {
                if let Some(participant) = self.participant(id) {
                    participant.tiles.viewport = Some(viewport);
                }
            }
            FromBrowser::Tiles(wanted) => {
                if let Some(participant) = self.participant(id) {
                    let (scale, places) = (wanted.scale(), wanted.places());
                    let keys = places
                        .iter()
                        .filter_map(|&(column, row)| TileKey::at(scale, column, row));
                    participant.tiles.ask(keys);
                }
            }
            FromBrowser::Copy { id: question } => self.on_copy(id, question),
            FromBrowser::Query {
                id: question,
                command,
            } => self.on_query(id, question, command),
            FromBrowser::Download {
                id: question,
                format,
                print,
            } => self.on_download(id, question, format.as_deref(), print),
            // The web side verifies their tokens and gives commands of their own instead.
            FromBrowser::InsertImage { .. } | FromBrowser::TakeDocument { .. } => {}
            FromBrowser::Chat { text } => self.on_chat(id, &text),
            FromBrowser::Password { password } => self.on_password(id, password),
            FromBrowser::GiveUpEditing => self.give_up_editing(id),
            FromBrowser::Save => self.on_save(id),
            FromBrowser::Ping => {
                if let Some(participant) = self.participant(id) {
                    participant.send(ToBrowser::Pong);
                }
            }
            FromBrowser::Leave => self.leave(id),
        }
    }

    fn on_op(&mut self, op: Op, events: &mut Option<Events>) {
        match op {
            Op::Fetched(source) => self.on_fetched(source),
            Op::Loaded(Ok(loaded)) => *events = Some(self.on_loaded(*loaded)),
            Op::Loaded(Err(unloaded)) => self.on_unloaded(*unloaded),
            Op::Ended(ended) => self.on_ended(*ended),
            Op::ViewMade {
                participant,
                document,
                view,
            } => {
                self.on_view(&participant, document, view);
            }
            Op::ViewEnded { participant } => {
                self.departing.remove(&participant);
            }
            Op::Applied {
                participant,
                seq,
                document,
                changer,
                cut,
                result,
            } => self.on_answered(document, &participant, seq, changer, cut, result),
            Op::Painted {
                key,
                document,
                tile,
            } => self.on_painted(key, document, tile),
            Op::TileRoom { participant } => {
                if let Some(participant) = self.participant(&participant) {
                    participant.waits_for_room = false;
                }
            }
            Op::Selected {
                participant,
                id,
                asked,
                selection,
            } => {
                let (text, html) = selection.map_or((None, None), |s| (s.text, s.html));
                if let Some(participant) = self.participant(&participant) {
                    participant.answer(ToBrowser::Clipboard { id, text, html }, asked);
                }
            }
            Op::Queried {
                participant,
                id,
                asked,
                command,
                mut values,
            } => {
                if let Some(participant) = self.participant(&participant) {
                    participant
                        .rights
                        .hide_comments(&participant.name, &mut values);
                    participant.answer(ToBrowser::values(id, command, &values), asked);
                }
            }
            Op::Copied {
                participant,
                id,
                asked,
                copied,
            } => {
                if let Some(participant) = self.participant(&participant) {
                    participant.answer(ToBrowser::download(id, copied), asked);
                }
            }
            Op::Inserted {
                participant,
                insertion,
                changer,
                inserted,
            } => self.on_inserted(&participant, *insertion, *changer, inserted),
            Op::Second {
                participant,
                id,
                asked,
                changer,
                done,
            } => self.on_second_done(&participant, (id, asked), *changer, done),
            Op::Stored { document, result } => self.on_stored(document, result),
            Op::Recorded {
                snapshot,
                before,
                result,
            } => self.on_recorded(&snapshot, before, result),
            Op::Noted(noted) => self.on_noted(noted),
            Op::Entered { by } => self.on_entered(by),
            Op::Drafted { draft, file } => self.on_drafted(*draft, file),
            Op::ForgottenDeleted {
                record,
                result,
                reply,
            } => self.on_forgotten_deleted(record, result, reply),
            Op::Written => self.writing = self.writing.saturating_sub(1),
            Op::CalledBack { callback, result } => self.on_called_back(&callback, result),
            Op::Nothing => {}
        }
    }

    /// The next moment at which something is due.
    fn deadline(&self) -> Option<Instant> {
        let config = &self.services.config;
        let lost = self
            .participants
            .iter()
            .filter_map(|p| p.gone_at(config.return_within));
        // A snapshot that is under way, or for which there is no engine, is looked at again when that ends.
        let due = self
            .saving
            .due
            .filter(|_| !self.saving.busy() && self.document().is_some());
        lost.chain(due)
            .chain(self.saving.force_due)
            .chain(self.close_due())
            .chain(self.delivery.retry_at)
            .chain(self.password_due())
            .chain(self.parked_until)
            .min()
    }

    fn on_deadline(&mut self) {
        let now = Instant::now();
        let return_within = self.services.config.return_within;
        let gone: Vec<_> = self
            .participants
            .iter()
            .filter(|p| p.gone_at(return_within).is_some_and(|at| at <= now))
            .map(|p| p.id.clone())
            .collect();
        for id in gone {
            self.leave(&id);
        }
        if self.saving.due.is_some_and(|due| due <= now) {
            self.snapshot();
        }
        if self.saving.force_due.is_some_and(|due| due <= now) {
            self.saving.force_due = None;
            self.force_save_by_clock();
        }
        if self.password_due().is_some_and(|due| due <= now) {
            self.give_up_password();
        }
        if self.close_due().is_some_and(|due| due <= now) {
            self.close();
        }
        if self.parked_until.is_some_and(|at| at <= now) {
            tracing::info!(key = %self.key, "a document is opened again before its callback was answered");
            self.let_in_parked();
        }
        if self.delivery.retry_at.is_some_and(|at| at <= now) {
            self.delivery.retry_at = None;
            self.deliver();
        }
    }

    /// Tiles that an invalidation made stale and that somebody looks at.
    pub fn refresh_viewports(&mut self, part: i32, rect: Option<&recto_engine::Rect>) {
        for participant in &mut self.participants {
            let Some(viewport) = participant.tiles.viewport else {
                continue;
            };
            if participant.online() && (part < 0 || part == viewport.scale().part()) {
                let caret = participant.caret();
                let mut keys = tiles_in(&viewport, rect);
                // Users who type look at their caret.
                keys.sort_by_key(|key| !caret.is_some_and(|caret| key.covers(&caret)));
                for key in keys {
                    participant.tiles.refresh(key);
                }
            }
        }
    }

    async fn end(mut self) {
        for participant in &mut self.participants {
            if let Some(outlet) = participant.outlet.take() {
                outlet.close();
            }
        }
        if let Engine::Open(document) = std::mem::replace(&mut self.engine, Engine::Absent) {
            document.close().await;
        }
        if let Some(done) = self.stopped.take() {
            let _ = done.send(());
        }
        tracing::info!(key = %self.key, "session ended");
    }
}
