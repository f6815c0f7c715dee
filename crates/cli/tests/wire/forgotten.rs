//! Files that no integrator took, and the commands for them.

use axum::http::StatusCode;
use serde_json::json;

use crate::common::{Answer, Browser, Integrator, Server, command, get, new_key};

#[tokio::test]
async fn f5_a_forgotten_file_is_listed_given_by_a_signed_link_and_deleted() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("get-forgotten");
    let fields = |name: &str| json!({ "c": name, "key": key });
    for name in ["getForgotten", "deleteForgotten"] {
        let answer = command(&server, &fields(name)).await;
        assert_eq!((&answer["error"], &answer["key"]), (&json!(1), &json!(key)));
    }
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    assert_eq!(integrator.called().await.status(), 1);
    let answer = command(&server, &fields("deleteForgotten")).await;
    assert_eq!(answer["error"], 1, "what is open is not forgotten");
    integrator.answer_next([Answer(StatusCode::OK, r#"{"error":1}"#)]);
    ann.types("Not taken. ").await;
    ann.leave().await;
    let refused = integrator.called().await;
    assert_eq!(refused.status(), 2);
    server
        .logged(|log| {
            log.lines()
                .any(|line| line.contains("kept as forgotten") && line.contains(&key))
        })
        .await;

    let listed = async || {
        let answer = command(&server, &json!({ "c": "getForgottenList" })).await;
        assert_eq!(answer["error"], 0);
        answer["keys"].as_array().unwrap().contains(&json!(key))
    };
    // The line is written before the journal.
    let answer = loop {
        let answer = command(&server, &fields("getForgotten")).await;
        if answer["error"] == 0 {
            break answer;
        }
    };
    assert!(listed().await);
    assert_eq!(answer["key"], key);
    let url = answer["url"].as_str().unwrap();
    assert!(url.starts_with(&server.url("/cache/files/")), "{url}");
    let (status, text) = get(url).await;
    assert_eq!(status, 200);
    assert!(text.contains("Not taken. The first line"), "{text}");
    assert_eq!(get(&url.replace("&sig=", "&sig=A")).await.0, 403);
    assert_eq!(get(&url.replace("expires=", "expires=9")).await.0, 403);

    let answer = command(&server, &fields("deleteForgotten")).await;
    assert_eq!(answer, json!({ "error": 0, "key": key }));
    assert!(!listed().await);
    assert_eq!(get(url).await.0, 410, "the link is dead with its file");
    assert_eq!(get(refused.body["url"].as_str().unwrap()).await.0, 410);
    for name in ["getForgotten", "deleteForgotten"] {
        assert_eq!(command(&server, &fields(name)).await["error"], 1, "{name}");
    }
    // The key opens what the integrator has.
    let bob = Browser::open(&server, &integrator.signed(&key, "u2", "Bob")).await;
    assert_eq!(integrator.fetched().len(), 2);
    bob.leave().await;
}
