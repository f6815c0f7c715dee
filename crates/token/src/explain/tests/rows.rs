//! Every row of the list of integrators' mistakes that a static check can tell
//! (spec 10), with the code that it is told by.

use std::fmt::Write as _;

use serde_json::json;

use super::*;
use crate::explain::catalogue;
use crate::testing::{b64, hs256, sent, set, token};

/// What a row's mistake looks like.
#[allow(clippy::too_many_lines, reason = "a table")]
fn case(row: &str) -> Explanation {
    let good_payload = payload();
    let with = |path: &str, value: Value| {
        let mut payload = payload();
        set(&mut payload, path, value);
        payload
    };
    let request = |head: &str, body: &str| {
        of_text(&format!(
            "POST /command?shardkey=k7 HTTP/1.1\n{head}\n\n{body}"
        ))
    };
    let command = hs256(SECRET, &json!({"c": "info", "key": "k7", "exp": NOW + 300}));
    match row {
        "1.1 wrong secret" => of_text(&hs256(
            "another secret of enough bytes ........",
            &good_payload,
        )),
        "1.2 white space around the secret" => {
            of_text(&hs256(format!("{SECRET}\n"), &good_payload))
        }
        "1.3 signed with the empty text" => of_text(&hs256("", &good_payload)),
        "1.4 the secret as the token" => page_with("token", SECRET.into()),
        "1.4 unsigned base64" => page_with("token", b64(good_payload.to_string()).into()),
        "1.4 encoded twice" => page_with("token", b64(hs256(SECRET, &good_payload)).into()),
        "1.5 no token" => page_with("token", Value::Null),
        "1.5 token in a wrong place" => {
            let mut page = good();
            page["editorConfig"]["token"] = page["token"].take();
            set(&mut page, "token", Value::Null);
            of(&page)
        }
        "1.6 a promise" => page_with("token", json!({})),
        "1.6 printed bytes" => page_with(
            "token",
            format!("b'{}'", hs256(SECRET, &good_payload)).into(),
        ),
        "1.7 alg none" => page_with(
            "token",
            token(SECRET, &json!({"alg": "none"}), good_payload.to_string()).into(),
        ),
        "1.7 alg RS256" => page_with(
            "token",
            token(SECRET, &json!({"alg": "RS256"}), good_payload.to_string()).into(),
        ),
        "1.8 alg HS512" => page_with(
            "token",
            token(SECRET, &json!({"alg": "HS512"}), good_payload.to_string()).into(),
        ),
        "1.9 padded base64" => {
            page_with("token", format!("{}=", hs256(SECRET, &good_payload)).into())
        }
        "1.10 wrapped in payload" => {
            signing(&json!({"payload": crate::testing::config(), "exp": NOW + 300}))
        }
        "1.10 wrapped in config" => {
            signing(&json!({"config": crate::testing::config(), "exp": NOW + 300}))
        }
        "1.11 only the document" => signing(&with("editorConfig", Value::Null)),
        "1.11 only the key" => signing(&json!({"document": {"key": "report_7"}, "exp": NOW + 300})),
        "1.12 empty payload" => signing(&json!({})),
        "1.13 payload is a string" => page_with(
            "token",
            token(
                SECRET,
                &json!({"alg": "HS256"}),
                json!(good_payload.to_string()).to_string(),
            )
            .into(),
        ),
        "1.14 token of another method" => signing(
            &json!({"url": "https://files.example/a.docx", "fileType": "docx", "exp": NOW + 300}),
        ),
        "1.15 extra top-level url" => signing(&with("url", json!("https://files.example/a.docx"))),
        "1.16 top-level version" => signing(&with("version", json!(2))),
        "1.17 reserved claims" => signing(&with("editorConfig.ds_isCloseCoAuthoring", json!(true))),
        "1.18 user not signed" => signing(&with("editorConfig.user", Value::Null)),
        "2.1 permissions changed after signing" => {
            page_with("document.permissions.edit", json!(false))
        }
        "2.2 permissions signed and not sent" => page_with("document.permissions", Value::Null),
        "2.3 permissions sent and not signed" => {
            signing(&with("document.permissions", Value::Null))
        }
        "2.4 empty array of PHP" => {
            let mut page = crate::testing::config();
            page["document"]["permissions"] = json!({});
            of(&sent(page, &with("document.permissions", json!([]))))
        }
        "2.4 \"true\" and true" => page_with("document.permissions.edit", json!("true")),
        "2.5 mode set after signing" => signing(&with("editorConfig.mode", Value::Null)),
        "2.5 callbackUrl set after signing" => {
            signing(&with("editorConfig.callbackUrl", Value::Null))
        }
        "2.6 key differs" => page_with("document.key", json!("other_7")),
        "2.6 url differs" => page_with("document.url", json!("https://files.example/other.docx")),
        "2.7 key made in the browser" => page_with("document.key", Value::Null),
        "2.8 fileType in capitals" => both_with("document.fileType", json!("DOCX")),
        "2.9 numeric user id" => both_with("editorConfig.user.id", json!(7)),
        "2.9 numeric key" => both_with("document.key", json!(7)),
        "2.10 escaped by a template" => both_with(
            "document.url",
            json!("https://files.example/a.docx?x=1&amp;y=2"),
        ),
        "2.11 refreshFile with new permissions" => {
            let second = sent(
                crate::testing::with("document.permissions.edit", json!(false)),
                &with("document.permissions.edit", json!(false)),
            );
            of_text(&format!(
                "new DocsAPI.DocEditor('x', {}); editor.refreshFile({second});",
                good()
            ))
        }
        "3.1 expired" => signing(&with("exp", json!(NOW - 61))),
        "3.2 exp in milliseconds" => signing(&with("exp", json!((NOW + 300) * 1000))),
        "3.3 exp as a text" => signing(&with("exp", json!("2026-11-24T10:05:00Z"))),
        "3.4 nbf in the future" => signing(&with("nbf", json!(NOW + 61))),
        "4.1 bearer in small letters" => request(&format!("Authorization: bearer {command}"), "{}"),
        "4.1 two blanks" => request(&format!("Authorization: Bearer  {command}"), "{}"),
        "4.2 bad body token, good header" => request(
            &format!("Authorization: Bearer {command}"),
            &json!({"token": "a.b.c"}).to_string(),
        ),
        "4.3 fields beside the token" => request(
            "",
            &json!({"token": hs256(SECRET, &json!({"c": "info", "exp": NOW + 300})), "key": "k7"})
                .to_string(),
        ),
        "4.4 localhost" => both_with("document.url", json!("http://localhost/a.docx")),
        "4.5 private address, tokens off" => of(&crate::testing::with(
            "document.url",
            json!("http://10.0.0.2/a.docx"),
        )),
        "4.6 no shardkey" => of_text(&format!(
            "POST /command HTTP/1.1\nAuthorization: Bearer {command}\n\n{{}}"
        )),
        "4.7 body over 100 MB" => request(
            &format!("Authorization: Bearer {command}\nContent-Length: 104857601"),
            "{}",
        ),
        "5.1 key from the title" => both_with("document.key", json!("Report")),
        "5.1 key from the time" => both_with("document.key", json!("1795514400")),
        "5.2 characters of the key" => both_with("document.key", json!("{B1:4}")),
        "5.3 key over 128" => both_with("document.key", json!("k".repeat(129))),
        "5.4 conversion without a key" => of_text(&format!(
            "POST /converter?shardkey=k HTTP/1.1\n\n{}",
            json!({"token": hs256(SECRET, &json!({"url": "https://files.example/a.docx", "filetype": "docx", "outputtype": "pdf", "exp": NOW + 300}))})
        )),
        "6.1 secret in the page" => {
            page_with("editorConfig.secret", json!("some text that is one"))
        }
        "6.2 default secret" => of_text("JWT_ENABLED=true\nJWT_SECRET=secret"),
        "6.2 short secret" => of_text("JWT_ENABLED=true\nJWT_SECRET=short-one"),
        "6.3 no exp" => signing(&with("exp", Value::Null)),
        other => panic!("no case for {other}"),
    }
}

const ROWS: &[(&str, &str)] = &[
    ("1.1 wrong secret", "token.signature"),
    (
        "1.2 white space around the secret",
        "token.secret_whitespace",
    ),
    (
        "1.3 signed with the empty text",
        "token.signed_with_empty_key",
    ),
    ("1.4 the secret as the token", "token.is_the_secret"),
    ("1.4 unsigned base64", "token.malformed"),
    ("1.4 encoded twice", "token.malformed"),
    ("1.5 no token", "token.missing"),
    ("1.5 token in a wrong place", "token.misplaced"),
    ("1.6 a promise", "token.not_a_string"),
    ("1.6 printed bytes", "token.not_a_string"),
    ("1.7 alg none", "token.alg_none"),
    ("1.7 alg RS256", "token.alg_unsupported"),
    ("1.8 alg HS512", "token.alg_hash"),
    ("1.9 padded base64", "token.base64_padding"),
    ("1.10 wrapped in payload", "payload.wrapped"),
    ("1.10 wrapped in config", "payload.wrapped"),
    ("1.11 only the document", "payload.missing_field"),
    ("1.11 only the key", "payload.missing_field"),
    ("1.12 empty payload", "payload.empty"),
    ("1.13 payload is a string", "payload.double_encoded"),
    ("1.14 token of another method", "token.wrong_purpose"),
    ("1.15 extra top-level url", "payload.extra_field"),
    ("1.16 top-level version", "payload.opens_history"),
    ("1.17 reserved claims", "payload.reserved_claim"),
    ("1.18 user not signed", "config.user_unsigned"),
    (
        "2.1 permissions changed after signing",
        "config.permissions_differ",
    ),
    (
        "2.2 permissions signed and not sent",
        "config.permissions_differ",
    ),
    (
        "2.3 permissions sent and not signed",
        "payload.missing_field",
    ),
    ("2.4 empty array of PHP", "config.permissions_differ"),
    ("2.4 \"true\" and true", "config.permissions_differ"),
    ("2.5 mode set after signing", "payload.missing_field"),
    ("2.5 callbackUrl set after signing", "payload.missing_field"),
    ("2.6 key differs", "config.value_replaced"),
    ("2.6 url differs", "config.value_replaced"),
    ("2.7 key made in the browser", "config.key_random"),
    ("2.8 fileType in capitals", "config.file_type"),
    ("2.9 numeric user id", "config.type"),
    ("2.9 numeric key", "payload.type"),
    ("2.10 escaped by a template", "config.html_entities"),
    (
        "2.11 refreshFile with new permissions",
        "config.permissions_differ",
    ),
    ("3.1 expired", "token.expired"),
    ("3.2 exp in milliseconds", "token.exp_milliseconds"),
    ("3.3 exp as a text", "token.time_type"),
    ("3.4 nbf in the future", "token.not_yet_valid"),
    ("4.1 bearer in small letters", "request.header_prefix"),
    ("4.1 two blanks", "request.header_prefix"),
    ("4.2 bad body token, good header", "request.body_token_wins"),
    ("4.3 fields beside the token", "request.body_ignored"),
    ("4.4 localhost", "config.url_loopback"),
    ("4.5 private address, tokens off", "config.url_private"),
    ("4.6 no shardkey", "request.shardkey_missing"),
    ("4.7 body over 100 MB", "request.too_large"),
    ("5.1 key from the title", "config.key_constant"),
    ("5.1 key from the time", "config.key_constant"),
    ("5.2 characters of the key", "config.key_characters"),
    ("5.3 key over 128", "config.key_length"),
    ("5.4 conversion without a key", "config.key_constant"),
    ("6.1 secret in the page", "secret.in_browser_code"),
    ("6.2 default secret", "secret.default"),
    ("6.2 short secret", "secret.short"),
    ("6.3 no exp", "token.no_expiry"),
];

#[test]
fn every_row_is_told() {
    for (row, code) in ROWS {
        let explanation = case(row);
        assert!(
            codes(&explanation).contains(code),
            "{row}: {}",
            explanation.to_text()
        );
    }
}

/// Rows whose mistake is fatal by itself: nothing may be told before it that is
/// not fatal too.
#[test]
fn what_refuses_is_told_first() {
    for (row, code) in ROWS {
        let explanation = case(row);
        let told = explanation
            .findings
            .iter()
            .find(|finding| finding.code == *code)
            .unwrap();
        assert!(
            explanation
                .findings
                .iter()
                .take_while(|finding| finding.code != *code)
                .all(|finding| finding.severity <= told.severity),
            "{row}: {}",
            explanation.to_text()
        );
    }
}

/// What is said of each case, word by word; the pages of the codes have their examples from it.
#[test]
fn sentences() {
    let rows = ROWS.iter().map(|(row, code)| (*row, *code, case(row)));
    let others = catalogue::all()
        .filter_map(|entry| Some((entry.code, entry.code, super::examples::case(entry.code)?)));
    let mut text = String::new();
    for (name, code, mut explanation) in rows.chain(others) {
        explanation.findings.retain(|finding| finding.code == code);
        let told = explanation.to_text();
        // without the line on the input's kind
        let (_, told) = told.split_once("\n\n").unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# {name}\n{told}");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/explain/examples.txt");
    if std::env::var_os("RECTO_WRITE_DOCS").is_some() {
        std::fs::write(path, text).unwrap();
    } else {
        similar(&std::fs::read_to_string(path).unwrap(), &text);
    }
}

/// Names the first line in which two texts differ.
fn similar(is: &str, wanted: &str) {
    for (is, wanted) in is.lines().zip(wanted.lines()) {
        assert_eq!(
            is, wanted,
            "RECTO_WRITE_DOCS=1 cargo test -p recto-token sentences"
        );
    }
    assert_eq!(is.len(), wanted.len());
}

/// Whether a code is told of one of the rows.
pub(super) fn has(code: &str) -> bool {
    ROWS.iter().any(|(_, told)| *told == code)
}
