//! From an address or a snapshot to a document that the engine has loaded.

use std::path::{Path, PathBuf};

use recto_docs_api::{Content, ContentError, Explain, FileType, Password};
use recto_engine::{Dialect, Document, Events, OpenError, OpenOptions};
use recto_store::{BlobId, Phase, SessionRecord};
use recto_token::{Opening, Verified, seal};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::actor::{Engine, Session};
use crate::config::Services;
use crate::deaths::Unloaded;
use crate::journal::Journal;
use crate::losses;
use crate::messages::Op;
use crate::problem::Problem;
use crate::ways::{Of, Way};
use crate::wire::{Stage, ToBrowser};

/// Whose changes the engine takes those of a version to be; who made them is in the history's list.
const MARKER: &str = "Recto";

/// A file that is ready for the engine.
pub(crate) struct Source {
    /// Removed with the value.
    folder: TempDir,
    content: Content,
    /// Set when the file came from the integrator just now.
    fresh: Option<Verified<Opening>>,
}

impl Source {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("document")
    }

    pub fn file_type(&self) -> FileType {
        self.content.file_type
    }

    /// What the engine is to take it for.
    pub fn opened_as(&self) -> &'static str {
        if self.content.is_page {
            recto_engine::PAGE
        } else {
            self.content.file_type.extension()
        }
    }

    /// Whether it is as the integrator gave it, and not what became of it.
    pub fn is_fresh(&self) -> bool {
        self.fresh.is_some()
    }

    pub fn bytes(&self) -> Option<u64> {
        Some(std::fs::metadata(self.path()).ok()?.len())
    }
}

/// A document that the engine has loaded.
pub(crate) struct Loaded {
    pub document: Document,
    pub events: Events,
    /// The journal's new record, when the file came from the integrator.
    pub record: Option<SessionRecord>,
    /// How many changes were marked since the version before, if that was to be done.
    pub marks: Option<Result<u64, Problem>>,
    /// What the file was found to be.
    pub content: Content,
    /// What opened it, if that was needed.
    pub password: Option<Password>,
}

pub(crate) fn scratch_folder(services: &Services) -> Result<TempDir, Problem> {
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

async fn fetch(services: Services, opening: Verified<Opening>) -> Result<Source, Problem> {
    let room = services.store.room_for(services.config.reserve_bytes).await;
    room.map_err(|error| Problem::of(&error))?;
    let folder = scratch_folder(&services)?;
    let file_type = opening.get().file_type;
    let path = folder.path().join("document");
    services
        .fetcher
        .download(&opening, &path)
        .await
        .map_err(|error| Problem::of(&error))?;
    let content = examine(file_type, &path).await?;
    Ok(Source {
        folder,
        content,
        fresh: Some(opening),
    })
}

/// Finds out what a file is that is called so.
pub(crate) async fn examine(file_type: FileType, path: &Path) -> Result<Content, Problem> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || file_type.examine_file(&path))
        .await
        .unwrap_or(Err(ContentError::Unreadable(std::io::ErrorKind::Other)))
        .map_err(|error| Problem::of(&error))
}

/// A file of the store, ready for the engine. What the server stored itself is what the record says, whatever
/// its text begins with, and may be empty.
pub(crate) async fn restore(
    services: Services,
    (blob, file_type, of): (BlobId, FileType, Of),
) -> Result<Source, Problem> {
    let folder = scratch_folder(&services)?;
    let path = folder.path().join("document");
    services
        .store
        .get_file(&blob, &path)
        .await
        .map_err(|error| Problem::of(&error))?;
    let content = match of {
        Of::Original => examine(file_type, &path).await?,
        Of::Stored => Content::of(file_type),
    };
    Ok(Source {
        folder,
        content,
        fresh: None,
    })
}

async fn load(
    services: Services,
    journal: Journal,
    source: Source,
    (password, dialect): (Option<Password>, Option<Dialect>),
    wanted: Option<Verified<Opening>>,
) -> Result<Box<Loaded>, Box<Unloaded>> {
    let began = Instant::now();
    let path = source.path();
    let title = wanted.as_ref().map(|opening| opening.get().title.clone());
    let options = OpenOptions {
        file_type: source.opened_as(),
        title: title.as_deref().unwrap_or_default(),
        password: password.as_ref(),
        dialect,
    };
    let opened = async {
        match services.engine.open(&path, options).await {
            // A process may have died while it waited: the document's guilt is proved by a second one.
            Err(OpenError::Crashed { .. }) => services.engine.open(&path, options).await,
            opened => opened,
        }
        .map_err(|error| match &error {
            OpenError::Crashed { signal } => (Problem::of(&error), *signal),
            error => (Problem::of(error), None),
        })
    };
    let failed = |problem| {
        Box::new(Unloaded {
            problem,
            source: None,
            features: Vec::new(),
            took: began.elapsed(),
            signal: None,
        })
    };
    // The original is on disk before anybody can write, at no cost in time.
    let kept = async {
        match &source.fresh {
            Some(opening) => keep_original(&services, &journal, &source, opening)
                .await
                .map(Some),
            None => Ok(None),
        }
    };
    let (opened, kept) = tokio::join!(opened, kept);
    match (opened, kept) {
        (Ok((mut document, mut events)), Ok(record)) => {
            let marks = match wanted {
                Some(opening) => mark(&services, &document, &opening).await,
                None => None,
            };
            if let Some(Err(problem)) = &marks
                && problem.code.starts_with("engine.")
            {
                // It is half marked, or its kit is gone.
                document.close().await;
                let again = services.engine.open(&path, options).await;
                (document, events) = again.map_err(|error| failed(Problem::of(&error)))?;
            }
            Ok(Box::new(Loaded {
                password,
                document,
                events,
                record,
                marks,
                content: source.content,
            }))
        }
        (Ok((document, _)), Err(problem)) => {
            document.close().await;
            Err(failed(problem))
        }
        (Err((problem, signal)), kept) => {
            let mut features = Vec::new();
            if let Ok(Some(record)) = kept {
                let losses = record.losses.iter().flat_map(|report| &report.losses);
                features.extend(losses.map(|lost| lost.kind.clone()));
                let (store, key) = (services.store.clone(), record.key);
                let removed = journal.then(async move { store.remove_session(&key).await });
                if let Err(error) = removed.await {
                    tracing::warn!(error = %error.message(), "a record stays behind");
                }
            }
            Err(Box::new(Unloaded {
                problem,
                source: Some(source),
                features,
                took: began.elapsed(),
                signal,
            }))
        }
    }
}

/// Marks a version of the history against the one before, if that was signed.
async fn mark(
    services: &Services,
    document: &Document,
    opening: &Verified<Opening>,
) -> Option<Result<u64, Problem>> {
    let previous = opening.get().previous.as_ref()?;
    let file_type = FileType::parse(previous.file_type.as_deref()?).ok()?;
    let marked = async {
        let folder = scratch_folder(services)?;
        let path = folder.path().join("previous");
        let fetched = services.fetcher.download_previous(opening, &path).await;
        fetched
            .ok_or_else(Problem::no_text)?
            .map_err(|error| Problem::of(&error))?;
        let file_type = examine(file_type, &path).await?.file_type;
        document
            .mark_since(MARKER, &path, file_type.extension())
            .await
            .map_err(|error| Problem::of(&error))
    };
    let marked = marked.await;
    if let Err(problem) = &marked {
        tracing::warn!(key = %opening.get().key, code = problem.code, message = %problem.message,
            "a version is shown without what changed");
    }
    Some(marked)
}

async fn keep_original(
    services: &Services,
    journal: &Journal,
    source: &Source,
    opening: &Verified<Opening>,
) -> Result<SessionRecord, Problem> {
    let path = source.path();
    let (original, losses) = tokio::join!(
        services.store.put_file(&path),
        losses::look(&path, source.content.file_type, services.config.macros),
    );
    let original = original.map_err(|error| Problem::of(&error))?;
    let now = services.now();
    let record = SessionRecord {
        key: opening.get().key.clone(),
        opening: seal(&services.keys, opening),
        last_changer: None,
        last_user: None,
        file_type: source.content.file_type.extension().into(),
        original,
        snapshot: None,
        changed: false,
        changes: Vec::new(),
        unsaved: None,
        lost: None,
        losses,
        phase: Phase::Open,
        attempts: 0,
        next_attempt: None,
        result: None,
        created: now,
        updated: now,
        generation: 0,
    };
    let store = services.store.clone();
    let written = journal.then(async move { store.save_session(&record).await.map(|()| record) });
    written.await.map_err(|error| Problem::of(&error))
}

impl Session {
    pub fn load(&mut self, id: &str) {
        self.engine = Engine::Loading;
        self.document_number += 1;
        let services = self.services.clone();
        let stored = self.stored();
        let known = self.record.is_some();
        let Some(participant) = self.participant(id) else {
            return;
        };
        let opening = participant.opening.clone();
        match stored {
            Some(stored) => {
                participant.send(ToBrowser::Progress {
                    stage: Stage::Recovering,
                });
                self.start(
                    async move { Op::Fetched(restore(services, stored).await.map(Box::new)) },
                );
            }
            None if known => {
                let problem = Problem::unknown_type();
                self.start(async move { Op::Fetched(Err(problem)) });
            }
            None => {
                participant.send(ToBrowser::Progress {
                    stage: Stage::Downloading,
                });
                self.start(
                    async move { Op::Fetched(fetch(services, opening).await.map(Box::new)) },
                );
            }
        }
    }

    /// The document as it was stored last, or else as it was fetched.
    pub fn stored(&self) -> Option<(BlobId, FileType, Of)> {
        let record = self.record.as_ref()?;
        let file_type = FileType::parse(&record.file_type).ok()?;
        Some(match &record.snapshot {
            Some(snapshot) => (snapshot.clone(), file_type.saved_as(), Of::Stored),
            None => (record.original.clone(), file_type, Of::Original),
        })
    }

    pub fn on_fetched(&mut self, source: Result<Box<Source>, Problem>) {
        match source {
            Ok(source) => {
                let password = self.password.clone();
                self.load_source(*source, password);
            }
            Err(problem) => self.on_load_failed(&problem, &[]),
        }
    }

    /// Has the engine load a file that is ready for it.
    pub fn load_source(&mut self, source: Source, password: Option<Password>) {
        self.engine = Engine::Loading;
        self.tell_all(&ToBrowser::Progress {
            stage: Stage::Opening,
        });
        let services = self.services.clone();
        let first = self.participants.first();
        let opening = first.map(|participant| participant.opening.clone());
        let journal = self.journal.clone();
        let known = (password, self.dialect);
        self.start(
            async move { Op::Loaded(load(services, journal, source, known, opening).await) },
        );
    }

    /// Nobody can take part in a document that cannot be loaded; its record stays as it is.
    pub fn on_load_failed(&mut self, problem: &Problem, ways: &[Way]) {
        tracing::warn!(key = %self.key, code = problem.code, message = %problem.message, hint = %problem.hint,
            "a document could not be opened");
        self.engine = Engine::Absent;
        self.tell_ended(problem, ways);
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
                self.forget_record();
            }
        }
    }
}
