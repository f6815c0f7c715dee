//! Several keys, of which each has its time.

use axum::http::StatusCode;
use recto_token::{Secret, sign_config, verify_callback};

use crate::common::{Answer, Browser, Integrator, SECRET, Server, Setup, new_key, now};

const OLD: &str = "the-old-secret-of-more-than-32-bytes";

/// A server that has had two secrets since `age` seconds, the old one for an hour in all.
fn rotating(age: i64) -> Setup {
    let setup = Setup::default().without_env("JWT_SECRET");
    let file = setup.data().join("keys.toml");
    let text = format!(
        "[[key]]\nid = \"old\"\nsecret = \"{OLD}\"\nretires = {}\n[[key]]\nid = \"new\"\nsecret = \"{SECRET}\"\n",
        now() - age + 3600
    );
    std::fs::write(&file, text).unwrap();
    setup.arg("--keys-file", file.to_str().unwrap())
}

fn signed_with(secret: &str, integrator: &Integrator, key: &str) -> serde_json::Value {
    let mut config = integrator.config(key, "u1", "Ann");
    let token = sign_config(&Secret::from(secret), &config, now(), 300);
    config["token"] = token.into();
    config
}

#[tokio::test]
async fn while_secrets_are_replaced_both_open_and_both_are_told() {
    let server = Server::start(&rotating(60)).await;
    for secret in [OLD, SECRET] {
        let integrator = Integrator::start().await;
        // It has the new secret only, so it refuses what the old one signed.
        integrator.answer_next([Answer(StatusCode::FORBIDDEN, "{\"error\":1}")]);
        let key = new_key("rotation");
        let mut ann = Browser::open(&server, &signed_with(secret, &integrator, &key)).await;
        let [first, second] = [integrator.called().await, integrator.called().await];
        for (called, made_by) in [(&first, OLD), (&second, SECRET)] {
            let header = called.header.as_deref();
            let verified = verify_callback(&Secret::from(made_by), &called.body, header, now());
            assert!(verified.is_ok(), "{verified:?}");
        }
        ann.types("x").await;
        ann.leave().await;
        integrator.called_with(2).await;
    }
}

#[tokio::test]
async fn t15_after_the_overlap_the_old_secret_opens_nothing() {
    let server = Server::start(&rotating(3700)).await;
    let integrator = Integrator::start().await;
    let key = new_key("t15");
    let old = signed_with(OLD, &integrator, &key);
    let refused = Browser::open_refused(&server, &key, &old).await;
    assert_eq!(refused.code(), "token.key_retired");
    assert_eq!(refused.last["wire"]["code"], 4006);
    let new = signed_with(SECRET, &integrator, &key);
    Browser::open(&server, &new).await.leave().await;
    assert!(!server.log().contains(OLD) && !server.log().contains(SECRET));
}
