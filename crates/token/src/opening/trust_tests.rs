//! What a browser, or a token made for something else, cannot bring about.

use proptest::prelude::*;
use recto_docs_api::Explain as _;
use serde_json::json;

use super::*;
use crate::testing::{
    NOW, SECRET, config, good, hs256, keys, lines, open, opened, refused_payload, refused_token,
    sent, set, with,
};

#[test]
fn t13_tokens_for_other_uses_open_nothing() {
    for payload in [
        json!({"payload": {"url": "https://files.example/a.docx"}}),
        json!({"payload": {"key": "k", "status": 2}}),
        json!({"key": "k", "status": 2, "url": "https://docs.example/a.docx"}),
        json!({"url": "https://files.example/a.png", "fileType": "png"}),
        json!({"c": "add", "images": [{"url": "https://files.example/a.png"}]}),
        json!({"c": "forcesave", "key": "k"}),
    ] {
        let refusal = refused_payload(&payload);
        assert_eq!(
            (refusal.code, refusal.wire.code),
            ("token.wrong_purpose", 4006),
            "{payload}"
        );
    }
    insta::assert_snapshot!(lines(&refused_payload(&json!({"c": "forcesave", "key": "k"}))), @r#"
        token.wrong_purpose "token: document.key is missing"
        The token was made for the command service, not for opening a document.
        Sign the whole config for config.token, with document and editorConfig at the top level of the payload.
        path: document
        expected: document and editorConfig
        found: a token for the command service
    "#);

    let session = crate::issue_session(&keys(), &open(&good()).unwrap(), "p1", None, NOW);
    let journal = crate::seal(&keys(), &open(&good()).unwrap());
    for token in [session, journal] {
        assert_eq!(refused_token(token).code, "token.wrong_purpose");
    }
}

/// What a document server signs for its own requests, and an integrator may
/// pass on, does not open a document, though the secret is the same.
#[test]
fn t13_outgoing_tokens_open_nothing() {
    let download = crate::sign_header(
        &keys(),
        &json!({"url": "https://files.example/a.docx"}),
        NOW,
    );
    let callback = crate::sign_body(
        &keys(),
        &json!({"key": "k", "status": 1, "users": ["u1"]}),
        NOW,
    );
    for token in [download, callback] {
        assert_eq!(refused_token(token).code, "token.wrong_purpose");
    }
}

#[test]
fn p4_changes_after_signing_have_no_effect() {
    let honest = opened(config(), &config());
    for (path, value) in [
        ("document.key", json!("another")),
        ("document.url", json!("http://169.254.169.254/latest")),
        ("document.title", json!("../../etc/passwd")),
        ("document.fileType", json!("csv")),
        ("editorConfig.callbackUrl", json!("https://evil.example/")),
        ("editorConfig.lang", json!("xx")),
        ("editorConfig.mode", json!("anything")),
        ("editorConfig.mode", Value::Null),
        ("editorConfig.user", json!({"id": "admin", "name": "Admin"})),
        ("editorConfig.user", Value::Null),
    ] {
        assert_eq!(opened(with(path, value), &config()), honest, "{path}");
    }
}

#[test]
fn p4_permissions_must_be_the_signed_ones() {
    for (signed, sent_) in [
        (json!({"edit": false}), json!({"edit": true})),
        (json!({"edit": false}), Value::Null),
        (json!({"edit": false}), json!({})),
        (json!({}), json!([])),
    ] {
        let payload = with("document.permissions", signed);
        let refusal = open(&sent(with("document.permissions", sent_), &payload)).unwrap_err();
        assert_eq!(refusal.code, "config.permissions_differ");
        assert_eq!((refusal.wire.code, refusal.editor_error()), (4004, -23));
    }
    let unsigned = with("document.permissions", Value::Null);
    let refusal = refused_payload(&unsigned);
    assert_eq!(
        (refusal.code, refusal.path.as_deref()),
        ("payload.missing_field", Some("document.permissions"))
    );
    let php = with("document.permissions", json!([]));
    assert_eq!(
        opened(php.clone(), &php).permissions,
        Permissions::default()
    );
}

#[test]
fn p4_mode_can_be_lowered_and_never_raised() {
    let view = with("editorConfig.mode", json!("view"));
    assert_eq!(opened(view.clone(), &config()).access, Access::View);
    assert_eq!(opened(config(), &view).access, Access::View);
    assert_eq!(
        opened(with("editorConfig.mode", Value::Null), &view).access,
        Access::View
    );
    let no_edit = with(
        "document.permissions",
        json!({"edit": false, "review": true, "comment": true}),
    );
    assert_eq!(opened(no_edit.clone(), &no_edit).access, Access::Review);
    let mut view = no_edit.clone();
    view["editorConfig"]["mode"] = "view".into();
    assert_eq!(opened(view, &no_edit).access, Access::View);
}

#[test]
fn p5_unsigned_user_is_a_guest() {
    let payload = with("editorConfig.user", Value::Null);
    let guest = opened(config(), &payload).user;
    assert_eq!(
        (guest.id.as_str(), guest.name.as_str(), guest.signed),
        ("", "Anonymous", false)
    );
    let payload = with("editorConfig.user.id", Value::Null);
    assert!(!opened(config(), &payload).user.signed);
}

/// An integrator's claims cannot make a session, as they can in ONLYOFFICE.
#[test]
fn t13_session_claims_have_no_effect() {
    let mut payload = config();
    payload["editorConfig"]["ds_sessionTimeConnect"] = json!(1);
    payload["editorConfig"]["ds_isCloseCoAuthoring"] = json!(true);
    payload["document"]["ds_encrypted"] = json!(true);
    assert_eq!(opened(config(), &payload), opened(config(), &config()));
    set(&mut payload, "document.key", Value::Null);
    assert_eq!(refused_payload(&payload).code, "payload.missing_field");
}

#[test]
fn t19_debug_hides_urls_that_may_hold_credentials() {
    let opening = open(&good()).unwrap();
    let shown = format!("{opening:?}");
    assert!(
        shown.contains("report_7") && !shown.contains("hidden") && !shown.contains("callback"),
        "{shown}"
    );
}

fn junk() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "(edit|view|docx|[a-z./]{0,12})".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map(
                "(document|editorConfig|key|url|permissions|edit|mode|user|id|payload|version|fileType|token)",
                inner,
                0..5
            )
            .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever the browser says beside a good token: it is refused, or it gets
    /// what was signed and at most a lower access.
    #[test]
    fn p4_nothing_unsigned_gets_through(beside in junk()) {
        let honest = opened(config(), &config());
        let mut config = if beside.is_object() { beside } else { json!({"document": beside}) };
        config["token"] = hs256(SECRET, &self::config()).into();
        if let Ok(opening) = open(&config) {
            let mut opening = opening.into_inner();
            prop_assert!(opening.access <= honest.access);
            opening.access = honest.access;
            prop_assert_eq!(opening, honest);
        }
    }

    /// Any signed object gets an answer that says where and what.
    #[test]
    fn any_payload_gets_an_answer(payload in junk()) {
        if let Err(refusal) = open(&sent(config(), &payload)) {
            prop_assert!(refusal.message.ends_with('.') && refusal.hint.ends_with('.'), "{refusal}");
            prop_assert!(refusal.wire.code == 4004 || refusal.wire.description.starts_with("token:"));
        }
        let _ = opening_with_tokens_off(&payload);
    }

    #[test]
    fn long_values_are_cut(key in "[/a-z]{100,2000}") {
        let refusal = refused_payload(&with("document.key", json!(key)));
        prop_assert!(refusal.found.as_ref().is_some_and(|found| found.chars().count() <= 80));
        prop_assert!(refusal.message.len() < 300);
    }
}

/// The members of `document` without `document` around them.
#[test]
fn flat_configs() {
    let flat = json!({"key": "k", "url": "https://files.example/a.docx", "fileType": "docx", "title": "A"});
    insta::assert_snapshot!(lines(&refused_payload(&flat)), @r#"
        payload.flat "token: document.key is missing"
        The members of document are at the top level of the payload.
        Sign the whole config: {"document": {…}, "editorConfig": {…}}.
        path: key
        expected: document.key
        found: key at the top level
    "#);
    let older = json!({"key": "k", "url": "https://files.example/a.docx"});
    assert_eq!(refused_payload(&older).code, "payload.flat");
}
