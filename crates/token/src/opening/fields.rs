//! Reading single fields of a config, with refusals that name them.

use recto_docs_api::{DocumentKey, Explain as _, FileType, Permissions};
use serde_json::{Map, Value};
use url::Url;

use crate::{
    Refusal,
    json::{shown, type_name},
    refusal::reason,
};

/// Where the values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The payload of the token.
    Token,
    /// The bare config.
    Config,
    /// The payload of a token for a method of the editor.
    Method,
}

impl Origin {
    fn name(self) -> &'static str {
        match self {
            Self::Token | Self::Method => "token",
            Self::Config => "config",
        }
    }
}

/// The value at a dotted path.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.')
        .try_fold(value, |value, name| value.get(name))
}

/// Whether a field counts as missing: the API tests for truth as JavaScript has
/// it, so that `""`, `0`, `false` and `null` are missing, and `{}` is there.
pub(crate) fn absent(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Number(number)) => number.as_f64() == Some(0.0),
        Some(_) => false,
    }
}

/// The refusal for fields that are missing; the first one is named in front.
pub(crate) fn missing(paths: &[&str], origin: Origin) -> Refusal {
    let first = paths.first().copied().unwrap_or_default();
    let all = paths.join(", ");
    let hint = match origin {
        Origin::Token => {
            format!(
                "Sign the whole config that the page gets, and change nothing afterwards; missing in the payload: {all}."
            )
        }
        Origin::Config => format!("Add it to the config: {all}."),
        Origin::Method => {
            format!("Sign all that the method is given; missing in the payload: {all}.")
        }
    };
    Refusal::token(
        &reason::MISSING_FIELD,
        format!(" {first} is missing"),
        format!("The {} has no {first}.", origin.name()),
        hint,
    )
    .at(first)
    .expected("a value")
    .found("nothing")
}

/// The refusal for a field of a wrong type.
pub(crate) fn wrong_type(path: &str, expected: &str, found: &Value, origin: Origin) -> Refusal {
    let signed = match origin {
        Origin::Token | Origin::Config => "the config",
        Origin::Method => "the method's argument",
    };
    Refusal::token(
        &reason::TYPE,
        format!(" {path} has a wrong type"),
        format!(
            "In the {}, {path} is {} where {expected} belongs.",
            origin.name(),
            described(found)
        ),
        format!("Write {path} as {expected} before {signed} is signed."),
    )
    .at(path)
    .expected(expected)
    .found(described(found))
}

fn described(value: &Value) -> String {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => type_name(value).to_owned(),
        other => format!("{} ({})", type_name(other), shown(other)),
    }
}

/// A text; `null` and the empty text count as absent.
pub(crate) fn text(value: &Value, path: &str, origin: Origin) -> Result<Option<String>, Refusal> {
    match at(value, path) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok((!text.is_empty()).then(|| text.clone())),
        Some(other) => Err(wrong_type(path, "a string", other, origin)),
    }
}

/// A text that is there and not empty, whatever else may be there instead.
pub(crate) fn text_of<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    members
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

pub(crate) fn key(value: &Value, path: &str, origin: Origin) -> Result<DocumentKey, Refusal> {
    let key = text(value, path, origin)?.ok_or_else(|| missing(&[path], origin))?;
    DocumentKey::try_from(key.as_str()).map_err(|error| {
        let reason = if error.code() == "config.key_characters" {
            &reason::KEY_CHARACTERS
        } else {
            &reason::KEY_LENGTH
        };
        Refusal::access(reason, error.message(), error.hint())
            .at(path)
            .expected("1 to 128 characters of 0-9 a-z A-Z . _ = -")
            .found(&key)
    })
}

pub(crate) fn mode(value: &Value, origin: Origin) -> Result<Option<String>, Refusal> {
    let path = "editorConfig.mode";
    let mode = text(value, path, origin)?;
    match mode.as_deref() {
        None | Some("edit" | "view") => Ok(mode),
        Some(other) => Err(wrong_type(
            path,
            "\"edit\" or \"view\"",
            &Value::from(other),
            origin,
        )),
    }
}

/// The permissions. An empty array is what PHP makes of an empty object.
pub(crate) fn permissions(value: &Value, origin: Origin) -> Result<Permissions, Refusal> {
    let path = "document.permissions";
    let members = match at(value, path) {
        None | Some(Value::Null) => return Ok(Permissions::default()),
        Some(Value::Array(items)) if items.is_empty() => return Ok(Permissions::default()),
        Some(Value::Object(members)) => members,
        Some(other) => return Err(wrong_type(path, "an object", other, origin)),
    };
    for name in Permissions::FLAGS {
        if let Some(flag) = members.get(name)
            && !flag.is_boolean()
            && !flag.is_null()
        {
            return Err(wrong_type(
                &format!("{path}.{name}"),
                "true or false",
                flag,
                origin,
            ));
        }
    }
    serde_json::from_value(Value::Object(members.clone()))
        .map_err(|_| wrong_type(path, "an object", &Value::Object(members.clone()), origin))
}

/// The file type: `document.fileType`, else what the title or the URL ends in.
pub(crate) fn file_type(value: &Value, origin: Origin) -> Result<FileType, Refusal> {
    let path = "document.fileType";
    if let Some(named) = text(value, path, origin)? {
        return FileType::parse(&named).map_err(|error| {
            Refusal::token(
                &reason::FILE_TYPE,
                format!(" {path} cannot be opened"),
                error.message(),
                error.hint(),
            )
            .at(path)
            .found(&named)
        });
    }
    let title = text(value, "document.title", origin)?;
    let url = text(value, "document.url", origin)?.and_then(|url| Url::parse(&url).ok());
    let by_url = url.as_ref().map(Url::path);
    [title.as_deref(), by_url]
        .into_iter()
        .flatten()
        .find_map(|name| FileType::parse(name.rsplit_once('.')?.1).ok())
        .ok_or_else(|| missing(&[path], origin))
}
