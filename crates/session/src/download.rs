//! A copy of the document for one participant: to download, to print, or to save elsewhere.

use std::path::Path;
use std::sync::Arc;

use recto_docs_api::{DocumentKind, FileType, OutputType, Password};
use recto_engine::{ConvertOptions, Document};
use recto_store::BlobId;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};

use crate::actor::Session;
use crate::config::Services;
use crate::links::make_link_as;
use crate::loading::scratch_folder;
use crate::messages::Op;
use crate::problem::Problem;
use crate::storing::store_copy;
use crate::wire::ToBrowser;

/// The turn of one copy. The next waits as long as it took: between two of them, those who type have the
/// engine for themselves.
struct Turn {
    began: Instant,
    permit: Option<OwnedSemaphorePermit>,
}

impl Turn {
    async fn of(turns: Arc<Semaphore>) -> Self {
        let permit = turns.acquire_owned().await.ok();
        Self {
            began: Instant::now(),
            permit,
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (pause, permit) = (self.began.elapsed(), self.permit.take());
        // None when the server ends.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                sleep(pause).await;
                drop(permit);
            });
        }
    }
}

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copied {
    pub url: String,
    pub file_type: &'static str,
}

impl Session {
    /// Somebody wants a copy in this format, or in that of saving if they name none.
    pub fn on_download(&mut self, id: &str, question: u64, format: Option<&str>, to_print: bool) {
        let document = self.document();
        let services = self.services.clone();
        let unmarked = self.unmarked();
        let title = self.title.clone();
        let own = self.file_type();
        let password = self.password.clone();
        let Some(participant) = self.participant(id) else {
            return;
        };
        let opening = participant.opening.get();
        let title = title.unwrap_or_else(|| opening.title.clone());
        let own = own.unwrap_or(opening.file_type);
        let copied = if !participant.rights.may_take(to_print) {
            Err(Problem::no_download(to_print))
        } else if let Some(asked) = participant.ask() {
            let format = if to_print { Some("pdf") } else { format };
            output(own, format).map(|output| (output, asked))
        } else {
            Err(Problem::too_many_questions())
        };
        let own = own.saved_as();
        let ((output, asked), document) = match (copied, document) {
            (Ok(copied), Some(document)) => (copied, document),
            (copied, _) => {
                let problem = copied.err().unwrap_or_else(Problem::not_loaded);
                return participant.send(ToBrowser::download(question, Err(problem)));
            }
        };
        let id = id.to_owned();
        let turn = self.exports.clone();
        self.start(async move {
            // One at a time: each takes a processor, or the engine from everybody's keys. It is never closed.
            let turn = Turn::of(turn).await;
            if let Err(problem) = room_for_a_copy(&services).await {
                return Op::Copied {
                    participant: id,
                    id: question,
                    asked,
                    copied: Err(problem),
                };
            }
            let copied = Op::Copied {
                participant: id,
                id: question,
                asked,
                copied: match unmarked {
                    Some(original) => {
                        copy_original(&services, (original, password), output, &title).await
                    }
                    None => copy(&services, (&document, own), password, output, &title).await,
                },
            };
            drop(turn);
            copied
        });
    }

    /// The file of a version whose document is marked in the engine.
    fn unmarked(&self) -> Option<(BlobId, FileType)> {
        let record = self.record.as_ref()?;
        matches!(self.marks, Some(Ok(_))).then_some(())?;
        let file_type = FileType::parse(&record.file_type).ok()?;
        Some((record.original.clone(), file_type))
    }
}

fn output(file_type: FileType, format: Option<&str>) -> Result<OutputType, Problem> {
    let kind = file_type.kind();
    let own = file_type.saved_as().extension();
    // A template, a show and a file with macros stay what they are; an old format loses more than a new one.
    let stays = writes(kind, own) || !matches!(own, "doc" | "xls" | "ppt" | "tsv");
    let format = format.unwrap_or(if stays { own } else { formats(kind)[0] });
    OutputType::all()
        .find(|output| output.extension().eq_ignore_ascii_case(format))
        .filter(|output| writes(kind, output.extension()) || (stays && output.extension() == own))
        .ok_or_else(|| Problem::no_such_format(kind))
}

/// The formats that a download may have; those of a conversion that lose most of a document are not
/// among them.
pub(crate) fn formats(kind: DocumentKind) -> &'static [&'static str] {
    match kind {
        DocumentKind::Word => &["docx", "odt", "pdf", "rtf", "txt"],
        DocumentKind::Cell => &["xlsx", "ods", "pdf", "csv"],
        DocumentKind::Slide => &["pptx", "odp", "pdf"],
    }
}

fn writes(kind: DocumentKind, extension: &str) -> bool {
    formats(kind).contains(&extension)
}

/// Whether the disk has room for one more of the tenant's results.
pub(crate) async fn room_for_a_copy(services: &Services) -> Result<(), Problem> {
    match services.store.bytes_of_results().await {
        Ok(bytes) if bytes >= services.config.limits.results_bytes => Err(Problem::results_full()),
        Ok(_) => Ok(()),
        Err(error) => Err(Problem::of(&error)),
    }
}

/// A copy of the document as it is now. Its engine process only writes it as it is saved; another one
/// makes other formats of that, since those who type have but the one.
async fn copy(
    services: &Services,
    (document, own): (&Document, FileType),
    password: Option<Password>,
    output: OutputType,
    title: &str,
) -> Result<Copied, Problem> {
    let room = services.store.room_for(services.config.reserve_bytes).await;
    room.map_err(|error| Problem::of(&error))?;
    let blob = if own.extension() == output.extension() {
        store_copy(services, document, output.extension()).await?.0
    } else {
        let folder = scratch_folder(services)?;
        let whole = whole(own);
        let written = folder.path().join(format!("document.{whole}"));
        let saved = services.engine.copy(document, whole, &written).await;
        saved.map_err(|error| Problem::of(&error))?;
        let converted = folder.path().join("converted");
        let from = (written.as_path(), whole, title);
        convert(services, from, password, output, &converted).await?;
        let blob = services.store.put_file(&converted).await;
        blob.map_err(|error| Problem::of(&error))?
    };
    linked(services, blob, output, title).await
}

/// The format that a document is written in on its way to another one: its own, unless that leaves out
/// what it looks like.
fn whole(own: FileType) -> &'static str {
    match own.extension() {
        "txt" => "odt",
        "csv" | "tsv" => "ods",
        extension => extension,
    }
}

pub(crate) async fn convert(
    services: &Services,
    (from, file_type, title): (&Path, &str, &str),
    password: Option<Password>,
    output: OutputType,
    to: &Path,
) -> Result<(), Problem> {
    let options = ConvertOptions {
        file_type,
        title,
        to: output.extension(),
        password,
        code_page: None,
        delimiter: None,
        region: None,
        archival: false,
        limit: services.config.limits.export_seconds,
    };
    let done = services.engine.convert(from, to, &options).await;
    done.map(drop).map_err(|error| Problem::of(&error))
}

/// A copy of a version that is marked: of its file, since what the engine has is marked.
async fn copy_original(
    services: &Services,
    ((original, file_type), password): ((BlobId, FileType), Option<Password>),
    output: OutputType,
    title: &str,
) -> Result<Copied, Problem> {
    let folder = scratch_folder(services)?;
    let file = folder.path().join("original");
    let read = services.store.get_file(&original, &file).await;
    read.map_err(|error| Problem::of(&error))?;
    let converted = folder.path().join("converted");
    // A file of its own in any case: the original goes when nobody looks at the version any more.
    let copy = if file_type.extension() == output.extension() {
        &file
    } else {
        let from = (file.as_path(), file_type.extension(), title);
        convert(services, from, password, output, &converted).await?;
        &converted
    };
    let blob = services.store.put_file(copy).await;
    let blob = blob.map_err(|error| Problem::of(&error))?;
    linked(services, blob, output, title).await
}

pub(crate) async fn linked(
    services: &Services,
    blob: BlobId,
    output: OutputType,
    title: &str,
) -> Result<Copied, Problem> {
    linked_as(services, blob, (output.extension(), output.mime()), title).await
}

/// A link to a stored file that has this extension and media type, under the title as its name.
pub(crate) async fn linked_as(
    services: &Services,
    blob: BlobId,
    (extension, mime): (&'static str, &str),
    title: &str,
) -> Result<Copied, Problem> {
    let stem = title.rsplit_once('.').map_or(title, |(stem, _)| stem);
    let file_name = format!("{}.{extension}", safe(stem));
    let url = make_link_as(services, blob, file_name, mime)
        .await
        .map_err(|error| Problem::of(&error))?;
    Ok(Copied {
        url,
        file_type: extension,
    })
}

/// A title as the name of a file: without what ends a name or a header somewhere.
fn safe(title: &str) -> String {
    let name: String = title
        .chars()
        .map(|letter| match letter {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' | '#' => '_',
            letter if letter.is_control() => '_',
            letter => letter,
        })
        .take(120)
        .collect();
    match name.trim_matches(['.', ' ']) {
        "" => "document".into(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_next_copy_waits_as_long_as_the_one_before_took() {
        let turns = Arc::new(Semaphore::new(1));
        let mut first = Turn::of(turns.clone()).await;
        let took = Duration::from_millis(30);
        first.began = Instant::now().checked_sub(took).unwrap();
        let ended = Instant::now();
        drop(first);
        let _next = Turn::of(turns).await;
        assert!(ended.elapsed() >= took);
    }

    #[test]
    fn f1_titles_become_names_of_files() {
        for (title, name) in [
            ("Report 2026", "Report 2026"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("a\\b\0c\r\nd", "a_b_c__d"),
            ("%2e%2e%2f", "_2e_2e_2f"),
            ("...", "document"),
            ("Übersicht 日本", "Übersicht 日本"),
        ] {
            assert_eq!(safe(title), name, "{title:?}");
        }
        assert_eq!(safe(&"x".repeat(500)).len(), 120);
    }

    #[test]
    fn f4_a_download_has_a_format_of_the_list() {
        let docx = FileType::parse("docx").unwrap();
        let of = |format| output(docx, format).map(OutputType::extension);
        assert_eq!(of(None).unwrap(), "docx");
        assert_eq!(of(Some("PDF")).unwrap(), "pdf");
        for wrong in ["xlsx", "exe", "../pdf", "", "html"] {
            assert_eq!(
                of(Some(wrong)).unwrap_err().code,
                "download.format",
                "{wrong}"
            );
        }
        // None is lost to a format of long ago.
        let old = FileType::parse("ppt").unwrap();
        assert_eq!(output(old, None).unwrap().extension(), "pptx");
    }
}
