use proptest::prelude::*;
use recto_docs_api::Status;
use serde_json::json;

use super::*;
use crate::{
    Keys, seal, sign_body, sign_config, sign_header,
    testing::{NOW, SECRET, config, keys, lines, open, sent},
};

fn secret() -> Secret {
    Secret::from(SECRET)
}

fn foreign() -> Keys {
    Keys::from_secret(Secret::from("somebody else's secret of 32 bytes"))
}

fn fields(key: &str) -> Value {
    json!({"key": key, "status": 2, "url": "https://docs.example/a.docx", "users": ["u1"]})
}

fn with_token(mut body: Value, token: String) -> Value {
    body["token"] = token.into();
    body
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[test]
fn body_and_header_both_do() {
    let body = with_token(fields("k"), sign_body(&keys(), &fields("k"), NOW));
    let callback = verify_callback(&secret(), &body, None, NOW).unwrap();
    assert_eq!(
        (callback.key.as_str(), callback.status),
        ("k", Status::Ready)
    );
    let header = bearer(&sign_header(&keys(), &fields("k"), NOW));
    let callback = verify_callback(&secret(), &json!({}), Some(&header), NOW).unwrap();
    assert_eq!(callback.url.as_deref(), Some("https://docs.example/a.docx"));
    let empty = with_token(fields("k"), String::new());
    assert!(verify_callback(&secret(), &empty, Some(&header), NOW).is_ok());
}

#[test]
fn t17_body_token_wins_and_has_no_substitute() {
    let header = bearer(&sign_header(&keys(), &fields("from_header"), NOW));
    let body = with_token(
        fields("plain"),
        sign_body(&keys(), &fields("from_body"), NOW),
    );
    let callback = verify_callback(&secret(), &body, Some(&header), NOW).unwrap();
    assert_eq!(callback.key.as_str(), "from_body");
    let bad = with_token(
        fields("plain"),
        sign_body(&foreign(), &fields("from_body"), NOW),
    );
    let refusal = verify_callback(&secret(), &bad, Some(&header), NOW).unwrap_err();
    assert_eq!(refusal.code, "token.signature");
    let number = json!({"token": 5});
    assert_eq!(
        verify_callback(&secret(), &number, Some(&header), NOW)
            .unwrap_err()
            .code,
        "token.not_a_string"
    );
}

#[test]
fn plain_members_are_not_trusted() {
    let refusal = verify_callback(&secret(), &fields("k"), None, NOW).unwrap_err();
    assert_eq!(refusal.code, "token.missing");
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.missing "token:jwt must be provided"
        The request carries no token.
        Switch tokens on in the document server, and check that no proxy removes the Authorization header.
    "#);
    let body = with_token(fields("k"), sign_body(&keys(), &json!({"key": "k"}), NOW));
    let refusal = verify_callback(&secret(), &body, None, NOW).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.path.as_deref()),
        ("token.wrong_purpose", Some("status"))
    );
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.wrong_purpose "token:invalid token"
        The token signs no callback: "status" is missing in it.
        Accept only callbacks that the document server signed.
        path: status
    "#);
}

#[test]
fn unreadable_callbacks_are_refused() {
    for fields in [
        json!({"key": "a/b", "status": 2}),
        json!({"key": "k", "status": 5}),
        json!({"key": "k", "status": "2"}),
        json!({"key": "k", "status": 2, "users": "u1"}),
    ] {
        let body = json!({"token": sign_body(&keys(), &fields, NOW)});
        assert_eq!(
            verify_callback(&secret(), &body, None, NOW)
                .unwrap_err()
                .code,
            "payload.type",
            "{fields}"
        );
    }
    let header = bearer(&sign_header(&keys(), &json!("text"), NOW));
    assert_eq!(
        verify_callback(&secret(), &json!({}), Some(&header), NOW)
            .unwrap_err()
            .code,
        "payload.type"
    );
}

#[test]
fn t7_callbacks_expire_after_5_minutes() {
    let body = json!({"token": sign_body(&keys(), &fields("k"), NOW)});
    assert!(verify_callback(&secret(), &body, None, NOW + 359).is_ok());
    assert_eq!(
        verify_callback(&secret(), &body, None, NOW + 360)
            .unwrap_err()
            .code,
        "token.expired"
    );
}

const FILE: &str = "https://files.example/a%20b.docx?id=1&pass=hidden";

fn download(header: &str, requested: &str) -> Result<Verified<String>, Refusal> {
    verify_download(&secret(), Some(header), requested, NOW)
}

#[test]
fn downloads_are_bound_to_their_url() {
    let header = bearer(&sign_header(&keys(), &json!({"url": FILE}), NOW));
    assert_eq!(download(&header, FILE).unwrap().get(), FILE);
    assert!(
        download(
            &header,
            "HTTPS://FILES.example:443/a b.docx?id=1&pass=hidden"
        )
        .is_ok(),
        "another spelling"
    );
    for other in [
        "https://files.example/a%20b.docx?id=2&pass=hidden",
        "https://files.example/b.docx?id=1&pass=hidden",
        "http://files.example/a%20b.docx?id=1&pass=hidden",
        "https://files.example@evil.example/a%20b.docx?id=1&pass=hidden",
        "/a%20b.docx",
        "",
    ] {
        assert_eq!(
            download(&header, other).unwrap_err().code,
            "token.wrong_purpose",
            "{other}"
        );
    }
    let refusal = download(&header, "https://files.example/b.docx").unwrap_err();
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.wrong_purpose "token:invalid token"
        The token of the request was signed for another URL.
        Compare with the URL as the document server sees it: a proxy may have changed scheme, host or path.
        path: payload.url
        expected: https://files.example/b.docx
        found: https://files.example/a%20b.docx
    "#);
    assert!(
        !format!("{refusal:?}").contains("hidden"),
        "a query may hold a credential"
    );
}

#[test]
fn vector_of_the_api_downloads() {
    let header = "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJwYXlsb2FkIjp7InVybCI6Imh0dHBzOi8vZmlsZXMuZXhhbXBsZS9hJTIwYi5kb2N4In0sImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwMzAwfQ.b2Jgkmis7NibIdDawETbqA_tIIyhFgUkG7x2Hsn7h6I";
    let url = "https://files.example/a%20b.docx";
    let verified =
        verify_download(&Secret::from("secret"), Some(header), url, 1_700_000_000).unwrap();
    assert_eq!(verified.get(), url);
}

#[test]
fn t13_other_tokens_download_nothing() {
    let opening = open(&sent(config(), &config())).unwrap();
    let url = "https://docs.example/a.docx";
    for (token, code) in [
        (
            sign_config(&secret(), &config(), NOW, 300),
            "token.wrong_purpose",
        ),
        (
            sign_header(&keys(), &fields("k"), NOW),
            "token.wrong_purpose",
        ),
        (
            sign_header(&keys(), &json!({"url": url, "document": {}}), NOW),
            "token.wrong_purpose",
        ),
        (seal(&keys(), &opening), "token.wrong_purpose"),
        (
            sign_header(&foreign(), &json!({"url": url}), NOW),
            "token.signature",
        ),
    ] {
        assert_eq!(download(&bearer(&token), url).unwrap_err().code, code);
    }
    let callback = json!({"token": sign_config(&secret(), &config(), NOW, 300)});
    assert_eq!(
        verify_callback(&secret(), &callback, None, NOW)
            .unwrap_err()
            .code,
        "token.wrong_purpose"
    );
}

#[test]
fn headers_without_a_token() {
    for header in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some("Basic dTpw"),
        Some("a.b.c"),
    ] {
        assert_eq!(
            verify_download(&secret(), header, FILE, NOW)
                .unwrap_err()
                .code,
            "token.missing",
            "{header:?}"
        );
    }
    let token = sign_header(&keys(), &json!({"url": FILE}), NOW);
    assert!(download(&format!("bearer  {token} "), FILE).is_ok());
}

proptest! {
    #[test]
    fn any_header_and_body_get_an_answer(header in ".{0,80}", token in ".{0,80}", url in ".{0,80}") {
        let body = json!({"token": token});
        prop_assert!(verify_callback(&secret(), &body, Some(&header), NOW).is_err());
        prop_assert!(verify_download(&secret(), Some(&header), &url, NOW).is_err());
    }
}
