//! The records of a text of values (RFC 4180, and what programs make of it).

use std::borrow::Cow;

/// A value, and whether it stands in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value<'t> {
    pub text: Cow<'t, str>,
    pub quoted: bool,
}

/// Reads one record after the other. A line without anything is a record of one empty value.
pub(super) struct Records<'t> {
    rest: &'t str,
    delimiter: u8,
}

impl<'t> Records<'t> {
    /// `delimiter` is an ASCII character.
    pub fn new(text: &'t str, delimiter: u8) -> Self {
        Self {
            rest: text,
            delimiter,
        }
    }

    /// Reads the next record into `record`; false at the end.
    pub fn read(&mut self, record: &mut Vec<Value<'t>>) -> bool {
        record.clear();
        if self.rest.is_empty() {
            return false;
        }
        loop {
            record.push(self.value());
            match self.rest.as_bytes() {
                [first, ..] if *first == self.delimiter => {
                    self.rest = &self.rest[1..];
                    if self.rest.is_empty() {
                        record.push(Value {
                            text: "".into(),
                            quoted: false,
                        });
                        return true;
                    }
                }
                [b'\r', b'\n', ..] => {
                    self.rest = &self.rest[2..];
                    return true;
                }
                [b'\r' | b'\n', ..] => {
                    self.rest = &self.rest[1..];
                    return true;
                }
                _ => return true,
            }
        }
    }

    fn value(&mut self) -> Value<'t> {
        let Some(mut within) = self.rest.strip_prefix('"') else {
            return Value {
                text: self.plain().into(),
                quoted: false,
            };
        };
        let mut text = Cow::Borrowed("");
        loop {
            let end = within.find('"').unwrap_or(within.len());
            add(&mut text, &within[..end]);
            within = within.get(end + 1..).unwrap_or_default();
            // Two quotes mean one.
            let Some(after) = within.strip_prefix('"') else {
                break;
            };
            add(&mut text, "\"");
            within = after;
        }
        self.rest = within;
        // What follows the quotes belongs to the value.
        add(&mut text, self.plain());
        Value { text, quoted: true }
    }

    fn plain(&mut self) -> &'t str {
        let ends = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\r' | b'\n');
        let end = self.rest.bytes().position(|byte| ends(&byte));
        let (value, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        value
    }
}

fn add<'t>(text: &mut Cow<'t, str>, more: &'t str) {
    if text.is_empty() {
        *text = more.into();
    } else if !more.is_empty() {
        text.to_mut().push_str(more);
    }
}
