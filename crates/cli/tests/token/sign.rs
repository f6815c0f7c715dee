//! `recto token sign`, `new-secret` and `verify`

use recto_token::{Keys, Secret, verify_callback, verify_opening};
use serde_json::{Value, json};

use super::{SECRET, token};

const NOW: i64 = 1_795_514_400;

#[test]
fn what_is_signed_opens_a_document() {
    let config = json!({
        "document": {"fileType": "docx", "key": "k.1", "url": "https://files.example/1"},
        "token": "an old one"
    });
    let now = NOW.to_string();
    let done = token(
        &[
            "sign", "-", "--secret", SECRET, "--now", &now, "--whole", "--ttl", "60",
        ],
        &config.to_string(),
    );
    assert_eq!(done.code, Some(0), "{}", done.err);
    let whole: Value = serde_json::from_str(&done.out).unwrap();
    let keys = Keys::from_secret(Secret::from(SECRET));
    assert_eq!(
        verify_opening(&keys, &whole, NOW).unwrap().key.as_str(),
        "k.1"
    );
    assert_eq!(
        verify_opening(&keys, &whole, NOW + 121).unwrap_err().code,
        "token.expired"
    );
}

#[test]
fn a_header_s_token_wraps_the_fields() {
    let now = NOW.to_string();
    let done = token(
        &[
            "sign", "--secret", SECRET, "--now", &now, "--layout", "header",
        ],
        r#"{"key":"k.1","status":1}"#,
    );
    let header = format!("Bearer {}", done.out.trim());
    let callback = verify_callback(&Secret::from(SECRET), &json!({}), Some(&header), NOW).unwrap();
    assert_eq!(callback.key.as_str(), "k.1");
}

#[test]
fn t11_nothing_is_signed_with_a_secret_from_a_manual() {
    let done = token(&["sign", "--secret", "secret"], "{}");
    assert_eq!(done.code, Some(2));
    assert!(done.out.is_empty());
    insta::assert_snapshot!(done.err.trim(), @r#"recto: The token secret is one that manuals and examples print, so anybody can sign with it. Make one with "openssl rand -hex 32" and set it on both sides, here and in the application that embeds the editor."#);
}

#[test]
fn what_is_no_object_is_not_signed() {
    let done = token(&["sign", "--secret", SECRET], "[1]");
    assert_eq!(done.code, Some(2));
    insta::assert_snapshot!(done.err.trim(), @"recto: What is to be signed is not a JSON object. Give the config or the fields of the request, with braces around them.");
    let done = token(&["sign", "--secret", SECRET], "{");
    assert_eq!(done.code, Some(2));
}

#[test]
fn a_new_secret_has_256_bits_and_is_another_each_time() {
    let one = token(&["new-secret"], "").out;
    let other = token(&["new-secret"], "").out;
    assert_eq!(one.trim().len(), 64);
    assert!(one.trim().bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(one, other);
}

#[test]
fn a_file_with_a_secret_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let path = path.to_str().unwrap();
    let done = token(&["new-secret", "--out", path], "");
    assert_eq!(done.code, Some(0));
    let made = std::fs::read_to_string(path).unwrap();
    assert!(!done.out.contains(made.trim()), "it is not printed");
    assert_eq!(token(&["new-secret", "--out", path], "").code, Some(2));
    assert_eq!(std::fs::read_to_string(path).unwrap(), made);
}
