//! Converting one file, in a kit that is used for nothing else.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use recto_docs_api::{CodePage, DocumentKind, Note, Password, Region};
use recto_package::{FileName, Kept};

use super::document::{bring_package, bring_page, is_values, refused};
use super::link::{Link, Reply, lock, unexpected};
use super::{Engine, saved};
use super::{archive, csv};
use crate::error::{ConvertError, EngineError, OpenError, SaveError};
use crate::event::Death;
use crate::formats::{self, Wanted};
use crate::protocol::{Answer, Call, Lock};

/// What a file is converted to, and how.
#[derive(Debug, Clone)]
pub struct ConvertOptions<'a> {
    /// The file's extension, without a dot.
    pub file_type: &'a str,
    /// What its users call it, which its fields and functions show; any text.
    pub title: &'a str,
    /// The extension of what it becomes.
    pub to: &'a str,
    /// Opens a file that is protected.
    pub password: Option<Password>,
    /// How a text is encoded; recognised if it is not said.
    pub code_page: Option<CodePage>,
    /// What is between the values of a text, ASCII. If it is not said, it is recognised in the file and
    /// a comma (a tab for `tsv`) in the result.
    pub delimiter: Option<u8>,
    /// How the numbers of a text of values are written; as in English if it is not said.
    pub region: Option<Region>,
    /// Makes a PDF that is fit for an archive: PDF/A-2b.
    pub archival: bool,
    /// How long loading and writing may take together; then the kit is killed.
    pub limit: Duration,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// What people should know of it.
    pub notes: Vec<Note>,
}

/// A kit that ends with the value: nobody needs it once the file is there, or nobody waits for it.
struct Single(Arc<Link>);

impl Drop for Single {
    fn drop(&mut self) {
        self.0.kill(Death::Stopped);
    }
}

impl Engine {
    /// Converts `file`, and writes the result to `to`, which is whole when this returns; that it is on
    /// the disk is the affair of those who keep it. Dropping the future ends the kit.
    pub async fn convert(
        &self,
        file: &Path,
        to: &Path,
        options: &ConvertOptions<'_>,
    ) -> Result<Converted, ConvertError> {
        let kind = formats::opened_as(options.file_type)
            .ok_or_else(|| OpenError::Type(options.file_type.to_owned()))?;
        let wanted = Wanted {
            delimiter: options.delimiter,
            archival: options.archival,
        };
        // From values to values: what LibreOffice writes is written again as the file was.
        let again = is_values(options.file_type) && is_values(options.to);
        let written = if again {
            formats::saved_as(kind, "csv").map(|(format, filter)| (format, filter.to_owned()))
        } else {
            formats::converted_to(kind, options.to, wanted)
        };
        let written = written.ok_or_else(|| SaveError::Type(options.to.to_owned()))?;
        archive::check(file, options.file_type, kind).await?;
        let protected = saved::protection(file, options.file_type).await?;
        let kit = self.0.pool.take().await.map_err(OpenError::from)?;
        let _working = self.0.pool.working();
        {
            let mut open = lock(&self.0.open);
            open.retain(|kit| kit.upgrade().is_some_and(|kit| kit.alive()));
            open.push(Arc::downgrade(&kit));
        }
        let kit = Single(kit);
        let work = run(&kit.0, file, to, kind, written, (options, protected));
        let result = tokio::time::timeout(options.limit, work)
            .await
            .unwrap_or(Err(ConvertError::TimedOut(options.limit)));
        kit.0.kill(Death::Stopped);
        kit.0.gone().await;
        let locked = result?;
        let mut notes: Vec<_> = (locked || protected)
            .then(unprotected)
            .into_iter()
            .collect();
        if again {
            notes.extend(write_again(file, to, options).await?);
        }
        Ok(Converted { notes })
    }
}

/// Gives whether LibreOffice asked for a password.
async fn run(
    kit: &Arc<Link>,
    file: &Path,
    to: &Path,
    kind: DocumentKind,
    (format, filter): (&'static str, String),
    (options, protected): (&ConvertOptions<'_>, bool),
) -> Result<bool, ConvertError> {
    let (name, kept) = bring(kit, file, options).await?;
    let call = Call::LoadToConvert {
        name,
        lock: Lock {
            protected,
            password: options.password.clone(),
        },
    };
    let loaded = kit
        .ask_within(call, options.limit, |reply| match reply {
            Reply::Answer(Answer::Loaded { kind, locked, .. }) => Ok(Some((kind, locked))),
            Reply::Answer(Answer::Locked) => Ok(None),
            _ => Err(unexpected()),
        })
        .await;
    let (loaded, locked) = match loaded {
        Ok(Some(loaded)) => loaded,
        Ok(None) if options.password.is_some() => return Err(OpenError::WrongPassword.into()),
        Ok(None) => return Err(OpenError::Encrypted.into()),
        Err(EngineError::Gone) => {
            let signal = kit.signal();
            return Err(OpenError::Crashed { signal }.into());
        }
        Err(EngineError::Failed(_)) => return Err(refused(file, options.file_type).await.into()),
        Err(error) => return Err(OpenError::from(error).into()),
    };
    if loaded != formats::number(kind) {
        return Err(OpenError::Damaged.into());
    }
    let name = format!(".converted.{format}");
    let from = kit.folder.doc().join(&name);
    let call = Call::Save {
        name,
        format: format.into(),
        options: filter,
    };
    kit.ask_within(call, options.limit, Reply::done)
        .await
        .map_err(|error| match error {
            EngineError::Failed(why) => SaveError::Refused(why).into(),
            EngineError::Gone => ConvertError::Crashed,
            other => SaveError::from(other).into(),
        })?;
    // A template, a show or a file with macros is written as a plain document, and becomes what it is here.
    let (to, wanted) = (to.to_owned(), options.to.to_owned());
    let made = if recto_package::is_package(&wanted) {
        wanted
    } else {
        format.to_owned()
    };
    if kept.lacks_macros(&made) {
        return Err(SaveError::Macros.into());
    }
    tokio::task::spawn_blocking(move || saved::take_unsynced(&from, &to, &made, &kept))
        .await
        .map_err(|error| SaveError::Place(std::io::Error::other(error)))??;
    Ok(locked)
}

/// How the values of a conversion's source are written, as far as its sender said.
fn how(options: &ConvertOptions<'_>) -> csv::Text {
    csv::Text {
        encoding: csv::said(options.code_page),
        delimiter: match (options.file_type, options.delimiter) {
            ("tsv", None) => Some(b'\t'),
            (_, said) => said,
        },
        region: options.region.clone(),
    }
}

/// Gives values the form that their source has. What is converted to another type has its separator.
async fn write_again(
    file: &Path,
    to: &Path,
    options: &ConvertOptions<'_>,
) -> Result<Option<Note>, SaveError> {
    let (file, to, how) = (file.to_owned(), to.to_owned(), how(options));
    let other = (options.to != options.file_type).then_some(match options.to {
        "tsv" => b'\t',
        _ => b',',
    });
    let said = options.delimiter;
    let written = tokio::task::spawn_blocking(move || {
        let found = csv::dialect(&file, &how)?;
        let mut dialect = found.portable();
        dialect.delimiter = said.or(other).unwrap_or(found.delimiter);
        let beside = to.with_extension("written");
        dialect.rewrite(&to, &beside)?;
        std::fs::rename(&beside, &to)?;
        let encoding = dialect.encoding();
        std::io::Result::Ok((encoding != found.encoding()).then(|| recoded(found.encoding().0)))
    });
    Ok(written.await.map_err(std::io::Error::other)??)
}

fn recoded(encoding: &str) -> Note {
    Note {
        code: "conversion.recoded",
        message: format!("The file is written in {encoding}, and the result in UTF-8 with a mark."),
        hint: "Programs that read texts know it by the mark.".into(),
    }
}

fn unprotected() -> Note {
    Note {
        code: "conversion.unprotected",
        message: "The file is protected with a password, and what was made of it is not.".into(),
        hint: "Keep the result where only those may read it who know the password.".into(),
    }
}

/// Puts a copy of the file into the kit's folder, in a form that LibreOffice opens without asking,
/// and returns its name there and what is put back into what is made of it.
async fn bring(
    kit: &Link,
    file: &Path,
    options: &ConvertOptions<'_>,
) -> Result<(String, Kept), OpenError> {
    let length = tokio::fs::metadata(file)
        .await
        .map_err(EngineError::from)?
        .len();
    if length == 0 {
        return Err(OpenError::Empty);
    }
    let how = how(options);
    let text = |name: &str, write: fn(PathBuf, PathBuf, csv::Text) -> std::io::Result<()>| {
        let (from, to) = (file.to_owned(), kit.folder.doc().join(name));
        let how = how.clone();
        tokio::task::spawn_blocking(move || write(from, to, how))
    };
    let (name, written) = match options.file_type {
        formats::PAGE => return Ok((bring_page(kit, file).await?, Kept::default())),
        "csv" | "tsv" => {
            let name = "document.fods".to_owned();
            let written = text(&name, |from, to, how| csv::convert(&from, &to, &how)).await;
            (name, written)
        }
        "txt" => {
            let name = String::from(FileName::of(options.title, "txt"));
            let recode =
                |from: PathBuf, to: PathBuf, how: csv::Text| csv::recode(&from, &to, how.encoding);
            (name.clone(), text(&name, recode).await)
        }
        other => {
            let name = FileName::of(options.title, other);
            let kept = bring_package(file, &kit.folder.doc(), &name, other).await?;
            return Ok((name.into(), kept));
        }
    };
    written
        .map_err(std::io::Error::other)
        .and_then(|written| written)
        .map_err(EngineError::from)?;
    Ok((name, Kept::default()))
}
