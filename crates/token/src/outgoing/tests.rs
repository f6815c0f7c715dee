use serde_json::json;

use super::*;
use crate::{
    jws::{self, Expect},
    testing::{NOW, SECRET, config, keys, open},
};

fn claims(token: &str) -> Value {
    Value::Object(jws::open(keys().outbox(), token, Expect::OUTBOX, NOW).unwrap())
}

#[test]
fn header_is_wrapped_and_body_is_flat() {
    let fields = json!({"key": "k", "status": 1, "token": "old.token.x"});
    assert_eq!(
        claims(&sign_header(
            &keys(),
            &json!({"url": "https://f.example/a"}),
            NOW
        )),
        json!({"payload": {"url": "https://f.example/a"}, "iat": NOW, "exp": NOW + 300})
    );
    assert_eq!(
        claims(&sign_body(&keys(), &fields, NOW)),
        json!({"key": "k", "status": 1, "iat": NOW, "exp": NOW + 300})
    );
}

#[test]
fn what_is_no_object_is_wrapped() {
    assert_eq!(
        claims(&sign_body(&keys(), &json!([1]), NOW)),
        json!({"payload": [1], "iat": NOW, "exp": NOW + 300})
    );
}

#[test]
fn a_signed_config_opens_until_it_expires() {
    let mut config = config();
    config["token"] = "the token of last time".into();
    config["token"] = sign_config(&Secret::from(SECRET), &config, NOW - 100, 100).into();
    let signed = claims(config["token"].as_str().unwrap());
    assert!(
        signed.get("token").is_none(),
        "no token is signed into the next"
    );
    assert!(
        open(&config).is_ok(),
        "expired now, and the tolerance is 60 s"
    );
    config["token"] = sign_config(&Secret::from(SECRET), &config, NOW - 161, 100).into();
    assert_eq!(open(&config).unwrap_err().code, "token.expired");
}
