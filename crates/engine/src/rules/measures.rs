//! The measures, lengths and counts of an input: what holds for every document and everybody.

use super::{address, limit};
use crate::error::InputDenied;
use crate::input::{Input, modifier};
use crate::picture::PictureKind;

/// The longest text of one input, in bytes.
pub(super) const LONGEST_TEXT: usize = 64 << 10;
/// The longest cell content: LibreOffice's own limit is 32767 characters before 7.5.
pub(super) const LONGEST_CELL: usize = 32_767;
/// The longest content of a field, in bytes.
const LONGEST_FIELD: usize = 4000;
/// The largest paste, in bytes.
pub(super) const LARGEST_PASTE: usize = 16 << 20;
/// No document reaches so far (in twips); LibreOffice's arithmetic is 32 bits wide.
const FARTHEST: i32 = 1 << 29;
/// Beside those of pictures.
const PASTE_TYPES: [&str; 2] = ["text/plain;charset=utf-8", "text/html"];
/// The longest name of a command, in bytes.
const LONGEST_NAME: usize = 100;

impl Input {
    /// The same input, if its measures, lengths and counts are within bounds.
    pub fn checked(self) -> Result<Self, InputDenied> {
        check(&self).map(|()| self)
    }
}

pub(super) fn check(input: &Input) -> Result<(), InputDenied> {
    match input {
        Input::Key { char, .. } => {
            limit("key", "char", *char == 0 || char::from_u32(*char).is_some())
        }
        Input::Text { text } | Input::Compose { text } => check_text("text", "text", text),
        Input::Erase { before, after } => {
            limit("erase", "before", *before <= 10_000)?;
            limit("erase", "after", *after <= 10_000)
        }
        Input::Mouse {
            x,
            y,
            count,
            buttons,
            modifiers,
            ..
        } => {
            check_point("mouse", *x, *y)?;
            limit("mouse", "count", (0..=3).contains(count))?;
            limit("mouse", "buttons", *buttons <= 7)?;
            let known = modifier::SHIFT | modifier::CTRL | modifier::ALT;
            limit("mouse", "modifiers", *modifiers & !known == 0)
        }
        Input::Select { x, y, .. } => check_point("select", *x, *y),
        Input::Graphic { x, y, .. } => check_point("graphic", *x, *y),
        // Its arguments are bounded by their own rules.
        Input::Command { name, .. } => limit("command", "name", name.len() <= LONGEST_NAME),
        Input::Cut { .. } => Ok(()),
        Input::Paste { mime, data } => {
            let known = PASTE_TYPES.contains(&mime.as_str()) || PictureKind::named(mime).is_some();
            limit("paste", "mime", known)?;
            limit("paste", "data", data.len() <= LARGEST_PASTE)
        }
        Input::Part { index } => limit("part", "index", (0..=100_000).contains(index)),
        Input::Area {
            tile_twips,
            tile_pixels,
            x,
            y,
            width,
            height,
        } => {
            limit("area", "tileTwips", (64..=1 << 20).contains(tile_twips))?;
            limit("area", "tilePixels", (16..=1024).contains(tile_pixels))?;
            check_point("area", *x, *y)?;
            limit("area", "width", (0..=FARTHEST).contains(width))?;
            limit("area", "height", (0..=FARTHEST).contains(height))
        }
        Input::Fill { text } => {
            let line = !text.is_empty() && !text.contains(char::is_control);
            limit("fill", "text", line && text.len() <= LONGEST_FIELD)
        }
        Input::Pick { item } => limit("pick", "item", *item <= 10_000),
        Input::Day { date } => limit("day", "date", is_date(date)),
        Input::Cell { address, text } => {
            limit("cell", "address", address::is_valid(address))?;
            limit(
                "cell",
                "text",
                text.len() <= LONGEST_CELL && !text.contains('\0'),
            )
        }
    }
}

fn check_text(input: &str, argument: &str, text: &str) -> Result<(), InputDenied> {
    let control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t' | '\r');
    limit(
        input,
        argument,
        text.len() <= LONGEST_TEXT && !text.contains(control),
    )
}

/// A day as `2026-11-24`.
fn is_date(date: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let part = |range| date.get(range).and_then(|part: &str| part.parse().ok());
    date.len() == 10
        && date.bytes().enumerate().all(shape)
        && part(5..7).is_some_and(|month: u32| (1..=12).contains(&month))
        && part(8..10).is_some_and(|day: u32| (1..=31).contains(&day))
}

fn check_point(input: &str, x: i32, y: i32) -> Result<(), InputDenied> {
    limit(input, "x", (-FARTHEST..=FARTHEST).contains(&x))?;
    limit(input, "y", (-FARTHEST..=FARTHEST).contains(&y))
}
