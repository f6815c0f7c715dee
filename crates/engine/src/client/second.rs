//! A second file for an open text: to compare it with, to take changes from, to insert.
//!
//! The other file is opened in a kit of its own; the document's kit gets what LibreOffice wrote.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use recto_docs_api::DocumentKind;
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
        if document.has_changes(view).await? {
            return Err(SecondFileError::HasChanges);
        }
        let (earlier, marked) = (
            revised.scratch.join("earlier.docx"),
            revised.scratch.join("marked.docx"),
        );
        document.save_copy("docx", &earlier).await?;
        for guarded in [false, true] {
            if guarded {
                guard(&earlier).await?;
            }
            let count = self
                .mark(&earlier, revised, &author, guarded, &marked)
                .await?;
            if count == 0 {
                return Ok(0);
            }
            let merged = document.merge(view, &marked, guarded).await?;
            if merged > 0 {
                return Ok(merged);
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
        match document.merge(view, &written, false).await? {
            0 => Err(SecondFileError::NoChanges),
            count => Ok(count),
        }
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
    ) -> Result<u64, SecondFileError> {
        let file_type = revised.file_type;
        // Without a receiver the events are dropped.
        let (later, _) = self.open(revised.path, OpenOptions { file_type }).await?;
        let work = async {
            let count = later.mark(author, earlier, "docx", guarded).await?;
            later.save_copy("docx", to).await?;
            Ok(count)
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
            to: format,
            password: None,
            code_page: None,
            delimiter: None,
            region: None,
            archival: false,
            limit: LONGEST,
        };
        let converted = self.convert(file.path, to, &options).await;
        converted.map_err(|error| match error {
            ConvertError::Open(error) => error.into(),
            ConvertError::Save(error) => error.into(),
            ConvertError::TimedOut(_) => OpenError::TimedOut.into(),
            ConvertError::Crashed => OpenError::Crashed.into(),
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
        let file = earlier.to_owned();
        let encrypted = tokio::task::spawn_blocking(move || saved::is_encrypted(&file)).await;
        if encrypted.unwrap_or(true) {
            return Err(OpenError::Encrypted);
        }
        Ok(self.mark(author, earlier, file_type, false).await?)
    }

    async fn mark(
        &self,
        author: &str,
        earlier: &Path,
        file_type: &str,
        guarded: bool,
    ) -> Result<u64, EngineError> {
        let options = ViewOptions {
            author: author.to_owned(),
            lang: "en".into(),
            rights: ViewRights::edit(),
        };
        let view = self.create_view(options).await?;
        let work = Work::Compare { guarded };
        let marked = self.take(view, earlier, file_type, work).await;
        self.destroy_view(view).await?;
        counted(&marked?)
    }

    async fn merge(&self, view: ViewId, changed: &Path, guarded: bool) -> Result<u64, EngineError> {
        let work = Work::Merge { guarded };
        counted(&self.take(view, changed, "docx", work).await?)
    }

    async fn has_changes(&self, view: ViewId) -> Result<bool, EngineError> {
        let changes = self.query(view, ".uno:AcceptTrackedChanges").await?;
        let list = changes["redlines"].as_array();
        Ok(list.is_some_and(|list| !list.is_empty()))
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
        let name = format!("second-{number}.{file_type}");
        let place = kit.folder.doc().join(&name);
        tokio::fs::copy(file, &place).await?;
        let call = Call::Second { view, name, work };
        let done = kit
            .ask_within(call, LONGEST, |reply| match reply {
                Reply::Answer(answer) => Ok(answer),
                Reply::Painted(_) => Err(unexpected()),
            })
            .await;
        // Gone already if the kit is.
        let _ = tokio::fs::remove_file(&place).await;
        done
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
