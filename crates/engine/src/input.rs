//! What a person does in a view.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One input, as `docs/development/live-protocol.md` names them. Coordinates are twips, absolute
/// in the document.
///
/// A browser's has the name of the variant in `kind` ([`recto_docs_api::tagged`]). It is taken only
/// through [`Input::checked`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Input {
    /// A key, pressed and released.
    Key {
        /// The Unicode scalar value that the key types, or 0.
        char: u32,
        /// The engine's key code (awt.Key) with modifier bits.
        code: u32,
    },
    /// Text that was typed or composed, committed.
    Text {
        /// The text; a line feed is the Enter key.
        text: String,
    },
    /// The composition of an input method so far.
    Compose {
        /// Empty when the composition was cancelled.
        text: String,
    },
    /// Deletes around the caret.
    Erase {
        /// Characters before the caret.
        before: u32,
        /// Characters after it.
        after: u32,
    },
    /// A pointer event.
    Mouse {
        /// What happened.
        action: MouseAction,
        /// Twips from the left.
        x: i32,
        /// Twips from the top.
        y: i32,
        /// 1 for a click, 2 for a double click.
        count: u32,
        /// 1 left, 2 middle, 4 right.
        buttons: u32,
        /// Modifier bits as in a key's code.
        modifiers: u32,
    },
    /// Moves an end of the text selection.
    Select {
        /// Which end.
        handle: SelectHandle,
        /// Twips from the left.
        x: i32,
        /// Twips from the top.
        y: i32,
    },
    /// Moves or resizes the selected object: grips it at the start, lets go at the end.
    Graphic {
        /// Grip or let go.
        action: GraphicAction,
        /// Twips from the left.
        x: i32,
        /// Twips from the top.
        y: i32,
    },
    /// A `.uno:` command from the allow-list.
    Command {
        /// The command with its scheme, such as `.uno:Bold`.
        name: String,
        /// Its arguments: `{"Name": {"type": "…", "value": …}}`.
        #[serde(default, deserialize_with = "recto_docs_api::bounded::object")]
        args: Map<String, Value>,
    },
    /// Deletes what is selected, and gives it back.
    Cut {
        /// Repeated in the answer.
        id: u64,
    },
    /// Pastes data.
    Paste {
        /// `text/plain;charset=utf-8`, `text/html`, or the media type of a [`PictureKind`](crate::PictureKind).
        mime: String,
        /// The content, base64 on the wire.
        #[serde(with = "as_base64")]
        data: Vec<u8>,
    },
    /// Goes to a sheet or slide.
    Part {
        /// Counted from zero.
        index: i32,
    },
    /// Tells the engine what this view shows.
    Area {
        /// Side of a tile in twips.
        tile_twips: u32,
        /// Side of a tile in pixels.
        tile_pixels: u32,
        /// Twips from the left.
        x: i32,
        /// Twips from the top.
        y: i32,
        /// In twips.
        width: i32,
        /// In twips.
        height: i32,
    },
    /// Fills a text into the field at the caret, in place of what is in it.
    Fill {
        /// One line.
        text: String,
    },
    /// Chooses from the list at the caret.
    Pick {
        /// Counted from zero.
        item: u32,
    },
    /// Chooses a day in the field at the caret.
    Day {
        /// As `2026-11-24`.
        date: String,
    },
    /// Goes to a cell and enters a text there as if it had been typed.
    Cell {
        /// Such as `$B$7` or `Sheet2.B7`.
        address: String,
        /// A formula when it begins with `=`.
        text: String,
    },
}

/// What the pointer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MouseAction {
    /// A button was pressed.
    Down,
    /// A button was released.
    Up,
    /// The pointer moved.
    Move,
}

/// An end of the text selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SelectHandle {
    /// Where it begins.
    Start,
    /// Where it ends.
    End,
    /// Drops the selection and puts the caret there.
    Reset,
}

/// The two halves of moving an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GraphicAction {
    /// Grip the object or its handle.
    Start,
    /// Let go.
    End,
}

/// The modifier bits of a key code or a mouse event (`awt.KeyModifier` as the engine shifts them).
pub mod modifier {
    /// Shift.
    pub const SHIFT: u32 = 0x1000;
    /// Control.
    pub const CTRL: u32 = 0x2000;
    /// Alt.
    pub const ALT: u32 = 0x4000;
    /// The fourth modifier (Command on a Mac keyboard).
    pub const META: u32 = 0x8000;
}

impl Input {
    /// How many bytes its content takes; none for what has none.
    pub fn weight(&self) -> usize {
        match self {
            Self::Text { text } | Self::Compose { text } | Self::Fill { text } => text.len(),
            Self::Command { name, args } => name.len() + crate::json::of_members(args),
            Self::Paste { data, .. } => data.len(),
            Self::Cell { address, text } => address.len() + text.len(),
            _ => 0,
        }
    }
}

mod as_base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(data: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(data))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        STANDARD
            .decode(text.as_bytes())
            .map_err(|_| D::Error::custom("data is not base64"))
    }
}

#[cfg(test)]
mod tests {
    use recto_docs_api::tagged;

    use super::*;

    #[test]
    fn reads_the_wire_form() {
        let read = |text: &'static str| tagged::read::<Input>("kind", text).unwrap();
        let area = read(
            r#"{"kind":"area","tileTwips":3840,"tilePixels":256,"x":0,"y":1,"width":2,"height":3}"#,
        );
        assert_eq!(
            area,
            Input::Area {
                tile_twips: 3840,
                tile_pixels: 256,
                x: 0,
                y: 1,
                width: 2,
                height: 3
            }
        );
        let paste = read(r#"{"kind":"paste","mime":"text/html","data":"PGI+"}"#);
        assert_eq!(
            paste,
            Input::Paste {
                mime: "text/html".into(),
                data: b"<b>".to_vec()
            }
        );
        let command = read(r#"{"kind":"command","name":".uno:Bold"}"#);
        assert_eq!(
            command,
            Input::Command {
                name: ".uno:Bold".into(),
                args: Map::new()
            }
        );
    }

    #[test]
    fn refuses_data_that_is_not_base64() {
        let wrong = r#"{"kind":"paste","mime":"text/html","data":"*"}"#;
        assert!(tagged::read::<Input>("kind", wrong).is_err());
    }
}
