//! A config and its token together.

use serde_json::Value;

use super::{
    Context, Finding, Purpose, Severity, catalogue, compare, config,
    document::{Config, Field, Source},
    payload,
    report::Report,
    token::{self, Place},
};
use crate::json::type_name;

/// Where integrators put the token by mistake.
const MISPLACED: [&str; 6] = [
    "document.token",
    "editorConfig.token",
    "editorConfig.document.token",
    "document.editorConfig.token",
    "editorConfig.customization.token",
    "editorConfig.user.token",
];

/// Judges a config with the token that it has, or that was given beside it.
pub(super) fn check(page: &Config, given: Option<&str>, context: &Context, report: &mut Report) {
    let token = match given {
        Some(token) => Some((token.to_owned(), "token")),
        None => token_of(page, report),
    };
    let mut claims = None;
    if let Some((token, path)) = token {
        let place = Place {
            path: Some(path),
            purpose: Some(Purpose::Open),
            source: page.source != Source::Json,
        };
        if let Some(found) = token::inspect(&token, place, context, report) {
            claims = payload::for_opening(found, Some(page), report);
            compare::user_unsigned(Some(page), claims.as_ref(), report);
        }
    }
    if let Some(claims) = &claims {
        compare::compare(page, claims, report);
    }
    config::check(page, context, report);
    compare::computed(page, claims.as_ref(), report);
    if claims.is_some() {
        report.weigh(&catalogue::URL_PRIVATE, Severity::Note);
    }
}

/// The config's token and where it stands.
fn token_of(page: &Config, report: &mut Report) -> Option<(String, &'static str)> {
    match page.get("token") {
        Field::Known(Value::String(token)) if !token.trim().is_empty() => {
            return Some((token.clone(), "token"));
        }
        Field::Known(Value::Null | Value::String(_)) | Field::Absent => {}
        Field::Known(other) => {
            report.add(
                Finding::new(&catalogue::NOT_A_STRING)
                    .says(format!(
                        "The config's token is {} and not a string.",
                        type_name(other)
                    ))
                    .at("token")
                    .expected("a string")
                    .found(type_name(other)),
            );
            return None;
        }
        Field::Unknown(_) => return None,
    }
    let misplaced = MISPLACED.into_iter().find(|path| {
        matches!(
            page.get(path),
            Field::Known(Value::String(_)) | Field::Unknown(_)
        )
    });
    if let Some(path) = misplaced {
        report.add(
            Finding::new(&catalogue::MISPLACED)
                .says(format!(
                    "The token is at {path}, where the server does not look for it."
                ))
                .at(path)
                .expected("token"),
        );
        return page.get(path).text().map(|token| (token.to_owned(), path));
    }
    let finding = Finding::new(&catalogue::MISSING)
        .says("The config has no token.")
        .at("token")
        .expected("a token")
        .found(match page.get("token") {
            Field::Known(Value::Null) => "null",
            Field::Known(_) => "an empty string",
            _ => "nothing",
        });
    report.add(if page.source == Source::BackEnd {
        finding
            .severity(Severity::Note)
            .says("This code makes a config without a token.")
            .hint("Sign the whole array or object after its last change, and add the result as its member \"token\".")
    } else {
        finding
    });
    None
}

/// Judges a token alone.
pub(super) fn token_alone(text: &str, context: &Context, report: &mut Report) {
    let place = Place {
        path: None,
        purpose: context.purpose,
        source: false,
    };
    let Some(claims) = token::inspect(text, place, context, report) else {
        return;
    };
    let purpose = context.purpose.or_else(|| payload::purpose_of(&claims));
    match purpose {
        None if payload::parameters(&claims).is_empty() => {
            payload::for_opening(claims, None, report);
        }
        None => {}
        Some(Purpose::Open) => {
            if let Some(claims) = payload::for_opening(claims, None, report) {
                compare::user_unsigned(None, Some(&claims), report);
                report.weigh(&catalogue::URL_PRIVATE, Severity::Note);
            }
        }
        Some(Purpose::Method) => {
            payload::for_method(&claims, report);
            report.weigh(&catalogue::URL_PRIVATE, Severity::Note);
        }
        Some(purpose) => {
            payload::for_request(&claims, purpose, report);
        }
    }
}
