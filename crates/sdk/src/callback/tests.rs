use recto_token::{Keys, sign_body, sign_header};
use serde_json::json;

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_795_514_400;
const SAVED: &str = "https://docs.example/cache/files/1/output.docx?expires=1&sig=2";

fn keys() -> Keys {
    Keys::from_secret(Secret::from(SECRET))
}

fn integrator() -> Integrator {
    let server = "https://docs.example/".parse().unwrap();
    Integrator::new(Secret::from(SECRET), server).unwrap()
}

fn accept(fields: &Value) -> Result<Accepted, CallbackError> {
    let mut body = fields.clone();
    body["token"] = sign_body(&keys(), fields, NOW).into();
    integrator().callback([], body.to_string().as_bytes(), NOW)
}

fn refused(fields: &Value) -> String {
    let error = accept(fields).unwrap_err();
    format!(
        "{} {}: {} {}",
        error.http_status(),
        error.code(),
        error.message(),
        error.hint()
    )
}

#[test]
fn each_status_has_an_outcome() {
    for (status, outcome) in [
        (1, Outcome::Nothing),
        (
            2,
            Outcome::Save {
                url: SAVED.parse().unwrap(),
                file_type: Some("docx".to_owned()),
            },
        ),
        (
            3,
            Outcome::Failed {
                url: Some(SAVED.parse().unwrap()),
            },
        ),
        (4, Outcome::Closed),
        (
            6,
            Outcome::SaveCopy {
                url: SAVED.parse().unwrap(),
                file_type: Some("docx".to_owned()),
            },
        ),
        (
            7,
            Outcome::Failed {
                url: Some(SAVED.parse().unwrap()),
            },
        ),
    ] {
        let fields =
            json!({"key": "shop.17.3", "status": status, "url": SAVED, "filetype": "docx"});
        assert_eq!(*accept(&fields).unwrap().outcome(), outcome, "{status}");
    }
}

#[test]
fn only_what_was_signed_counts() {
    let signed = json!({"key": "shop.17.3", "status": 4});
    let token = sign_body(&keys(), &signed, NOW);
    let forged = json!({"key": "shop.17.3", "status": 2, "url": SAVED, "token": token});
    let accepted = integrator()
        .callback([], forged.to_string().as_bytes(), NOW)
        .unwrap();
    assert_eq!(*accepted.outcome(), Outcome::Closed);
    assert_eq!(accepted.callback().key.as_str(), "shop.17.3");
}

#[test]
fn the_header_s_token_will_do() {
    let token = sign_header(&keys(), &json!({"key": "shop.17.3", "status": 1}), NOW);
    let header = format!("Bearer {token}");
    let accepted = integrator().callback([("Authorization", header.as_str())], b"{}", NOW);
    assert_eq!(*accepted.unwrap().outcome(), Outcome::Nothing);
}

#[test]
fn what_is_wrong_is_said() {
    insta::assert_snapshot!(refused(&json!({"key": "shop.17.3", "status": 2})), @"400 request.missing_parameter: The callback reports a saved file, but has no address for it. Check that the document server's version is supported.");
    let foreign = json!({"key": "shop.17.3", "status": 2, "url": "http://169.254.169.254/"});
    insta::assert_snapshot!(refused(&foreign), @"403 callback.foreign_url: The address of the saved file is not on the document server. Create the Integrator with the address at which the document server makes its links, or set the server's public address.");
    let with_name = json!({"key": "shop.17.3", "status": 3, "url": "https://me@docs.example/"});
    assert!(refused(&with_name).starts_with("403 callback.foreign_url"));
    let not_json = integrator().callback([], b"status=2", NOW).unwrap_err();
    insta::assert_snapshot!(not_json, @"The body of the callback is not JSON.");
    let unsigned = integrator()
        .callback([], br#"{"key":"shop.17.3","status":2}"#, NOW)
        .unwrap_err();
    assert_eq!(unsigned.code(), "token.missing");
    assert_eq!(unsigned.http_status(), 403);
}
