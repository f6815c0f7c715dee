//! What a browser says.

use recto_docs_api::Password;
use recto_docs_api::bounded::{text, text_or_none, tree, tree_or_none};
use recto_docs_api::tagged::{self, Unread};
use recto_engine::{Input, InputDenied};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::scale::{Viewport, Wanted};

/// The longest token, in bytes; `recto-token` refuses longer ones.
const TOKEN: usize = 64 << 10;

/// The first message of a browser.
#[derive(Debug, Deserialize)]
pub struct Open {
    /// Always `open`.
    #[serde(rename = "type")]
    pub kind: OpenTag,
    /// The config of `DocsAPI.DocEditor`, its token inside.
    #[serde(default, deserialize_with = "tree")]
    pub config: Value,
    /// The argument of `setHistoryData`: a version of the document is to be looked at, by whom the
    /// session token tells.
    #[serde(default, deserialize_with = "tree_or_none")]
    pub version: Option<Value>,
    /// Whether the version is to be marked against the one before, if that was given.
    #[serde(default = "wanted")]
    pub marks: bool,
    /// The last session token, when the browser returns after a lost connection.
    #[serde(default, deserialize_with = "text_or_none::<TOKEN, _>")]
    pub session: Option<String>,
    /// Which participant returns.
    #[serde(default)]
    pub resume: Option<Resume>,
}

fn wanted() -> bool {
    true
}

/// The tag of [`Open`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OpenTag {
    /// `open`
    Open,
}

/// Who returns, and how far they had sent.
#[derive(Debug, Deserialize)]
pub struct Resume {
    /// The participant's id, as given in `opened`.
    #[serde(deserialize_with = "text::<64, _>")]
    pub participant: String,
    /// The number of the last input that the browser sent.
    #[serde(default)]
    pub sent: u64,
}

/// What a browser says once the document is open. [`FromBrowser::read`] makes it, and everything in it
/// is within its bounds.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FromBrowser {
    /// One numbered input.
    Input {
        /// Its number, from 1 without gaps.
        seq: u64,
        /// What was typed, clicked or commanded; or why it is not taken.
        #[serde(deserialize_with = "input")]
        input: Result<Input, InputDenied>,
    },
    /// What is visible.
    Viewport(Viewport),
    /// Tiles wanted, the most urgent first.
    Tiles(Wanted),
    /// Wants the selection.
    Copy {
        /// Repeated in the answer.
        id: u64,
    },
    /// Wants the engine's values of a command.
    Query {
        /// Repeated in the answer.
        id: u64,
        /// The command, on the engine's allow-list.
        #[serde(deserialize_with = "text::<256, _>")]
        command: String,
    },
    /// Wants a copy of the document; the answer is `download`.
    #[serde(rename_all = "camelCase")]
    Download {
        /// Repeated in the answer.
        id: u64,
        /// An extension; that of saving if there is none.
        #[serde(default, deserialize_with = "text_or_none::<16, _>")]
        format: Option<String>,
        /// Whether it is to be printed; it is PDF then.
        #[serde(default)]
        print: bool,
    },
    /// The application gives pictures; the answer is `inserted`.
    InsertImage {
        /// Repeated in the answer.
        id: u64,
        /// The argument of `insertImage`, its token inside.
        #[serde(deserialize_with = "tree")]
        call: Value,
    },
    /// The application gives a document; the answer is `taken`.
    TakeDocument {
        /// Repeated in the answer.
        id: u64,
        /// By which method.
        method: Taking,
        /// Its argument, the token inside.
        #[serde(deserialize_with = "tree")]
        call: Value,
    },
    /// Writes to the other participants.
    Chat {
        /// What.
        #[serde(deserialize_with = "text::<{ 64 << 10 }, _>")]
        text: String,
    },
    /// What opens a protected document.
    Password {
        /// It is in no log and no debug output.
        #[serde(deserialize_with = "password")]
        password: Password,
    },
    /// The page gives up the right to change the document.
    GiveUpEditing,
    /// Store the document now.
    Save,
    /// Heartbeat.
    Ping,
    /// The user closed the editor on purpose.
    Leave,
}

/// A method that gives a second document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Taking {
    /// `setRequestedDocument`
    SetRequestedDocument,
    /// `setRevisedFile`
    SetRevisedFile,
}

/// Why a message of a browser was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is not JSON, or no message of this name exists.
    #[error("the message is not one of the live protocol")]
    Unknown {
        /// Where reading stopped: a column counted from 1.
        column: usize,
    },
    /// A member is missing, or its value is out of bounds.
    #[error("the message {kind:?} has a value that is out of bounds")]
    OutOfBounds {
        /// The name of the message.
        kind: String,
        /// Where reading stopped: a column counted from 1.
        column: usize,
    },
}

impl FromBrowser {
    /// Reads a message; nothing in it is larger than its bounds, nor was while it was read.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        tagged::read("type", text).map_err(|unread| match unread {
            Unread::Unknown(error) => Unreadable::Unknown {
                column: error.column(),
            },
            Unread::Wrong(kind, error) => Unreadable::OutOfBounds {
                kind,
                column: error.column(),
            },
        })
    }
}

/// As long as a conversion's, in characters.
fn password<'de, D: Deserializer<'de>>(from: D) -> Result<Password, D::Error> {
    const CHARACTERS: usize = 255;
    let password = text::<{ 4 * CHARACTERS }, _>(from)?;
    if password.chars().count() > CHARACTERS {
        return Err(D::Error::custom("a password has at most 255 characters"));
    }
    Ok(Password::from(password))
}

/// Reads an input: its measures and lengths are checked, its meaning is the engine's business.
fn input<'de, D: Deserializer<'de>>(from: D) -> Result<Result<Input, InputDenied>, D::Error> {
    let raw = <&RawValue>::deserialize(from)?;
    // It has a number, under which it is refused: otherwise the next one that is applied would confirm it.
    let denied = |input: String, argument: &str| InputDenied::Argument {
        input,
        argument: argument.into(),
    };
    let input = tagged::read("kind", raw.get()).map_err(|unread| match unread {
        Unread::Unknown(_) => denied("input".into(), "kind"),
        Unread::Wrong(kind, _) => denied(kind, "value"),
    });
    Ok(input.and_then(Input::checked))
}

#[cfg(test)]
mod tests;
