//! What a document's fields hold, and what is around them.
//!
//! LibreOffice writes the document as flat ODF. There a plain text field of Word is a
//! `text:text-input`, its other content controls are `loext:content-control`, and the fields of old
//! forms are `field:fieldmark…`. Everything else is the surroundings, brought into a form in which
//! two exports of the same document are equal: names of automatic styles count for nothing, nor does
//! what LibreOffice calculates or makes up again each time.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::xml::{Piece, attribute, attributes, pieces, plain};

/// A kind of field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line of text.
    Text,
    /// A content control that takes text of any format.
    Rich,
    /// A box to tick.
    Check,
    /// One of a list.
    List,
    /// A day.
    Day,
    /// A picture, which nobody fills in here.
    Picture,
    /// A text field of an old form, which LibreOffice does not tell where it is.
    OldText,
    /// A box of an old form.
    OldCheck,
    /// A list of an old form.
    OldList,
}

impl Kind {
    /// Whether a click changes it.
    pub fn is_ticked(self) -> bool {
        matches!(self, Self::Check | Self::OldCheck)
    }

    /// Whether it can be filled in here.
    pub fn can_be_filled(self) -> bool {
        !matches!(self, Self::Picture | Self::OldText)
    }
}

/// A field and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Control {
    pub kind: Kind,
    pub text: String,
    /// Whether it is ticked, which day it is, and the like.
    state: String,
}

/// A document's fields and their surroundings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub controls: Vec<Control>,
    around: String,
}

impl Form {
    /// The fields that another state of the document has other contents of, by number; none when
    /// more than contents differ.
    pub fn changes(&self, later: &Self) -> Option<Vec<usize>> {
        let kinds = |form: &Self| form.controls.iter().map(|c| c.kind).collect::<Vec<_>>();
        if self.around != later.around || kinds(self) != kinds(later) {
            return None;
        }
        let pairs = self.controls.iter().zip(&later.controls).enumerate();
        Some(
            pairs
                .filter(|(_, (before, after))| before != after)
                .map(|(number, _)| number)
                .collect(),
        )
    }
}

/// Sections that say nothing about the content.
const SKIPPED: [&str; 4] = [
    "office:meta",
    "office:settings",
    "office:scripts",
    "office:font-face-decls",
];

/// What LibreOffice writes as it likes.
const MADE_UP: [&str; 8] = [
    "xml:id",
    "text:continue-list",
    "officeooo:rsid",
    "officeooo:paragraph-rsid",
    "text:use-soft-page-breaks",
    "text:track-changes",
    "form:current-state",
    "form:current-value",
];

/// What LibreOffice calculates by itself.
const CALCULATED: [&str; 29] = [
    "text:date",
    "text:time",
    "text:page-number",
    "text:page-count",
    "text:page-continuation",
    "text:paragraph-count",
    "text:word-count",
    "text:character-count",
    "text:table-count",
    "text:image-count",
    "text:object-count",
    "text:modification-date",
    "text:modification-time",
    "text:print-date",
    "text:print-time",
    "text:editing-duration",
    "text:editing-cycles",
    "text:bookmark-ref",
    "text:reference-ref",
    "text:sequence-ref",
    "text:note-ref",
    "text:chapter",
    "text:expression",
    "text:variable-get",
    "text:user-field-get",
    "text:conditional-text",
    "text:hidden-text",
    "text:sheet-name",
    "text:table-formula",
];

/// What makes up a field's content, or text as such.
const INLINE: [&str; 4] = ["text:span", "text:s", "text:tab", "text:line-break"];

/// A content control's attributes that are content.
const STATE: [&str; 3] = [
    "loext:checked",
    "loext:current-date",
    "loext:showing-place-holder",
];

#[derive(Default)]
struct Reader {
    controls: Vec<Control>,
    around: String,
    /// The fields that are open, the innermost last. None is a field of an unknown kind.
    open: Vec<Option<usize>>,
    /// What each automatic style is, by name.
    styles: HashMap<String, String>,
    /// How deep one is in something that counts for nothing.
    skipped: u32,
    /// How deep one is in a field of an old form that holds its state in elements.
    state: u32,
}

/// The form in this flat ODF, unless it is damaged.
pub(super) fn read(xml: &str) -> Option<Form> {
    let mut reader = Reader::default();
    let mut all = pieces(xml);
    while let Some(piece) = all.next() {
        if let Piece::Start {
            name: "office:automatic-styles",
            ..
        } = piece
        {
            reader.automatic_styles(&mut all);
        } else {
            reader.piece(piece);
        }
    }
    let ended = reader.around.trim_end().ends_with("</office:document>");
    let whole = !all.damaged && reader.open.is_empty() && ended;
    whole.then_some(Form {
        controls: reader.controls,
        around: reader.around,
    })
}

impl Reader {
    fn automatic_styles<'x>(&mut self, all: &mut impl Iterator<Item = Piece<'x>>) {
        let mut depth = 0_u32;
        let mut style = (String::new(), String::new(), String::new());
        // Only names its parent, as a style does that only says when it was typed.
        let mut bare = true;
        for piece in all.by_ref() {
            match piece {
                Piece::Start { name, attributes } if depth == 0 => {
                    let named = attribute(attributes, "style:name").unwrap_or_default();
                    let parent = attribute(attributes, "style:parent-style-name");
                    style = (
                        named.into(),
                        String::new(),
                        parent.unwrap_or_default().into(),
                    );
                    let says = |(key, _): &(&str, &str)| {
                        !matches!(
                            *key,
                            "style:name" | "style:family" | "style:parent-style-name"
                        ) && !MADE_UP.contains(key)
                    };
                    bare = name == "style:style"
                        && super::xml::attributes(attributes).find(says).is_none();
                    self.write_start(&mut style.1, name, attributes, &["style:name"]);
                    depth = 1;
                }
                Piece::Start { name, attributes } => {
                    let length = style.1.len();
                    self.write_start(&mut style.1, name, attributes, &[]);
                    bare &= style.1[length..].trim_start_matches('<') == format!("{name}>");
                    depth += 1;
                }
                Piece::End { .. } if depth == 0 => return,
                Piece::End { name } => {
                    let _ = write!(style.1, "</{name}>");
                    depth -= 1;
                    if depth == 0 {
                        let (named, is, parent) = std::mem::take(&mut style);
                        let is = if bare {
                            format!("\"{parent}\"")
                        } else {
                            format!("[{is}]")
                        };
                        // The same name in two families: whatever uses it is either.
                        self.styles.entry(named).or_default().push_str(&is);
                    }
                }
                Piece::Text(text) => style.1.push_str(text.trim()),
            }
        }
    }

    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            _ if self.skipped > 0 => match piece {
                Piece::Start { .. } => self.skipped += 1,
                Piece::End { .. } => self.skipped -= 1,
                Piece::Text(_) => {}
            },
            Piece::Start { name, attributes } => self.start(name, attributes),
            Piece::End { name } => self.end(name),
            Piece::Text(text) => match self.current() {
                Some(control) => control.text.push_str(&plain(text)),
                None => self.around.push_str(text),
            },
        }
    }

    /// The innermost field.
    fn current(&mut self) -> Option<&mut Control> {
        let number = (*self.open.last()?)?;
        self.controls.get_mut(number)
    }

    fn begin(&mut self, kind: Kind, state: String) {
        self.open.push(Some(self.controls.len()));
        self.controls.push(Control {
            kind,
            text: String::new(),
            state,
        });
    }

    fn start(&mut self, name: &str, written: &str) {
        if self.state > 0 {
            self.state += 1;
            if let Some(control) = self.controls.last_mut() {
                let _ = write!(control.state, "<{name}{written}>");
            }
            return;
        }
        if SKIPPED.contains(&name) || name == "text:soft-page-break" {
            self.skipped = 1;
            return;
        }
        if CALCULATED.contains(&name) {
            let _ = write!(self.around, "<{name}/>");
            self.skipped = 1;
            return;
        }
        if INLINE.contains(&name) && (name != "text:span" || self.current().is_some()) {
            let spaces = attribute(written, "text:c").and_then(|count| count.parse().ok());
            let text = match name {
                "text:s" => " ".repeat(spaces.unwrap_or(1).min(10_000)),
                "text:tab" => "\t".into(),
                "text:line-break" => "\n".into(),
                _ => String::new(),
            };
            match self.current() {
                Some(control) => control.text.push_str(&text),
                None => self.around.push_str(&text),
            }
            return;
        }
        match name {
            "text:text-input" => self.begin(Kind::Text, String::new()),
            "loext:content-control" => {
                let is = |attr: &str| attribute(written, attr) == Some("true");
                let kind = if is("loext:checkbox") {
                    Kind::Check
                } else if is("loext:date") {
                    Kind::Day
                } else if is("loext:picture") {
                    Kind::Picture
                } else {
                    Kind::Rich
                };
                let state = STATE.map(|attr| attribute(written, attr).unwrap_or_default());
                self.begin(kind, state.join(" "));
            }
            "loext:list-item" => {
                if let Some(control) = self.current()
                    && control.kind == Kind::Rich
                {
                    control.kind = Kind::List;
                }
            }
            "field:fieldmark-start" if field_type(written) == "FORMTEXT" => {
                self.begin(Kind::OldText, String::new());
            }
            "field:fieldmark-start" => self.open.push(None),
            "field:fieldmark-end" => {
                self.open.pop();
            }
            "field:fieldmark" => {
                let kind = match field_type(written) {
                    "FORMCHECKBOX" => Some(Kind::OldCheck),
                    "FORMDROPDOWN" => Some(Kind::OldList),
                    _ => None,
                };
                if let Some(kind) = kind {
                    self.begin(kind, String::new());
                    self.open.pop();
                    self.state = 1;
                }
            }
            _ => {}
        }
        let mut around = std::mem::take(&mut self.around);
        let left_out: &[&str] = match name {
            "loext:content-control" => &STATE,
            // Made up for fields without one.
            "field:fieldmark" | "field:fieldmark-start" => &["text:name"],
            _ => &[],
        };
        self.write_start(&mut around, name, written, left_out);
        self.around = around;
    }

    fn end(&mut self, name: &str) {
        if self.state > 1 {
            self.state -= 1;
            return;
        }
        self.state = 0;
        if INLINE.contains(&name) && (name != "text:span" || self.current().is_some()) {
            return;
        }
        if matches!(name, "text:text-input" | "loext:content-control") {
            self.open.pop();
        }
        let _ = write!(self.around, "</{name}>");
    }

    fn write_start(&self, to: &mut String, name: &str, written: &str, left_out: &[&str]) {
        let _ = write!(to, "<{name}");
        for (key, value) in attributes(written) {
            if MADE_UP.contains(&key) || left_out.contains(&key) {
                continue;
            }
            match self.styles.get(value) {
                Some(style) if key.ends_with("-name") => {
                    let _ = write!(to, " {key}={style}");
                }
                _ => {
                    let _ = write!(to, " {key}=\"{value}\"");
                }
            }
        }
        to.push('>');
    }
}

/// The last part of a field's type.
fn field_type(written: &str) -> &str {
    let name = attribute(written, "field:type").unwrap_or_default();
    name.rsplit('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
