//! The server as anybody on the network meets it.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{client_async, connect_async};

use crate::common::{
    Browser, Integrator, LONGEST, Server, Setup, body, get, new_key, post, run_to_end, signed,
};

/// The status with which a WebSocket from a page of `origin` is answered.
async fn upgrade(server: &Server, origin: Option<&str>, forwarded: Option<&str>) -> u16 {
    let url = format!("ws://{}/doc/any/live", server.address());
    let mut request = url.into_client_request().unwrap();
    let headers = request.headers_mut();
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse().unwrap());
    }
    if let Some(host) = forwarded {
        headers.insert("x-forwarded-host", host.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn w2_a_page_of_another_origin_opens_no_socket() {
    let server = Server::shared().await;
    let own = server.url("");
    assert_eq!(upgrade(&server, Some(&own), None).await, 101);
    assert_eq!(upgrade(&server, None, None).await, 101);
    for foreign in [
        "https://evil.example",
        "null",
        "",
        "file://",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        &format!("http://{}@evil.example", server.address()),
        &format!("http://{}.evil.example", server.address()),
    ] {
        assert_eq!(
            upgrade(&server, Some(foreign), None).await,
            403,
            "{foreign:?}"
        );
    }
    // L2: what a request says of its own way decides nothing.
    assert_eq!(
        upgrade(&server, Some("https://evil.example"), Some("evil.example")).await,
        403
    );
    assert_eq!(
        upgrade(&server, Some(&own), Some("evil.example")).await,
        101
    );
    server
        .logged(|log| log.contains("https://evil.example") && log.contains("set public_url to it"))
        .await;
}

#[tokio::test]
async fn w2_each_page_has_a_policy_and_is_framed_by_whom_it_may() {
    let setup = Setup::default().arg(
        "--frame-ancestors",
        "https://app.example https://*.b.example",
    );
    let server = Server::start(&setup).await;
    let policy = async |path: &str| {
        let answer = reqwest::get(server.url(path)).await.unwrap();
        let headers = answer.headers().clone();
        let kind = headers["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/html"), "{path} {kind}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{path} {policy}");
        assert!(!policy.contains("script-src 'unsafe"), "{path} {policy}");
        policy.to_owned()
    };
    for path in [
        "/web-apps/apps/editor/index.html",
        "/web-apps/apps/api/documents/preload.html",
        "/web-apps/apps/api/documents/cache-scripts.html",
    ] {
        let policy = policy(path).await;
        assert!(
            policy.ends_with("frame-ancestors https://app.example https://*.b.example"),
            "{path} {policy}"
        );
    }
    for path in [
        "/",
        "/docs/index",
        "/docs/nothing",
        "/token/",
        "/callbacks/",
    ] {
        let policy = policy(path).await;
        assert!(
            policy.ends_with("frame-ancestors 'none'"),
            "{path} {policy}"
        );
    }
    let broken = Setup::default().arg("--frame-ancestors", "*; script-src *");
    let (code, said) = run_to_end(&broken);
    assert!(
        code != Some(0) && said.contains("is no source of a frame-ancestors directive"),
        "{said}"
    );
}

#[tokio::test]
async fn w4_the_administrators_pages_can_have_a_port_of_their_own() {
    let server = Server::start(&Setup::default().arg("--admin-listen", "127.0.0.1:0")).await;
    let log = server.log();
    let (_, after) = log.split_once("The administrator's pages are at ").unwrap();
    let admin = after.lines().next().unwrap().trim().to_owned();
    for path in [
        "/token/",
        "/token/explain",
        "/callbacks/",
        "/callbacks.json",
        "/callbacks/replay",
        "/info/info.json",
        "/metrics",
    ] {
        let (here, _) = get(&server.url(path)).await;
        assert_eq!(here, 404, "{path}");
        let (there, _) = get(&format!("{admin}{path}")).await;
        assert!(there == 200 || there == 405, "{path} {there}");
    }
    for path in [
        "/command",
        "/healthcheck",
        "/web-apps/apps/api/documents/api.js",
    ] {
        assert_eq!(get(&format!("{admin}{path}")).await.0, 404, "{path}");
    }
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn w5_what_is_not_built_or_internal_answers_nothing() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("w5");
    let ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let session = ann.opened["session"].as_str().unwrap();
    let client = reqwest::Client::new();
    let not_built = [
        &format!("/downloadas/{key}"),
        &format!("/downloadfile/{key}"),
        &format!("/savefile/{key}"),
        &format!("/upload/{key}"),
        &format!("/printfile/{key}/out.pdf"),
    ];
    for path in not_built {
        for request in [client.get(server.url(path)), client.post(server.url(path))] {
            let answer = request
                .bearer_auth(session)
                .json(&json!({ "c": "info", "key": key, "url": integrator.url("/files/text.txt") }))
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 501, "{path}");
            let body: Value = answer.json().await.unwrap();
            assert_eq!(body["code"], "server.not_built", "{path}");
            assert_ne!(
                body["error"], 0,
                "{path}: a connector must not take it for a success"
            );
            assert!(
                !body["message"].as_str().unwrap().is_empty()
                    && !body["hint"].as_str().unwrap().is_empty()
            );
        }
    }
    for path in [
        "/info/config",
        "/info",
        "/meta",
        "/internal/cluster/inactive",
        "/internal/cluster/pre-stop",
        "/internal/connections/edit",
        "/hosting/discovery",
        "/hosting/capabilities",
        "/ai-proxy",
        "/example/",
        "/welcome/",
        "/admin",
        "/debug/pprof",
        "/cache/files/",
        "/storage-cache/files/x",
        "/web-apps/apps/editor/../../../Cargo.toml",
        "/web-apps/apps/editor/%2e%2e/%2e%2e/Cargo.toml",
        "/web-apps/apps/editor/..%2f..%2fCargo.toml",
        "/own-secret",
        "/store/journal.sqlite",
    ] {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let request = client.request(method.parse().unwrap(), server.url(path));
            let status = request.send().await.unwrap().status().as_u16();
            assert!(
                status == 404 || (status == 405 && method != "GET"),
                "{method} {path}: {status}"
            );
        }
    }
}

#[tokio::test]
async fn w8_the_health_check_says_true_or_false_and_nothing_else() {
    let server = Server::shared().await;
    let answer = reqwest::get(server.url("/healthcheck?verbose=1"))
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    for name in answer.headers().keys() {
        assert!(
            ["content-type", "content-length", "date", "x-request-id"].contains(&name.as_str()),
            "{name}"
        );
    }
    let body = answer.text().await.unwrap();
    assert!(body == "true" || body == "false", "{body}");
}

/// A connector may have been given the server's address with a slash at its end.
#[tokio::test]
async fn slashes_too_many_change_nothing() {
    let server = Server::shared().await;
    let version = body(&json!({ "c": "version" }));
    let (status, answer) = post(&server, "//coauthoring//CommandService.ashx/", &version).await;
    assert_eq!((status, &answer["error"]), (200, &json!(0)), "{answer}");
    for path in [
        "//healthcheck",
        "/healthcheck/",
        "//web-apps/apps/api/documents/api.js",
        "/favicon.ico",
    ] {
        assert_eq!(get(&server.url(path)).await.0, 200, "{path}");
    }
    let url = format!("ws://{}//doc/any/live", server.address());
    assert!(connect_async(url).await.is_ok());
}

/// Applications put the page into a hidden frame, so that the editor opens sooner.
#[tokio::test]
async fn the_page_to_preload_names_files_that_are_there() {
    let server = Server::shared().await;
    let path = "/web-apps/apps/api/documents/preload.html";
    let answer = reqwest::get(server.url(path)).await.unwrap();
    assert!(!answer.headers().contains_key("x-frame-options"));
    let page = answer.text().await.unwrap();
    let files: Vec<&str> = page
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(files.len() > 1, "{page}");
    for file in files {
        let url = url::Url::parse(&server.url(path))
            .unwrap()
            .join(file)
            .unwrap();
        let answer = reqwest::get(url.clone()).await.unwrap();
        let cached = answer.headers()["cache-control"].to_str().unwrap();
        assert!(
            answer.status() == 200 && cached.contains("immutable"),
            "{url} {cached}"
        );
    }
}

/// A connector switches itself off at one `false`, and so do orchestrators.
#[tokio::test]
async fn the_health_check_says_true_in_a_storm_of_conversions() {
    let setup = Setup::default()
        .arg("--warm-kits", "1")
        .arg("--conversions", "4");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let name = format!("{}.txt", new_key("storm"));
    integrator.serve(&name, b"Much to do.");
    let conversions = async {
        let all = (0..8).map(|_| {
            let fields = json!({
                "key": new_key("storm"), "url": integrator.url(&format!("/files/{name}")),
                "filetype": "txt", "outputtype": "pdf",
            });
            let server = &server;
            async move { post(server, "/converter", &body(&fields)).await.1 }
        });
        join_all(all).await
    };
    tokio::pin!(conversions);
    let mut busy = 0;
    let answers = loop {
        let look = async {
            // As monitors do, and not in the way of what is watched.
            tokio::time::sleep(Duration::from_millis(50)).await;
            let said = get(&server.url("/healthcheck")).await.1;
            (said, get(&server.url("/metrics")).await.1)
        };
        tokio::select! {
            answers = &mut conversions => break answers,
            (said, counters) = look => {
                assert_eq!(said, "true");
                assert!(counters.contains("recto_healthy 1\n"), "{counters}");
                busy += usize::from(counters.contains("recto_kits{state=\"warm\"} 0\n"));
            }
        }
    };
    assert!(busy > 0, "it was no storm");
    for answer in answers {
        assert_eq!(answer["endConvert"], true, "{answer}");
    }
}

#[tokio::test]
async fn w7_a_frame_above_the_limit_ends_only_its_own_connection() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("w7-frame");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    // Before it is known who somebody is, and after.
    let mut unknown = Browser::connect(&server, &key).await;
    let mut eve = Browser::open(&server, &integrator.signed(&key, "u2", "Eve")).await;
    let before = server.memory();
    for browser in [&mut unknown, &mut eve] {
        // The server ends it while it is being sent.
        browser.try_send(Message::text("x".repeat(17 << 20))).await;
        browser.ending().await;
    }
    ann.types("Works on. ").await;
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 48 << 20, "{} MiB more", grown >> 20);
}

#[tokio::test]
async fn w7_a_flood_of_messages_stops_nobody_else() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let (key, other) = (new_key("w7-flood"), new_key("w7-other"));
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut ben = Browser::open(&server, &integrator.signed(&other, "u2", "Ben")).await;
    let eve = Browser::open(&server, &integrator.signed(&key, "u3", "Eve")).await;
    let before = server.memory();
    let flood = async {
        let mut eve = eve;
        for n in 0..10_000_u32 {
            let message = if n % 2 == 0 {
                json!({ "type": "ping" })
            } else {
                json!({ "type": "input", "seq": n, "input": { "kind": "key", "char": 0, "code": 1027 } })
            };
            // A browser that answers more slowly than it asks may lose its connection.
            if !eve.try_send(Message::text(message.to_string())).await {
                break;
            }
        }
    };
    let works = async {
        for _ in 0..3 {
            ann.types("a").await;
            ben.types("b").await;
        }
    };
    tokio::join!(flood, works);
    ann.types("a").await;
    ben.types("b").await;
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 64 << 20, "{} MiB more", grown >> 20);
}

#[tokio::test]
async fn w7_whoever_never_reads_loses_his_connection_and_holds_up_nobody() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("w7-slow");
    // A selection of some size: copying it is the largest answer that there is.
    integrator.serve(
        "text.txt",
        "0123456789 abcdefghij klmnopqrst\n".repeat(2000),
    );
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;

    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(server.address()).await.unwrap();
    let local = stream.local_addr().unwrap();
    let url = format!("ws://{}/doc/{key}/live", server.address());
    let (mut eve, _) = client_async(url, stream).await.unwrap();
    let mut say = async |message: Value| {
        use futures::SinkExt;
        eve.send(Message::text(message.to_string())).await.is_ok()
    };
    let before = server.memory();
    say(json!({ "type": "open", "config": integrator.signed(&key, "u2", "Eve") })).await;
    ann.until_that(|m| m["type"] == "participants" && m["list"].as_array().unwrap().len() == 2)
        .await;
    say(json!({ "type": "input", "seq": 1, "input": { "kind": "command", "name": ".uno:SelectAll", "args": {} } })).await;
    // It asks until its user is away for the others, who are answered all the while.
    let away = |m: &Value| {
        m["type"] == "participants"
            && m["list"]
                .as_array()
                .unwrap()
                .iter()
                .all(|p| p["userId"] != "u2" || p["online"] == false)
    };
    for id in 0.. {
        say(json!({ "type": "copy", "id": id })).await;
        ann.say(&json!({ "type": "ping" })).await;
        if away(&ann.until_that(|m| m["type"] == "pong" || away(m)).await) {
            break;
        }
    }
    // The server keeps nothing for it any more.
    ann.types("b").await;
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 96 << 20, "{} MiB more", grown >> 20);
    // The connection itself is gone, although it has not read a byte.
    let begun = std::time::Instant::now();
    while server.connected_to(local) {
        assert!(begun.elapsed() < LONGEST, "the connection is still held");
        ann.say(&json!({ "type": "ping" })).await;
        ann.until("pong").await;
    }
}

#[tokio::test]
async fn w7_many_connections_that_say_nothing_are_borne() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("w7-idle");
    let idle = join_all((0..200).map(|_| Browser::connect(&server, &key))).await;
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Works on. ").await;
    drop(idle);
}

#[tokio::test]
async fn s6_each_address_that_a_config_or_a_request_names_is_judged() {
    // The server's own defaults: this machine is not allowed.
    let server = Server::start(&Setup::bare()).await;
    let integrator = Integrator::start().await;
    let key = new_key("s6");
    let ending = Browser::open_refused(&server, &key, &integrator.signed(&key, "u1", "Ann")).await;
    assert_eq!(ending.code(), "fetch.forbidden_address");
    let fields = json!({
        "key": key, "url": integrator.url("/files/text.txt"), "filetype": "txt", "outputtype": "pdf",
    });
    let (_, answer) = post(&server, "/converter", &body(&fields)).await;
    assert_eq!(answer["code"], "fetch.forbidden_address", "{answer}");
    assert!(integrator.fetched().is_empty() && integrator.all_called().is_empty());
}

#[tokio::test]
async fn s7_an_allowed_host_is_open_and_its_address_is_not() {
    let setup = Setup::bare().arg("--allow-host", "localhost");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let named = |key: &str| {
        let text = integrator.config(key, "u1", "Ann").to_string();
        signed(serde_json::from_str(&text.replace("127.0.0.1", "localhost")).unwrap())
    };
    let key = new_key("s7");
    Browser::open(&server, &named(&key)).await;
    assert_eq!(integrator.called().await.status(), 1);
    let key = new_key("s7");
    let ending = Browser::open_refused(&server, &key, &integrator.signed(&key, "u1", "Ann")).await;
    assert_eq!(ending.code(), "fetch.forbidden_address");
}
