//! Reports of engines that died over a document: what an administrator needs to find the cause, and
//! nothing of what is in the document, whose it is or where it came from.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::blob::on_disk_thread;
use crate::{Store, StoreError, new_id};

/// Reports that are kept; beyond them the oldest goes.
pub const DEATH_REPORTS: usize = 200;
/// Bytes of one report.
const LONGEST: u64 = 16 << 10;
/// Codes of what a document has.
const FEATURES: usize = 100;
/// How a report is called while it is written.
const UNFINISHED: &str = "part";
const FINISHED: &str = "json";
/// Letters of a code or a name.
const LETTERS: usize = 64;
/// The folder, in that of the store.
const FOLDER: &str = "deaths";

/// What the engine was at when it died.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeathPhase {
    /// It opened the document.
    Open,
    /// It carried out what a user did.
    Edit,
    /// It wrote the document.
    Save,
    /// It painted, or nothing that is known.
    Idle,
}

/// What became of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeathOutcome {
    /// Its last stored state was opened again.
    Reopened,
    /// So it was, and what the engine died of twice is left out.
    LeftOut,
    /// It was not opened.
    NotOpened,
    /// It was closed after several deaths.
    Closed,
}

/// One death. Everything in it is a number, a code or a name of the engine's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeathReport {
    /// Names the report; the log has it beside the document's key.
    pub id: String,
    /// When it happened, in Unix seconds.
    pub at: i64,
    /// Extension of the document.
    pub file_type: String,
    /// How many bytes the file has that the engine had opened.
    pub bytes: Option<u64>,
    /// Codes of what the document has that a save would lose.
    pub features: Vec<String>,
    /// What the engine was at.
    pub phase: DeathPhase,
    /// How it ended: `crashed`, `hung`, `greedy` or `broken`.
    pub death: String,
    /// The signal that ended it, if that is known.
    pub signal: Option<i32>,
    /// Seconds since the document was opened, or since opening it began.
    pub seconds: u64,
    /// The name of the last command, or the kind of the last input, without what was in it.
    pub command: Option<String>,
    /// What became of the document.
    pub outcome: DeathOutcome,
    /// The engine's name and version.
    pub engine: String,
}

impl DeathReport {
    /// The same within its bounds.
    fn bounded(mut self) -> Self {
        let cut = |text: &mut String| *text = text.chars().take(LETTERS).collect();
        self.features.truncate(FEATURES);
        self.features.iter_mut().for_each(cut);
        for text in [
            &mut self.id,
            &mut self.file_type,
            &mut self.death,
            &mut self.engine,
        ] {
            cut(text);
        }
        self.command.iter_mut().for_each(cut);
        self
    }
}

impl Store {
    /// Keeps a report. It is no loss to anybody if it is lost with the machine's power.
    pub async fn report_death(&self, report: DeathReport) -> Result<(), StoreError> {
        let folder = self.folder().join(FOLDER);
        on_disk_thread(move || {
            keep(&folder, &report.bounded())
                .map_err(|error| StoreError::files("writing", &folder, error))
        })
        .await
    }

    /// The reports that are kept, the newest first.
    pub async fn deaths(&self) -> Result<Vec<DeathReport>, StoreError> {
        let folder = self.folder().to_path_buf();
        on_disk_thread(move || {
            deaths_in(&folder).map_err(|error| StoreError::files("reading", &folder, error))
        })
        .await
    }
}

/// The reports in the folder of a store that may be open elsewhere, the newest first.
pub fn deaths_in(store: &Path) -> std::io::Result<Vec<DeathReport>> {
    let mut reports: Vec<DeathReport> = names(&store.join(FOLDER), FINISHED)?
        .into_iter()
        .rev()
        .filter_map(|path| {
            let short = std::fs::metadata(&path).ok()?.len() <= LONGEST;
            // One that is just being removed, or that somebody else put there, is none.
            serde_json::from_slice(&std::fs::read(path).ok().filter(|_| short)?).ok()
        })
        .collect();
    reports.sort_by_key(|report| std::cmp::Reverse(report.at));
    Ok(reports)
}

/// A new id for a report.
pub fn death_id() -> String {
    new_id().chars().take(12).collect()
}

fn keep(folder: &Path, report: &DeathReport) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    // Names in the order of time; ids are random.
    let name = format!("{:012}-{}", report.at.max(0), report.id);
    let unfinished = folder.join(format!("{name}.{UNFINISHED}"));
    std::fs::write(&unfinished, serde_json::to_vec_pretty(report)?)?;
    std::fs::rename(&unfinished, folder.join(format!("{name}.{FINISHED}")))?;
    let names = names(folder, FINISHED)?;
    let beyond = names.len().saturating_sub(DEATH_REPORTS);
    for old in names.iter().take(beyond) {
        std::fs::remove_file(old)?;
    }
    Ok(())
}

/// Removes what a server that ended while it wrote a report left in the folder of its store.
pub(crate) fn remove_unfinished(store: &Path) -> Result<(), StoreError> {
    let folder = store.join(FOLDER);
    let removed = names(&folder, UNFINISHED)
        .and_then(|left| left.into_iter().try_for_each(std::fs::remove_file));
    removed.map_err(|error| StoreError::files("cleaning", &folder, error))
}

/// The files of reports that end so, the oldest first.
fn names(folder: &Path, ending: &str) -> std::io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == ending) {
            names.push(path);
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(at: i64) -> DeathReport {
        DeathReport {
            id: death_id(),
            at,
            file_type: "xlsx".into(),
            bytes: Some(4096),
            features: vec!["slicers".into()],
            phase: DeathPhase::Edit,
            death: "crashed".into(),
            signal: Some(11),
            seconds: 7,
            command: Some("InsertTable".into()),
            outcome: DeathOutcome::Reopened,
            engine: "LibreOffice 25.2.3.2".into(),
        }
    }

    #[tokio::test]
    async fn reports_are_kept_up_to_a_number_and_a_size() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        assert_eq!(store.deaths().await.unwrap(), []);
        let large = DeathReport {
            features: vec!["x".repeat(10_000); 10_000],
            command: Some("y".repeat(10_000)),
            ..report(1)
        };
        store.report_death(large).await.unwrap();
        let kept = store.deaths().await.unwrap();
        assert_eq!(kept[0].features.len(), FEATURES);
        assert_eq!(kept[0].command.as_ref().unwrap().len(), LETTERS);
        let most = i64::try_from(DEATH_REPORTS).unwrap();
        for at in 2..most + 12 {
            store.report_death(report(at)).await.unwrap();
        }
        std::fs::write(folder.path().join("deaths/0-other.json"), "{").unwrap();
        let kept = deaths_in(folder.path()).unwrap();
        assert_eq!(kept.len(), DEATH_REPORTS);
        assert_eq!((kept[0].at, kept.last().unwrap().at), (most + 11, 12));
    }

    #[tokio::test]
    async fn a_report_that_was_not_finished_is_removed_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        store.report_death(report(1)).await.unwrap();
        drop(store);
        let unfinished = folder.path().join("deaths/000000000002-ab.part");
        std::fs::write(&unfinished, "{").unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        assert!(!unfinished.exists());
        assert_eq!(store.deaths().await.unwrap().len(), 1);
    }
}
