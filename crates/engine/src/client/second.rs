//! A second file for an open text: to compare it with, to take changes from, to insert.
//!
//! The other file is opened in a kit of its own; the document's kit gets what LibreOffice wrote.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use recto_docs_api::DocumentKind;
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::document::{Document, ViewOptions};
use super::link::{Reply, unexpected};
use super::{ConvertOptions, Engine, OpenOptions, archive, saved};
use crate::error::{ConvertError, EngineError, InputDenied, OpenError, SaveError, SecondFileError};
use crate::event::ViewId;
use crate::protocol::{Answer, Call, Work};
use crate::rights::ViewRights;

/// How long LibreOffice may compare two texts, or convert the second; then the kit is killed.
const LONGEST: Duration = Duration::from_secs(60);
const BODY: &str = "word/document.xml";
/// The longest text that is compared once more, in bytes of XML.
const LONGEST_BODY: u64 = 50 << 20;

/// So many people's tracked changes are taken over from one file: each takes a comparison.
const MOST_AUTHORS: usize = 20;

/// A tracked change.
struct Mark {
    author: String,
    /// Whether it deletes.
    deletes: bool,
}

/// A file beside an open text.
#[derive(Debug, Clone, Copy)]
pub struct SecondFile<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// Its extension, without a dot.
    pub file_type: &'a str,
    /// An empty folder for what is made of it.
    pub scratch: &'a Path,
}

impl Engine {
    /// Puts what makes `revised` out of the document into the document, as tracked changes of a view
    /// that may edit. How many there are. The tracked changes of `revised` itself count as accepted;
    /// the document must have none.
    pub async fn compare(
        &self,
        document: &Document,
        view: ViewId,
        revised: SecondFile<'_>,
    ) -> Result<u64, SecondFileError> {
        let author = document.editor(view)?;
        if !document.marks(view).await?.is_empty() {
            return Err(SecondFileError::HasChanges);
        }
        let (earlier, marked) = (
            revised.scratch.join("earlier.docx"),
            revised.scratch.join("marked.docx"),
        );
        document.save_open("docx", &earlier).await?;
        for guarded in [false, true] {
            if guarded {
                guard(&earlier).await?;
            }
            let marks = self
                .mark(&earlier, revised, &author, guarded, &marked)
                .await?;
            let Some(first) = marks.first() else {
                return Ok(0);
            };
            let work = Work::Adopt {
                author: author.clone(),
                deletes_first: first.deletes,
                guarded,
            };
            let adopted = counted(&document.take(view, &marked, "docx", work).await?)?;
            if adopted > 0 {
                return Ok(adopted);
            }
        }
        Err(SecondFileError::Unlike)
    }

    /// Takes over the tracked changes of `other`, a copy of the document. How many there are.
    pub async fn combine(
        &self,
        document: &Document,
        view: ViewId,
        other: SecondFile<'_>,
    ) -> Result<u64, SecondFileError> {
        document.editor(view)?;
        let written = other.scratch.join("other.docx");
        self.rewrite(other, "docx", &written).await?;
        let all = self.marks_of(&written, None).await?;
        let mut authors: Vec<&str> = all.iter().map(|mark| &*mark.author).collect();
        authors.sort_unstable();
        authors.dedup();
        if authors.len() > MOST_AUTHORS {
            return Err(SecondFileError::TooManyAuthors(MOST_AUTHORS));
        }
        let mut sum = 0;
        for author in &authors {
            let (file, deletes_first) = if let [_] = authors[..] {
                (
                    written.clone(),
                    all.first().is_some_and(|mark| mark.deletes),
                )
            } else {
                let own = other.scratch.join("own.docx");
                let kept = self.marks_of(&written, Some((author, &own))).await?;
                (own, kept.first().is_some_and(|mark| mark.deletes))
            };
            let work = Work::Adopt {
                author: (*author).to_owned(),
                deletes_first,
                guarded: false,
            };
            sum += counted(&document.take(view, &file, "docx", work).await?)?;
        }
        match sum {
            0 => Err(SecondFileError::NoChanges),
            sum => Ok(sum),
        }
    }

    /// The tracked changes in a file; with an author, only theirs, which are written to another file.
    async fn marks_of(
        &self,
        file: &Path,
        only: Option<(&str, &Path)>,
    ) -> Result<Vec<Mark>, SecondFileError> {
        let file_type = "docx";
        // Without a receiver the events are dropped.
        let (copy, _) = self.open(file, OpenOptions::untitled(file_type)).await?;
        let work = async {
            let options = ViewOptions {
                author: String::new(),
                lang: "en".into(),
                rights: ViewRights::edit(),
            };
            let view = copy.create_view(options).await?;
            if let Some((author, to)) = only {
                let author = author.to_owned();
                copy.ask(view, String::new(), Work::Keep { author }).await?;
                copy.save_open(file_type, to).await?;
            }
            Ok(copy.marks(view).await?)
        };
        let done = work.await;
        copy.close().await;
        done
    }

    /// Puts the text of `file` at the caret of a view that may edit.
    pub async fn insert(
        &self,
        document: &Document,
        view: ViewId,
        file: SecondFile<'_>,
    ) -> Result<(), SecondFileError> {
        document.editor(view)?;
        let written = file.scratch.join("inserted.odt");
        self.rewrite(file, "odt", &written).await?;
        let done = document.take(view, &written, "odt", Work::Insert).await?;
        Ok(Reply::Answer(done).done()?)
    }

    async fn mark(
        &self,
        earlier: &Path,
        revised: SecondFile<'_>,
        author: &str,
        guarded: bool,
        to: &Path,
    ) -> Result<Vec<Mark>, SecondFileError> {
        let file_type = revised.file_type;
        // Without a receiver the events are dropped.
        let (later, _) = self
            .open(revised.path, OpenOptions::untitled(file_type))
            .await?;
        let work = async {
            let marks = later.mark(author, earlier, "docx", guarded).await?;
            later.save_open("docx", to).await?;
            Ok(marks)
        };
        let done = work.await;
        later.close().await;
        done
    }

    async fn rewrite(
        &self,
        file: SecondFile<'_>,
        format: &str,
        to: &Path,
    ) -> Result<(), SecondFileError> {
        let options = ConvertOptions {
            file_type: file.file_type,
            title: "",
            to: format,
            password: None,
            code_page: None,
            delimiter: None,
            region: None,
            archival: false,
            limit: LONGEST,
        };
        let converted = self.convert(file.path, to, &options).await;
        converted.map(drop).map_err(|error| match error {
            ConvertError::Open(error) => error.into(),
            ConvertError::Save(error) => error.into(),
            ConvertError::TimedOut(_) => OpenError::TimedOut.into(),
            ConvertError::Crashed => OpenError::Crashed { signal: None }.into(),
        })
    }
}

impl Document {
    /// Marks what is new in this text, and what is gone, since `earlier`, as tracked changes of `author`.
    /// How many there are. For a text that nobody changes: its own tracked changes are accepted, and
    /// changes are not tracked any more.
    pub async fn mark_since(
        &self,
        author: &str,
        earlier: &Path,
        file_type: &str,
    ) -> Result<u64, OpenError> {
        if !is_formatted(file_type) {
            return Err(OpenError::Type(file_type.to_owned()));
        }
        archive::check(earlier, file_type, DocumentKind::Word).await?;
        // LibreOffice would ask for the password in a dialog.
        let (file, of) = (earlier.to_owned(), file_type.to_owned());
        let encrypted = tokio::task::spawn_blocking(move || saved::is_encrypted(&file, &of)).await;
        if encrypted.unwrap_or(true) {
            return Err(OpenError::Encrypted);
        }
        Ok(self.mark(author, earlier, file_type, false).await?.len() as u64)
    }

    async fn mark(
        &self,
        author: &str,
        earlier: &Path,
        file_type: &str,
        guarded: bool,
    ) -> Result<Vec<Mark>, EngineError> {
        let options = ViewOptions {
            author: author.to_owned(),
            lang: "en".into(),
            rights: ViewRights::edit(),
        };
        let view = self.create_view(options).await?;
        let work = Work::Compare { guarded };
        let marked = self.take(view, earlier, file_type, work).await;
        let marks = match marked {
            Ok(_) => self.marks(view).await,
            Err(error) => Err(error),
        };
        self.destroy_view(view).await?;
        marks
    }

    /// The tracked changes, as LibreOffice lists them.
    async fn marks(&self, view: ViewId) -> Result<Vec<Mark>, EngineError> {
        let changes = self.query(view, ".uno:AcceptTrackedChanges").await?;
        let list = changes["redlines"].as_array();
        let mark = |change: &Value| Mark {
            author: change["author"].as_str().unwrap_or_default().to_owned(),
            deletes: change["type"] == "Delete",
        };
        Ok(list.map_or_else(Vec::new, |list| list.iter().map(mark).collect()))
    }

    /// The name of a view that may edit this text.
    fn editor(&self, view: ViewId) -> Result<String, InputDenied> {
        let options = self.options(view).ok_or(InputDenied::NoView)?;
        if self.info().kind == DocumentKind::Word && options.rights.access.can_edit() {
            Ok(options.author)
        } else {
            Err(InputDenied::ViewOnly)
        }
    }

    async fn take(
        &self,
        view: ViewId,
        file: &Path,
        file_type: &str,
        work: Work,
    ) -> Result<Answer, EngineError> {
        let kit = &self.0.kit;
        let number = self.0.copies.fetch_add(1, Ordering::Relaxed);
        let name = format!(".second-{number}.{file_type}");
        let place = kit.folder.doc().join(&name);
        tokio::fs::copy(file, &place).await?;
        let done = self.ask(view, name, work).await;
        // Gone already if the kit is.
        let _ = tokio::fs::remove_file(&place).await;
        done
    }

    async fn ask(&self, view: ViewId, name: String, work: Work) -> Result<Answer, EngineError> {
        let call = Call::Second { view, name, work };
        let answer = self.0.kit.ask_within(call, LONGEST, |reply| match reply {
            Reply::Answer(answer) => Ok(answer),
            Reply::Painted(_) => Err(unexpected()),
        });
        answer.await
    }
}

fn counted(answer: &Answer) -> Result<u64, EngineError> {
    match answer {
        Answer::Changes(count) => Ok(*count),
        _ => Err(unexpected()),
    }
}

/// Whether LibreOffice loads files of this type beside an open one without asking how.
fn is_formatted(file_type: &str) -> bool {
    matches!(
        file_type,
        "docx" | "docm" | "dotx" | "dotm" | "doc" | "dot" | "odt" | "ott" | "rtf"
    )
}

/// Adds an empty paragraph to a docx that LibreOffice wrote.
async fn guard(docx: &Path) -> Result<(), SecondFileError> {
    let file = docx.to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let guarded = file.with_extension("guarded");
        write_guarded(&file, &guarded)?;
        std::fs::rename(&guarded, &file)
    });
    let done = done.await.map_err(std::io::Error::other).flatten();
    Ok(done.map_err(SaveError::Place)?)
}

fn write_guarded(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut archive = ZipArchive::new(std::fs::File::open(from)?)?;
    let mut written = ZipWriter::new(std::fs::File::create(to)?);
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        if entry.name() != BODY {
            written.raw_copy_file(entry)?;
        }
    }
    let mut body = String::new();
    archive
        .by_name(BODY)?
        .take(LONGEST_BODY)
        .read_to_string(&mut body)?;
    // What the last section looks like comes last.
    let end = body.rfind("<w:sectPr").or_else(|| body.rfind("</w:body>"));
    let end = end.ok_or_else(|| std::io::Error::other("the text has no end"))?;
    body.insert_str(end, "<w:p/>");
    written.start_file(BODY, SimpleFileOptions::default())?;
    written.write_all(body.as_bytes())?;
    written.finish()?;
    Ok(())
}
