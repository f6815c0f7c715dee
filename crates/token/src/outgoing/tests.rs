use serde_json::json;

use super::*;
use crate::{
    Algorithm, Method, RequestParts, Service,
    testing::{asymmetric::verifier, b64},
    verify_method, verify_request,
};
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

/// As a running ONLYOFFICE server signs them.
#[test]
fn outgoing_tokens_are_those_of_the_api() {
    let url = json!({"url": "https://files.example/a%20b.docx"});
    let token = sign_header(&keys(), &url, NOW);
    let header = b64(r#"{"alg":"HS256","typ":"JWT"}"#);
    assert_eq!(token.split('.').next(), Some(header.as_str()));
    let joined =
        json!({"key": "k", "status": 1, "users": ["u1"], "actions": [{"type": 1, "userid": "u1"}]});
    let mut body = joined.clone();
    body["iat"] = NOW.into();
    body["exp"] = (NOW + 300).into();
    assert_eq!(claims(&sign_body(&keys(), &joined, NOW)), body);
    assert_eq!(
        claims(&sign_header(&keys(), &joined, NOW)),
        json!({"payload": joined, "iat": NOW, "exp": NOW + 300})
    );
}

fn parts<'r>(body: &'r [u8], header: Option<&'r str>) -> RequestParts<'r> {
    RequestParts {
        body,
        query: &[],
        header,
        prefix: "Bearer ",
    }
}

#[test]
fn requests_are_signed_for_body_and_header() {
    let secret = Secret::from(SECRET);
    let command = json!({"c": "forcesave", "key": "k"});
    let conversion = json!({"filetype": "docx", "key": "k", "outputtype": "pdf", "url": "https://files.example/a"});
    let script = json!({"async": true, "key": "k", "url": "https://files.example/a"});
    for (service, fields) in [
        (Service::Command, command),
        (Service::Converter, conversion),
        (Service::Docbuilder, script),
    ] {
        let mut sent = fields.clone();
        sent["token"] = "the token of last time".into();
        let token = sign_request(&secret, &sent, Layout::Body, NOW, 60);
        let body = json!({"token": token}).to_string();
        let verify = |at: i64, parts: &RequestParts| {
            verify_request(&keys(), service, parts, at)
                .map(|parameters| Value::Object(parameters.into_inner()))
        };
        assert_eq!(
            verify(NOW + 119, &parts(body.as_bytes(), None)).as_ref(),
            Ok(&fields)
        );
        let expired = verify(NOW + 120, &parts(body.as_bytes(), None)).unwrap_err();
        assert_eq!(expired.code, "token.expired");
        let header = format!(
            "Bearer {}",
            sign_request(&secret, &sent, Layout::Header, NOW, 60)
        );
        assert_eq!(
            verify(NOW, &parts(b"{}", Some(&header))).as_ref(),
            Ok(&fields)
        );
        assert!(verify(NOW + 120, &parts(b"{}", Some(&header))).is_err());
    }
    let wrapped = claims(&sign_request(
        &secret,
        &json!({"c": "info", "token": "x"}),
        Layout::Header,
        NOW,
        60,
    ));
    assert_eq!(
        wrapped,
        json!({"payload": {"c": "info"}, "iat": NOW, "exp": NOW + 60})
    );
}

#[test]
fn methods_are_signed() {
    let argument =
        json!({"c": "add", "images": [{"fileType": "png", "url": "https://files.example/a.png"}]});
    let token = sign_method(&Secret::from(SECRET), &argument, NOW, 300);
    let grant = verify_method(&keys(), &token, Method::InsertImage, NOW).unwrap();
    assert_eq!(grant.files.len(), 1);
    let late = verify_method(&keys(), &token, Method::InsertImage, NOW + 360);
    assert_eq!(late.unwrap_err().code, "token.expired");
}

/// During a rotation the integrator signs with the key that is in use.
#[test]
fn rings_sign_with_the_key_in_use() {
    let key = |secret: &str, id| Key::secret(Secret::from(secret)).with_id(id).unwrap();
    let ring = KeyRing::new(vec![
        key("the secret of tomorrow, 32 bytes.", "b").not_before(NOW + 100),
        key(SECRET, "a"),
    ])
    .unwrap();
    let argument = json!({"fileType": "docx", "url": "https://files.example/a"});
    let accepted = |token: &str| verify_method(&keys(), token, Method::SetRevisedFile, NOW).is_ok();
    assert!(accepted(
        &sign_method_with(&ring, &argument, NOW, 300).unwrap()
    ));
    assert!(!accepted(
        &sign_method_with(&ring, &argument, NOW + 100, 300).unwrap()
    ));
    let mut page = config();
    page["token"] = sign_config_with(&ring, &page, NOW, 300).unwrap().into();
    assert!(open(&page).is_ok());
    let fields = json!({"c": "version"});
    let body = json!({"token": sign_request_with(&ring, &fields, Layout::Body, NOW, 300).unwrap()})
        .to_string();
    assert!(
        verify_request(
            &keys(),
            Service::Command,
            &parts(body.as_bytes(), None),
            NOW
        )
        .is_ok()
    );
    let public = KeyRing::from(verifier(Algorithm::EdDsa));
    assert_eq!(
        sign_config_with(&public, &config(), NOW, 300),
        Err(KeyError::NoSecret)
    );
}
