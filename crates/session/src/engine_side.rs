//! Views and events: what a session has to do with its engine process.

use std::collections::VecDeque;
use std::time::Duration;

use recto_docs_api::{DocumentKind, Explain, FileType};
use recto_engine::{Death, Document, Event, Events, Input, Rect, ViewEvent, ViewId, ViewOptions};
use recto_store::DeathOutcome;
use recto_token::{Opening, issue_session};
use tokio::time::Instant;

use crate::actor::{Engine, Session};
use crate::acts::Act;
use crate::admission::TokenId;
use crate::loading::Loaded;
use crate::messages::Op;
use crate::participant::Changer;
use crate::problem::Problem;
use crate::suspects::CONVICTIONS;
use crate::tiles::TileCache;
use crate::wire::{DocumentState, Opened, Stage, ToBrowser, UserState};

/// An engine process may die this often within [`DEATH_WINDOW`] before the document is given up.
const DEATHS: usize = 3;
const DEATH_WINDOW: Duration = Duration::from_secs(300);
/// A new view reports its whole state, in about so many events.
const EARLY: usize = 512;
const EARLY_BYTES: usize = 1 << 20;
/// The engine's key code.
const KEY_RETURN: u32 = 1280;

impl Session {
    /// Gives a new participant what there is: a view, or word of how far loading is.
    pub fn welcome(&mut self, id: &str) {
        match &self.engine {
            Engine::Absent => self.load(id),
            Engine::Loading => {
                if let Some(participant) = self.participant(id) {
                    participant.send(ToBrowser::Progress {
                        stage: Stage::Opening,
                    });
                }
            }
            Engine::Locked(_) => {
                if let Some(participant) = self.participant(id) {
                    participant.send(ToBrowser::Password {
                        wrong: false,
                        wait: None,
                    });
                }
            }
            Engine::Open(document) => {
                let document = document.clone();
                self.make_view(id, document);
            }
        }
    }

    pub fn on_loaded(&mut self, loaded: Loaded) -> Events {
        let Loaded {
            document,
            events,
            record,
            marks,
            content,
            password,
        } = loaded;
        self.unlocked(password);
        self.dialect = document.dialect();
        self.marks = marks;
        if record.is_some() || self.content.is_none() {
            self.content = Some(content);
        }
        if record.is_some() {
            self.record = record;
        }
        self.loaded_at = Some(Instant::now());
        self.engine = Engine::Open(document.clone());
        // What a save would lose is also the engine's to say.
        self.hold_all();
        let info = document.info();
        (self.width, self.height) = (info.width, info.height);
        self.parts.clone_from(&info.parts);
        self.missing_fonts.clone_from(&info.missing_fonts);
        tracing::info!(key = %self.key, kit = document.kit_pid(), "document loaded");
        let ids: Vec<_> = self.participants.iter().map(|p| p.id.clone()).collect();
        for id in ids {
            self.make_view(&id, document.clone());
        }
        events
    }

    fn make_view(&mut self, id: &str, document: Document) {
        let number = self.document_number;
        let Some(participant) = self.participant(id) else {
            return;
        };
        if participant.view_in_the_making == Some(number) {
            return;
        }
        participant.view_in_the_making = Some(number);
        let options = ViewOptions {
            author: participant.name.clone(),
            lang: participant
                .opening
                .get()
                .lang
                .clone()
                .unwrap_or_else(|| "en".into()),
            rights: participant.rights.of_view(),
        };
        let id = id.to_owned();
        self.start(async move {
            let view = document
                .create_view(options)
                .await
                .map_err(|error| Problem::of(&error));
            Op::ViewMade {
                participant: id,
                document: number,
                view,
            }
        });
    }

    pub fn on_view(&mut self, id: &str, number: u64, view: Result<ViewId, Problem>) {
        if number != self.document_number {
            self.departing.remove(id);
            return;
        }
        let known = self.participant(id).is_some();
        match (view, known) {
            (Ok(view), true) => {
                let again = self.delivery.announced.contains(id);
                if let Some(participant) = self.participant(id) {
                    participant.view = Some(view);
                    participant.view_in_the_making = None;
                }
                self.send_opened(id, true);
                let early = std::mem::take(&mut self.early).into_iter();
                let (mine, others): (VecDeque<_>, _) = early.partition(|(of, _)| *of == view);
                self.early = others;
                for (view, event) in mine {
                    self.on_view_event(view, event);
                }
                self.tell_presence();
                if !again {
                    self.announce(id);
                }
            }
            (Ok(view), false) => {
                if let Some(document) = self.document() {
                    self.close_view(document, id.to_owned(), view, None);
                } else {
                    self.departing.remove(id);
                }
            }
            // The death of the engine process has its own event, and its own remedy.
            (Err(problem), _) => {
                self.departing.remove(id);
                if let Some(participant) = self.participant(id) {
                    participant.view_in_the_making = None;
                }
                tracing::warn!(key = %self.key, code = problem.code, "no view could be made");
            }
        }
    }

    /// Destroys a view. A cell that `enters` is still editing is entered first, or its text is lost.
    pub fn close_view(
        &mut self,
        document: Document,
        participant: String,
        view: ViewId,
        enters: Option<Changer>,
    ) {
        if let Some(by) = enters {
            self.enter_cell(&document, view, by);
        }
        self.start(async move {
            if let Err(error) = document.destroy_view(view).await {
                tracing::debug!(%error, "a view was not destroyed");
            }
            Op::ViewEnded { participant }
        });
    }

    /// Enters the cell that a view is editing: what it holds is not in the document yet. The final save
    /// waits for it.
    pub fn enter_cell(&mut self, document: &Document, view: ViewId, by: Changer) {
        let key = Input::Key {
            char: 0,
            code: KEY_RETURN,
        };
        let entered = match document.send_input(view, key) {
            Ok(entered) => entered,
            Err(denied) => {
                tracing::warn!(key = %self.key, code = denied.code(), "a cell could not be entered");
                return;
            }
        };
        self.saving.entering += 1;
        self.start(async move {
            let by = match entered.await {
                Ok(_) => Some(Box::new(by)),
                Err(error) => {
                    tracing::debug!(%error, "a cell could not be entered");
                    None
                }
            };
            Op::Entered { by }
        });
    }

    /// Sends the whole state that a browser starts from; `fresh` if its view is new.
    pub fn send_opened(&mut self, id: &str, fresh: bool) {
        let participants = self
            .participants
            .iter()
            .find(|p| p.id == id)
            .map(|viewer| self.presences(viewer))
            .unwrap_or_default();
        let save = self.save_report();
        let chat = self.chat.all();
        let losses = self
            .participants
            .iter()
            .find(|p| p.id == id)
            .and_then(|p| self.loss_state(p.opening.get()));
        let own = self.file_type();
        let loses_password = self.loses_password();
        let services = &self.services;
        let Some(participant) = self.participants.iter_mut().find(|p| p.id == id) else {
            return;
        };
        let Some(view) = participant.view else { return };
        let opening = participant.opening.get();
        let own = own.unwrap_or(opening.file_type);
        let opened = Opened {
            participant: participant.id.clone(),
            view,
            session: issue_session(
                &services.keys,
                &participant.opening,
                &participant.id,
                participant.token.map(TokenId::bytes),
                services.now(),
            ),
            document: DocumentState {
                key: self.key.clone(),
                title: self.title.as_ref().unwrap_or(&opening.title).clone(),
                file_type: own.extension().into(),
                kind: opening.file_type.kind(),
                parts: self.parts.clone(),
                width: self.width,
                height: self.height,
                missing_fonts: self.missing_fonts.clone(),
                changes: self
                    .marks
                    .as_ref()
                    .and_then(|marks| marks.as_ref().ok().copied()),
            },
            rights: participant.rights.state(),
            formats: crate::download::formats(opening.file_type.kind()),
            chat_messages: if participant.rights.may_chat() {
                chat
            } else {
                Vec::new()
            },
            user: UserState {
                id: participant.user_id.clone(),
                name: participant.name.clone(),
            },
            lang: opening.lang.clone().unwrap_or_else(|| "en".into()),
            participants,
            applied: participant.applied,
            fresh,
            save,
            losses,
            heartbeat: services.config.heartbeat.as_secs(),
        };
        participant.send(ToBrowser::Opened(Box::new(opened)));
        if let Some(lost) = self.record.as_ref().and_then(|record| record.lost.as_ref())
            && (participant.losses_told < self.saving.losses
                || fresh && participant.losses_told == 0)
        {
            participant.send(ToBrowser::notice(&Problem::lost(lost)));
            participant.losses_told = self.saving.losses.max(1);
        }
        let named = participant.opening.get().file_type.extension();
        let renamed = self.content.as_ref();
        if fresh
            && let Some(note) =
                renamed.and_then(|content| content.note(named, participant.may_change()))
        {
            participant.send(ToBrowser::notice(&note.into()));
        }
        if fresh && loses_password {
            participant.send(ToBrowser::notice(&Problem::password_not_kept()));
        }
        if participant.may_change() && opening_without_callback(participant.opening.get()) {
            participant.send(ToBrowser::notice(&Problem::no_callback()));
        }
        if let Some(Err(problem)) = &self.marks {
            participant.send(ToBrowser::notice(&Problem::not_marked(problem)));
        }
    }

    pub fn on_event(&mut self, event: Option<Event>, events: &mut Option<Events>) {
        match event {
            Some(Event::Invalidated { part, rect }) => self.on_invalidated(part, rect.as_ref()),
            Some(Event::Size {
                width,
                height,
                parts,
            }) => {
                (self.width, self.height) = (width, height);
                self.parts.clone_from(&parts);
                self.tell_all(&ToBrowser::Size {
                    width,
                    height,
                    parts,
                });
            }
            Some(Event::View { view, event }) => self.on_view_event(view, event),
            Some(Event::Died { reason }) => {
                tracing::warn!(key = %self.key, ?reason, "an engine process died");
                *events = None;
                self.on_death(reason);
            }
            // What changes is known from the inputs; see `may_change`.
            Some(_) => {}
            None => {
                *events = None;
                if matches!(self.engine, Engine::Open(_)) {
                    self.on_death(Death::Crashed);
                }
            }
        }
    }

    fn on_invalidated(&mut self, part: i32, rect: Option<&Rect>) {
        // Text documents are painted as one long part.
        let part = if self.kind() == Some(DocumentKind::Word) {
            -1
        } else {
            part
        };
        self.version = self.version.wrapping_add(1);
        self.cache.invalidate(part, rect);
        for (key, painting) in &mut self.paintings {
            painting.stale |= key.touched_by(part, rect);
        }
        self.refresh_viewports(part, rect);
        let version = self.version;
        self.tell_all(&ToBrowser::Invalidate {
            part,
            rect: rect.copied(),
            version,
        });
    }

    fn kind(&self) -> Option<DocumentKind> {
        self.file_type().map(|it| it.kind())
    }

    /// What the document's file is, whatever it is called.
    pub fn file_type(&self) -> Option<FileType> {
        let record = self.record.as_ref()?;
        FileType::parse(&record.file_type).ok()
    }

    fn on_view_event(&mut self, view: ViewId, event: ViewEvent) {
        let shown = self.is_shown(view, &event);
        let owner = self.participants.iter_mut().find(|p| p.view == Some(view));
        if let Some(participant) = owner {
            if !shown {
                return;
            }
            participant.remember(&event);
            participant.send(ToBrowser::View(event));
        } else {
            // Or its participant is gone.
            self.early.push_back((view, event));
            let bytes = |early: &VecDeque<(_, ViewEvent)>| -> usize {
                early.iter().map(|(_, event)| event.weight()).sum()
            };
            while self.early.len() > EARLY || bytes(&self.early) > EARLY_BYTES {
                self.early.pop_front();
            }
        }
    }

    fn on_death(&mut self, reason: Death) {
        let died = self.suspects.engine_died();
        let signal = self.document().and_then(|document| document.death_signal());
        self.engine = Engine::Absent;
        self.early.clear();
        self.cache = TileCache::default();
        self.paintings.clear();
        self.on_invalidated(-1, None);
        for participant in &mut self.participants {
            participant.view = None;
            participant.taken = (participant.applied > 0).then_some(participant.applied);
            participant.in_cell = false;
            // What the engine owed is sent again; late errors find nothing to take off.
            participant.under_way = 0;
            participant.last_events.clear();
        }
        let snapshot_exists = self
            .record
            .as_ref()
            .is_some_and(|record| record.snapshot.is_some());
        let act = died.at.as_ref().map(|(_, act)| act);
        let now = Instant::now();
        if died.guilty.is_some() {
            // It is known why, for this death and the one before, and it does not happen again.
            self.deaths.pop_back();
        } else {
            self.deaths.push_back(now);
        }
        while self
            .deaths
            .front()
            .is_some_and(|at| now - *at > DEATH_WINDOW)
        {
            self.deaths.pop_front();
        }
        let gives_up = self.deaths.len() > DEATHS;
        let outcome = if gives_up {
            DeathOutcome::Closed
        } else if died.guilty.is_some() {
            DeathOutcome::LeftOut
        } else {
            DeathOutcome::Reopened
        };
        self.report_death((reason, signal), &died, outcome);
        let lost = self.saving.engine_died(snapshot_exists);
        let told = Problem::recovered(lost.as_ref(), act, self.services.now());
        let any = lost.is_some();
        self.lose_changes(lost);
        self.fail_forced();
        if self.saving.closing && !self.saving.busy() {
            // The final save ended with it: what the last snapshot holds is given away at once.
            self.finish_close();
        }
        if let (Some(guilty), Some(act)) = (&died.guilty, act) {
            self.convict(&guilty.0, act);
        }
        if gives_up {
            let problem = Problem::engine_gave_up(act);
            tracing::error!(key = %self.key, code = problem.code, "{}", problem.message);
            self.give_up_document(problem);
        } else if let Some(first) = self.participants.first().map(|p| p.id.clone()) {
            self.tell_all(&ToBrowser::Progress {
                stage: Stage::Recovering,
            });
            self.load(&first);
            let losses = self.saving.losses;
            for participant in self.participants.iter_mut().filter(|p| p.online() || !any) {
                participant.send(ToBrowser::notice(&told));
                if any {
                    participant.losses_told = losses;
                }
            }
        }
    }
}

impl Session {
    /// The engine died twice of an input of this participant's; its number is left out from now on.
    fn convict(&mut self, id: &str, act: &Act) {
        tracing::warn!(key = %self.key, participant = id, "an input is left out: the engine died of it twice");
        let Some(participant) = self.participant(id) else {
            return;
        };
        participant.convictions += 1;
        if participant.convictions >= CONVICTIONS {
            participant.send(ToBrowser::failed(&Problem::harmful_inputs(act), true));
            self.leave(id);
        }
    }
}

fn opening_without_callback(opening: &Opening) -> bool {
    opening.callback_url.as_deref().is_none_or(str::is_empty)
}
