use serde_json::json;

use super::*;
use crate::testing::refused_token;

#[test]
fn spans_of_time() {
    let texts: Vec<_> = [0, 1, 61, 299, 300, 7_199, 7_200, 172_799, 172_800]
        .map(span)
        .into();
    insta::assert_snapshot!(texts.join(", "), @"0 seconds, 1 second, 61 seconds, 299 seconds, 5 minutes, 119 minutes, 2 hours, 47 hours, 2 days");
}

/// The live protocol sends exactly these members.
#[test]
fn members_on_the_wire() {
    assert_eq!(
        serde_json::to_value(refused_token(json!(5))).unwrap(),
        json!({
            "code": "token.not_a_string",
            "message": "The config's token is a number and not a string.",
            "hint": "Wait for the result if the token is made asynchronously, and put the bare text into config.token.",
            "path": "token",
            "expected": "a string",
            "found": "a number",
            "docs": "tokens/not-a-string",
            "wire": {"code": 4006, "description": "token:jwt must be a string"}
        })
    );
}

#[test]
fn editor_errors() {
    assert_eq!(refused_token(json!(5)).editor_error(), -20);
    assert_eq!(expired(0, "", 100).editor_error(), -21);
    assert_eq!(
        Refusal::access(&reason::EXTRA_FIELD, "", "").editor_error(),
        -23
    );
    assert_eq!(
        Refusal::token(&reason::FILE_TYPE, "", "", "").editor_error(),
        -85
    );
}

#[test]
fn display_is_message_and_hint() {
    let refusal = refused_token(json!(5));
    assert_eq!(
        refusal.to_string(),
        format!("{} {}", refusal.message, refusal.hint)
    );
    assert_eq!(Explain::code(&refusal), "token.not_a_string");
    assert_eq!(
        (refusal.message(), refusal.hint()),
        (refusal.message.clone(), refusal.hint.clone())
    );
}
