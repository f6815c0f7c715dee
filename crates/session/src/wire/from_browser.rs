//! What a browser says.

use recto_engine::Input;
use serde::Deserialize;
use serde_json::Value;

/// The first message of a browser.
#[derive(Debug, Deserialize)]
pub struct Open {
    /// Always `open`.
    #[serde(rename = "type")]
    pub kind: OpenTag,
    /// The config of `DocsAPI.DocEditor`, its token inside.
    #[serde(default)]
    pub config: Value,
    /// The argument of `setHistoryData`: a version of the document is to be looked at, by whom the
    /// session token tells.
    #[serde(default)]
    pub version: Option<Value>,
    /// Whether the version is to be marked against the one before, if that was given.
    #[serde(default = "wanted")]
    pub marks: bool,
    /// The last session token, when the browser returns after a lost connection.
    #[serde(default)]
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

/// Who returns, and how far he had sent.
#[derive(Debug, Deserialize)]
pub struct Resume {
    /// The participant's id, as given in `opened`.
    pub participant: String,
    /// The number of the last input that the browser sent.
    #[serde(default)]
    pub sent: u64,
}

/// What a browser says once the document is open.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum FromBrowser {
    /// One numbered input.
    Input {
        /// Its number, from 1 without gaps.
        seq: u64,
        /// What was typed, clicked or commanded.
        input: Input,
    },
    /// What is visible.
    Viewport(Viewport),
    /// Tiles wanted, the most urgent first.
    #[serde(rename_all = "camelCase")]
    Tiles {
        /// Sheet or slide; 0 in text documents.
        #[serde(default)]
        part: i32,
        /// Side of a tile in twips.
        tile_twips: u32,
        /// Side of a tile in device pixels.
        tile_pixels: u32,
        /// Columns and rows.
        tiles: Vec<(u32, u32)>,
    },
    /// Wants the selection.
    Copy {
        /// Repeated in the answer.
        id: u64,
        /// Whether to delete the selection afterwards.
        #[serde(default)]
        cut: bool,
    },
    /// Wants the engine's values of a command.
    Query {
        /// Repeated in the answer.
        id: u64,
        /// The command, on the engine's allow-list.
        command: String,
    },
    /// Wants a copy of the document; the answer is `download`.
    #[serde(rename_all = "camelCase")]
    Download {
        /// Repeated in the answer.
        id: u64,
        /// An extension; that of saving if there is none.
        #[serde(default)]
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
        call: Value,
    },
    /// The application gives a document; the answer is `taken`.
    TakeDocument {
        /// Repeated in the answer.
        id: u64,
        /// By which method.
        method: Taking,
        /// Its argument, the token inside.
        call: Value,
    },
    /// Writes to the other participants.
    Chat {
        /// What.
        text: String,
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

/// What part of the document a browser shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Viewport {
    /// Sheet or slide; 0 in text documents.
    #[serde(default)]
    pub part: i32,
    /// Side of a tile in twips.
    pub tile_twips: u32,
    /// Side of a tile in device pixels.
    pub tile_pixels: u32,
    /// Left edge in twips.
    pub x: i64,
    /// Upper edge in twips.
    pub y: i64,
    /// Width in twips.
    pub width: i64,
    /// Height in twips.
    pub height: i64,
}
