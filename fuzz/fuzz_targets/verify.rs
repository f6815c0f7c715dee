//! No bytes make a verifier panic; what it accepts has a signature that the secret made.
//!
//! The first byte chooses. Half of the inputs are tokens as they are, and half
//! are payloads that are signed rightly here, so that the rules behind the
//! signature are reached.
#![no_main]

use libfuzzer_sys::fuzz_target;
use recto_token::{
    Keys, RequestParts, Secret, Service, sign_config, verify_callback, verify_download,
    verify_opening, verify_request,
};
use serde_json::{Value, json};

const SECRET: &str = "k3Jx9-Qm2vT7_wZ4.pL8sR5tY1uN6bC0";
const NOW: i64 = 1_795_514_400;

fuzz_target!(|input: &[u8]| {
    let Some((choice, rest)) = input.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let secret = Secret::from(SECRET);
    let signs = choice & 1 == 1;
    let token = if signs {
        let Ok(payload) = serde_json::from_str::<Value>(text) else {
            return;
        };
        sign_config(&secret, &payload, NOW, 300)
    } else {
        text.to_owned()
    };
    let keys = Keys::from_secret(secret.clone());
    let mut config = json!({"document": {"key": "k"}});
    if signs && choice & 2 == 2 {
        // The page as it was signed, which is what opens a document.
        config = serde_json::from_str(text).unwrap_or_default();
    }
    if !config.is_object() {
        return;
    }
    config["token"] = token.clone().into();
    let header = format!("Bearer {token}");
    let body = json!({ "token": token });
    let bytes = body.to_string().into_bytes();
    let parts = RequestParts {
        body: &bytes,
        query: &[],
        header: Some(&header),
        prefix: "Bearer ",
    };
    let mut accepted = verify_opening(&keys, &config, NOW).is_ok();
    for service in Service::ALL {
        accepted |= verify_request(&keys, service, &parts, NOW).is_ok();
    }
    accepted |= verify_callback(&secret, &body, Some(&header), NOW).is_ok();
    accepted |= verify_download(&secret, Some(&header), "https://files.example/a", NOW).is_ok();
    if accepted && !signs {
        // Nobody but the holder of the secret makes such a thing.
        let other = Keys::from_secret(Secret::from("another secret of enough bytes, really"));
        assert!(verify_opening(&other, &config, NOW).is_err());
    }
});
