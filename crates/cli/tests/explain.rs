//! `recto token explain`, as a person calls it.

use std::io::Write;
use std::process::{Command, Stdio};

/// The token that started it all: rightly made, and empty.
const EMPTY: &str =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.5IuXpdN4fObi2fx6W5CGCNoz6SJXz8Kvjc1n15krGFo";

/// Exit code and standard output.
fn explain(input: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_recto"))
        .args(["token", "explain"])
        .args(arguments)
        .env_remove("JWT_SECRET")
        .env_remove("JWT_SECRET_FILE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn an_empty_payload_is_the_root_cause() {
    let (code, text) = explain(EMPTY, &["--json"]);
    assert_eq!(code, Some(1));
    let explanation: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(explanation["findings"][0]["code"], "payload.empty");
    assert_eq!(explanation["findings"][0]["severity"], "fatal");
}

#[test]
fn t19_an_explanation_shows_neither_secret_nor_signature() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "a-secret-that-nobody-else-has-got").unwrap();
    let (_, text) = explain(EMPTY, &["--secret-file", file.to_str().unwrap()]);
    assert!(text.contains("payload.empty"), "{text}");
    assert!(!text.contains("nobody-else"), "{text}");
    assert!(
        !text.contains("5IuXpdN4fObi2fx6W5CGCNoz6SJXz8Kvjc1n15krGFo"),
        "{text}"
    );
}
