//! What is offered in the place of a document that the engine does not open, or not any more: a PDF that
//! another engine process makes of it, if that does not die, and the file itself.

use std::time::Duration;

use recto_docs_api::OutputType;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::config::Services;
use crate::download::{convert, linked, linked_as, room_for_a_copy};
use crate::loading::{Source, scratch_folder};

/// How long a PDF may take: somebody waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
/// PDFs that are tried at once, of documents that have ended engines already.
static TRIES: Semaphore = Semaphore::const_new(2);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// What it is.
    pub kind: Kind,
    /// What it is made of.
    pub of: Of,
    /// Where it is.
    pub url: String,
    /// Its extension.
    pub file_type: &'static str,
}

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A PDF, to be read.
    Pdf,
    /// The file itself.
    File,
}

/// Which state of the document is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Of {
    /// As the integrator gave it.
    Original,
    /// As it was stored last.
    Stored,
}

/// Finds what can be offered; the file itself only if somebody may have it.
pub(crate) async fn find(
    services: &Services,
    source: &Source,
    of: Of,
    title: &str,
    file: bool,
) -> Vec<Way> {
    let mut ways = Vec::new();
    if room_for_a_copy(services).await.is_err() {
        return ways;
    }
    let pdf = tokio::time::timeout(PATIENCE, pdf(services, source, title)).await;
    if let Ok(Some((url, file_type))) = pdf {
        ways.push(Way {
            kind: Kind::Pdf,
            of,
            url,
            file_type,
        });
    }
    if file && let Ok(blob) = services.store.put_file(&source.path()).await {
        let file_type = source.file_type();
        let (extension, mime) = (file_type.extension(), file_type.mime());
        if let Ok(copied) = linked_as(services, blob, (extension, mime), title).await {
            ways.push(Way {
                kind: Kind::File,
                of,
                url: copied.url,
                file_type: copied.file_type,
            });
        }
    }
    ways
}

async fn pdf(services: &Services, source: &Source, title: &str) -> Option<(String, &'static str)> {
    let output = OutputType::all().find(|output| output.extension() == "pdf")?;
    let _turn = TRIES.acquire().await.ok()?;
    let folder = scratch_folder(services).ok()?;
    let converted = folder.path().join("converted");
    let from = source.path();
    // Of a protected document there is none: it would have no password.
    let from = (from.as_path(), source.opened_as(), title);
    convert(services, from, None, output, &converted)
        .await
        .ok()?;
    let blob = services.store.put_file(&converted).await.ok()?;
    let copied = linked(services, blob, output, title).await.ok()?;
    Some((copied.url, copied.file_type))
}
