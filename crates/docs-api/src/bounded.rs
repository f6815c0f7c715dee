//! Bounds for what is decoded: each is kept while a message is read, so that nothing larger than it
//! ever stands in memory.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Members and elements that one tree of a message may have. A config of ONLYOFFICE's documentation
/// with every member has some 300.
pub const NODES: usize = 20_000;
/// How deep a tree may go.
pub const DEPTH: usize = 32;

/// A text of at most so many bytes.
pub fn text<'de, const MOST: usize, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    struct Text<const MOST: usize>;

    impl<const MOST: usize> Visitor<'_> for Text<MOST> {
        type Value = String;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(to, "a text of at most {MOST} bytes")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
            if text.len() > MOST {
                return Err(E::invalid_length(text.len(), &self));
            }
            Ok(text.to_owned())
        }
    }

    from.deserialize_str(Text::<MOST>)
}

/// A text of at most so many bytes, or null.
pub fn text_or_none<'de, const MOST: usize, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    struct Text<const MOST: usize>(String);

    impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            text::<MOST, D>(from).map(Self)
        }
    }

    Ok(Option::<Text<MOST>>::deserialize(from)?.map(|text| text.0))
}

/// A list of at most so many elements; reading ends with the first that is too many.
pub fn list<'de, const MOST: usize, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    struct List<T, const MOST: usize>(PhantomData<T>);

    impl<'de, const MOST: usize, T: Deserialize<'de>> Visitor<'de> for List<T, MOST> {
        type Value = Vec<T>;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(to, "a list of at most {MOST} elements")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Vec<T>, A::Error> {
            let mut all = Vec::new();
            while let Some(next) = from.next_element()? {
                if all.len() == MOST {
                    return Err(A::Error::invalid_length(MOST + 1, &self));
                }
                all.push(next);
            }
            Ok(all)
        }
    }

    from.deserialize_seq(List::<T, MOST>(PhantomData))
}

/// Any JSON of at most [`DEPTH`] and [`NODES`].
pub fn tree<'de, D: Deserializer<'de>>(from: D) -> Result<Value, D::Error> {
    let left = Cell::new(NODES);
    Tree {
        left: &left,
        depth: DEPTH,
    }
    .deserialize(from)
}

/// Any JSON of at most [`DEPTH`] and [`NODES`], or none if it is null.
pub fn tree_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    tree(from).map(|value| Some(value).filter(|value| !value.is_null()))
}

/// A JSON object of at most [`DEPTH`] and [`NODES`].
pub fn object<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
    match tree(from)? {
        Value::Object(object) => Ok(object),
        _ => Err(D::Error::custom("it is not an object")),
    }
}

/// Reads one value, as long as there is room.
#[derive(Clone, Copy)]
struct Tree<'a> {
    left: &'a Cell<usize>,
    depth: usize,
}

impl Tree<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let depth = self
            .depth
            .checked_sub(1)
            .ok_or_else(|| E::custom(format_args!("it is deeper than {DEPTH} levels")))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| {
            D::Error::custom(format_args!(
                "it has more than {NODES} members and elements"
            ))
        })?;
        self.left.set(left);
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
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

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut list = Vec::new();
        while let Some(next) = from.next_element_seed(deeper)? {
            list.push(next);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            map.insert(name, from.next_value_seed(deeper)?);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Value, serde_json::Error> {
        tree(&mut serde_json::Deserializer::from_str(text))
    }

    #[test]
    fn a_tree_is_what_serde_json_would_have_made() {
        let text = r#"{"a":[1,-2,3.5,"x",null,true,{"b":{}}],"c":"\u00e4"}"#;
        let plain: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text).unwrap(), plain);
    }

    #[test]
    fn a_tree_has_a_bounded_depth_and_size() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(read(&deep(DEPTH)).is_ok());
        assert!(read(&deep(DEPTH + 1)).is_err());
        assert!(read(&deep(100_000)).is_err());
        let wide = |elements: usize| format!("[{}0]", "0,".repeat(elements - 1));
        assert!(read(&wide(NODES - 1)).is_ok());
        assert!(read(&wide(NODES)).is_err());
    }

    #[test]
    fn a_list_is_cut_where_it_is_too_long() {
        let read = |text: &str| {
            list::<3, u32, _>(&mut serde_json::Deserializer::from_str(text)).map_err(|e| e.column())
        };
        assert_eq!(read("[1,2,3]"), Ok(vec![1, 2, 3]));
        // What follows is not read any more.
        assert_eq!(read("[1,2,3,4,this is not even JSON"), Err(9));
    }
}
