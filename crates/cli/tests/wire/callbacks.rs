//! What the integrator is told, in which order, and what becomes of a file that is not taken.

use axum::http::StatusCode;
use recto_token::{Secret, verify_callback};
use serde_json::{Value, json};

use crate::common::{
    Answer, Browser, Called, Integrator, SECRET, Server, Setup, command, get, new_key, now, sign,
    signed,
};

/// Both tokens of a callback verify, and say what the body says.
fn check_tokens(called: &Called) {
    let secret = Secret::from(SECRET);
    let header = called.header.as_deref();
    verify_callback(&secret, &called.body, None, now()).expect("the body's token");
    verify_callback(&secret, &json!({}), header, now()).expect("the header's token");
    let claims = |token: &str| -> Value {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let payload = token.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
    };
    let mut fields = called.body.clone();
    let members = fields.as_object_mut().unwrap();
    let token = members.remove("token").unwrap();
    let in_header = claims(header.unwrap().strip_prefix("Bearer ").unwrap());
    assert_eq!(in_header["payload"], fields);
    let mut in_body = claims(token.as_str().unwrap());
    let life = |claims: &Value| claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!((life(&in_header), life(&in_body)), (300, 300));
    for time in ["iat", "exp"] {
        in_body.as_object_mut().unwrap().remove(time);
    }
    assert_eq!(in_body, fields);
}

#[tokio::test]
async fn a_session_is_told_from_the_first_arrival_to_the_saved_file() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("callbacks");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let first = integrator.called().await;
    check_tokens(&first);
    let told = |called: &Called| {
        let mut body = called.body.clone();
        body.as_object_mut().unwrap().remove("token");
        body
    };
    assert_eq!(
        told(&first),
        json!({ "key": key, "status": 1, "users": ["u1"], "actions": [{ "type": 1, "userid": "u1" }] })
    );
    let bob = Browser::open(&server, &integrator.signed(&key, "u2", "Bob")).await;
    let second = integrator.called().await;
    check_tokens(&second);
    assert_eq!(
        told(&second),
        json!({ "key": key, "status": 1, "users": ["u1", "u2"], "actions": [{ "type": 1, "userid": "u2" }] })
    );
    bob.leave().await;
    let third = integrator.called().await;
    assert_eq!(
        told(&third),
        json!({ "key": key, "status": 1, "users": ["u1"], "actions": [{ "type": 0, "userid": "u2" }] })
    );
    ann.types("Written by Ann. ").await;
    ann.leave().await;
    let last = integrator.called().await;
    check_tokens(&last);
    let body = &last.body;
    assert_eq!(body["status"], 2);
    assert_eq!(body["key"], key);
    assert_eq!(body["users"], json!(["u1"]));
    assert_eq!(body["actions"], json!([{ "type": 0, "userid": "u1" }]));
    assert_eq!(body["notmodified"], false);
    assert_eq!(body["filetype"], "txt");
    let lastsave = body["lastsave"].as_str().unwrap();
    assert!(
        lastsave.ends_with('Z') && lastsave.contains('T'),
        "{lastsave}"
    );

    let url = body["url"].as_str().unwrap();
    assert!(url.starts_with(&server.url("/cache/files/")), "{url}");
    let (status, text) = get(url).await;
    assert_eq!(status, 200);
    assert!(text.contains("Written by Ann. The first line"), "{text}");
    // Another signature, another expiry, another file: refused.
    let (path, query) = url.split_once("&sig=").unwrap();
    let other = if query.starts_with('A') { "B" } else { "A" };
    assert_eq!(
        get(&format!("{path}&sig={other}{}", &query[1..])).await.0,
        403
    );
    assert_eq!(get(path).await.0, 403);
    let longer = url.replace("expires=", "expires=9");
    assert_eq!(get(&longer).await.0, 403);
    let (folder, file) = url.rsplit_once('/').unwrap();
    let swapped = format!("{folder}0/{file}");
    assert_eq!(get(&swapped).await.0, 403);

    // The key is used up: opening it again would lose what was saved.
    server
        .logged(|log| log.contains(&format!("callback accepted key={key} status=2")))
        .await;
    let again = Browser::open_refused(&server, &key, &integrator.signed(&key, "u1", "Ann")).await;
    assert_eq!(again.code(), "session.version_changed");
    assert_eq!(again.last["editorError"], -102);
}

#[tokio::test]
async fn a_document_closed_unchanged_is_status_4() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("unchanged");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    // Moving the caret changes nothing.
    let seq = ann
        .input(json!({ "kind": "key", "char": 0, "code": 1027 }))
        .await;
    ann.until_applied(seq).await;
    ann.leave().await;
    assert_eq!(integrator.called().await.status(), 1);
    let closed = integrator.called().await;
    check_tokens(&closed);
    let mut body = closed.body.clone();
    body.as_object_mut().unwrap().remove("token");
    assert_eq!(
        body,
        json!({ "key": key, "status": 4, "actions": [{ "type": 0, "userid": "u1" }] })
    );
}

#[tokio::test]
async fn an_editor_who_returns_in_time_cancels_the_final_save() {
    let server = Server::start(&Setup::default().arg("--save-seconds", "4")).await;
    let (integrator, clock) = (Integrator::start().await, Integrator::start().await);
    let (key, later) = (new_key("returns"), new_key("later"));
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let eve = Browser::open(&server, &clock.signed(&later, "u3", "Eve")).await;
    ann.types("One. ").await;
    ann.saves().await;
    ann.leave().await;
    let mut ben = Browser::open(&server, &integrator.signed(&key, "u2", "Ben")).await;
    // Another document is left after that: when its delay is over, so is this one's.
    eve.leave().await;
    assert_eq!(clock.called_with(4).await.status(), 4);
    let told: Vec<_> = integrator
        .all_called()
        .iter()
        .map(|called| (called.status(), called.body["users"].clone()))
        .collect();
    assert_eq!(told, [(1, json!(["u1"])), (1, json!(["u2"]))]);
    ben.types("Two. ").await;
    ben.leave().await;
    let saved = integrator.called_with(2).await;
    assert_eq!(saved.body["users"], json!(["u2"]));
    let (_, text) = get(saved.body["url"].as_str().unwrap()).await;
    assert!(text.contains("One. ") && text.contains("Two. "), "{text}");
    assert_eq!(integrator.fetched().len(), 1, "the file is fetched once");
}

#[tokio::test]
async fn a_callback_that_fails_is_sent_again_until_it_is_taken() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("retry");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    assert_eq!(integrator.called().await.status(), 1);
    integrator.answer_next([
        Answer(StatusCode::INTERNAL_SERVER_ERROR, "out of order"),
        Answer(StatusCode::SERVICE_UNAVAILABLE, ""),
    ]);
    ann.types("Kept. ").await;
    ann.leave().await;
    let mut urls = Vec::new();
    for _ in 0..3 {
        let called = integrator.called().await;
        check_tokens(&called);
        assert_eq!(called.status(), 2);
        urls.push(called.body["url"].as_str().unwrap().to_owned());
    }
    server
        .logged(|log| log.contains(&format!("callback accepted key={key} status=2")))
        .await;
    let (status, text) = get(&urls[2]).await;
    assert_eq!(status, 200);
    assert!(text.contains("Kept. "), "{text}");
}

#[tokio::test]
async fn a_file_that_is_refused_is_kept_and_opens_with_its_key() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("forgotten");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    assert_eq!(integrator.called().await.status(), 1);
    integrator.answer_next([Answer(StatusCode::OK, r#"{"error":1}"#)]);
    ann.types("Refused at first. ").await;
    ann.leave().await;
    assert_eq!(integrator.called().await.status(), 2);
    server
        .logged(|log| {
            log.lines()
                .any(|line| line.contains("kept as forgotten") && line.contains(&key))
        })
        .await;
    let bob = Browser::open(&server, &integrator.signed(&key, "u2", "Bob")).await;
    assert_eq!(integrator.called().await.status(), 1);
    bob.leave().await;
    let saved = integrator.called().await;
    assert_eq!(saved.status(), 2);
    let (_, text) = get(saved.body["url"].as_str().unwrap()).await;
    assert!(text.contains("Refused at first. The first line"), "{text}");
    assert_eq!(
        integrator.fetched().len(),
        1,
        "the kept file is opened, not the old one"
    );
}

#[tokio::test]
async fn a_missing_callback_is_told_to_whoever_could_mend_it() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("no-callback");
    let mut config = integrator.config(&key, "u1", "Ann");
    config["editorConfig"]
        .as_object_mut()
        .unwrap()
        .remove("callbackUrl");
    let mut ann = Browser::open(&server, &signed(config)).await;
    let notice = ann.until("notice").await;
    assert_eq!(notice["code"], "callback.missing");
    ann.types("Nobody takes this. ").await;
    ann.leave().await;
    server
        .logged(|log| {
            log.lines()
                .any(|line| line.contains("kept as forgotten") && line.contains(&key))
        })
        .await;
    assert!(integrator.all_called().is_empty());
}

/// The parts of a zip file by name.
async fn archive(url: &str) -> std::collections::HashMap<String, Vec<u8>> {
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let bytes = answer.bytes().await.unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut parts = std::collections::HashMap::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        parts.insert(part.name().to_owned(), content);
    }
    parts
}

#[tokio::test]
async fn a_saved_file_comes_with_what_was_changed() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("changes");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut bob = Browser::open(&server, &integrator.signed(&key, "u2", "Bob")).await;
    ann.types("By Ann. ").await;
    bob.types("By Bob. ").await;
    ann.leave().await;
    bob.leave().await;
    let saved = integrator.called_with(2).await;
    check_tokens(&saved);
    let history = &saved.body["history"];
    assert_eq!(history["serverVersion"], recto_docs_api::DOCS_API_VERSION);
    let users: Vec<_> = history["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["user"].clone())
        .collect();
    assert_eq!(
        users,
        [
            json!({ "id": "u1", "name": "Ann" }),
            json!({ "id": "u2", "name": "Bob" })
        ]
    );
    let parts = archive(saved.body["changesurl"].as_str().unwrap()).await;
    assert_eq!(parts["previous.txt"], b"The first line\n");
    let current = String::from_utf8(parts["current.txt"].clone()).unwrap();
    assert!(
        current.contains("By Ann. ") && current.contains("By Bob. "),
        "{current}"
    );
    let list: Value = serde_json::from_slice(&parts["changes.json"]).unwrap();
    assert_eq!(list["changes"], history["changes"]);
    assert_eq!(
        (&list["previous"], &list["current"]),
        (&json!("previous.txt"), &json!("current.txt"))
    );
}

#[tokio::test]
async fn by_the_clock_the_integrator_is_given_what_was_changed() {
    let mut setup = Setup::default();
    setup = setup.arg("--force-save-seconds", "1");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("timer");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Soon there. ").await;
    let saved = integrator.called_with(6).await;
    check_tokens(&saved);
    assert_eq!(
        (
            &saved.body["forcesavetype"],
            &saved.body["users"],
            saved.body.get("actions")
        ),
        (&json!(2), &json!(["u1"]), None)
    );
    let (_, file) = get(saved.body["url"].as_str().unwrap()).await;
    assert!(file.contains("Soon there. "), "{file}");
    ann.leave().await;
    assert_eq!(integrator.called_with(2).await.body["notmodified"], true);
}

#[tokio::test]
async fn a_version_of_the_history_is_shown_and_stays_as_it_is() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("old.txt", "An older text");
    let key = new_key("history");
    let ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let version = |token: bool| {
        let mut data =
            json!({ "version": 1, "key": "old", "url": integrator.url("/files/old.txt") });
        if token {
            data["token"] = sign(&data, 300).into();
        }
        json!({ "type": "open", "version": data, "session": ann.opened["session"] })
    };
    let refused = Browser::refused(&server, &key, &version(false)).await;
    assert_eq!(refused.code(), "token.missing");
    let mut looking = Browser::connect(&server, &key).await;
    looking.say(&version(true)).await;
    let opened = looking.until_opened().await;
    assert_eq!(
        (&opened["access"], &opened["comment"]),
        (&json!("view"), &json!(false))
    );
    looking.opened = opened;
    let seq = looking
        .input(json!({ "kind": "text", "text": "EVIL" }))
        .await;
    let denied = looking.until_that(|m| m["seq"] == seq).await;
    assert_eq!(denied["code"], "rights.view_only");
    let seq = looking
        .input(json!({ "kind": "command", "name": ".uno:SelectAll", "args": {} }))
        .await;
    looking.until_applied(seq).await;
    looking.say(&json!({ "type": "copy", "id": 1 })).await;
    let copied = looking.until("clipboard").await;
    assert!(
        copied["text"].as_str().unwrap().contains("An older text"),
        "{copied}"
    );
    looking.leave().await;
    let mut bob = Browser::open(&server, &integrator.signed(&key, "u2", "Bob")).await;
    let drop = json!({ "c": "drop", "key": key, "users": ["u1"] });
    assert_eq!(command(&server, &drop).await["error"], 0);
    // A user who was sent away from the document sees no version of it either.
    let refused = Browser::refused(&server, &key, &version(true)).await;
    assert_eq!(refused.code(), "session.dropped");
    bob.types("Still here. ").await;
    bob.leave().await;
    let saved = integrator.called_with(2).await;
    let (_, file) = get(saved.body["url"].as_str().unwrap()).await;
    assert!(file.contains("Still here. The first line"), "{file}");
}
