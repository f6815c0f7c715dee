//! What a document reports.

mod parse;

use serde::ser::SerializeTuple;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

pub(crate) use parse::{Reader, Violation, measure};

/// A view of a document, as LibreOffice numbers it.
pub type ViewId = i32;

/// A rectangle in twips; on the wire `[x, y, width, height]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
    /// To the right.
    pub width: i64,
    /// Downwards.
    pub height: i64,
}

impl Serialize for Rect {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut tuple = to.serialize_tuple(4)?;
        for number in [self.x, self.y, self.width, self.height] {
            tuple.serialize_element(&number)?;
        }
        tuple.end()
    }
}

/// A page-bearing part of a document: a sheet or a slide. A text has one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// As the author named it.
    pub name: String,
    /// A hidden sheet. The engine does not tell for slides.
    pub hidden: bool,
}

/// Why a kit is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Death {
    /// It crashed, or somebody killed it.
    Crashed,
    /// It did not answer and was killed.
    Hung,
    /// It took more of the machine than its share and was killed.
    Greedy,
    /// It said what no kit of ours says, and was killed.
    Broken,
    /// It was stopped because its document was closed or the engine stops.
    Stopped,
}

/// Something that happened to a document.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// What was painted there is stale. `part` is -1 for every part, `rect` none for everything.
    Invalidated {
        /// Sheet or slide; -1 for all.
        part: i32,
        /// Which area; none for all of it.
        rect: Option<Rect>,
    },
    /// The document's size or its parts changed.
    Size {
        /// In twips.
        width: i64,
        /// In twips.
        height: i64,
        /// All of them.
        parts: Vec<Part>,
    },
    /// Something for one participant.
    View {
        /// Whose.
        view: ViewId,
        /// What.
        event: ViewEvent,
    },
    /// The last event: the kit is gone.
    Died {
        /// Why.
        reason: Death,
    },
}

/// What one participant's editor has to know. On the wire as the "Engine events" of
/// `docs/development/live-protocol.md`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "the members are described in the live protocol"
)]
pub enum ViewEvent {
    Caret {
        rect: Rect,
    },
    CaretVisible {
        visible: bool,
    },
    Selection {
        rects: Vec<Rect>,
    },
    PeerCaret {
        view: ViewId,
        part: i32,
        rect: Rect,
    },
    PeerCaretVisible {
        view: ViewId,
        visible: bool,
    },
    PeerSelection {
        view: ViewId,
        part: i32,
        rects: Vec<Rect>,
    },
    PeerCell {
        view: ViewId,
        part: i32,
        cell: Option<CellPosition>,
    },
    PeerGraphic {
        view: ViewId,
        part: i32,
        rect: Option<Rect>,
    },
    Graphic {
        rect: Option<Rect>,
        angle: i64,
        details: Option<Value>,
    },
    Cell {
        cell: Option<CellPosition>,
    },
    CellArea {
        rect: Option<Rect>,
    },
    CellFormula {
        text: String,
    },
    CellAddress {
        text: String,
    },
    State {
        name: String,
        value: String,
    },
    Pointer {
        style: String,
    },
    Link {
        url: String,
    },
    Part {
        index: i32,
    },
    Headers {},
    Comments {},
    Field {
        field: Option<Field>,
    },
    Fields {
        count: usize,
    },
    CommandResult {
        name: String,
        success: bool,
        conflict: bool,
    },
    Dialog {
        title: String,
    },
}

/// What may be filled in at the caret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Field {
    /// A line of text.
    Text {
        /// What is in it.
        text: String,
    },
    /// One of a list.
    List {
        /// All that may be chosen.
        items: Vec<String>,
    },
    /// A day.
    Day,
}

/// Where a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CellPosition {
    /// Its area.
    pub rect: Rect,
    /// Counted from zero.
    pub column: i64,
    /// Counted from zero.
    pub row: i64,
}

impl ViewEvent {
    /// The other view that the event tells of.
    pub fn peer(&self) -> Option<ViewId> {
        match self {
            Self::PeerCaret { view, .. }
            | Self::PeerCaretVisible { view, .. }
            | Self::PeerSelection { view, .. }
            | Self::PeerCell { view, .. }
            | Self::PeerGraphic { view, .. } => Some(*view),
            _ => None,
        }
    }
}

/// What an event takes in memory beside its texts and lists, in bytes.
const USUAL: usize = 256;

impl Event {
    /// How many bytes it takes in memory, roughly; exact for what can be large.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Size { parts, .. } => {
                let each = |part: &Part| size_of::<Part>() + part.name.len();
                USUAL + parts.iter().map(each).sum::<usize>()
            }
            Self::View { event, .. } => event.weight(),
            Self::Invalidated { .. } | Self::Died { .. } => USUAL,
        }
    }
}

impl ViewEvent {
    /// How many bytes it takes in memory, roughly; exact for what can be large.
    pub fn weight(&self) -> usize {
        USUAL
            + match self {
                Self::Selection { rects } | Self::PeerSelection { rects, .. } => {
                    size_of_val(rects.as_slice())
                }
                Self::Graphic { details, .. } => details.as_ref().map_or(0, crate::json::weight),
                Self::CellFormula { text }
                | Self::CellAddress { text }
                | Self::Pointer { style: text }
                | Self::Link { url: text }
                | Self::CommandResult { name: text, .. }
                | Self::Dialog { title: text }
                | Self::Field {
                    field: Some(Field::Text { text }),
                } => text.len(),
                Self::State { name, value } => name.len() + value.len(),
                Self::Field {
                    field: Some(Field::List { items }),
                } => items
                    .iter()
                    .map(|item| size_of::<String>() + item.len())
                    .sum(),
                _ => 0,
            }
    }
}

/// Numbers of LibreOfficeKitEnums.h, `LibreOfficeKitCallbackType`.
pub(crate) mod callback {
    pub const INVALIDATE_TILES: i32 = 0;
    pub const INVALIDATE_VISIBLE_CURSOR: i32 = 1;
    pub const TEXT_SELECTION: i32 = 2;
    pub const CURSOR_VISIBLE: i32 = 5;
    pub const GRAPHIC_SELECTION: i32 = 6;
    pub const HYPERLINK_CLICKED: i32 = 7;
    pub const STATE_CHANGED: i32 = 8;
    pub const SEARCH_NOT_FOUND: i32 = 12;
    pub const DOCUMENT_SIZE_CHANGED: i32 = 13;
    pub const SET_PART: i32 = 14;
    pub const UNO_COMMAND_RESULT: i32 = 16;
    pub const CELL_CURSOR: i32 = 17;
    pub const MOUSE_POINTER: i32 = 18;
    pub const CELL_FORMULA: i32 = 19;
    pub const INVALIDATE_VIEW_CURSOR: i32 = 24;
    pub const TEXT_VIEW_SELECTION: i32 = 25;
    pub const CELL_VIEW_CURSOR: i32 = 26;
    pub const GRAPHIC_VIEW_SELECTION: i32 = 27;
    pub const VIEW_CURSOR_VISIBLE: i32 = 28;
    pub const COMMENT: i32 = 32;
    pub const INVALIDATE_HEADER: i32 = 33;
    pub const CELL_ADDRESS: i32 = 34;
    pub const WINDOW: i32 = 36;
    pub const CONTEXT_CHANGED: i32 = 39;
    pub const CELL_SELECTION_AREA: i32 = 42;
    pub const JSDIALOG: i32 = 46;
    pub const FORM_FIELD_BUTTON: i32 = 49;
    pub const INVALIDATE_SHEET_GEOMETRY: i32 = 50;
    pub const CONTENT_CONTROL: i32 = 55;
    pub const FONTS_MISSING: i32 = 57;
}
