//! Looking into a JSON value, whatever holds it.

use serde_json::{Map, Number, Value};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Seen<'v> {
    Null,
    Bool(bool),
    Number(&'v Number),
    String(&'v str),
    Array { empty: bool },
    Object,
}

/// A JSON value that can be looked into. The rules for what a token says are
/// the same whether it is a [`Value`] or borrows from the token's payload.
pub(crate) trait Look<'v>: Copy {
    fn seen(self) -> Seen<'v>;

    /// The member of this name, if this is an object that has it.
    fn member(self, name: &str) -> Option<Self>;

    /// The members, if this is an object.
    fn members(self) -> impl Iterator<Item = (&'v str, Self)>;

    /// The items, if this is an array.
    fn items(self) -> impl Iterator<Item = Self>;

    fn to_value(self) -> Value {
        match self.seen() {
            Seen::Null => Value::Null,
            Seen::Bool(value) => Value::Bool(value),
            Seen::Number(number) => Value::Number(number.clone()),
            Seen::String(text) => Value::from(text),
            Seen::Array { .. } => self.items().map(Self::to_value).collect(),
            Seen::Object => Value::Object(self.to_map()),
        }
    }

    /// The members as they are kept; none if this is no object.
    fn to_map(self) -> Map<String, Value> {
        let mut map = Map::new();
        // Collecting would sort them in a list of their own first.
        for (name, value) in self.members() {
            map.insert(name.to_owned(), value.to_value());
        }
        map
    }

    fn as_text(self) -> Option<&'v str> {
        match self.seen() {
            Seen::String(text) => Some(text),
            _ => None,
        }
    }

    fn is_null(self) -> bool {
        self.seen() == Seen::Null
    }

    fn is_object(self) -> bool {
        self.seen() == Seen::Object
    }
}

impl<'v> Look<'v> for &'v Value {
    fn seen(self) -> Seen<'v> {
        match self {
            Value::Null => Seen::Null,
            Value::Bool(value) => Seen::Bool(*value),
            Value::Number(number) => Seen::Number(number),
            Value::String(text) => Seen::String(text),
            Value::Array(items) => Seen::Array {
                empty: items.is_empty(),
            },
            Value::Object(_) => Seen::Object,
        }
    }

    fn member(self, name: &str) -> Option<Self> {
        self.get(name)
    }

    fn members(self) -> impl Iterator<Item = (&'v str, Self)> {
        let members = self.as_object().into_iter().flatten();
        members.map(|(name, value)| (name.as_str(), value))
    }

    fn items(self) -> impl Iterator<Item = Self> {
        self.as_array().into_iter().flatten()
    }

    fn to_value(self) -> Value {
        self.clone()
    }
}
