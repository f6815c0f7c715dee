//! What a kit may say, in numbers. A kit keeps to them by itself ([`fit`]); one that does not is not
//! ours any more, and is killed.

use super::{Report, Size};
use crate::event::{Field, callback};

/// The longest first frame, and the longest answer that carries no content, in bytes.
pub(crate) const SHORT_FRAME: usize = 8 << 10;
/// The longest frame of reports, in bytes.
pub(crate) const REPORT_FRAME: usize = 1 << 20;
/// The longest answer to a query, in bytes.
pub(crate) const VALUES_FRAME: usize = 4 << 20;
/// The longest answer to the question for what is selected, in bytes.
pub(crate) const SELECTION_FRAME: usize = 8 << 20;

/// Reports in one frame.
pub(crate) const REPORTS: usize = 1024;
/// Sheets or slides of a document; LibreOffice has no more sheets.
pub(crate) const PARTS: usize = 10_000;
/// All names of a document's parts together, in bytes.
pub(crate) const PART_NAMES: usize = 256 << 10;
/// Fonts of a document that a kit names because they are not there.
pub(crate) const FONTS: usize = 64;
/// The longest name of a font, in bytes.
pub(crate) const FONT_NAME: usize = 128;
/// Rectangles of one selection.
pub(crate) const RECTS: usize = 2048;
/// The longest name of a state, in bytes.
pub(crate) const STATE_NAME: usize = 64;
/// Names of states that one kit may use. LibreOffice has about 300.
pub(crate) const STATE_NAMES: usize = 1024;
/// The longest title of a window, or message of a failure, in bytes.
pub(crate) const MESSAGE: usize = 1 << 10;
/// The longest text of a field that may be filled in, and the longest text of all entries of a list.
pub(crate) const FIELD: usize = 64 << 10;
/// Entries of a field's list.
pub(crate) const ENTRIES: usize = 2000;
/// Beyond this many twips, to either side, there is no place in any document.
pub(crate) const FARTHEST: i64 = 1 << 31;
/// The longest report of an invalidation, in bytes.
const INVALIDATION: usize = 128;
/// One that says that everything is stale.
const ALL_STALE: &str = "EMPTY";

/// The callbacks that a kit passes on, with the longest payload of each in bytes; it keeps the others
/// to itself.
pub(crate) fn longest_payload(kind: i32) -> Option<usize> {
    use callback as c;
    Some(match kind {
        c::INVALIDATE_VISIBLE_CURSOR
        | c::CURSOR_VISIBLE
        | c::SET_PART
        | c::CELL_CURSOR
        | c::MOUSE_POINTER
        | c::INVALIDATE_VIEW_CURSOR
        | c::CELL_VIEW_CURSOR
        | c::GRAPHIC_VIEW_SELECTION
        | c::VIEW_CURSOR_VISIBLE
        | c::CELL_ADDRESS
        | c::CELL_SELECTION_AREA => 1 << 10,
        c::STATE_CHANGED | c::UNO_COMMAND_RESULT => 4 << 10,
        c::HYPERLINK_CLICKED => 8 << 10,
        c::GRAPHIC_SELECTION => 32 << 10,
        c::CELL_FORMULA | c::TEXT_SELECTION | c::TEXT_VIEW_SELECTION => 128 << 10,
        // Only that they came is of interest; a kit sends them without their payload.
        c::SEARCH_NOT_FOUND | c::COMMENT | c::INVALIDATE_HEADER | c::INVALIDATE_SHEET_GEOMETRY => 0,
        _ => return None,
    })
}

/// A callback as it may be passed on, if an editor has any use for it then.
pub(crate) fn fit_callback(kind: i32, payload: &str) -> Option<String> {
    let longest = longest_payload(kind)?;
    Some(match kind {
        _ if longest == 0 => String::new(),
        // More of a long selection than any window shows.
        callback::TEXT_SELECTION => cut_list(payload, longest).to_owned(),
        callback::TEXT_VIEW_SELECTION if payload.matches(';').count() >= RECTS => return None,
        _ if payload.len() > longest => return None,
        _ => payload.to_owned(),
    })
}

/// The first rectangles of a list, if it has too many.
fn cut_list(payload: &str, longest: usize) -> &str {
    if payload.len() <= longest && payload.matches(';').count() < RECTS {
        return payload;
    }
    let ends = payload.match_indices(';').map(|(at, _)| at).take(RECTS);
    let end = ends.take_while(|at| *at <= longest).last();
    end.map_or("", |end| &payload[..end])
}

/// Has a report keep to the bounds, for those that are made of a document's own words.
pub(crate) fn fit(report: &mut Report) {
    match report {
        // Payloads were seen to when they came.
        Report::Callback { .. } | Report::Fields { .. } => {}
        Report::Invalidated { payload } => {
            if payload.len() > INVALIDATION {
                ALL_STALE.clone_into(payload);
            }
        }
        Report::Size(size) => fit_size(size),
        Report::Field { field, .. } => match field {
            Some(Field::Text { text }) => cut(text, FIELD),
            Some(Field::List { items }) => {
                items.truncate(ENTRIES);
                let each = FIELD / items.len().max(1);
                for item in items.iter_mut() {
                    cut(item, each);
                }
            }
            Some(Field::Day) | None => {}
        },
        Report::Dialog { title, .. } => cut(title, MESSAGE),
    }
}

/// The same for the size and the parts of a document.
pub(crate) fn fit_size(size: &mut Size) {
    size.parts.truncate(PARTS);
    let all: usize = size.parts.iter().map(|(name, _)| name.len()).sum();
    if all > PART_NAMES {
        let each = PART_NAMES / size.parts.len();
        for (name, _) in &mut size.parts {
            cut(name, each);
        }
    }
}

/// At most so many bytes of a text.
pub(crate) fn cut(text: &mut String, longest: usize) {
    let mut end = longest.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}

/// Whether a report keeps to the bounds that are not its decoder's or its meaning's.
pub(crate) fn keeps(report: &Report) -> Result<(), &'static str> {
    let keeps = match report {
        Report::Callback { kind, payload, .. } => match longest_payload(*kind) {
            None => return Err("a callback that nobody wants"),
            Some(longest) => payload.len() <= longest,
        },
        Report::Invalidated { payload } => payload.len() <= INVALIDATION,
        Report::Size(size) => size_keeps(size),
        Report::Field { field, .. } => match field {
            Some(Field::Text { text }) => text.len() <= FIELD,
            Some(Field::List { items }) => {
                items.len() <= ENTRIES && items.iter().map(String::len).sum::<usize>() <= FIELD
            }
            Some(Field::Day) | None => true,
        },
        Report::Fields { .. } => true,
        Report::Dialog { title, .. } => title.len() <= MESSAGE,
    };
    keeps.then_some(()).ok_or("a report that is too long")
}

pub(crate) fn size_keeps(size: &Size) -> bool {
    size.parts.len() <= PARTS
        && size.parts.iter().map(|(name, _)| name.len()).sum::<usize>() <= PART_NAMES
}

pub(crate) fn fonts_keep(fonts: &[(String, String)]) -> bool {
    let short = |name: &String| name.len() <= FONT_NAME;
    fonts
        .iter()
        .all(|(name, other)| short(name) && short(other))
}
