//! The XML that LibreOffice writes, piece by piece. Nothing is resolved but what every XML has.

/// A piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'x> {
    /// `<name attributes>`; an empty element is followed by its end.
    Start { name: &'x str, attributes: &'x str },
    /// `</name>`
    End { name: &'x str },
    /// As it is written, with its references.
    Text(&'x str),
}

/// Goes through a document. It ends early, at `damaged`, where it is no XML.
pub(super) struct Pieces<'x> {
    rest: &'x str,
    /// The end of an empty element, still to be given.
    end: Option<&'x str>,
    pub damaged: bool,
}

pub(super) fn pieces(xml: &str) -> Pieces<'_> {
    Pieces {
        rest: xml,
        end: None,
        damaged: false,
    }
}

impl<'x> Pieces<'x> {
    fn fail(&mut self) -> Option<Piece<'x>> {
        self.damaged = true;
        self.rest = "";
        None
    }

    /// Takes what is before the mark, and the mark away.
    fn until(&mut self, mark: &str) -> Option<&'x str> {
        let (before, after) = self.rest.split_once(mark)?;
        self.rest = after;
        Some(before)
    }
}

impl<'x> Iterator for Pieces<'x> {
    type Item = Piece<'x>;

    fn next(&mut self) -> Option<Piece<'x>> {
        if let Some(name) = self.end.take() {
            return Some(Piece::End { name });
        }
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(tag) = self.rest.strip_prefix('<') else {
                let length = self.rest.find('<').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(length);
                self.rest = rest;
                return Some(Piece::Text(text));
            };
            // LibreOffice writes neither comments nor CDATA; they would be skipped and taken.
            let skipped = if tag.starts_with('?') {
                Some("?>")
            } else if tag.starts_with("!--") {
                Some("-->")
            } else {
                None
            };
            if let Some(end) = skipped {
                if self.until(end).is_none() {
                    return self.fail();
                }
                continue;
            }
            if tag.starts_with('!') {
                return self.fail();
            }
            self.rest = tag;
            let mut quote = None;
            let close = self.rest.bytes().position(|byte| match (quote, byte) {
                (None, b'>') => true,
                (None, b'"' | b'\'') => {
                    quote = Some(byte);
                    false
                }
                (Some(open), _) if open == byte => {
                    quote = None;
                    false
                }
                _ => false,
            });
            let Some(close) = close else {
                return self.fail();
            };
            let inside = &self.rest[..close];
            self.rest = &self.rest[close + 1..];
            if let Some(name) = inside.strip_prefix('/') {
                return Some(Piece::End { name: name.trim() });
            }
            let (inside, empty) = match inside.strip_suffix('/') {
                Some(inside) => (inside, true),
                None => (inside, false),
            };
            let length = inside
                .find(|letter: char| letter.is_ascii_whitespace())
                .unwrap_or(inside.len());
            let (name, attributes) = inside.split_at(length);
            self.end = empty.then_some(name);
            return Some(Piece::Start { name, attributes });
        }
    }
}

/// Names and values, as they are written.
pub(super) fn attributes(written: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = written.trim_start();
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        rest = after.trim_start();
        Some((name.trim(), value))
    })
}

pub(super) fn attribute<'x>(written: &'x str, name: &str) -> Option<&'x str> {
    attributes(written).find_map(|(known, value)| (known == name).then_some(value))
}

/// A text without references.
pub(super) fn plain(written: &str) -> String {
    let mut plain = String::with_capacity(written.len());
    let mut rest = written;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let Some((name, after)) = after.split_once(';') else {
            plain.push('&');
            rest = after;
            continue;
        };
        rest = after;
        let number = match name.strip_prefix("#x") {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => name
                .strip_prefix('#')
                .and_then(|digits| digits.parse().ok()),
        };
        plain.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => number.and_then(char::from_u32).unwrap_or('\u{fffd}'),
        });
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pieces_of_a_document() {
        let xml = r#"<?xml version="1.0"?><!-- c --><a b="1>" c='"'>x &amp; y<d/></a>"#;
        let mut read = pieces(xml);
        let all: Vec<_> = read.by_ref().collect();
        insta::assert_snapshot!(format!("{all:?}"), @r#"[Start { name: "a", attributes: " b=\"1>\" c='\"'" }, Text("x &amp; y"), Start { name: "d", attributes: "" }, End { name: "d" }, End { name: "a" }]"#);
        assert!(!read.damaged);
        assert_eq!(attribute(" b=\"1>\" c='\"'", "c"), Some("\""));
        assert_eq!(plain("a &lt;&#x41;&#66;&amp;c; & d"), "a <AB&c; & d");
    }

    #[test]
    fn half_a_tag_is_no_xml() {
        for bad in ["<a", "<a b=\"", "<!DOCTYPE a>", "<?xml "] {
            let mut read = pieces(bad);
            assert_eq!(read.by_ref().count(), 0);
            assert!(read.damaged, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(xml in "[<>/a-c \"'=&;#x?!é-]{0,60}") {
            for piece in pieces(&xml) {
                if let Piece::Start { attributes: written, .. } = piece {
                    let _ = attributes(written).count();
                }
            }
            let _ = plain(&xml);
        }
    }
}
