//! What is lost when a process dies, and who is told: every user, and never that nothing was changed.

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, Setup, get, kill, new_key};

/// The same server again, at the same address and on the same data.
async fn restarted(server: Server, setup: Setup) -> (Server, Setup) {
    server.kill();
    let address = server.address().to_string();
    drop(server);
    let setup = setup.arg("--listen", &address);
    (Server::start(&setup).await, setup)
}

/// Snapshots only when a user asks for one.
fn without_snapshots() -> Setup {
    Setup::default().arg("--snapshot-seconds", "600")
}

async fn told_of_loss(browser: &mut Browser, code: &str) -> String {
    let told = browser
        .until_that(|message| message["type"] == "notice" && message["code"] == code)
        .await;
    told["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn ch2_a_kit_that_dies_in_the_final_save_leaves_the_last_snapshot_to_be_delivered_at_once() {
    let server = Server::start(&without_snapshots()).await;
    let integrator = Integrator::start().await;
    let key = new_key("ch2");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Kept. ").await;
    ann.saves().await;
    ann.types("Lost. ").await;
    let kit = server.kit_of(&key).await;
    kill(kit, Signal::STOP);
    ann.leave().await;
    let begun = format!("the final save begins key={key}");
    server.logged(|log| log.contains(&begun)).await;
    kill(kit, Signal::KILL);
    let saved = integrator.called_with(2).await;
    let (_, text) = get(saved.body["url"].as_str().unwrap()).await;
    assert!(
        text.contains("Kept. ") && !text.contains("Lost. "),
        "{text}"
    );
    let lost = format!("changes are lost that no snapshot held key={key}");
    server.logged(|log| log.contains(&lost)).await;
}

#[tokio::test]
async fn ch3_a_changed_document_is_never_said_to_be_unchanged() {
    let setup = without_snapshots();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    // One changed by somebody who does not come back after the death of the server …
    let restarted_key = new_key("ch3-server");
    let config = integrator.signed(&restarted_key, "u1", "Ann");
    let mut ann = Browser::open(&server, &config).await;
    ann.types("Lost. ").await;
    let (server, _setup) = restarted(server, setup).await;
    let failed = integrator.called_with(3).await;
    assert_eq!(failed.body["key"], restarted_key.as_str());
    // … and one that is closed after its engine process died.
    let key = new_key("ch3-kit");
    let mut ben = Browser::open(&server, &integrator.signed(&key, "u2", "Ben")).await;
    ben.types("Lost. ").await;
    kill(server.kit_of(&key).await, Signal::KILL);
    ben.until_opened().await;
    ben.leave().await;
    let failed = integrator.called_with(3).await;
    assert_eq!(failed.body["key"], key.as_str());
    let all = integrator.all_called();
    assert!(all.iter().all(|it| it.status() != 4), "{all:?}");
    // It was told. Who opens it again and changes nothing has changed nothing.
    let mut eve = Browser::open(&server, &integrator.signed(&key, "u3", "Eve")).await;
    let message = told_of_loss(&mut eve, "session.lost").await;
    assert!(message.contains("what Ben wrote after "), "{message}");
    eve.leave().await;
    integrator.called_with(4).await;
}

#[tokio::test]
async fn ch4_everybody_is_told_whose_words_a_restart_lost() {
    let setup = without_snapshots().arg("--recover-seconds", "600");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let (key, other) = (new_key("ch4"), new_key("ch4-other"));
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut ben = Browser::open(&server, &integrator.signed(&key, "u2", "Ben")).await;
    let mut dan = Browser::open(&server, &integrator.signed(&other, "u4", "Dan")).await;
    ann.types("Kept. ").await;
    ann.saves().await;
    dan.types("Kept. ").await;
    dan.saves().await;
    ann.types("Lost. ").await;
    ben.types("Lost. ").await;
    let before: Vec<Value> = [&ann, &ben, &dan].map(|it| it.opened.clone()).into();
    let (server, _setup) = restarted(server, setup).await;
    let mut ann = Browser::come_back(&server, &key, &before[0], 2).await;
    let mut ben = Browser::come_back(&server, &key, &before[1], 1).await;
    let mut eve = Browser::open(&server, &integrator.signed(&key, "u3", "Eve")).await;
    for user in [&mut ann, &mut ben, &mut eve] {
        let message = told_of_loss(user, "session.lost").await;
        let expected = "This document had to be restored, and what Ann and Ben wrote after ";
        assert!(message.starts_with(expected), "{message}");
    }
    // Nobody is told of a loss where there was none.
    let mut dan = Browser::come_back(&server, &other, &before[2], 1).await;
    dan.say(&json!({ "type": "ping" })).await;
    let passed = dan.all_until(|message| message["type"] == "pong").await;
    assert!(passed.iter().all(|it| it["type"] != "notice"), "{passed:?}");
}

#[tokio::test]
async fn ch4_everybody_is_told_whose_words_an_engine_process_took_along() {
    let server = Server::start(&without_snapshots()).await;
    let integrator = Integrator::start().await;
    let key = new_key("ch4-kit");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut ben = Browser::open(&server, &integrator.signed(&key, "u2", "Ben")).await;
    ann.types("Lost. ").await;
    ben.types("Lost. ").await;
    // There is no snapshot yet.
    kill(server.kit_of(&key).await, Signal::KILL);
    for user in [&mut ann, &mut ben] {
        let message = told_of_loss(user, "session.recovered").await;
        let expected = "LibreOffice ended and opens the last stored state of this document again; what Ann and Ben wrote in the last ";
        assert!(message.starts_with(expected), "{message}");
        assert!(!message.contains(" 0 "), "{message}");
    }
    ann.until_opened().await;
    // A second death finds everything stored.
    ann.types("Kept. ").await;
    ann.saves().await;
    kill(server.kit_of(&key).await, Signal::KILL);
    let message = told_of_loss(&mut ann, "session.recovered").await;
    assert_eq!(
        message,
        "LibreOffice ended and opens the last stored state of this document again; nothing that was confirmed is lost."
    );
}

#[tokio::test]
async fn ch8_a_callback_that_hangs_does_not_keep_its_document_closed() {
    let setup = Setup::default();
    let limits = "[limits]\ndelivery_seconds = 1\n";
    std::fs::write(setup.data().join("recto.toml"), limits).unwrap();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("ch8");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    assert_eq!(integrator.called().await.status(), 1);
    ann.types("First. ").await;
    let release = integrator.hold_next();
    ann.leave().await;
    assert_eq!(integrator.called().await.status(), 2);
    // Ben is told what is waited for, and is let in after a while.
    let mut ben = Browser::connect(&server, &key).await;
    let config = integrator.signed(&key, "u2", "Ben");
    ben.say(&json!({ "type": "open", "config": config })).await;
    let stage = ben.until("progress").await;
    assert_eq!(stage["stage"], "delivering");
    ben.until_opened().await;
    ben.types("Second. ").await;
    ben.saves().await;
    // Statuses keep their order: that Ben has come is told after the answer.
    assert_eq!(integrator.all_called().len(), 2);
    drop(release);
    assert_eq!(integrator.called().await.status(), 1);
    ben.leave().await;
    let saved = integrator.called().await;
    assert_eq!(saved.status(), 2);
    let (_, text) = get(saved.body["url"].as_str().unwrap()).await;
    assert!(
        text.contains("First. ") && text.contains("Second. "),
        "{text}"
    );
}

#[tokio::test]
async fn ch7_an_input_that_the_engine_dies_of_twice_is_left_out_and_its_author_told() {
    let server = Server::start(&Setup::default()).await;
    let integrator = Integrator::start().await;
    let key = new_key("ch7");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut ben = Browser::open(&server, &integrator.signed(&key, "u2", "Ben")).await;
    ann.types("Before. ").await;
    let text = |text: &str| json!({ "kind": "text", "text": text });
    let poison = 2;
    for _ in 0..2 {
        // What hangs over an input and is killed, as by its limit.
        let kit = server.kit_of(&key).await;
        kill(kit, Signal::STOP);
        ann.numbered(poison, text("Poison. ")).await;
        ann.numbered(poison + 1, text("After. ")).await;
        ann.say(&json!({ "type": "ping" })).await;
        ann.until("pong").await;
        ben.numbered(1, text("By Ben. ")).await;
        ben.say(&json!({ "type": "ping" })).await;
        ben.until("pong").await;
        kill(kit, Signal::KILL);
        ann.until_opened().await;
        ben.until_opened().await;
    }
    // All is sent again, and all but one is carried out.
    ann.numbered(poison, text("Poison. ")).await;
    ann.numbered(poison + 1, text("After. ")).await;
    ben.numbered(1, text("By Ben. ")).await;
    let denied = ann.until("denied").await;
    assert_eq!(
        (&denied["seq"], &denied["code"]),
        (&json!(poison), &json!("engine.input_left_out"))
    );
    ann.until_applied(poison + 1).await;
    ben.until_applied(1).await;
    ann.leave().await;
    ben.leave().await;
    let saved = integrator.called_with(2).await;
    let (_, saved) = get(saved.body["url"].as_str().unwrap()).await;
    assert!(
        saved.contains("After. ") && saved.contains("By Ben. "),
        "{saved}"
    );
    assert!(!saved.contains("Poison. "), "{saved}");
}
