use recto_token::{Keys, Secret, sign_config, verify_opening};
use serde_json::{Value, json};

use super::*;
use crate::problem::Problem;

const NOW: i64 = 1_800_000_000;
const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn config() -> Value {
    json!({
        "document": {
            "fileType": "docx", "key": "report_7", "title": "Report.docx",
            "url": "https://files.example/report.docx",
        },
        "documentType": "word",
        "editorConfig": { "mode": "edit", "user": { "id": "u1", "name": "Ada" } },
    })
}

/// What a browser gets for a config that was signed with `secret` at `at`, and is sent as `sent`.
fn refused(signed: &Value, secret: &str, at: i64, sent: &Value) -> ToBrowser {
    let keys = Keys::from_secret(Secret::from(SECRET));
    let mut sent = sent.clone();
    sent["token"] = sign_config(&Secret::from(secret), signed, at, 300).into();
    ToBrowser::from(verify_opening(&keys, &sent, NOW).unwrap_err())
}

fn text(message: &ToBrowser) -> String {
    serde_json::to_string(message).unwrap()
}

/// Refusals of every sort, each with a text of which a browser must not learn.
fn cases() -> Vec<(ToBrowser, &'static str)> {
    let other = "another-secret-of-thirty-two-byte";
    let mut no_url = config();
    no_url["document"].as_object_mut().unwrap().remove("url");
    let mut few_rights = config();
    few_rights["document"]["permissions"] = json!({ "edit": false });
    let mut more_rights = config();
    more_rights["document"]["permissions"] = json!({ "edit": true });
    let mut wrong_type = config();
    wrong_type["document"]["fileType"] = "rom".into();
    vec![
        (refused(&config(), other, NOW, &config()), "fingerprint"),
        (refused(&config(), SECRET, NOW - 9000, &config()), "2 hours"),
        (refused(&json!({}), SECRET, NOW, &config()), "document.key"),
        (refused(&no_url, SECRET, NOW, &no_url), "document.url"),
        (
            refused(&few_rights, SECRET, NOW, &more_rights),
            "document.permissions",
        ),
        (
            refused(&wrong_type, SECRET, NOW, &wrong_type),
            "document.fileType",
        ),
    ]
}

#[test]
fn in_general_nothing_is_told_but_codes() {
    for (message, hidden) in cases() {
        let full: Value = serde_json::from_str(&text(&message)).unwrap();
        assert!(text(&message).contains(hidden), "{full}");
        assert_eq!(full["general"], false);

        let short = text(&message.with_request("abc123").in_general());
        assert!(!short.contains(hidden), "{short}");
        let short: Value = serde_json::from_str(&short).unwrap();
        for same in ["type", "code", "editorError"] {
            assert_eq!(short[same], full[same]);
        }
        assert_eq!(short["wire"]["code"], full["wire"]["code"]);
        for none in ["path", "expected", "found"] {
            assert_eq!(short[none], Value::Null);
        }
        assert_eq!(short["docs"], "");
        assert_eq!(short["general"], true);
        assert_eq!(short["request"], "abc123");
    }
}

#[test]
fn the_general_sentences() {
    let said: Vec<String> = cases()
        .into_iter()
        .map(|(message, _)| {
            let sent: Value = serde_json::from_str(&text(&message.in_general())).unwrap();
            let part = |name: &str| sent[name].as_str().unwrap().to_owned();
            format!(
                "{} {} {} {}",
                part("code"),
                sent["wire"],
                part("message"),
                part("hint")
            )
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    token.signature {"code":4006,"description":"token:invalid signature"} The document can't be opened, because its token was refused. Tell the administrator of the application the code and the reference.
    token.expired {"code":4005,"description":"token:jwt expired"} The document can't be opened, because its token was refused. Tell the administrator of the application the code and the reference.
    payload.empty {"code":4006,"description":"token:"} The document can't be opened, because its token was refused. Tell the administrator of the application the code and the reference.
    payload.missing_field {"code":4006,"description":"token:"} The document can't be opened, because its token was refused. Tell the administrator of the application the code and the reference.
    config.permissions_differ {"code":4004,"description":"access deny"} The document can't be opened, because its config was refused. Tell the administrator of the application the code and the reference.
    config.file_type {"code":4006,"description":"token:"} The document can't be opened, because its config was refused. Tell the administrator of the application the code and the reference.
    "#);
}

#[test]
fn a_failed_opening_has_its_reference() {
    let problem = Problem {
        code: "content.encrypted",
        message: "The document is protected by a password.".into(),
        hint: "Remove it.".into(),
        editor_error: -4,
    };
    let message = ToBrowser::failed(&problem, true);
    assert!(!text(&message).contains("request"));
    insta::assert_snapshot!(text(&message.with_request("abc123").in_general()), @r#"{"type":"failed","code":"content.encrypted","message":"The document is protected by a password.","hint":"Remove it.","editorError":-4,"fatal":true,"general":false,"request":"abc123"}"#);
}

#[test]
fn addresses_of_the_network_are_not_told() {
    let problem = Problem {
        code: "fetch.unreachable",
        message: "Nobody answers at 10.1.0.7.".into(),
        hint: "Look at 10.1.0.7.".into(),
        editor_error: -4,
    };
    let message = ToBrowser::failed(&problem, true).in_general();
    assert!(!text(&message).contains("10.1.0.7"));
    insta::assert_snapshot!(text(&message), @r#"{"type":"failed","code":"fetch.unreachable","message":"The document can't be opened, because its file could not be fetched.","hint":"Tell the administrator of the application the code and the reference.","editorError":-4,"fatal":true,"general":true}"#);
}

#[test]
fn what_is_no_end_stays_as_it_is() {
    let message = ToBrowser::Pong.with_request("abc123").in_general();
    assert_eq!(text(&message), r#"{"type":"pong"}"#);
}
