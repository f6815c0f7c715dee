//! Cutting is one of the inputs, with its selection.

use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, new_key};

/// Selects the first word, which is `The`, by Shift and the arrow.
async fn select_the_first_word(browser: &mut Browser) {
    for _ in 0..3 {
        let right = json!({ "kind": "key", "char": 0, "code": 0x1000 | 0x0403 });
        browser.input(right).await;
    }
}

async fn text_of(saved: &Value) -> String {
    let file = reqwest::get(saved["url"].as_str().unwrap()).await.unwrap();
    file.text().await.unwrap()
}

#[tokio::test]
async fn o1_a_letter_typed_right_after_a_cut_stays_and_nothing_else_goes() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("o1");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    select_the_first_word(&mut ann).await;
    let cut = ann.input(json!({ "kind": "cut", "id": 9 })).await;
    let seq = ann.input(json!({ "kind": "text", "text": "X" })).await;
    let all = ann
        .all_until(|m| m["type"] == "ack" && m["seq"].as_u64() >= Some(seq))
        .await;
    let at = |wanted: &dyn Fn(&Value) -> bool| all.iter().position(wanted);
    let clipboard = at(&|m| m["type"] == "clipboard").unwrap();
    assert_eq!(all[clipboard]["id"], 9);
    assert_eq!(all[clipboard]["text"], "The");
    // What was taken is told before it is confirmed.
    let acknowledged = at(&|m| m["type"] == "ack" && m["seq"].as_u64() >= Some(cut)).unwrap();
    assert!(clipboard < acknowledged);
    // With nothing selected, nothing goes.
    let seq = ann.input(json!({ "kind": "cut", "id": 10 })).await;
    let clipboard = ann.until("clipboard").await;
    assert_eq!(
        (&clipboard["id"], &clipboard["text"]),
        (&json!(10), &Value::Null)
    );
    ann.until_applied(seq).await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    let text = text_of(&saved.body).await;
    assert!(text.contains("X first line"), "{text}");
}

#[tokio::test]
async fn o2_a_cut_followed_by_a_save_is_in_the_file() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("o2");
    let mut config = integrator.config(&key, "u1", "Ann");
    config["editorConfig"]["customization"] = json!({ "forcesave": true });
    let mut ann = Browser::open(&server, &crate::common::signed(config)).await;
    select_the_first_word(&mut ann).await;
    ann.input(json!({ "kind": "cut", "id": 1 })).await;
    ann.say(&json!({ "type": "save" })).await;
    let saved = integrator.called_with(6).await;
    let text = text_of(&saved.body).await;
    assert!(
        text.contains(" first line") && !text.contains("The"),
        "{text}"
    );
}

#[tokio::test]
async fn a_cut_that_is_sent_again_is_applied_once() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("cut-again");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let all = json!({ "kind": "command", "name": ".uno:SelectAll", "args": {} });
    ann.input(all.clone()).await;
    let cut = json!({ "kind": "cut", "id": 1 });
    let seq = ann.input(cut.clone()).await;
    ann.until_applied(seq).await;
    let typed = ann.input(json!({ "kind": "text", "text": "New." })).await;
    ann.until_applied(typed).await;
    let selected = ann.input(all).await;
    ann.until_applied(selected).await;
    ann.numbered(seq, cut).await;
    ann.until("ack").await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    let text = text_of(&saved.body).await;
    assert_eq!(text.trim(), "New.");
}
