//! The frames between server and kit, and between server and launcher.
//!
//! A frame is its length in four bytes, little endian, and JSON. Pixels go through shared memory
//! and never through frames. What comes from a kit is hostile: the server takes it as data only.

use recto_docs_api::Password;
use serde::{Deserialize, Serialize};

use crate::config::Limits;
use crate::event::Field;
use crate::input::Input;
use crate::rights::ViewRights;

/// No frame is larger. A paste of 16 MiB fits in it as base64.
pub(crate) const MAX_FRAME: usize = 64 << 20;

/// Bytes of one tile slot in the shared memory: 1024 × 1024 pixels of four bytes.
pub(crate) const SLOT_BYTES: usize = 1024 * 1024 * 4;
/// Slots in the shared memory. It is sparse: slots that are never used cost nothing.
pub(crate) const SLOTS: usize = 8;

/// From the server to a kit.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    pub id: u64,
    pub call: Call,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Call {
    Ping,
    /// Loads a file of the kit's document folder.
    Load {
        name: String,
        /// Whether it was saved with its changes being tracked, if that is known.
        tracks: Option<bool>,
    },
    /// Loads one to write it in another format, and for nobody to look at.
    LoadToConvert {
        name: String,
        password: Option<Password>,
    },
    CreateView {
        author: String,
        lang: String,
        rights: ViewRights,
    },
    /// What the view may do from now on.
    SetRights {
        view: i32,
        rights: ViewRights,
    },
    DestroyView {
        view: i32,
    },
    Input {
        view: i32,
        input: Input,
    },
    Paint(Paint),
    Query {
        view: i32,
        command: String,
    },
    Selection {
        view: i32,
    },
    /// Takes a second file of the document folder, which the engine wrote.
    Second {
        view: i32,
        name: String,
        work: Work,
    },
    /// Writes a copy into the document folder.
    Save {
        name: String,
        format: String,
        options: String,
    },
}

/// What is done with a second file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Work {
    /// Marks what is new and what is gone since the file, which is older.
    Compare {
        /// Whether an empty paragraph was added to the file, and is to be added to this text too.
        guarded: bool,
    },
    /// Takes over the tracked changes of the file, which is a copy of the document.
    Merge {
        /// Whether an empty paragraph was added to the file.
        guarded: bool,
    },
    /// Puts its text at the caret.
    Insert,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Paint {
    pub view: i32,
    pub slot: usize,
    pub part: i32,
    pub pixels: u32,
    pub twips: u32,
    pub x: i32,
    pub y: i32,
}

/// From a kit to the server.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Up {
    /// Warmed and waiting for a document.
    Ready(Ready),
    /// Not isolated, and therefore not started.
    Failed(String),
    Answer {
        id: u64,
        answer: Result<Answer, String>,
    },
    /// What LibreOffice reported since the last flush, in its order.
    Report(Vec<Report>),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ready {
    /// As the launcher's process namespace sees it.
    pub pid: u32,
    pub version: String,
    pub landlock: bool,
    pub seccomp: bool,
    pub namespaces: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Report {
    /// A callback of one view, as LibreOffice gave it.
    Callback {
        view: i32,
        kind: i32,
        payload: String,
    },
    /// An invalidation, whichever views it was reported to.
    Invalidated {
        payload: String,
    },
    Size(Size),
    /// What may be filled in at a view's caret.
    Field {
        view: i32,
        field: Option<Field>,
    },
    /// How many fields there are, for a view that may only fill them in.
    Fields {
        view: i32,
        count: usize,
    },
    /// A window that LibreOffice opened and that was closed again.
    Dialog {
        view: i32,
        title: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Done,
    /// The comment belongs to somebody whose comments the view may not change.
    NotThisComment,
    /// The tracked change is of somebody whose changes the view may not accept or reject.
    NotThisChange,
    /// What a view that may only fill in fields did.
    Field(Filled),
    Loaded {
        kind: i32,
        keeper: i32,
        size: Size,
    },
    /// Not loaded: the password was wrong, or there was none.
    Locked,
    View(i32),
    Values(Option<String>),
    /// How many tracked changes have come.
    Changes(u64),
    Selection {
        text: Option<String>,
        html: Option<String>,
    },
    /// What was selected, and whether it was deleted.
    Cut {
        text: Option<String>,
        html: Option<String>,
        deleted: bool,
    },
}

/// What became of an input of a view that may only fill in fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Filled {
    /// A field has another content, and nothing else is different.
    Changed,
    /// The document is as it was, as it should be.
    Unchanged,
    /// There is no such field at the caret.
    NoField,
    /// More than a field would have changed.
    Leaks,
    /// There is too much to watch.
    TooLarge,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Size {
    pub width: i64,
    pub height: i64,
    pub parts: Vec<(String, bool)>,
}

/// From the server to the launcher; one datagram each.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// First of all: how to prepare.
    Prepare {
        install: String,
        profile: String,
        scratch: String,
        namespaces: bool,
    },
    /// Start a kit. Comes with two descriptors: its socket and the tile memory.
    Spawn { dir: String, limits: Limits },
}

/// From the launcher to the server; one datagram each.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum OrderAnswer {
    Prepared,
    /// Comes with one descriptor: the pidfd of the process to kill.
    Spawned {
        pid: u32,
    },
    Failed(String),
}

/// `frame` with its length before it.
pub(crate) fn encode<T: Serialize>(frame: &T) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, frame)?;
    let length = bytes.len() - 4;
    if length > MAX_FRAME {
        return Err(std::io::Error::other("the frame is too large"));
    }
    let length = u32::try_from(length).map_err(std::io::Error::other)?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

/// The length that a frame's first four bytes announce, when it is permitted.
pub(crate) fn announced(head: [u8; 4]) -> std::io::Result<usize> {
    let length = u32::from_le_bytes(head) as usize;
    if length > MAX_FRAME {
        return Err(std::io::Error::other("the frame is too large"));
    }
    Ok(length)
}
