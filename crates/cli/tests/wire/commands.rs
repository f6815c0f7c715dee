//! The commands of the command service, with browsers and an integrator.

use axum::http::StatusCode;
use recto_token::{Secret, sign_config};
use serde_json::{Value, json};

use crate::common::{
    Answer, Browser, Called, Integrator, Server, Setup, command, get, new_key, now, post, sign,
    signed,
};

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

/// The members of a callback without those that differ each time.
fn members(called: &Called) -> Value {
    let mut body = called.body.clone();
    for name in ["token", "url", "lastsave", "history", "changesurl"] {
        body.as_object_mut().unwrap().remove(name);
    }
    body
}

#[tokio::test]
async fn a_forced_save_gives_the_file_away_while_it_is_edited() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("forcesave");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut config = integrator.config(&key, "u2", "Bob");
    config["editorConfig"]["callbackUrl"] = integrator.url("/of-bob").into();
    let mut bob = Browser::open(&server, &signed(config)).await;
    for _ in 0..2 {
        assert_eq!(integrator.called().await.status(), 1);
    }
    let force = json!({ "c": "forcesave", "key": key, "userdata": "ticket 7" });
    let answer = command(&server, &force).await;
    assert_eq!(answer["error"], 4, "{answer}");
    assert_eq!(answer["code"], "request.unchanged");

    ann.types("One. ").await;
    bob.types("Two. ").await;
    let answer = command(&server, &force).await;
    assert_eq!(answer, json!({ "error": 0, "key": key }));
    let forced = integrator.called().await;
    assert_eq!(forced.path, "of-bob", "the last changer's address");
    assert_eq!(
        members(&forced),
        json!({ "key": key, "status": 6, "users": ["u2"], "userdata": "ticket 7", "forcesavetype": 0, "filetype": "txt" })
    );
    assert!(forced.body["lastsave"].as_str().unwrap().ends_with('Z'));
    assert!(forced.body["changesurl"].is_string());
    let changes = forced.body["history"]["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 2, "Ann's and Bob's");
    let url = forced.body["url"].as_str().unwrap();
    assert!(url.starts_with(&server.url("/cache/files/")), "{url}");
    let (_, text) = get(url).await;
    assert!(text.contains("One. ") && text.contains("Two. "), "{text}");
    assert_eq!(get(url.split_once("&sig=").unwrap().0).await.0, 403);
    assert_eq!(command(&server, &force).await["error"], 4);

    // Editing has gone on, and the next one has the rest.
    ann.types("Three. ").await;
    assert_eq!(command(&server, &force).await["error"], 0);
    let forced = integrator.called().await;
    assert_eq!((forced.path.as_str(), forced.status()), ("callback", 6));
    let (_, text) = get(forced.body["url"].as_str().unwrap()).await;
    assert!(text.contains("Three. "), "{text}");

    bob.leave().await;
    assert_eq!(integrator.called().await.status(), 1);
    ann.leave().await;
    let last = integrator.called().await;
    assert_eq!(last.status(), 2);
    assert_eq!(last.body["notmodified"], true);
    assert!(last.body.get("forcesavetype").is_none());
}

#[tokio::test]
async fn a_forced_save_that_is_refused_is_not_sent_again_but_its_changes_are() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("forcesave-refused");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    assert_eq!(integrator.called().await.status(), 1);
    let force = json!({ "c": "forcesave", "key": key });
    ann.types("Kept. ").await;
    for _ in 0..2 {
        integrator.answer_next([Answer(StatusCode::INTERNAL_SERVER_ERROR, "out of order")]);
        assert_eq!(command(&server, &force).await["error"], 0);
        assert_eq!(integrator.called().await.status(), 6);
        // Its editors see that the application does not take what they write.
        ann.until_that(|m| m["type"] == "save" && m["state"] == "failed")
            .await;
        assert_eq!(
            command(&server, &json!({ "c": "info", "key": key })).await["error"],
            0
        );
        assert_eq!(integrator.called().await.status(), 1, "it was sent once");
        ann.until_saved().await;
    }
    let log = server.log();
    let refused = log
        .lines()
        .find(|line| line.contains("a callback failed") && line.contains(&key));
    let refused = refused.unwrap();
    assert!(
        refused.contains("status=6") && refused.contains("500"),
        "{refused}"
    );
    ann.leave().await;
    let last = integrator.called().await;
    assert_eq!(last.status(), 2);
    assert_eq!(last.body["notmodified"], false);
    let (_, text) = get(last.body["url"].as_str().unwrap()).await;
    assert!(text.contains("Kept. "), "{text}");
}

#[tokio::test]
async fn a_forced_save_without_a_file_is_status_7() {
    let setup = Setup::default().arg("--snapshot-seconds", "600");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("forcesave-fails");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    assert_eq!(integrator.called().await.status(), 1);
    ann.types("Not lost. ").await;
    let scratch = setup.data().join("scratch");
    std::fs::rename(&scratch, setup.data().join("away")).unwrap();
    let force = json!({ "c": "forcesave", "key": key, "userdata": "u" });
    assert_eq!(command(&server, &force).await["error"], 0);
    let failed = integrator.called().await;
    assert_eq!(
        members(&failed),
        json!({ "key": key, "status": 7, "users": ["u1"], "userdata": "u", "forcesavetype": 0 })
    );
    assert!(failed.body.get("url").is_none());
    std::fs::rename(setup.data().join("away"), &scratch).unwrap();
    assert_eq!(command(&server, &force).await["error"], 0);
    let forced = integrator.called().await;
    assert_eq!(forced.status(), 6);
    let (_, text) = get(forced.body["url"].as_str().unwrap()).await;
    assert!(text.contains("Not lost. "), "{text}");
    ann.leave().await;
}

#[tokio::test]
async fn the_save_button_gives_the_file_away_if_that_was_signed() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("button");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut config = integrator.config(&key, "u2", "Bob");
    config["editorConfig"]["customization"] = json!({ "forcesave": true });
    config["editorConfig"]["callbackUrl"] = integrator.url("/of-bob").into();
    let mut bob = Browser::open(&server, &signed(config)).await;
    for _ in 0..2 {
        assert_eq!(integrator.called().await.status(), 1);
    }
    // At once, before what is typed was applied.
    bob.input(json!({ "kind": "text", "text": "From Bob. " }))
        .await;
    bob.say(&json!({ "type": "save" })).await;
    let forced = integrator.called().await;
    assert_eq!(forced.path, "of-bob");
    assert_eq!(
        members(&forced),
        json!({ "key": key, "status": 6, "users": ["u2"], "actions": [{ "type": 2, "userid": "u2" }], "forcesavetype": 1, "filetype": "txt" })
    );
    let (_, text) = get(forced.body["url"].as_str().unwrap()).await;
    assert!(text.contains("From Bob. "), "{text}");
    // Nothing was changed since; and for Ann it was not signed.
    bob.say(&json!({ "type": "save" })).await;
    ann.types("From Ann. ").await;
    ann.saves().await;
    // Bob's address gets what Ann changed, when he presses the button.
    bob.say(&json!({ "type": "save" })).await;
    let forced = integrator.called().await;
    assert_eq!(forced.path, "of-bob");
    assert_eq!(forced.body["users"], json!(["u1"]));
    assert_eq!(
        forced.body["actions"],
        json!([{ "type": 2, "userid": "u2" }])
    );
    let (_, text) = get(forced.body["url"].as_str().unwrap()).await;
    assert!(text.contains("From Ann. "), "{text}");
    bob.leave().await;
    ann.leave().await;
}

#[tokio::test]
async fn p4_a_forced_save_that_was_not_signed_is_an_ordinary_one() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p4-forcesave");
    let mut config = integrator.signed(&key, "u1", "Ann");
    config["editorConfig"]["customization"] = json!({ "forcesave": true });
    let mut ann = Browser::open(&server, &config).await;
    assert_eq!(integrator.called().await.status(), 1);
    ann.types("Stored. ").await;
    ann.saves().await;
    ann.leave().await;
    assert_eq!(integrator.called().await.status(), 2);
}

#[tokio::test]
async fn a_new_title_is_seen_at_once_and_by_those_who_come_later() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("meta");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut config = integrator.config(&key, "u2", "Vera");
    config["editorConfig"]["mode"] = "view".into();
    let mut vera = Browser::open(&server, &signed(config)).await;
    // Titles are for people: nothing in them has a meaning.
    let title = "<b>Rapport \u{202e} d\u{2019}\u{e9}t\u{e9}</b>.txt";
    for (meta, error) in [
        (json!(null), 5),
        (json!("Title.txt"), 5),
        (json!({ "title": 7 }), 5),
        (json!({}), 0),
        (json!({ "title": title }), 0),
    ] {
        let fields = json!({ "c": "meta", "key": key, "meta": meta });
        let answer = command(&server, &fields).await;
        assert_eq!(
            (&answer["error"], &answer["key"]),
            (&json!(error), &json!(key)),
            "{meta}"
        );
    }
    for browser in [&mut ann, &mut vera] {
        assert_eq!(browser.until("title").await["title"], title);
    }
    let bob = Browser::open(&server, &integrator.signed(&key, "u3", "Bob")).await;
    assert_eq!(bob.opened["document"]["title"], title);
    drop(vera);
    let ann = Browser::come_back(&server, &key, &ann.opened, 0).await;
    assert_eq!(ann.opened["document"]["title"], title);
    bob.leave().await;
    ann.leave().await;
}

#[tokio::test]
async fn license_says_that_nothing_is_limited() {
    let server = Server::shared().await;
    let version = command(&server, &json!({ "c": "version" })).await;
    let answer = command(&server, &json!({ "c": "license" })).await;
    assert_eq!(
        answer,
        json!({
            "error": 0,
            "license": {
                "trial": false, "customization": false, "connections": 0, "connections_view": 0,
                "users_count": 0, "users_view_count": 0, "users_expire": 0,
            },
            "server": {
                "resultType": 3, "packageType": 0, "buildVersion": version["version"], "buildNumber": 0,
            },
            "quota": { "users": [], "users_view": [] },
        })
    );
}

#[tokio::test]
async fn saved_takes_back_a_file_that_is_being_given() {
    let server = Server::shared().await;
    for (status, kept) in [
        (json!("0"), true),
        (json!(null), true),
        (json!("1"), false),
        (json!(1), false),
    ] {
        let integrator = Integrator::start().await;
        let key = new_key("saved");
        let saved = json!({ "c": "saved", "key": key, "status": status });
        let done = json!({ "error": 0, "key": key });
        // Where nothing is under way it has no effect, whether or not the document is open.
        assert_eq!(command(&server, &saved).await, done);
        let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
        integrator.called_with(1).await;
        assert_eq!(command(&server, &saved).await, done);
        ann.types("Given. ").await;
        let release = integrator.hold_next();
        ann.leave().await;
        integrator.called_with(2).await;
        assert_eq!(command(&server, &saved).await, done);
        drop(release);
        let ended = if kept {
            "kept as forgotten"
        } else {
            "session ended"
        };
        server
            .logged(|log| {
                log.lines()
                    .any(|line| line.contains(ended) && line.contains(&key))
            })
            .await;
        let forgotten = json!({ "c": "getForgotten", "key": key });
        loop {
            let answer = command(&server, &forgotten).await;
            // The line is written before the journal.
            if kept && answer["error"] == 1 {
                continue;
            }
            assert_eq!(answer["error"], i32::from(!kept), "{status} {answer}");
            break;
        }
        if kept {
            command(&server, &json!({ "c": "deleteForgotten", "key": key })).await;
        }
    }
}
