//! The frames between server and kit, and between server and launcher.
//!
//! A frame to a kit is its length in four bytes, little endian, and JSON; one from a kit has its kind
//! in a byte after the length. Pixels go through shared memory and never through frames. What comes
//! from a kit is hostile: [`up`] bounds each frame and each list where it is decoded.

pub(crate) mod bounds;
mod up;

use std::path::PathBuf;

use recto_docs_api::Password;
use serde::{Deserialize, Serialize};

pub(crate) use up::{Answer, Answered, Filled, Frame, NotBeside, Ready, Report, Size, Sort};

use crate::config::Limits;
use crate::event::ViewId;
use crate::input::Input;
use crate::rights::ViewRights;

/// No frame to a kit is larger. A paste of 16 MiB fits in it as base64.
const LONGEST_REQUEST: usize = 64 << 20;

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

impl Call {
    /// What may answer it.
    pub fn expects(&self) -> Expected {
        match self {
            Self::Ping
            | Self::SetRights { .. }
            | Self::DestroyView { .. }
            | Self::Paint(_)
            | Self::Save { .. }
            | Self::SaveInPlace => Expected::Done,
            Self::SaveBeside(_) => Expected::Beside,
            Self::Load { .. } | Self::LoadToConvert { .. } => Expected::Loaded,
            Self::CreateView { .. } => Expected::View,
            Self::Input {
                input: Input::Cut { .. },
                ..
            } => Expected::Cut,
            Self::Input { .. } => Expected::Input,
            Self::Query { .. } => Expected::Values,
            Self::Selection { .. } => Expected::Selection,
            Self::Second { .. } => Expected::Second,
        }
    }

    /// The view whose requests it is kept in order with.
    pub fn view(&self) -> Option<ViewId> {
        match self {
            Self::SetRights { view, .. }
            | Self::DestroyView { view }
            | Self::Input { view, .. }
            | Self::Query { view, .. }
            | Self::Selection { view }
            | Self::Second { view, .. } => Some(*view),
            Self::Ping
            | Self::Load { .. }
            | Self::LoadToConvert { .. }
            | Self::CreateView { .. }
            | Self::Paint(_)
            | Self::Save { .. }
            | Self::SaveBeside(_)
            | Self::SaveInPlace => None,
        }
    }

    /// Whether the kit goes on with other requests before it answers.
    pub fn is_beside(&self) -> bool {
        matches!(self, Self::SaveBeside(_))
    }

    /// Whether the kit says when it begins it, since LibreOffice may be silent meanwhile for longer than
    /// usual.
    pub fn is_long(&self) -> bool {
        matches!(
            self,
            Self::Load { .. } | Self::LoadToConvert { .. } | Self::Save { .. } | Self::SaveInPlace
        )
    }

    /// How many bytes it holds in memory while it is under way, roughly; exact for what can be large.
    pub fn weight(&self) -> usize {
        const USUAL: usize = 512;
        match self {
            Self::Input { input, .. } => USUAL + input.weight(),
            _ => USUAL,
        }
    }
}

/// Which answers fit a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Done,
    Loaded,
    View,
    Input,
    Cut,
    Values,
    Selection,
    Second,
    Beside,
}

impl Expected {
    /// How many kinds there are.
    pub const KINDS: usize = 9;

    pub fn fits(self, answer: &Answer) -> bool {
        match self {
            Self::Done => matches!(answer, Answer::Done),
            Self::Loaded => matches!(answer, Answer::Loaded { .. } | Answer::Locked),
            Self::View => matches!(answer, Answer::View(_)),
            Self::Input => matches!(
                answer,
                Answer::Done | Answer::NotThisComment | Answer::NotThisChange | Answer::Field(_)
            ),
            Self::Cut => matches!(
                answer,
                Answer::Cut { .. } | Answer::NotThisChange | Answer::Field(_)
            ),
            Self::Values => matches!(answer, Answer::Values(_)),
            Self::Selection => matches!(answer, Answer::Selection { .. }),
            Self::Second => matches!(answer, Answer::Done | Answer::Changes(_)),
            Self::Beside => matches!(answer, Answer::Done | Answer::NotBeside(_)),
        }
    }

    /// The longest frame that such an answer may be, in bytes.
    pub fn longest(self) -> usize {
        match self {
            Self::Done | Self::View | Self::Input | Self::Second | Self::Beside => {
                bounds::SHORT_FRAME
            }
            Self::Loaded => bounds::REPORT_FRAME,
            Self::Values => bounds::VALUES_FRAME,
            Self::Cut | Self::Selection => bounds::SELECTION_FRAME,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Call {
    Ping,
    /// Loads a file of the kit's document folder.
    Load {
        name: String,
        /// Whether it was saved with its changes being tracked, if that is known.
        tracks: Option<bool>,
        /// How many reports, and how many bytes of them, the server takes in a second, before what each
        /// view adds.
        pace: (u32, u32),
        lock: Lock,
    },
    /// Loads one to write it in another format, and for nobody to look at.
    LoadToConvert {
        name: String,
        lock: Lock,
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
    /// Does the same in a copy of the kit, which goes on meanwhile. It is answered when the copy has
    /// ended.
    SaveBeside(Beside),
    /// Writes the document in the place that it was loaded from, as what it is: with its password.
    SaveInPlace,
}

/// What a copy of a kit is to write, and how long it may take.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Beside {
    pub name: String,
    pub format: String,
    pub options: String,
    pub seconds: u64,
}

/// Whether a file opens with a password, and with which.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Lock {
    /// It does, as far as it can be seen: then LibreOffice may ask.
    pub protected: bool,
    pub password: Option<Password>,
}

/// What is done with a second file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Work {
    /// Marks what is new and what is gone since the file, which is older.
    Compare {
        /// Whether an empty paragraph was added to the file, and is to be added to this text too.
        guarded: bool,
    },
    /// Takes over the tracked changes of the file, which is a copy of the document and has those of one
    /// author only.
    Adopt {
        /// Whose they are.
        author: String,
        /// Whether the first of them is a deletion.
        deletes_first: bool,
        /// Whether an empty paragraph was added to the file.
        guarded: bool,
    },
    /// Rejects the tracked changes of everybody else. No file is needed.
    Keep {
        /// Whose changes stay.
        author: String,
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

/// From the server to the launcher; one datagram each.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// First of all: how to prepare.
    Prepare {
        install: String,
        profile: String,
        scratch: String,
        namespaces: bool,
        /// What kits may read beside what every LibreOffice reads.
        readable: Vec<PathBuf>,
    },
    /// Start a kit. Comes with two descriptors: its socket and the tile memory.
    Spawn {
        dir: String,
        limits: Limits,
        /// The folder of the kit's control group, if it gets one.
        group: Option<String>,
    },
    /// Say how a kit ended.
    Fate {
        /// What [`OrderAnswer::Spawned`] called it.
        pid: u32,
    },
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
    /// The signal that ended a kit, if one did and that is known.
    Fate(Option<i32>),
}

/// A request with its length before it.
pub(crate) fn encode(request: &Request) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, request)?;
    let length = bytes.len() - 4;
    if length > LONGEST_REQUEST {
        return Err(std::io::Error::other("the request is too large"));
    }
    let length = u32::try_from(length).map_err(std::io::Error::other)?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

/// The body of [`Sort::Report`].
pub(crate) fn read_reports(body: &[u8]) -> serde_json::Result<Vec<Report>> {
    let mut from = serde_json::Deserializer::from_slice(body);
    let reports = up::reports(&mut from)?;
    from.end()?;
    Ok(reports)
}
