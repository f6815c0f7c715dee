//! What one participant has under way is limited, and the others are served meanwhile.

use std::cell::Cell;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::common::{Browser, Integrator, Server, Setup, new_key, signed};

fn viewer(integrator: &Integrator, key: &str) -> Value {
    let mut config = integrator.config(key, "u2", "Vera");
    config["document"]["permissions"] = json!({ "edit": false });
    signed(config)
}

fn numbered(seq: u64, input: &Value) -> Message {
    Message::text(json!({ "type": "input", "seq": seq, "input": input }).to_string())
}

/// Types words one by one while something else goes on; gives the longest time that one took.
async fn type_meanwhile(ann: &mut Browser, words: usize) -> Duration {
    let mut slowest = Duration::ZERO;
    for word in 0..words {
        let begun = Instant::now();
        // A capital, or the engine would make one of the first.
        ann.types(&format!("W{word} ")).await;
        slowest = slowest.max(begun.elapsed());
    }
    slowest
}

/// The words that [`type_meanwhile`] typed.
fn words(count: usize) -> String {
    let all: Vec<_> = (0..count).map(|word| format!("W{word} ")).collect();
    all.concat()
}

#[tokio::test]
async fn l3_ten_thousand_costly_inputs_of_one_hold_up_nobody_else() {
    let server = Server::start(&Setup::default()).await;
    let integrator = Integrator::start().await;
    let key = new_key("l3");
    integrator.serve("text.txt", "0123456789 abcdefghij klmnopqrst\n".repeat(300));
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut vera = Browser::open(&server, &viewer(&integrator, &key)).await;
    let find_all = json!({
        "kind": "command", "name": ".uno:ExecuteSearch", "args": {
            "SearchItem.SearchString": { "type": "string", "value": "e" },
            "SearchItem.Command": { "type": "long", "value": 1 },
        },
    });
    let seq = vera.input(find_all.clone()).await;
    vera.until_applied(seq).await;

    // As many are under way all the time as may be. Those of others do not wait behind all of them.
    let mut sent = seq;
    for _ in 0..200 {
        sent += 1;
        vera.send(numbered(sent, &find_all)).await;
    }
    let acked = Cell::new(0);
    acked.set(vera.until("ack").await["seq"].as_u64().unwrap());
    let flood = async {
        loop {
            acked.set(vera.until("ack").await["seq"].as_u64().unwrap());
            sent += 1;
            vera.send(numbered(sent, &find_all)).await;
        }
    };
    let works = async {
        let mut most = 0;
        for word in 0..5 {
            let before = acked.get();
            ann.types(&format!("F{word} ")).await;
            most = most.max(acked.get() - before);
        }
        most
    };
    let most = tokio::select! {
        biased;
        most = works => most,
        () = flood => unreachable!("it has no end"),
    };
    println!("l3: {most} of the others' inputs went before one");
    assert!(most < 32, "{most} went before one, and 64 are under way");

    let seq = sent;
    let before = server.memory();
    let flood = async {
        for n in 0..10_000 {
            if !vera.try_send(numbered(seq + 1 + n, &find_all)).await {
                return n;
            }
        }
        10_000
    };
    let works = async {
        let slowest = type_meanwhile(&mut ann, 5).await;
        ann.saves().await;
        slowest
    };
    // The flood ends with the work: its connection is dropped then.
    let slowest = tokio::select! {
        biased;
        slowest = works => slowest,
        sent = async { let sent = flood.await; std::future::pending::<()>().await; sent } => {
            panic!("never reached: {sent}")
        }
    };
    let grown = server.memory().saturating_sub(before);
    println!(
        "l3: the slowest key took {slowest:?}; {} MiB more",
        grown >> 20
    );
    assert!(grown < 64 << 20, "{} MiB more", grown >> 20);
    drop(vera);
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    let file = reqwest::get(saved.body["url"].as_str().unwrap())
        .await
        .unwrap();
    let text = file.text().await.unwrap();
    let all = format!("F0 F1 F2 F3 F4 {}", words(5));
    assert!(text.starts_with(&all), "{text:.200}");
}

#[tokio::test]
async fn l3_large_pastes_of_one_take_no_more_memory_than_their_credit() {
    let server = Server::start(&Setup::default()).await;
    let integrator = Integrator::start().await;
    let key = new_key("l3-paste");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut eve = Browser::open(&server, &integrator.signed(&key, "u2", "Eve")).await;
    // 9 MB that are no picture: they cost memory on the way, and nothing in the document.
    let paste = json!({
        "kind": "paste", "mime": "image/png", "data": "AAAA".repeat(3 << 20),
    });
    let before = server.memory();
    let mut most = 0;
    for n in 0..10 {
        if !eve.try_send(numbered(n + 1, &paste)).await {
            break;
        }
        most = most.max(server.memory().saturating_sub(before));
        ann.types("a").await;
    }
    println!("l3: pastes: {} MiB more at most", most >> 20);
    // The credit of 32 MiB, the frame that is being read, and each of them decoded and encoded once.
    assert!(most < 200 << 20, "{} MiB more", most >> 20);
}

#[tokio::test]
async fn l3_who_may_not_change_a_document_sends_no_large_messages() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("l3-viewer");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut vera = Browser::open(&server, &viewer(&integrator, &key)).await;
    let message = |bytes: usize| {
        let chat = json!({ "type": "chat", "text": "", "beside": "x".repeat(bytes) });
        Message::text(chat.to_string())
    };
    for _ in 0..3 {
        vera.send(message(200 << 10)).await;
        ann.send(message(1 << 20)).await;
    }
    ann.types("a").await;
    vera.say(&json!({ "type": "ping" })).await;
    vera.until("pong").await;
    vera.try_send(message(1 << 20)).await;
    vera.ending().await;
    ann.types("b").await;
}

#[tokio::test]
async fn w7_questions_beyond_the_limit_are_answered_at_once() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("w7-questions");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    for id in 0..40 {
        ann.say(&json!({ "type": "download", "id": id, "format": "pdf" }))
            .await;
    }
    let mut busy = 0;
    for _ in 0..40 {
        let answer = ann.until("download").await;
        busy += usize::from(answer["code"] == "session.busy");
        assert!(
            answer["url"].is_string() || answer["code"] == "session.busy",
            "{answer}"
        );
    }
    assert!((1..=32).contains(&busy), "{busy}");
}

#[tokio::test]
async fn l3_copies_beyond_a_tenants_room_are_refused() {
    let setup = Setup::default().file("[limits]\nresults_bytes = 1\n");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("l3-results");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let wish = |id: u64| json!({ "type": "download", "id": id, "format": "txt" });
    ann.say(&wish(1)).await;
    assert!(ann.until("download").await["url"].is_string());
    ann.say(&wish(2)).await;
    assert_eq!(ann.until("download").await["code"], "tenant.results_full");
    // Saving is not held up by it.
    ann.types("Saved. ").await;
    ann.leave().await;
    integrator.called_with(2).await;
}
