//! Placeholders in the data of the cases.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The member whose values are objects, of which the members are taken over.
const SPREAD: &str = "...";

/// A case names something that is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the placeholder {{{0}}} is not known")]
pub struct UnknownPlaceholder(pub String);

/// What placeholders stand for.
#[derive(Clone, Debug, Default)]
pub struct Values {
    named: BTreeMap<&'static str, Value>,
    /// Unix seconds, for `{now}`, `{now+60}` and the like.
    now: i64,
}

impl Values {
    /// No values yet, and the time.
    pub fn at(now: i64) -> Self {
        Self {
            named: BTreeMap::new(),
            now,
        }
    }

    /// Sets a value.
    pub fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.named.insert(name, value.into());
    }

    /// The time, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// A value that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.named.get(name)?.as_str()
    }

    fn get(&self, name: &str) -> Result<Value, UnknownPlaceholder> {
        let unknown = || UnknownPlaceholder(name.to_owned());
        if let Some(value) = self.named.get(name) {
            return Ok(value.clone());
        }
        let shift = match name.strip_prefix("now").ok_or_else(unknown)? {
            "" => 0,
            shift => shift.parse().map_err(|_| unknown())?,
        };
        Ok((self.now + shift).into())
    }

    /// A template with its placeholders filled in. A text that is one placeholder becomes its value;
    /// placeholders inside a text become text.
    pub fn fill(&self, template: &Value) -> Result<Value, UnknownPlaceholder> {
        match template {
            Value::String(text) => match placeholder(text) {
                Some(name) => self.get(name),
                None => self.fill_text(text).map(Value::from),
            },
            Value::Array(items) => items
                .iter()
                .map(|item| self.fill(item))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::from),
            Value::Object(members) => self.fill_object(members),
            other => Ok(other.clone()),
        }
    }

    fn fill_object(&self, members: &Map<String, Value>) -> Result<Value, UnknownPlaceholder> {
        let mut filled = Map::new();
        if let Some(others) = members.get(SPREAD) {
            let others = match self.fill(others)? {
                Value::Array(others) => others,
                other => vec![other],
            };
            for other in others {
                if let Value::Object(other) = other {
                    filled.extend(other);
                }
            }
        }
        for (name, value) in members {
            if name != SPREAD {
                filled.insert(name.clone(), self.fill(value)?);
            }
        }
        Ok(filled.into())
    }

    /// A text with its placeholders filled in.
    pub fn fill_text(&self, text: &str) -> Result<String, UnknownPlaceholder> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            match after.split_once('}') {
                Some((name, after)) if is_name(name) => {
                    match self.get(name)? {
                        Value::String(text) => filled.push_str(&text),
                        other => filled.push_str(&other.to_string()),
                    }
                    rest = after;
                }
                _ => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

fn placeholder(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    is_name(name).then_some(name)
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '+' | '-'))
}

/// Takes the members at dotted paths out of an object.
pub fn without(value: &mut Value, paths: &[String]) {
    for path in paths {
        let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
        let at = parent
            .split('.')
            .filter(|name| !name.is_empty())
            .try_fold(&mut *value, |value, name| value.get_mut(name));
        if let Some(Value::Object(members)) = at {
            members.remove(name);
        }
    }
}

/// Sets members at dotted paths, and makes the objects on the way.
pub fn with(value: &mut Value, members: &Map<String, Value>) {
    for (path, member) in members {
        let mut at = &mut *value;
        for name in path.split('.') {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            at = &mut at[name];
        }
        *at = member.clone();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values() -> Values {
        let mut values = Values::at(1_000);
        values.set("key", "k1");
        values.set("fields", json!({ "c": "info", "key": "k1" }));
        values.set("life", json!({ "iat": 1_000 }));
        values
    }

    #[test]
    fn placeholders_are_filled_in() {
        let template = json!({
            "...": ["{fields}", "{life}"], "c": "drop", "at": "{now-300}", "n": 1,
            "text": "key {key} of {now}", "json": "{\"id\":\"{key}\"}", "list": ["{key}"],
        });
        assert_eq!(
            values().fill(&template).unwrap(),
            json!({
                "c": "drop", "key": "k1", "iat": 1_000, "at": 700, "n": 1,
                "text": "key k1 of 1000", "json": "{\"id\":\"k1\"}", "list": ["k1"],
            })
        );
        assert_eq!(
            values().fill(&json!("{fields}")).unwrap(),
            json!({ "c": "info", "key": "k1" })
        );
    }

    #[test]
    fn a_misspelt_placeholder_is_an_error() {
        for template in ["{kye}", "a {kye} b", "{now+x}"] {
            assert!(values().fill(&json!(template)).is_err(), "{template}");
        }
    }

    #[test]
    fn members_are_taken_out_and_set_by_path() {
        let mut value = json!({ "a": { "b": 1, "c": 2 }, "d": 3 });
        without(&mut value, &["a.b".into(), "d".into(), "x.y".into()]);
        assert_eq!(value, json!({ "a": { "c": 2 } }));
        let members = json!({ "a.c": 5, "e.f": true });
        with(&mut value, members.as_object().unwrap());
        assert_eq!(value, json!({ "a": { "c": 5 }, "e": { "f": true } }));
    }
}
