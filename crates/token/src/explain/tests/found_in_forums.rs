//! What people paste, and what was once misread.

use serde_json::json;

use super::*;
use crate::{explain::Kind, testing::hs256};

#[test]
fn texts_of_the_editor_in_other_languages() {
    for (text, code) in [
        (
            "Das Sicherheitstoken des Dokuments ist nicht korrekt.",
            "token.signature",
        ),
        (
            "Das Sicherheitstoken des Dokuments ist abgelaufen.",
            "token.expired",
        ),
        (
            "Le jeton de sécurité du document a expiré.",
            "token.expired",
        ),
        (
            "Токен безопасности документа имеет неправильный формат.",
            "token.signature",
        ),
        (
            "El token de seguridad tiene un formato incorrecto.",
            "token.signature",
        ),
        ("Error code: -8.", "token.signature"),
        (
            "You do not have rights for this action.",
            "config.permissions_differ",
        ),
        (
            "Blocked loading mixed active content “http://docs.example/api.js”",
            "config.mixed_content",
        ),
    ] {
        assert_eq!(root(text), code, "{text}: {}", of_text(text).to_text());
        assert_eq!(of_text(text).kind, Kind::Log, "{text}");
    }
}

#[test]
fn a_log_says_more_than_its_masked_token() {
    let line = "nodeJS - checkJwt error: name = NotBeforeError message = jwt not active token = eyJhbGciOi...";
    assert_eq!(root(line), "token.not_yet_valid");
    let private = "error downloadFile:url=http://192.168.1.5/a.docx Error: DNS lookup 192.168.1.5 is not allowed. Because, It is private IP address.";
    finds_code(private, "config.url_private");
    let record = json!({"categoryName": "nodeJS", "data": ["checkJwt error: name = JsonWebTokenError message = jwt signature is required token = eyJhbGciOiJub25lIn0.e30."], "level": {"levelStr": "ERROR"}});
    let explanation = of(&record);
    assert_eq!(explanation.kind, Kind::Log);
    assert_eq!(explanation.findings[0].code, "token.alg_none");
}

#[track_caller]
fn finds_code(text: &str, code: &str) {
    let explanation = of_text(text);
    assert!(
        codes(&explanation).contains(&code),
        "{}",
        explanation.to_text()
    );
}

#[test]
fn secrets_in_defaults_units_and_half_a_configuration() {
    finds_code(
        "services:\n  ds:\n    image: onlyoffice/documentserver\n    environment:\n      - JWT_SECRET=${JWT_SECRET:-secret}\n",
        "secret.default",
    );
    finds_code(
        "[Service]\nEnvironment=\"JWT_SECRET=secret\" \"JWT_ENABLED=true\"\n",
        "secret.default",
    );
    let half = json!({"services": {"CoAuthoring": {"secret": {"browser": {"string": SECRET}}, "token": {"enable": {"browser": true}}}}});
    finds_code(&half.to_string(), "secret.default");
    let whole = json!({"services": {"CoAuthoring": {"secret": {"inbox": {"file": "/etc/secret"}}, "token": {"enable": {"browser": true}}}}});
    assert!(of(&whole).is_fine(), "{}", of(&whole).to_text());
}

#[test]
fn other_tools_and_other_values() {
    let token = hs256(SECRET, &json!({"c": "info", "key": "k7", "exp": NOW + 300}));
    let wget = format!(
        "wget --header='Authorization: Bearer {token}' --post-data='{{}}' 'https://docs.example/command?shardkey=k7'"
    );
    assert!(of_text(&wget).is_fine(), "{}", of_text(&wget).to_text());
    assert_eq!(root("[object Promise]"), "token.not_a_string");
}

/// Each of these once took longer than its length allows, or may.
#[test]
fn long_texts_of_nothing_but_openings_are_read_quickly() {
    for piece in [
        "{",
        "{{",
        "<?=",
        "{%",
        "/*",
        "<!--",
        "{{ ",
        "(",
        "[",
        "\"",
        "\\",
        "`",
        "$a['document']",
        "a.document.",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        assert!(!of_text(&text).findings.is_empty(), "{piece}");
    }
}

#[test]
fn a_token_in_a_variable_is_judged() {
    let token = hs256(SECRET, &json!({}));
    for member in ["token: token", "token"] {
        let text = format!(
            "const token = \"{token}\";\nconst c = {{document: {{fileType: \"docx\", key: \"k9\", url: \"https://files.example/a\"}}, documentType: \"word\", {member}}};"
        );
        assert_eq!(root(&text), "payload.empty", "{}", of_text(&text).to_text());
    }
}

#[test]
fn a_vague_answer_is_not_told_as_a_fact() {
    for text in [
        "Error code: -8.",
        "{\"error\":6}",
        "Das Sicherheitstoken des Dokuments ist nicht korrekt.",
    ] {
        let finding = &of_text(text).findings[0];
        assert_eq!(finding.code, "token.signature");
        assert!(
            finding.message.contains("most often"),
            "{}",
            finding.message
        );
    }
}
