//! Callbacks to an integrator that takes them, refuses them or attacks.

mod common;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, header};
use axum::response::Response;
use bytes::Bytes;
use common::{
    NOW, Names, Site, answer, config, fetcher, fetcher_with, opening, public_only, redirect, secret,
};
use futures::stream;
use recto_docs_api::{Action, ActionKind, Callback, DocumentKey, Explain, Status};
use recto_fetch::{
    ANSWER_KEPT, Answer, CallbackError, Delivered, DeliveryObserver, FetchConfig, Fetcher,
};
use recto_token::{Opening, Verified, verify_callback};
use serde_json::{Value, json};
use tokio::net::TcpListener;

fn saved() -> Callback {
    let mut callback = Callback::new(DocumentKey::try_from("k1").unwrap(), Status::Ready);
    callback.url = Some("http://recto.test/cache/files/1/output.docx?sig=x".into());
    callback.users = Some(vec!["u1".into()]);
    callback.actions = Some(vec![Action {
        kind: ActionKind::Left,
        userid: "u1".into(),
    }]);
    callback.filetype = Some("docx".into());
    callback
}

async fn post(fetcher: &Fetcher, url: &str) -> Result<(), CallbackError> {
    let opening = opening("http://integrator.test/a", Some(url));
    fetcher.callback(&opening, &saved()).await
}

async fn answered(response: impl Fn() -> Response + Send + Sync + 'static) -> CallbackError {
    let site = Site::start(move |_, _| response()).await;
    let error = post(&fetcher(config()), &site.url("/callback"))
        .await
        .unwrap_err();
    assert_eq!(site.seen().len(), 1, "one attempt");
    error
}

#[tokio::test]
async fn a_callback_is_signed_in_body_and_header() {
    let site = Site::start(|_, _| answer(200, r#"{"error":0}"#)).await;
    let url = site.url_at("integrator.test", "/callback?id=7");
    post(&fetcher(config()), &url).await.unwrap();

    let seen = &site.seen()[0];
    assert_eq!(
        (&seen.method, seen.path.as_str()),
        (&Method::POST, "/callback?id=7")
    );
    assert_eq!(seen.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(
        seen.headers[header::CONTENT_LENGTH],
        seen.body.len().to_string()
    );
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    let by_body = verify_callback(&secret(), &body, None, NOW).unwrap();
    assert!(*by_body == saved());
    let by_header = verify_callback(&secret(), &json!({}), seen.authorization(), NOW).unwrap();
    assert!(*by_header == saved());

    let mut plain = body;
    plain.as_object_mut().unwrap().remove("token");
    assert_eq!(plain, serde_json::to_value(saved()).unwrap());
}

#[tokio::test]
async fn members_are_in_the_order_that_integrators_know() {
    let site = Site::start(|_, _| answer(200, r#"{"error":0}"#)).await;
    post(&fetcher(config()), &site.url("/callback"))
        .await
        .unwrap();
    let body = String::from_utf8(site.seen()[0].body.clone()).unwrap();
    let places: Vec<_> = [
        "key", "status", "url", "users", "actions", "token", "filetype",
    ]
    .iter()
    .map(|name| body.find(&format!("\"{name}\":")).unwrap())
    .collect();
    assert!(places.is_sorted(), "{body}");
}

#[tokio::test]
async fn with_tokens_off_nothing_is_signed() {
    let site = Site::start(|_, _| answer(200, r#"{"error":0}"#)).await;
    let fetcher = Fetcher::new(config(), None, std::sync::Arc::new(|| NOW)).unwrap();
    post(&fetcher, &site.url("/callback")).await.unwrap();
    let seen = &site.seen()[0];
    assert_eq!(seen.authorization(), None);
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(body, serde_json::to_value(saved()).unwrap());
}

#[tokio::test]
async fn a_long_history_stays_in_the_bodys_token_only() {
    let site = Site::start(|_, _| answer(200, r#"{"error":0}"#)).await;
    let mut callback = saved();
    callback.changesurl = Some("http://recto.test/changes.zip".into());
    callback.history = Some(json!({ "changes": "x".repeat(8000) }));
    let url = site.url("/callback");
    fetcher(config())
        .callback(&opening("http://integrator.test/a", Some(&url)), &callback)
        .await
        .unwrap();

    let seen = &site.seen()[0];
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(body["history"], json!({}));
    assert_eq!(body.get("changesurl"), None);
    let by_body = verify_callback(&secret(), &body, None, NOW).unwrap();
    assert!(*by_body == callback);
    let by_header = verify_callback(&secret(), &json!({}), seen.authorization(), NOW).unwrap();
    assert_eq!(by_header.history, Some(json!({})));
    assert_eq!(by_header.changesurl, None);
    assert!(seen.authorization().unwrap().len() < 7168);
}

#[tokio::test]
async fn a_taken_callback_may_come_with_a_byte_order_mark_and_any_type() {
    for body in ["\u{feff}{\"error\":0}", "{\"error\":\"0\"}\n"] {
        let site = Site::start(move |_, _| {
            let mut response = answer(200, body);
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, "text/html".parse().unwrap());
            response
        })
        .await;
        assert!(
            post(&fetcher(config()), &site.url("/callback"))
                .await
                .is_ok()
        );
    }
}

#[tokio::test]
async fn only_status_200_counts_and_only_passing_ones_are_tried_again() {
    for (status, retryable) in [
        (201, false),
        (202, false),
        (204, false),
        (400, false),
        (401, false),
        (403, false),
        (404, false),
        (405, false),
        (419, false),
        (429, true),
        (500, true),
        (502, true),
        (503, true),
        (599, true),
    ] {
        let body = if status == 204 { "" } else { r#"{"error":0}"# };
        let error = answered(move || answer(status, body)).await;
        assert_eq!(error.code(), "callback.status", "{status}");
        assert_eq!(error.retryable(), retryable, "{status}");
        assert!(error.message().contains(&status.to_string()));
    }
}

#[tokio::test]
async fn s3_a_callback_follows_no_redirect() {
    for status in [301, 302, 303, 307, 308] {
        let error = answered(move || redirect(status, "/callback/")).await;
        assert_eq!(error.code(), "callback.status", "{status}");
        assert!(!error.retryable());
        assert!(error.hint().contains("trailing slashes"));
        assert!(error.hint().contains("login"));
    }
}

#[tokio::test]
async fn an_answer_without_a_verdict_is_named_by_its_kind_alone() {
    for (body, kind) in [
        ("", Answer::Empty),
        ("<html><p>session-secret</p>", Answer::Html),
        (
            "Notice: session-secret {\"error\":0}",
            Answer::TextAroundJson,
        ),
        ("{\"ok\":\"session-secret\"}", Answer::NoError),
        ("session-secret", Answer::Text),
    ] {
        let error = answered(move || answer(200, body)).await;
        match &error {
            CallbackError::BadAnswer { answer, .. } => assert_eq!(*answer, kind, "{body}"),
            other => panic!("{body}: {other:?}"),
        }
        assert!(!error.retryable());
        let shown = format!("{error:?} {error} {} {}", error.message(), error.hint());
        assert!(!shown.contains("session-secret"), "{shown}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_apart_and_final() {
    let error = answered(|| answer(200, r#"{"error":1,"message":"disk of x is full"}"#)).await;
    assert_eq!(error.code(), "callback.refused");
    assert!(error.message().contains("error 1"));
    assert!(!error.message().contains("disk"));
    assert!(!error.retryable());
}

#[tokio::test]
async fn s5_an_endless_answer_is_cut_off() {
    let error = answered(|| {
        let endless =
            stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(b"      ")));
        answer(200, Body::from_stream(endless))
    })
    .await;
    assert!(matches!(
        error,
        CallbackError::BadAnswer {
            answer: Answer::TooLong,
            ..
        }
    ));
}

#[tokio::test]
async fn s5_a_silent_integrator_is_given_up_at_the_limit() {
    let site = Site::start(|_, _| {
        let silence = stream::pending::<Result<Bytes, std::io::Error>>();
        answer(200, Body::from_stream(silence))
    })
    .await;
    let impatient = FetchConfig {
        callback_timeout: Duration::from_millis(100),
        ..config()
    };
    let error = post(&fetcher(impatient), &site.url("/callback"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "callback.unreachable");
    assert!(error.message().contains("0.1 s"), "{}", error.message());
    assert!(error.retryable());
}

#[tokio::test]
async fn no_answer_is_tried_again() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    for url in [format!("http://{closed}/"), "http://nowhere.test/".into()] {
        let error = post(&fetcher(config()), &url).await.unwrap_err();
        assert_eq!(error.code(), "callback.unreachable", "{url}");
        assert!(error.retryable());
    }
}

#[tokio::test]
async fn a_config_without_an_address_is_named() {
    let error = fetcher(config())
        .callback(&opening("http://integrator.test/a", None), &saved())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "callback.missing");
    assert!(!error.retryable());
}

#[tokio::test]
async fn s6_callbacks_pass_the_same_guard_as_downloads() {
    let site = Site::start(|_, _| answer(200, r#"{"error":0}"#)).await;
    let names = Names::default()
        .with("inside.test", &[&["10.0.0.1"]])
        .with("loop.test", &[&["127.0.0.1", "::1"]]);
    let fetcher = fetcher_with(public_only(), names);
    for (url, expected) in [
        (site.url("/callback"), "callback.forbidden_address"),
        (site.url_at("2130706433", "/"), "callback.forbidden_address"),
        (
            site.url_at("[::ffff:7f00:1]", "/"),
            "callback.forbidden_address",
        ),
        (site.url_at("loop.test", "/"), "callback.forbidden_address"),
        ("http://inside.test/".into(), "callback.forbidden_address"),
        ("file:///etc/passwd".into(), "callback.scheme"),
        ("http://a:b@inside.test/".into(), "callback.credentials"),
        ("callback.php".into(), "callback.invalid_address"),
    ] {
        let error = post(&fetcher, &url).await.unwrap_err();
        assert_eq!(error.code(), expected, "{url}");
        assert!(!error.retryable(), "{url}");
    }
    assert!(site.seen().is_empty());
}

#[tokio::test]
async fn s2_a_callback_name_that_turns_private_is_not_contacted() {
    let site = Site::start(|_, _| answer(200, r#"{"error":0}"#)).await;
    let names = Names::default().with("rebind.test", &[&["93.184.216.34"], &["127.0.0.1"]]);
    let fetcher = fetcher_with(public_only(), names);
    let url = site.url_at("rebind.test", "/callback");
    fetcher.check(&url).await.unwrap();
    let error = post(&fetcher, &url).await.unwrap_err();
    assert_eq!(error.code(), "callback.forbidden_address");
    assert!(site.seen().is_empty());
}

/// What an observer was told: status, answer, whether it was cut, and requests.
type Told = (Option<u16>, String, bool, u32);

#[derive(Default)]
struct Notebook(std::sync::Mutex<Vec<Told>>);

impl DeliveryObserver for Notebook {
    fn delivered(&self, opening: &Verified<Opening>, callback: &Callback, delivered: &Delivered) {
        assert!(opening.callback_url.is_some() && *callback == saved());
        self.0.lock().unwrap().push((
            delivered.status,
            String::from_utf8(delivered.answer.clone()).unwrap(),
            delivered.cut,
            delivered.requests,
        ));
    }
}

#[tokio::test]
async fn an_observer_is_told_of_every_answer() {
    let site = Site::start(|_, number| match number {
        0 => answer(200, r#"{"error":0}"#),
        1 => answer(500, "x".repeat(3000)),
        _ => answer(200, "Saved!"),
    })
    .await;
    let notebook = std::sync::Arc::new(Notebook::default());
    let fetcher = fetcher(config()).observed_by(notebook.clone());
    let url = site.url("/callback");
    assert!(post(&fetcher, &url).await.is_ok());
    assert!(post(&fetcher, &url).await.is_err() && post(&fetcher, &url).await.is_err());
    assert!(post(&fetcher, "http://unknown.test/").await.is_err());
    assert_eq!(
        *notebook.0.lock().unwrap(),
        [
            (Some(200), r#"{"error":0}"#.to_owned(), false, 1),
            (Some(500), "x".repeat(ANSWER_KEPT), true, 1),
            (Some(200), "Saved!".to_owned(), false, 1),
            (None, String::new(), false, 1),
        ]
    );
}
