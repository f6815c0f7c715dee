//! What is said of a refusal: to the browser, and in the log.

use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, Setup, new_key, signed};

/// A config with other permissions than the signed ones.
fn with_more_rights(integrator: &Integrator, key: &str) -> Value {
    let mut config = integrator.config(key, "u1", "Ann");
    config["document"]["permissions"] = json!({ "edit": false });
    let mut config = signed(config);
    config["document"]["permissions"]["edit"] = true.into();
    config
}

/// The line of the log that has an id.
async fn line_of(server: &Server, id: &str) -> String {
    let log = server.logged(|log| log.contains(id)).await;
    log.lines()
        .find(|line| line.contains(id))
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_browser_and_the_log_speak_of_a_refusal_by_one_id() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("reference");
    let config = with_more_rights(&integrator, &key);
    let refused = Browser::open_refused(&server, &key, &config).await;
    assert_eq!(refused.last["path"], "document.permissions.edit");
    assert_eq!(refused.last["docs"], "config/permissions-differ");
    assert_eq!(refused.last["general"], false);
    let id = refused.last["request"].as_str().unwrap();
    let line = line_of(&server, id).await;
    let hint = refused.last["hint"].as_str().unwrap();
    for part in [
        "opening refused",
        "code=\"config.permissions_differ\"",
        "path=\"document.permissions.edit\"",
        "expected=\"false\"",
        "found=\"true\"",
        "docs=\"config/permissions-differ\"",
        "wire=4004",
        "wire_description=\"access deny\"",
        hint,
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_opened_has_a_reference_too() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("reference-failed");
    let mut config = integrator.config(&key, "u1", "Ann");
    config["document"]["url"] = integrator.url("/files/nothing").into();
    let failed = Browser::open_refused(&server, &key, &signed(config)).await;
    assert_eq!(failed.last["type"], "failed");
    let id = failed.last["request"].as_str().unwrap();
    let line = line_of(&server, id).await;
    assert!(
        line.contains(failed.code()) && line.contains(&key),
        "{line}"
    );
}

#[tokio::test]
async fn with_code_alone_the_browser_is_told_less_and_the_log_as_much() {
    let server = Server::start(&Setup::default().env("RECTO_REFUSALS", "code")).await;
    let integrator = Integrator::start().await;
    let key = new_key("general");
    let config = with_more_rights(&integrator, &key);
    let refused = Browser::open_refused(&server, &key, &config).await;
    let told = &refused.last;
    assert_eq!(refused.code(), "config.permissions_differ");
    assert_eq!(told["editorError"], -23);
    assert_eq!(
        told["message"],
        "The document can't be opened, because its config was refused."
    );
    assert!(!told.to_string().contains("document.permissions"), "{told}");
    let line = line_of(&server, told["request"].as_str().unwrap()).await;
    assert!(line.contains("document.permissions.edit"), "{line}");

    let mut config = integrator.config(&key, "u1", "Ann");
    config["document"]["url"] = integrator.url("/files/nothing").into();
    let failed = Browser::open_refused(&server, &key, &signed(config)).await;
    let told = failed.last.to_string();
    assert!(failed.code().starts_with("fetch."), "{told}");
    assert!(!told.contains("127.0.0.1"), "{told}");
}

#[tokio::test]
async fn a_refused_link_is_in_the_log_under_the_id_of_its_answer() {
    let server = Server::shared().await;
    let url = server.url("/cache/files/none/output.docx?expires=1&sig=wrong");
    let client = reqwest::Client::new();
    let answer = client
        .get(url)
        .header("x-request-id", "chosen-by-a-client")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 403);
    let id = answer.headers()["x-request-id"].to_str().unwrap();
    assert_eq!(id.len(), 12);
    let line = line_of(&server, id).await;
    assert!(line.contains("token.signature"), "{line}");
    assert!(!server.log().contains("chosen-by-a-client"));
}

#[tokio::test]
async fn the_page_on_tokens_is_for_this_machine_only() {
    let server = Server::shared().await;
    let client = reqwest::Client::new();
    let get = async |headers: &[(&str, &str)]| {
        let mut request = client.get(server.url("/token"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    };
    let shown = get(&[]).await;
    assert_eq!(shown.status(), 200);
    assert!(shown.url().path().ends_with("/token/"));
    let policy = shown.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"));
    assert!(policy.contains("frame-ancestors 'none'"));
    assert_eq!(shown.headers()["x-frame-options"], "DENY");
    assert_eq!(shown.headers()["referrer-policy"], "no-referrer");
    for denied in [("host", "evil.example"), ("x-forwarded-for", "192.0.2.1")] {
        assert_eq!(get(&[denied]).await.status(), 403, "{denied:?}");
    }

    let explain = async |origin: Option<String>| {
        let mut request = client.post(server.url("/token/explain"));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        request
            .json(&json!({ "input": "e30", "secrets": [] }))
            .send()
            .await
            .unwrap()
    };
    for origin in [None, Some(server.url(""))] {
        let answer = explain(origin).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let answer: Value = answer.json().await.unwrap();
        assert!(!answer["findings"].as_array().unwrap().is_empty());
    }
    let foreign = explain(Some("https://evil.example".into())).await;
    assert_eq!(foreign.status(), 403);
}

#[tokio::test]
async fn with_a_password_the_page_asks_for_it() {
    let setup = Setup::default().env("RECTO_ADMIN_PASSWORD", "correct horse");
    let server = Server::start(&setup).await;
    let client = reqwest::Client::new();
    let get = async |password: Option<&str>| {
        let request = client.get(server.url("/token/"));
        let request = match password {
            Some(password) => request.basic_auth("admin", Some(password)),
            None => request,
        };
        request.send().await.unwrap().status()
    };
    assert_eq!(get(None).await, 401);
    assert_eq!(get(Some("wrong")).await, 401);
    assert_eq!(get(Some("correct horse")).await, 200);
    assert!(!server.log().contains("correct horse"));
}
