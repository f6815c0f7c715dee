//! Where links lead, and who says so.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{
    Answer, Browser, Integrator, Server, Setup, body, get, new_key, run_to_end, signed,
};

const NOBODY: &str = "192.0.2.66";

/// What somebody writes who wants to be taken for a proxy, or for another server.
const FORGED: [(&str, &str); 7] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-for", NOBODY),
    ("x-forwarded-prefix", "/evil.example"),
    ("x-real-ip", NOBODY),
    (
        "forwarded",
        "for=192.0.2.66;host=evil.example;proto=https;by=evil.example",
    ),
];

fn is_clean(told: &str) -> bool {
    !told.contains("evil") && !told.contains(NOBODY)
}

/// Asks with forged headers; gives the answer's headers and text.
async fn forged(server: &Server, path: &str, body: Option<&Value>) -> (u16, String) {
    let redirects = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().redirect(redirects);
    let client = client.build().unwrap();
    let mut request = match body {
        Some(body) => client.post(server.url(path)).json(body),
        None => client.get(server.url(path)),
    };
    for (name, value) in FORGED {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (
        status,
        format!("{headers:?}\n{}", answer.text().await.unwrap()),
    )
}

fn member(answer: &str, name: &str) -> String {
    let (_, body) = answer.split_once('\n').unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    body[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {body}"))
        .to_owned()
}

#[tokio::test]
async fn l2_nobody_who_asks_decides_where_a_link_leads() {
    let server = Server::start(&Setup::default()).await;
    let own = server.url("/cache/files/");
    let integrator = Integrator::start().await;
    let key = new_key("l2");
    let mut ada = Browser::open(&server, &integrator.signed(&key, "u1", "Ada")).await;
    let mut config = integrator.config(&key, "u2", "Vera");
    config["document"]["permissions"] = json!({ "edit": false });
    // The viewer comes last, and comes back, which takes her connection over.
    let mut vera = Browser::open_with(&server, &FORGED, &signed(config)).await;
    let session = vera.opened.clone();
    drop(vera);
    let back = json!({
        "type": "open", "config": {}, "session": session["session"],
        "resume": { "participant": session["participant"], "sent": 0 },
    });
    vera = Browser::connect_with(&server, &FORGED, &key).await;
    vera.say(&back).await;
    vera.until_opened().await;

    ada.types("Hers. ").await;
    ada.until_saved().await;
    for browser in [&mut ada, &mut vera] {
        browser
            .say(&json!({ "type": "download", "id": 1, "print": false }))
            .await;
        let copy = browser.until("download").await;
        let url = copy["url"].as_str().unwrap();
        assert!(url.starts_with(&own), "{copy}");
        assert_eq!(get(url).await.0, 200);
    }
    let force = json!({ "c": "forcesave", "key": key });
    let (_, answer) = forged(&server, "/command", Some(&body(&force))).await;
    assert!(answer.contains("\"error\":0"), "{answer}");
    integrator.called_with(6).await;
    ada.types("More. ").await;
    ada.until_saved().await;
    ada.leave().await;
    integrator.called_with(2).await;
    for called in integrator.all_called() {
        assert!(is_clean(&called.body.to_string()), "{called:?}");
        for name in ["url", "changesurl"] {
            if let Some(link) = called.body.get(name) {
                assert!(link.as_str().unwrap().starts_with(&own), "{called:?}");
            }
        }
    }
    vera.leave().await;

    let wanted = json!({
        "url": integrator.url("/files/text.txt"), "filetype": "txt", "outputtype": "odt",
        "key": new_key("l2-conversion"),
    });
    let (_, answer) = forged(&server, "/converter", Some(&body(&wanted))).await;
    let link = member(&answer, "fileUrl");
    assert!(link.starts_with(&own), "{answer}");
    assert_eq!(get(&link).await.0, 200);

    let log = server.log();
    assert!(is_clean(&log), "{log}");
}

#[tokio::test]
async fn l2_a_forgotten_file_and_a_repeated_callback_name_the_servers_own_address() {
    let server = Server::start(&Setup::default()).await;
    let own = server.url("/cache/files/");
    let integrator = Integrator::start().await;
    let key = new_key("l2-forgotten");
    let config = integrator.signed(&key, "u1", "Ada");
    let mut ada = Browser::open_with(&server, &FORGED, &config).await;
    integrator.answer_next([
        Answer(StatusCode::OK, r#"{"error":0}"#),
        Answer(StatusCode::OK, r#"{"error":1}"#),
    ]);
    ada.types("Kept. ").await;
    ada.leave().await;
    let refused = integrator.called_with(2).await;
    assert!(refused.body["url"].as_str().unwrap().starts_with(&own));
    let wanted = json!({ "c": "getForgotten", "key": key });
    let link = loop {
        let (_, answer) = forged(&server, "/command", Some(&body(&wanted))).await;
        if answer.contains("\"error\":0") {
            break member(&answer, "url");
        }
    };
    assert!(link.starts_with(&own), "{link}");
    assert_eq!(get(&link).await.0, 200);
    let (_, list) = get(&server.url("/callbacks.json")).await;
    let list: Value = serde_json::from_str(&list).unwrap();
    let id = list["callbacks"][0]["id"].as_str().unwrap();
    let replay = server.url("/callbacks/replay");
    let mut request = reqwest::Client::new().post(replay);
    // The host has to be this machine's for the administrator; the rest is forged.
    for (name, value) in [
        ("origin", server.url("")),
        ("content-type", "application/json".into()),
    ] {
        request = request.header(name, value);
    }
    let answer = request.body(json!({ "id": id }).to_string()).send().await;
    assert_eq!(answer.unwrap().status(), 200);
    let again = integrator.called_with(2).await;
    assert!(
        again.body["url"].as_str().unwrap().starts_with(&own),
        "{again:?}"
    );
    assert!(is_clean(&server.log()));
}

#[tokio::test]
async fn l2_no_page_repeats_the_host_that_it_was_asked_by() {
    let server = Server::shared().await;
    for path in [
        "/",
        "/docs",
        "/docs/",
        "/docs/index",
        "/docs/nothing",
        "/healthcheck",
        "/openapi.json",
        "/web-apps/apps/api/documents/api.js",
        "/web-apps/apps/editor/index.html",
        "/web-apps/apps/editor/nothing",
        "/token/",
        "/info/info.json",
        "/metrics",
        "/cache/files/0123/output.txt?expires=1&sig=a",
        "/nothing",
    ] {
        let (status, answer) = forged(&server, path, None).await;
        assert!(is_clean(&answer), "{path} {status} {answer}");
        if let Some((_, after)) = answer.split_once("\"location\": \"") {
            assert!(
                !after.starts_with("http") && !after.starts_with("//"),
                "{path} {after}"
            );
        }
    }
}

/// The sentence of a server that refuses to start.
fn refused(setup: &Setup) -> String {
    let (code, text) = run_to_end(setup);
    assert_eq!(code, Some(1), "{text}");
    let sentence = text.lines().rev().find(|line| line.starts_with("recto: "));
    sentence
        .unwrap_or_else(|| panic!("no sentence in {text}"))
        .to_owned()
}

#[test]
fn l2_beyond_this_machine_a_server_has_to_know_its_address() {
    let open = Setup::bare().arg("--listen", "0.0.0.0:0");
    insta::assert_snapshot!(refused(&open), @"recto: Recto listens on 0.0.0.0:0, where others reach it, and nobody told it the address that they use. Set public_url (--public-url or RECTO_PUBLIC_URL) to the address under which browsers and applications reach it, such as https://docs.example, or listen on 127.0.0.1.");
    let behind = Setup::bare().arg("--trusted-proxy", "127.0.0.1");
    insta::assert_snapshot!(refused(&behind), @"recto: There are trusted_proxies, and nobody told Recto the address at which they are reached. Set public_url (--public-url or RECTO_PUBLIC_URL) to the address under which browsers and applications reach the proxy, such as https://docs.example.");
    let wrong = Setup::bare().arg("--public-url", "http://0.0.0.0:8080");
    let (code, said) = run_to_end(&wrong);
    assert!(
        code == Some(2) && said.contains("not where anybody reaches it"),
        "{said}"
    );
}

#[tokio::test]
async fn every_link_begins_with_the_address_that_is_configured() {
    let setup = Setup::default()
        .arg("--listen", "0.0.0.0:0")
        .arg("--public-url", "https://example.com:8443/office/");
    let server = Server::start(&setup).await;
    let own = "https://example.com:8443/office/cache/files/";
    let integrator = Integrator::start().await;
    let wanted = json!({
        "url": integrator.url("/files/text.txt"), "filetype": "txt", "outputtype": "odt",
        "key": new_key("configured"),
    });
    let (_, answer) = forged(&server, "/converter", Some(&body(&wanted))).await;
    let link = member(&answer, "fileUrl");
    assert!(link.starts_with(own), "{link}");
    // It is signed without what the proxy takes off.
    let path = link
        .strip_prefix("https://example.com:8443/office")
        .unwrap();
    let (status, _) = get(&server.url(path)).await;
    assert_eq!(status, 200);
}
