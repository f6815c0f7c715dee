//! One case for each code that the list of mistakes does not have.

use serde_json::json;

use super::*;
use crate::testing::{b64, hs256, set, token};

/// Codes that only a server can come upon: they are about its keys and sessions.
const OF_SERVERS: [&str; 4] = [
    "token.key_retired",
    "token.key_not_yet_valid",
    "token.unknown_tenant",
    "token.wrong_document",
];

/// What an input with this code looks like.
#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn case(code: &str) -> Option<Explanation> {
    let page = |members: &str| {
        of_text(&format!(
            "<script>new DocsAPI.DocEditor('editor', {{{members}}});</script>"
        ))
    };
    let command = |fields: Value| {
        let mut signed = fields;
        signed["exp"] = json!(NOW + 300);
        hs256(SECRET, &signed)
    };
    let request = |head: &str, body: &str| {
        of_text(&format!(
            "POST /command?shardkey=k7 HTTP/1.1\n{head}\n\n{body}"
        ))
    };
    let callback = |head: &str, body: Value, answer: &str| {
        of_text(&format!(
            "POST /callback HTTP/1.1\n{head}\n\n{body}\nHTTP/1.1 {answer}"
        ))
    };
    let info = command(json!({"c": "info", "key": "k7"}));
    let told = command(json!({"key": "k7", "status": 4}));
    Some(match code {
        "callback.bad_answer" => callback(
            &format!("Authorization: Bearer {told}"),
            json!({"key": "k7", "status": 4, "token": told}),
            "200 OK\n\nsaved",
        ),
        "callback.unreachable" => of_text("disconnectReason code 4007 drop"),
        "callback.unsigned" => callback(
            "",
            json!({"key": "k7", "status": 4}),
            "200 OK\n\n{\"error\":0}",
        ),
        "config.changed_after_signing" => of_text(
            "<?php\n$config = ['document' => ['key' => $key, 'url' => $url]];\n$config['token'] = JWT::encode($config, $secret, 'HS256');\n$config['editorConfig']['lang'] = 'fr';",
        ),
        "config.computed_in_browser" => page(
            "document: {key: Math.random(), url: 'https://files.example/a.docx', fileType: 'docx'}",
        ),
        "config.document_type" => both_with("documentType", json!("writer")),
        "config.misplaced_field" => both_with("document.autosave", json!(false)),
        "config.missing_field" => page_with("document.url", Value::Null),
        "config.mixed_content" => of_text(
            "<script src=\"http://docs.example/web-apps/apps/api/documents/api.js\"></script><script>new DocsAPI.DocEditor('x', {document: {url: 'https://files.example/a.docx'}});</script>",
        ),
        "config.mode_lowered" => page_with("editorConfig.mode", json!("view")),
        "config.template_unexpanded" => both_with("document.url", json!("$url")),
        "config.unknown_field" => {
            both_with("editorConfig.callbackURL", json!("https://files.example/c"))
        }
        "config.url_double_slash" => {
            both_with("document.url", json!("https://files.example//a.docx"))
        }
        "config.url_needs_login" => of_text(&format!(
            "GET /files/17 HTTP/1.1\nAuthorization: Bearer {}\n\nHTTP/1.1 302 Found\nLocation: https://files.example/login\n\n",
            command(json!({"payload": {"url": "https://files.example/files/17"}}))
        )),
        "config.url_scheme" => both_with("document.url", json!("/files/17")),
        "config.url_unreachable" => of_text("error -4: Download failed."),
        "input.no_fault_found" => of(&good()),
        "input.repaired" => {
            page("“document”: {key: 'k7', url: 'https://files.example/a.docx', fileType: 'docx'")
        }
        "input.server_config" => {
            of(&json!({"services": {"CoAuthoring": {"secret": {"inbox": {"string": SECRET}}}}}))
        }
        "input.several" => of_text(&format!("{}\n{}", good(), good())),
        "input.truncated" => of_text(&"a ".repeat(crate::explain::MAX_INPUT)),
        "input.unreadable" => of_text("It does not work."),
        "payload.flat" => signing(
            &json!({"key": "report_7", "url": "https://files.example/report.docx", "fileType": "docx", "exp": NOW + 300}),
        ),
        "payload.not_an_object" => of_text(&token(SECRET, &json!({"alg": "HS256"}), "[1]")),
        "payload.not_wrapped" => of_text(&format!(
            "GET /files/17 HTTP/1.1\nAuthorization: Bearer {}\n",
            command(json!({"url": "https://files.example/files/17"}))
        )),
        "request.header_missing" => callback(
            "Host: files.example",
            json!({"key": "k7", "status": 4, "token": told}),
            "200 OK\n\n{\"error\":0}",
        ),
        "request.header_name" => request(&format!("AuthorizationJwt: Bearer {info}"), "{}"),
        "request.method" => of_text(&format!(
            "GET /command?shardkey=k7 HTTP/1.1\nAuthorization: Bearer {info}\n"
        )),
        "request.missing_parameter" => request(
            "",
            &json!({"token": command(json!({"c": "info"}))}).to_string(),
        ),
        "request.not_json" => request("", "c=info&key=k7"),
        "request.unknown_command" => request(
            "",
            &json!({"token": command(json!({"c": "Info", "key": "k7"}))}).to_string(),
        ),
        "secret.changes_at_restart" => of_text("docker run -d -p 80:80 onlyoffice/documentserver"),
        "secret.empty" => of_text("JWT_ENABLED=true\nJWT_SECRET="),
        "secret.tokens_off" => of_text("JWT_ENABLED=false"),
        "secret.variable_name" => {
            of_text("JWT_ENABLED=true\nJWT-SECRET=abcdefghijklmnopqrstuvwxyz0123456789")
        }
        "time.clock_skew" => payload_with("iat", json!(NOW + 300)),
        "token.docs_sample" => of_text(&hs256(
            "",
            &json!({"document": {"key": "Khirz6zTPdfd7", "url": "https://example.com/url-to-example-document.docx"}}),
        )),
        "token.placeholder" => page_with("token", json!("eyJhbGciOiJIUzI1NiJ9.eyJ…")),
        "token.secret_encoding" => of_text(&hs256(b64(SECRET), &payload())),
        "token.secret_quoted" => of_text(&hs256(format!("\"{SECRET}\""), &payload())),
        "token.signed_with_known_key" => of_text(&hs256("secret", &payload())),
        "token.too_large" => {
            let mut payload = payload();
            set(&mut payload, "document.title", json!("x".repeat(70_000)));
            of_text(&hs256(SECRET, &payload))
        }
        "token.unsigned" => of_text(&format!(
            "{}.",
            hs256(SECRET, &payload()).rsplit_once('.')?.0
        )),
        _ => return None,
    })
}

#[test]
fn every_code_can_be_found() {
    for entry in crate::explain::catalogue::all() {
        // Those of keys come from reading a server's settings.
        if OF_SERVERS.contains(&entry.code) || entry.code.starts_with("key.") {
            continue;
        }
        if let Some(explanation) = case(entry.code) {
            assert!(
                codes(&explanation).contains(&entry.code),
                "{}: {}",
                entry.code,
                explanation.to_text()
            );
        } else {
            assert!(super::rows::has(entry.code), "{} has no case", entry.code);
        }
    }
}
