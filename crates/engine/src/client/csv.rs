//! Comma separated values, as a sheet that LibreOffice opens without asking.
//!
//! A value is a number only when writing the number gives the same text again, so that `007`, dates
//! and long identifiers survive a round trip.

use std::fmt::Write;
use std::path::Path;

/// LibreOffice's limits.
const ROWS: usize = 1 << 20;
const COLUMNS: usize = 1 << 14;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet><table:table table:name="Sheet1">"#;
const TAIL: &str = "</table:table></office:spreadsheet></office:body></office:document>\n";

pub(super) fn convert(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::write(to, sheet(&std::fs::read(from)?)?)
}

fn sheet(bytes: &[u8]) -> std::io::Result<String> {
    let text = decode(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut sheet = String::from(HEAD);
    for record in reader.records().take(ROWS) {
        let record = record.map_err(std::io::Error::other)?;
        sheet.push_str("<table:table-row>");
        record
            .iter()
            .take(COLUMNS)
            .for_each(|value| cell(&mut sheet, value));
        sheet.push_str("</table:table-row>");
    }
    sheet.push_str(TAIL);
    Ok(sheet)
}

/// UTF-8, or else the bytes of Windows-1252 that are the same in Unicode.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The separator that is most frequent in the first line, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(known, _)| *known == byte)
                .for_each(|(_, n)| *n += 1),
        }
    }
    // The first of equals: a comma when there is none at all.
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(byte, _)| *byte)
}

fn cell(sheet: &mut String, value: &str) {
    if value.is_empty() {
        sheet.push_str("<table:table-cell/>");
        return;
    }
    let number = value
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite() && number.to_string() == value);
    // Writing to a string cannot fail.
    let _ = match number {
        Some(number) => write!(
            sheet,
            r#"<table:table-cell office:value-type="float" office:value="{number}">"#
        ),
        None => write!(sheet, r#"<table:table-cell office:value-type="string">"#),
    };
    for line in value.lines() {
        sheet.push_str("<text:p>");
        line.chars().for_each(|letter| escape(sheet, letter));
        sheet.push_str("</text:p>");
    }
    sheet.push_str("</table:table-cell>");
}

fn escape(sheet: &mut String, letter: char) {
    match letter {
        '&' => sheet.push_str("&amp;"),
        '<' => sheet.push_str("&lt;"),
        '>' => sheet.push_str("&gt;"),
        '\t' => sheet.push_str("<text:tab/>"),
        // XML has no place for these.
        letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
        letter => sheet.push(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(text: &str) -> String {
        let sheet = sheet(text.as_bytes()).unwrap();
        sheet[HEAD.len()..sheet.len() - TAIL.len()].replace("table:table-", "")
    }

    #[test]
    fn separators_are_recognised() {
        assert_eq!(delimiter("a,b;c,d"), b',');
        assert_eq!(delimiter("a;b;\"x,y,z,w\"\n,,,,,,"), b';');
        assert_eq!(delimiter("a\tb"), b'\t');
        assert_eq!(delimiter("alone"), b',');
    }

    #[test]
    fn only_numbers_that_come_back_are_numbers() {
        insta::assert_snapshot!(cells("1.5,007,2026-11-24,1e5\n"), @r#"<row><cell office:value-type="float" office:value="1.5"><text:p>1.5</text:p></cell><cell office:value-type="string"><text:p>007</text:p></cell><cell office:value-type="string"><text:p>2026-11-24</text:p></cell><cell office:value-type="string"><text:p>1e5</text:p></cell></row>"#);
        insta::assert_snapshot!(cells("nan,inf,,<&>\n"), @r#"<row><cell office:value-type="string"><text:p>nan</text:p></cell><cell office:value-type="string"><text:p>inf</text:p></cell><cell/><cell office:value-type="string"><text:p>&lt;&amp;&gt;</text:p></cell></row>"#);
    }

    #[test]
    fn bytes_that_are_no_utf8_are_read() {
        assert_eq!(decode(b"M\xfcller"), "Müller");
        assert_eq!(decode("\u{feff}Müller".as_bytes()), "Müller");
    }

    proptest! {
        #[test]
        fn any_bytes_become_a_sheet(bytes: Vec<u8>) {
            let sheet = sheet(&bytes).unwrap();
            prop_assert!(sheet.ends_with(TAIL));
        }
    }
}
