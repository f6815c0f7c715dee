//! Compares the file that was delivered with what was confirmed.

use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, Instant};

use crate::typist::Record;

/// How long a confirmation may have been on its way to a busy typist when its engine was ended.
const ON_THE_WAY: Duration = Duration::from_secs(2);

/// What was found, over all documents.
#[derive(Debug, Default)]
pub struct Findings {
    pub documents: usize,
    pub kit_kills: usize,
    pub server_kills: usize,
    pub stops: usize,
    pub full_disks: usize,
    pub bad_sources: usize,
    pub bad_callbacks: usize,
    pub words: usize,
    pub lost: usize,
    pub oldest_lost: Duration,
    pub doubled: usize,
    pub disordered: usize,
    pub downloads: usize,
    /// How many callbacks came with each status.
    pub callbacks: HashMap<u64, usize>,
    /// What must not be, a sentence each.
    pub wrong: Vec<String>,
}

/// What happened to a document.
pub struct Trial {
    pub key: String,
    pub records: Vec<Record>,
    /// When something ended its engine.
    pub kills: Vec<Instant>,
    /// The file that was delivered at last; none when none was.
    pub file: Option<String>,
    /// The status of every callback but those of joining and leaving.
    pub statuses: Vec<u64>,
    /// The oldest that a lost word may have been when its engine was ended.
    pub may_be_lost: Duration,
    /// Whether somebody was there afterwards, who could be told.
    pub stayed: bool,
}

impl Findings {
    pub fn judge(&mut self, trial: &Trial) {
        self.documents += 1;
        let key = &trial.key;
        for status in &trial.statuses {
            *self.callbacks.entry(*status).or_default() += 1;
        }
        let text = trial.file.as_deref().unwrap_or_default().to_lowercase();
        let mut lost_any = None;
        let mut lost = Vec::new();
        for record in &trial.records {
            self.downloads += record.downloads;
            if let Some(ended) = &record.ended
                && trial.stayed
            {
                self.wrong
                    .push(format!("{key}: a user was sent away: {ended}"));
            }
            self.words += record.words.len();
            let mut places: Vec<usize> = Vec::new();
            for word in &record.words {
                let found: Vec<_> = text.match_indices(&word.text).map(|(at, _)| at).collect();
                if found.len() > 1 {
                    self.doubled += 1;
                    let text = &word.text;
                    self.wrong.push(format!("{key}: {text} is there twice"));
                }
                places.extend(found.first());
                if let (true, Some(confirmed)) = (found.is_empty(), word.confirmed) {
                    self.lost += 1;
                    let killed = trial
                        .kills
                        .iter()
                        .find(|kill| **kill + ON_THE_WAY >= confirmed);
                    let Some(killed) = killed else {
                        let text = &word.text;
                        let kills: Vec<_> = trial.kills.iter().map(Instant::elapsed).collect();
                        let at = confirmed.elapsed();
                        self.wrong.push(format!(
                            "{key}: {text}, confirmed {at:?} ago, is lost; kills were {kills:?} ago"
                        ));
                        continue;
                    };
                    let age = killed.saturating_duration_since(confirmed);
                    self.oldest_lost = self.oldest_lost.max(age);
                    lost_any = lost_any.max(Some(*killed));
                    lost.push((&word.text, confirmed.elapsed()));
                    let stored = word.stored.is_some_and(|stored| stored < *killed);
                    if age > trial.may_be_lost || stored {
                        let stored = if stored { ", said to be stored" } else { "" };
                        let text = &word.text;
                        let what = format!("{key}: {text} is lost at {age:?}{stored}");
                        self.wrong.push(what);
                    }
                }
            }
            if !places.is_sorted() {
                self.disordered += 1;
                self.wrong.push(format!("{key}: words are out of order"));
            }
        }
        if let (true, Some(killed)) = (trial.stayed, lost_any) {
            for record in &trial.records {
                let told = record.told.iter().any(|told| {
                    told.at > killed
                        && told.message.contains("is lost")
                        && !told.message.contains("nothing that was confirmed is lost")
                });
                if !told {
                    let heard: Vec<_> = record
                        .told
                        .iter()
                        .map(|told| format!("{:.1?} ago {}", told.at.elapsed(), told.message))
                        .collect();
                    let killed: Vec<_> = trial.kills.iter().map(Instant::elapsed).collect();
                    self.wrong.push(format!(
                        "{key}: nobody told of the loss of {lost:?}, only {heard:?}; kills were {killed:.1?} ago"
                    ));
                }
            }
        }
        let words = trial.records.iter().any(|record| !record.words.is_empty());
        if words && trial.statuses.contains(&4) {
            self.wrong
                .push(format!("{key}: it was changed, and said not to be"));
        }
        if words && !trial.statuses.iter().any(|status| [2, 3].contains(status)) {
            let told = &trial.statuses;
            self.wrong.push(format!(
                "{key}: the integrator heard of no end, only {told:?}"
            ));
        }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut callbacks: Vec<_> = self.callbacks.iter().collect();
        callbacks.sort();
        let rows: [(&str, String); 14] = [
            ("documents", self.documents.to_string()),
            ("engines killed", self.kit_kills.to_string()),
            ("servers killed", self.server_kills.to_string()),
            ("engines stopped for a while", self.stops.to_string()),
            ("disks filled", self.full_disks.to_string()),
            ("broken sources", self.bad_sources.to_string()),
            ("broken callbacks", self.bad_callbacks.to_string()),
            ("downloads", self.downloads.to_string()),
            ("words typed", self.words.to_string()),
            ("words lost", self.lost.to_string()),
            (
                "oldest lost word, s",
                format!("{:.1}", self.oldest_lost.as_secs_f64()),
            ),
            ("doubled", self.doubled.to_string()),
            ("out of order", self.disordered.to_string()),
            ("callbacks by status", format!("{callbacks:?}")),
        ];
        for (name, value) in rows {
            writeln!(to, "  {name:<28} {value}")?;
        }
        write!(to, "  {:<28} {}", "wrong", self.wrong.len())?;
        for wrong in &self.wrong {
            write!(to, "\n    {wrong}")?;
        }
        Ok(())
    }
}
