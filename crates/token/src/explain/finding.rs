//! What `explain` answers.

use serde::Serialize;

use super::catalogue::Entry;
use crate::json::cut;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It is refused, or cannot work.
    Fatal,
    /// It works, but with a different value from the one that was written.
    Silent,
    /// It works, but somebody may misuse it, or it may fail one day.
    Risk,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The name, as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Silent => "silent",
            Self::Risk => "risk",
            Self::Note => "note",
        }
    }
}

/// What an input was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A token.
    Token,
    /// An editor's config as JSON.
    Config,
    /// JavaScript, PHP or a template that makes a config.
    Snippet,
    /// An HTTP request or a `curl` line.
    Request,
    /// An HTTP answer alone.
    Answer,
    /// Lines of a server's log or of a browser's console.
    Log,
    /// Environment variables, a compose file or a `docker` line.
    Environment,
    /// An ONLYOFFICE server's configuration, such as `local.json`.
    ServerConfig,
    /// Nothing that could be recognised.
    Unknown,
}

impl Kind {
    /// The kind in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Token => "a token",
            Self::Config => "an editor's config",
            Self::Snippet => "code that makes a config",
            Self::Request => "a request",
            Self::Answer => "an answer",
            Self::Log => "lines of a log",
            Self::Environment => "an environment",
            Self::ServerConfig => "a server's configuration",
            Self::Unknown => "nothing that is known here",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable name, such as `token.signature`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence that says what is wrong.
    pub message: String,
    /// One sentence that says what to do.
    pub hint: String,
    /// Where, as a dotted path into the payload, the config or the request.
    pub path: Option<String>,
    /// What should have been there.
    pub expected: Option<String>,
    /// What was there.
    pub found: Option<String>,
    /// Anchor in the documentation: `GROUP/ID` is section `ID` of the page
    /// `GROUP` on findings.
    pub docs: &'static str,
}

impl Finding {
    /// What an ONLYOFFICE server or editor does or shows in such a case.
    pub fn symptom(&self) -> &'static str {
        super::catalogue::symptom(self.code)
    }

    pub(super) fn new(entry: &Entry) -> Self {
        Self {
            code: entry.code,
            severity: entry.severity,
            message: entry.message.to_owned(),
            hint: entry.hint.to_owned(),
            path: None,
            expected: None,
            found: None,
            docs: entry.docs,
        }
    }

    pub(super) fn says(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    pub(super) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    pub(super) fn expected(mut self, expected: impl AsRef<str>) -> Self {
        self.expected = Some(cut(expected.as_ref()));
        self
    }

    pub(super) fn found(mut self, found: impl AsRef<str>) -> Self {
        self.found = Some(cut(found.as_ref()));
        self
    }
}

/// What was found in an input, the root cause first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What the input was taken for.
    pub kind: Kind,
    /// What was found: by severity, and within one in the order in which a
    /// server checks. There is always at least one finding.
    pub findings: Vec<Finding>,
}

impl Explanation {
    /// The finding to fix first; `None` when there is no fault.
    pub fn root_cause(&self) -> Option<&Finding> {
        self.findings
            .first()
            .filter(|finding| finding.severity != Severity::Note)
    }

    /// Whether nothing but notes was found.
    pub fn is_fine(&self) -> bool {
        self.root_cause().is_none()
    }
}
