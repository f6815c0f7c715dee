//! A workbook of one or more tables, written as a flat `OpenDocument` file that LibreOffice opens without
//! asking.

use std::borrow::Cow;
use std::io::{Result, Write};

use recto_docs_api::Region;

/// LibreOffice's limits.
pub(super) const ROWS: usize = 1 << 20;
pub(super) const COLUMNS: usize = 1 << 14;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">"#;
const BOLD: &str = r#"<office:automatic-styles><style:style style:name="b" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>"#;
const BODY: &str = "<office:body><office:spreadsheet>";
const TABLE: &str = r#"<table:table table:name="Sheet1">"#;
const TAIL: &str = "</table:table></office:spreadsheet></office:body></office:document>\n";

/// What a cell is besides its text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub bold: bool,
    /// A text even if it is written as a number is.
    pub text: bool,
    /// How many columns and rows it covers.
    pub span: (usize, usize),
}

/// A sheet that is being written.
pub(super) struct Sheet<W> {
    to: W,
    /// Whether numbers have a comma before their fraction.
    comma: bool,
    /// Empty cells that are written when another one follows.
    empty: usize,
}

impl<W: Write> Sheet<W> {
    pub fn begin(mut to: W, region: Option<&Region>) -> Result<Self> {
        to.write_all(HEAD.as_bytes())?;
        if let Some(region) = region {
            // The values are shown as they are written there; both parts are letters.
            write!(
                to,
                r#"<office:styles><style:default-style style:family="table-cell"><style:text-properties fo:language="{}" fo:country="{}"/></style:default-style></office:styles>"#,
                region.language(),
                region.country().unwrap_or("none")
            )?;
        }
        for part in [BOLD, BODY, TABLE] {
            to.write_all(part.as_bytes())?;
        }
        Ok(Self {
            to,
            comma: region.is_some_and(Region::has_decimal_comma),
            empty: 0,
        })
    }

    pub fn begin_row(&mut self) -> Result<()> {
        self.to.write_all(b"<table:table-row>")
    }

    pub fn end_row(&mut self) -> Result<()> {
        if self.empty > 0 {
            // A row has a cell at least.
            self.to.write_all(b"<table:table-cell/>")?;
            self.empty = 0;
        }
        self.to.write_all(b"</table:table-row>")
    }

    pub fn cell(&mut self, value: &str) -> Result<()> {
        self.cell_with(value, Look::default())
    }

    /// A value is a number only when LibreOffice writes the number as the same text again, so that `007`,
    /// dates, long identifiers and all digits of a measurement survive a round trip.
    pub fn cell_with(&mut self, value: &str, look: Look) -> Result<()> {
        let spans = look.span.0 > 1 || look.span.1 > 1;
        if value.is_empty() && !spans {
            self.empty += 1;
            return Ok(());
        }
        self.write_empty()?;
        let to = &mut self.to;
        to.write_all(b"<table:table-cell")?;
        if look.bold {
            to.write_all(br#" table:style-name="b""#)?;
        }
        if spans {
            write!(
                to,
                r#" table:number-columns-spanned="{}" table:number-rows-spanned="{}""#,
                look.span.0.max(1),
                look.span.1.max(1)
            )?;
        }
        match number(value, self.comma).filter(|_| !look.text) {
            Some(number) => write!(to, r#" office:value-type="float" office:value="{number}">"#)?,
            None => to.write_all(br#" office:value-type="string">"#)?,
        }
        for line in value.lines() {
            to.write_all(b"<text:p>")?;
            escape(to, line)?;
            to.write_all(b"</text:p>")?;
        }
        to.write_all(b"</table:table-cell>")
    }

    /// A cell that another one covers.
    pub fn covered(&mut self) -> Result<()> {
        self.write_empty()?;
        self.to.write_all(b"<table:covered-table-cell/>")
    }

    pub fn end(mut self) -> Result<W> {
        self.to.write_all(TAIL.as_bytes())?;
        Ok(self.to)
    }

    fn write_empty(&mut self) -> Result<()> {
        match std::mem::take(&mut self.empty) {
            0 => Ok(()),
            1 => self.to.write_all(b"<table:table-cell/>"),
            many => write!(
                self.to,
                r#"<table:table-cell table:number-columns-repeated="{many}"/>"#
            ),
        }
    }
}

/// How many significant digits LibreOffice writes of a number, and how many before the fraction.
const DIGITS: usize = 15;
/// What is smaller, LibreOffice may write with an exponent.
const SMALLEST: f64 = 1e-4;

/// Whether LibreOffice writes this number as it stands here.
fn is_written_so(english: &str, number: f64) -> bool {
    let unsigned = english.strip_prefix('-').unwrap_or(english);
    let whole = unsigned
        .split_once('.')
        .map_or(unsigned, |(whole, _)| whole);
    let digits = unsigned.bytes().filter(u8::is_ascii_digit);
    let significant = digits.skip_while(|digit| *digit == b'0').count();
    let sized = number.abs() >= SMALLEST || english == "0";
    sized && significant <= DIGITS && whole.len() <= DIGITS
}

fn number(value: &str, comma: bool) -> Option<f64> {
    // Most texts need no closer look.
    if !matches!(value.as_bytes(), [b'-' | b'0'..=b'9', ..]) {
        return None;
    }
    let english = if comma && !value.contains('.') {
        Cow::from(value.replace(',', "."))
    } else {
        value.into()
    };
    english
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite() && number.to_string() == english)
        .filter(|number| is_written_so(&english, *number))
        // A point is no decimal point there.
        .filter(|_| !(comma && value.contains('.')))
}

fn escape(to: &mut impl Write, text: &str) -> Result<()> {
    let mut plain = 0;
    for (at, letter) in text.char_indices() {
        let instead: &[u8] = match letter {
            '&' => b"&amp;",
            '<' => b"&lt;",
            '>' => b"&gt;",
            '\t' => b"<text:tab/>",
            // XML has no place for these.
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => b"",
            _ => continue,
        };
        to.write_all(&text.as_bytes()[plain..at])?;
        to.write_all(instead)?;
        plain = at + letter.len_utf8();
    }
    to.write_all(&text.as_bytes()[plain..])
}

/// What a sheet has in its rows, for tests.
#[cfg(test)]
pub(super) fn rows(written: &[u8]) -> String {
    let text = std::str::from_utf8(written).unwrap();
    let (_, rows) = text.split_once(TABLE).unwrap();
    rows.strip_suffix(TAIL).unwrap().replace("table:table-", "")
}
