//! A config of which some values may not be known.

use std::collections::BTreeMap;

use serde_json::Value;

/// Why a value is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// A template puts it in on the server.
    Template,
    /// The browser computes it.
    Browser,
    /// Code of the back end computes it.
    BackEnd,
}

/// What a config was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// JSON, as the browser gets it.
    Json,
    /// JavaScript of a page.
    Page,
    /// A page with a template language in it.
    Template,
    /// Code of a back end.
    BackEnd,
}

/// A config as far as it is known.
#[derive(Clone, Debug)]
pub(super) struct Config {
    /// All values; where one is not known there is a stand-in.
    pub(super) value: Value,
    /// The dotted paths whose values are not known.
    pub(super) unknown: BTreeMap<String, Unknown>,
    pub(super) source: Source,
}

/// A member of a config.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Field<'c> {
    Absent,
    Known(&'c Value),
    Unknown(&'c Unknown),
}

impl<'c> Field<'c> {
    /// The value, if it is known.
    pub(super) fn known(self) -> Option<&'c Value> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// The text, if it is a known text.
    pub(super) fn text(self) -> Option<&'c str> {
        self.known().and_then(Value::as_str)
    }

    /// Whether there is nothing that counts, as the API tests for truth.
    pub(super) fn is_absent(self) -> bool {
        match self {
            Self::Absent => true,
            Self::Known(value) => absent(Some(value)),
            Self::Unknown(_) => false,
        }
    }
}

impl Config {
    pub(super) fn json(value: Value) -> Self {
        Self {
            value,
            unknown: BTreeMap::new(),
            source: Source::Json,
        }
    }

    /// Why the value at a path is not known, or that of one around it.
    pub(super) fn unknown_at(&self, path: &str) -> Option<&Unknown> {
        let mut ends = path
            .char_indices()
            .filter(|(_, c)| *c == '.')
            .map(|(at, _)| at)
            .chain([path.len()]);
        ends.find_map(|end| self.unknown.get(&path[..end]))
    }

    /// The member at a dotted path.
    pub(super) fn get(&self, path: &str) -> Field<'_> {
        if let Some(unknown) = self.unknown_at(path) {
            return Field::Unknown(unknown);
        }
        match at(&self.value, path) {
            Some(value) => Field::Known(value),
            None => Field::Absent,
        }
    }
}

/// Whether a value looks like an editor's config.
pub(super) fn is_likely(value: &Value) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    ["document", "editorConfig", "documentType"]
        .iter()
        .any(|name| members.contains_key(*name))
}

/// The value at a dotted path.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.')
        .try_fold(value, |value, name| value.get(name))
}

/// Whether a value counts as missing: the API tests for truth as JavaScript has
/// it, so that `""`, `0`, `false` and `null` are missing, and `{}` is there.
pub(super) fn absent(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Number(number)) => number.as_f64() == Some(0.0),
        Some(_) => false,
    }
}
