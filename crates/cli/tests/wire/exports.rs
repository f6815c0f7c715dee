//! Copies in other formats.

use serde_json::json;

use crate::common::{Browser, Integrator, Server, get, new_key, signed};

#[tokio::test]
async fn ch6_keys_do_not_wait_for_a_long_export() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let line = "A line of a long text, which fills a page with the help of many others.\n";
    integrator.serve("long.txt", line.repeat(12_000));
    let key = new_key("export");
    let config = |user: &str, name: &str| {
        let mut config = integrator.config(&key, user, name);
        config["document"]["url"] = integrator.url("/files/long.txt").into();
        signed(config)
    };
    let mut ann = Browser::open(&server, &config("u1", "Ann")).await;
    let mut ben = Browser::open(&server, &config("u2", "Ben")).await;
    ann.types("Before the export. ").await;
    let kit = server.kit_of(&key).await;
    for id in [1, 2] {
        ann.say(&json!({ "type": "download", "id": id, "format": "pdf", "print": false }))
            .await;
    }
    for word in ["One. ", "Two. ", "Three. ", "Four. "] {
        ben.types(word).await;
    }
    // All four were taken before the copies were there.
    ann.say(&json!({ "type": "ping" })).await;
    let told = ann.all_until(|m| m["type"] == "pong").await;
    assert!(told.iter().all(|m| m["type"] != "download"), "{told:#?}");
    for _ in [1, 2] {
        // One after the other, whichever asked first.
        let copy = ann.until("download").await;
        let (status, _) = get(copy["url"].as_str().unwrap()).await;
        assert_eq!(status, 200, "{copy}");
    }
    assert_eq!(server.kit_of(&key).await, kit);
}
