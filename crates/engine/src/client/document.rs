//! One open document.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use recto_docs_api::DocumentKind;
use recto_package::{FileName, Kept, PackageError};
use serde::Serialize;
use serde_json::Value;

use super::OpenOptions;
use super::dialect::Dialect;
use super::link::{Link, Painted, Pending, Reply, lock, unexpected};
use super::pixels::TileRequest;
use super::queue::Events;
use super::saved;
use super::{comments, csv, page};
use crate::error::{EngineError, InputDenied, InputError, OpenError, SaveError};
use crate::event::{Death, Part, ViewId, measure};
use crate::formats;
use crate::input::Input;
use crate::json;
use crate::picture;
use crate::protocol::{Answer, Call, Filled, Lock, Paint};
use crate::rights::ViewRights;
use crate::rules;

/// The largest answer to a query, in bytes of memory; a larger one is none.
const LONGEST_VALUES: usize = 16 << 20;

/// What is known of a document since it was loaded. Later sizes come as [`crate::Event::Size`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentInfo {
    /// What it is edited as.
    pub kind: DocumentKind,
    /// Sheets or slides; a text has one part.
    pub parts: Vec<Part>,
    /// In twips.
    pub width: i64,
    /// In twips.
    pub height: i64,
    /// Fonts that it names and the server does not have.
    pub missing_fonts: Vec<MissingFont>,
}

/// A font that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MissingFont {
    /// As the document names it.
    pub name: String,
    /// The font that stands in for it.
    pub shown_as: String,
}

/// Whose view it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewOptions {
    /// The name that changes and comments carry.
    pub author: String,
    /// A language tag such as `de-DE`.
    pub lang: String,
    /// What it may do; other inputs are refused.
    pub rights: ViewRights,
}

/// What an input did to the document, as far as the engine tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It may have changed something or not.
    Unknown,
    /// It changed something.
    Changed,
    /// It changed nothing.
    Unchanged,
    /// It deleted what was selected, if anything was.
    Cut {
        /// What was selected.
        selection: Selection,
        /// Whether anything was deleted.
        deleted: bool,
    },
}

/// What is selected in a view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// As plain text.
    pub text: Option<String>,
    /// As HTML.
    pub html: Option<String>,
}

/// An open document. When the last clone is dropped, its kit ends.
#[derive(Clone)]
pub struct Document(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) kit: Arc<Link>,
    pub(super) info: DocumentInfo,
    views: Mutex<HashMap<ViewId, ViewOptions>>,
    pub(super) copies: AtomicU64,
    /// Held while a copy of the kit saves, or a protected document is saved in its place.
    pub(super) beside: tokio::sync::Mutex<()>,
    /// What the save before took; what loading took before the first.
    pub(super) cost: Mutex<Duration>,
    pub(super) kept: Arc<Kept>,
    protected: Option<Protected>,
    /// How a text of values is written, which is kept when it is saved.
    dialect: Option<Mutex<Dialect>>,
}

/// A document that opens with a password.
struct Protected {
    /// Its file's name in the kit's folder, where LibreOffice saves it with its password.
    name: String,
    file_type: String,
}

impl Document {
    pub(super) async fn open(
        kit: Arc<Link>,
        file: &Path,
        options: OpenOptions<'_>,
        protected: bool,
        kind: DocumentKind,
        limit: Duration,
    ) -> Result<(Self, Events), OpenError> {
        let extension = options.file_type;
        let (name, kept) = bring(&kit, file, options).await?;
        let (path, of) = (file.to_owned(), extension.to_owned());
        let tracks = tokio::task::spawn_blocking(move || saved::tracks_changes(&path, &of))
            .await
            .unwrap_or(None);
        let dialect = dialect_of(file, options).await?;
        let pace = kit.pace();
        let begun = Instant::now();
        let load = Call::Load {
            name: name.clone(),
            tracks,
            pace,
            lock: Lock {
                protected,
                password: options.password.cloned(),
            },
        };
        let loaded = kit
            .ask_within(load, limit, |reply| match reply {
                Reply::Answer(Answer::Loaded {
                    kind,
                    size,
                    fonts,
                    locked,
                    ..
                }) => Ok(Some((kind, size, fonts, locked))),
                Reply::Answer(Answer::Locked) => Ok(None),
                _ => Err(unexpected()),
            })
            .await;
        let (loaded, size, fonts, locked) = match loaded {
            Ok(Some(loaded)) => loaded,
            Ok(None) if options.password.is_some() => return Err(OpenError::WrongPassword),
            Ok(None) => return Err(OpenError::Encrypted),
            Err(EngineError::Gone) => {
                return Err(match kit.death() {
                    Some(Death::Hung) => OpenError::TimedOut,
                    _ => OpenError::Crashed {
                        signal: kit.signal(),
                    },
                });
            }
            Err(EngineError::Failed(_)) => return Err(refused(file, extension).await),
            Err(error) => return Err(error.into()),
        };
        let cost = begun.elapsed();
        // A text renamed to .xlsx loads as what it is.
        if loaded != formats::number(kind) {
            return Err(OpenError::Damaged);
        }
        let (width, height, parts) = measure(size);
        let events = Events::of(Arc::clone(&kit.events));
        let info = DocumentInfo {
            kind,
            parts,
            width,
            height,
            missing_fonts: fonts
                .into_iter()
                .map(|(name, shown_as)| MissingFont { name, shown_as })
                .collect(),
        };
        let protected = (locked || protected).then(|| Protected {
            name,
            file_type: extension.to_owned(),
        });
        let views = Mutex::default();
        let copies = AtomicU64::new(0);
        Ok((
            Self(Arc::new(Inner {
                kit,
                info,
                views,
                copies,
                beside: tokio::sync::Mutex::default(),
                cost: Mutex::new(cost),
                kept: Arc::new(kept),
                protected,
                dialect: dialect.map(Mutex::new),
            })),
            events,
        ))
    }

    /// As of loading.
    pub fn info(&self) -> &DocumentInfo {
        &self.0.info
    }

    /// The signal that ended the kit, if it has ended, by none of ours, and that is known.
    pub fn death_signal(&self) -> Option<i32> {
        self.0.kit.signal()
    }

    /// The kit's process, as the server's process namespace numbers it.
    pub fn kit_pid(&self) -> u32 {
        self.0.kit.ready.pid
    }

    /// Opens a view for a participant. Its first events are its whole state.
    pub async fn create_view(&self, options: ViewOptions) -> Result<ViewId, EngineError> {
        let call = Call::CreateView {
            author: options.author.clone(),
            lang: options.lang.clone(),
            rights: options.rights.clone(),
        };
        let view = self
            .0
            .kit
            .ask(call, |reply| match reply {
                Reply::Answer(Answer::View(view)) => Ok(view),
                _ => Err(unexpected()),
            })
            .await?;
        lock(&self.0.views).insert(view, options);
        Ok(view)
    }

    /// Closes a participant's view.
    pub async fn destroy_view(&self, view: ViewId) -> Result<(), EngineError> {
        if lock(&self.0.views).remove(&view).is_none() {
            return Err(EngineError::Impossible("the view does not exist"));
        }
        self.0
            .kit
            .ask(Call::DestroyView { view }, Reply::done)
            .await
    }

    /// Changes what a view may do, from the next input on.
    pub fn set_rights(&self, view: ViewId, rights: ViewRights) {
        if let Some(known) = lock(&self.0.views).get_mut(&view) {
            known.rights = rights.clone();
            // The kit's death, if that is the answer, has an event of its own.
            drop(
                self.0
                    .kit
                    .ask(Call::SetRights { view, rights }, Reply::done),
            );
        }
    }

    /// Gives an input to the engine and waits until it was carried out.
    pub async fn input(&self, view: ViewId, input: Input) -> Result<(), InputError> {
        self.send_input(view, input)?.await.map(|_| ())
    }

    /// Whether an input is a command that leaves a document as it is, no matter who gives it.
    pub fn only_reads(&self, input: &Input) -> bool {
        rules::only_reads(self.0.info.kind, input)
    }

    /// Gives an input to the engine. Inputs are carried out in the order of these calls; the
    /// future resolves when this one was.
    pub fn send_input(
        &self,
        view: ViewId,
        mut input: Input,
    ) -> Result<Pending<Effect, InputError>, InputDenied> {
        picture::settle(&mut input)?;
        let views = lock(&self.0.views);
        let options = views.get(&view).ok_or(InputDenied::NoView)?;
        rules::check(self.0.info.kind, &options.rights, &input)?;
        rules::sign(&mut input, &options.author);
        let call = Call::Input { view, input };
        // Asked while the lock is held, so that no change of rights comes in between.
        Ok(self.0.kit.ask(call, |reply| match reply {
            Reply::Answer(Answer::NotThisComment) => Err(InputDenied::OtherComment.into()),
            Reply::Answer(Answer::NotThisChange) => Err(InputDenied::OtherChange.into()),
            Reply::Answer(Answer::Field(filled)) => effect(filled),
            Reply::Answer(Answer::Cut {
                text,
                html,
                deleted,
            }) => Ok(Effect::Cut {
                selection: Selection { text, html },
                deleted,
            }),
            other => other
                .done()
                .map(|()| Effect::Unknown)
                .map_err(InputError::from),
        }))
    }

    /// Has a tile painted as a view sees it. The future is independent of this borrow.
    pub fn paint(
        &self,
        view: ViewId,
        request: TileRequest,
    ) -> impl Future<Output = Result<Painted, EngineError>> + Send + 'static {
        let kit = Arc::clone(&self.0.kit);
        let known = lock(&self.0.views).contains_key(&view);
        async move {
            let (x, y) = request.corner()?;
            if !known {
                return Err(EngineError::Impossible("the view does not exist"));
            }
            let TileRequest {
                part,
                pixels,
                twips,
                ..
            } = request;
            let paint = Paint {
                view,
                slot: 0,
                part,
                pixels,
                twips,
                x,
                y,
            };
            kit.paint(paint).await
        }
    }

    /// The engine's values of a command on the allow-list (`getCommandValues`).
    pub async fn query(&self, view: ViewId, command: &str) -> Result<Value, EngineError> {
        rules::check_query(command)
            .map_err(|_| EngineError::QueryDenied(command.chars().take(100).collect()))?;
        self.known(view)?;
        let convert = |reply| match reply {
            Reply::Answer(Answer::Values(values)) => Ok(values),
            _ => Err(unexpected()),
        };
        let values = self
            .0
            .kit
            .ask(
                Call::Query {
                    view,
                    command: command.into(),
                },
                convert,
            )
            .await?;
        // Some answers are no JSON at all when the question does not apply.
        let mut values = values
            .and_then(|text| json::read(&text, LONGEST_VALUES))
            .unwrap_or(Value::Null);
        if command == comments::COMMENTS {
            comments::plain(&mut values);
        }
        Ok(values)
    }

    /// What is selected in a view.
    pub async fn selection(&self, view: ViewId) -> Result<Selection, EngineError> {
        self.known(view)?;
        let convert = |reply| match reply {
            Reply::Answer(Answer::Selection { text, html }) => Ok(Selection { text, html }),
            _ => Err(unexpected()),
        };
        self.0.kit.ask(Call::Selection { view }, convert).await
    }

    /// Writes a copy of the document as it is now to `to`. It is whole and on the disk when this
    /// returns; the open document stays what it was.
    ///
    /// In its own format, a protected document stays protected; in another one, it has no password.
    pub async fn save_copy(&self, file_type: &str, to: &Path) -> Result<(), SaveError> {
        match &self.0.protected {
            Some(it) if it.file_type == file_type => self.save_protected(it, to).await,
            _ => self.save_open(file_type, to).await,
        }
    }

    /// Whether a save can keep it protected, if it is. What 25.2 writes of old workbooks has no password,
    /// nor has what is saved as another type than it was.
    pub fn keeps_protection(&self) -> bool {
        let own = self.0.protected.as_ref().map(|it| it.file_type.as_str());
        own.is_none_or(|own| self.stays_protected_as(own))
    }

    /// Whether what is written of it as this type has its password, which it has itself.
    pub(super) fn stays_protected_as(&self, file_type: &str) -> bool {
        let kept = matches!(file_type, "docx" | "xlsx" | "pptx" | "odt" | "ods" | "odp");
        let own = self.0.protected.as_ref().map(|it| it.file_type.as_str());
        kept && own == Some(file_type)
    }

    /// Whether its file opens with a password, and is saved so.
    pub fn is_protected(&self) -> bool {
        self.0.protected.is_some()
    }

    async fn save_protected(&self, it: &Protected, to: &Path) -> Result<(), SaveError> {
        // Until it is copied, LibreOffice must not write there again.
        let _turn = self.0.beside.lock().await;
        let saved = self.0.kit.ask_to_save(Call::SaveInPlace).await;
        saved.map_err(|error| match error {
            EngineError::Failed(why) => SaveError::Refused(why),
            other => other.into(),
        })?;
        let from = self.0.kit.folder.doc().join(&it.name);
        let (to, file_type) = (to.to_owned(), it.file_type.clone());
        tokio::task::spawn_blocking(move || saved::copy_protected(&from, &to, &file_type))
            .await
            .map_err(std::io::Error::other)?
    }

    /// As [`Self::save_copy`], without a password in any case: for the engine itself.
    pub(super) async fn save_open(&self, file_type: &str, to: &Path) -> Result<(), SaveError> {
        let (format, options) = formats::saved_as(self.0.info.kind, file_type)
            .ok_or_else(|| SaveError::Type(file_type.to_owned()))?;
        let number = self.0.copies.fetch_add(1, Ordering::Relaxed);
        let name = format!(".out-{number}.{file_type}");
        let from = self.0.kit.folder.doc().join(&name);
        let call = Call::Save {
            name,
            format: format.into(),
            options: options.into(),
        };
        let begun = Instant::now();
        self.0
            .kit
            .ask_to_save(call)
            .await
            .map_err(|error| match error {
                EngineError::Failed(why) => SaveError::Refused(why),
                other => other.into(),
            })?;
        *lock(&self.0.cost) = begun.elapsed();
        let to = to.to_owned();
        let file_type = file_type.to_owned();
        let kept = Arc::clone(&self.0.kept);
        let (place, of) = (to.clone(), file_type.clone());
        tokio::task::spawn_blocking(move || saved::take(&from, &to, &file_type, &kept))
            .await
            .map_err(std::io::Error::other)??;
        self.in_its_dialect(&of, &place).await
    }

    /// How a text of values is written. It changes only when something is saved that its encoding has no
    /// letters for.
    pub fn dialect(&self) -> Option<Dialect> {
        self.0.dialect.as_ref().map(|dialect| *lock(dialect))
    }

    /// Gives what the engine wrote of a text of values the form that its file had.
    pub(super) async fn in_its_dialect(
        &self,
        file_type: &str,
        file: &Path,
    ) -> Result<(), SaveError> {
        let Some(mut dialect) = self.dialect().filter(|_| is_values(file_type)) else {
            return Ok(());
        };
        let (file, beside) = (file.to_owned(), file.with_extension("written"));
        let dialect = tokio::task::spawn_blocking(move || {
            dialect.rewrite(&file, &beside)?;
            std::fs::rename(&beside, &file)?;
            saved::sync(&file)?;
            std::io::Result::Ok(dialect)
        });
        let dialect = dialect.await.map_err(std::io::Error::other)??;
        if let Some(known) = &self.0.dialect {
            *lock(known) = dialect;
        }
        Ok(())
    }

    /// Closes the document without saving and waits until its kit is gone.
    pub async fn close(self) {
        self.0.kit.kill(Death::Stopped);
        self.0.kit.gone().await;
    }

    pub(super) fn options(&self, view: ViewId) -> Option<ViewOptions> {
        lock(&self.0.views).get(&view).cloned()
    }

    fn known(&self, view: ViewId) -> Result<(), EngineError> {
        if lock(&self.0.views).contains_key(&view) {
            Ok(())
        } else {
            Err(EngineError::Impossible("the view does not exist"))
        }
    }
}

fn effect(filled: Filled) -> Result<Effect, InputError> {
    Err(match filled {
        Filled::Changed => return Ok(Effect::Changed),
        Filled::Unchanged => return Ok(Effect::Unchanged),
        Filled::NoField => InputDenied::NoField,
        Filled::Leaks => InputDenied::FieldLeaks,
        Filled::TooLarge => InputDenied::TooLargeToFill,
    }
    .into())
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.kit.kill(Death::Stopped);
    }
}

pub(super) fn is_values(file_type: &str) -> bool {
    matches!(file_type, "csv" | "tsv")
}

/// How a text of values is written, if it is one.
async fn dialect_of(file: &Path, options: OpenOptions<'_>) -> Result<Option<Dialect>, EngineError> {
    if !is_values(options.file_type) || options.dialect.is_some() {
        return Ok(options.dialect);
    }
    let file = file.to_owned();
    let how = csv::Text {
        delimiter: (options.file_type == "tsv").then_some(b'\t'),
        ..csv::Text::default()
    };
    let dialect = tokio::task::spawn_blocking(move || csv::dialect(&file, &how)).await;
    Ok(Some(dialect.map_err(std::io::Error::other).flatten()?))
}

/// Puts a copy of the file into the kit's folder, and returns its name there and what is put back into
/// what the engine saves of it. A copy, never a link: what the kit writes must not reach the original.
async fn bring(
    kit: &Link,
    file: &Path,
    options: OpenOptions<'_>,
) -> Result<(String, Kept), OpenError> {
    let folder = kit.folder.doc();
    let length = tokio::fs::metadata(file)
        .await
        .map_err(EngineError::from)?
        .len();
    if length == 0 && !saved::may_be_empty(options.file_type) {
        return Err(OpenError::Empty);
    }
    if is_values(options.file_type) {
        // LibreOffice asks in a dialog how to read such a file.
        let name = "document.fods";
        let (from, to) = (file.to_owned(), folder.join(name));
        let how = csv::Text {
            delimiter: match options.dialect {
                Some(dialect) => Some(dialect.delimiter),
                None => (options.file_type == "tsv").then_some(b'\t'),
            },
            encoding: options.dialect.map(|dialect| dialect.encoding),
            ..csv::Text::default()
        };
        tokio::task::spawn_blocking(move || csv::convert(&from, &to, &how))
            .await
            .map_err(std::io::Error::other)
            .and_then(|converted| converted)
            .map_err(EngineError::from)?;
        return Ok((name.into(), Kept::default()));
    }
    if options.file_type == formats::PAGE {
        return Ok((bring_page(kit, file).await?, Kept::default()));
    }
    let name = FileName::of(options.title, options.file_type);
    let kept = bring_package(file, &folder, &name, options.file_type).await?;
    Ok((name.into(), kept))
}

/// Brings a file that is loaded as it is, or as its package is to be.
pub(super) async fn bring_package(
    file: &Path,
    folder: &Path,
    name: &FileName,
    extension: &str,
) -> Result<Kept, OpenError> {
    let (from, to) = (file.to_owned(), folder.join(name.as_str()));
    let extension = extension.to_owned();
    let brought =
        tokio::task::spawn_blocking(move || recto_package::bring(&from, &to, &extension)).await;
    let brought = brought.map_err(|error| EngineError::from(std::io::Error::other(error)))?;
    brought.map_err(|error| match error {
        PackageError::Unguarded => OpenError::Unguarded,
        PackageError::Spent | PackageError::TooLarge => OpenError::TooMuch,
        PackageError::Archive(_) | PackageError::Overlap | PackageError::Macros => {
            OpenError::Damaged
        }
        PackageError::Io(error) if of_content(&error) => OpenError::Damaged,
        PackageError::Io(error) => EngineError::from(error).into(),
    })
}

/// Whether reading failed because of what a file holds.
fn of_content(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof
    )
}

/// Puts the tables of a page into the kit's folder and returns the name there.
pub(super) async fn bring_page(kit: &Link, file: &Path) -> Result<String, OpenError> {
    let name = "document.fods".to_owned();
    let (from, to) = (file.to_owned(), kit.folder.doc().join(&name));
    tokio::task::spawn_blocking(move || page::convert(&from, &to))
        .await
        .map_err(|error| EngineError::from(std::io::Error::other(error)))??;
    Ok(name)
}

/// Why a file that the engine did not load was not loaded.
pub(super) async fn refused(file: &Path, extension: &str) -> OpenError {
    let (file, extension) = (file.to_owned(), extension.to_owned());
    match tokio::task::spawn_blocking(move || saved::is_encrypted(&file, &extension)).await {
        Ok(true) => OpenError::Protection,
        _ => OpenError::Damaged,
    }
}
