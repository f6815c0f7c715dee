//! Tokens and configs that are not what they seem.

use axum::http::StatusCode;
use recto_token::{Secret, sign_config, verify_callback, verify_download};
use serde_json::{Value, json};

use crate::common::{Answer, Browser, Integrator, SECRET, Server, Setup, new_key, now, signed};

fn member<'v>(url: &'v str, name: &str) -> &'v str {
    let (_, after) = url.split_once(&format!("{name}=")).unwrap();
    after.split('&').next().unwrap()
}

#[tokio::test]
async fn t13_a_token_serves_one_purpose() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("t13");
    let config = integrator.signed(&key, "u1", "Ann");
    let opening = config["token"].as_str().unwrap().to_owned();
    let mut ann = Browser::open(&server, &config).await;
    let session = ann.opened["session"].as_str().unwrap().to_owned();
    let download = integrator.fetched()[0].1.clone().unwrap();
    ann.types("x").await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    let url = saved.body["url"].as_str().unwrap().to_owned();
    let in_body = saved.body["token"].as_str().unwrap().to_owned();
    let in_header = saved.header.clone().unwrap();
    let bare = |header: &str| header.strip_prefix("Bearer ").unwrap().to_owned();

    // For opening.
    let other = new_key("t13-other");
    for (what, token, code) in [
        ("session token", session.clone(), "token.wrong_purpose"),
        (
            "callback token, body",
            in_body.clone(),
            "token.wrong_purpose",
        ),
        (
            "callback token, header",
            bare(&in_header),
            "token.wrong_purpose",
        ),
        ("download token", bare(&download), "token.wrong_purpose"),
        (
            "link signature",
            member(&url, "sig").to_owned(),
            "token.malformed",
        ),
        ("the secret", SECRET.to_owned(), "token.is_the_secret"),
    ] {
        let mut config = integrator.config(&other, "u1", "Ann");
        config["token"] = token.into();
        let refused = Browser::open_refused(&server, &other, &config).await;
        assert_eq!(refused.code(), code, "{what}: {:?}", refused.last);
        assert_eq!(refused.last["wire"]["code"], 4006, "{what}");
        assert_eq!(refused.last["editorError"], -20, "{what}");
    }
    // For coming back.
    for (what, token) in [
        ("opening token", &opening),
        ("callback token", &in_body),
        ("download token", &bare(&download)),
    ] {
        let open = json!({ "type": "open", "config": config, "session": token, "resume": null });
        let refused = Browser::refused(&server, &key, &open).await;
        assert_eq!(
            refused.last["type"], "refused",
            "{what}: {:?}",
            refused.last
        );
        assert_eq!(refused.last["wire"]["code"], 4006, "{what}");
    }
    // For fetching a result.
    for token in [&opening, &session, &in_body] {
        let forged = url.replace(member(&url, "sig"), token);
        assert_eq!(reqwest::get(&forged).await.unwrap().status(), 403);
    }
    // At the integrator's.
    let secret = Secret::from(SECRET);
    for token in [&opening, &session] {
        assert!(verify_callback(&secret, &json!({ "token": token }), None, now()).is_err());
        let header = format!("Bearer {token}");
        assert!(verify_callback(&secret, &json!({}), Some(&header), now()).is_err());
        let file = integrator.url("/files/text.txt");
        assert!(verify_download(&secret, Some(&header), &file, now()).is_err());
    }
    let file = integrator.url("/files/text.txt");
    assert!(verify_download(&secret, Some(&download), &file, now()).is_ok());
    assert!(verify_callback(&secret, &json!({}), Some(&download), now()).is_err());
    assert!(verify_download(&secret, Some(&in_header), &url, now()).is_err());
}

#[tokio::test]
async fn t14_a_token_opens_its_own_document_only() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let (mine, theirs) = (new_key("t14-a"), new_key("t14-b"));
    let ben = Browser::open(&server, &integrator.signed(&theirs, "u2", "Ben")).await;
    let config = integrator.signed(&mine, "u1", "Ann");
    let refused = Browser::open_refused(&server, &theirs, &config).await;
    assert_eq!(refused.code(), "token.wrong_document");
    assert_eq!(
        refused.last["wire"],
        json!({ "code": 4004, "description": "access deny" })
    );
    assert_eq!(refused.last["editorError"], -23);

    let ann = Browser::open(&server, &config).await;
    let open = json!({
        "type": "open", "config": config, "session": ann.opened["session"],
        "resume": { "participant": ben.opened["participant"], "sent": 0 },
    });
    let refused = Browser::refused(&server, &theirs, &open).await;
    assert_eq!(refused.last["type"], "refused", "{:?}", refused.last);

    // Nor does a session token make somebody another participant of the same document.
    let eve = Browser::open(&server, &integrator.signed(&theirs, "u3", "Eve")).await;
    let mut before = eve.opened.clone();
    before["participant"] = ben.opened["participant"].clone();
    let back = Browser::come_back(&server, &theirs, &before, 0).await;
    assert_ne!(back.opened["participant"], ben.opened["participant"]);
    assert_eq!(back.opened["user"]["id"], "u3");
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "one story, told in order")]
async fn t19_no_token_link_or_text_reaches_the_log() {
    let server = Server::start(&Setup::default().env("RECTO_LOG", "debug")).await;
    let integrator = Integrator::start().await;
    integrator.serve("text.txt", "Confidential-original\n");
    let key = new_key("t19");
    let mut hidden = vec![SECRET.to_owned(), "Confidential".into(), "sig=".into()];

    let mut wrong = integrator.config(&key, "u1", "Ann");
    let token = sign_config(
        &Secret::from("another-secret-another-secret-another"),
        &wrong,
        now(),
        300,
    );
    hidden.push(token.clone());
    wrong["token"] = token.into();
    assert_eq!(
        Browser::open_refused(&server, &key, &wrong).await.code(),
        "token.signature"
    );
    let mut old = integrator.config(&key, "u1", "Ann");
    let token = sign_config(&Secret::from(SECRET), &old, now() - 4000, 300);
    hidden.push(token.clone());
    old["token"] = token.into();
    assert_eq!(
        Browser::open_refused(&server, &key, &old).await.code(),
        "token.expired"
    );
    let mut pasted = integrator.config(&key, "u1", "Ann");
    pasted["token"] = SECRET.into();
    assert_eq!(
        Browser::open_refused(&server, &key, &pasted).await.code(),
        "token.is_the_secret"
    );

    let config = integrator.signed(&key, "u1", "Ann");
    hidden.push(config["token"].as_str().unwrap().into());
    let mut ann = Browser::open(&server, &config).await;
    hidden.push(ann.opened["session"].as_str().unwrap().into());
    ann.types("Confidential-typed ").await;
    let seq = ann
        .input(json!({ "kind": "paste", "mime": "text/plain;charset=utf-8", "data": "Q29uZmlkZW50aWFsLXBhc3RlZCA=" }))
        .await;
    ann.until_applied(seq).await;
    let seq = ann
        .input(json!({ "kind": "command", "name": ".uno:Confidential-command", "args": {} }))
        .await;
    ann.until_that(|m| m["type"] == "denied" && m["seq"] == seq)
        .await;
    ann.saves().await;
    let opened = ann.opened.clone();
    drop(ann);
    let ann = Browser::come_back(&server, &key, &opened, seq).await;
    hidden.push(ann.opened["session"].as_str().unwrap().into());
    let config = integrator.signed(&key, "u2", "Ben");
    hidden.push(config["token"].as_str().unwrap().into());
    let mut ben = Browser::open(&server, &config).await;
    hidden.push(ben.opened["session"].as_str().unwrap().into());
    ben.say(&json!({ "type": "Confidential-message" })).await;
    ben.ending().await;
    // The application has heard that Ben left: the next callback is that of the saved file.
    while integrator.called_with(1).await.body["actions"][0]["type"] != 0 {}
    integrator.answer_next([Answer(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Confidential-answer",
    )]);
    ann.leave().await;
    for called in [
        integrator.called_with(2).await,
        integrator.called_with(2).await,
    ] {
        let url = called.body["url"].as_str().unwrap();
        hidden.push(member(url, "sig").into());
        assert_eq!(reqwest::get(url).await.unwrap().status(), 200);
        assert_eq!(
            reqwest::get(&format!("{url}0")).await.unwrap().status(),
            403
        );
        hidden.push(called.body["token"].as_str().unwrap().into());
        hidden.push(
            called
                .header
                .unwrap()
                .strip_prefix("Bearer ")
                .unwrap()
                .into(),
        );
    }
    for (_, header) in integrator.fetched() {
        hidden.push(header.unwrap().strip_prefix("Bearer ").unwrap().into());
    }
    let mut config = integrator.signed(&new_key("t19-gone"), "u1", "Ann");
    config["document"]["url"] = integrator.url("/files/nothing?key=Confidential").into();
    let config = signed(config);
    let key = config["document"]["key"].as_str().unwrap();
    Browser::open_refused(&server, key, &config).await;
    server.stop().await;
    let log = server.log();
    assert!(
        log.contains("session ended") && log.contains("opening refused"),
        "{log}"
    );
    for text in hidden {
        let signature = text.rsplit('.').next().unwrap();
        for part in [text.as_str(), signature] {
            let found = log.lines().find(|line| line.contains(part));
            assert_eq!(found, None, "{part} is in the log");
        }
    }
}

#[tokio::test]
async fn p4_a_key_or_a_permission_changed_after_signing_is_named() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p4");
    let config = integrator.signed(&key, "u1", "Ann");
    // The page connects to the key that it was given.
    let other = new_key("p4-other");
    let mut changed = config.clone();
    changed["document"]["key"] = other.clone().into();
    let refused = Browser::open_refused(&server, &other, &changed).await;
    assert_eq!(refused.code(), "token.wrong_document");
    assert_eq!(refused.last["path"], "document.key");

    let mut signed_view = integrator.config(&key, "u1", "Ann");
    signed_view["document"]["permissions"] = json!({ "edit": false, "print": true });
    let mut changed = signed(signed_view);
    changed["document"]["permissions"]["edit"] = true.into();
    let refused = Browser::open_refused(&server, &key, &changed).await;
    assert_eq!(refused.code(), "config.permissions_differ");
    assert_eq!(refused.last["path"], "document.permissions.edit");
    assert_eq!(
        (&refused.last["expected"], &refused.last["found"]),
        (&json!("false"), &json!("true"))
    );
    assert_eq!(refused.last["wire"]["code"], 4004);

    for removed in ["key", "url", "permissions"] {
        let mut unsigned = integrator.config(&key, "u1", "Ann");
        let mut part = unsigned.clone();
        part["document"].as_object_mut().unwrap().remove(removed);
        unsigned["token"] = signed(part)["token"].clone();
        let refused = Browser::open_refused(&server, &key, &unsigned).await;
        assert_eq!(refused.code(), "payload.missing_field", "{removed}");
        assert_eq!(refused.last["path"], format!("document.{removed}"));
    }
    assert!(integrator.fetched().is_empty() && integrator.all_called().is_empty());
}

#[tokio::test]
async fn p4_what_else_is_changed_after_signing_has_no_effect() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("evil.txt", "EVIL");
    let key = new_key("p4-signed");
    let mut config = integrator.signed(&key, "u1", "Ann");
    config["document"]["url"] = integrator.url("/files/evil.txt").into();
    config["document"]["title"] = "Evil.txt".into();
    config["document"]["fileType"] = "html".into();
    config["editorConfig"]["callbackUrl"] = integrator.url("/evil").into();
    config["editorConfig"]["lang"] = "de".into();
    config["editorConfig"]["user"] = json!({ "id": "root", "name": "Root" });
    let mut ann = Browser::open(&server, &config).await;
    assert_eq!(ann.opened["document"]["title"], "Text.txt");
    assert_eq!(ann.opened["document"]["fileType"], "txt");
    assert_eq!(ann.opened["user"], json!({ "id": "u1", "name": "Ann" }));
    assert_eq!(ann.opened["lang"], "en");
    ann.types("x").await;
    ann.leave().await;
    integrator.called_with(2).await;
    for called in integrator.all_called() {
        assert_eq!(called.path, "callback");
        assert!(!called.body.to_string().contains("root"));
    }
    let fetched: Vec<_> = integrator
        .fetched()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(fetched, ["text.txt"]);
}

#[tokio::test]
async fn p4_a_browser_may_lower_its_mode_and_not_raise_it() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p4-mode");
    let mut config = integrator.config(&key, "u1", "Ann");
    config["editorConfig"]["mode"] = "view".into();
    let mut raised = signed(config);
    raised["editorConfig"]["mode"] = "edit".into();
    let mut vera = Browser::open(&server, &raised).await;
    assert_eq!(vera.opened["access"], "view");
    let seq = vera.input(json!({ "kind": "text", "text": "EVIL" })).await;
    let answer = vera.until_that(|m| m["seq"] == seq).await;
    assert_eq!(answer["code"], "rights.view_only");
    raised["editorConfig"]
        .as_object_mut()
        .unwrap()
        .remove("mode");
    assert_eq!(
        Browser::open(&server, &raised).await.opened["access"],
        "view"
    );

    let mut lowered = integrator.signed(&key, "u2", "Ben");
    lowered["editorConfig"]["mode"] = "view".into();
    assert_eq!(
        Browser::open(&server, &lowered).await.opened["access"],
        "view"
    );
}

#[tokio::test]
async fn p5_others_see_the_signed_name() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p5");
    let mut ben = Browser::open(&server, &integrator.signed(&key, "u2", "Ben")).await;
    let mut config = integrator.signed(&key, "u1", "Ann");
    config["editorConfig"]["user"] = json!({ "id": "u2", "name": "Ben", "group": "Board" });
    let ann = Browser::open(&server, &config).await;
    let list = ben
        .until_that(|m| m["type"] == "participants" && m["list"].as_array().unwrap().len() == 2)
        .await;
    let seen: Vec<_> = list["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (&p["userId"], &p["name"]))
        .collect();
    assert_eq!(
        seen,
        [(&json!("u2"), &json!("Ben")), (&json!("u1"), &json!("Ann"))]
    );
    // Nor does the config of a return count.
    let mut before = ann.opened.clone();
    before["user"] = json!({ "id": "u2", "name": "Ben" });
    let mut back = Browser::connect(&server, &key).await;
    back.say(&json!({
        "type": "open", "config": config, "session": before["session"],
        "resume": { "participant": before["participant"], "sent": 0 },
    }))
    .await;
    let opened = back.until_opened().await;
    assert_eq!(opened["user"], json!({ "id": "u1", "name": "Ann" }));
    // There is no message that renames; what is not understood ends the connection.
    back.say(&json!({ "type": "rename", "name": "Ben" })).await;
    back.ending().await;
    let list = ben.until_that(|m| m["type"] == "participants").await;
    assert_eq!(list["list"][1]["name"], "Ann");
}

#[tokio::test]
async fn p8_whoever_is_not_signed_is_a_guest_of_his_own() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p8");
    let anonymous = || {
        let mut config = integrator.config(&key, "", "");
        config["editorConfig"]
            .as_object_mut()
            .unwrap()
            .remove("user");
        let mut config = signed(config);
        config["editorConfig"]["user"] = json!({ "id": "root", "name": "Root" });
        config
    };
    let one = Browser::open(&server, &anonymous()).await;
    let two = Browser::open(&server, &anonymous()).await;
    let user = |browser: &Browser, member: &str| -> String {
        let value: &Value = &browser.opened["user"][member];
        value.as_str().unwrap().to_owned()
    };
    for member in ["id", "name"] {
        let (one, two) = (user(&one, member), user(&two, member));
        assert_ne!(one, two);
        for value in [one, two] {
            assert!(
                !value.is_empty() && !value.eq_ignore_ascii_case("root"),
                "{value}"
            );
        }
    }
    let told = [integrator.called().await, integrator.called().await];
    assert_eq!(
        told[1].body["users"],
        json!([user(&one, "id"), user(&two, "id")])
    );
}
