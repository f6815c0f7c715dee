//! Tests of `explain`, by kind of input.

use serde_json::Value;

use super::{Context, Explanation, explain};
use crate::{
    Secret,
    testing::{NOW, SECRET},
};

mod catalogue;
mod configs;
mod examples;
mod first_case;
mod found_in_forums;
mod others;
mod requests;
mod rows;
mod snippets;
mod tokens;
mod totality;

/// A context with the server's secret.
fn with_secret() -> Context {
    Context {
        secrets: vec![Secret::from(SECRET)],
        now: NOW,
        ..Context::default()
    }
}

/// A context without a secret.
fn without_secret() -> Context {
    Context {
        now: NOW,
        ..Context::default()
    }
}

fn codes(explanation: &Explanation) -> Vec<&'static str> {
    explanation
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect()
}

fn of(value: &Value) -> Explanation {
    explain(value.to_string().as_bytes(), &with_secret())
}

fn of_text(text: &str) -> Explanation {
    explain(text.as_bytes(), &with_secret())
}

/// The code of the root cause of a text.
fn root(text: &str) -> &'static str {
    of_text(text).findings[0].code
}

/// Asserts that a code is found at a path.
#[track_caller]
fn finds(explanation: &Explanation, code: &str, path: &str) {
    let found = explanation
        .findings
        .iter()
        .any(|finding| finding.code == code && finding.path.as_deref() == Some(path));
    assert!(found, "no {code} at {path} in {}", explanation.to_text());
}

/// The good payload: the config and an expiry.
fn payload() -> Value {
    let mut payload = crate::testing::config();
    payload["exp"] = (NOW + 300).into();
    payload
}

/// The good config with a token that signs it, and is valid for five minutes.
fn good() -> Value {
    crate::testing::sent(crate::testing::config(), &payload())
}

/// The good config with a token that signs this payload.
fn signing(payload: &Value) -> Explanation {
    of(&crate::testing::sent(crate::testing::config(), payload))
}

/// The good payload with a change, signed for the good config.
fn payload_with(path: &str, new: Value) -> Explanation {
    let mut payload = payload();
    crate::testing::set(&mut payload, path, new);
    signing(&payload)
}

/// A page's config with a change, beside the good token.
fn page_with(path: &str, new: Value) -> Explanation {
    let mut page = good();
    crate::testing::set(&mut page, path, new);
    of(&page)
}

/// A change of both, made before signing.
fn both_with(path: &str, new: Value) -> Explanation {
    let (mut page, mut payload) = (crate::testing::config(), payload());
    crate::testing::set(&mut page, path, new.clone());
    crate::testing::set(&mut payload, path, new);
    of(&crate::testing::sent(page, &payload))
}
