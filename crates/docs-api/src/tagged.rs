//! Reads an enum of which one member of a JSON object names the variant.
//!
//! serde's own `tag` keeps the whole object as a tree until it has met that member, and so lets
//! a sender decide how much memory a message takes. Here the text is read twice instead.

use std::cell::Cell;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IgnoredAny, MapAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Error;

/// The longest name of a variant, in bytes.
const LONGEST_NAME: usize = 64;

/// Why a message is not one.
#[derive(Debug)]
pub enum Unread {
    /// It is not JSON, or no message of this name exists.
    Unknown(Error),
    /// A message of this name exists, and this one has a member that is missing or out of bounds.
    Wrong(String, Error),
}

/// Reads the variant that the member `tag` names.
pub fn read<'de, T: serde::Deserialize<'de>>(
    tag: &'static str,
    text: &'de str,
) -> Result<T, Unread> {
    let mut json = serde_json::Deserializer::from_str(text);
    let name = json
        .deserialize_map(Tag(tag))
        .and_then(|name| json.end().map(|()| name))
        .map_err(Unread::Unknown)?;
    let known = Cell::new(false);
    let variant = Variant {
        name: &name,
        text,
        known: &known,
    };
    T::deserialize(variant).map_err(|error| {
        if known.get() {
            Unread::Wrong(name.clone(), error)
        } else {
            Unread::Unknown(error)
        }
    })
}

/// Finds the member that names the variant.
struct Tag(&'static str);

impl<'de> Visitor<'de> for Tag {
    type Value = String;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "an object with {}", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<String, A::Error> {
        let mut found = None;
        while let Some(is_tag) = from.next_key_seed(Is(self.0))? {
            if !is_tag {
                from.next_value::<IgnoredAny>()?;
            } else if found.replace(from.next_value_seed(Name)?).is_some() {
                return Err(A::Error::duplicate_field(self.0));
            }
        }
        found.ok_or_else(|| A::Error::missing_field(self.0))
    }
}

/// Whether a name is this one.
struct Is(&'static str);

impl<'de> DeserializeSeed<'de> for Is {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Is {
    type Value = bool;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}

struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        crate::bounded::text::<LONGEST_NAME, D>(from)
    }
}

/// The text, as the variant of this name.
struct Variant<'a, 'de> {
    name: &'a str,
    text: &'de str,
    known: &'a Cell<bool>,
}

impl<'de> Variant<'_, 'de> {
    fn json(&self) -> serde_json::Deserializer<serde_json::de::StrRead<'de>> {
        serde_json::Deserializer::from_str(self.text)
    }
}

impl<'de> Deserializer<'de> for Variant<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let variant = seed.deserialize(StrDeserializer::<Error>::new(self.name))?;
        self.known.set(true);
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(&mut self.json())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.json().deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.json().deserialize_struct("", fields, visitor)
    }
}
