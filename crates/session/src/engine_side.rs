//! Loading, views, events, inputs and painting: what a session does with its engine process.

use std::time::Duration;

use rand::RngCore;
use recto_docs_api::{DocumentKind, Explain, FileType};
use recto_engine::{
    Document, Event, Input, InputError, MouseAction, OpenError, OpenOptions, Rect, ViewEvent,
    ViewId, ViewOptions,
};
use recto_store::{BlobId, Phase, SessionRecord};
use recto_token::{Opening, Verified, issue_session, seal};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::actor::{Engine, Op, Painting, Session};
use crate::config::Services;
use crate::participant::{Outgoing, Outlet};
use crate::problem::Problem;
use crate::tiles::{Tile, TileCache, TileKey, encode};
use crate::wire::{DocumentState, Opened, Stage, ToBrowser, UserState};

/// Paintings under way at a time: enough to keep the engine busy, few enough that a key press does
/// not wait behind them.
const PAINTINGS: usize = 3;
/// An engine process may die this often within [`DEATH_WINDOW`] before the document is given up.
const DEATHS: usize = 3;
const DEATH_WINDOW: Duration = Duration::from_secs(300);
/// The engine's key codes.
const KEY_RETURN: u32 = 1280;
const KEY_DELETE: u32 = 1286;

/// A file that is ready for the engine.
pub(crate) struct Source {
    /// Removed with the value.
    folder: TempDir,
    file_type: FileType,
    /// Set when the file came from the integrator just now.
    fresh: Option<Verified<Opening>>,
    base: String,
}

/// A document that the engine has loaded.
pub(crate) struct Loaded {
    document: Document,
    events: mpsc::Receiver<Event>,
    /// The journal's new record, when the file came from the integrator.
    record: Option<SessionRecord>,
}

/// 128 bits from the system's generator, in hexadecimal.
pub(crate) fn random_id() -> String {
    let mut bytes = [0_u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn scratch_folder(services: &Services) -> Result<TempDir, Problem> {
    tempfile::Builder::new()
        .prefix("load-")
        .tempdir_in(&services.scratch)
        .map_err(|error| Problem {
            code: "server.scratch",
            message: format!("The server cannot write to its folder for temporary files: {error}."),
            hint:
                "Ask the server's administrator to check free space and rights of the data folder."
                    .into(),
            editor_error: -82,
        })
}

async fn fetch(
    services: Services,
    opening: Verified<Opening>,
    base: String,
) -> Result<Source, Problem> {
    let folder = scratch_folder(&services)?;
    let file_type = opening.get().file_type;
    let path = folder.path().join("document");
    let downloaded = services
        .fetcher
        .download(&opening, &path)
        .await
        .map_err(|error| Problem::of(&error))?;
    file_type
        .check_content(&downloaded.head, downloaded.bytes)
        .map_err(|error| Problem::of(&error))?;
    Ok(Source {
        folder,
        file_type,
        fresh: Some(opening),
        base,
    })
}

async fn restore(services: Services, blob: BlobId, file_type: FileType) -> Result<Source, Problem> {
    let folder = scratch_folder(&services)?;
    let path = folder.path().join("document");
    services
        .store
        .get_file(&blob, &path)
        .await
        .map_err(|error| Problem::of(&error))?;
    Ok(Source {
        folder,
        file_type,
        fresh: None,
        base: String::new(),
    })
}

async fn load(services: Services, source: Source) -> Result<Box<Loaded>, Problem> {
    let path = source.folder.path().join("document");
    let options = OpenOptions {
        file_type: source.file_type.extension(),
    };
    let opened = async {
        match services.engine.open(&path, options).await {
            // A process may have died while it waited: the document's guilt is proved by a second one.
            Err(OpenError::Crashed) => services.engine.open(&path, options).await,
            opened => opened,
        }
        .map_err(|error| Problem::of(&error))
    };
    // The original is on disk before anybody can write, at no cost in time.
    let kept = async {
        match &source.fresh {
            Some(opening) => keep_original(&services, &path, opening, &source.base)
                .await
                .map(Some),
            None => Ok(None),
        }
    };
    let (opened, kept) = tokio::join!(opened, kept);
    match (opened, kept) {
        (Ok((document, events)), Ok(record)) => Ok(Box::new(Loaded {
            document,
            events,
            record,
        })),
        (Ok((document, _)), Err(problem)) => {
            document.close().await;
            Err(problem)
        }
        (Err(problem), kept) => {
            if let Ok(Some(record)) = kept
                && let Err(error) = services.store.remove_session(&record.key).await
            {
                tracing::warn!(key = %record.key, error = %error.message(), "a record stays behind");
            }
            Err(problem)
        }
    }
}

async fn keep_original(
    services: &Services,
    path: &std::path::Path,
    opening: &Verified<Opening>,
    base: &str,
) -> Result<SessionRecord, Problem> {
    let original = services
        .store
        .put_file(path)
        .await
        .map_err(|error| Problem::of(&error))?;
    let now = services.now();
    let record = SessionRecord {
        key: opening.get().key.clone(),
        opening: seal(&services.keys, opening),
        last_changer: None,
        last_user: None,
        file_type: opening.get().file_type.extension().into(),
        original,
        snapshot: None,
        changed: false,
        phase: Phase::Open,
        attempts: 0,
        next_attempt: None,
        result: None,
        base_url: base.into(),
        created: now,
        updated: now,
        generation: 0,
    };
    services
        .store
        .save_session(&record)
        .await
        .map_err(|error| Problem::of(&error))?;
    Ok(record)
}

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
            Engine::Open(document) => {
                let document = document.clone();
                self.make_view(id, document);
            }
        }
    }

    fn load(&mut self, id: &str) {
        self.engine = Engine::Loading;
        self.document_number += 1;
        let services = self.services.clone();
        let stored = self.record.as_ref().map(|record| {
            let (blob, file_type) = match &record.snapshot {
                Some(snapshot) => (
                    snapshot.clone(),
                    FileType::parse(&record.file_type).map(|it| it.saved_as()),
                ),
                None => (record.original.clone(), FileType::parse(&record.file_type)),
            };
            (blob, file_type)
        });
        let Some(participant) = self.participant(id) else {
            return;
        };
        let opening = participant.opening.clone();
        match stored {
            Some((blob, Ok(file_type))) => {
                participant.send(ToBrowser::Progress {
                    stage: Stage::Recovering,
                });
                self.start(async move {
                    Op::Fetched(restore(services, blob, file_type).await.map(Box::new))
                });
            }
            Some((_, Err(error))) => {
                let problem = Problem::of(&error);
                self.start(async move { Op::Fetched(Err(problem)) });
            }
            None => {
                participant.send(ToBrowser::Progress {
                    stage: Stage::Downloading,
                });
                let base = self.base.clone();
                self.start(async move {
                    Op::Fetched(fetch(services, opening, base).await.map(Box::new))
                });
            }
        }
    }

    pub async fn on_fetched(&mut self, source: Result<Box<Source>, Problem>) {
        match source {
            Ok(source) => {
                self.tell_all(&ToBrowser::Progress {
                    stage: Stage::Opening,
                });
                let services = self.services.clone();
                self.start(async move { Op::Loaded(load(services, *source).await) });
            }
            Err(problem) => self.on_load_failed(&problem).await,
        }
    }

    pub fn on_loaded(&mut self, loaded: Loaded) -> mpsc::Receiver<Event> {
        let Loaded {
            document,
            events,
            record,
        } = loaded;
        if record.is_some() {
            self.record = record;
        }
        let info = document.info();
        (self.width, self.height) = (info.width, info.height);
        self.parts.clone_from(&info.parts);
        tracing::info!(key = %self.key, kit = document.kit_pid(), "document loaded");
        self.engine = Engine::Open(document.clone());
        let ids: Vec<_> = self.participants.iter().map(|p| p.id.clone()).collect();
        for id in ids {
            self.make_view(&id, document.clone());
        }
        events
    }

    /// Nobody can take part in a document that cannot be loaded; its record stays as it is.
    pub async fn on_load_failed(&mut self, problem: &Problem) {
        tracing::warn!(key = %self.key, code = problem.code, message = %problem.message, hint = %problem.hint,
            "a document could not be opened");
        self.engine = Engine::Absent;
        self.tell_all(&ToBrowser::failed(problem, true));
        for participant in self.participants.drain(..) {
            if let Some(outlet) = participant.outlet {
                outlet.close();
            }
        }
        if self
            .record
            .as_ref()
            .is_some_and(|record| record.phase == Phase::Open)
        {
            if self.saving.changed {
                // What is stored is still owed to the integrator.
                self.editors_left_at = Some(Instant::now());
            } else {
                self.forget_record().await;
            }
        }
    }

    fn make_view(&mut self, id: &str, document: Document) {
        let number = self.document_number;
        let Some(participant) = self.participant(id) else {
            return;
        };
        let options = ViewOptions {
            author: participant.name.clone(),
            lang: participant
                .opening
                .get()
                .lang
                .clone()
                .unwrap_or_else(|| "en".into()),
            read_only: !participant.may_edit(),
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
            return;
        }
        let known = self.participant(id).is_some();
        match (view, known) {
            (Ok(view), true) => {
                let again = self.delivery.announced.contains(id);
                if let Some(participant) = self.participant(id) {
                    participant.view = Some(view);
                }
                self.send_opened(id, true);
                self.tell_presence();
                if !again {
                    self.announce(id);
                }
            }
            (Ok(view), false) => {
                if let Some(document) = self.document() {
                    self.close_view(document, view, false);
                }
            }
            // The death of the engine process has its own event, and its own remedy.
            (Err(problem), _) => {
                tracing::warn!(key = %self.key, code = problem.code, "no view could be made")
            }
        }
    }

    /// Destroys a view. A cell that is still being edited is entered first, or its text is lost.
    pub fn close_view(&self, document: Document, view: ViewId, enter: bool) {
        self.start(async move {
            if enter {
                let key = Input::Key {
                    char: 0,
                    code: KEY_RETURN,
                };
                if let Err(error) = document.input(view, key).await {
                    tracing::debug!(%error, "a cell could not be entered");
                }
            }
            if let Err(error) = document.destroy_view(view).await {
                tracing::debug!(%error, "a view was not destroyed");
            }
            Op::Nothing
        });
    }

    /// Sends the whole state that a browser starts from; `fresh` if its view is new.
    pub fn send_opened(&mut self, id: &str, fresh: bool) {
        let participants = self.presences();
        let save = self.save_report();
        let services = &self.services;
        let Some(participant) = self.participants.iter_mut().find(|p| p.id == id) else {
            return;
        };
        let Some(view) = participant.view else { return };
        let opening = participant.opening.get();
        let opened = Opened {
            participant: participant.id.clone(),
            view,
            session: issue_session(
                &services.keys,
                &participant.opening,
                &participant.id,
                services.now(),
            ),
            document: DocumentState {
                key: self.key.clone(),
                title: opening.title.clone(),
                file_type: opening.file_type.extension().into(),
                kind: opening.file_type.kind(),
                parts: self.parts.clone(),
                width: self.width,
                height: self.height,
            },
            access: opening.access,
            copy: participant.may_copy(),
            download: opening.permissions.download != Some(false),
            user: UserState {
                id: participant.user_id.clone(),
                name: participant.name.clone(),
            },
            lang: opening.lang.clone().unwrap_or_else(|| "en".into()),
            participants,
            applied: participant.applied,
            fresh,
            save,
            heartbeat: services.config.heartbeat.as_secs(),
        };
        participant.send(ToBrowser::Opened(Box::new(opened)));
        if participant.may_edit() && opening_without_callback(participant.opening.get()) {
            participant.send(ToBrowser::notice(&Problem::no_callback()));
        }
    }

    pub fn on_event(&mut self, event: Option<Event>, events: &mut Option<mpsc::Receiver<Event>>) {
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
            Some(Event::View { view, event }) => {
                let owner = self.participants.iter_mut().find(|p| p.view == Some(view));
                if let Some(participant) = owner {
                    participant.remember(&event);
                    participant.send(ToBrowser::View(event));
                }
            }
            // The end of a kit that was let go is no death.
            Some(Event::Died { .. }) if matches!(self.engine, Engine::Absent) => *events = None,
            Some(Event::Died { reason }) => {
                tracing::warn!(key = %self.key, ?reason, "an engine process died");
                *events = None;
                self.on_death();
            }
            // What changes is known from the inputs; see `may_change`.
            Some(_) => {}
            None => {
                *events = None;
                if matches!(self.engine, Engine::Open(_)) {
                    self.on_death();
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
        let record = self.record.as_ref()?;
        FileType::parse(&record.file_type).ok().map(|it| it.kind())
    }

    fn on_death(&mut self) {
        self.engine = Engine::Absent;
        self.cache = TileCache::default();
        self.paintings.clear();
        self.on_invalidated(-1, None);
        for participant in &mut self.participants {
            participant.view = None;
            participant.taken = (participant.applied > 0).then_some(participant.applied);
            participant.in_cell = false;
            participant.last_events.clear();
        }
        let snapshot_exists = self
            .record
            .as_ref()
            .is_some_and(|record| record.snapshot.is_some());
        self.saving.engine_died(snapshot_exists);
        let now = Instant::now();
        self.deaths.push_back(now);
        while self
            .deaths
            .front()
            .is_some_and(|at| now - *at > DEATH_WINDOW)
        {
            self.deaths.pop_front();
        }
        if self.deaths.len() > DEATHS {
            let problem = Problem::engine_gave_up();
            tracing::error!(key = %self.key, code = problem.code, "{}", problem.message);
            self.tell_all(&ToBrowser::failed(&problem, true));
            let ids: Vec<_> = self.participants.iter().map(|p| p.id.clone()).collect();
            for id in ids {
                self.leave(&id);
            }
        } else if let Some(first) = self.participants.first().map(|p| p.id.clone()) {
            let lost = self.saving.seconds_since_stored();
            self.tell_all(&ToBrowser::Progress {
                stage: Stage::Recovering,
            });
            self.load(&first);
            self.tell_all(&ToBrowser::notice(&Problem::recovered(lost)));
        }
    }

    pub fn on_input(&mut self, id: &str, seq: u64, input: Input) {
        // Without an engine the input is not taken: the browser sends it again after `opened`.
        let Some(document) = self.document() else {
            return;
        };
        let Some(participant) = self.participant(id) else {
            return;
        };
        let Some(view) = participant.view else { return };
        if participant.taken.is_some_and(|taken| seq <= taken) {
            let seq = participant.applied;
            participant.send(ToBrowser::Ack { seq });
            return;
        }
        participant.taken = Some(seq);
        let selected = matches!(
            participant.last_events.get("graphic"),
            Some(ViewEvent::Graphic { rect: Some(_), .. })
        );
        let changes = participant.may_edit() && may_change(&input, selected);
        let sent = document.send_input(view, input);
        let id = id.to_owned();
        self.start(async move {
            let result = match sent {
                Ok(pending) => pending.await.map_err(InputError::from),
                Err(denied) => Err(InputError::Denied(denied)),
            };
            Op::Applied {
                participant: id,
                seq,
                changes,
                result,
            }
        });
    }

    pub fn on_applied(
        &mut self,
        id: &str,
        seq: u64,
        changes: bool,
        result: Result<(), InputError>,
    ) {
        let Some(participant) = self.participant(id) else {
            return;
        };
        match result {
            Ok(()) => {
                participant.applied = participant.applied.max(seq);
                participant.send(ToBrowser::Ack { seq });
                if changes {
                    let changer = participant.changer();
                    self.touch(changer);
                }
            }
            Err(InputError::Denied(denied)) => {
                participant.applied = participant.applied.max(seq);
                participant.send(ToBrowser::Denied {
                    seq,
                    code: denied.code().into(),
                    message: denied.message(),
                    hint: denied.hint(),
                });
            }
            // Not applied: the browser sends it again when the engine is back.
            Err(_) => {}
        }
    }

    pub fn on_copy(&mut self, id: &str, question: u64, cut: bool) {
        let Some(participant) = self.participant(id) else {
            return;
        };
        let (view, may_copy, may_edit) = (
            participant.view,
            participant.may_copy(),
            participant.may_edit(),
        );
        let changer = participant.changer();
        let id = id.to_owned();
        match (view, self.document()) {
            (Some(view), Some(document)) if may_copy => {
                let cut = cut && may_edit;
                if cut {
                    self.touch(changer);
                }
                self.start(async move {
                    let selection = document.selection(view).await.ok();
                    if cut {
                        let key = Input::Key {
                            char: 0,
                            code: KEY_DELETE,
                        };
                        if let Err(error) = document.input(view, key).await {
                            tracing::debug!(%error, "a selection was copied but not cut");
                        }
                    }
                    Op::Selected {
                        participant: id,
                        id: question,
                        selection,
                    }
                });
            }
            _ => self.start(async move {
                Op::Selected {
                    participant: id,
                    id: question,
                    selection: None,
                }
            }),
        }
    }

    pub fn on_query(&mut self, id: &str, question: u64, command: String) {
        let Some(view) = self.participant(id).and_then(|p| p.view) else {
            return;
        };
        let Some(document) = self.document() else {
            return;
        };
        let id = id.to_owned();
        self.start(async move {
            let values = match document.query(view, &command).await {
                Ok(values) => values,
                Err(error) => {
                    tracing::debug!(%error, "a query was not answered");
                    serde_json::Value::Null
                }
            };
            Op::Queried {
                participant: id,
                id: question,
                command,
                values,
            }
        });
    }

    /// Sends tiles that exist and has the engine paint those that don't, as far as there is room.
    pub fn pump_tiles(&mut self) {
        let Some(document) = self.document() else {
            return;
        };
        let mut progress = true;
        while progress {
            progress = false;
            for index in 0..self.participants.len() {
                progress |= self.pump_one_tile(index, &document);
            }
        }
    }

    fn pump_one_tile(&mut self, index: usize, document: &Document) -> bool {
        let participant = &mut self.participants[index];
        let (Some(outlet), Some(view)) = (&participant.outlet, participant.view) else {
            return false;
        };
        if participant.tiles.is_empty() {
            return false;
        }
        let Some(permit) = outlet.tile_permit() else {
            if !participant.waits_for_room {
                participant.waits_for_room = true;
                let (outlet, id): (Outlet, String) = (outlet.clone(), participant.id.clone());
                self.start(async move {
                    outlet.tile_room().await;
                    Op::TileRoom { participant: id }
                });
            }
            return false;
        };
        let Some(key) = participant.tiles.next() else {
            return false;
        };
        if let Some(tile) = self.cache.get(key) {
            if !participant.tiles.has(key, tile.hash) {
                permit.send(Outgoing::Tile(tile.frame.clone()));
                participant.tiles.sent(key, tile.hash);
            }
            return true;
        }
        let room = self.paintings.len() < PAINTINGS;
        match self.paintings.get_mut(&key) {
            Some(painting) if !painting.stale => {
                painting.waiting.push(participant.id.clone());
                return true;
            }
            None if room => {}
            _ => {
                participant.tiles.put_back(key);
                return false;
            }
        }
        let waiting = vec![participant.id.clone()];
        self.paintings.insert(
            key,
            Painting {
                waiting,
                stale: false,
            },
        );
        let (version, number) = (self.version, self.document_number);
        let painted = document.paint(view, key.into());
        self.start(async move {
            let tile = match painted.await {
                Ok(pixels) => tokio::task::spawn_blocking(move || encode(key, version, &pixels))
                    .await
                    .ok(),
                Err(error) => {
                    tracing::debug!(%error, "a tile was not painted");
                    None
                }
            };
            Op::Painted {
                key,
                document: number,
                tile,
            }
        });
        true
    }

    pub fn on_painted(&mut self, key: TileKey, number: u64, tile: Option<Tile>) {
        if number != self.document_number {
            return;
        }
        let Some(painting) = self.paintings.remove(&key) else {
            return;
        };
        let Some(tile) = tile else { return };
        for id in painting.waiting {
            let Some(participant) = self.participants.iter_mut().find(|p| p.id == id) else {
                continue;
            };
            if participant.tiles.has(key, tile.hash) {
                continue;
            }
            match participant.outlet.as_ref().and_then(Outlet::tile_permit) {
                Some(permit) => {
                    permit.send(Outgoing::Tile(tile.frame.clone()));
                    participant.tiles.sent(key, tile.hash);
                }
                None => participant.tiles.put_back(key),
            }
        }
        if !painting.stale {
            self.cache.insert(key, tile);
        }
    }
}

fn opening_without_callback(opening: &Opening) -> bool {
    opening.callback_url.as_deref().is_none_or(str::is_empty)
}

/// Whether an input of an editor may change the document. Saying yes too often costs a snapshot;
/// saying no too often would lose an edit.
fn may_change(input: &Input, object_selected: bool) -> bool {
    const CTRL: u32 = 0x2000;
    const MODIFIERS: u32 = 0x7000;
    match input {
        Input::Text { .. }
        | Input::Erase { .. }
        | Input::Paste { .. }
        | Input::Cell { .. }
        | Input::Graphic { .. } => true,
        Input::Compose { .. } | Input::Select { .. } | Input::Part { .. } | Input::Area { .. } => {
            false
        }
        Input::Mouse { action, .. } => *action == MouseAction::Up && object_selected,
        Input::Command { name, .. } => !matches!(name.as_str(), ".uno:SelectAll" | ".uno:GoToCell"),
        Input::Key { char, code } => {
            // 1024 to 1031 move; Ctrl+A selects.
            let key = code & !MODIFIERS;
            let moves = (1024..=1031).contains(&key) || (code & CTRL != 0 && key == 512);
            !moves && (*char != 0 || key >= 1280 || code & CTRL != 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_changes_and_moving_does_not() {
        let key = |char, code| Input::Key { char, code };
        assert!(may_change(&key(u32::from('a'), 512), false));
        assert!(may_change(&key(0, 1283), false), "backspace");
        assert!(may_change(&key(0, 0x2000 | 537), false), "Ctrl+Z");
        assert!(!may_change(&key(0, 1024), false), "down");
        assert!(!may_change(&key(0, 0x1000 | 1027), false), "Shift+Right");
        assert!(!may_change(&key(0, 0x2000 | 512), false), "Ctrl+A");
        assert!(!may_change(&Input::Compose { text: "´".into() }, false));
    }

    #[test]
    fn w6_ids_are_long_and_differ() {
        assert_eq!(random_id().len(), 32);
        assert_ne!(random_id(), random_id());
    }
}
