//! Judging secrets, and keeping tokens out of answers.

use serde_json::Value;

use super::{
    Context, Finding, Severity, catalogue,
    document::{Config, Source},
    fields,
    report::Report,
};
use crate::{
    Secret,
    json::cut,
    secret::{KNOWN, STRONG},
};

/// Judges the secrets that were given along with the input.
pub(super) fn check_given(secrets: &[Secret], report: &mut Report) {
    for (index, secret) in secrets.iter().enumerate() {
        let place = match secrets.len() {
            1 => "secret".to_owned(),
            _ => format!("secret[{index}]"),
        };
        check(&String::from_utf8_lossy(secret.bytes()), &place, report);
    }
}

/// Judges a secret that is at a place.
pub(super) fn check(secret: &str, place: &str, report: &mut Report) {
    let trimmed = secret.trim();
    report.hide(secret);
    if trimmed.is_empty() {
        report.add(
            Finding::new(&catalogue::SECRET_EMPTY)
                .at(place)
                .expected(format!("at least {STRONG} bytes")),
        );
    } else if KNOWN
        .iter()
        .any(|known| known.eq_ignore_ascii_case(trimmed))
    {
        report.add(Finding::new(&catalogue::SECRET_DEFAULT).at(place));
    } else if trimmed.len() < STRONG {
        report.add(
            Finding::new(&catalogue::SECRET_SHORT)
                .says(format!(
                    "The secret has {} bytes; with fewer than {STRONG} it might be guessed from a token.",
                    trimmed.len()
                ))
                .at(place)
                .expected(format!("at least {STRONG} bytes"))
                .found(format!("{} bytes", trimmed.len())),
        );
    } else if trimmed.len() != secret.len() {
        report.add(
            Finding::new(&catalogue::SECRET_WHITESPACE)
                .severity(Severity::Risk)
                .says("The secret begins or ends with white space, which is part of it.")
                .hint("Remove the white space, or make sure that the other side has it too.")
                .at(place),
        );
    }
}

/// The text with everything that looks like a token replaced, so that no
/// signature is told.
pub(super) fn without_tokens(text: &str) -> String {
    if !text.contains("eyJ") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("eyJ") {
        let (before, token) = rest.split_at(start);
        out.push_str(before);
        let end = token
            .find(|c: char| {
                !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '=' | '+' | '/'))
            })
            .unwrap_or(token.len());
        if end > 16 {
            out.push_str("[token]");
        } else {
            out.push_str(&token[..end]);
        }
        rest = &token[end..];
    }
    out.push_str(rest);
    out
}

/// Secrets in what the browser gets.
pub(super) fn in_page(config: &Config, context: &Context, report: &mut Report) {
    if config.source == Source::BackEnd {
        return;
    }
    let Some(members) = config.value.as_object() else {
        return;
    };
    for (path, secret) in fields::secret_members(members) {
        if config.unknown_at(&path).is_some() {
            continue;
        }
        report.hide(&secret);
        report.add(
            Finding::new(&catalogue::SECRET_IN_BROWSER)
                .says(format!("The config has {path}, so everybody who opens the page knows the secret and can sign anything."))
                .at(path),
        );
    }
    let mut open = vec![(String::new(), &config.value)];
    while let Some((path, value)) = open.pop() {
        let dot = if path.is_empty() { "" } else { "." };
        match value {
            Value::Object(members) => open.extend(
                members
                    .iter()
                    .map(|(name, value)| (format!("{path}{dot}{}", cut(name)), value)),
            ),
            Value::Array(items) => open.extend(
                items
                    .iter()
                    .enumerate()
                    .map(|(i, value)| (format!("{path}[{i}]"), value)),
            ),
            Value::String(text) if path != "token" && !text.is_empty() => {
                let told = context
                    .secrets
                    .iter()
                    .any(|secret| secret.len() >= 8 && secret.is(text.as_bytes()));
                if told {
                    report.add(Finding::new(&catalogue::SECRET_IN_BROWSER).at(path));
                }
            }
            _ => {}
        }
    }
}
