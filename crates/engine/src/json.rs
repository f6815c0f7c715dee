//! JSON from a kit: bounded in what it takes in memory, not only in its length.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, de};
use serde_json::{Map, Value};

/// What a value takes in memory, in bytes; roughly.
const VALUE: usize = size_of::<Value>();
/// What the first member of an object takes: a node of a tree.
const NODE: usize = 640;

/// How many bytes a value takes in memory; roughly.
pub(crate) fn weight(value: &Value) -> usize {
    VALUE
        + match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text.len(),
            Value::Array(values) => values.iter().map(weight).sum(),
            Value::Object(members) => NODE + of_members(members),
        }
}

/// How many bytes the members of an object take in memory; roughly.
pub(crate) fn of_members(members: &Map<String, Value>) -> usize {
    let each = |(name, value): (&String, &Value)| VALUE + name.len() + weight(value);
    members.iter().map(each).sum()
}

/// The value of a text, if it is JSON that takes no more than so many bytes in memory.
pub(crate) fn read(text: &str, most: usize) -> Option<Value> {
    let left = Cell::new(most);
    let mut from = serde_json::Deserializer::from_str(text);
    let value = Budget(&left).deserialize(&mut from).ok()?;
    from.end().ok()?;
    Some(value)
}

#[derive(Clone, Copy)]
struct Budget<'b>(&'b Cell<usize>);

impl Budget<'_> {
    fn spend<E: Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(bytes);
        self.0
            .set(left.ok_or_else(|| E::custom("it is too large"))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Budget<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        self.spend(VALUE)?;
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Budget<'_> {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.spend(value.len())?;
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element_seed(self)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.spend(NODE)?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            self.spend(VALUE + name.len())?;
            let value = members.next_value_seed(self)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_read_as_it_is() {
        let text = r#"{"a":[1,-2,2.5,true,null,"x"],"b":{"c":""}}"#;
        let plain: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text, 1 << 16), Some(plain.clone()));
        assert_eq!(read(text, weight(&plain)), Some(plain));
        assert_eq!(read("{} {}", 1 << 16), None);
        assert_eq!(read("{", 1 << 16), None);
    }

    #[test]
    fn l4_what_would_swell_is_not_read() {
        for (small, number) in [("{\"\":0},", 200_000), ("[],", 900_000), ("0,", 900_000)] {
            let text = format!("[{}0]", small.repeat(number));
            assert!(read(&text, 16 << 20).is_none(), "{small}");
        }
        let deep = "[".repeat(1 << 20);
        assert!(read(&deep, 64 << 20).is_none());
    }
}
