//! Collects findings, orders them, and keeps secrets out of them.

use super::{Context, Explanation, Finding, Kind, Severity, catalogue, secrets};
use crate::secret::KNOWN;

/// Most findings of one answer.
const MAX_FINDINGS: usize = 100;

/// Shortest text that is replaced wherever it stands: a shorter one would be
/// found in ordinary words.
const SHORTEST_HIDDEN: usize = 5;

pub(super) struct Report {
    findings: Vec<Finding>,
    hidden: Vec<String>,
}

impl Report {
    pub(super) fn new(context: &Context) -> Self {
        let mut report = Self {
            findings: Vec::new(),
            hidden: Vec::new(),
        };
        for secret in &context.secrets {
            report.hide(&String::from_utf8_lossy(secret.bytes()));
        }
        secrets::check_given(&context.secrets, &mut report);
        report
    }

    /// Adds a finding, unless there is one of the code for the place.
    pub(super) fn add(&mut self, finding: Finding) {
        let known = self
            .findings
            .iter()
            .any(|other| other.code == finding.code && other.path == finding.path);
        if !known && self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
    }

    /// Whether there is a finding of the code.
    pub(super) fn has(&self, entry: &catalogue::Entry) -> bool {
        self.findings.iter().any(|other| other.code == entry.code)
    }

    /// Whether there is a finding of the code for the place.
    pub(super) fn has_at(&self, entry: &catalogue::Entry, path: &str) -> bool {
        self.findings
            .iter()
            .any(|other| other.code == entry.code && other.path.as_deref() == Some(path))
    }

    /// Whether there is a fatal finding.
    pub(super) fn has_fatal(&self) -> bool {
        self.findings
            .iter()
            .any(|other| other.severity == Severity::Fatal)
    }

    /// Gives all findings of a code another severity.
    pub(super) fn weigh(&mut self, entry: &catalogue::Entry, severity: Severity) {
        for finding in &mut self.findings {
            if finding.code == entry.code {
                finding.severity = severity;
            }
        }
    }

    /// Keeps a text out of the answer.
    pub(super) fn hide(&mut self, text: &str) {
        let text = text.trim();
        let printed = KNOWN.iter().any(|known| known.eq_ignore_ascii_case(text));
        if text.len() >= SHORTEST_HIDDEN && !printed && !self.hidden.iter().any(|h| h == text) {
            self.hidden.push(text.to_owned());
        }
    }

    pub(super) fn finish(mut self, kind: Kind) -> Explanation {
        let fine = self
            .findings
            .iter()
            .all(|finding| finding.severity == Severity::Note);
        if fine && !self.has(&catalogue::NO_FAULT_FOUND) {
            self.findings.push(Finding::new(&catalogue::NO_FAULT_FOUND));
        }
        // The longest first, so that no part of a longer one stays.
        self.hidden
            .sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        for finding in &mut self.findings {
            let texts = [Some(&mut finding.message), Some(&mut finding.hint)]
                .into_iter()
                .chain([
                    finding.path.as_mut(),
                    finding.expected.as_mut(),
                    finding.found.as_mut(),
                ]);
            for text in texts.flatten() {
                for hidden in &self.hidden {
                    if text.contains(hidden.as_str()) {
                        *text = text.replace(hidden.as_str(), "[hidden]");
                    }
                }
                *text = secrets::without_tokens(text);
            }
        }
        self.findings.sort_by(|a, b| {
            (a.severity, catalogue::rank(a.code), &a.path).cmp(&(
                b.severity,
                catalogue::rank(b.code),
                &b.path,
            ))
        });
        Explanation {
            kind,
            findings: self.findings,
        }
    }
}
