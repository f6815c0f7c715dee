use std::time::Duration;

use recto_docs_api::{Access, DocumentKey, FileType, Permissions};
use recto_token::{Participant, Secret};
use serde_json::json;

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn log() -> CallbackLog {
    CallbackLog::new(
        None,
        Arc::new(Keys::from_secret(Secret::from(SECRET))),
        Metrics::new("0", "0"),
    )
}

fn opening(key: &str) -> Verified<Opening> {
    Verified::with_tokens_off(Opening {
        key: key.parse().unwrap(),
        url: "https://app.example/file?token=hidden".into(),
        title: "Report.docx".into(),
        file_type: FileType::parse("docx").unwrap(),
        callback_url: Some("https://app.example/track?doc=hidden".into()),
        user: Participant {
            id: "u1".into(),
            name: "Ann".into(),
            group: None,
            signed: true,
        },
        lang: None,
        access: Access::Edit,
        permissions: Permissions::default(),
        force_save: false,
        losses: None,
        version_of: None,
        previous: None,
    })
}

fn callback(key: &str) -> Callback {
    let mut callback = Callback::new(DocumentKey::try_from(key).unwrap(), Status::Ready);
    callback.url =
        Some("https://docs.example/cache/files/1/output.docx?expires=1&sig=hidden".into());
    callback.users = Some(vec!["u1".into()]);
    callback
}

fn delivered(status: u16, body: &str) -> Delivered {
    Delivered {
        result: if status == 200 {
            Ok(())
        } else {
            Err(CallbackError::Status {
                origin: "https://app.example".into(),
                status,
                signed: true,
            })
        },
        status: Some(status),
        answer: body.into(),
        cut: false,
        requests: 1,
        took: Duration::from_millis(12),
    }
}

#[test]
fn t19_an_attempt_is_shown_without_what_is_secret() {
    let log = log();
    let answer = format!("{{\"error\":1,\"debug\":\"{SECRET}\"}}");
    log.delivered(&opening("k1"), &callback("k1"), &delivered(500, &answer));
    let [shown] = &log.list(None)[..] else {
        panic!("one was added");
    };
    let mut json = serde_json::to_value(shown).unwrap();
    assert!(json["at"].take().as_u64() > Some(1_700_000_000_000));
    assert_eq!(json["id"].take().as_str().map(str::len), Some(12));
    assert_eq!(
        json,
        json!({
            "id": null, "at": null, "key": "k1", "status": 2,
            "address": "https://app.example/track?…",
            "fields": {
                "key": "k1", "status": 2, "users": ["u1"],
                "url": "https://docs.example/cache/files/1/output.docx?…",
            },
            "outcome": "callback.status",
            "message": "The integrator did not take the callback: https://app.example answered with status 500 instead of 200.",
            "hint": "Look in the application's log for the error behind it.",
            "answer": { "status": 500, "body": "{\"error\":1,\"debug\":\"[secret]\"}", "cut": false },
            "took": 12, "attempt": 1, "requests": 1, "replayOf": null, "replayable": true,
        })
    );
}

#[test]
fn what_a_callback_quotes_from_the_document_is_sent_again_and_never_shown() {
    let log = log();
    let mut callback = callback("k1");
    callback.lost = serde_json::from_value(json!([{
        "kind": "slicers", "rank": "function", "count": 1,
        "places": [{ "in": "sheet", "sheet": "Salaries" }],
    }]))
    .unwrap();
    log.delivered(&opening("k1"), &callback, &delivered(500, ""));
    let [shown] = &log.list(None)[..] else {
        panic!("one was added");
    };
    assert_eq!(
        shown.fields["lost"],
        json!([{ "kind": "slicers", "rank": "function", "count": 1 }])
    );
    assert!(!serde_json::to_string(shown).unwrap().contains("Salaries"));
    let (_, original) = log.original(&shown.id).unwrap();
    assert!(
        serde_json::to_string(&original)
            .unwrap()
            .contains("Salaries")
    );
}

#[test]
fn attempts_at_one_callback_are_counted() {
    let log = log();
    for status in [500, 503, 200, 200, 404] {
        log.delivered(&opening("k1"), &callback("k1"), &delivered(status, ""));
        log.delivered(&opening("k2"), &callback("k2"), &delivered(200, ""));
    }
    let counted: Vec<_> = log
        .list(Some("k1"))
        .iter()
        .rev()
        .map(|shown| shown.attempt)
        .collect();
    assert_eq!(counted, [1, 2, 3, 1, 1]);
}

#[test]
fn what_was_sent_again_says_of_what() {
    let log = log();
    log.delivered(&opening("k1"), &callback("k1"), &delivered(500, ""));
    let id = log.list(None)[0].id.clone();
    let (opening, callback) = log.original(&id).unwrap();
    assert!(callback == self::callback("k1"));
    let shown = log.replayed(&opening, &callback, &delivered(200, ""), id.clone());
    assert_eq!((shown.replay_of, shown.attempt), (Some(id), 1));
    assert!(log.original("unknown").is_none());
    // The session's own attempts are counted on from its own.
    log.delivered(&opening, &callback, &delivered(200, ""));
    assert_eq!(log.list(None)[0].attempt, 2);
}

#[test]
fn the_oldest_are_let_go() {
    let log = log();
    for _ in 0..PER_DOCUMENT + 5 {
        log.delivered(&opening("k1"), &callback("k1"), &delivered(200, ""));
    }
    assert_eq!(log.list(None).len(), PER_DOCUMENT);
    for n in 0..IN_ALL {
        let key = format!("d{n}");
        log.delivered(&opening(&key), &callback(&key), &delivered(200, ""));
    }
    assert_eq!(log.list(None).len(), IN_ALL);
    assert!(log.list(Some("k1")).is_empty());
}

#[test]
fn large_ones_are_shown_and_not_kept() {
    let log = log();
    let mut large = callback("k1");
    large.history = Some(json!({ "changes": "x".repeat(LARGE) }));
    log.delivered(&opening("k1"), &large, &delivered(200, ""));
    let shown = log.list(None).remove(0);
    assert!(!shown.replayable && log.original(&shown.id).is_none());
    assert!(shown.fields.to_string().len() < 1000);
}

#[test]
fn memory_is_bounded() {
    let log = log();
    for n in 0..IN_ALL {
        let key = format!("d{n}");
        let mut large = callback(&key);
        large.history = Some(json!({ "changes": "x".repeat(LARGE / 2) }));
        log.delivered(&opening(&key), &large, &delivered(200, ""));
    }
    let kept: usize = log.lock().iter().map(|entry| entry.bytes).sum();
    assert!(kept <= BUDGET && kept > BUDGET / 2, "{kept}");
}
