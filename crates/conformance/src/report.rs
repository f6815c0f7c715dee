//! What came out.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::server::ServerInfo;

/// How a row came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As ONLYOFFICE answers.
    Equal,
    /// As Recto answers on purpose.
    Deliberate,
    /// Neither.
    Wrong,
    /// Not asked, or nothing can be said.
    Skipped,
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Stable name of the case.
    pub id: String,
    /// The id without its last part.
    pub group: String,
    /// What is special about the case.
    pub title: String,
    /// How it came out.
    pub verdict: Verdict,
    /// What ONLYOFFICE answers.
    pub expected: String,
    /// What the server answered, without tokens and signed links.
    pub got: Option<String>,
    /// Why the difference is deliberate, or why the row was skipped.
    pub why: Option<String>,
}

/// How many rows came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// As ONLYOFFICE answers.
    pub equal: usize,
    /// As Recto answers on purpose.
    pub deliberate: usize,
    /// Neither.
    pub wrong: usize,
    /// Not asked, or nothing can be said.
    pub skipped: usize,
}

impl Counts {
    fn of<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Self {
        let mut counts = Self::default();
        for row in rows {
            *match row.verdict {
                Verdict::Equal => &mut counts.equal,
                Verdict::Deliberate => &mut counts.deliberate,
                Verdict::Wrong => &mut counts.wrong,
                Verdict::Skipped => &mut counts.skipped,
            } += 1;
        }
        counts
    }

    fn words(self) -> String {
        let parts = [
            (self.equal, "equal"),
            (self.deliberate, "deliberately different"),
            (self.wrong, "wrong"),
            (self.skipped, "skipped"),
        ];
        let parts: Vec<_> = parts
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{number} {word}"))
            .collect();
        parts.join(", ")
    }
}

/// All rows of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Which server was asked.
    pub server: ServerInfo,
    /// Sentences about the run as a whole.
    pub notes: Vec<String>,
    /// How many rows came out how.
    pub counts: Counts,
    /// The rows, in the order of the cases.
    pub rows: Vec<Row>,
}

impl Report {
    pub(crate) fn new(server: ServerInfo, notes: Vec<String>, rows: Vec<Row>) -> Self {
        Self {
            server,
            notes,
            counts: Counts::of(&rows),
            rows,
        }
    }

    /// Whether no row is wrong.
    pub fn is_fine(&self) -> bool {
        self.counts.wrong == 0
    }

    /// The report for people: a line for each group, and the rows that are not equal. With `verbose`,
    /// all rows.
    pub fn to_text(&self, verbose: bool) -> String {
        let mut text = format!("{}\n", self.server);
        for note in &self.notes {
            let _ = writeln!(text, "NOTE: {note}");
        }
        let width = self.rows.iter().map(|row| row.group.len()).max();
        let width = width.unwrap_or_default();
        for group in self.groups() {
            let rows = || self.rows.iter().filter(|row| row.group == group);
            let _ = writeln!(text, "\n{group:width$}  {}", Counts::of(rows()).words());
            for row in rows() {
                row.write(&mut text, verbose);
            }
        }
        let skipped = if self.counts.skipped > 0 && !verbose {
            " (--verbose says why)"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "\n{} rows: {}{skipped}.",
            self.rows.len(),
            self.counts.words()
        );
        text
    }

    fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !groups.contains(&row.group.as_str()) {
                groups.push(&row.group);
            }
        }
        groups
    }
}

impl Row {
    fn write(&self, text: &mut String, verbose: bool) {
        let word = match self.verdict {
            Verdict::Equal => "equal",
            Verdict::Deliberate => "deliberate",
            Verdict::Wrong => "WRONG",
            Verdict::Skipped => "skipped",
        };
        let detailed = matches!(self.verdict, Verdict::Deliberate | Verdict::Wrong);
        if !detailed && !verbose {
            return;
        }
        let _ = writeln!(text, "  {word:<10}  {}: {}", self.id, self.title);
        let mut detail = |name: &str, value: &str| {
            let _ = writeln!(text, "{:14}{name:<10}{value}", "");
        };
        if detailed {
            detail("expected", &self.expected);
            detail("got", self.got.as_deref().unwrap_or("nothing"));
        }
        if let Some(why) = &self.why {
            detail("why", why);
        }
    }
}
