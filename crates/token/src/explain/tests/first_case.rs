//! The case that started it all.

use super::*;

const SNIPPET: &str = r#"
<script>
    let key = Math.random().toString(36);
    const docEditor = new DocsAPI.DocEditor("placeholder", {
        "document": {
            "fileType": "{{ $file->name }}".split(".").at(-1),
            "key": key,
            "autosave": false,
            "title": "Report",
            "url": "{{ $address }}"
        },
        "editorConfig": {
            "mode": "{{ $mode }}",
            "callbackUrl": "{{ $callbackParam }}",
            "lang": 'fr'
        },
        "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.5IuXpdN4fObi2fx6W5CGCNoz6SJXz8Kvjc1n15krGFo"
    });
</script>
"#;

#[test]
fn the_case_that_started_it_all() {
    let explanation = explain(SNIPPET.as_bytes(), &without_secret());
    assert_eq!(
        explanation.root_cause().map(|cause| cause.code),
        Some("payload.empty")
    );
    finds(&explanation, "config.computed_in_browser", "document.key");
    finds(
        &explanation,
        "config.computed_in_browser",
        "document.fileType",
    );
    finds(&explanation, "config.misplaced_field", "document.autosave");
    finds(&explanation, "config.user_unsigned", "editorConfig.user");
    finds(&explanation, "token.signature", "signature");
    insta::assert_snapshot!(explanation.to_text());
}

#[test]
fn a_missing_bracket_typographic_quotes_and_comments_change_nothing() {
    let text = SNIPPET
        .replacen("\"document\"", "“document”", 1)
        .replacen("\"autosave\": false,", "// a comment\n autosave: false,", 1)
        .replacen(
            "        },\n        \"editorConfig\"",
            "        \"editorConfig\"",
            1,
        );
    let explanation = explain(text.as_bytes(), &without_secret());
    assert_eq!(explanation.findings[0].code, "payload.empty");
    finds(&explanation, "config.computed_in_browser", "document.key");
    assert!(codes(&explanation).contains(&"input.repaired"));
}

#[test]
fn samples_of_the_documentation_are_signed_with_the_empty_key() {
    let payload = serde_json::json!({
        "document": {"key": "Khirz6zTPdfd7", "url": "https://example.com/url-to-example-document.docx"},
        "editorConfig": {"callbackUrl": "https://example.com/url-to-callback.ashx", "mode": "edit"}
    });
    let explanation = of_text(&crate::testing::hs256("", &payload));
    assert_eq!(
        codes(&explanation)[..2],
        ["token.docs_sample", "token.signed_with_empty_key"]
    );
}

#[test]
fn the_hints_answer_where_the_secret_goes_and_whether_the_signature_must_be_exact() {
    let hint = explain(SNIPPET.as_bytes(), &without_secret())
        .findings
        .into_iter()
        .find(|finding| finding.code == "token.signature")
        .map(|finding| finding.hint)
        .unwrap();
    assert!(
        hint.contains("exactly") && hint.contains("never into the page"),
        "{hint}"
    );
}
