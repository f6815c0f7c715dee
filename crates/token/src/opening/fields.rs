//! Reading single fields of a config, with refusals that name them.

use recto_docs_api::{DocumentKey, Explain as _, FileType, LossRule, Permissions};
use serde_json::{Map, Value};
use url::Url;

use crate::{
    Refusal,
    json::{Look, Seen, shown, type_name},
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
pub(crate) fn at<'v, V: Look<'v>>(value: V, path: &str) -> Option<V> {
    path.split('.').try_fold(value, V::member)
}

/// Whether a field counts as missing: the API tests for truth as JavaScript has
/// it, so that `""`, `0`, `false` and `null` are missing, and `{}` is there.
pub(crate) fn absent<'v>(value: Option<impl Look<'v>>) -> bool {
    match value.map(Look::seen) {
        None | Some(Seen::Null | Seen::Bool(false)) => true,
        Some(Seen::String(text)) => text.is_empty(),
        Some(Seen::Number(number)) => number.as_f64() == Some(0.0),
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
            format!("Sign everything that the method gets; missing in the payload: {all}.")
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
    text_at(at(value, path), path, origin).map(|text| text.map(str::to_owned))
}

/// The text that a value is, which is at `path`; `null` and the empty text
/// count as absent.
pub(crate) fn text_at<'v>(
    value: Option<impl Look<'v>>,
    path: &str,
    origin: Origin,
) -> Result<Option<&'v str>, Refusal> {
    let Some(value) = value else {
        return Ok(None);
    };
    match value.seen() {
        Seen::Null => Ok(None),
        Seen::String(text) => Ok((!text.is_empty()).then_some(text)),
        _ => Err(wrong_type(path, "a string", &value.to_value(), origin)),
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
    key_at(at(value, path), path, origin)
}

pub(crate) fn key_at<'v>(
    value: Option<impl Look<'v>>,
    path: &str,
    origin: Origin,
) -> Result<DocumentKey, Refusal> {
    let key = text_at(value, path, origin)?.ok_or_else(|| missing(&[path], origin))?;
    DocumentKey::try_from(key).map_err(|error| {
        let reason = if error.code() == "config.key_characters" {
            &reason::KEY_CHARACTERS
        } else {
            &reason::KEY_LENGTH
        };
        Refusal::access(reason, error.message(), error.hint())
            .at(path)
            .expected("1 to 128 characters of 0-9 a-z A-Z . _ = -")
            .found(key)
    })
}

/// The mode, which may be `edit` or `view`.
pub(crate) fn mode<'v>(
    value: Option<impl Look<'v>>,
    origin: Origin,
) -> Result<Option<&'v str>, Refusal> {
    let path = "editorConfig.mode";
    let mode = text_at(value, path, origin)?;
    match mode {
        None | Some("edit" | "view") => Ok(mode),
        Some(other) => Err(wrong_type(
            path,
            "\"edit\" or \"view\"",
            &Value::from(other),
            origin,
        )),
    }
}

/// What happens if a save would lose something.
pub(crate) fn losses<'v>(
    value: Option<impl Look<'v>>,
    origin: Origin,
) -> Result<Option<LossRule>, Refusal> {
    let path = "editorConfig.customization.losses";
    let Some(name) = text_at(value, path, origin)? else {
        return Ok(None);
    };
    let rule = LossRule::parse(name)
        .ok_or_else(|| wrong_type(path, LossRule::EXPECTED, &Value::from(name), origin))?;
    Ok(Some(rule))
}

/// The permissions. An empty array is what PHP makes of an empty object.
pub(crate) fn permissions<'v, V: Look<'v>>(
    value: Option<V>,
    origin: Origin,
) -> Result<Permissions, Refusal> {
    let path = "document.permissions";
    let mut permissions = Permissions::default();
    let Some(value) = value else {
        return Ok(permissions);
    };
    match value.seen() {
        Seen::Null | Seen::Array { empty: true } => return Ok(permissions),
        Seen::Object => {}
        _ => return Err(wrong_type(path, "an object", &value.to_value(), origin)),
    }
    for (name, member) in value.members() {
        match (permissions.flag_mut(name), member.seen()) {
            (Some(flag), Seen::Bool(given)) => *flag = Some(given),
            (Some(_), Seen::Null) => {}
            (Some(_), _) => return Err(no_flag(value, path, origin)),
            (None, _) => {
                permissions.other.insert(name.to_owned(), member.to_value());
            }
        }
    }
    Ok(permissions)
}

/// The refusal for the first permission that is neither `true` nor `false`.
fn no_flag<'v>(permissions: impl Look<'v>, path: &str, origin: Origin) -> Refusal {
    let wrong = Permissions::FLAGS.iter().find_map(|name| {
        let member = permissions.member(name)?;
        let fits = matches!(member.seen(), Seen::Bool(_) | Seen::Null);
        (!fits).then(|| (format!("{path}.{name}"), member.to_value()))
    });
    match wrong {
        Some((path, value)) => wrong_type(&path, "true or false", &value, origin),
        None => wrong_type(path, "an object", &permissions.to_value(), origin),
    }
}

/// The file type: `document.fileType`, else what the title or the URL ends in.
pub(crate) fn file_type<'v, V: Look<'v>>(
    document: Option<V>,
    origin: Origin,
) -> Result<FileType, Refusal> {
    let path = "document.fileType";
    let text = |name, path| text_at(document.and_then(|d| d.member(name)), path, origin);
    if let Some(named) = text("fileType", path)? {
        return FileType::parse(named).map_err(|error| {
            Refusal::token(
                &reason::FILE_TYPE,
                format!(" {path} cannot be opened"),
                error.message(),
                error.hint(),
            )
            .at(path)
            .found(named)
        });
    }
    let title = text("title", "document.title")?;
    let url = text("url", "document.url")?.and_then(|url| Url::parse(url).ok());
    let by_url = url.as_ref().map(Url::path);
    [title, by_url]
        .into_iter()
        .flatten()
        .find_map(|name| FileType::parse(name.rsplit_once('.')?.1).ok())
        .ok_or_else(|| missing(&[path], origin))
}

#[cfg(test)]
mod tests;
