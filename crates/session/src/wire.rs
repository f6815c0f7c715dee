//! The messages of the live protocol (`docs/development/live-protocol.md`).

use recto_docs_api::{Access, DocumentKey, DocumentKind, Explain};
use recto_engine::{MissingFont, Part, Rect, ViewEvent};
use recto_token::{Refusal, RefusalDetails};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::chat::ChatMessage;
use crate::download::Copied;
use crate::losses::LossState;
use crate::problem::Problem;
use crate::rights::RightsState;
use crate::ways::Way;

mod from_browser;
mod scale;
mod told;

pub use from_browser::{FromBrowser, Open, OpenTag, Resume, Taking, Unreadable};
pub(crate) use scale::PLACES;
pub use scale::{MOST_TILES, Scale, Viewport, Wanted};

/// What the server says.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ToBrowser {
    /// How far opening has come.
    Progress {
        /// The stage.
        stage: Stage,
    },
    /// The document opens with a password, which is asked for: the answer is `password`.
    Password {
        /// The one that the receiver gave does not open it.
        wrong: bool,
        /// Seconds to wait before the next try, after too many.
        #[serde(skip_serializing_if = "Option::is_none")]
        wait: Option<u64>,
    },
    /// The document is open.
    Opened(Box<Opened>),
    /// The token or config was refused.
    Refused(Box<Refused>),
    /// The document cannot be opened, or no longer be edited.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Stable code.
        code: String,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
        /// The code that an ONLYOFFICE page would see.
        editor_error: i32,
        /// Whether the connection ends.
        fatal: bool,
        /// Whether message and hint leave out what only an administrator is told.
        general: bool,
        /// Id of the request that the connection began with; the log has it too.
        #[serde(skip_serializing_if = "Option::is_none")]
        request: Option<String>,
        /// What the receiver may have in the document's place.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ways: Vec<Way>,
    },
    /// Something that the user should know; editing goes on.
    Notice {
        /// Stable code.
        code: String,
        /// What happened.
        message: String,
        /// What to do.
        hint: String,
    },
    /// All inputs up to this one were given to the engine.
    Ack {
        /// The number.
        seq: u64,
    },
    /// This input was refused.
    Denied {
        /// Its number.
        seq: u64,
        /// Stable code.
        code: String,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Everybody who is here.
    Participants {
        /// In order of arrival.
        list: Vec<Presence>,
    },
    /// What was painted there before is stale.
    Invalidate {
        /// -1: every part.
        part: i32,
        /// `None`: everything.
        rect: Option<Rect>,
        /// The document version from now on.
        version: u32,
    },
    /// The document's size or its parts changed.
    Size {
        /// Twips.
        width: i64,
        /// Twips.
        height: i64,
        /// Sheets or slides.
        parts: Vec<Part>,
    },
    /// The document has another title.
    Title {
        /// For people.
        title: String,
    },
    /// Where the changes are.
    Save(SaveReport),
    /// The answer to `copy`.
    Clipboard {
        /// The question's id.
        id: u64,
        /// The selection as text.
        text: Option<String>,
        /// The selection as HTML.
        html: Option<String>,
    },
    /// The answer to `query`.
    Values {
        /// The question's id.
        id: u64,
        /// The command asked for.
        command: String,
        /// What the engine answered, written already: it can be large.
        values: Box<RawValue>,
    },
    /// The answer to `download`.
    #[serde(rename_all = "camelCase")]
    Download {
        /// The question's id.
        id: u64,
        /// Where the copy is; none when there is none.
        url: Option<String>,
        /// Its extension.
        file_type: Option<&'static str>,
        /// Why there is none.
        #[serde(flatten)]
        problem: Option<Told>,
    },
    /// The answer to `insertImage`.
    Inserted {
        /// The question's id.
        id: u64,
        /// Why something is missing, if anything is.
        #[serde(flatten)]
        problem: Option<Told>,
    },
    /// The answer to `takeDocument`.
    Taken {
        /// The question's id.
        id: u64,
        /// How many tracked changes have come.
        changes: Option<u64>,
        /// Why nothing was done, if nothing was.
        #[serde(flatten)]
        problem: Option<Told>,
    },
    /// What this participant may do from now on.
    Rights(RightsState),
    /// What participants wrote to each other.
    Chat {
        /// The newest last.
        messages: Vec<ChatMessage>,
    },
    /// A new session token.
    Session {
        /// The token.
        token: String,
    },
    /// The answer to `ping`.
    Pong,
    /// An event of this participant's view.
    #[serde(untagged)]
    View(ViewEvent),
}

/// What went wrong, as a part of a message.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl From<Problem> for Told {
    fn from(problem: Problem) -> Self {
        Self {
            code: problem.code,
            message: problem.message,
            hint: problem.hint,
        }
    }
}

impl From<&Refusal> for Told {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code,
            message: refusal.message.clone(),
            hint: refusal.hint.clone(),
        }
    }
}

/// Stages before a document is open.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Fetching the file from the integrator.
    Downloading,
    /// The engine loads the file.
    Opening,
    /// The engine died; the last snapshot is being loaded.
    Recovering,
    /// The integrator is being given the last version and has not answered yet.
    Delivering,
}

/// The whole state that a browser starts from.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    /// This participant's id.
    pub participant: String,
    /// This participant's engine view.
    pub view: i32,
    /// Session token for returning after a lost connection.
    pub session: String,
    /// The document.
    pub document: DocumentState,
    /// What this participant may do.
    #[serde(flatten)]
    pub rights: RightsState,
    /// The formats that a download may have.
    pub formats: &'static [&'static str],
    /// What was written before, if the receiver may read it.
    pub chat_messages: Vec<ChatMessage>,
    /// Who this participant is.
    pub user: UserState,
    /// Language of the user interface.
    pub lang: String,
    /// Everybody who is here.
    pub participants: Vec<Presence>,
    /// The last input that was applied.
    pub applied: u64,
    /// Whether the view is new: its caret is where a document begins.
    pub fresh: bool,
    /// Where the changes are.
    pub save: SaveReport,
    /// What a save would lose, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub losses: Option<LossState>,
    /// Seconds between pings.
    pub heartbeat: u64,
}

/// What a browser needs to know of the document.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentState {
    /// The document key.
    pub key: DocumentKey,
    /// Title, for people.
    pub title: String,
    /// File type, for example `docx`.
    pub file_type: String,
    /// Text, spreadsheet or presentation.
    pub kind: DocumentKind,
    /// Sheets or slides.
    pub parts: Vec<Part>,
    /// Twips.
    pub width: i64,
    /// Twips.
    pub height: i64,
    /// Fonts that it names and the server does not have, with what is shown instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_fonts: Vec<MissingFont>,
    /// Of a version that is marked against the one before: how many changes there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<u64>,
}

/// Name and id of a user.
#[derive(Debug, Clone, Serialize)]
pub struct UserState {
    /// The integrator's id of the user.
    pub id: String,
    /// Name, for people.
    pub name: String,
}

/// One participant, as the others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Presence {
    /// The participant's id.
    pub id: String,
    /// Their engine view; events of others name it.
    pub view: i32,
    /// The integrator's id of the user.
    pub user_id: String,
    /// Name, for people.
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// What they may do.
    pub access: Access,
    /// False while their connection is lost.
    pub online: bool,
}

impl Presence {
    /// How many bytes these take, roughly; exact for what an integrator chooses.
    fn weight(list: &[Self]) -> usize {
        let each = |one: &Self| size_of::<Self>() + one.user_id.len() + one.name.len() + 64;
        list.iter().map(each).sum()
    }
}

/// Where the changes are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SaveReport {
    /// The state.
    pub state: SaveState,
    /// When it was last stored, RFC 3339 in UTC.
    pub at: Option<String>,
    /// Why it is not saved.
    pub message: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Where the changes are, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SaveState {
    /// Only in memory.
    Unsaved,
    /// On their way to disk.
    Saving,
    /// On disk.
    Saved,
    /// Not saved, and `message` says why.
    Failed,
}

/// A refused token or config.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// The refusal: all that its receiver needs to fix it, unless `general`.
    #[serde(flatten)]
    pub details: RefusalDetails,
    /// The code that an ONLYOFFICE page would see.
    pub editor_error: i32,
    /// Whether what only an administrator is told was left out.
    pub general: bool,
    /// Id of the request that the connection began with; the log has it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

impl From<Refusal> for ToBrowser {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(Refused {
            editor_error: refusal.editor_error(),
            details: (*refusal).clone(),
            general: false,
            request: None,
        }))
    }
}

impl ToBrowser {
    /// A failure as the browser shows it.
    pub fn failed(problem: &Problem, fatal: bool) -> Self {
        Self::Failed {
            code: problem.code.into(),
            message: problem.message.clone(),
            hint: problem.hint.clone(),
            editor_error: problem.editor_error,
            fatal,
            general: false,
            request: None,
            ways: Vec::new(),
        }
    }

    /// The same failure, with what its receiver may have in the document's place.
    pub(crate) fn with_ways(mut self, all: Vec<Way>) -> Self {
        if let Self::Failed { ways, .. } = &mut self {
            *ways = all;
        }
        self
    }

    /// How many bytes this takes while it waits, roughly; exact for what can be large.
    pub(crate) fn weight(&self) -> usize {
        const USUAL: usize = 512;
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let parts = |all: &[Part]| all.iter().map(|part| part.name.len() + 64).sum::<usize>();
        let chat = |all: &[ChatMessage]| all.iter().map(ChatMessage::weight).sum::<usize>();
        match self {
            Self::Clipboard { text, html, .. } => USUAL + length(text) + length(html),
            Self::Values { values, .. } => USUAL + values.get().len(),
            Self::Participants { list } => USUAL + Presence::weight(list),
            Self::View(event) => USUAL + event.weight(),
            Self::Size { parts: all, .. } => USUAL + parts(all),
            Self::Title { title } => USUAL + title.len(),
            Self::Opened(opened) => {
                let document = &opened.document;
                4 * USUAL
                    + opened.session.len()
                    + document.title.len()
                    + parts(&document.parts)
                    + Presence::weight(&opened.participants)
                    + opened.losses.as_ref().map_or(0, |it| it.report.weight())
                    + chat(&opened.chat_messages)
            }
            Self::Failed { ways, .. } => {
                USUAL + ways.iter().map(|way| 64 + way.url.len()).sum::<usize>()
            }
            Self::Chat { messages } => USUAL + chat(messages),
            _ => USUAL,
        }
    }

    /// The answer to a question; without one, nothing is known.
    pub(crate) fn values(id: u64, command: String, values: &Value) -> Self {
        Self::Values {
            id,
            command,
            values: serde_json::value::to_raw_value(values).unwrap_or_default(),
        }
    }

    /// The answer to a wish for a copy.
    pub(crate) fn download(id: u64, copied: Result<Copied, Problem>) -> Self {
        let (copied, problem) = match copied {
            Ok(copied) => (Some(copied), None),
            Err(problem) => (None, Some(problem)),
        };
        Self::Download {
            id,
            file_type: copied.as_ref().map(|copied| copied.file_type),
            url: copied.map(|copied| copied.url),
            problem: problem.map(Told::from),
        }
    }

    /// The answer to `insertImage`.
    pub fn inserted(id: u64, problem: Option<Problem>) -> Self {
        Self::Inserted {
            id,
            problem: problem.map(Told::from),
        }
    }

    /// The answer to `insertImage` when its token was refused.
    pub fn insert_refused(id: u64, refusal: &Refusal) -> Self {
        Self::Inserted {
            id,
            problem: Some(Told::from(refusal)),
        }
    }

    /// The answer to `takeDocument`.
    pub fn taken(id: u64, done: Result<u64, Problem>) -> Self {
        let (changes, problem) = match done {
            Ok(changes) => (Some(changes), None),
            Err(problem) => (None, Some(Told::from(problem))),
        };
        Self::Taken {
            id,
            changes,
            problem,
        }
    }

    /// The answer to `takeDocument` when its token was refused.
    pub fn take_refused(id: u64, refusal: &Refusal) -> Self {
        Self::Taken {
            id,
            changes: None,
            problem: Some(Told::from(refusal)),
        }
    }

    /// A notice as the browser shows it.
    pub fn notice(problem: &Problem) -> Self {
        Self::Notice {
            code: problem.code.into(),
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    }
}
