use recto_docs_api::{Explain as _, LossRule};
use serde_json::json;

use super::*;
use crate::testing::{
    NOW, config, good, lines, open, opened, refused_payload, refused_token, sent, set, with,
};

#[test]
fn a_good_config_opens() {
    let opening = open(&good()).unwrap();
    assert_eq!(opening.key.as_str(), "report_7");
    assert_eq!(opening.url, "https://files.example/report.docx?pass=hidden");
    assert_eq!(opening.title, "Report.docx");
    assert_eq!(opening.file_type.extension(), "docx");
    assert_eq!(
        opening.callback_url.as_deref(),
        Some("https://files.example/callback")
    );
    assert_eq!(opening.lang.as_deref(), Some("de"));
    assert_eq!(opening.access, Access::Edit);
    assert_eq!(opening.permissions.download, Some(false));
    assert_eq!(
        opening.user,
        Participant {
            id: "u1".to_owned(),
            name: "Ada Lovelace".to_owned(),
            group: Some("Engines".to_owned()),
            signed: true
        }
    );
}

#[test]
fn time_claims_beside_the_config_do_no_harm() {
    let mut payload = config();
    payload["iat"] = NOW.into();
    payload["exp"] = (NOW + 300).into();
    assert!(open(&sent(config(), &payload)).is_ok());
}

#[test]
fn token_missing_or_no_string() {
    let refusal = open(&config()).unwrap_err();
    assert_eq!(
        (refusal.wire.code, refusal.wire.description.as_str()),
        (4006, "token:jwt must be provided")
    );
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.missing "token:jwt must be provided"
        The config has no token.
        Sign the config in the back end with the shared secret, and put the result in config.token.
        path: token
    "#);
    for token in [json!(null), json!(""), json!("  ")] {
        assert_eq!(refused_token(token).code, "token.missing");
    }
    let misplaced = open(&with("editorConfig.token", json!("a.b.c"))).unwrap_err();
    insta::assert_snapshot!(lines(&misplaced), @r#"
        token.misplaced "token:jwt must be provided"
        The token is not where the server looks for it.
        Move it from editorConfig.token to the top level of the config: config.token.
        path: editorConfig.token
        expected: token at the top level
    "#);
    for token in [json!(5), json!({}), json!(["a"]), json!(true)] {
        let refusal = refused_token(token);
        assert_eq!(refusal.code, "token.not_a_string");
        assert_eq!(refusal.wire.description, "token:jwt must be a string");
    }
    insta::assert_snapshot!(lines(&refused_token(json!({}))), @r#"
        token.not_a_string "token:jwt must be a string"
        The config's token is an object and not a string.
        Wait for the result if the token is made asynchronously, and put the bare text into config.token.
        path: token
        expected: a string
        found: an object
    "#);
    for config in [json!(null), json!("text"), json!([])] {
        assert_eq!(open(&config).unwrap_err().code, "payload.type");
    }
    insta::assert_snapshot!(lines(&open(&json!([])).unwrap_err()), @r#"
        payload.type "token:jwt must be provided"
        The config is an array and not an object.
        Give new DocsAPI.DocEditor the config as an object.
        expected: an object
        found: an array
    "#);
}

#[test]
fn missing_fields_are_named() {
    for path in [
        "document.key",
        "document.permissions",
        "document.url",
        "editorConfig.callbackUrl",
        "editorConfig.mode",
    ] {
        let refusal = refused_payload(&with(path, Value::Null));
        assert_eq!(
            (refusal.code, refusal.path.as_deref()),
            ("payload.missing_field", Some(path))
        );
        assert_eq!(refusal.wire.code, 4006);
        assert_eq!(
            refusal.wire.description,
            format!("token: {path} is missing")
        );
    }
    for empty in [json!(""), json!(0), json!(false)] {
        let refusal = refused_payload(&with("document.url", empty));
        assert_eq!(refusal.code, "payload.missing_field");
    }
    let only_key = json!({"document": {"key": "report_7"}});
    insta::assert_snapshot!(lines(&refused_payload(&only_key)), @r#"
        payload.missing_field "token: document.permissions is missing"
        The token has no document.permissions.
        Sign the whole config that the page gets, and change nothing afterwards; missing in the payload: document.permissions, document.url, editorConfig.callbackUrl, editorConfig.mode.
        path: document.permissions
        expected: a value
        found: nothing
    "#);
}

#[test]
fn what_the_browser_did_not_send_need_not_be_signed() {
    let mut bare = config();
    for path in [
        "document.permissions",
        "editorConfig.callbackUrl",
        "editorConfig.mode",
    ] {
        set(&mut bare, path, Value::Null);
    }
    let opening = opened(bare.clone(), &bare);
    assert_eq!(opening.access, Access::Edit);
    assert_eq!(opening.callback_url, None);
    let mut viewer = bare.clone();
    set(&mut viewer, "editorConfig.mode", json!("view"));
    assert_eq!(opened(viewer, &bare).access, Access::View);
}

#[test]
fn empty_payload() {
    for payload in [json!({}), json!({"iat": NOW, "exp": NOW + 300, "iss": "x"})] {
        let refusal = refused_payload(&payload);
        assert_eq!(refusal.code, "payload.empty");
        assert_eq!(refusal.wire.description, "token: document.key is missing");
    }
    insta::assert_snapshot!(lines(&refused_payload(&json!({}))), @r#"
        payload.empty "token: document.key is missing"
        The token is correctly signed, but its payload is empty.
        Sign the whole config, with document and editorConfig in it; a config that could not be serialised often becomes {}.
        path: document.key
        expected: the config
        found: {}
    "#);
}

#[test]
fn wrapped_payload() {
    for wrapper in ["payload", "config"] {
        let refusal = refused_payload(&json!({wrapper: config()}));
        assert_eq!(
            (refusal.code, refusal.path.as_deref()),
            ("payload.wrapped", Some(wrapper))
        );
        assert_eq!(refusal.wire.code, 4006);
    }
    insta::assert_snapshot!(lines(&refused_payload(&json!({"payload": config()}))), @r#"
        payload.wrapped "token: document.key is missing"
        The config is wrapped: the token has it inside "payload".
        Sign the config itself, so that document and editorConfig are at the top level of the payload.
        path: payload
        expected: document and editorConfig at the top level
        found: payload.document
    "#);
}

#[test]
fn members_of_other_requests_are_refused() {
    for name in ["url", "payload", "key"] {
        let refusal = refused_payload(&with(name, json!("x")));
        assert_eq!(
            (refusal.code, refusal.path.as_deref()),
            ("payload.extra_field", Some(name))
        );
        assert_eq!(
            (refusal.wire.code, refusal.wire.description.as_str()),
            (4004, "access deny")
        );
    }
    insta::assert_snapshot!(lines(&refused_payload(&with("url", json!("x")))), @r#"
        payload.extra_field "access deny"
        The payload has "url" at its top level beside the config.
        Sign the config only; a token that also has the form of another request is refused.
        path: url
        expected: nothing
    "#);
}

#[test]
fn history_is_not_built() {
    let refusal = refused_payload(&with("version", json!(3)));
    assert_eq!(refusal.code, "payload.opens_history");
    insta::assert_snapshot!(lines(&refusal), @r#"
        payload.opens_history "token: version opens the history"
        The payload has "version" at its top level, which asks for the version history.
        Leave "version" out of what is signed to open the document itself.
        path: version
    "#);
    let revision = json!({"version": 2, "key": "k", "url": "https://files.example/2.docx"});
    assert_eq!(refused_payload(&revision).code, "payload.opens_history");
}

#[test]
fn types_are_checked() {
    for (path, value) in [
        ("document.key", json!(7)),
        ("document.url", json!(["https://files.example/a.docx"])),
        ("document.title", json!(5)),
        ("document.fileType", json!({})),
        ("document.permissions", json!("all")),
        ("document.permissions", json!(["edit"])),
        ("editorConfig.callbackUrl", json!(true)),
        ("editorConfig.lang", json!(5)),
        ("editorConfig.mode", json!("review")),
        ("editorConfig.user", json!("u1")),
        ("editorConfig.user.id", json!(true)),
        ("editorConfig.user.name", json!(["Ada"])),
    ] {
        let changed = with(path, value);
        let refusal = open(&sent(changed.clone(), &changed)).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.path.as_deref()),
            ("payload.type", Some(path))
        );
        assert_eq!(refusal.wire.code, 4006);
    }
    insta::assert_snapshot!(lines(&refused_payload(&with("document.key", json!(7)))), @r#"
        payload.type "token: document.key has a wrong type"
        In the token, document.key is a number (7) where a string belongs.
        Write document.key as a string before the config is signed.
        path: document.key
        expected: a string
        found: a number (7)
    "#);
    insta::assert_snapshot!(lines(&refused_payload(&with("editorConfig.mode", json!("review")))), @r#"
        payload.type "token: editorConfig.mode has a wrong type"
        In the token, editorConfig.mode is a string ("review") where "edit" or "view" belongs.
        Write editorConfig.mode as "edit" or "view" before the config is signed.
        path: editorConfig.mode
        expected: "edit" or "view"
        found: a string ("review")
    "#);
}

/// A text such as "false" is neither permission nor prohibition.
#[test]
fn permissions_are_true_or_false() {
    for name in Permissions::FLAGS {
        for value in [json!("false"), json!(0), json!([])] {
            let changed = with(&format!("document.permissions.{name}"), value);
            let refusal = open(&sent(changed.clone(), &changed)).unwrap_err();
            assert_eq!(refusal.code, "payload.type");
        }
    }
    let changed = with("document.permissions.edit", json!("false"));
    insta::assert_snapshot!(lines(&open(&sent(changed.clone(), &changed)).unwrap_err()), @r#"
        payload.type "token: document.permissions.edit has a wrong type"
        In the token, document.permissions.edit is a string ("false") where true or false belongs.
        Write document.permissions.edit as true or false before the config is signed.
        path: document.permissions.edit
        expected: true or false
        found: a string ("false")
    "#);
}

#[test]
fn keys_are_checked() {
    for (key, code) in [
        ("a/b", "config.key_characters"),
        ("../x", "config.key_characters"),
        (&*"k".repeat(129), "config.key_length"),
    ] {
        let refusal = refused_payload(&with("document.key", json!(key)));
        assert_eq!(
            (refusal.code, refusal.path.as_deref()),
            (code, Some("document.key"))
        );
        assert_eq!((refusal.wire.code, refusal.editor_error()), (4004, -23));
    }
    insta::assert_snapshot!(lines(&refused_payload(&with("document.key", json!("a/b")))), @r#"
        config.key_characters "access deny"
        The document key has the character '/' at position 2.
        Use only the characters 0-9, a-z, A-Z, ".", "_", "=" and "-", and replace any other by "_".
        path: document.key
        expected: 1 to 128 characters of 0-9 a-z A-Z . _ = -
        found: a/b
    "#);
    insta::assert_snapshot!(lines(&refused_payload(&with("document.key", json!("k".repeat(129))))), @r#"
        config.key_length "access deny"
        The document key has 129 characters; at most 128 are permitted.
        Use a shorter key, for example a hash of the file's id and version written as hex digits.
        path: document.key
        expected: 1 to 128 characters of 0-9 a-z A-Z . _ = -
        found: kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…
    "#);
}

#[test]
fn file_type_comes_from_the_token() {
    let refusal = refused_payload(&with("document.fileType", json!("exe")));
    assert_eq!(
        (refusal.code, refusal.editor_error()),
        ("config.file_type", -85)
    );
    insta::assert_snapshot!(lines(&refusal), @r#"
        config.file_type "token: document.fileType cannot be opened"
        The file type "exe" cannot be opened.
        Convert the file to one of these types first: docx, docm, dotx, dotm, odt, ott, doc, rtf, txt, xlsx, xlsm, xltx, xltm, ods, ots, xls, csv, tsv, pptx, pptm, potx, potm, ppsx, ppsm, odp, otp, ppt.
        path: document.fileType
        found: exe
    "#);

    let mut payload = config();
    set(&mut payload, "document.fileType", Value::Null);
    set(&mut payload, "document.title", json!("Sheet.xlsx"));
    assert_eq!(opened(config(), &payload).file_type.extension(), "xlsx");
    set(&mut payload, "document.title", Value::Null);
    let opening = opened(config(), &payload);
    assert_eq!(
        (opening.file_type.extension(), opening.title.as_str()),
        ("docx", "Unnamed.docx")
    );
    set(
        &mut payload,
        "document.url",
        json!("https://files.example/download?id=a.docx"),
    );
    let refusal = refused_payload(&payload);
    assert_eq!(
        (refusal.code, refusal.path.as_deref()),
        ("payload.missing_field", Some("document.fileType"))
    );
}

#[test]
fn p4_the_save_button_gives_the_file_away_only_if_that_was_signed() {
    let forced = |value: Value| {
        with(
            "editorConfig.customization",
            json!({ "forcesave": value, "chat": true }),
        )
    };
    let yes = forced(json!(true));
    assert!(opened(yes.clone(), &yes).force_save);
    assert!(!opened(config(), &config()).force_save);
    assert!(!opened(yes.clone(), &config()).force_save, "not signed");
    for no in [json!(false), json!("true"), json!(1), json!(null)] {
        let no = forced(no);
        assert!(!opened(no.clone(), &no).force_save);
    }
}

#[test]
fn p4_what_happens_to_losses_counts_only_as_it_was_signed() {
    let ruled = |value: Value| with("editorConfig.customization", json!({ "losses": value }));
    let strict = ruled(json!("strict"));
    assert_eq!(
        opened(ruled(json!("quiet")), &strict).losses,
        Some(LossRule::Strict)
    );
    assert_eq!(
        opened(ruled(json!("quiet")), &config()).losses,
        None,
        "not signed"
    );
    assert_eq!(opened(strict, &ruled(json!(null))).losses, None);
    for wrong in [json!("Strict"), json!(true)] {
        let refusal = refused_payload(&ruled(wrong));
        assert_eq!(
            (refusal.code, refusal.path.as_deref()),
            ("payload.type", Some("editorConfig.customization.losses"))
        );
    }
}

#[test]
fn users_are_read_as_editors_do() {
    let user = |user: Value| opened(config(), &with("editorConfig.user", user)).user;
    assert_eq!(user(json!({"id": 78})).id, "78");
    assert_eq!(
        user(json!({"id": "u", "firstname": "Ada", "lastname": "Lovelace"})).name,
        "Ada Lovelace"
    );
    assert_eq!(
        user(json!({"id": "u", "name": "A", "firstname": "B"})).name,
        "A"
    );
    assert_eq!(user(json!([])).id, "", "what PHP makes of an empty object");
    assert!(user(json!({"id": "x".repeat(240)})).signed);
    let long = refused_payload(&with("editorConfig.user.id", json!("x".repeat(241))));
    insta::assert_snapshot!(lines(&long), @r#"
        payload.type "token: editorConfig.user.id is too long"
        The user's id has 241 characters; at most 240 are permitted.
        Use a shorter id, for example the number of the user in the database.
        path: editorConfig.user.id
        expected: at most 240 characters
        found: 241 characters
    "#);
}

#[test]
fn without_tokens_the_config_is_taken_and_the_user_is_marked() {
    let opening = opening_with_tokens_off(&config()).unwrap();
    assert_eq!(opening.key.as_str(), "report_7");
    assert_eq!(
        (opening.user.id.as_str(), opening.user.signed),
        ("u1", false)
    );
    assert_eq!(opening.access, Access::Edit);
    let view = with("editorConfig.mode", json!("view"));
    assert_eq!(opening_with_tokens_off(&view).unwrap().access, Access::View);
    for path in ["document.key", "document.url"] {
        let refusal = opening_with_tokens_off(&with(path, Value::Null)).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.path.as_deref()),
            ("payload.missing_field", Some(path))
        );
    }
    insta::assert_snapshot!(lines(&opening_with_tokens_off(&with("document.key", Value::Null)).unwrap_err()), @r#"
        payload.missing_field "token: document.key is missing"
        The config has no document.key.
        Add it to the config: document.key.
        path: document.key
        expected: a value
        found: nothing
    "#);
    let huge = with("document.permissions.x", json!("x".repeat(70_000)));
    assert_eq!(
        opening_with_tokens_off(&huge).unwrap_err().code,
        "token.too_large"
    );
    let deep = (0..60).fold(json!(1), |inner, _| json!([inner]));
    let deep = with("document.permissions.x", deep);
    assert_eq!(
        opening_with_tokens_off(&deep).unwrap_err().code,
        "token.too_large"
    );
    assert_eq!(
        opening_with_tokens_off(&json!(1)).unwrap_err().code,
        "payload.type"
    );
}
