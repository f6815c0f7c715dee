//! A user's number costs nothing: what browsers send is bounded where it is decoded.

use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, Setup, new_key, signed};

/// The config of somebody who may only look.
fn viewer(integrator: &Integrator, key: &str) -> Value {
    let mut config = integrator.config(key, "u2", "Vera");
    config["document"]["permissions"] = json!({ "edit": false });
    config["editorConfig"]["mode"] = "view".into();
    signed(config)
}

/// A viewport that looks at the first page.
fn viewport() -> Value {
    json!({
        "type": "viewport", "part": 0, "tileTwips": 3840, "tilePixels": 256,
        "x": 0, "y": 0, "width": 12_000, "height": 12_000,
    })
}

/// The same with other members.
fn viewport_with(members: &Value) -> Value {
    let mut message = viewport();
    for (name, value) in members.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

#[tokio::test]
async fn l1_a_viewport_of_impossible_measures_is_refused_and_works_on_nothing() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("l1");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut vera = Browser::open(&server, &viewer(&integrator, &key)).await;
    let huge = 4_000_000_000_000_000_000_i64;
    for members in [
        json!({ "tileTwips": 1, "tilePixels": 0, "width": huge, "height": huge }),
        json!({ "tileTwips": 0 }),
        json!({ "tilePixels": 1 << 20 }),
        json!({ "x": -huge, "y": huge }),
        json!({ "part": -1 }),
    ] {
        vera.say(&viewport_with(&members)).await;
        let refused = vera.until("notice").await;
        assert_eq!(refused["code"], "live.out_of_bounds", "{members}");
        // It makes everything stale that anybody looks at.
        ann.types("a").await;
    }
    // The largest that there can be is looked at like any other.
    let most = 1 << 29;
    vera.say(&viewport_with(&json!({
        "tileTwips": 256, "tilePixels": 64, "x": -most, "y": -most, "width": most, "height": most,
    })))
    .await;
    vera.say(&viewport_with(
        &json!({ "tileTwips": 256, "tilePixels": 64, "width": most, "height": most }),
    ))
    .await;
    ann.types("b").await;
    vera.say(&json!({ "type": "ping" })).await;
    vera.until("pong").await;
}

#[tokio::test]
async fn l1_a_browser_that_goes_on_with_impossible_measures_is_dropped() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("l1-on");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut vera = Browser::open(&server, &viewer(&integrator, &key)).await;
    ann.until_that(|m| m["type"] == "participants" && m["list"].as_array().unwrap().len() == 2)
        .await;
    for _ in 0..100 {
        let message = viewport_with(&json!({ "tilePixels": 0 })).to_string();
        if !vera.try_send(message.into()).await {
            break;
        }
    }
    assert_eq!(vera.ending().await.code(), "live.misbehaved");
    // They have left, rather than lost their connection.
    ann.until_that(|m| m["type"] == "participants" && m["list"].as_array().unwrap().len() == 1)
        .await;
    ann.types("a").await;
    let once = "a message has a value that is out of bounds";
    let log = server
        .logged(|log| log.contains("goes on to send values out of bounds"))
        .await;
    assert!(log.contains(once), "{log}");
}

#[tokio::test]
async fn l9_two_million_tiles_in_one_message_are_cut_while_they_are_decoded() {
    // Its memory is measured, so nobody else uses it.
    let server = Server::start(&Setup::default()).await;
    let integrator = Integrator::start().await;
    let key = new_key("l9");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut vera = Browser::open(&server, &integrator.signed(&key, "u2", "Vera")).await;
    let places = vec!["[1,2]"; 2_000_000].join(",");
    let message = format!(
        r#"{{"type":"tiles","part":0,"tileTwips":3840,"tilePixels":256,"tiles":[{places}]}}"#
    );
    let before = server.memory();
    for _ in 0..3 {
        vera.send(message.clone().into()).await;
        let refused = vera.until("notice").await;
        assert_eq!(refused["code"], "live.out_of_bounds");
        ann.types("a").await;
    }
    let grown = server.memory().saturating_sub(before);
    println!("l9: {} MiB more", grown >> 20);
    // The frame itself has 12 MB, and is read into a buffer that grows.
    assert!(grown < 64 << 20, "{} MiB more", grown >> 20);
    // A list of the largest length is painted.
    let places: Vec<_> = (0..512).map(|n| json!([n % 4, n / 4])).collect();
    vera.say(&json!({
        "type": "tiles", "part": 0, "tileTwips": 3840, "tilePixels": 64, "tiles": places,
    }))
    .await;
    vera.say(&json!({ "type": "ping" })).await;
    vera.until("pong").await;
}
