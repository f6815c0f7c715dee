//! What the administrator sees: counters, what is open, and the last callbacks.

use std::time::Instant;

use axum::http::StatusCode;
use recto_token::{Secret, verify_callback};
use serde_json::{Value, json};

use crate::common::{
    Answer, Browser, Integrator, LONGEST, SECRET, Server, Setup, command, get, new_key, now, post,
};

/// The administrator's page of JSON.
async fn json(server: &Server, path: &str) -> Value {
    let (status, text) = get(&server.url(path)).await;
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// The callbacks of a document, the newest first, once there are so many.
async fn callbacks(server: &Server, key: &str, number: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let list = json(server, &format!("/callbacks.json?key={key}")).await;
        let list = list["callbacks"].as_array().unwrap().clone();
        if list.len() >= number {
            return list;
        }
        assert!(begun.elapsed() < LONGEST, "{list:?}");
    }
}

/// The value of a line of `/metrics`.
async fn metric(server: &Server, line: &str) -> f64 {
    let (status, text) = get(&server.url("/metrics")).await;
    assert_eq!(status, 200);
    let found = text
        .lines()
        .find_map(|found| found.strip_prefix(line)?.trim().parse().ok());
    found.unwrap_or(0.0)
}

#[tokio::test]
async fn prometheus_reads_what_happened() {
    let server = Server::start(&Setup::default()).await;
    let integrator = Integrator::start().await;
    let key = new_key("metrics");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut forged = integrator.signed(&key, "u2", "Eve");
    forged["token"] = "a.b.c".into();
    Browser::open_refused(&server, &key, &forged).await;
    command(&server, &json!({ "c": "info", "key": key })).await;
    command(&server, &json!({ "c": "anything", "key": key })).await;
    post(&server, "/command", &json!({ "c": "info", "key": key })).await;
    post(&server, "/converter", &json!({ "key": key })).await;
    ann.types("a").await;
    callbacks(&server, &key, 2).await;

    for (line, least) in [
        ("recto_open_documents", 1.0),
        ("recto_participants{rights=\"edit\"}", 1.0),
        ("recto_kits{state=\"busy\"}", 1.0),
        ("recto_live_connections", 1.0),
        ("recto_openings_total{outcome=\"accepted\",code=\"\"}", 1.0),
        (
            "recto_openings_total{outcome=\"refused\",code=\"token.malformed\"}",
            1.0,
        ),
        ("recto_callbacks_total{status=\"1\",outcome=\"taken\"}", 2.0),
        ("recto_callback_duration_seconds_count{status=\"1\"}", 2.0),
        ("recto_commands_total{command=\"info\",error=\"0\"}", 1.0),
        ("recto_commands_total{command=\"other\",error=\"5\"}", 1.0),
        (
            "recto_commands_total{command=\"unverified\",error=\"6\"}",
            1.0,
        ),
        ("recto_conversions_total{outcome=\"refused\"}", 1.0),
        ("recto_live_bytes_total{direction=\"in\"}", 20.0),
        ("recto_live_bytes_total{direction=\"out\"}", 100.0),
    ] {
        let found = metric(&server, line).await;
        assert!(found >= least, "{line} {found}");
    }
    // Nothing that a client chose is in it.
    let (_, text) = get(&server.url("/metrics")).await;
    assert!(
        !text.contains(&key) && !text.contains("anything") && !text.contains("u1"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_open_is_told_in_numbers_alone() {
    let server = Server::start(&Setup::default()).await;
    let integrator = Integrator::start().await;
    let key = new_key("info");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Secret words").await;
    let info = json(&server, "/info/info.json").await;
    assert_eq!(info["quota"]["edit"]["connectionsCount"], 1);
    assert_eq!(info["quota"]["view"]["connectionsCount"], 0);
    assert_eq!(info["serverInfo"]["buildVersion"], "9.3.0");
    assert_eq!(info["licenseInfo"]["trial"], false);
    let engine = info["recto"]["engine"].as_str().unwrap();
    assert!(engine.starts_with("LibreOffice 25."), "{engine}");
    assert_eq!(info["recto"]["engineParts"], serde_json::json!([]));
    assert!(info["connectionsStat"]["day"]["edit"]["max"].is_u64());
    let open = &info["recto"]["documents"][0];
    assert_eq!(open["key"], key.as_str());
    assert_eq!(open["state"]["editors"], 1);
    assert_eq!(open["state"]["fileType"], "txt");
    assert_eq!(open["state"]["loaded"], true);
    let text = info.to_string();
    for hidden in ["Ann", "Text.txt", "Secret words", "callback", SECRET] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[tokio::test]
async fn a_callback_is_inspected_and_sent_again() {
    let server = Server::start(&Setup::default()).await;
    let integrator = Integrator::start().await;
    let key = new_key("inspector");
    let mut config = integrator.config(&key, "u1", "Ann");
    config["editorConfig"]["callbackUrl"] = integrator.url("/callback?ticket=hidden").into();
    let mut ann = Browser::open(&server, &crate::common::signed(config)).await;
    integrator.called_with(1).await;
    ann.types("New. ").await;
    integrator.answer_next([Answer(
        StatusCode::NOT_FOUND,
        "No such route: {\"token\":\"eyJhbGciOiJIUzI1NiJ9.e30.abc\"}",
    )]);
    ann.leave().await;
    let first = integrator.called_with(2).await;

    let list = callbacks(&server, &key, 2).await;
    let shown = &list[0];
    assert_eq!(shown["status"], 2);
    assert_eq!(shown["outcome"], "callback.status");
    assert_eq!(shown["answer"]["status"], 404);
    assert_eq!(
        shown["answer"]["body"],
        "No such route: {\"token\":\"[token]\"}"
    );
    assert_eq!(shown["address"], integrator.url("/callback?…"));
    assert_eq!(shown["fields"]["users"], json!(["u1"]));
    assert!(shown["took"].is_u64() && shown["hint"].is_string());
    assert_eq!(list[1]["outcome"], "taken");
    let text = json!(list).to_string();
    for hidden in ["eyJ", "sig=", "ticket", "expires=", SECRET] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }

    let id = shown["id"].as_str().unwrap();
    let (status, again) = post(&server, "/callbacks/replay", &json!({ "id": id })).await;
    assert_eq!(status, 200, "{again}");
    assert_eq!(
        (&again["outcome"], &again["replayOf"]),
        (&json!("taken"), &json!(id))
    );
    let second = integrator.called_with(2).await;
    verify_callback(&Secret::from(SECRET), &second.body, None, now()).expect("signed again");
    // The same, but for a link that is good again.
    let link = |body: &Value| body["url"].as_str().unwrap().to_owned();
    assert_ne!(link(&first.body), link(&second.body));
    let (status, text) = get(&link(&second.body)).await;
    assert!(status == 200 && text.contains("New. "), "{status} {text}");
    for name in ["key", "status", "users", "actions", "lastsave", "filetype"] {
        assert_eq!(first.body[name], second.body[name], "{name}");
    }
    assert_eq!(callbacks(&server, &key, 3).await[0]["id"], again["id"]);

    let (status, unknown) = post(&server, "/callbacks/replay", &json!({ "id": "unknown" })).await;
    assert_eq!(
        (status, &unknown["code"]),
        (404, &json!("callbacks.unknown"))
    );
    let log = server.log();
    assert!(
        log.contains("the administrator sends a callback again"),
        "{log}"
    );
    assert!(
        !log.contains("eyJ") && !log.contains("sig=") && !log.contains("ticket"),
        "{log}"
    );
}

#[tokio::test]
async fn w5_what_is_for_the_administrator_is_closed_to_everybody_else() {
    let server = Server::shared().await;
    let client = reqwest::Client::new();
    for path in [
        "/info/info.json",
        "/metrics",
        "/callbacks.json",
        "/callbacks/",
        "/token/",
    ] {
        // Passed on by a proxy, or under a name that somebody pointed here.
        for (name, value) in [("x-forwarded-for", "203.0.113.7"), ("host", "docs.example")] {
            let request = client.get(server.url(path)).header(name, value);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path} {name}");
            assert_eq!(answer.headers()["x-frame-options"], "DENY");
        }
    }
    let replay = |origin: &'static str, kind: &'static str| {
        let request = client.post(server.url("/callbacks/replay"));
        let request = request
            .header("origin", origin)
            .header("content-type", kind);
        request.body(r#"{"id":"x"}"#).send()
    };
    let foreign = replay("https://evil.example", "application/json")
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
    let own: &'static str = server.url("").leak();
    assert_eq!(replay(own, "text/plain").await.unwrap().status(), 400);
    assert_eq!(replay(own, "application/json").await.unwrap().status(), 404);
}

#[tokio::test]
async fn w4_a_password_opens_the_administrators_pages_and_is_not_guessed() {
    let server =
        Server::start(&Setup::default().env("RECTO_ADMIN_PASSWORD", "correct horse battery")).await;
    let client = reqwest::Client::new();
    let ask = async |password: Option<&str>| {
        let request = client
            .get(server.url("/metrics"))
            .header("host", "docs.example");
        let request = match password {
            Some(password) => request.basic_auth("admin", Some(password)),
            None => request,
        };
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask(None).await, 401);
    assert_eq!(ask(Some("correct horse battery")).await, 200);
    let mut wrong = 0;
    while ask(Some(&format!("guess {wrong}"))).await == 401 {
        wrong += 1;
        assert!(wrong < 100, "guessing goes on");
    }
    assert_eq!(ask(Some("correct horse battery")).await, 429);
}

#[tokio::test]
async fn each_line_of_the_json_log_is_an_object_and_names_its_request() {
    let server = Server::start(&Setup::default().env("RECTO_LOG_JSON", "1")).await;
    let client = reqwest::Client::new();
    let request = client
        .post(server.url("/command"))
        .json(&json!({ "c": "info", "key": "k" }));
    let answer = request.send().await.unwrap();
    let id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let log = server.logged(|log| log.contains(&id)).await;
    let line = log.lines().find(|line| line.contains(&id)).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["fields"]["request"], id.as_str());
    assert_eq!(line["span"]["id"], id.as_str());
    assert_eq!(line["span"]["path"], "/command");
    assert!(line["timestamp"].is_string() && line["level"] == "WARN");
}

#[tokio::test]
async fn the_interface_is_described() {
    let server = Server::shared().await;
    let description = json(&server, "/openapi.json").await;
    assert!(description["paths"]["/command"]["post"].is_object());
    assert_eq!(description["info"]["title"], "Recto");
}
