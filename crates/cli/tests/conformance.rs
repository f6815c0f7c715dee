//! `recto conformance` against the real server: the tables are kept.

// Other tests use the rest of it.
#[allow(dead_code, unused_imports)]
#[path = "wire/common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::process::{Command, Output};

use common::{SECRET, Server, Setup};
use recto_conformance::{Report, Verdict, cases};

async fn conformance(arguments: &[&str], log: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recto"));
    command
        .arg("conformance")
        .args(arguments)
        .env_remove("JWT_SECRET_FILE")
        .env_remove("JWT_HEADER")
        .env("JWT_SECRET", SECRET)
        .env("RECTO_LOG", log);
    tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn recto_answers_as_onlyoffice_apart_from_what_is_documented() {
    let server = Server::shared().await;
    let output = conformance(
        &[
            "--url",
            &server.url("/"),
            "--listen",
            "127.0.0.1:0",
            "--json",
        ],
        "info",
    )
    .await;
    let report: Report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    assert!(report.is_fine(), "{}", report.to_text(false));
    assert_eq!(output.status.code(), Some(0));
    let rows = |verdict| report.rows.iter().filter(move |row| row.verdict == verdict);
    // With the built-in application, every row is asked.
    let skipped: Vec<_> = rows(Verdict::Skipped).map(|row| &row.id).collect();
    assert_eq!(skipped, Vec::<&String>::new());
    let session = rows(Verdict::Equal).filter(|row| row.id.starts_with("session."));
    assert_eq!(session.count(), 21);

    // What is documented as a difference is one.
    let deliberate: BTreeSet<_> = report
        .rows
        .iter()
        .filter(|row| row.verdict == Verdict::Deliberate)
        .map(|row| row.id.clone())
        .collect();
    let skipped = |id: &str| {
        let mut rows = report.rows.iter();
        rows.any(|row| row.id == id && row.verdict == Verdict::Skipped)
    };
    let declared: BTreeSet<_> = cases()
        .unwrap()
        .into_iter()
        .filter(|case| case.difference.is_some() && !skipped(&case.id))
        .map(|case| case.id)
        .collect();
    assert_eq!(deliberate, declared);
}

#[tokio::test]
async fn t19_neither_side_shows_tokens_or_the_secret_however_much_is_logged() {
    let server = Server::start(&Setup::default().env("RECTO_LOG", "trace")).await;
    let url = server.url("/");
    let output = conformance(&["--url", &url, "--verbose", "--secret", SECRET], "trace").await;
    for text in [text(&output.stdout), text(&output.stderr), server.log()] {
        assert!(!text.contains(SECRET), "{text}");
        // All headers of tokens begin so.
        assert!(!text.contains("eyJ"), "{text}");
    }
}

#[tokio::test]
async fn whoever_cannot_ask_is_told_why() {
    let failed = async |arguments: &[&str]| {
        let output = conformance(arguments, "info").await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        text(&output.stderr)
    };
    // Nothing listens on port 9 (discard) of this machine.
    let nobody = ["--url", "http://127.0.0.1:9"];
    insta::assert_snapshot!(failed(&nobody).await, @"recto: http://127.0.0.1:9/ can't be reached: Connection refused (os error 111). Check the address, and that the document server runs.");
    let header = ["--header", "a b", "--url", "http://127.0.0.1:9"];
    insta::assert_snapshot!(failed(&header).await, @r#"recto: "a b" is not the name of a header. Give one such as Authorization, without a colon: invalid HTTP header name"#);
    let file = [
        "--secret-file",
        "/nowhere/secret",
        "--url",
        "http://127.0.0.1:9",
    ];
    insta::assert_snapshot!(failed(&file).await, @"recto: The secret file /nowhere/secret can't be read. Check its path and rights: No such file or directory (os error 2)");
    assert!(failed(&[]).await.contains("--url"));
}
