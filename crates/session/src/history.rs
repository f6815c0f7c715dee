//! Who changed the document, and what it was before: `history` and `changesurl` of a callback.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use recto_docs_api::{
    DOCS_API_VERSION, DocumentKey, FileType, History, HistoryChange, HistoryUser,
};
use recto_store::BlobId;
use serde_json::json;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::actor::Session;
use crate::config::Services;
use crate::links::make_link_as;
use crate::participant::Changer;
use crate::problem::Problem;

/// What one user does within so many seconds is one change.
const ONE_CHANGE: i64 = 60;
/// More changes than that lose the oldest.
const KEPT: usize = 500;

/// Who changed the document since it was opened.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    list: Vec<HistoryChange>,
    /// When those that are still going on began: user and Unix seconds.
    recent: Vec<(String, i64)>,
}

impl Changes {
    /// Takes up what an earlier session or run recorded.
    pub fn resume(list: Vec<HistoryChange>) -> Self {
        Self {
            list,
            recent: Vec::new(),
        }
    }

    /// Somebody changed the document.
    pub fn add(&mut self, (opening, user): &Changer, now: i64) {
        self.recent.retain(|(_, began)| now - began < ONE_CHANGE);
        if self.recent.iter().any(|(known, _)| known == user) {
            return;
        }
        self.recent.push((user.clone(), now));
        if self.list.len() == KEPT {
            self.list.remove(0);
        }
        self.list.push(HistoryChange {
            document_sha256: None,
            created: created(now),
            user: HistoryUser {
                id: user.clone(),
                name: opening.get().user.name.clone(),
            },
        });
    }

    pub fn list(&self) -> &[HistoryChange] {
        &self.list
    }
}

/// A time as `history` has it.
fn created(unix: i64) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    OffsetDateTime::from_unix_timestamp(unix)
        .ok()
        .and_then(|time| time.format(&format).ok())
        .unwrap_or_default()
}

/// What a callback says of the changes.
pub(crate) struct Told {
    pub history: serde_json::Value,
    pub url: String,
}

impl Session {
    /// The changes since the document was opened, to be put into an archive; `None` if there are none.
    pub fn archive(&self, current: &BlobId, file_type: FileType) -> Option<Archive> {
        let record = self.record.as_ref()?;
        if self.saving.changes.list().is_empty() {
            return None;
        }
        let before = FileType::parse(&record.file_type).ok()?;
        Some(Archive {
            previous: (record.original.clone(), before.extension()),
            current: (current.clone(), file_type.extension()),
            changes: self.saving.changes.list().to_vec(),
        })
    }
}

/// A zip file with the version before, the version after, and `changes.json`.
pub(crate) struct Archive {
    previous: (BlobId, &'static str),
    current: (BlobId, &'static str),
    changes: Vec<HistoryChange>,
}

impl Archive {
    /// Makes it. If that fails, saving goes on without.
    pub async fn told(self, services: &Services, key: &DocumentKey) -> Option<Told> {
        match self.make(services).await {
            Ok(told) => Some(told),
            Err(problem) => {
                tracing::warn!(%key, code = problem.code, message = %problem.message,
                    "a version is saved without its changes");
                None
            }
        }
    }

    async fn make(mut self, services: &Services) -> Result<Told, Problem> {
        let folder = tempfile::Builder::new()
            .prefix("changes-")
            .tempdir_in(&services.scratch)
            .map_err(|error| Problem::no_archive(&error))?;
        let mut files = Vec::new();
        for (role, (blob, extension)) in [("previous", &self.previous), ("current", &self.current)]
        {
            let name = format!("{role}.{extension}");
            let path = folder.path().join(&name);
            let read = services.store.get_file(blob, &path).await;
            read.map_err(|error| Problem::of(&error))?;
            files.push((name, path));
        }
        let target = folder.path().join("changes.zip");
        let to = target.clone();
        let changes = tokio::task::spawn_blocking(move || {
            let hash = hash(&files[0].1)?;
            for change in &mut self.changes {
                change.document_sha256 = Some(hash.clone());
            }
            write(&to, &files, &self.changes).map(|()| self.changes)
        })
        .await
        .map_err(std::io::Error::other)
        .and_then(|written| written)
        .map_err(|error| Problem::no_archive(&error))?;
        let blob = services.store.put_file(&target).await;
        let blob = blob.map_err(|error| Problem::of(&error))?;
        let url = make_link_as(services, blob, "changes.zip".into(), "application/zip")
            .await
            .map_err(|error| Problem::of(&error))?;
        let history = serde_json::to_value(History::new(changes)).unwrap_or_default();
        Ok(Told { history, url })
    }
}

fn hash(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            length => hasher.update(&buffer[..length]),
        }
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

/// Documents are compressed already.
fn write(
    target: &Path,
    files: &[(String, PathBuf)],
    changes: &[HistoryChange],
) -> std::io::Result<()> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut archive = ZipWriter::new(std::fs::File::create(target)?);
    for (name, path) in files {
        archive.start_file(name.as_str(), stored)?;
        std::io::copy(&mut std::fs::File::open(path)?, &mut archive)?;
    }
    archive.start_file("changes.json", stored)?;
    let text = json!({
        "serverVersion": DOCS_API_VERSION,
        "previous": files[0].0,
        "current": files[1].0,
        "changes": changes,
    });
    archive.write_all(text.to_string().as_bytes())?;
    archive.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use recto_token::opening_with_tokens_off;

    use super::*;

    fn changer(user: &str) -> Changer {
        let config = json!({
            "document": { "fileType": "docx", "key": "k", "title": "T", "url": "http://a/b" },
            "documentType": "word",
            "editorConfig": { "user": { "id": user, "name": user.to_uppercase() } },
        });
        (opening_with_tokens_off(&config).unwrap(), user.to_owned())
    }

    #[test]
    fn what_one_user_does_within_a_minute_is_one_change() {
        let mut changes = Changes::default();
        for (user, at) in [
            ("ann", 0),
            ("bob", 5),
            ("ann", 10),
            ("ann", 59),
            ("ann", 61),
            ("bob", 64),
        ] {
            changes.add(&changer(user), at);
        }
        let seen: Vec<_> = changes
            .list()
            .iter()
            .map(|change| (&*change.user.name, &*change.created))
            .collect();
        assert_eq!(
            seen,
            [
                ("ANN", "1970-01-01 00:00:00"),
                ("BOB", "1970-01-01 00:00:05"),
                ("ANN", "1970-01-01 00:01:01"),
            ]
        );
    }

    #[test]
    fn the_list_has_an_end() {
        let mut changes = Changes::default();
        for minute in 0..700 {
            changes.add(&changer("ann"), minute * 60);
        }
        assert_eq!(changes.list().len(), KEPT);
        assert_eq!(changes.list()[KEPT - 1].created, created(699 * 60));
    }
}
