//! What a participant may do, against a browser that does not keep to it.

use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, new_key, signed};

/// A config for a reader.
fn reading(integrator: &Integrator, key: &str, permissions: &Value) -> Value {
    let mut config = integrator.config(key, "v1", "Vera");
    config["document"]["permissions"] = permissions.clone();
    signed(config)
}

/// Inputs that would change the document.
fn changes() -> Vec<Value> {
    vec![
        json!({ "kind": "text", "text": "EVIL" }),
        json!({ "kind": "key", "char": 97, "code": 512 }),
        json!({ "kind": "key", "char": 0, "code": 1286 }),
        json!({ "kind": "key", "char": 0, "code": 0x2219 }),
        json!({ "kind": "compose", "text": "EVIL" }),
        json!({ "kind": "erase", "before": 0, "after": 5 }),
        json!({ "kind": "command", "name": ".uno:Bold", "args": {} }),
        json!({ "kind": "command", "name": ".uno:Undo", "args": {} }),
        json!({ "kind": "command", "name": ".uno:SwBackspace", "args": {} }),
        json!({ "kind": "paste", "mime": "text/plain;charset=utf-8", "data": "RVZJTA==" }),
        json!({ "kind": "graphic", "action": "start", "x": 2000, "y": 2000 }),
        json!({ "kind": "cell", "address": "A1", "text": "EVIL" }),
    ]
}

/// Sends everything that a reader must not do; each is denied by name.
async fn try_everything(reader: &mut Browser) {
    for input in changes() {
        let seq = reader.input(input.clone()).await;
        let answer = reader
            .until_that(|m| m["seq"] == seq && (m["type"] == "denied" || m["type"] == "ack"))
            .await;
        assert_eq!(answer["type"], "denied", "{input}");
        assert_eq!(answer["code"], "rights.view_only", "{input}");
        assert!(answer["message"].is_string() && answer["hint"].is_string());
    }
    // Selecting is permitted, and cutting what is selected is only copying.
    let seq = reader
        .input(json!({ "kind": "command", "name": ".uno:SelectAll", "args": {} }))
        .await;
    reader.until_applied(seq).await;
    reader
        .say(&json!({ "type": "copy", "id": 7, "cut": true }))
        .await;
    let clipboard = reader.until("clipboard").await;
    assert!(
        clipboard["text"]
            .as_str()
            .unwrap()
            .contains("The first line")
    );
    reader.say(&json!({ "type": "save" })).await;
    reader.say(&json!({ "type": "ping" })).await;
    reader.until("pong").await;
}

#[tokio::test]
async fn p1_a_reader_changes_nothing_whatever_he_sends() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p1");
    let ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut vera = Browser::open(
        &server,
        &reading(&integrator, &key, &json!({ "edit": false })),
    )
    .await;
    assert_eq!(vera.opened["access"], "view");
    try_everything(&mut vera).await;
    ann.leave().await;
    vera.leave().await;
    // 4, not 2: the document is as it was.
    let told = [integrator.called().await, integrator.called().await];
    assert_eq!(told.map(|called| called.status()), [1, 4]);
}

#[tokio::test]
async fn p1_what_a_reader_sent_is_not_in_the_file_that_others_save() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p1-file");
    let mut config = integrator.config(&key, "v1", "Vera");
    config["editorConfig"]["mode"] = "view".into();
    let mut vera = Browser::open(&server, &signed(config)).await;
    try_everything(&mut vera).await;
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("By Ann. ").await;
    try_everything(&mut vera).await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    assert_eq!(saved.body["users"], json!(["u1"]));
    let text = reqwest::get(saved.body["url"].as_str().unwrap())
        .await
        .unwrap();
    let text = text.text().await.unwrap();
    assert_eq!(
        text.trim_start_matches('\u{feff}').trim_end(),
        "By Ann. The first line"
    );
}

#[tokio::test]
async fn p2_who_may_only_comment_edits_no_text() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p2");
    let permissions = json!({ "edit": false, "comment": true, "review": false });
    let mut vera = Browser::open(&server, &reading(&integrator, &key, &permissions)).await;
    try_everything(&mut vera).await;
    vera.leave().await;
    assert!(integrator.all_called().is_empty(), "nobody edited");
}

#[tokio::test]
async fn p3_copying_is_refused_by_the_server() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p3");
    let permissions = json!({ "edit": true, "copy": false, "download": false });
    let mut ann = Browser::open(&server, &reading(&integrator, &key, &permissions)).await;
    assert_eq!(
        (&ann.opened["copy"], &ann.opened["download"]),
        (&json!(false), &json!(false))
    );
    let seq = ann
        .input(json!({ "kind": "command", "name": ".uno:SelectAll", "args": {} }))
        .await;
    ann.until_applied(seq).await;
    for cut in [false, true] {
        ann.say(&json!({ "type": "copy", "id": 1, "cut": cut }))
            .await;
        let clipboard = ann.until("clipboard").await;
        assert_eq!(
            (&clipboard["text"], &clipboard["html"]),
            (&Value::Null, &Value::Null)
        );
    }
    for path in ["/downloadas", "/savefile"] {
        let answer = reqwest::Client::new()
            .post(server.url(&format!("{path}/{key}")))
            .bearer_auth(ann.opened["session"].as_str().unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 501, "{path}");
    }
}

#[tokio::test]
async fn an_input_that_is_sent_again_is_applied_once() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("again");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let text = |text: &str| json!({ "kind": "text", "text": text });
    let first = ann.input(text("One. ")).await;
    ann.until_applied(first).await;
    for _ in 0..3 {
        ann.numbered(first, text("One. ")).await;
        let ack = ann.until("ack").await;
        assert_eq!(ack["seq"], first);
    }
    // Both halves of a pair under way, and sent again before either is confirmed.
    let second = ann.input(text("Two. ")).await;
    ann.numbered(second, text("Two. ")).await;
    let third = ann.input(text("Three. ")).await;
    ann.numbered(second, text("EVIL")).await;
    ann.until_applied(third).await;
    // A lost connection: the browser does not know what arrived, and sends all of it again.
    let opened = ann.opened.clone();
    drop(ann);
    let mut ann = Browser::come_back(&server, &key, &opened, third).await;
    assert_eq!(ann.opened["participant"], opened["participant"]);
    assert_eq!(
        (&ann.opened["fresh"], &ann.opened["applied"]),
        (&json!(false), &json!(third))
    );
    for seq in [first, second, third] {
        ann.numbered(seq, text("EVIL")).await;
    }
    ann.types("Four. ").await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    let answer = reqwest::get(saved.body["url"].as_str().unwrap())
        .await
        .unwrap();
    let saved = answer.text().await.unwrap();
    assert!(
        saved.contains("One. Two. Three. Four. The first line"),
        "{saved}"
    );
    assert!(!saved.contains("EVIL"), "{saved}");
}

#[tokio::test]
async fn a_denied_input_does_not_stop_the_next() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("denied");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    for input in [
        json!({ "kind": "command", "name": ".uno:Open", "args": {} }),
        json!({ "kind": "command", "name": ".uno:RunMacro", "args": {} }),
        json!({ "kind": "command", "name": "macro:///Standard.Module1.Main()", "args": {} }),
        json!({ "kind": "key", "char": 0, "code": 0x220e }),
        json!({ "kind": "paste", "mime": "application/x-openoffice", "data": "AAAA" }),
        json!({ "kind": "text", "text": "\u{1}" }),
    ] {
        let seq = ann.input(input.clone()).await;
        let denied = ann.until_that(|m| m["seq"] == seq).await;
        assert_eq!(denied["type"], "denied", "{input}");
        assert!(denied["code"].as_str().unwrap().contains('.'), "{denied}");
        ann.types("X").await;
    }
    ann.types(" ").await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    let answer = reqwest::get(saved.body["url"].as_str().unwrap())
        .await
        .unwrap();
    let saved = answer.text().await.unwrap();
    assert!(saved.contains("XXXXXX The first line"), "{saved}");
}
