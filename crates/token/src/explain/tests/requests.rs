//! Rows of 10.4 and 10.5 about requests.

use serde_json::json;

use super::*;
use crate::testing::hs256;

fn command(headers: &str, body: &str) -> Explanation {
    of_text(&format!(
        "POST /command?shardkey=k7 HTTP/1.1\nHost: docs.example\n{headers}\n\n{body}"
    ))
}

fn good_token() -> String {
    hs256(SECRET, &json!({"c": "info", "key": "k7", "exp": NOW + 300}))
}

#[test]
fn good_requests_have_no_fault() {
    let token = good_token();
    let in_body = command(
        "Content-Type: application/json",
        &json!({"token": token}).to_string(),
    );
    assert_eq!(codes(&in_body), ["input.no_fault_found"]);
    assert!(command(&format!("Authorization: Bearer {token}"), "{}").is_fine());
    let curl = format!(
        "curl -X POST 'https://docs.example/command?shardkey=k7' \\\n -H \"Authorization: Bearer {token}\" -d '{{}}'"
    );
    assert!(of_text(&curl).is_fine(), "{}", of_text(&curl).to_text());
}

#[test]
fn row_header() {
    let token = good_token();
    for (header, code) in [
        (
            format!("Authorization: bearer {token}"),
            "request.header_prefix",
        ),
        (format!("Authorization: {token}"), "request.header_prefix"),
        (
            format!("Authorization: Bearer  {token}"),
            "request.header_prefix",
        ),
        (
            format!("AuthorizationJwt: Bearer {token}"),
            "request.header_name",
        ),
        ("Accept: */*".to_owned(), "token.missing"),
    ] {
        let explanation = command(&header, "{}");
        assert_eq!(
            explanation.findings[0].code,
            code,
            "{}",
            explanation.to_text()
        );
    }
}

#[test]
fn row_bad_body_token_beside_a_good_header() {
    let bad = hs256(
        "another secret of enough bytes ........",
        &json!({"c": "info", "key": "k7", "exp": NOW + 300}),
    );
    let explanation = command(
        &format!("Authorization: Bearer {}", good_token()),
        &json!({"token": bad}).to_string(),
    );
    assert_eq!(
        codes(&explanation)[..2],
        ["request.body_token_wins", "token.signature"]
    );
}

#[test]
fn row_body() {
    let token = hs256(SECRET, &json!({"c": "info", "exp": NOW + 300}));
    let explanation = command("", &json!({"token": token, "key": "k7"}).to_string());
    assert_eq!(explanation.findings[0].code, "request.body_ignored");
    assert_eq!(
        command("", &json!({"token": token}).to_string()).findings[0].code,
        "request.missing_parameter"
    );
    let empty = hs256(SECRET, &json!({"exp": NOW + 300}));
    assert_eq!(
        command("", &json!({"token": empty}).to_string()).findings[0].code,
        "payload.empty"
    );
    assert_eq!(
        command("", "c=info&key=k7").findings[0].code,
        "request.not_json"
    );
    assert_eq!(
        command(
            "Content-Length: 104857601",
            &json!({"token": good_token()}).to_string()
        )
        .findings[0]
            .code,
        "request.too_large"
    );
    let unknown = hs256(SECRET, &json!({"c": "Info", "key": "k7", "exp": NOW + 300}));
    assert_eq!(
        command("", &json!({"token": unknown}).to_string()).findings[0].code,
        "request.unknown_command"
    );
}

#[test]
fn row_shardkey_and_conversion_key() {
    let token = hs256(
        SECRET,
        &json!({"url": "https://files.example/a.docx", "filetype": "docx", "outputtype": "pdf", "exp": NOW + 300}),
    );
    let explanation = of_text(&format!(
        "POST /converter HTTP/1.1\n\n{}",
        json!({"token": token})
    ));
    finds(&explanation, "config.key_constant", "key");
    finds(&explanation, "request.shardkey_missing", "query");
}

#[test]
fn row_callback_answers() {
    let token = hs256(SECRET, &json!({"key": "k7", "status": 4, "exp": NOW + 300}));
    let callback = |answer: &str| {
        of_text(&format!(
            "POST /callback HTTP/1.1\nAuthorization: Bearer {token}\n\n{}\nHTTP/1.1 {answer}",
            json!({"key": "k7", "status": 4, "token": token})
        ))
    };
    assert!(callback("200 OK\n\n{\"error\":0}").is_fine());
    for answer in [
        "204 No Content",
        "200 OK\n\nOK",
        "200 OK\n\n{\"error\":1}",
        "302 Found\nLocation: /login",
        "500 Oops",
    ] {
        assert_eq!(
            callback(answer).findings[0].code,
            "callback.bad_answer",
            "{answer}"
        );
    }
}

#[test]
fn row_download() {
    assert_eq!(
        root("GET /a.docx HTTP/1.1\nHost: files.example\n"),
        "request.header_missing"
    );
    let token = hs256(
        SECRET,
        &json!({"payload": {"url": "https://files.example/a.docx"}, "exp": NOW + 300}),
    );
    let login = of_text(&format!(
        "GET /a.docx HTTP/1.1\nAuthorization: Bearer {token}\n\nHTTP/1.1 302 Found\nLocation: /login"
    ));
    assert_eq!(login.findings[0].code, "config.url_needs_login");
    let flat = hs256(
        SECRET,
        &json!({"url": "https://files.example/a.docx", "exp": NOW + 300}),
    );
    finds(
        &of_text(&format!(
            "GET /a.docx HTTP/1.1\nAuthorization: Bearer {flat}\n"
        )),
        "payload.not_wrapped",
        "payload",
    );
}

#[test]
fn row_method_and_unsigned_callback() {
    let get = of_text("GET /command?c=version HTTP/1.1\nHost: docs.example\n");
    assert!(codes(&get).contains(&"request.method"));
    let bare = of_text("POST /callback HTTP/1.1\n\n{\"key\":\"k7\",\"status\":4}");
    finds(&bare, "callback.unsigned", "token");
    assert_eq!(root("error -100"), "callback.unreachable");
}
