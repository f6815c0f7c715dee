//! A page that is closed and whose last message is lost.

use serde_json::json;

use crate::common::{Browser, Integrator, Server, Setup, new_key};

async fn goodbye(server: &Server, key: &str, session: &str) -> u16 {
    reqwest::Client::new()
        .post(server.url(&format!("/doc/{key}/goodbye")))
        .body(session.to_owned())
        .send()
        .await
        .unwrap()
        .status()
        .as_u16()
}

#[tokio::test]
async fn whoever_said_goodbye_is_not_waited_for_and_loses_nothing() {
    let server = Server::start(&Setup::default().arg("--return-seconds", "3600")).await;
    let integrator = Integrator::start().await;
    let key = new_key("goodbye");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let session = ann.opened["session"].as_str().unwrap().to_owned();
    assert_eq!(goodbye(&server, &key, &session).await, 204);
    // The connection still brings what was sent on it.
    ann.types("Still written").await;
    drop(ann);
    let saved = integrator.called_with(2).await;
    let url = saved.body["url"].as_str().unwrap();
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert!(text.contains("Still written"), "{text}");
}

#[tokio::test]
async fn t14_nobody_says_goodbye_for_another() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let [key, other] = [new_key("t14-goodbye"), new_key("t14-goodbye-other")];
    let config = integrator.signed(&key, "u1", "Ann");
    let ann = Browser::open(&server, &config).await;
    let bob = Browser::open(&server, &integrator.signed(&other, "u2", "Bob")).await;
    let of_bob = bob.opened["session"].as_str().unwrap().to_owned();
    for token in [
        of_bob.as_str(),
        config["token"].as_str().unwrap(),
        "",
        "a.b.c",
    ] {
        assert_eq!(goodbye(&server, &key, token).await, 403);
    }
    let mut ann = ann;
    ann.say(&json!({ "type": "ping" })).await;
    ann.until("pong").await;
    ann.leave().await;
    bob.leave().await;
}
