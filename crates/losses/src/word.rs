//! What a save loses of a text document.

use std::io::{Read, Seek};

use crate::kind::LossKind;
use crate::package::Package;
use crate::report::{Found, Place, quote};
use crate::style_id;
use crate::xml::{Event, Ns, Tag, unescape, walk};

/// The code of a field that is looked at.
const CODE: usize = 256;
/// Elements within each other that are told apart.
const DEPTH: usize = 256;

/// Scans a package whose main part is a text.
pub(crate) fn scan<R: Read + Seek>(package: &mut Package<R>, main: &str, found: &mut Found<'_>) {
    text(package, main, None, found);
    for (kind, place) in [
        ("header", Place::Header),
        ("footer", Place::Footer),
        ("footnotes", Place::Note),
        ("endnotes", Place::Note),
        ("comments", Place::Comment),
    ] {
        for part in package.targets(main, kind) {
            text(package, &part, Some(&place), found);
        }
    }
    for part in package.targets(main, "settings") {
        settings(package, &part, found);
    }
    for part in package.targets(main, "styles") {
        style_id::scan(package, &part, found);
    }
    for part in package.targets(main, "people") {
        let Some(scanner) = package.part(&part) else {
            continue;
        };
        walk(scanner, |event| {
            if let Event::Open(tag) = event
                && tag.is(b"presenceInfo")
            {
                found.add(LossKind::CommentPeople, None);
            }
        });
    }
}

/// What a content control is for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Purpose {
    /// Text with formats, or no particular one.
    #[default]
    Rich,
    /// Something that is kept wherever the control stands.
    Plain,
    /// A choice, which is kept inside a paragraph.
    Choice,
    /// Something that is lost wherever the control stands.
    Lost,
}

/// A content control whose end is not reached.
#[derive(Default)]
struct Control {
    purpose: Purpose,
    /// Whether its content has begun.
    seen: bool,
}

/// A field whose end is not reached.
#[derive(Default)]
struct Field {
    code: Vec<u8>,
    /// Whether its code has another field in it.
    nested: bool,
    /// Whether its code has ended.
    shown: bool,
}

/// What is known in the middle of a text.
struct Text<'a, 'f> {
    place: Option<&'a Place>,
    found: &'a mut Found<'f>,
    /// What was found in the paragraph, whose first words are not known yet.
    waiting: Vec<LossKind>,
    /// The first words of the paragraph.
    words: String,
    /// Those of the last paragraph that had some.
    earlier: String,
    paragraphs: u32,
    open: Vec<Element>,
    /// Elements within those.
    deeper: u32,
    reads_words: bool,
    reads_code: bool,
    fields: Vec<Field>,
    controls: Vec<Control>,
    insertions: u32,
}

/// The elements whose children mean something else than elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Insertion,
    RunProperties,
    NumberProperties,
    PageBorders,
    Control,
    ControlProperties,
    ControlContent,
    Other,
}

fn text<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    place: Option<&Place>,
    found: &mut Found<'_>,
) {
    let Some(scanner) = package.part(part) else {
        return;
    };
    let mut text = Text {
        place,
        found,
        waiting: Vec::new(),
        words: String::new(),
        earlier: String::new(),
        paragraphs: 0,
        open: Vec::new(),
        deeper: 0,
        reads_words: false,
        reads_code: false,
        fields: Vec::new(),
        controls: Vec::new(),
        insertions: 0,
    };
    walk(scanner, |event| match event {
        Event::Open(tag) => text.opens(tag),
        Event::Close(name) => text.closes(name),
        Event::Text(piece) => text.holds(piece),
    });
    text.end_paragraph();
}

impl Text<'_, '_> {
    /// Says of something that it is in the paragraph.
    fn add(&mut self, kind: LossKind) {
        if let Some(place) = self.place {
            self.found.add(kind, Some(place.clone()));
        } else if self.waiting.len() < 4096 {
            self.waiting.push(kind);
        } else {
            self.found.add(kind, None);
        }
    }

    fn end_paragraph(&mut self) {
        let words = self.words.trim();
        if !words.is_empty() {
            self.earlier = quote(words);
        }
        for kind in self.waiting.drain(..) {
            let place = (!self.earlier.is_empty()).then(|| Place::Paragraph {
                words: self.earlier.clone(),
            });
            self.found.add(kind, place);
        }
        self.words.clear();
    }

    fn inside(&self, element: Element) -> bool {
        self.open.last() == Some(&element)
    }

    fn opens(&mut self, tag: &Tag<'_>) {
        let element = match tag.ns {
            Ns::Own => self.own(tag),
            Ns::Math if self.open.contains(&Element::Other) => Element::Other,
            _ => {
                self.foreign(tag);
                Element::Other
            }
        };
        if !tag.empty {
            if self.open.len() < DEPTH {
                self.open.push(element);
            } else {
                self.deeper = self.deeper.saturating_add(1);
                self.found.complete = false;
            }
        }
    }

    fn own(&mut self, tag: &Tag<'_>) -> Element {
        use LossKind as Kind;
        match tag.name {
            b"p" if !tag.empty => {
                self.paragraphs += 1;
                self.around_paragraphs();
            }
            b"tr" => self.around_cells(true),
            b"tc" => self.around_cells(false),
            b"t" => self.reads_words = !tag.empty,
            b"instrText" => self.reads_code = !tag.empty,
            b"fldSimple" => {
                let code = tag.text(b"instr").unwrap_or_default();
                self.field(code.as_bytes(), false);
            }
            b"fldChar" => match tag.raw(b"fldCharType") {
                Some(b"begin") if self.fields.len() < DEPTH => {
                    if let Some(outer) = self.fields.last_mut() {
                        outer.nested |= !outer.shown;
                    }
                    self.fields.push(Field::default());
                }
                Some(b"separate") => {
                    if let Some(field) = self.fields.last_mut() {
                        field.shown = true;
                    }
                }
                Some(b"end") => {
                    if let Some(field) = self.fields.pop() {
                        self.field(&field.code, field.nested);
                    }
                }
                _ => {}
            },
            b"ins" | b"moveTo" => {
                if self.inside(Element::NumberProperties) {
                    self.add(Kind::TrackedChanges);
                } else if !tag.empty {
                    self.insertions += 1;
                    return Element::Insertion;
                }
            }
            b"del" if !tag.empty && self.insertions > 0 => self.add(Kind::TrackedChanges),
            b"rPrChange" if self.insertions > 0 => self.add(Kind::TrackedChanges),
            b"cellIns" | b"cellDel" | b"cellMerge" | b"tblPrChange" | b"tcPrChange"
            | b"trPrChange" | b"tblPrExChange" | b"sectPrChange" | b"numberingChange" => {
                self.add(Kind::TrackedChanges);
            }
            b"altChunk" | b"subDoc" => self.add(Kind::ImportedText),
            b"smartTag" | b"customXml" => self.add(Kind::TextTags),
            b"fitText" | b"ptab" => self.add(Kind::FittedText),
            b"tblCaption" | b"tblDescription" => self.add(Kind::TableDescription),
            b"pgBorders" => return Element::PageBorders,
            b"top" | b"left" | b"bottom" | b"right"
                if self.inside(Element::PageBorders) && tag.raw(b"val").is_some_and(is_art) =>
            {
                self.add(Kind::ArtBorders);
            }
            b"numPr" => return Element::NumberProperties,
            b"rPr" => return Element::RunProperties,
            b"sdt" if !tag.empty => {
                if self.controls.len() < DEPTH {
                    self.controls.push(Control::default());
                }
                return Element::Control;
            }
            b"sdtPr" => return Element::ControlProperties,
            b"sdtContent" => return Element::ControlContent,
            name if self.inside(Element::ControlProperties) => match name {
                b"comboBox" | b"dropDownList" => self.is_for(Purpose::Choice),
                b"text" | b"date" | b"picture" | b"citation" | b"docPartObj" | b"docPartList" => {
                    self.is_for(Purpose::Plain);
                }
                b"equation" => self.is_for(Purpose::Lost),
                _ => {}
            },
            _ => {}
        }
        Element::Other
    }

    fn foreign(&mut self, tag: &Tag<'_>) {
        match (tag.ns, tag.name) {
            (Ns::Extension, b"contentPart") => self.add(LossKind::Ink),
            (Ns::Extension, b"webVideoPr") => self.add(LossKind::OnlineVideos),
            (Ns::Extension, b"chart") => self.add(LossKind::NewerCharts),
            (Ns::Extension, b"model3d") => self.add(LossKind::Zooms),
            (Ns::Extension, b"repeatingSection") => self.is_for(Purpose::Lost),
            (Ns::Extension, b"checkbox") => self.is_for(Purpose::Plain),
            _ => {}
        }
    }

    fn is_for(&mut self, purpose: Purpose) {
        if let Some(control) = self.controls.last_mut() {
            control.purpose = purpose;
        }
    }

    /// A paragraph begins: the control whose content it is holds whole paragraphs.
    fn around_paragraphs(&mut self) {
        if !self.inside(Element::ControlContent) {
            return;
        }
        if let Some(control) = self.controls.last_mut()
            && !control.seen
        {
            control.seen = true;
            if control.purpose != Purpose::Plain {
                self.add(LossKind::ContentControls);
            }
        }
    }

    /// A row or cell begins. A control around a cell is kept, one around a row is not.
    fn around_cells(&mut self, row: bool) {
        if !self.inside(Element::ControlContent) {
            return;
        }
        if let Some(control) = self.controls.last_mut()
            && !control.seen
        {
            control.seen = true;
            if row || control.purpose == Purpose::Lost {
                self.add(LossKind::ContentControls);
            }
        }
    }

    fn closes(&mut self, name: &[u8]) {
        match name {
            b"p" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                if self.paragraphs == 0 {
                    self.end_paragraph();
                }
            }
            b"t" => self.reads_words = false,
            b"instrText" => self.reads_code = false,
            b"sdt" => {
                if let Some(control) = self.controls.pop()
                    && control.purpose == Purpose::Lost
                    && !control.seen
                {
                    self.add(LossKind::ContentControls);
                }
            }
            _ => {}
        }
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if self.open.pop() == Some(Element::Insertion) {
            self.insertions = self.insertions.saturating_sub(1);
        }
    }

    fn holds(&mut self, piece: &[u8]) {
        if self.reads_code {
            if let Some(Field { code, .. }) = self.fields.last_mut() {
                let room = CODE.saturating_sub(code.len());
                code.extend_from_slice(&piece[..piece.len().min(room)]);
            }
        } else if self.reads_words && self.words.len() < 4 * CODE {
            self.words
                .push_str(&unescape(&piece[..piece.len().min(CODE)]));
        }
    }

    /// A field whose code is complete.
    fn field(&mut self, code: &[u8], nested: bool) {
        if let Some(kind) = of_field(&unescape(code), nested) {
            self.add(kind);
        }
    }
}

/// Whether a condition is an equation: a `=` outside quotes that is no part of `<=` or `>=`.
fn is_equation(code: &str) -> bool {
    let (mut quoted, mut before) = (false, ' ');
    for char in code.chars() {
        match char {
            '"' => quoted = !quoted,
            '=' if !quoted && !matches!(before, '<' | '>') => return true,
            _ => {}
        }
        before = char;
    }
    false
}

/// What is lost of a field, by its code.
fn of_field(code: &str, nested: bool) -> Option<LossKind> {
    let code = code.trim_start();
    if code.starts_with('=') {
        return Some(LossKind::FormulaFields);
    }
    let name = code
        .split(|char: char| !char.is_ascii_alphanumeric())
        .next()?
        .to_ascii_uppercase();
    Some(match &*name {
        "EQ" => LossKind::EquationFields,
        "IF" if nested || is_equation(code) => LossKind::ConditionalFields,
        "XE" => LossKind::IndexEntries,
        "NEXT" | "NEXTIF" | "MERGEREC" => LossKind::MailMerge,
        // It loses the first letter of its macro, which matters if there is one.
        "MACROBUTTON" if !code.to_ascii_lowercase().contains("nomacro") => LossKind::OtherFields,
        "INCLUDEPICTURE" | "GOTOBUTTON" | "AUTONUM" | "AUTONUMLGL" | "AUTONUMOUT" => {
            LossKind::OtherFields
        }
        _ => return None,
    })
}

/// Whether a border of pages is one of Word's many pictures.
fn is_art(name: &[u8]) -> bool {
    const LINES: [&[u8]; 27] = [
        b"nil",
        b"none",
        b"single",
        b"thick",
        b"double",
        b"dotted",
        b"dashed",
        b"dotDash",
        b"dotDotDash",
        b"triple",
        b"thinThickSmallGap",
        b"thickThinSmallGap",
        b"thinThickThinSmallGap",
        b"thinThickMediumGap",
        b"thickThinMediumGap",
        b"thinThickThinMediumGap",
        b"thinThickLargeGap",
        b"thickThinLargeGap",
        b"thinThickThinLargeGap",
        b"wave",
        b"doubleWave",
        b"dashSmallGap",
        b"dashDotStroked",
        b"threeDEmboss",
        b"threeDEngrave",
        b"outset",
        b"inset",
    ];
    !LINES.contains(&name)
}

fn settings<R: Read + Seek>(package: &mut Package<R>, part: &str, found: &mut Found<'_>) {
    let Some(scanner) = package.part(part) else {
        return;
    };
    walk(scanner, |event| {
        let Event::Open(tag) = event else {
            return;
        };
        if tag.ns != Ns::Own {
            return;
        }
        match tag.name {
            b"mailMerge" => found.add(LossKind::MailMerge, None),
            b"attachedTemplate" => found.add(LossKind::AttachedTemplate, None),
            b"documentProtection"
                if tag.raw(b"edit") == Some(b"trackedChanges") && tag.is_on(b"enforcement") =>
            {
                found.add(LossKind::TrackingLock, None);
            }
            _ => {}
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_by_their_code() {
        for (code, kind) in [
            (" EQ \\f(1,2) ", Some(LossKind::EquationFields)),
            ("= price * 2", Some(LossKind::FormulaFields)),
            ("if 1 = 1 \"a\"", Some(LossKind::ConditionalFields)),
            ("IF 1 >= 1 \"a=b\"", None),
            (" XE \"Term\" ", Some(LossKind::IndexEntries)),
            ("MACROBUTTON AcceptAll here", Some(LossKind::OtherFields)),
            ("MACROBUTTON NoMacro [Name]", None),
            ("PAGE", None),
            ("EQUAL", None),
            ("", None),
        ] {
            assert_eq!(of_field(code, false), kind, "{code}");
        }
        assert_eq!(
            of_field("IF  > 1 \"a\"", true),
            Some(LossKind::ConditionalFields)
        );
    }
}
