use std::io::Write;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use futures::poll;
use serde_json::Value;
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::admin::{Admin, guarded};
use crate::endpoints::token_page::routes;
use crate::request_id::traced;

const EMPTY: &str =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.5IuXpdN4fObi2fx6W5CGCNoz6SJXz8Kvjc1n15krGFo";
const SECRET: &str = "a-secret-that-nobody-may-ever-read-in-a-log";

async fn post(content_type: &str, body: impl Into<Body>) -> (StatusCode, HeaderMap, Value) {
    let request = Request::post("/token/explain")
        .header("host", "localhost:8080")
        .header("content-type", content_type)
        .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9999))))
        .body(body.into())
        .unwrap();
    let app = traced(guarded(
        routes(),
        Arc::new(Admin::new(None, Arc::default())),
    ));
    let answer = app.oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 1 << 24).await.unwrap();
    (
        parts.status,
        parts.headers,
        serde_json::from_slice(&body).unwrap(),
    )
}

async fn ask(body: Value) -> (StatusCode, HeaderMap, Value) {
    post("application/json", body.to_string()).await
}

#[tokio::test]
async fn the_case_that_started_it_all() {
    let (status, headers, answer) =
        ask(json!({ "input": EMPTY, "secrets": [], "purpose": "open" })).await;
    assert_eq!(status, 200);
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-frame-options"], "DENY");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(answer["kind"], "token");
    assert_eq!(answer["kindWords"], "a token");
    let first = &answer["findings"][0];
    assert_eq!(first["code"], "payload.empty");
    assert_eq!(first["severity"], "fatal");
    assert_eq!(first["docs"], "payload/empty");
    insta::assert_snapshot!(first["symptom"].as_str().unwrap(), @"`token:` and nothing more, error -20; `/command` 1, `/converter` -7.");
}

#[tokio::test]
async fn the_time_can_be_given() {
    let secret = Secret::from(SECRET);
    let config = json!({ "document": { "key": "k" } });
    let token = recto_token::sign_config(&secret, &config, 1_000, 300);
    let codes = async |now: i64| {
        let (_, _, answer) = ask(json!({ "input": token, "secrets": [SECRET], "now": now })).await;
        let codes: Vec<String> = answer["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["code"].as_str().unwrap().to_owned())
            .collect();
        codes
    };
    assert!(codes(9_000).await.contains(&"token.expired".into()));
    assert!(!codes(1_100).await.contains(&"token.expired".into()));
}

#[tokio::test]
async fn errors_say_what_to_do_and_nothing_of_what_was_sent() {
    let (status, headers, answer) = ask(json!({ "input": "a".repeat(MAX_BODY) })).await;
    assert_eq!(status, 413);
    assert_eq!(headers["cache-control"], "no-store");
    insta::assert_snapshot!(answer["message"].as_str().unwrap(), @"What was pasted is larger than 1 MiB.");

    let many = vec!["x"; MAX_SECRETS + 1];
    for (status, body) in [
        (400, json!({ "input": "", "secrets": many })),
        (400, json!({ "input": "", "purpose": SECRET })),
        (422, json!({ "input": "", "secrets": SECRET })),
        (422, json!({ "input": "", SECRET: 1 })),
        (422, json!({})),
    ] {
        let (found, headers, answer) = ask(body).await;
        assert_eq!(found, status, "{answer}");
        assert_eq!(headers["cache-control"], "no-store");
        assert!(answer["hint"].as_str().unwrap().ends_with('.'));
        assert!(!answer.to_string().contains(SECRET));
    }
    let (status, _, answer) = post("application/json", SECRET).await;
    assert_eq!(status, 400);
    assert!(!answer.to_string().contains(SECRET));
    // A form of another page cannot send JSON as such without asking first.
    let (status, ..) = post("text/plain", json!({ "input": EMPTY }).to_string()).await;
    assert_eq!(status, 415);
}

#[tokio::test]
async fn more_than_a_few_at_once_wait_for_their_turn() {
    let turns = u32::try_from(TURNS_AT_ONCE).unwrap();
    let taken = TURNS.acquire_many(turns).await.unwrap();
    let mut asking = pin!(ask(json!({ "input": EMPTY })));
    for _ in 0..1000 {
        assert!(poll!(&mut asking).is_pending());
        tokio::task::yield_now().await;
    }
    drop(taken);
    assert_eq!(asking.await.0, 200);
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn t19_nothing_pasted_is_logged() {
    let log = Log::default();
    // For all threads: the work is not done on this one.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .init();
    let config = json!({ "document": { "key": "a-key-of-a-document" } });
    let token = recto_token::sign_config(&Secret::from(SECRET), &config, 1_000, 300);
    let pasted = format!("token: {token}\nJWT_SECRET={SECRET}");
    for body in [
        json!({ "input": pasted, "secrets": [SECRET] }).to_string(),
        json!({ "input": pasted, "secrets": SECRET }).to_string(),
        format!("{{\"input\": \"{SECRET}"),
    ] {
        post("application/json", body).await;
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    // The requests themselves are there.
    assert!(log.contains("/token/explain"), "{log}");
    for hidden in [SECRET, "a-key-of-a-document", &token, "JWT_SECRET"] {
        assert!(!log.contains(hidden), "{log}");
    }
}
