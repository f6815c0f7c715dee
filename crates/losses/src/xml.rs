//! A scanner for the tags of a part: streaming, in constant memory, and never failing.
//!
//! It tells tags and text from each other and nothing more: no entity is expanded, no document type is
//! read, and what is damaged is passed over, since a document that the engine opens may be damaged too.

use std::io::Read;

use memchr::{memchr, memchr3, memmem};

/// What is read at once.
const CHUNK: usize = 64 * 1024;
/// What stays in memory of what was passed over.
const BEFORE: usize = 1024;
/// The longest tag that is looked at; a longer one keeps its name and loses its attributes.
const TAG: usize = 64 * 1024;

/// A namespace whose tags the scan knows, by the prefix that it usually has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ns {
    /// The part's own: that of its kind of document, or none at all.
    Own,
    /// Drawings (`a`).
    Drawing,
    /// Mathematics (`m`).
    Math,
    /// Markup compatibility (`mc`).
    Compatibility,
    /// Extensions of Office (`w14`, `x14`, `p14` and the later ones).
    Extension,
    /// Any other.
    Other,
}

fn namespace(uri: &[u8]) -> Ns {
    let has = |text: &[u8]| memmem::find(uri, text).is_some();
    if uri.ends_with(b"wordprocessingml/main")
        || uri.ends_with(b"wordprocessingml/2006/main")
        || uri.ends_with(b"spreadsheetml/main")
        || uri.ends_with(b"spreadsheetml/2006/main")
        || uri.ends_with(b"presentationml/main")
        || uri.ends_with(b"presentationml/2006/main")
        || uri.ends_with(b"package/2006/relationships")
        || uri.ends_with(b"package/2006/content-types")
    {
        Ns::Own
    } else if uri.ends_with(b"drawingml/main") || uri.ends_with(b"drawingml/2006/main") {
        Ns::Drawing
    } else if uri.ends_with(b"officeDocument/math") || uri.ends_with(b"2006/math") {
        Ns::Math
    } else if has(b"markup-compatibility") {
        Ns::Compatibility
    } else if has(b"schemas.microsoft.com/office/") {
        Ns::Extension
    } else {
        Ns::Other
    }
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag<'a> {
    pub(crate) ns: Ns,
    /// The prefix as it stands there, without the colon.
    pub(crate) prefix: &'a [u8],
    /// The name without its prefix.
    pub(crate) name: &'a [u8],
    attributes: &'a [u8],
    /// Whether it is its own end.
    pub(crate) empty: bool,
}

impl<'a> Tag<'a> {
    /// The raw value of an attribute, by its name without a prefix.
    pub(crate) fn raw(&self, name: &[u8]) -> Option<&'a [u8]> {
        attributes(self.attributes)
            .find(|(key, _)| local(key) == name)
            .map(|(_, value)| value)
    }

    /// An attribute as text.
    pub(crate) fn text(&self, name: &[u8]) -> Option<String> {
        self.raw(name).map(unescape)
    }

    /// The id of a relationship: an attribute `id` that has a prefix.
    pub(crate) fn relation(&self) -> Option<String> {
        attributes(self.attributes)
            .find(|(key, _)| key.ends_with(b":id"))
            .map(|(_, value)| unescape(value))
    }

    /// Whether an attribute has one of the values that mean yes.
    pub(crate) fn is_on(&self, name: &[u8]) -> bool {
        matches!(self.raw(name), Some(b"1" | b"true" | b"on"))
    }

    pub(crate) fn is(&self, name: &[u8]) -> bool {
        self.name == name
    }
}

fn local(name: &[u8]) -> &[u8] {
    match memchr(b':', name) {
        Some(at) => &name[at + 1..],
        None => name,
    }
}

/// The attributes of a tag: names with their prefixes, and raw values.
fn attributes(mut text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let equals = memchr(b'=', text)?;
        let name = text[..equals].trim_ascii();
        let rest = text[equals + 1..].trim_ascii_start();
        let quote = *rest.first()?;
        if quote != b'"' && quote != b'\'' {
            return None;
        }
        let end = memchr(quote, &rest[1..])?;
        text = &rest[end + 2..];
        Some((name, &rest[1..=end]))
    })
}

/// The raw value of an attribute in text that begins with a start tag.
pub(crate) fn attribute<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let tag = &text[..memchr(b'>', text).unwrap_or(text.len())];
    let from = memchr(b' ', tag)?;
    attributes(&tag[from..])
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Text with the predefined entities and characters by number in their own form, and one space for
/// what can't be shown.
pub(crate) fn unescape(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let mut plain = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.bytes().take(12).position(|byte| byte == b';') else {
            plain.push('&');
            rest = &rest[1..];
            continue;
        };
        let entity = &rest[1..end];
        let number = entity.strip_prefix('#').and_then(|number| {
            match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            }
            .and_then(char::from_u32)
        });
        match entity {
            "amp" => plain.push('&'),
            "lt" => plain.push('<'),
            "gt" => plain.push('>'),
            "quot" => plain.push('"'),
            "apos" => plain.push('\''),
            _ => plain.push(number.unwrap_or(' ')),
        }
        rest = &rest[end + 1..];
    }
    plain.push_str(rest);
    plain
}

/// What a scanner comes upon.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Open(Tag<'a>),
    /// The end of an element, by its name without a prefix; an element that is its own end has none.
    Close(&'a [u8]),
    /// A piece of text, raw. A long text comes in several.
    Text(&'a [u8]),
}

/// Where the bytes of a part come from.
pub(crate) trait Source: Read {
    /// Something of the part is not looked at, since it goes beyond what is kept in memory.
    fn is_cut(&self) {}
}

#[cfg(test)]
impl Source for &[u8] {}

/// Goes through a part, without what `mc:Fallback` holds: it stands for something that was seen already.
pub(crate) fn walk<R: Source>(mut scanner: Scanner<R>, mut visit: impl FnMut(&Event<'_>)) {
    let mut fallbacks = 0_u32;
    while let Some(event) = scanner.next() {
        match &event {
            Event::Open(tag) if tag.is(b"Fallback") && tag.ns == Ns::Compatibility => {
                fallbacks += u32::from(!tag.empty);
                continue;
            }
            Event::Close(b"Fallback") => {
                fallbacks = fallbacks.saturating_sub(1);
                continue;
            }
            _ => {}
        }
        if fallbacks == 0 {
            visit(&event);
        }
    }
}

/// Reads a part.
pub(crate) struct Scanner<R> {
    reader: R,
    buffer: Vec<u8>,
    from: usize,
    ended: bool,
    in_cdata: bool,
    prefixes: Vec<(Vec<u8>, Ns)>,
}

enum Step {
    Text(usize, usize),
    Open {
        name: (usize, usize),
        attributes: (usize, usize),
        empty: bool,
    },
    Close(usize, usize),
}

impl<R: Source> Scanner<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            from: 0,
            ended: false,
            in_cdata: false,
            prefixes: Vec::new(),
        }
    }

    /// Whether the part is in UTF-16, of which nothing is understood here.
    pub(crate) fn is_utf16(&mut self) -> bool {
        while self.buffer.len() < 2 && self.more() {}
        matches!(self.buffer.get(..2), Some([0xFF, 0xFE] | [0xFE, 0xFF]))
    }

    /// Reads on; false at the end.
    fn more(&mut self) -> bool {
        if self.ended {
            return false;
        }
        let done = self.from.saturating_sub(BEFORE);
        self.buffer.drain(..done);
        self.from -= done;
        let old = self.buffer.len();
        self.buffer.resize(old + CHUNK, 0);
        let mut read = 0;
        // A decompressor gives little at once.
        while read < CHUNK {
            match self.reader.read(&mut self.buffer[old + read..]) {
                Ok(0) | Err(_) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => read += count,
            }
        }
        self.buffer.truncate(old + read);
        read > 0
    }

    /// Passes over everything up to the end of a mark, whatever its length.
    fn skip_past(&mut self, mark: &[u8]) {
        loop {
            let rest = &self.buffer[self.from..];
            if let Some(at) = memmem::find(rest, mark) {
                self.from += at + mark.len();
                return;
            }
            self.from += rest.len().saturating_sub(mark.len() - 1);
            if !self.more() {
                self.from = self.buffer.len();
                return;
            }
        }
    }

    /// Passes over everything up to one of two marks, the second of which ends what is looked at here.
    /// True if it was the first; the scanner then stands at its beginning.
    pub(crate) fn seek(&mut self, mark: &memmem::Finder<'_>, end: &memmem::Finder<'_>) -> bool {
        let longest = mark.needle().len().max(end.needle().len());
        loop {
            let rest = &self.buffer[self.from..];
            let found = mark.find(rest);
            // What comes after the mark is not searched now: it would be again after each mark.
            if let Some(at) = end.find(&rest[..found.unwrap_or(rest.len())]) {
                self.from += at;
                return false;
            }
            if let Some(at) = found {
                self.from += at;
                return true;
            }
            self.from += rest.len().saturating_sub(longest - 1);
            if !self.more() {
                self.from = self.buffer.len();
                return false;
            }
        }
    }

    /// The last bytes that were passed over, at least a thousand if there were so many.
    pub(crate) fn before(&self) -> &[u8] {
        &self.buffer[..self.from]
    }

    /// The next tag or piece of text.
    pub(crate) fn next(&mut self) -> Option<Event<'_>> {
        let step = self.step()?;
        Some(match step {
            Step::Text(from, to) => Event::Text(&self.buffer[from..to]),
            Step::Close(from, to) => Event::Close(local(&self.buffer[from..to])),
            Step::Open {
                name,
                attributes: within,
                empty,
            } => {
                let attributes_text = &self.buffer[within.0..within.1];
                if attributes_text.len() > 8 && memmem::find(attributes_text, b"xmlns").is_some() {
                    declare(&mut self.prefixes, attributes_text);
                }
                let name = &self.buffer[name.0..name.1];
                let (prefix, name) = match memchr(b':', name) {
                    Some(at) => (&name[..at], &name[at + 1..]),
                    None => (&b""[..], name),
                };
                let ns = self
                    .prefixes
                    .iter()
                    .find(|(known, _)| known == prefix)
                    .map_or(
                        if prefix.is_empty() {
                            Ns::Own
                        } else {
                            Ns::Other
                        },
                        |(_, ns)| *ns,
                    );
                Event::Open(Tag {
                    ns,
                    prefix,
                    name,
                    attributes: attributes_text,
                    empty,
                })
            }
        })
    }

    fn step(&mut self) -> Option<Step> {
        loop {
            if self.from >= self.buffer.len() && !self.more() {
                return None;
            }
            if self.in_cdata {
                if let Some(step) = self.cdata() {
                    return Some(step);
                }
                continue;
            }
            let rest = &self.buffer[self.from..];
            if rest[0] != b'<' {
                let end = memchr(b'<', rest).unwrap_or(rest.len());
                let from = self.from;
                self.from += end;
                return Some(Step::Text(from, self.from));
            }
            while self.buffer.len() - self.from < 9 && self.more() {}
            let rest = &self.buffer[self.from..];
            if rest.starts_with(b"<!--") {
                self.from += 4;
                self.skip_past(b"-->");
            } else if rest.starts_with(b"<![CDATA[") {
                self.from += 9;
                self.in_cdata = true;
            } else if rest.starts_with(b"<?") {
                self.skip_past(b"?>");
            } else if rest.starts_with(b"<!") {
                self.skip_past(b">");
            } else if let Some(step) = self.tag() {
                return Some(step);
            }
        }
    }

    /// A piece of text that is written without entities.
    fn cdata(&mut self) -> Option<Step> {
        while self.buffer.len() - self.from < 3 && self.more() {}
        let rest = &self.buffer[self.from..];
        let end = memmem::find(rest, b"]]>");
        self.in_cdata = end.is_none() && (rest.len() > 2 || !self.ended);
        // The end may stand in two pieces.
        let length = end.unwrap_or_else(|| {
            if self.in_cdata {
                rest.len().saturating_sub(2)
            } else {
                rest.len()
            }
        });
        let from = self.from;
        self.from += length + if end.is_some() { 3 } else { 0 };
        (length > 0).then_some(Step::Text(from, from + length))
    }

    /// The tag at which the scanner stands; none if the part ends in it.
    fn tag(&mut self) -> Option<Step> {
        let mut at = 1;
        let mut quote = None;
        let end = loop {
            let rest = &self.buffer[self.from..];
            let found = match quote {
                Some(mark) => memchr(mark, &rest[at..]),
                None => memchr3(b'>', b'"', b'\'', &rest[at..]),
            };
            if let Some(found) = found {
                at += found;
                let byte = rest[at];
                at += 1;
                quote = match quote {
                    Some(_) => None,
                    None if byte == b'>' => break Some(at),
                    None => Some(byte),
                };
                if at <= TAG {
                    continue;
                }
            }
            at = at.max(rest.len().min(TAG + 1));
            if at > TAG {
                break None;
            }
            if !self.more() {
                self.from = self.buffer.len();
                return None;
            }
        };
        let start = self.from + 1;
        let rest = &self.buffer[start..];
        if rest.first() == Some(&b'/') {
            let length = rest
                .iter()
                .position(|byte| matches!(byte, b'>' | b' ' | b'\t' | b'\r' | b'\n'))
                .unwrap_or(rest.len());
            self.from += end.unwrap_or(length + 1);
            return Some(Step::Close(start + 1, (start + length).max(start + 1)));
        }
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'))
            .unwrap_or(rest.len());
        let name = (start, start + length);
        let Some(end) = end else {
            self.reader.is_cut();
            // Far too long: what follows is taken for text until the next tag.
            self.from += TAG;
            return Some(Step::Open {
                name,
                attributes: (start, start),
                empty: false,
            });
        };
        let last = self.from + end - 1;
        self.from += end;
        let empty = last > name.1.saturating_sub(1) && self.buffer[last - 1] == b'/';
        Some(Step::Open {
            name,
            attributes: (name.1.min(last), last),
            empty,
        })
    }
}

/// Keeps what prefixes stand for. The last declaration counts everywhere, which is what all programs
/// write.
fn declare(prefixes: &mut Vec<(Vec<u8>, Ns)>, text: &[u8]) {
    for (name, value) in attributes(text) {
        let prefix = match name {
            b"xmlns" => &b""[..],
            name => match name.strip_prefix(b"xmlns:") {
                Some(prefix) => prefix,
                None => continue,
            },
        };
        let ns = namespace(value);
        if let Some(known) = prefixes.iter_mut().find(|(known, _)| known == prefix) {
            known.1 = ns;
        } else if prefixes.len() < 64 && prefix.len() < 64 {
            prefixes.push((prefix.to_vec(), ns));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<String> {
        let mut scanner = Scanner::new(text);
        let mut read = Vec::new();
        while let Some(event) = scanner.next() {
            read.push(match event {
                Event::Open(tag) => format!(
                    "{:?} {}{}",
                    tag.ns,
                    String::from_utf8_lossy(tag.name),
                    if tag.empty { "/" } else { "" }
                ),
                Event::Close(name) => format!("end {}", String::from_utf8_lossy(name)),
                Event::Text(text) => format!("“{}”", String::from_utf8_lossy(text)),
            });
        }
        read
    }

    #[test]
    fn tags_and_texts_are_told_from_each_other() {
        let text = br#"<?xml version="1.0"?><!DOCTYPE a><w:a xmlns:w="urn:x/wordprocessingml/2006/main"><!-- <b> --><w:c d="a>b" e='"'/>text<![CDATA[<no>]]></w:a >"#;
        assert_eq!(read(text), ["Own a", "Own c/", "“text”", "“<no>”", "end a"]);
    }

    #[test]
    fn attributes_are_found_by_their_name() {
        let mut scanner = Scanner::new(&br#"<c r="B&amp;4" x:id = '&#65;' on="true"/>"#[..]);
        let Some(Event::Open(tag)) = scanner.next() else {
            panic!("there is a tag");
        };
        assert_eq!(tag.text(b"r").as_deref(), Some("B&4"));
        assert_eq!(tag.text(b"id").as_deref(), Some("A"));
        assert!(tag.is_on(b"on") && tag.raw(b"none").is_none());
    }

    #[test]
    fn what_is_damaged_ends_by_itself() {
        for text in [
            &b"<"[..],
            b"</",
            b"<a",
            b"<a b=\"",
            b"<!--",
            b"<![CDATA[",
            b"<?",
            b"</>",
            b"<>",
            b"< >",
            b"&",
            b"<a/",
        ] {
            read(text);
        }
        let mut long = b"<a b=\"".to_vec();
        long.resize(1_000_000, b'x');
        long.extend_from_slice(b"\"/><b/>");
        assert_eq!(read(&long).last().unwrap(), "Own b/");
    }
}
