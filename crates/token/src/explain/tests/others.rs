//! Logs, environments, configurations of servers.

use super::*;
use crate::explain::Kind;

#[test]
fn log_lines() {
    for (line, code) in [
        (
            "[ERROR] nodeJS - checkJwt error: name = JsonWebTokenError message = jwt malformed token = abc",
            "token.malformed",
        ),
        (
            "[ERROR] nodeJS - auth missing required parameter document.key (since 7.1 version)",
            "payload.missing_field",
        ),
        ("onError: errorCode -20", "token.signature"),
        ("disconnectReason code 4006", "token.signature"),
        ("error -21", "token.expired"),
        ("error -23", "config.permissions_differ"),
        ("error -4: Download failed.", "config.url_unreachable"),
        ("error -101", "callback.bad_answer"),
        (
            "checkJwt error: name = TokenExpiredError message = jwt expired",
            "token.expired",
        ),
        (
            "DNS lookup 10.0.0.2 is not allowed. Because, It is private IP address.",
            "config.url_private",
        ),
        (
            "Cannot handle token with iat prior to 2026-11-24",
            "time.clock_skew",
        ),
    ] {
        assert_eq!(root(line), code, "{}", of_text(line).to_text());
        assert_eq!(of_text(line).kind, Kind::Log);
    }
}

#[test]
fn a_secret_in_a_log_line_is_not_repeated() {
    let line = format!(
        "checkJwt error: name = JsonWebTokenError message = jwt malformed token = {SECRET}"
    );
    let explanation = of_text(&line);
    assert_eq!(explanation.findings[0].code, "token.is_the_secret");
    assert!(!explanation.to_text().contains(SECRET));
}

#[test]
fn environments() {
    for (text, code) in [
        ("JWT_ENABLED=true\nJWT_SECRET=secret", "secret.default"),
        (
            "services:\n  ds:\n    image: onlyoffice/documentserver\n    environment:\n      - JWT_SECRET=tooshort",
            "secret.short",
        ),
        ("JWT_ENABLED=true\nJWT_SECRET=", "secret.empty"),
        (
            "JWT_ENABLED: \"true\"\nJWT-SECRET: abcdefghijklmnopqrstuvwxyz0123456789",
            "secret.variable_name",
        ),
        (
            "JWT_KEY=abcdefghijklmnopqrstuvwxyz0123456789",
            "secret.variable_name",
        ),
        (
            "docker run -d -p 80:80 onlyoffice/documentserver",
            "secret.changes_at_restart",
        ),
        ("JWT_ENABLED=false", "secret.tokens_off"),
    ] {
        assert_eq!(root(text), code, "{}", of_text(text).to_text());
    }
    let good = format!("JWT_ENABLED=true\nJWT_SECRET={SECRET}");
    assert!(of_text(&good).is_fine(), "{}", of_text(&good).to_text());
    assert!(!of_text(&good).to_text().contains(SECRET));
}

#[test]
fn configuration_of_a_server() {
    let text = r#"{"services":{"CoAuthoring":{"secret":{"inbox":{"string":"secret"}},"token":{"enable":{"browser":false}}}}}"#;
    let explanation = of_text(text);
    assert_eq!(explanation.kind, Kind::ServerConfig);
    finds(
        &explanation,
        "secret.default",
        "services.CoAuthoring.secret.inbox.string",
    );
    finds(
        &explanation,
        "secret.tokens_off",
        "services.CoAuthoring.token.enable.browser",
    );
    assert!(codes(&explanation).contains(&"input.server_config"));
}

#[test]
fn rubbish() {
    for text in ["", "   ", "hello there, how are you?", "\0\0\0\0"] {
        assert_eq!(root(text), "input.unreadable", "{text:?}");
    }
}

#[test]
fn parts_that_are_given_together_are_judged_together() {
    use crate::{
        explain::{Evidence, explain_evidence},
        testing::{config, hs256},
    };
    let token = hs256("another secret of enough bytes ........", &payload());
    let page = config().to_string();
    let explanation = explain_evidence(
        &Evidence {
            token: Some(token.as_bytes()),
            config: Some(page.as_bytes()),
            request: Some(b"POST /command HTTP/1.1\n\nc=info"),
            paste: None,
        },
        &with_secret(),
    );
    assert_eq!(explanation.kind, Kind::Config);
    let codes = codes(&explanation);
    assert!(codes.contains(&"token.signature") && codes.contains(&"request.not_json"));
}

#[test]
fn a_config_without_a_blank_is_no_token() {
    let explanation = of_text(
        "new DocsAPI.DocEditor('x',{document:{url:'https://files.example/a.docx',}})"
            .replace(' ', "")
            .as_str(),
    );
    assert_eq!(explanation.kind, Kind::Snippet);
}

#[test]
fn json_has_the_fields_of_the_contract() {
    let json = serde_json::to_value(of(&good())).unwrap();
    insta::assert_snapshot!(json.to_string());
}
