//! The tables of a web page, which programs write in a workbook's place, as a sheet. LibreOffice never
//! gets the page, which could name files and addresses: only the values are taken out of it.

use std::borrow::Cow;
use std::io::{BufWriter, Result, Write};
use std::path::Path;

use quick_xml::escape::resolve_html5_entity;

use super::sheet::{COLUMNS, Look, ROWS, Sheet};
use crate::error::OpenError;

/// A cell covers no more rows than this; of columns, as many as there are.
const MOST_ROWS_COVERED: usize = 4096;
/// Cells that others cover, in all; beyond that, none covers others.
const COVERED: usize = 4 << 20;
/// Tables of a page that are read, one below the other.
const TABLES: usize = 10_000;
/// The longest entity, such as `&CounterClockwiseContourIntegral;`.
const LONGEST_ENTITY: usize = 40;
/// The longest text of a cell, in bytes; LibreOffice has room for 32,767 letters.
const LONGEST_TEXT: usize = 128 << 10;

/// Writes the tables of `from` to `to` as a flat `OpenDocument` sheet.
pub(super) fn convert(from: &Path, to: &Path) -> std::result::Result<(), OpenError> {
    let bytes = std::fs::read(from).map_err(crate::error::EngineError::from)?;
    let write = || -> Result<usize> {
        let to = BufWriter::new(std::fs::File::create(to)?);
        let (to, cells) = write_tables(&decode(&bytes), to)?;
        to.into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        Ok(cells)
    };
    match write().map_err(crate::error::EngineError::from)? {
        0 => Err(OpenError::Type(crate::formats::PAGE.to_owned())),
        _ => Ok(()),
    }
}

/// In the encoding that its mark or the page itself says, else in UTF-8, and if it is none, in
/// Windows-1252.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let said = head.split_once("charset=").and_then(|(_, rest)| {
        let rest = rest.trim_start_matches(['"', '\'']);
        let name = rest.split(['"', '\'', ';', '>', ' ', '/']).next()?;
        encoding_rs::Encoding::for_label(name.as_bytes())
    });
    let fallback = match (std::str::from_utf8(bytes), said) {
        (_, Some(said)) => said,
        (Ok(_), None) => encoding_rs::UTF_8,
        (Err(_), None) => encoding_rs::WINDOWS_1252,
    };
    fallback.decode(bytes).0
}

/// Gives how many cells there are, too.
fn write_tables<W: Write>(page: &str, to: W) -> Result<(W, usize)> {
    let mut tables = Tables {
        sheet: Sheet::begin(to, None)?,
        covered: Vec::new(),
        row: None,
        cell: None,
        rows: 0,
        begun: 0,
        cells: 0,
        depth: 0,
        room: COVERED,
    };
    for piece in Pieces(page) {
        match piece {
            Piece::Text(text) => tables.text(text),
            Piece::Open(name, attributes) => tables.open(name, attributes)?,
            Piece::Close(name) => tables.close(name)?,
        }
    }
    tables.end_row()?;
    Ok((tables.sheet.end()?, tables.cells))
}

struct Cell {
    text: String,
    look: Look,
    /// What Excel wrote beside the text: the number as it is.
    number: Option<String>,
}

struct Tables<W> {
    sheet: Sheet<W>,
    /// For each column, how many of the following rows a cell above covers.
    covered: Vec<usize>,
    /// The column of the next cell, in a row.
    row: Option<usize>,
    cell: Option<Cell>,
    rows: usize,
    /// How many tables have begun.
    begun: usize,
    cells: usize,
    /// Tables that are open: one within another is a part of its cell.
    depth: usize,
    /// How many further cells may be covered.
    room: usize,
}

impl<W: Write> Tables<W> {
    fn text(&mut self, text: &str) {
        let Some(cell) = &mut self.cell else { return };
        let room = LONGEST_TEXT.saturating_sub(cell.text.len());
        // Spaces and line ends of the source are one space.
        let mut spaced = cell.text.is_empty() || cell.text.ends_with([' ', '\n']);
        for letter in unescape(&text[..floor(text, room)]).chars() {
            let space = letter.is_ascii_whitespace();
            if !space {
                cell.text
                    .push(if letter == '\u{a0}' { ' ' } else { letter });
            } else if !spaced {
                cell.text.push(' ');
            }
            spaced = space;
        }
    }

    fn open(&mut self, name: &str, attributes: &str) -> Result<()> {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("table") {
            self.depth += 1;
            if self.depth == 1 && self.rows > 0 && self.begun < TABLES {
                // A row between two tables.
                self.end_row()?;
                self.begin_row()?;
                self.end_row()?;
            }
            self.begun += usize::from(self.depth == 1);
        } else if self.depth > 1 {
            // What is in a table within a cell is text of the cell.
            if is("td") || is("th") || is("tr") {
                self.text(" ");
            }
        } else if is("tr") {
            self.end_row()?;
            self.begin_row()?;
        } else if is("td") || is("th") {
            self.end_cell()?;
            if self.row.is_none() {
                self.begin_row()?;
            }
            let number = |name: &str, most: usize| {
                let text = attribute(attributes, name)?;
                Some(text.trim().parse::<usize>().ok()?.clamp(1, most))
            };
            let format = attribute(attributes, "style").unwrap_or_default();
            self.cell = Some(Cell {
                text: String::new(),
                look: Look {
                    bold: is("th"),
                    // Excel's way to say that a cell is a text.
                    text: format
                        .replace([' ', '\\'], "")
                        .contains("mso-number-format:\"@\"")
                        || format
                            .replace([' ', '\\'], "")
                            .contains("mso-number-format:'@'")
                        || format.replace(' ', "").contains("mso-number-format:\\@"),
                    span: (
                        number("colspan", COLUMNS).unwrap_or(1),
                        number("rowspan", MOST_ROWS_COVERED).unwrap_or(1),
                    ),
                },
                number: attribute(attributes, "x:num").filter(|number| !number.is_empty()),
            });
        } else if let Some(cell) = &mut self.cell {
            if is("br") || ((is("p") || is("div")) && !cell.text.is_empty()) {
                cell.text.push('\n');
            } else if is("b") || is("strong") {
                cell.look.bold = true;
            }
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<()> {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("table") {
            self.depth = self.depth.saturating_sub(1);
            if self.depth == 0 {
                self.end_row()?;
                self.covered.clear();
            }
        } else if self.depth <= 1 && is("tr") {
            self.end_row()?;
        } else if self.depth <= 1 && (is("td") || is("th")) {
            self.end_cell()?;
        }
        Ok(())
    }

    fn begin_row(&mut self) -> Result<()> {
        if self.rows < ROWS {
            self.sheet.begin_row()?;
            self.row = Some(0);
            self.rows += 1;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<()> {
        self.end_cell()?;
        if self.row.is_some() {
            self.cover()?;
            self.row = None;
            self.sheet.end_row()?;
            for rows in &mut self.covered {
                *rows = rows.saturating_sub(1);
            }
            let used = self.covered.iter().rposition(|rows| *rows > 0);
            self.covered.truncate(used.map_or(0, |last| last + 1));
        }
        Ok(())
    }

    /// Passes over columns that cells above cover.
    fn cover(&mut self) -> Result<()> {
        while let Some(column) = self.row
            && self.covered.get(column).is_some_and(|rows| *rows > 0)
        {
            self.sheet.covered()?;
            self.row = Some(column + 1);
        }
        Ok(())
    }

    fn end_cell(&mut self) -> Result<()> {
        let Some(mut cell) = self.cell.take() else {
            return Ok(());
        };
        self.cover()?;
        let Some(column) = self.row.filter(|column| *column < COLUMNS) else {
            return Ok(());
        };
        let (mut wide, mut high) = cell.look.span;
        wide = wide.min(COLUMNS - column);
        high = high.min(ROWS - self.rows + 1);
        if wide * high > self.room {
            (wide, high) = (1, 1);
        }
        self.room -= wide * high - 1;
        let end = column + wide;
        if self.covered.len() < end {
            self.covered.resize(end, 0);
        }
        // What is covered already stays so.
        let free = self.covered[column..end]
            .iter()
            .take_while(|rows| **rows == 0);
        wide = free.count().max(1);
        cell.look.span = (wide, high);
        let value = cell.number.as_deref().unwrap_or(cell.text.trim());
        self.sheet.cell_with(value, cell.look)?;
        self.cells += usize::from(!value.is_empty());
        for further in 0..wide {
            if further > 0 {
                self.sheet.covered()?;
            }
            // It counts down at the end of this row, too.
            self.covered[column + further] = if high > 1 { high } else { 0 };
        }
        self.row = Some(column + wide);
        Ok(())
    }
}

/// A part of a page.
enum Piece<'p> {
    Text(&'p str),
    /// A tag's name and what follows it.
    Open(&'p str, &'p str),
    Close(&'p str),
}

struct Pieces<'p>(&'p str);

impl<'p> Iterator for Pieces<'p> {
    type Item = Piece<'p>;

    fn next(&mut self) -> Option<Piece<'p>> {
        loop {
            let page = self.0;
            if page.is_empty() {
                return None;
            }
            let at = page.find('<').unwrap_or(page.len());
            if at > 0 {
                self.0 = &page[at..];
                return Some(Piece::Text(&page[..at]));
            }
            if let Some(comment) = page.strip_prefix("<!--") {
                self.0 = comment.split_once("-->").map_or("", |(_, rest)| rest);
                continue;
            }
            let after = &page[1..];
            if !after
                .starts_with(|first: char| first.is_ascii_alphabetic() || "/!?".contains(first))
            {
                // A sign, and no tag.
                self.0 = after;
                return Some(Piece::Text("<"));
            }
            let end = tag_end(after);
            let tag = &after[..end];
            self.0 = after.get(end + 1..).unwrap_or_default();
            let (close, tag) = match tag.strip_prefix('/') {
                Some(tag) => (true, tag),
                None => (false, tag),
            };
            let length = tag
                .find(|letter: char| letter.is_ascii_whitespace() || letter == '/')
                .unwrap_or(tag.len());
            let (name, attributes) = tag.split_at(length);
            let hidden = ["script", "style", "title"]
                .iter()
                .find(|known| name.eq_ignore_ascii_case(known));
            if let (false, Some(hidden)) = (close, hidden) {
                self.0 = after_closing(self.0, hidden);
                continue;
            }
            return Some(if close {
                Piece::Close(name)
            } else {
                Piece::Open(name, attributes)
            });
        }
    }
}

/// Where a tag's `>` is, outside of quotes.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return at,
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    // A quote that is not closed: the tag ends at the first sign of an end.
    tag.find('>').unwrap_or(tag.len())
}

fn after_closing<'p>(page: &'p str, name: &str) -> &'p str {
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("</") {
        let found = after.get(..name.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after;
        }
        rest = after;
    }
    ""
}

/// The value of an attribute.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest =
            rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .find(|letter: char| letter == '=' || letter.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let (found, after) = rest.split_at(end);
        let after = after.trim_ascii_start();
        let value;
        if let Some(after) = after.strip_prefix('=') {
            let after = after.trim_ascii_start();
            let quote = after.chars().next().filter(|first| "\"'".contains(*first));
            (value, rest) = if let Some(quote) = quote {
                after[1..].split_once(quote).unwrap_or((&after[1..], ""))
            } else {
                let end = after
                    .find(|letter: char| letter.is_ascii_whitespace())
                    .unwrap_or(after.len());
                after.split_at(end)
            };
        } else {
            (value, rest) = ("", after);
        }
        if found.eq_ignore_ascii_case(name) {
            return Some(unescape(value).into_owned());
        }
        if found.is_empty() && value.is_empty() && rest.len() == after.len() {
            // Nothing that is an attribute.
            rest = after.get(1..).unwrap_or_default();
        }
    }
}

/// With letters in place of their names.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        done.push_str(before);
        let head = &after[..floor(after, LONGEST_ENTITY)];
        let letters = head.split_once(';').and_then(|(name, _)| {
            let length = name.len() + 1;
            let known = match name.strip_prefix('#') {
                Some(number) => Cow::from(letter(number)?.to_string()),
                None => Cow::from(resolve_html5_entity(name)?),
            };
            Some((known, length))
        });
        rest = if let Some((letters, length)) = letters {
            done.push_str(&letters);
            &after[length..]
        } else {
            done.push('&');
            after
        };
    }
    done.push_str(rest);
    done.into()
}

/// The letter with this number.
fn letter(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

/// The largest place of a letter's beginning that is not beyond `most`.
fn floor(text: &str, most: usize) -> usize {
    (0..=most.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sheet::rows;
    use super::*;

    fn read(page: &str) -> String {
        let (written, _) = write_tables(page, Vec::new()).unwrap();
        rows(&written)
            .replace("<text:p>", "")
            .replace("</text:p>", "")
            .replace(" office:value-type=\"string\"", "")
            .replace(" office:value-type", "")
    }

    #[test]
    fn values_of_a_table_are_taken_out() {
        insta::assert_snapshot!(read("<html><style>td{color:red}</style><body>Report<table border=1><tr><th>Nom<th>Prix</tr><tr><td>Zo&euml; &amp; <i>co</i></td><td align='right'>1.5</td></tr><tr><td>007<td>a<br>b</table>"), @r#"<row><cell table:style-name="b">Nom</cell><cell table:style-name="b">Prix</cell></row><row><cell>Zoë &amp; co</cell><cell="float" office:value="1.5">1.5</cell></row><row><cell>007</cell><cell>ab</cell></row>"#);
    }

    #[test]
    fn cells_that_cover_others_keep_their_places() {
        insta::assert_snapshot!(read("<table><tr><td colspan=2>a</td><td rowspan='2'>b</td></tr><tr><td>c</td><td>d</td></tr><tr><td>e</table>"), @r#"<row><cell table:number-columns-spanned="2" table:number-rows-spanned="1">a</cell><table:covered-table-cell/><cell table:number-columns-spanned="1" table:number-rows-spanned="2">b</cell></row><row><cell>c</cell><cell>d</cell><table:covered-table-cell/></row><row><cell>e</cell></row>"#);
    }

    #[test]
    fn what_excel_says_of_a_cell_counts() {
        insta::assert_snapshot!(read(r#"<table><tr><td x:num="1234.5">1,234.50</td><td style='mso-number-format:"\@"'>5</td></tr></table>"#), @r#"<row><cell="float" office:value="1234.5">1234.5</cell><cell>5</cell></row>"#);
    }

    #[test]
    fn pages_are_read_in_their_encoding() {
        assert_eq!(
            decode(b"<meta charset=\"windows-1251\">\xcf\xf0\xe8")
                .chars()
                .last(),
            Some('и')
        );
        assert_eq!(decode("<table>é".as_bytes()), "<table>é");
        assert_eq!(decode(b"<table>\xe9"), "<table>é");
    }

    proptest! {
        #[test]
        fn any_page_becomes_a_sheet(pieces in proptest::collection::vec(prop_oneof![
            Just("<table>".to_owned()), Just("</table>".into()), Just("<tr>".into()), Just("</tr>".into()), Just("<td".into()),
            Just(" colspan=99999".into()), Just(" rowspan=\"3\"".into()), Just(">".into()), Just("</td>".into()), Just("<!--".into()),
            Just("<script>".into()), Just("&eacute;&#x41;&#0;&bogus;&".into()), ".{0,5}",
        ], 0..60)) {
            let (written, _) = write_tables(&pieces.concat(), Vec::new()).unwrap();
            let mut reader = quick_xml::Reader::from_reader(&written[..]);
            let mut depth = 0;
            loop {
                match reader.read_event().unwrap() {
                    quick_xml::events::Event::Start(_) => depth += 1,
                    quick_xml::events::Event::End(_) => depth -= 1,
                    quick_xml::events::Event::Eof => break,
                    _ => {}
                }
            }
            prop_assert_eq!(depth, 0);
        }
    }
}
