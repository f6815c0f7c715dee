//! Several tenants on one server.

use axum::http::StatusCode;
use recto_token::{
    Key, KeyRing, Layout, Secret, sign_config, sign_request_with, verify_callback, verify_download,
};
use serde_json::{Value, json};

use crate::common::{
    Answer, Browser, Integrator, Server, Setup, get, get_at, new_key, now, post, post_at, signed,
    signed_by,
};

const A: &str = "a.docs.example";
const B: &str = "office.b.example";
const SECRET_A: &str = "the-secret-of-the-tenant-a-0123456789";
const SECRET_B: &str = "the-secret-of-the-tenant-b-0123456789";
const ALLOWED: &str = "allow_network = [\"127.0.0.0/8\"]";

/// A server with the tenants `a` and `office.b.example`, each with what is said, and a default.
fn tenants(a: Option<&str>, b: &str) -> Setup {
    let setup = Setup::default();
    configure(&setup, "", a, b);
    setup
}

/// Writes the configuration that the next start reads.
fn configure(setup: &Setup, top: &str, a: Option<&str>, b: &str) {
    let folder = setup.data().display();
    for (name, secret) in [("a", SECRET_A), ("b", SECRET_B)] {
        std::fs::write(setup.data().join(format!("{name}.secret")), secret).unwrap();
        // The same as a file of keys, in which the key has a name.
        let keys = format!("[[key]]\nid = \"{name}-1\"\nsecret = \"{secret}\"\n");
        std::fs::write(setup.data().join(format!("{name}.keys")), keys).unwrap();
    }
    let a = a.map_or_else(String::new, |a| {
        format!("base_domain = \"docs.example\"\n[[tenant]]\nname = \"a\"\njwt_keys_file = \"{folder}/a.keys\"\n{a}\n")
    });
    let b = format!("[[tenant]]\nname = \"{B}\"\njwt_secret_file = \"{folder}/b.secret\"\n{b}\n");
    std::fs::write(setup.data().join("recto.toml"), format!("{top}\n{a}{b}")).unwrap();
}

fn signed_at(secret: &str, integrator: &Integrator, key: &str, user: &str) -> Value {
    signed_by(secret, integrator.config(key, user, user))
}

fn fields(secret: &str, fields: &Value) -> Value {
    json!({ "token": sign_config(&Secret::from(secret), fields, now(), 300) })
}

async fn command(server: &Server, host: &str, secret: &str, wanted: &Value) -> Value {
    let (status, answer) = post_at(server, host, "/command", &fields(secret, wanted)).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn restarted(server: Server, setup: Setup) -> (Server, Setup) {
    server.kill();
    let setup = setup.arg("--listen", &server.address().to_string());
    drop(server);
    (Server::start(&setup).await, setup)
}

#[tokio::test]
async fn f5_the_same_key_of_two_tenants_is_two_documents() {
    let server = Server::start(&tenants(Some(ALLOWED), ALLOWED)).await;
    let (at_a, at_b) = (Integrator::start().await, Integrator::start().await);
    at_a.serve("text.txt", "Of tenant A\n");
    at_b.serve("text.txt", "Of tenant B\n");
    let key = new_key("two");
    let info = json!({ "c": "info", "key": key });
    let mut ann = Browser::open_at(&server, A, &signed_at(SECRET_A, &at_a, &key, "ann")).await;
    // What only A has open is not there for B, nor for the default.
    for name in ["info", "forcesave", "getForgotten", "deleteForgotten"] {
        let wanted = json!({ "c": name, "key": key });
        assert_eq!(
            command(&server, B, SECRET_B, &wanted).await["error"],
            1,
            "{name}"
        );
    }
    let (_, default) = post(&server, "/command", &crate::common::body(&info)).await;
    assert_eq!(default["error"], 1);
    for wanted in [
        json!({ "c": "drop", "key": key }),
        json!({ "c": "permissions", "key": key, "permissions": { "edit": false } }),
        json!({ "c": "meta", "key": key, "meta": { "title": "Of B" } }),
    ] {
        command(&server, B, SECRET_B, &wanted).await;
    }
    let mut bob = Browser::open_at(&server, B, &signed_at(SECRET_B, &at_b, &key, "bob")).await;
    assert_eq!(bob.opened["participants"].as_array().unwrap().len(), 1);
    ann.types("By Ann. ").await;
    bob.types("By Bob. ").await;
    for (host, secret, user) in [(A, SECRET_A, "ann"), (B, SECRET_B, "bob")] {
        let answer = command(&server, host, secret, &info).await;
        assert_eq!(answer["users"], json!([user]));
    }

    // The administrator sees both, and whose each is.
    let (_, text) = get(&server.url("/info/info.json")).await;
    let all: Value = serde_json::from_str(&text).unwrap();
    let mut whose: Vec<_> = all["recto"]["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|open| open["tenant"].as_str().unwrap().to_owned())
        .collect();
    whose.sort();
    assert_eq!(whose, ["a", B]);
    assert_eq!(all["quota"]["edit"]["connectionsCount"], 2);
    assert_eq!(all["recto"]["tenants"][0]["editors"], 1);
    let (_, metrics) = get(&server.url("/metrics")).await;
    for line in [
        "recto_openings_total{outcome=\"accepted\",code=\"\",tenant=\"a\"} 1",
        "recto_tenant_open_documents{tenant=\"office.b.example\"} 1",
        "recto_open_documents 2",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}: {metrics}"
        );
    }

    ann.leave().await;
    bob.leave().await;
    for (integrator, secret, host, other, words) in [
        (&at_a, SECRET_A, A, B, "By Ann. Of tenant A"),
        (&at_b, SECRET_B, B, A, "By Bob. Of tenant B"),
    ] {
        let saved = integrator.called_with(2).await;
        let header = saved.header.as_deref();
        verify_callback(&Secret::from(secret), &saved.body, header, now()).expect("its own key");
        let link = saved.body["url"].as_str().unwrap();
        assert!(
            link.starts_with(&format!(
                "http://{host}:{}/cache/files/",
                server.address().port()
            )),
            "{link}"
        );
        let (status, text) = get_at(&server, host, link).await;
        assert!(status == 200 && text.contains(words), "{status} {text}");
        // F5: it gives nothing at another tenant's host.
        let (status, refused) = get_at(&server, other, link).await;
        assert_eq!(status, 403, "{refused}");
        assert!(refused.contains("token.signature"), "{refused}");
        let (_, header) = integrator.fetched()[0].clone();
        let file = integrator.url("/files/text.txt");
        assert!(verify_download(&Secret::from(secret), header.as_deref(), &file, now()).is_ok());
    }
    let (_, text) = get(&server.url(&format!("/callbacks.json?key={key}&tenant={B}"))).await;
    let list: Value = serde_json::from_str(&text).unwrap();
    let list = list["callbacks"].as_array().unwrap();
    assert!(
        !list.is_empty() && list.iter().all(|it| it["tenant"] == B),
        "{list:?}"
    );
    assert!(!server.log().contains(SECRET_A) && !server.log().contains(SECRET_B));
}

#[tokio::test]
async fn t9_a_token_of_one_tenant_is_void_at_another() {
    let server = Server::start(&tenants(Some(ALLOWED), ALLOWED)).await;
    let integrator = Integrator::start().await;
    let key = new_key("t9");
    let config = signed_at(SECRET_A, &integrator, &key, "ann");
    let ann = Browser::open_at(&server, A, &config).await;
    let own = server.address().to_string();
    let open = json!({ "type": "open", "config": config });
    for host in [B, own.as_str(), "docs.example", "x.a.docs.example"] {
        let refused = Browser::refused_at(&server, host, &key, &open).await;
        assert_eq!(refused.code(), "token.signature", "{host}");
        assert_eq!(refused.last["wire"]["code"], 4006);
        assert_eq!(refused.last["editorError"], -20);
    }
    // Nor does what the server signed for A count at B.
    let session = ann.opened["session"].as_str().unwrap();
    let back = json!({
        "type": "open", "config": {}, "session": session,
        "resume": { "participant": ann.opened["participant"], "sent": 0 },
    });
    let refused = Browser::refused_at(&server, B, &key, &back).await;
    assert_eq!(refused.code(), "token.signature");
    let goodbye = reqwest::Client::new()
        .post(server.url(&format!("/doc/{key}/goodbye")))
        .header("host", B)
        .body(session.to_owned());
    assert_eq!(goodbye.send().await.unwrap().status(), 403);
    for (path, wanted, number) in [
        ("/command", json!({ "c": "info", "key": key }), 6),
        ("/command", json!({ "c": "version" }), 6),
        (
            "/converter",
            json!({ "url": integrator.url("/files/text.txt"), "filetype": "txt", "outputtype": "pdf", "key": key }),
            -8,
        ),
        (
            "/docbuilder",
            json!({ "url": "https://a.example/a.js", "async": true, "key": key }),
            -8,
        ),
    ] {
        let (_, answer) = post_at(&server, B, path, &fields(SECRET_A, &wanted)).await;
        assert_eq!(answer["error"], number, "{path} {answer}");
        assert_eq!(answer["code"], "token.signature", "{path}");
    }
    // She is still there.
    let answer = command(&server, A, SECRET_A, &json!({ "c": "info", "key": key })).await;
    assert_eq!(answer["users"], json!(["ann"]));
    ann.leave().await;
}

#[tokio::test]
async fn without_a_default_whoever_is_no_tenant_is_refused() {
    let setup = Setup::default().without_env("JWT_SECRET");
    configure(&setup, "default_tenant = false", Some(ALLOWED), ALLOWED);
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("unknown");
    let config = signed(integrator.config(&key, "u1", "Ann"));
    let refused = Browser::open_refused(&server, &key, &config).await;
    assert_eq!(refused.code(), "token.unknown_tenant");
    assert_eq!(refused.last["wire"]["code"], 4006);
    let version = json!({ "c": "version" });
    let (_, answer) = post(&server, "/command", &fields(SECRET_B, &version)).await;
    assert_eq!(
        (&answer["error"], &answer["code"]),
        (&json!(6), &json!("token.unknown_tenant"))
    );
    assert_eq!(command(&server, B, SECRET_B, &version).await["error"], 0);
    let (status, _) = get(&server.url("/cache/files/0123/output.txt?expires=1&sig=a")).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn a_key_that_a_token_names_finds_the_tenant_of_a_host_that_is_nobodys() {
    let server = Server::start(&tenants(Some(ALLOWED), ALLOWED)).await;
    let integrator = Integrator::start().await;
    let key = Key::secret(Secret::from(SECRET_A)).with_id("a-1").unwrap();
    let ring = KeyRing::from(key);
    let wanted = json!({
        "url": integrator.url("/files/text.txt"), "filetype": "txt", "outputtype": "odt",
        "key": new_key("kid"),
    });
    let token = sign_request_with(&ring, &wanted, Layout::Body, now(), 300).unwrap();
    let (_, answer) = post(&server, "/converter", &json!({ "token": token })).await;
    assert_eq!(answer["endConvert"], true, "{answer}");
    // The link has no token that could name anybody, and is good where it was given, but not at B's.
    let link = answer["fileUrl"].as_str().unwrap();
    let own = server.address().to_string();
    assert_eq!(get_at(&server, &own, link).await.0, 200);
    assert_eq!(get_at(&server, A, link).await.0, 200);
    assert_eq!(get_at(&server, B, link).await.0, 403);
}

#[tokio::test]
async fn s7_the_allow_list_of_one_tenant_does_not_help_another() {
    let server = Server::start(&tenants(Some(ALLOWED), "")).await;
    let integrator = Integrator::start().await;
    let key = new_key("s7");
    let ann = Browser::open_at(&server, A, &signed_at(SECRET_A, &integrator, &key, "ann")).await;
    let fetched = integrator.fetched().len();
    let open = json!({ "type": "open", "config": signed_at(SECRET_B, &integrator, &key, "bob") });
    let refused = Browser::refused_at(&server, B, &key, &open).await;
    assert_eq!(refused.code(), "fetch.forbidden_address");
    let wanted = json!({
        "url": integrator.url("/files/text.txt"), "filetype": "txt", "outputtype": "odt", "key": key,
    });
    let (_, answer) = post_at(&server, B, "/converter", &fields(SECRET_B, &wanted)).await;
    assert_eq!(answer["code"], "fetch.forbidden_address", "{answer}");
    assert_eq!(integrator.fetched().len(), fetched);
    let (_, answer) = post_at(&server, A, "/converter", &fields(SECRET_A, &wanted)).await;
    assert_eq!(answer["endConvert"], true, "{answer}");
    ann.leave().await;
}

#[tokio::test]
async fn w2_each_tenant_says_who_may_embed_the_editor_at_its_host() {
    let of_a = "frame_ancestors = \"https://a.example\"";
    let setup = tenants(Some(of_a), "").arg("--frame-ancestors", "https://default.example");
    let server = Server::start(&setup).await;
    for (host, ancestors) in [
        (A, "https://a.example"),
        (B, "*"),
        ("docs.example", "https://default.example"),
    ] {
        let page = server.url("/web-apps/apps/editor/index.html");
        let request = reqwest::Client::new().get(page).header("host", host);
        let answer = request.send().await.unwrap();
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        let wanted = format!("frame-ancestors {ancestors}");
        assert!(policy.ends_with(&wanted), "{host}: {policy}");
    }
}

#[tokio::test]
async fn each_tenant_is_told_with_its_own_key_after_the_server_was_killed() {
    let setup = tenants(Some(ALLOWED), ALLOWED);
    let server = Server::start(&setup).await;
    let (at_a, at_b) = (Integrator::start().await, Integrator::start().await);
    let key = new_key("killed");
    // They stay until the server goes, so that nothing is given before.
    let mut here = Vec::new();
    for (host, secret, integrator, words) in [
        (A, SECRET_A, &at_a, "To A. "),
        (B, SECRET_B, &at_b, "To B. "),
    ] {
        let config = signed_at(secret, integrator, &key, "u1");
        let mut browser = Browser::open_at(&server, host, &config).await;
        browser.types(words).await;
        browser.until_saved().await;
        here.push(browser);
    }
    let (server, _setup) = restarted(server, setup).await;
    server
        .logged(|log| log.contains("Documents found from an earlier run: 2."))
        .await;
    for (host, secret, integrator, words) in [
        (A, SECRET_A, &at_a, "To A. "),
        (B, SECRET_B, &at_b, "To B. "),
    ] {
        let saved = integrator.called_with(2).await;
        let header = saved.header.as_deref();
        verify_callback(&Secret::from(secret), &saved.body, header, now()).expect("its own key");
        let (status, text) = get_at(&server, host, saved.body["url"].as_str().unwrap()).await;
        assert!(
            status == 200 && text.contains(&format!("{words}The first line")),
            "{status} {text}"
        );
    }
}

#[tokio::test]
async fn what_is_owed_to_a_tenant_that_was_removed_is_kept_for_its_return() {
    let setup = tenants(Some(ALLOWED), ALLOWED);
    let server = Server::start(&setup).await;
    let mut integrator = Integrator::start().await;
    let key = new_key("removed");
    let config = signed_at(SECRET_A, &integrator, &key, "ann");
    let mut ann = Browser::open_at(&server, A, &config).await;
    ann.types("Kept. ").await;
    ann.until_saved().await;
    integrator.down();
    configure(&setup, "", None, ALLOWED);
    let (server, setup) = restarted(server, setup).await;
    let log = server.log();
    let told = log
        .lines()
        .find(|line| line.contains("no longer in the configuration"));
    assert!(
        told.is_some_and(|line| line.contains(&key) && line.contains("tenant=\"a\"")),
        "{log}"
    );

    configure(&setup, "", Some(ALLOWED), ALLOWED);
    integrator.up().await;
    integrator.answer_next([Answer(StatusCode::OK, r#"{"error":0}"#)]);
    let (server, _setup) = restarted(server, setup).await;
    let list = json!({ "c": "getForgottenList" });
    assert_eq!(
        command(&server, A, SECRET_A, &list).await["keys"],
        json!([key])
    );
    assert_eq!(
        command(&server, B, SECRET_B, &list).await["keys"],
        json!([])
    );
    let wanted = json!({ "c": "getForgotten", "key": key });
    let answer = command(&server, A, SECRET_A, &wanted).await;
    let link = answer["url"].as_str().unwrap();
    let (status, text) = get_at(&server, A, link).await;
    assert!(
        status == 200 && text.contains("Kept. The first line"),
        "{status} {text}"
    );
    assert_eq!(get_at(&server, B, link).await.0, 403);
}
