//! What a payload signs, and whether it signs what it should.

use serde_json::{Map, Value, json};

use super::{
    Finding, Purpose, catalogue,
    config::{self, Side},
    document::{Config, Field, absent, at},
    report::Report,
};
use crate::json::{shown, type_name};

/// What a payload signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing but registered claims.
    Empty,
    /// A config.
    Config,
    /// A config inside another member.
    Wrapped(&'static str),
    /// The members of `document` without `document` around them.
    Flat,
    /// A request of the kind, or a method.
    For(Purpose),
    /// A call of `setHistoryData`.
    History,
    /// Something else.
    Other,
}

const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// Finds out what a payload signs.
pub(super) fn shape(claims: &Map<String, Value>) -> Shape {
    let has = |name: &str| claims.contains_key(name);
    if claims
        .keys()
        .all(|name| REGISTERED.contains(&name.as_str()))
    {
        return Shape::Empty;
    }
    if has("document") || has("editorConfig") {
        return Shape::Config;
    }
    for wrapper in ["payload", "query", "config", "data", "0"] {
        let Some(Value::Object(inner)) = claims.get(wrapper) else {
            continue;
        };
        return match shape(inner) {
            Shape::Config => Shape::Wrapped(wrapper),
            _ if wrapper == "config" || wrapper == "data" => continue,
            Shape::Other if inner.contains_key("url") => Shape::For(Purpose::Download),
            Shape::Other if inner.is_empty() => Shape::Empty,
            inner => inner,
        };
    }
    if has("status") && has("key") {
        Shape::For(Purpose::Callback)
    } else if has("outputtype") || has("outputType") || has("filetype") {
        Shape::For(Purpose::Convert)
    } else if has("images") {
        Shape::For(Purpose::Method)
    } else if claims.get("c").is_some_and(Value::is_string) && !has("url") {
        Shape::For(Purpose::Command)
    } else if has("version") && has("url") {
        Shape::History
    } else if has("key") && (has("url") || has("title") || has("permissions") || has("fileType"))
        || has("callbackUrl")
        || has("permissions")
    {
        Shape::Flat
    } else if has("url") && (has("fileType") || has("path") || has("c")) {
        Shape::For(Purpose::Method)
    } else {
        Shape::Other
    }
}

/// The purpose that a payload has by its form, when it has one.
pub(super) fn purpose_of(claims: &Map<String, Value>) -> Option<Purpose> {
    match shape(claims) {
        Shape::Config | Shape::Wrapped(_) | Shape::Flat => Some(Purpose::Open),
        Shape::For(purpose) => Some(purpose),
        Shape::History => Some(Purpose::Method),
        Shape::Empty | Shape::Other => None,
    }
}

fn empty(purpose: Option<Purpose>, path: &str) -> Finding {
    let (hint, expected) = match purpose {
        None | Some(Purpose::Open) => (catalogue::EMPTY.hint, "the config"),
        Some(_) => (
            "Sign the fields of the request; fields that could not be serialised often become {}.",
            "the fields of the request",
        ),
    };
    Finding::new(&catalogue::EMPTY)
        .hint(hint)
        .at(path)
        .expected(expected)
        .found("{}")
}

/// Judges a payload that is to open a document. `page` is the config that the
/// page has beside it, if there is one.
///
/// Gives the claims as a config, for comparing them with the page's.
pub(super) fn for_opening(
    claims: Map<String, Value>,
    page: Option<&Config>,
    report: &mut Report,
) -> Option<Config> {
    let shape = shape(&claims);
    let made_for = |what: &str| {
        Finding::new(&catalogue::WRONG_PURPOSE)
            .says(format!("The token was made for {what}, not for opening a document."))
            .hint("Sign the whole config for config.token, with document and editorConfig at the top level of the payload.")
            .at("document")
            .expected("document and editorConfig")
            .found(format!("a token for {what}"))
    };
    if !absent(claims.get("version")) && !matches!(shape, Shape::Empty) {
        report.add(
            Finding::new(&catalogue::OPENS_HISTORY)
                .at("version")
                .expected("nothing")
                .found(shown(claims.get("version").unwrap_or(&Value::Null))),
        );
    }
    match shape {
        Shape::Empty => {
            report.add(empty(Some(Purpose::Open), "payload"));
            None
        }
        Shape::For(purpose) => {
            report.add(made_for(purpose.words()));
            None
        }
        Shape::History => None,
        Shape::Flat => {
            report.add(
                Finding::new(&catalogue::FLAT)
                    .at("document")
                    .expected("document and editorConfig at the top level")
                    .found(names(&claims)),
            );
            let registered = |name: &str| REGISTERED.contains(&name);
            let inner: Map<_, _> = claims
                .into_iter()
                .filter(|(name, _)| !registered(name))
                .collect();
            Some(Config::json(json!({"document": inner})))
        }
        Shape::Wrapped(wrapper) => {
            report.add(
                Finding::new(&catalogue::WRAPPED)
                    .says(format!(
                        "The config is wrapped: the token has it inside \"{wrapper}\"."
                    ))
                    .at(wrapper)
                    .expected("document and editorConfig at the top level")
                    .found(format!("{wrapper}.document")),
            );
            let inner = Config::json(claims.get(wrapper).cloned().unwrap_or_default());
            mandatory(&inner, page, report);
            opening_values(&inner, report);
            Some(inner)
        }
        Shape::Config | Shape::Other => {
            let claims = Config::json(Value::Object(claims));
            mandatory(&claims, page, report);
            alien(&claims, report);
            opening_values(&claims, report);
            Some(claims)
        }
    }
}

fn names(claims: &Map<String, Value>) -> String {
    claims
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The fields that must be signed; which ones depends on what the page has.
fn mandatory(claims: &Config, page: Option<&Config>, report: &mut Report) {
    let sent = |path: &str| page.is_some_and(|page| !page.get(path).is_absent());
    let edits = page.is_some_and(|page| match page.get("editorConfig.mode") {
        Field::Known(mode) => !absent(Some(mode)) && mode != "view",
        Field::Unknown(_) => true,
        Field::Absent => false,
    });
    let needed = [
        ("document.key", true),
        ("document.permissions", sent("document.permissions")),
        ("document.url", true),
        ("editorConfig.callbackUrl", sent("editorConfig.callbackUrl")),
        ("editorConfig.mode", edits),
    ];
    for (path, _) in needed
        .into_iter()
        .filter(|(path, needed)| *needed && claims.get(path).is_absent())
    {
        report.add(
            Finding::new(&catalogue::MISSING_FIELD)
                .says(format!("The token has no {path}, which must be signed."))
                .at(path)
                .expected("a value")
                .found(match claims.get(path).known() {
                    None | Some(Value::Null) => "nothing".to_owned(),
                    Some(other) => shown(other),
                }),
        );
    }
}

/// Members that make the token valid for other requests too.
fn alien(claims: &Config, report: &mut Report) {
    for name in ["url", "payload", "key"] {
        if !claims.get(name).is_absent() {
            report.add(
                Finding::new(&catalogue::EXTRA_FIELD)
                    .says(format!(
                        "The payload has \"{name}\" at its top level beside the config."
                    ))
                    .at(name)
                    .expected("nothing"),
            );
        }
    }
}

/// Values of a signed config that are wrong by themselves.
fn opening_values(claims: &Config, report: &mut Report) {
    reserved(claims, report);
    config::values(claims, Side::Payload, report);
}

fn reserved(claims: &Config, report: &mut Report) {
    for around in ["", "document", "editorConfig"] {
        let members = if around.is_empty() {
            claims.value.as_object()
        } else {
            claims.value.get(around).and_then(Value::as_object)
        };
        for name in members.into_iter().flat_map(Map::keys) {
            if name.starts_with("ds_") {
                let dot = if around.is_empty() { "" } else { "." };
                report.add(
                    Finding::new(&catalogue::RESERVED_CLAIM).at(format!("{around}{dot}{name}")),
                );
            }
        }
    }
}

/// The parameters that a request's token carries: the top-level claims, then
/// those of `payload`, then those of `query`; the later win.
pub(super) fn parameters(claims: &Map<String, Value>) -> Map<String, Value> {
    let mut all = claims.clone();
    for name in ["payload", "query"] {
        if let Some(Value::Object(inner)) = claims.get(name) {
            all.remove(name);
            all.extend(inner.clone());
        }
    }
    for name in REGISTERED {
        all.remove(name);
    }
    all
}

/// Judges a payload that belongs to a request, and gives its parameters.
pub(super) fn for_request(
    claims: &Map<String, Value>,
    purpose: Purpose,
    report: &mut Report,
) -> Option<Map<String, Value>> {
    let shape = shape(claims);
    let parameters = parameters(claims);
    if parameters.is_empty() {
        report.add(empty(Some(purpose), "payload"));
        return None;
    }
    if let Some(Value::String(text)) = claims.get("payload") {
        report.add(
            Finding::new(&catalogue::DOUBLE_ENCODED)
                .says("The \"payload\" of the token is a string: the fields were encoded twice.")
                .at("payload")
                .expected("an object")
                .found(
                    if serde_json::from_str::<Map<String, Value>>(text).is_ok() {
                        "a string with JSON in it"
                    } else {
                        "a string"
                    },
                ),
        );
    }
    let other = match shape {
        Shape::Config | Shape::Wrapped(_) => Some(Purpose::Open.words()),
        Shape::For(Purpose::Download) if purpose == Purpose::Convert => None,
        Shape::For(Purpose::Method)
            if purpose == Purpose::Convert || purpose == Purpose::Download =>
        {
            None
        }
        Shape::For(other) if other != purpose => Some(other.words()),
        _ => None,
    };
    if let Some(what) = other {
        report.add(
            Finding::new(&catalogue::WRONG_PURPOSE)
                .says(format!(
                    "The token was made for {what}, not for {}.",
                    purpose.words()
                ))
                .at("payload")
                .expected(format!("a token for {}", purpose.words()))
                .found(format!("a token for {what}")),
        );
        return None;
    }
    Some(parameters)
}

/// Judges a payload of a method of the editor.
pub(super) fn for_method(claims: &Map<String, Value>, report: &mut Report) {
    match shape(claims) {
        Shape::Empty => report.add(empty(Some(Purpose::Method), "payload")),
        Shape::For(Purpose::Method | Purpose::Download)
        | Shape::History
        | Shape::Config
        | Shape::Other
        | Shape::Flat => {}
        Shape::Wrapped(wrapper) => report.add(
            Finding::new(&catalogue::WRAPPED)
                .at(wrapper)
                .expected("the method's parameters at the top level"),
        ),
        Shape::For(other) => report.add(
            Finding::new(&catalogue::WRONG_PURPOSE)
                .says(format!(
                    "The token was made for {}, not for a method of the editor.",
                    other.words()
                ))
                .at("payload")
                .expected("a token for a method of the editor")
                .found(format!("a token for {}", other.words())),
        ),
    }
    let value = Value::Object(claims.clone());
    for path in ["url", "changesUrl", "previous.url"] {
        match at(&value, path) {
            Some(Value::String(url)) => super::url::check(url, path, report),
            None => {}
            Some(other) => report.add(
                Finding::new(&catalogue::TYPE)
                    .says(format!(
                        "In the payload, {path} is {} where a string belongs.",
                        type_name(other)
                    ))
                    .at(path)
                    .expected("a string")
                    .found(type_name(other)),
            ),
        }
    }
}
