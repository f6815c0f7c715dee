//! Rows of 10.1 and 10.2, and of 10.4 and 10.5 about values of a config.

use serde_json::json;

use super::*;

#[test]
fn row_permissions_differ() {
    for new in [json!("true"), json!(1), json!(false), Value::Null] {
        finds(
            &page_with("document.permissions.edit", new),
            "config.permissions_differ",
            "document.permissions.edit",
        );
    }
    finds(
        &page_with("document.permissions", Value::Null),
        "config.permissions_differ",
        "document.permissions",
    );
    finds(
        &payload_with("document.permissions", Value::Null),
        "payload.missing_field",
        "document.permissions",
    );
}

#[test]
fn row_empty_array_of_php() {
    let (mut page, mut payload) = (crate::testing::config(), payload());
    page["document"]["permissions"] = json!({});
    payload["document"]["permissions"] = json!([]);
    let explanation = of(&crate::testing::sent(page, &payload));
    finds(
        &explanation,
        "config.permissions_differ",
        "document.permissions",
    );
    assert!(explanation.findings[0].hint.contains("PHP"));
}

#[test]
fn row_values_that_differ_are_replaced() {
    for path in [
        "document.key",
        "document.url",
        "document.title",
        "document.fileType",
        "editorConfig.callbackUrl",
        "editorConfig.lang",
    ] {
        finds(
            &page_with(path, json!("https://other.example/xlsx")),
            "config.value_replaced",
            path,
        );
    }
    finds(
        &page_with("editorConfig.mode", json!("view")),
        "config.mode_lowered",
        "editorConfig.mode",
    );
    finds(
        &page_with("document.key", Value::Null),
        "config.key_random",
        "document.key",
    );
}

#[test]
fn row_mode_and_callback_set_after_signing() {
    for path in ["editorConfig.mode", "editorConfig.callbackUrl"] {
        finds(
            &payload_with(path, Value::Null),
            "payload.missing_field",
            path,
        );
    }
}

#[test]
fn row_user_not_signed() {
    finds(
        &payload_with("editorConfig.user", Value::Null),
        "config.user_unsigned",
        "editorConfig.user",
    );
    finds(
        &page_with("editorConfig.user.id", json!("u2")),
        "config.user_unsigned",
        "editorConfig.user.id",
    );
}

#[test]
fn row_values() {
    let long = "k".repeat(129);
    for (path, new, code) in [
        ("document.fileType", json!("DOCX"), "config.file_type"),
        ("document.fileType", json!("exe"), "config.file_type"),
        ("documentType", json!("cell"), "config.document_type"),
        ("document.key", json!("{a/b}"), "config.key_characters"),
        ("document.key", json!(long), "config.key_length"),
        (
            "document.key",
            json!("Khirz6zTPdfd7"),
            "config.key_constant",
        ),
        ("document.key", json!("report"), "config.key_constant"),
        ("document.key", json!("1795514400"), "config.key_constant"),
        (
            "document.url",
            json!("https://files.example/a?x=1&amp;y=2"),
            "config.html_entities",
        ),
        (
            "document.url",
            json!("http://localhost:8080/a.docx"),
            "config.url_loopback",
        ),
        (
            "document.url",
            json!("http://127.0.0.1/a.docx"),
            "config.url_loopback",
        ),
        (
            "document.url",
            json!("http://192.168.0.5/a.docx"),
            "config.url_private",
        ),
        (
            "document.url",
            json!("https://files.example//a.docx"),
            "config.url_double_slash",
        ),
        (
            "document.url",
            json!("ftp://files.example/a.docx"),
            "config.url_scheme",
        ),
        ("document.url", json!("/a.docx"), "config.url_scheme"),
        (
            "document.url",
            json!("{{ $url }}"),
            "config.template_unexpanded",
        ),
        ("document.url", json!("$url"), "config.template_unexpanded"),
        (
            "document.callbackUrl",
            json!("https://files.example/c"),
            "config.misplaced_field",
        ),
        (
            "editorConfig.callbackURL",
            json!("https://files.example/c"),
            "config.unknown_field",
        ),
    ] {
        let explanation = both_with(path, new.clone());
        finds(&explanation, code, path);
    }
    finds(
        &page_with("editorConfig.user.id", json!(7)),
        "config.type",
        "editorConfig.user.id",
    );
    finds(
        &page_with("document.url", Value::Null),
        "config.missing_field",
        "document.url",
    );
}

#[test]
fn row_secret_in_the_page() {
    finds(
        &page_with("editorConfig.secret", json!("some text that is one")),
        "secret.in_browser_code",
        "editorConfig.secret",
    );
    let script = "<script>const t = new jose.SignJWT(c); new DocsAPI.DocEditor('x', {document: {url: 'https://files.example/a.docx'}});</script>";
    finds(&of_text(script), "secret.in_browser_code", "script");
}

#[test]
fn row_mixed_content() {
    let script = "<script src=\"http://docs.example/web-apps/apps/api/documents/api.js\"></script><script>new DocsAPI.DocEditor('x', {document: {url: 'https://files.example/a.docx'}});</script>";
    finds(&of_text(script), "config.mixed_content", "script.src");
}

#[test]
fn php_arrays_are_read() {
    let php = "<?php\n$config = [\n  'document' => [ 'fileType' => 'docx', 'key' => $key, 'url' => '$url', 'permissions' => (object)[] ],\n  'editorConfig' => array('mode' => 'edit', 'callbackUrl' => \"https://files.example/$id\"),\n];";
    let explanation = of_text(php);
    assert_eq!(explanation.kind, crate::explain::Kind::Snippet);
    finds(&explanation, "config.template_unexpanded", "document.url");
    assert!(!codes(&explanation).contains(&"config.computed_in_browser"));
}
