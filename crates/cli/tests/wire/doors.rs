//! Who comes in, and what is taken from those who have not said yet who they are.

use futures::future::join_all;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::common::{Browser, Integrator, Server, Setup, get, kill, new_key, signed};

#[tokio::test]
async fn l5_a_thousand_sockets_that_send_megabytes_before_any_token_are_refused() {
    let server = Server::start(&Setup::default()).await;
    let integrator = Integrator::start().await;
    let key = new_key("l5");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let before = server.memory();
    let mut most = 0;
    // A text frame of 16 MiB under an empty mask, as it is on the wire.
    let length = 16_u64 << 20;
    let mut large = vec![0x81, 0x80 | 127];
    large.extend(length.to_be_bytes());
    large.extend([0; 4]);
    large.extend(br#"{"type":"open","config":{"x":""#);
    large.resize(14 + (16 << 20), b'x');
    let (mut refused, mut taken) = (0, 0);
    for _ in 0..10 {
        let each = (0..100).map(|_| async {
            match Browser::try_connect(&server, &key).await {
                Some(mut socket) => socket.send_raw(&large).await,
                None => false,
            }
        });
        for was_taken in join_all(each).await {
            taken += usize::from(was_taken);
            refused += usize::from(!was_taken);
        }
        most = most.max(server.memory().saturating_sub(before));
    }
    ann.types("a").await;
    println!(
        "l5: {refused} refused, {taken} taken; {} MiB more at most",
        most >> 20
    );
    assert_eq!(taken, 0, "a message of 16 MiB was taken");
    // At most 512 of them are there at a time, and a little more than 256 KiB is read of each.
    assert!(most < 192 << 20, "{} MiB more", most >> 20);
}

#[tokio::test]
async fn l5_a_first_message_that_is_too_large_is_told_why() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("l5-first");
    // Most of what a config can have is taken, and a tree is cut where it is too wide or too deep.
    let mut config = integrator.config(&key, "u1", "Ann");
    config["editorConfig"]["customization"] = json!({ "about": "x".repeat(40_000) });
    let ann = Browser::open(&server, &signed(config)).await;
    ann.leave().await;
    for config in [
        format!("{}{}", "[".repeat(1000), "]".repeat(1000)),
        format!("[{}0]", "0,".repeat(50_000)),
    ] {
        let mut eve = Browser::connect(&server, &key).await;
        let open = format!(r#"{{"type":"open","config":{config}}}"#);
        eve.send(Message::text(open)).await;
        assert_eq!(eve.ending().await.code(), "live.unreadable");
    }
    // The last byte is one too many: a frame has 14 around its text.
    let mut eve = Browser::connect(&server, &key).await;
    let text = "x".repeat((256 << 10) - 14);
    eve.send(Message::text(text)).await;
    assert_eq!(eve.ending().await.code(), "live.first_message");
}

#[tokio::test]
async fn l5_sockets_of_nobody_are_limited_in_all() {
    let setup = Setup::default().file("[limits]\nunauthenticated_sockets = 3\n");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("l5-all");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let waiting = join_all((0..3).map(|_| Browser::connect(&server, &key))).await;
    assert!(Browser::try_connect(&server, &key).await.is_none());
    ann.types("a").await;
    let metrics = get(&server.url("/metrics")).await.1;
    assert!(
        metrics.contains(r#"recto_limit_refusals_total{code="live.unauthenticated"} 1"#),
        "{metrics}"
    );
    assert!(metrics.contains(r#"recto_limit{limit="unauthenticated_sockets"} 3"#));
    // One of them says who they are, and makes room.
    let mut waiting = waiting.into_iter();
    let mut ben = waiting.next().unwrap();
    ben.say(&json!({ "type": "open", "config": integrator.signed(&key, "u2", "Ben") }))
        .await;
    ben.until_opened().await;
    assert!(Browser::try_connect(&server, &key).await.is_some());
}

/// What somebody is told who is not let in.
async fn told(server: &Server, config: &Value) -> Value {
    let key = config["document"]["key"].as_str().unwrap();
    Browser::open_refused(server, key, config).await.last
}

#[tokio::test]
async fn l6_a_document_a_token_and_a_tenant_are_full_at_their_limits() {
    let setup = Setup::default()
        .file("[limits]\nparticipants = 4\nviews_of_token = 2\ndocuments_of_tenant = 2\n");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("l6");
    let config = integrator.signed(&key, "u1", "Ann");
    let mut ann = Browser::open(&server, &config).await;
    let again = Browser::open(&server, &config).await;
    let refused = told(&server, &config).await;
    assert_eq!(refused["code"], "session.token_views");
    assert_eq!(refused["editorError"], -22);
    assert!(refused["hint"].is_string());
    // The session of a view opens no further ones either.
    let open = json!({ "type": "open", "config": {}, "session": ann.opened["session"] });
    let refused = Browser::refused(&server, &key, &open).await;
    assert_eq!(refused.code(), "session.token_views");
    // Another token does, until the document is full.
    let other = integrator.signed(&key, "u2", "Ben");
    let mut ben = Browser::open(&server, &other).await;
    let carl = Browser::open(&server, &integrator.signed(&key, "u3", "Carl")).await;
    let refused = told(&server, &integrator.signed(&key, "u4", "Dora")).await;
    assert_eq!(refused["code"], "session.full");
    // Those who are here may lose their connection and return.
    let before = ben.opened.clone();
    drop(ben);
    ann.until_that(|m| {
        m["type"] == "participants"
            && m["list"]
                .as_array()
                .unwrap()
                .iter()
                .any(|p| p["online"] == false)
    })
    .await;
    ben = Browser::come_back(&server, &key, &before, 0).await;
    ben.types("b").await;
    // Who leaves makes room.
    again.leave().await;
    let dora = Browser::open(&server, &integrator.signed(&key, "u4", "Dora")).await;
    dora.leave().await;
    carl.leave().await;
    // The tenant's second document is open, its third is not.
    let second = Browser::open(&server, &integrator.signed(&new_key("l6"), "u1", "Ann")).await;
    let refused = told(&server, &integrator.signed(&new_key("l6"), "u1", "Ann")).await;
    assert_eq!(refused["code"], "tenant.full");
    ann.types("a").await;
    let metrics = get(&server.url("/metrics")).await.1;
    for code in ["session.token_views", "session.full", "tenant.full"] {
        let line = format!(r#"recto_limit_refusals_total{{code="{code}"}}"#);
        assert!(metrics.contains(&line), "{line}\n{metrics}");
    }
    second.leave().await;
}

#[tokio::test]
async fn l6_viewers_leave_room_for_editors() {
    let setup = Setup::default().file("[limits]\nparticipants = 4\nkept_for_editors = 2\n");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("l6-viewers");
    let viewer = |user: &str| {
        let mut config = integrator.config(&key, user, user);
        config["document"]["permissions"] = json!({ "edit": false });
        signed(config)
    };
    let vera = Browser::open(&server, &viewer("u1")).await;
    let _victor = Browser::open(&server, &viewer("u2")).await;
    assert_eq!(told(&server, &viewer("u3")).await["code"], "session.full");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u4", "Ann")).await;
    let _ben = Browser::open(&server, &integrator.signed(&key, "u5", "Ben")).await;
    let refused = told(&server, &integrator.signed(&key, "u6", "Carl")).await;
    assert_eq!(refused["code"], "session.full");
    ann.types("a").await;
    // Who leaves makes room for one of their kind.
    vera.leave().await;
    Browser::open(&server, &viewer("u3")).await;
}

#[tokio::test]
async fn l6_a_session_counts_for_its_token_when_who_opened_it_has_left() {
    let setup = Setup::default().file("[limits]\nviews_of_token = 2\n");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("l6-session");
    let config = integrator.signed(&key, "u1", "Ann");
    let _ann = Browser::open(&server, &config).await;
    let gone = Browser::open(&server, &config).await;
    let session = gone.opened["session"].clone();
    gone.leave().await;
    let _again = Browser::open(&server, &config).await;
    // What stands beside a session is not verified, so it counts for nothing.
    let open = json!({
        "type": "open", "config": integrator.signed(&key, "u2", "Ben"), "session": session,
    });
    let refused = Browser::refused(&server, &key, &open).await;
    assert_eq!(refused.code(), "session.token_views");
}

#[tokio::test]
async fn l6_a_server_is_full_at_its_limit_and_goes_on_with_what_is_open() {
    let setup = Setup::default().file("[limits]\ndocuments = 1\n");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let config = integrator.signed(&new_key("l6-server"), "u1", "Ann");
    let mut ann = Browser::open(&server, &config).await;
    let other = integrator.signed(&new_key("l6-server"), "u1", "Ann");
    let refused = told(&server, &other).await;
    assert_eq!(refused["code"], "server.full");
    assert_eq!(refused["editorError"], -22);
    let ben = Browser::open(&server, &config).await;
    ben.leave().await;
    ann.types("Kept. ").await;
    ann.leave().await;
    integrator.called_with(2).await;
    // It ends when its file is delivered, and makes room.
    loop {
        let mut next = Browser::connect(&server, other["document"]["key"].as_str().unwrap()).await;
        next.say(&json!({ "type": "open", "config": other })).await;
        let answer = next
            .until_that(|m| m["type"] == "opened" || m["type"] == "failed")
            .await;
        if answer["type"] == "opened" {
            break;
        }
        assert_eq!(answer["code"], "server.full");
    }
}

#[tokio::test]
async fn l6_those_who_come_and_go_count_until_the_engine_has_ended_their_views() {
    let setup = Setup::default().file("[limits]\nparticipants = 3\n");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("l6-gone");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let ben = integrator.signed(&key, "u2", "Ben");
    let kit = server.kit_of(&key).await;
    kill(kit, Signal::STOP);
    for _ in 0..3 {
        let mut comes = Browser::connect(&server, &key).await;
        comes.say(&json!({ "type": "open", "config": ben })).await;
        comes.leave().await;
    }
    assert_eq!(told(&server, &ben).await["code"], "session.full");
    kill(kit, Signal::CONT);
    ann.types("a").await;
    // Their views end, and they make room.
    loop {
        let mut comes = Browser::connect(&server, &key).await;
        comes.say(&json!({ "type": "open", "config": ben })).await;
        let ended = |m: &Value| {
            ["opened", "refused", "failed"]
                .iter()
                .any(|it| m["type"] == *it)
        };
        if comes.until_that(ended).await["type"] == "opened" {
            break;
        }
    }
    ann.types("b").await;
}
