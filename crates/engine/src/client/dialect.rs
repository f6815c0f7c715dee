//! How a text of values is written: recognised when it is opened, and kept when it is saved.

use std::io::{BufWriter, Result, Write};
use std::path::Path;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::records::{Records, Value};

/// Records that are looked at to find out how values are written.
const LOOKED_AT: usize = 1000;
/// How much of a text the recognition of its encoding looks at, in bytes.
const SAMPLE: usize = 1 << 20;

/// When values stand in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Where they would not be read again otherwise.
    Needed,
    /// All texts, but no numbers.
    Texts,
    /// Everything.
    All,
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    Lf,
    CrLf,
    Cr,
}

/// How a text of values is written: its encoding, separator, quotes and ends of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    pub(super) encoding: &'static Encoding,
    /// A mark at the beginning says the encoding.
    pub(super) mark: bool,
    pub(super) delimiter: u8,
    pub(super) quotes: Quotes,
    pub(super) line_end: LineEnd,
    /// The last line has an end, too.
    pub(super) ended: bool,
    /// All records have as many values.
    pub(super) even: bool,
}

impl Dialect {
    /// What Recto writes where nothing was to be kept.
    #[cfg(test)]
    pub(super) fn usual(delimiter: u8) -> Self {
        Self {
            encoding: UTF_8,
            mark: false,
            delimiter,
            quotes: Quotes::Needed,
            line_end: LineEnd::Lf,
            ended: true,
            even: true,
        }
    }

    /// The encoding and the mark of these bytes, in the encoding that their sender said if they have no
    /// mark: else UTF-8, and if they are none, the one that their letters make likely.
    pub(super) fn encoding_of(
        bytes: &[u8],
        said: Option<&'static Encoding>,
    ) -> (&'static Encoding, bool) {
        if let Some((marked, _)) = Encoding::for_bom(bytes) {
            return (marked, true);
        }
        if let Some(said) = said {
            return (said, false);
        }
        if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) {
            return (UTF_8, false);
        }
        (without_mark(&bytes[..bytes.len().min(SAMPLE)]), false)
    }

    /// How this text is written, which was decoded from `encoding`.
    pub(super) fn of(
        text: &str,
        (encoding, mark): (&'static Encoding, bool),
        delimiter: u8,
    ) -> Self {
        let mut records = Records::new(text, delimiter);
        let mut record = Vec::new();
        let (mut first, mut even) = (None, true);
        let (mut in_quotes, mut plain_texts, mut plain_numbers) = (0_usize, 0_usize, 0_usize);
        let mut needless = 0_usize;
        let mut seen = 0;
        while seen < LOOKED_AT && records.read(&mut record) {
            seen += 1;
            even &= *first.get_or_insert(record.len()) == record.len();
            for Value { text, quoted: is } in &record {
                if *is {
                    in_quotes += 1;
                    needless += usize::from(!needs_quotes(text, delimiter));
                } else if !text.is_empty() {
                    *if is_number(text) {
                        &mut plain_numbers
                    } else {
                        &mut plain_texts
                    } += 1;
                }
            }
        }
        let quotes = match (needless, plain_texts, plain_numbers) {
            (0, ..) => Quotes::Needed,
            (_, 0, 0) if in_quotes > 0 => Quotes::All,
            (_, 0, _) => Quotes::Texts,
            _ => Quotes::Needed,
        };
        let line_end = match text.find(['\r', '\n']) {
            Some(at) if text[at..].starts_with("\r\n") => LineEnd::CrLf,
            Some(at) if text[at..].starts_with('\r') => LineEnd::Cr,
            _ => LineEnd::Lf,
        };
        Self {
            encoding,
            mark,
            delimiter,
            quotes,
            line_end,
            ended: text.is_empty() || text.ends_with(['\r', '\n']),
            even,
        }
    }

    /// For those who get the result of a conversion, of whom few read UTF-16: UTF-8 with a mark instead.
    pub(super) fn portable(mut self) -> Self {
        if self.encoding == UTF_16LE || self.encoding == UTF_16BE {
            (self.encoding, self.mark) = (UTF_8, true);
        }
        self
    }

    /// The name of the encoding, and whether letters in it are told by a mark.
    pub fn encoding(&self) -> (&'static str, bool) {
        (self.encoding.name(), self.mark)
    }

    /// Writes the values of `from`, as LibreOffice wrote them (UTF-8, commas), to `to` in this dialect. If
    /// its encoding has no place for a letter, it is UTF-8 with a mark from then on.
    pub(super) fn rewrite(&mut self, from: &Path, to: &Path) -> Result<()> {
        let text = std::fs::read_to_string(from)?;
        let text = self.written(text.strip_prefix('\u{feff}').unwrap_or(&text));
        let mut to = BufWriter::new(std::fs::File::create(to)?);
        to.write_all(&self.encoded(&text))?;
        to.into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        Ok(())
    }

    fn written(&self, text: &str) -> String {
        let mut records = Records::new(text, b',');
        let mut record = Vec::new();
        let mut written = String::with_capacity(text.len() + text.len() / 8);
        let end = match self.line_end {
            LineEnd::Lf => "\n",
            LineEnd::CrLf => "\r\n",
            LineEnd::Cr => "\r",
        };
        while records.read(&mut record) {
            let mut used = record.len();
            if !self.even {
                let last = record.iter().rposition(|value| !value.text.is_empty());
                used = last.map_or(1, |last| last + 1);
            }
            for (column, value) in record[..used].iter().enumerate() {
                if column > 0 {
                    written.push(char::from(self.delimiter));
                }
                let quote = match self.quotes {
                    Quotes::All => true,
                    Quotes::Texts => !value.text.is_empty() && !is_number(&value.text),
                    Quotes::Needed => false,
                };
                if quote || needs_quotes(&value.text, self.delimiter) {
                    written.push('"');
                    written.push_str(&value.text.replace('"', "\"\""));
                    written.push('"');
                } else {
                    written.push_str(&value.text);
                }
            }
            written.push_str(end);
        }
        if !self.ended && written.ends_with(end) {
            written.truncate(written.len() - end.len());
        }
        written
    }

    fn encoded(&mut self, text: &str) -> Vec<u8> {
        let mark = |wanted: bool| if wanted { "\u{feff}" } else { "" };
        let units = |bytes: fn(u16) -> [u8; 2]| {
            let marked = mark(self.mark).encode_utf16().chain(text.encode_utf16());
            marked.flat_map(bytes).collect()
        };
        if self.encoding == UTF_16LE {
            return units(u16::to_le_bytes);
        }
        if self.encoding == UTF_16BE {
            return units(u16::to_be_bytes);
        }
        if self.encoding != UTF_8 {
            let (bytes, _, lost) = self.encoding.encode(text);
            if !lost {
                return bytes.into_owned();
            }
            (self.encoding, self.mark) = (UTF_8, true);
        }
        format!("{}{text}", mark(self.mark)).into_bytes()
    }
}

/// Texts in UTF-16 have zeros in every second place, if they have any Latin letter or separator.
fn without_mark(bytes: &[u8]) -> &'static Encoding {
    let zeros = |from: usize| {
        bytes
            .iter()
            .skip(from)
            .step_by(2)
            .filter(|byte| **byte == 0)
    };
    let (even, odd) = (zeros(0).count(), zeros(1).count());
    let half = bytes.len() / 2;
    if odd > half / 2 && even < half / 8 {
        UTF_16LE
    } else if even > half / 2 && odd < half / 8 {
        UTF_16BE
    } else {
        WINDOWS_1252
    }
}

fn needs_quotes(text: &str, delimiter: u8) -> bool {
    text.bytes()
        .any(|byte| byte == delimiter || matches!(byte, b'"' | b'\r' | b'\n'))
}

fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads bytes and writes what LibreOffice would make of them, without a change.
    fn there_and_back(bytes: &[u8], delimiter: u8) -> Vec<u8> {
        let encoding = Dialect::encoding_of(bytes, None);
        let text = encoding.0.decode(bytes).0;
        let mut dialect = Dialect::of(&text, encoding, delimiter);
        let plain = Dialect::usual(b',');
        let mut made = String::new();
        let (mut records, mut record) = (Records::new(&text, delimiter), Vec::new());
        let mut all = Vec::new();
        while records.read(&mut record) {
            all.push(record.clone());
        }
        let wide = all.iter().map(Vec::len).max().unwrap_or(0);
        for record in all {
            for column in 0..wide {
                if column > 0 {
                    made.push(',');
                }
                let text = record.get(column).map_or("", |value| &value.text);
                if needs_quotes(text, b',') {
                    made.push('"');
                    made.push_str(&text.replace('"', "\"\""));
                    made.push('"');
                } else {
                    made.push_str(text);
                }
            }
            made.push('\n');
        }
        assert_eq!(plain.written(&made), made);
        let written = dialect.written(&made);
        dialect.encoded(&written)
    }

    #[test]
    fn what_was_not_changed_comes_back_byte_for_byte() {
        for (delimiter, text) in [
            (b';', &b"a;b\r\nZo\xeb;1,5\r\n"[..]),
            (b',', b"\xef\xbb\xbfa,b\n\"x,y\",\"say \"\"hi\"\"\"\n"),
            (b'\t', b"\xff\xfea\0\t\0b\0\n\0A\x01\t\x001\0"),
            (b'\t', b"\xfe\xff\0a\0\t\0b\0\n"),
            (b'|', b"\"a\"|\"b\"\n\"1\"|\"\""),
            (b',', b"\"name\",\"n\"\n\"x\",1\n"),
            (b',', b"Report\n\na,b,c\n1,,3\n"),
            (b',', b"a,b\r1,2\r"),
            (b';', b""),
        ] {
            let back = there_and_back(text, delimiter);
            assert_eq!(back, text, "{:?}", String::from_utf8_lossy(&back));
        }
    }

    #[test]
    fn a_letter_without_a_place_makes_it_unicode_with_a_mark() {
        let mut dialect = Dialect::of("a", (WINDOWS_1252, false), b',');
        assert_eq!(dialect.encoded("Zoë"), b"Zo\xeb");
        assert_eq!(dialect.encoded("Łódź"), "\u{feff}Łódź".as_bytes());
        assert_eq!((dialect.encoding, dialect.mark), (UTF_8, true));
    }

    proptest! {
        #[test]
        fn values_are_read_as_they_were_written(
            rows in proptest::collection::vec(proptest::collection::vec("[a-zé\"\n\r,;\t|0-9 ]{0,6}", 2..5), 1..6),
            delimiter in prop_oneof![Just(b','), Just(b';'), Just(b'\t'), Just(b'|')],
            quotes in prop_oneof![Just(Quotes::Needed), Just(Quotes::Texts), Just(Quotes::All)],
        ) {
            let comma = Dialect { even: true, ..Dialect::usual(b',') };
            let wanted = Dialect { delimiter, quotes, ..comma };
            let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
            let made: String = rows.iter()
                .map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n").collect();
            let written = wanted.written(&made);
            let (mut records, mut record) = (Records::new(&written, delimiter), Vec::new());
            for row in &rows {
                prop_assert!(records.read(&mut record));
                let texts: Vec<_> = record.iter().map(|value| value.text.to_string()).collect();
                prop_assert_eq!(&texts, row);
            }
            prop_assert!(!records.read(&mut record));
        }

        #[test]
        fn any_bytes_have_a_dialect(bytes: Vec<u8>, delimiter in prop_oneof![Just(b','), Just(b'\t')]) {
            let encoding = Dialect::encoding_of(&bytes, None);
            let text = encoding.0.decode(&bytes).0;
            let mut dialect = Dialect::of(&text, encoding, delimiter);
            let written = dialect.written("a,\"b\"\n");
            dialect.encoded(&written);
        }
    }
}
