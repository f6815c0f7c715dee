//! Comma separated values, as a sheet that LibreOffice opens without asking.

use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::path::Path;

use encoding_rs::Encoding;
use recto_docs_api::{CodePage, Region};

use super::dialect::Dialect;
use super::records::Records;
use super::sheet::{COLUMNS, ROWS, Sheet};

/// How a text is written, as far as its sender said.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    /// Recognised if it is not known.
    pub encoding: Option<&'static Encoding>,
    /// Recognised if it is not known; an ASCII character.
    pub delimiter: Option<u8>,
    /// How numbers are written; as in English if it is not known.
    pub region: Option<Region>,
}

/// Writes `from`, comma separated values, to `to` as a flat `OpenDocument` sheet.
pub(super) fn convert(from: &Path, to: &Path, how: &Text) -> std::io::Result<()> {
    let to = BufWriter::new(std::fs::File::create(to)?);
    let to = sheet(&std::fs::read(from)?, how, to)?;
    to.into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    Ok(())
}

/// How the values of a file are written.
pub(super) fn dialect(file: &Path, how: &Text) -> std::io::Result<Dialect> {
    let bytes = std::fs::read(file)?;
    let encoding = Dialect::encoding_of(&bytes, how.encoding);
    let text = decode(&bytes, how.encoding);
    let comma = how.region.as_ref().is_some_and(Region::has_decimal_comma);
    let delimiter = how.delimiter.unwrap_or_else(|| delimiter(&text, comma));
    Ok(Dialect::of(&text, encoding, delimiter))
}

/// Writes `from`, plain text, to `to` in UTF-8, with the mark by which LibreOffice knows it.
pub(super) fn recode(
    from: &Path,
    to: &Path,
    said: Option<&'static Encoding>,
) -> std::io::Result<()> {
    let bytes = std::fs::read(from)?;
    let text = decode(&bytes, said);
    std::fs::write(to, format!("\u{feff}{text}"))
}

fn sheet<W: Write>(bytes: &[u8], how: &Text, to: W) -> std::io::Result<W> {
    let text = decode(bytes, how.encoding);
    let comma = how.region.as_ref().is_some_and(Region::has_decimal_comma);
    let delimiter = how.delimiter.unwrap_or_else(|| delimiter(&text, comma));
    let mut records = Records::new(&text, delimiter);
    let mut record = Vec::new();
    let mut sheet = Sheet::begin(to, how.region.as_ref())?;
    let mut rows = 0;
    while rows < ROWS && records.read(&mut record) {
        rows += 1;
        sheet.begin_row()?;
        for value in record.iter().take(COLUMNS) {
            sheet.cell(&value.text)?;
        }
        sheet.end_row()?;
    }
    sheet.end()
}

/// The encoding that its sender said.
pub(super) fn said(code_page: Option<CodePage>) -> Option<&'static Encoding> {
    code_page.and_then(|page| Encoding::for_label(page.label().as_bytes()))
}

/// A wrong encoding shows in the text; no bytes make it fail.
fn decode<'b>(bytes: &'b [u8], said: Option<&'static Encoding>) -> Cow<'b, str> {
    let (encoding, _) = Dialect::encoding_of(bytes, said);
    encoding.decode(bytes).0
}

/// The separator that is most frequent in the first line, outside of quotes.
///
/// A comma separates values only if nothing else does where numbers have one: where that is said, and
/// where all values between the other separators look so.
fn delimiter(text: &str, comma: bool) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(known, _)| *known == byte)
                .for_each(|(_, n)| *n += 1),
        }
    }
    let others = counts[1..].iter().filter(|(_, count)| *count > 0);
    let mut others = others.map(|(byte, _)| *byte);
    if others.clone().next().is_some()
        && (comma || others.any(|other| has_decimal_commas(text, other)))
    {
        counts[0].1 = 0;
    }
    // The first of equals: a comma when there is none at all.
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(byte, _)| *byte)
}

/// Whether all values between these separators that have a comma are numbers.
fn has_decimal_commas(text: &str, delimiter: u8) -> bool {
    const LOOKED_AT: usize = 100;
    let is_number = |value: &str| {
        let value = value.trim().trim_start_matches('-');
        value.split_once(',').is_some_and(|(whole, fraction)| {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits(whole) && digits(fraction)
        })
    };
    let (mut records, mut record) = (Records::new(text, delimiter), Vec::new());
    let (mut seen, mut any) = (0, false);
    while seen < LOOKED_AT && records.read(&mut record) {
        seen += 1;
        for value in record
            .iter()
            .filter(|value| !value.quoted && value.text.contains(','))
        {
            if record.len() < 2 || !is_number(&value.text) {
                return false;
            }
            any = true;
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(text: &str) -> String {
        rows(text, &Text::default())
    }

    fn rows(text: &str, how: &Text) -> String {
        super::super::sheet::rows(&sheet(text.as_bytes(), how, Vec::new()).unwrap())
    }

    #[test]
    fn separators_are_recognised() {
        let delimiter = |text| super::delimiter(text, false);
        assert_eq!(super::delimiter("1,5;2,5,5", true), b';');
        assert_eq!(super::delimiter("a,b", true), b',');
        assert_eq!(delimiter("a,b;c,d"), b',');
        assert_eq!(delimiter("a;b;\"x,y,z,w\"\n,,,,,,"), b';');
        assert_eq!(delimiter("a\tb"), b'\t');
        assert_eq!(delimiter("alone"), b',');
        assert_eq!(delimiter("a|b|c"), b'|');
        assert_eq!(delimiter("1,5;2,5;3\n1,0;2,0;3"), b';');
        assert_eq!(delimiter("1,5;x,5,y\n"), b',');
    }

    #[test]
    fn only_numbers_that_come_back_are_numbers() {
        insta::assert_snapshot!(cells("1.5,007,2026-11-24,1e5\n"), @r#"<row><cell office:value-type="float" office:value="1.5"><text:p>1.5</text:p></cell><cell office:value-type="string"><text:p>007</text:p></cell><cell office:value-type="string"><text:p>2026-11-24</text:p></cell><cell office:value-type="string"><text:p>1e5</text:p></cell></row>"#);
        insta::assert_snapshot!(cells("nan,inf,,<&>\n"), @r#"<row><cell office:value-type="string"><text:p>nan</text:p></cell><cell office:value-type="string"><text:p>inf</text:p></cell><cell/><cell office:value-type="string"><text:p>&lt;&amp;&gt;</text:p></cell></row>"#);
    }

    #[test]
    fn numbers_that_are_not_written_with_all_their_digits_are_texts() {
        let is_number = |value: &str| cells(value).contains("float");
        for number in [
            "0",
            "-1.5",
            "3.14159265358979",
            "999999999999999",
            "100000000000000",
            "0.0001",
            "0.000123456789012345",
        ] {
            assert!(is_number(number), "{number}");
        }
        for text in [
            "-0",
            "3.141592653589793",
            "0.30000000000000004",
            "123456789012345680",
            "1000000000000000",
            "100000000000000000000",
            "0.00001",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn a_delimiter_that_is_said_counts() {
        let how = Text {
            delimiter: Some(b':'),
            ..Text::default()
        };
        let sheet = rows("a,b:c;d", &how);
        assert!(sheet.contains("<text:p>a,b</text:p>") && sheet.contains("<text:p>c;d</text:p>"));
    }

    #[test]
    fn numbers_are_those_of_the_region() {
        let how = Text {
            region: Some(Region::parse("de-DE").unwrap()),
            ..Text::default()
        };
        let sheet = sheet(b"1,5;1.5;007;-2;1,50;1,2,3", &how, Vec::new()).unwrap();
        let sheet = String::from_utf8(sheet).unwrap();
        let floats = |value: &str| sheet.contains(&format!("office:value=\"{value}\""));
        assert!(floats("1.5") && floats("-2"));
        assert_eq!(sheet.matches("\"float\"").count(), 2, "{sheet}");
        assert!(
            sheet.contains("<text:p>1.5</text:p>"),
            "a date or a version there"
        );
        assert!(sheet.contains(r#"fo:language="de" fo:country="DE""#));
    }

    #[test]
    fn bytes_are_read_in_their_encoding() {
        let page = |number| said(Some(CodePage::parse(number).unwrap()));
        assert_eq!(decode(b"M\xfcller \x80", None), "Müller €");
        assert_eq!(decode("\u{feff}Müller".as_bytes(), page(1251)), "Müller");
        assert_eq!(decode(b"\xff\xfea\0b\0", None), "ab");
        assert_eq!(decode(b"\xcf\xf0\xe8", page(1251)), "При");
        assert_eq!(decode(b"\x93\xfa\x96{", page(932)), "日本");
    }

    proptest! {
        #[test]
        fn any_bytes_become_a_sheet(bytes: Vec<u8>) {
            let sheet = sheet(&bytes, &Text::default(), Vec::new()).unwrap();
            prop_assert!(sheet.ends_with(b"</office:document>\n"));
        }
    }
}
