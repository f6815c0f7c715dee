//! Reading plain JSON in one go, without copying its texts.

use std::borrow::Cow;

use serde_json::Number;

use super::look::{Look, Seen};

/// Most members of an object, since each name is compared with those before it.
const MAX_MEMBERS: usize = 32;
/// Most values in all.
const MAX_NODES: usize = 4096;
/// Most digits that surely fit a `u64`.
const MAX_DIGITS: usize = 19;
/// Bytes of JSON to a value, about.
const BYTES_PER_NODE: usize = 24;

/// An object as it stands in its text.
///
/// It only reads what it is sure of, which is what tokens normally are. What it
/// does not read is not thereby bad: [`parse`](super::parse) judges that.
pub(crate) struct Tree<'t>(Vec<Node<'t>>);

/// A value. Those inside an array or object follow it.
struct Node<'t> {
    /// The name, if it is a member.
    name: &'t str,
    value: Held<'t>,
    /// The value itself and all inside it.
    size: usize,
}

enum Held<'t> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'t, str>),
    Array,
    Object,
}

impl<'t> Tree<'t> {
    /// Reads an object of plain JSON. What it reads is the same that
    /// [`parse`](super::parse) reads with this `max_depth`.
    pub(crate) fn read(bytes: &'t [u8], max_depth: usize) -> Option<Self> {
        let mut reader = Reader {
            text: std::str::from_utf8(bytes).ok()?,
            at: 0,
            nodes: Vec::with_capacity((bytes.len() / BYTES_PER_NODE).min(MAX_NODES)),
        };
        if reader.next()? != b'{' {
            return None;
        }
        reader.value("", max_depth)?;
        reader.next().is_none().then_some(Self(reader.nodes))
    }

    pub(crate) fn root(&self) -> Item<'_> {
        Item(&self.0)
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    nodes: Vec<Node<'t>>,
}

impl<'t> Reader<'t> {
    /// The next byte that is no white space; it is not taken.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Takes a byte, which must be this one.
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let end = self.at + word.len();
        let there = self.text.as_bytes().get(self.at..end)? == word.as_bytes();
        there.then(|| self.at = end)
    }

    fn value(&mut self, name: &'t str, depth: usize) -> Option<()> {
        let index = self.nodes.len();
        if index == MAX_NODES {
            return None;
        }
        let mut hold = |value| {
            self.nodes.push(Node {
                name,
                value,
                size: 1,
            });
        };
        match *self.text.as_bytes().get(self.at)? {
            b'{' => {
                hold(Held::Object);
                self.object(index, depth)?;
                self.nodes[index].size = self.nodes.len() - index;
            }
            b'[' => {
                hold(Held::Array);
                self.array(depth)?;
                self.nodes[index].size = self.nodes.len() - index;
            }
            b'"' => {
                let value = Held::String(self.string()?);
                self.nodes.push(Node {
                    name,
                    value,
                    size: 1,
                });
            }
            b't' => {
                hold(Held::Bool(true));
                self.word("true")?;
            }
            b'f' => {
                hold(Held::Bool(false));
                self.word("false")?;
            }
            b'n' => {
                hold(Held::Null);
                self.word("null")?;
            }
            _ => {
                let value = Held::Number(self.number()?);
                self.nodes.push(Node {
                    name,
                    value,
                    size: 1,
                });
            }
        }
        Some(())
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.at += 1;
        if self.next()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.next()?;
            self.value("", depth)?;
            if self.next()? != b',' {
                return self.take(b']');
            }
            self.at += 1;
        }
    }

    fn object(&mut self, index: usize, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.at += 1;
        if self.next()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            if self.next()? != b'"' {
                return None;
            }
            let Cow::Borrowed(name) = self.string()? else {
                return None;
            };
            self.is_new(index, name)?;
            self.take(b':')?;
            self.next()?;
            self.value(name, depth)?;
            if self.next()? != b',' {
                return self.take(b'}');
            }
            self.at += 1;
        }
    }

    /// Whether the object at `index` has no member of this name so far.
    fn is_new(&self, index: usize, name: &str) -> Option<()> {
        let mut rest = self.nodes.get(index + 1..)?;
        for _ in 0..MAX_MEMBERS {
            let Some(node) = rest.first() else {
                return Some(());
            };
            if node.name == name {
                return None;
            }
            rest = rest.get(node.size..)?;
        }
        None
    }

    /// The string that begins here.
    fn string(&mut self) -> Option<Cow<'t, str>> {
        let (bytes, quote) = (self.text.as_bytes(), self.at);
        let mut end = quote + 1;
        end += plain(bytes.get(end..)?);
        let mut escaped = false;
        while *bytes.get(end)? == b'\\' {
            escaped = true;
            end += 2;
            end += plain(bytes.get(end..)?);
        }
        if bytes[end] != b'"' {
            return None;
        }
        self.at = end + 1;
        if escaped {
            let text = serde_json::from_str(self.text.get(quote..=end)?);
            text.ok().map(Cow::Owned)
        } else {
            self.text.get(quote + 1..end).map(Cow::Borrowed)
        }
    }

    fn number(&mut self) -> Option<Number> {
        let bytes = self.text.as_bytes().get(self.at..)?;
        let mut whole = 0_u64;
        let mut digits = 0;
        let mut next = None;
        for byte in bytes.iter().take(MAX_DIGITS + 1) {
            if !byte.is_ascii_digit() {
                next = Some(*byte);
                break;
            }
            whole = whole.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
            digits += 1;
        }
        // Most are times: digits that surely fit, and no needless zero.
        if matches!(next, Some(b',' | b'}' | b']'))
            && digits > 0
            && (digits == 1 || bytes[0] != b'0')
        {
            self.at += digits;
            return Some(Number::from(whole));
        }
        let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        let length = bytes.iter().take_while(|byte| is_part(byte)).count();
        let text = self.text.get(self.at..self.at + length)?;
        self.at += length;
        serde_json::from_str(text).ok()
    }
}

/// How many bytes come before a quotation mark, a backslash or a control
/// character, or before the end.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let (words, rest) = bytes.as_chunks();
    for (index, word) in words.iter().enumerate() {
        // A byte borrows from the one after it only if it is one of those that
        // are looked for, so the first high bit is right.
        let word = u64::from_le_bytes(*word);
        let quote = (word ^ each(b'"')).wrapping_sub(ONES);
        let backslash = (word ^ each(b'\\')).wrapping_sub(ONES);
        let control = word.wrapping_sub(each(b' '));
        let found = (quote | backslash | control) & !word & HIGHS;
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
}

/// A value of a [`Tree`], with all that is inside it.
#[derive(Clone, Copy)]
pub(crate) struct Item<'v>(&'v [Node<'v>]);

impl<'v> Item<'v> {
    fn inner(self) -> impl Iterator<Item = (&'v Node<'v>, Self)> {
        let mut rest = self.0.get(1..).unwrap_or_default();
        std::iter::from_fn(move || {
            let node = rest.first()?;
            let (item, after) = rest.split_at_checked(node.size)?;
            rest = after;
            Some((node, Self(item)))
        })
    }
}

impl<'v> Look<'v> for Item<'v> {
    fn seen(self) -> Seen<'v> {
        match self.0.first().map(|node| &node.value) {
            None | Some(Held::Null) => Seen::Null,
            Some(Held::Bool(value)) => Seen::Bool(*value),
            Some(Held::Number(number)) => Seen::Number(number),
            Some(Held::String(text)) => Seen::String(text),
            Some(Held::Array) => Seen::Array {
                empty: self.0.len() == 1,
            },
            Some(Held::Object) => Seen::Object,
        }
    }

    fn member(self, name: &str) -> Option<Self> {
        self.members()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value)
    }

    fn members(self) -> impl Iterator<Item = (&'v str, Self)> {
        let is_object = self.is_object();
        self.inner()
            .filter(move |_| is_object)
            .map(|(node, item)| (node.name, item))
    }

    fn items(self) -> impl Iterator<Item = Self> {
        let is_array = matches!(self.seen(), Seen::Array { .. });
        self.inner().filter(move |_| is_array).map(|(_, item)| item)
    }
}

#[cfg(test)]
mod tests;
