//! JSON as strictly as a signed statement needs it.

mod look;
mod tree;

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

pub(crate) use look::{Look, Seen};
pub(crate) use tree::Tree;

/// Why a text was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// It is not JSON.
    Syntax,
    /// It is nested more deeply than permitted.
    Depth,
    /// An object has two members of the name at this path. Readers differ in
    /// which of them they take, so one side could sign what the other does not
    /// see.
    Duplicate(String),
}

/// Puts the name of the surrounding member in front of a duplicate's path.
fn inside(problem: &mut Option<JsonError>, name: &str) {
    if let Some(JsonError::Duplicate(path)) = problem {
        let dot = if path.starts_with('[') { "" } else { "." };
        path.insert_str(0, dot);
        path.insert_str(0, name);
    }
}

/// Reads JSON, and refuses duplicate member names and deep nesting.
pub(crate) fn parse(bytes: &[u8], max_depth: usize) -> Result<Value, JsonError> {
    let mut problem = None;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let seed = Strict {
        depth: max_depth,
        problem: &mut problem,
    };
    let value = seed
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|_| problem.unwrap_or(JsonError::Syntax))
}

struct Strict<'p> {
    /// How many levels of arrays and objects may still be opened.
    depth: usize,
    problem: &'p mut Option<JsonError>,
}

impl Strict<'_> {
    fn inner<E: serde::de::Error>(&mut self) -> Result<Strict<'_>, E> {
        let Some(depth) = self.depth.checked_sub(1) else {
            *self.problem = Some(JsonError::Depth);
            return Err(E::custom("nested too deeply"));
        };
        Ok(Strict {
            depth,
            problem: &mut *self.problem,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            match access.next_element_seed(self.inner()?) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return Ok(Value::Array(items)),
                Err(error) => {
                    inside(self.problem, &format!("[{}]", items.len()));
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if members.contains_key(&name) {
                *self.problem = Some(JsonError::Duplicate(name));
                return Err(A::Error::custom("duplicate member name"));
            }
            let value = match access.next_value_seed(self.inner()?) {
                Ok(value) => value,
                Err(error) => {
                    inside(self.problem, &name);
                    return Err(error);
                }
            };
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

/// The name of a value's JSON type, with its article.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A value as JSON, cut after 80 characters, for showing it in a sentence.
pub(crate) fn shown(value: &Value) -> String {
    cut(&value.to_string())
}

/// A text, cut after 80 characters.
pub(crate) fn cut(text: &str) -> String {
    const MAX: usize = 80;
    if text.chars().count() <= MAX {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(MAX - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
pub(crate) mod strategies {
    use proptest::prelude::*;
    use serde_json::Value;

    /// JSON values of all kinds.
    pub(crate) fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(".{0,4}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{strategies::values, *};

    #[test]
    fn t16_duplicate_members_are_found_at_any_depth() {
        assert_eq!(
            parse(br#"{"a":1,"a":2}"#, 9),
            Err(JsonError::Duplicate("a".to_owned()))
        );
        assert_eq!(
            parse(br#"{"x":[{"key":1,"k\u0065y":2}]}"#, 9),
            Err(JsonError::Duplicate("x[0].key".to_owned()))
        );
        assert!(parse(br#"[{"a":1},{"a":2}]"#, 9).is_ok());
    }

    #[test]
    fn t16_depth_is_limited() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(nested(32).as_bytes(), 32).is_ok());
        assert_eq!(parse(nested(33).as_bytes(), 32), Err(JsonError::Depth));
        assert_eq!(parse(nested(100_000).as_bytes(), 32), Err(JsonError::Depth));
    }

    #[test]
    fn rubbish_is_a_syntax_error() {
        for text in ["", "{", "{} {}", "nul", "1e999", "{'a':1}", "\u{feff}{}"] {
            assert_eq!(parse(text.as_bytes(), 9), Err(JsonError::Syntax), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_serde_json_writes(value in values()) {
            prop_assert_eq!(parse(value.to_string().as_bytes(), 32), Ok(value));
        }

        #[test]
        fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes, 32);
        }
    }
}
