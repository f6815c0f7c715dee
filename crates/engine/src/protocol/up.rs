//! What a kit says.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::bounds;
use crate::event::Field;

/// The kinds of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Warmed and waiting for a document, or not isolated and therefore not started.
    Start,
    /// The answer to a request.
    Answer,
    /// What LibreOffice reported since the last flush, in its order.
    Report,
    /// The number of a long request that is begun.
    Begun,
}

impl Sort {
    fn byte(self) -> u8 {
        match self {
            Self::Start => b'S',
            Self::Answer => b'A',
            Self::Report => b'R',
            Self::Begun => b'B',
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Start, Self::Answer, Self::Report, Self::Begun]
            .into_iter()
            .find(|sort| sort.byte() == byte)
    }
}

/// The head of a frame: what it is, and how long its body is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub sort: Sort,
    pub length: usize,
}

impl Frame {
    /// Bytes of a head.
    pub const HEAD: usize = 5;

    /// A head that was read.
    pub fn read(head: [u8; Self::HEAD]) -> Option<Self> {
        let [a, b, c, d, sort] = head;
        Some(Self {
            sort: Sort::of(sort)?,
            length: u32::from_le_bytes([a, b, c, d]) as usize,
        })
    }

    /// A whole frame around a body.
    pub fn around(sort: Sort, body: &[u8]) -> Vec<u8> {
        // Bodies are bounded far below 4 GiB.
        let length = u32::try_from(body.len()).unwrap_or(0);
        let mut frame = Vec::with_capacity(Self::HEAD + body.len());
        frame.extend(length.to_le_bytes());
        frame.push(sort.byte());
        frame.extend(body);
        frame
    }
}

/// The body of [`Sort::Answer`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answered {
    pub id: u64,
    pub answer: Result<Answer, String>,
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

#[derive(Debug, Clone, Serialize, Deserialize)]
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
        /// Fonts that are not there, each with the one that stands in for it.
        #[serde(deserialize_with = "fonts")]
        fonts: Vec<(String, String)>,
        /// Whether LibreOffice asked for a password, and took the one that there was.
        #[serde(default)]
        locked: bool,
    },
    /// Nothing was written beside the kit.
    NotBeside(NotBeside),
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

/// Why nothing was written in a copy of the kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum NotBeside {
    /// Copies would not end with the kit here.
    NotPermitted,
    /// LibreOffice is at work in another thread.
    Threads,
    /// There is one already.
    Busy,
    /// The system made none.
    Refused,
    /// It ended before it had written.
    Died,
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
    #[serde(deserialize_with = "parts")]
    pub parts: Vec<(String, bool)>,
}

fn parts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, bool)>, D::Error> {
    list::<_, _, { bounds::PARTS }>(from)
}

fn fonts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, String)>, D::Error> {
    list::<_, _, { bounds::FONTS }>(from)
}

/// The body of [`Sort::Report`].
pub(super) fn reports<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Report>, D::Error> {
    list::<_, _, { bounds::REPORTS }>(from)
}

/// A list of at most so many values; one that goes on is not read to its end.
pub(crate) fn list<'de, D, T, const MOST: usize>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    struct List<T, const MOST: usize>(PhantomData<T>);

    impl<'de, T: DeserializeOwned, const MOST: usize> Visitor<'de> for List<T, MOST> {
        type Value = Vec<T>;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(to, "at most {MOST} values")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(value) = values.next_element()? {
                if list.len() == MOST {
                    return Err(A::Error::custom(format_args!("more than {MOST} values")));
                }
                list.push(value);
            }
            Ok(list)
        }
    }

    from.deserialize_seq(List::<T, MOST>(PhantomData))
}
