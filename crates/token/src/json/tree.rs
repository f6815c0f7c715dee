//! Reading plain JSON in one go, without copying its texts.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::look::{Look, Seen};

/// Most members of an object, since each name is compared with those before it.
const MAX_MEMBERS: usize = 32;
/// Most values in all.
const MAX_NODES: usize = 4096;
/// Bytes of JSON to a value, about.
const BYTES_PER_NODE: usize = 24;

/// An object as it is in its text.
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
        let mut nodes = Vec::with_capacity((bytes.len() / BYTES_PER_NODE).min(MAX_NODES));
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let reader = Reader {
            nodes: &mut nodes,
            name: "",
            depth: max_depth,
        };
        reader.deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        matches!(nodes.first()?.value, Held::Object).then_some(Self(nodes))
    }

    pub(crate) fn root(&self) -> Item<'_> {
        Item(&self.0)
    }
}

/// Reads one value into the list.
struct Reader<'r, 't> {
    nodes: &'r mut Vec<Node<'t>>,
    name: &'t str,
    /// How many levels of arrays and objects may still be opened.
    depth: usize,
}

impl<'t> Reader<'_, 't> {
    fn hold<E: Error>(&mut self, value: Held<'t>) -> Result<usize, E> {
        let index = self.nodes.len();
        if index == MAX_NODES {
            return Err(unsure());
        }
        self.nodes.push(Node {
            name: self.name,
            value,
            size: 1,
        });
        Ok(index)
    }

    /// Holds an array or an object; what it contains is read one level deeper.
    fn open<E: Error>(&mut self, value: Held<'t>) -> Result<(usize, usize), E> {
        let depth = self.depth.checked_sub(1).ok_or_else(unsure)?;
        Ok((self.hold(value)?, depth))
    }

    fn close(&mut self, index: usize) {
        self.nodes[index].size = self.nodes.len() - index;
    }

    /// Whether the object at `index` has no member of this name so far.
    fn is_new(&self, index: usize, name: &str) -> bool {
        let mut rest = self.nodes.get(index + 1..).unwrap_or_default();
        for _ in 0..MAX_MEMBERS {
            let Some(node) = rest.first() else {
                return true;
            };
            if node.name == name {
                return false;
            }
            rest = rest.get(node.size..).unwrap_or_default();
        }
        false
    }
}

/// What is not read here is judged elsewhere, so the text does not matter.
fn unsure<E: Error>() -> E {
    E::custom("")
}

impl<'t> DeserializeSeed<'t> for Reader<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Reader<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.hold(Held::Null).map(|_| ())
    }

    fn visit_bool<E: Error>(mut self, value: bool) -> Result<(), E> {
        self.hold(Held::Bool(value)).map(|_| ())
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<(), E> {
        self.hold(Held::Number(value.into())).map(|_| ())
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<(), E> {
        self.hold(Held::Number(value.into())).map(|_| ())
    }

    fn visit_f64<E: Error>(mut self, value: f64) -> Result<(), E> {
        let number = Number::from_f64(value).ok_or_else(unsure)?;
        self.hold(Held::Number(number)).map(|_| ())
    }

    fn visit_borrowed_str<E: Error>(mut self, value: &'t str) -> Result<(), E> {
        self.hold(Held::String(Cow::Borrowed(value))).map(|_| ())
    }

    fn visit_str<E: Error>(mut self, value: &str) -> Result<(), E> {
        self.hold(Held::String(Cow::Owned(value.to_owned())))
            .map(|_| ())
    }

    fn visit_seq<A: SeqAccess<'t>>(mut self, mut access: A) -> Result<(), A::Error> {
        let (index, depth) = self.open(Held::Array)?;
        while access
            .next_element_seed(Reader {
                nodes: self.nodes,
                name: "",
                depth,
            })?
            .is_some()
        {}
        self.close(index);
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut access: A) -> Result<(), A::Error> {
        let (index, depth) = self.open(Held::Object)?;
        while let Some(name) = access.next_key_seed(Name)? {
            if !self.is_new(index, name) {
                return Err(unsure());
            }
            access.next_value_seed(Reader {
                nodes: self.nodes,
                name,
                depth,
            })?;
        }
        self.close(index);
        Ok(())
    }
}

/// A member's name as it is in the text; one with escapes is not read.
struct Name;

impl<'t> DeserializeSeed<'t> for Name {
    type Value = &'t str;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<&'t str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Name {
    type Value = &'t str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, value: &'t str) -> Result<&'t str, E> {
        Ok(value)
    }
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
