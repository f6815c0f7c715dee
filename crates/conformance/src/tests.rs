//! Runs against a server that answers as the tables say, and against ones that do not.

mod data;
mod documentation;
mod fake;

use std::sync::Mutex;
use std::time::Duration;

use url::Url;

use crate::{Options, Progress, Report, RunError, Secret, ServerKind, Target, Verdict, run};
use fake::{Fake, Fault, Flavour};

const SECRET: &str = "conformance-tests-secret-0123456789";

fn target(url: &str) -> Target {
    Target {
        url: Url::parse(url).unwrap(),
        secret: Secret::from(SECRET),
        header: "Authorization".to_owned(),
        file: None,
        listen: None,
    }
}

fn only(prefix: &str) -> Options {
    Options {
        only: Some(prefix.to_owned()),
        ..Options::default()
    }
}

async fn asked(fake: &Fake, options: &Options) -> Report {
    run(&target(&fake.url), options, &|_| {}).await.unwrap()
}

/// The ids of rows with a verdict.
fn with(report: &Report, verdict: Verdict) -> Vec<&str> {
    let rows = report.rows.iter().filter(|row| row.verdict == verdict);
    rows.map(|row| row.id.as_str()).collect()
}

#[tokio::test]
async fn a_server_that_answers_as_the_tables_say_is_equal_in_every_row() {
    let fake = Fake::start(Flavour::Onlyoffice, None).await;
    let seen = Mutex::new(Vec::new());
    let report = run(&target(&fake.url), &Options::default(), &|progress| {
        seen.lock().unwrap().push(progress);
    })
    .await
    .unwrap();
    assert!(report.is_fine(), "{}", report.to_text(false));
    assert_eq!(report.server.kind, ServerKind::Onlyoffice);
    assert_eq!(report.server.version.as_deref(), Some("9.3.0.1"));
    assert_eq!(report.notes, Vec::<String>::new());
    // The fake has one secret for everything, and neither a file nor an application was offered.
    let skipped = with(&report, Verdict::Skipped);
    let (story, skipped): (Vec<_>, Vec<_>) = skipped
        .into_iter()
        .partition(|id| id.starts_with("session."));
    assert_eq!(story.len(), crate::story::ROWS.len());
    assert_eq!(
        skipped,
        [
            "converter.valid",
            "converter.async",
            "link.bad_signature",
            "link.past_expiry",
            "websocket.config_as_session"
        ]
    );
    let total = report.rows.len();
    assert_eq!(report.counts.equal, total - 5 - story.len());
    let expected: Vec<_> = (1..=total).map(|done| Progress { done, total }).collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_file_that_can_be_fetched_is_converted() {
    let fake = Fake::start(Flavour::Onlyoffice, None).await;
    let mut target = target(&fake.url);
    target.file = Some(Url::parse("http://files.example/text.txt").unwrap());
    for group in ["converter.", "link."] {
        let report = run(&target, &only(group), &|_| {}).await.unwrap();
        assert_eq!(
            report.counts.equal,
            report.rows.len(),
            "{}",
            report.to_text(true)
        );
    }
    // A server that does not convert gives no link to change.
    let fake = Fake::start(Flavour::Recto, None).await;
    target.url = Url::parse(&fake.url).unwrap();
    let report = run(&target, &only("link."), &|_| {}).await.unwrap();
    assert_eq!(report.counts.skipped, report.rows.len());
    insta::assert_snapshot!(report.rows[0].why.as_deref().unwrap(), @r#"The conversion brought no link: status 501 {"code":"server.not_built","error":-1}."#);
}

#[tokio::test]
async fn exactly_the_faulty_row_is_wrong() {
    for (fault, id) in [
        (
            Fault::LowerCaseBearer,
            "command.token.header_lower_case converter.token.header_lower_case",
        ),
        (
            Fault::Tolerance(62),
            "command.token.exp_61_ago converter.token.exp_61_ago",
        ),
        (
            Fault::Tolerance(59),
            "command.token.exp_59_ago converter.token.exp_59_ago",
        ),
        (Fault::UnsignedKey, "command.key_of_token"),
        (Fault::AlienClaims, "websocket.extra_payload"),
    ] {
        let fake = Fake::start(Flavour::Onlyoffice, Some(fault)).await;
        let report = asked(&fake, &Options::default()).await;
        let wrong = with(&report, Verdict::Wrong);
        let expected: Vec<_> = id.split(' ').collect();
        assert_eq!(wrong, expected, "{fault:?}: {}", report.to_text(false));
    }
}

#[tokio::test]
async fn deliberate_differences_are_rectos_alone() {
    let fake = Fake::start(Flavour::Recto, None).await;
    let report = asked(&fake, &Options::default()).await;
    assert_eq!(report.server.kind, ServerKind::Recto);
    assert!(report.is_fine(), "{}", report.to_text(false));
    let declared: Vec<_> = crate::cases()
        .unwrap()
        .into_iter()
        .filter(|case| case.difference.is_some() && !case.needs_file)
        .map(|case| case.id)
        .collect();
    assert_eq!(with(&report, Verdict::Deliberate), declared);

    // The same answers from a server that does not speak Recto's protocol are wrong.
    let fake = Fake::start(Flavour::Recto, Some(Fault::NoWebSocket)).await;
    let report = asked(&fake, &only("file.")).await;
    assert_eq!(report.server.kind, ServerKind::Other);
    assert_eq!(report.counts.wrong, report.rows.len());
}

#[tokio::test]
async fn a_difference_counts_only_as_it_is_described() {
    let fake = Fake::start(Flavour::Recto, Some(Fault::NothingNamed)).await;
    let report = asked(&fake, &only("websocket.lacks_")).await;
    // What ONLYOFFICE says is right everywhere.
    assert_eq!(report.counts.equal, report.rows.len());
    let fake = Fake::start(Flavour::Recto, Some(Fault::WrongNamed)).await;
    let report = asked(&fake, &only("websocket.lacks_")).await;
    assert_eq!(report.counts.wrong, report.rows.len());
}

#[tokio::test]
async fn without_a_known_websocket_openings_are_skipped() {
    let fake = Fake::start(Flavour::Onlyoffice, Some(Fault::NoWebSocket)).await;
    let report = asked(&fake, &only("websocket")).await;
    assert_eq!(report.counts.skipped, report.rows.len());
    insta::assert_snapshot!(report.rows[0].why.as_deref().unwrap(), @"The server speaks neither ONLYOFFICE's protocol nor Recto's on its WebSocket.");
}

#[tokio::test]
async fn another_header_is_used_and_any_other_refused() {
    let fake = Fake::start(Flavour::Onlyoffice, Some(Fault::Header)).await;
    let mut target = target(&fake.url);
    target.header = "AuthorizationJwt".to_owned();
    let report = run(&target, &only("command.token.header"), &|_| {})
        .await
        .unwrap();
    assert!(report.is_fine(), "{}", report.to_text(false));
}

#[tokio::test]
async fn the_servers_clock_counts() {
    let fake = Fake::start(Flavour::Onlyoffice, Some(Fault::Clock(-500))).await;
    let report = asked(&fake, &only("command.token.")).await;
    assert!(report.is_fine(), "{}", report.to_text(false));
    assert_eq!(report.notes.len(), 1);
    let note = &report.notes[0];
    assert!(
        note.starts_with("The server's clock is 500 s behind this machine's"),
        "{note}"
    );
}

#[tokio::test]
async fn a_wrong_secret_is_noted() {
    let fake = Fake::start(Flavour::Onlyoffice, None).await;
    let mut target = target(&fake.url);
    target.secret = Secret::from("another-secret-of-sufficient-length");
    let report = run(&target, &only("command.token.body_flat"), &|_| {})
        .await
        .unwrap();
    insta::assert_snapshot!(report.notes[0], @"The server refuses a token that was made with the given secret, so most rows say nothing. Give the secret that the server has for requests (inbox), and look at whether it begins or ends with white space.");
}

#[tokio::test]
async fn a_server_without_tokens_is_noted() {
    let fake = Fake::start(Flavour::Onlyoffice, Some(Fault::TokensOff)).await;
    let report = asked(&fake, &only("command.token.no_token")).await;
    assert_eq!(report.counts.wrong, report.rows.len());
    insta::assert_snapshot!(report.notes[0], @"The server carries out commands without a token, so anybody who reaches it can use it. Switch tokens on, for example with JWT_ENABLED=true.");
}

#[tokio::test]
async fn t19_a_report_shows_neither_tokens_nor_the_secret() {
    let fake = Fake::start(Flavour::Onlyoffice, Some(Fault::Echo)).await;
    let report = asked(&fake, &Options::default()).await;
    for text in [
        report.to_text(true),
        serde_json::to_string(&report).unwrap(),
        format!("{report:?}"),
    ] {
        assert!(text.contains("<token>") && text.contains("<secret>"));
        assert!(!text.contains(SECRET), "{text}");
        // All headers of tokens begin so.
        assert!(!text.contains("eyJ"), "{text}");
    }
}

#[tokio::test]
async fn what_is_no_document_server_is_said() {
    let sentence = |url: &'static str| async move {
        let target = target(url);
        let error = run(&target, &Options::default(), &|_| {}).await;
        error.unwrap_err().to_string()
    };
    insta::assert_snapshot!(sentence("ftp://docs.example/").await, @"ftp://docs.example/ is no address of an HTTP server. Give one that begins with http:// or https://, for example http://127.0.0.1:8080.");
    // Nothing listens on port 9 (discard) of this machine.
    insta::assert_snapshot!(sentence("http://user:pass@127.0.0.1:9/?x=y").await, @"http://127.0.0.1:9/ can't be reached: Connection refused (os error 111). Check the address, and that the document server runs.");
    let fake = Fake::start(Flavour::Onlyoffice, None).await;
    let elsewhere = target(&format!("{}/elsewhere/", fake.url));
    let error = run(&elsewhere, &Options::default(), &|_| {}).await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.ends_with("/elsewhere/ is not the address of a document server, since its /healthcheck answers with status 404 and neither true nor false. Give the address under which /web-apps/apps/api/documents/api.js is."),
        "{error}"
    );
    let error = run(&target(&fake.url), &only("comand"), &|_| {}).await;
    let error = error.unwrap_err();
    assert!(matches!(error, RunError::NoCase(_)));
    insta::assert_snapshot!(error, @r#"No case begins with "comand". Give the beginning of an id, such as command.token or websocket."#);
}

#[tokio::test]
async fn a_server_that_does_not_answer_does_not_hold_up_the_run() {
    let fake = Fake::start(Flavour::Onlyoffice, Some(Fault::Silent)).await;
    let options = Options {
        // Everything else is answered within that, on a busy machine too.
        timeout: Duration::from_secs(3),
        ..only("docbuilder")
    };
    let report = asked(&fake, &options).await;
    assert_eq!(report.rows[0].verdict, Verdict::Wrong);
    assert_eq!(report.rows[0].got.as_deref(), Some("no answer in time"));
}

#[tokio::test]
async fn the_report_reads_like_this() {
    let fake = Fake::start(Flavour::Recto, Some(Fault::LowerCaseBearer)).await;
    let mut report = asked(&fake, &Options::default()).await;
    report.server.url = "http://127.0.0.1:8080/".to_owned();
    report.notes.push("A note.".to_owned());
    insta::assert_snapshot!(report.to_text(false));
}
