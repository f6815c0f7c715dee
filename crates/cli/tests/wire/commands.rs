//! The commands of the command service, with browsers and an integrator.

use recto_token::{Secret, sign_config};
use serde_json::json;

use crate::common::{Browser, Integrator, Server, command, get, new_key, now, post, sign, signed};

#[tokio::test]
async fn a_dropped_user_is_told_and_the_others_go_on() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("drop");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut ann_too = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut bob = Browser::open(&server, &integrator.signed(&key, "u2", "Bob")).await;
    for _ in 0..3 {
        assert_eq!(integrator.called().await.status(), 1);
    }
    bob.types("From Bob. ").await;

    let drop = json!({ "c": "drop", "key": key, "users": ["u2", "nobody"] });
    assert_eq!(
        command(&server, &drop).await,
        json!({ "error": 0, "key": key })
    );
    let end = bob.ending().await;
    assert_eq!(end.code(), "session.dropped");
    assert_eq!(end.last["editorError"], -100);
    assert_eq!(end.last["fatal"], true);
    let told = integrator.called().await;
    assert_eq!(told.status(), 1);
    assert_eq!(told.body["users"], json!(["u1"]));
    assert_eq!(told.body["actions"], json!([{ "type": 0, "userid": "u2" }]));
    ann.until_that(|m| {
        m["type"] == "participants" && m["list"].as_array().is_some_and(|list| list.len() == 2)
    })
    .await;
    ann.types("From Ann. ").await;

    // As the text of an array, and both connections of the user: the last editors are gone.
    let drop = json!({ "c": "drop", "key": key, "users": "[\"u1\"]" });
    assert_eq!(command(&server, &drop).await["error"], 0);
    for ann in [&mut ann, &mut ann_too] {
        assert_eq!(ann.ending().await.code(), "session.dropped");
    }
    let saved = integrator.called_with(2).await;
    assert_eq!(saved.body["users"], json!(["u1"]));
    let (_, text) = get(saved.body["url"].as_str().unwrap()).await;
    assert!(
        text.contains("From Bob. ") && text.contains("From Ann. "),
        "{text}"
    );
}

#[tokio::test]
async fn without_users_everybody_is_dropped_viewers_too() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("drop-all");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut config = integrator.config(&key, "u3", "Vera");
    config["editorConfig"]["mode"] = "view".into();
    let mut vera = Browser::open(&server, &signed(config)).await;
    for (users, error) in [
        (json!([]), 0),
        (json!(["nobody"]), 0),
        (json!({ "u1": true }), 3),
        (json!("u1"), 3),
        (json!([["u1"]]), 3),
    ] {
        let drop = json!({ "c": "drop", "key": key, "users": users });
        assert_eq!(command(&server, &drop).await["error"], error, "{users}");
    }
    let answer = command(&server, &json!({ "c": "info", "key": key })).await;
    assert_eq!(
        answer["users"],
        json!(["u1"]),
        "nobody was dropped by these"
    );
    let answer = command(&server, &json!({ "c": "drop", "key": key })).await;
    assert_eq!(answer, json!({ "error": 0, "key": key }));
    assert_eq!(ann.ending().await.code(), "session.dropped");
    assert_eq!(vera.ending().await.code(), "session.dropped");
    assert_eq!(integrator.called_with(4).await.body["key"], key);
}

#[tokio::test]
async fn p7_a_dropped_user_comes_back_with_a_new_config_only() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p7-drop");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let bob = Browser::open(&server, &integrator.signed(&key, "u2", "Bob")).await;
    let drop = json!({ "c": "drop", "key": key, "users": ["u1"] });
    assert_eq!(command(&server, &drop).await["error"], 0);
    assert_eq!(ann.ending().await.code(), "session.dropped");
    let session = &ann.opened["session"];
    let participant = &ann.opened["participant"];
    for resume in [
        json!({ "participant": participant, "sent": 0 }),
        json!({ "participant": bob.opened["participant"], "sent": 0 }),
        json!(null),
    ] {
        let open = json!({ "type": "open", "config": {}, "session": session, "resume": resume });
        let end = Browser::refused(&server, &key, &open).await;
        assert_eq!(end.code(), "session.dropped", "{resume}");
    }
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Ann may. ").await;
    let again = Browser::come_back(&server, &key, &ann.opened, 1).await;
    assert_eq!(again.opened["participant"], ann.opened["participant"]);
    again.leave().await;
    bob.leave().await;
}

#[tokio::test]
async fn p6_who_lacks_the_secret_commands_nothing() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p6");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let called = integrator.called_with(1).await;
    ann.types("Still here. ").await;
    let other = Secret::from("another-integrators-secret-0123456789");
    for name in ["info", "drop", "forcesave", "meta", "deleteForgotten"] {
        let fields = json!({ "c": name, "key": key, "meta": { "title": "Forged.txt" } });
        let mut beside = fields.clone();
        beside["token"] = called.body["token"].clone();
        let mut foreign = fields.clone();
        foreign["token"] = sign_config(&other, &fields, now(), 300).into();
        let mut old = fields.clone();
        old["token"] = sign(&fields, -300).into();
        for (what, body, error) in [
            ("nothing signed", &fields, 6),
            ("a token of a callback", &beside, 6),
            ("another secret", &foreign, 6),
            ("an expired token", &old, 7),
        ] {
            let (status, answer) = post(&server, "/command", body).await;
            assert_eq!(
                (status, &answer["error"]),
                (200, &json!(error)),
                "{name}: {what}"
            );
            assert!(answer.get("users").is_none(), "{answer}");
        }
    }
    ann.types("And here. ").await;
    assert_eq!(integrator.all_called().len(), 1, "nothing was carried out");
    ann.leave().await;
    assert_eq!(integrator.called().await.status(), 2);
}
