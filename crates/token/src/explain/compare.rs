//! What the page says against what was signed.

use serde_json::Value;

use super::{
    Finding, Severity, catalogue,
    document::{Config, Field, Source, Unknown, absent},
    report::Report,
};
use crate::json::{cut, shown};

/// Most differing permissions that are told.
const MAX_DIFFERENCES: usize = 20;

/// Members of which the signed value is used silently.
const REPLACED: [&str; 10] = [
    "document.key",
    "document.url",
    "document.title",
    "document.fileType",
    "editorConfig.callbackUrl",
    "editorConfig.lang",
    "editorConfig.coEditing.mode",
    "editorConfig.user.group",
    "editorConfig.user.firstname",
    "editorConfig.user.lastname",
];

/// Compares a page's config with the claims of its token.
pub(super) fn compare(page: &Config, claims: &Config, report: &mut Report) {
    permissions(page, claims, report);
    for path in REPLACED {
        replaced(page, claims, path, report);
    }
    mode(page, claims, report);
    user(page, claims, report);
}

fn replaced(page: &Config, claims: &Config, path: &str, report: &mut Report) {
    let (Field::Known(sent), Field::Known(signed)) = (page.get(path), claims.get(path)) else {
        return;
    };
    if absent(Some(signed)) || same(path, sent, signed) {
        return;
    }
    report.add(
        Finding::new(&catalogue::VALUE_REPLACED)
            .says(format!(
                "The page says another {path} than the token, and the token's is used."
            ))
            .at(path)
            .expected(private(path, signed))
            .found(private(path, sent)),
    );
}

fn same(path: &str, sent: &Value, signed: &Value) -> bool {
    match (sent.as_str(), signed.as_str()) {
        // The browser writes its own file type in small letters.
        (Some(sent), Some(signed)) if path == "document.fileType" => {
            sent.eq_ignore_ascii_case(signed)
        }
        _ => sent == signed || sent.is_null(),
    }
}

/// A value as it may be shown: addresses without what may be a credential.
fn private(path: &str, value: &Value) -> String {
    match value.as_str() {
        Some(text) if path.ends_with("rl") => super::url::shown(text),
        _ => shown(value),
    }
}

fn mode(page: &Config, claims: &Config, report: &mut Report) {
    let path = "editorConfig.mode";
    let (Field::Known(sent), Field::Known(signed)) = (page.get(path), claims.get(path)) else {
        return;
    };
    let (Some(sent), Some(signed)) = (sent.as_str(), signed.as_str()) else {
        return;
    };
    if sent == signed || sent.is_empty() || signed.is_empty() {
        return;
    }
    let entry = if sent == "view" {
        &catalogue::MODE_LOWERED
    } else {
        &catalogue::VALUE_REPLACED
    };
    let mut finding = Finding::new(entry).at(path).expected(signed).found(sent);
    if sent != "view" {
        finding = finding.says("The page asks for editing although viewing was signed, so the document opens for viewing.");
    }
    report.add(finding);
}

fn user(page: &Config, claims: &Config, report: &mut Report) {
    for name in ["id", "name"] {
        let path = format!("editorConfig.user.{name}");
        let (sent, signed) = (page.get(&path), claims.get(&path));
        let Some(sent) = sent.known().filter(|sent| !absent(Some(sent))) else {
            continue;
        };
        let Some(signed) = signed.known().filter(|signed| !absent(Some(signed))) else {
            continue;
        };
        if text_of(sent) != text_of(signed) {
            report.add(
                Finding::new(&catalogue::USER_UNSIGNED)
                    .says(format!("The page names another user than the token: {path} differs, and the token's is used."))
                    .at(path)
                    .expected(shown(signed))
                    .found(shown(sent)),
            );
        }
    }
}

/// Editors turn a number into a text; so must a comparison.
fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Reports a user who is not signed at all.
pub(super) fn user_unsigned(page: Option<&Config>, claims: Option<&Config>, report: &mut Report) {
    let path = "editorConfig.user.id";
    let signed = claims.is_some_and(|claims| {
        !claims.get(path).is_absent() || !claims.get("editorConfig.user.name").is_absent()
    });
    if signed {
        return;
    }
    let named = page.is_some_and(|page| !page.get("editorConfig.user").is_absent());
    let finding = Finding::new(&catalogue::USER_UNSIGNED).at("editorConfig.user");
    report.add(if named {
        finding
            .expected("editorConfig.user in the payload")
            .found("nothing")
    } else {
        finding
            .severity(Severity::Note)
            .says("No user is signed, so the document opens for an anonymous guest, and the browser can claim to be anyone.")
    });
}

/// Reports all permissions that differ.
fn permissions(page: &Config, claims: &Config, report: &mut Report) {
    let path = "document.permissions";
    let (sent, signed) = (page.get(path), claims.get(path));
    if let Field::Unknown(_) = sent {
        return;
    }
    let some = |field: Field<'_>| field.known().filter(|value| !value.is_null()).cloned();
    let (sent, signed) = (some(sent), some(signed));
    // A permission that is not signed at all is a missing field.
    if signed.is_none() {
        return;
    }
    let mut found = Vec::new();
    differences(path, signed.as_ref(), sent.as_ref(), page, &mut found);
    for (path, signed, sent) in found {
        let known =
            |value: Option<&Value>, absent: &str| value.map_or_else(|| absent.to_owned(), shown);
        let (expected, found) = (
            known(signed.as_ref(), "nothing"),
            known(sent.as_ref(), "absent"),
        );
        report.add(
            Finding::new(&catalogue::PERMISSIONS_DIFFER)
                .says(format!(
                    "The permissions of the page are not those that were signed: {path} is {found}, and the token has {expected}."
                ))
                .hint(advice(signed.as_ref(), sent.as_ref()))
                .at(path)
                .expected(expected)
                .found(found),
        );
    }
}

/// Holds the config of `refreshFile` against the first one: the page keeps the
/// permissions that it opened with, and the new token must sign the same.
pub(super) fn refreshed(first: &Config, second: &Config, report: &mut Report) {
    let path = "document.permissions";
    let claims = second.get("token").text().and_then(super::token::claims_of);
    let signed = match &claims {
        Some(claims) => super::document::at(claims, path),
        None => second.get(path).known(),
    };
    let (Some(signed), Field::Known(kept)) = (signed, first.get(path)) else {
        return;
    };
    let mut found = Vec::new();
    differences(path, Some(signed), Some(kept), first, &mut found);
    if let Some((path, signed, kept)) = found.into_iter().next() {
        let known = |value: Option<Value>| value.map_or_else(|| "absent".to_owned(), |v| shown(&v));
        report.add(
            Finding::new(&catalogue::PERMISSIONS_DIFFER)
                .says("The config for refreshFile has other permissions than the one that the editor was opened with, and the page keeps the first ones for the comparison.")
                .hint("Sign the same permissions for refreshFile, or reopen the editor to change them.")
                .at(format!("refreshFile.{path}"))
                .expected(known(kept))
                .found(known(signed)),
        );
    }
}

type Difference = (String, Option<Value>, Option<Value>);

fn differences(
    path: &str,
    signed: Option<&Value>,
    sent: Option<&Value>,
    page: &Config,
    found: &mut Vec<Difference>,
) {
    if found.len() >= MAX_DIFFERENCES || page.unknown_at(path).is_some() {
        return;
    }
    match (signed, sent) {
        (None, None) => {}
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let names = one
                .keys()
                .chain(other.keys().filter(|name| !one.contains_key(*name)));
            for name in names {
                let path = format!("{path}.{}", cut(name));
                differences(&path, one.get(name), other.get(name), page, found);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            for index in 0..one.len().max(other.len()) {
                let path = format!("{path}[{index}]");
                differences(&path, one.get(index), other.get(index), page, found);
            }
        }
        (Some(Value::Number(one)), Some(Value::Number(other)))
            if one.as_f64() == other.as_f64() => {}
        (Some(one), Some(other)) if one == other => {}
        (signed, sent) => found.push((path.to_owned(), signed.cloned(), sent.cloned())),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn advice(signed: Option<&Value>, sent: Option<&Value>) -> &'static str {
    match (signed, sent) {
        (Some(one), Some(other)) if is_empty(one) && is_empty(other) => {
            "PHP writes an empty array as [], so cast the permissions to (object) both for the page and for the token."
        }
        (Some(Value::Bool(_)), Some(Value::String(_) | Value::Number(_)))
        | (Some(Value::String(_) | Value::Number(_)), Some(Value::Bool(_))) => {
            "Write permissions as true and false in the page and in the token, not as texts or numbers."
        }
        (Some(Value::Null), None) | (None, Some(Value::Null)) => {
            "Leave the permission out on both sides or write null on both: null and absent are two values."
        }
        _ => catalogue::PERMISSIONS_DIFFER.hint,
    }
}

/// Members whose values must be signed, so that computing them in the browser
/// cannot work.
const SIGNED: [&str; 9] = [
    "document.key",
    "document.fileType",
    "document.url",
    "document.title",
    "document.permissions",
    "editorConfig.callbackUrl",
    "editorConfig.mode",
    "editorConfig.user",
    "editorConfig.lang",
];

/// Reports values that the browser computes.
pub(super) fn computed(page: &Config, claims: Option<&Config>, report: &mut Report) {
    if page.source == Source::BackEnd {
        return;
    }
    for (path, _) in page
        .unknown
        .iter()
        .filter(|(_, unknown)| **unknown == Unknown::Browser)
    {
        let inside = |outer: &str| {
            path == outer
                || path
                    .strip_prefix(outer)
                    .is_some_and(|rest| rest.starts_with('.'))
        };
        if !SIGNED.iter().any(|outer| inside(outer)) {
            continue;
        }
        let signed = claims.is_some_and(|claims| !claims.get(path).is_absent());
        let finding = Finding::new(&catalogue::COMPUTED)
            .says(format!(
                "{path} is computed in the browser, so no token can have signed it."
            ))
            .at(path)
            .expected("a value that the back end puts in")
            .found("an expression");
        let finding = if path == "document.key" {
            finding.hint("Make the key in the back end from the file's id and version, so that all who open it get the same key and write together, put it in the config there, and sign that config.")
        } else {
            finding
        };
        report.add(if signed && !path.starts_with("document.permissions") {
            finding.severity(Severity::Silent).says(format!(
                "{path} is computed in the browser, and the signed value is used in its place."
            ))
        } else {
            finding
        });
    }
}
