//! The services that integrators call with tokens of their own.

use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, Setup, body, new_key, post, sign};

#[tokio::test]
async fn info_names_those_who_edit_and_calls_back() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("info");
    let info = json!({ "c": "info", "key": key, "userdata": "from the back end" });
    let (status, answer) = post(&server, "/command", &body(&info)).await;
    assert_eq!(status, 200);
    assert_eq!(answer["error"], 1, "nobody has opened it: {answer}");
    assert_eq!(answer["key"], key);
    assert_eq!(answer["code"], "request.unknown_key");

    let ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    integrator.called_with(1).await;
    for path in ["/command", "/coauthoring/CommandService.ashx"] {
        let (status, answer) = post(&server, path, &body(&info)).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(
            answer,
            json!({ "error": 0, "key": key, "users": ["u1"] }),
            "{path}"
        );
        let called = integrator.called_with(1).await;
        assert_eq!(called.body["userdata"], "from the back end");
        assert_eq!(called.body["users"], json!(["u1"]));
        assert!(called.body.get("actions").is_none());
    }
    ann.leave().await;
}

#[tokio::test]
async fn the_token_is_looked_at_before_anything_else() {
    let server = Server::shared().await;
    let key = new_key("services");
    let unsigned = json!({ "c": "version", "key": key, "url": "https://files.example/a.docx", "outputtype": "pdf" });
    for (path, none, expired) in [
        ("/command", 6, 7),
        ("/converter", -8, -8),
        ("/docbuilder", -8, -8),
    ] {
        let (status, answer) = post(&server, path, &unsigned).await;
        assert_eq!((status, &answer["error"]), (200, &json!(none)), "{path}");
        assert_eq!(answer["code"], "token.missing", "{path}");
        assert!(!answer["hint"].as_str().unwrap().is_empty());
        let mut old = unsigned.clone();
        old["token"] = sign(&unsigned, -300).into();
        let (status, answer) = post(&server, path, &old).await;
        assert_eq!((status, &answer["error"]), (200, &json!(expired)), "{path}");
        assert_eq!(answer["code"], "token.expired", "{path}");
    }
    let (_, answer) = post(&server, "/command", &unsigned).await;
    assert_eq!(
        answer["key"], key,
        "even a refused command's key is repeated"
    );
}

#[tokio::test]
async fn what_is_not_built_says_so_after_the_checks() {
    let server = Server::shared().await;
    let convert = json!({ "url": "https://files.example/a.docx", "filetype": "docx", "outputtype": "pdf", "key": "k" });
    for (path, fields, error, code) in [(
        "/docbuilder",
        json!({ "url": "https://files.example/a.js", "async": true }),
        -1,
        "server.not_offered",
    )] {
        let (status, answer) = post(&server, path, &body(&fields)).await;
        assert_eq!(status, 501, "{path} {answer}");
        assert_eq!(answer["error"], error, "{path}");
        assert_eq!(answer["code"], code, "{path}");
    }
    for (name, value) in [
        ("url", Value::Null),
        ("outputtype", json!("p.f")),
        ("filetype", json!("do/cx")),
        ("key", json!("a/b")),
        ("password", json!("x".repeat(256))),
    ] {
        let mut fields = convert.clone();
        fields[name] = value;
        let (status, answer) = post(&server, "/converter", &body(&fields)).await;
        assert_eq!(
            (status, &answer["error"]),
            (200, &json!(-7)),
            "{name} {answer}"
        );
    }
    let xml = reqwest::Client::new()
        .post(server.url("/ConvertService.ashx"))
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(xml.headers()["content-type"], "text/xml; charset=UTF-8");
    let text = xml.text().await.unwrap();
    assert!(
        text.contains("<FileResult><") && text.contains("<Error>-8</Error>"),
        "{text}"
    );
}

#[tokio::test]
async fn commands_that_cannot_be_have_their_numbers() {
    let server = Server::shared().await;
    let key = new_key("commands");
    for (fields, error) in [
        (json!({ "c": "version" }), 0),
        (json!({ "c": "drop", "key": key }), 0),
        (json!({ "c": "meta", "key": key }), 5),
        (
            json!({ "c": "meta", "key": key, "meta": { "title": "x" } }),
            0,
        ),
        (json!({ "c": "forcesave", "key": key }), 1),
        (json!({ "c": "info" }), 1),
        (json!({ "c": "info", "key": 7 }), 1),
        (json!({ "c": "nothing", "key": key }), 5),
        (json!({ "c": "Info", "key": key }), 5),
        (json!({ "key": key }), 5),
        (json!({}), 1),
    ] {
        let (status, answer) = post(&server, "/command", &body(&fields)).await;
        assert_eq!(
            (status, &answer["error"]),
            (200, &json!(error)),
            "{fields} {answer}"
        );
    }
    // A token that signs nothing does not make good what stands beside it.
    let mut beside = body(&json!({}));
    beside["c"] = "info".into();
    beside["key"] = key.into();
    let (_, answer) = post(&server, "/command", &beside).await;
    assert_eq!(answer["error"], 1);
    assert_eq!(answer["code"], "request.body_ignored");
}

#[tokio::test]
async fn a_token_is_read_after_the_prefix_that_was_set() {
    let setup = Setup::default()
        .env("JWT_HEADER", "AuthorizationJwt")
        .env("JWT_PREFIX", "Token");
    let server = Server::start(&setup).await;
    let fields = json!({ "payload": { "c": "version" } });
    let token = sign(&fields, 300);
    let ask = async |name: &str, prefix: &str| {
        let request = reqwest::Client::new().post(server.url("/command"));
        let answer = request
            .header(name, format!("{prefix}{token}"))
            .send()
            .await;
        let answer: Value = answer.unwrap().json().await.unwrap();
        answer["error"].as_i64().unwrap()
    };
    assert_eq!(ask("authorizationjwt", "Token ").await, 0);
    assert_eq!(ask("authorizationjwt", "Bearer ").await, 6);
    assert_eq!(ask("authorization", "Token ").await, 6);
}

#[tokio::test]
async fn t13_a_token_for_something_else_is_none_for_a_service() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("t13-services");
    let config = integrator.signed(&key, "u1", "Ann");
    let ann = Browser::open(&server, &config).await;
    let session = ann.opened["session"].as_str().unwrap().to_owned();
    let called = integrator.called_with(1).await;
    for (what, token) in [
        ("opening", config["token"].as_str().unwrap()),
        ("session", &session),
        ("callback", called.body["token"].as_str().unwrap()),
    ] {
        for (path, error) in [("/command", 6), ("/converter", -8), ("/docbuilder", -8)] {
            let (_, answer) = post(&server, path, &json!({ "token": token })).await;
            assert_eq!(answer["error"], error, "{what} {path} {answer}");
            assert_eq!(answer["code"], "token.wrong_purpose", "{what} {path}");
        }
    }
    ann.leave().await;
}

#[tokio::test]
async fn t19_a_refusal_is_in_the_log_under_its_id_and_without_its_token() {
    let server = Server::shared().await;
    let token = sign(&json!({ "c": "version" }), -900);
    let answer = reqwest::Client::new()
        .post(server.url("/command"))
        .header("authorization", format!("Bearer {token}"))
        .send()
        .await
        .unwrap();
    let id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"], 7);
    let log = server.logged(|log| log.contains(&id)).await;
    let line = log.lines().find(|line| line.contains(&id)).unwrap();
    for part in ["token.expired", "tokens/expired", "Sign a new token"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!log.contains(&token) && !log.contains(token.rsplit('.').next().unwrap()));
}
