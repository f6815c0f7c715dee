//! Arguments of commands and what they may be.

use serde_json::Value;

use super::address;
use Argument::{Address, CommentId, Flag, Link, OneOf, Real, Text, Whole};

/// What an argument may be. On the wire it is `{"type": "<the engine's type>", "value": …}`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Argument {
    /// `boolean`
    Flag,
    /// `long` (or a shorter integer type) in a range.
    Whole(i64, i64),
    /// `float` or `double` in a range.
    Real(f64, f64),
    /// `string` of at most so many bytes, without control characters but line feed and tab.
    Text(usize),
    /// `string`: one of these.
    OneOf(&'static [&'static str]),
    /// `string`: an address that a browser may open, or a place in the document.
    Link,
    /// `string`: the address of a cell or range.
    Address,
    /// `string`: the number of a comment. With any other type LibreOffice takes the comment that was
    /// used last, whatever the number.
    CommentId,
}

impl Argument {
    /// An acceptable value.
    pub(super) fn sample(self) -> Value {
        let (kind, value) = match self {
            Flag => ("boolean", Value::from(true)),
            Whole(from, to) => ("long", Value::from(from.max(to.min(2)))),
            Real(from, to) => ("float", Value::from(from.max(to.min(12.0)))),
            Text(_) => ("string", Value::from("Sample")),
            OneOf(list) => ("string", Value::from(list[0])),
            Link => ("string", Value::from("https://example.org/")),
            Address => ("string", Value::from("$B$2")),
            CommentId => ("string", Value::from("1")),
        };
        serde_json::json!({"type": kind, "value": value})
    }

    pub(super) fn accepts(self, wire: &Value) -> bool {
        let Some(wire) = wire.as_object().filter(|wire| wire.len() == 2) else {
            return false;
        };
        let (Some(kind), Some(value)) =
            (wire.get("type").and_then(Value::as_str), wire.get("value"))
        else {
            return false;
        };
        let text = || value.as_str().filter(|_| kind == "string");
        match self {
            Flag => kind == "boolean" && flag(value),
            Whole(from, to) => {
                let types = [
                    "long",
                    "short",
                    "unsigned short",
                    "int32",
                    "int16",
                    "uint16",
                ];
                types.contains(&kind)
                    && whole(value).is_some_and(|number| (from..=to).contains(&number))
            }
            Real(from, to) => {
                matches!(kind, "float" | "double")
                    && real(value).is_some_and(|number| (from..=to).contains(&number))
            }
            Text(longest) => text().is_some_and(|text| {
                let control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
                text.len() <= longest && !text.contains(control)
            }),
            OneOf(list) => text().is_some_and(|text| list.contains(&text)),
            Link => text().is_some_and(is_link),
            Address => text().is_some_and(address::is_valid),
            CommentId => text().is_some_and(|id| {
                (1..=10).contains(&id.len()) && id.bytes().all(|digit| digit.is_ascii_digit())
            }),
        }
    }
}

fn flag(value: &Value) -> bool {
    value.is_boolean() || matches!(value.as_str(), Some("true" | "false"))
}

pub(super) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn real(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.parse().ok())
        .filter(|number| number.is_finite())
}

/// What a browser opens safely: a web page, a letter, or a place in this document.
fn is_link(text: &str) -> bool {
    if text.len() > 2000 || text.chars().any(char::is_control) {
        return false;
    }
    text.starts_with('#')
        || url::Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto"))
}
