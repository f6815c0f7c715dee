//! The address from which the document server fetches.

use axum::body::Body;
use http::header::AUTHORIZATION;
use http::{Request, StatusCode};
use recto_token::{Keys, Secret, sign_header};
use serde_json::json;

use crate::support::{NOW, PUBLIC, SECRET, Stage, docx};

fn address(file: &str, number: i64) -> String {
    format!("{PUBLIC}/integration/files/{file}/versions/{number}/content")
}

#[tokio::test]
async fn the_document_server_gets_what_the_page_names() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    let url = ada.config(&file).await["document"]["url"]
        .as_str()
        .expect("an address")
        .to_owned();
    assert_eq!(url, address(&file, 1));
    let answer = stage.fetch_signed(&url).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.bytes, docx());
}

#[tokio::test]
async fn a_download_without_a_right_token_is_refused_with_the_reason() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    let path = format!("/integration/files/{file}/versions/1/content");
    let sign = |secret: &str, url: &str, now| {
        format!(
            "Bearer {}",
            sign_header(
                &Keys::from_secret(Secret::from(secret)),
                &json!({ "url": url }),
                now
            )
        )
    };
    let own_token = format!(
        "Bearer {}",
        ada.config(&file).await["token"].as_str().expect("a token")
    );
    for (authorization, code) in [
        (None, "token.missing"),
        (
            Some(sign(
                "another secret of thirty-two byte",
                &address(&file, 1),
                NOW,
            )),
            "token.signature",
        ),
        (
            Some(sign(SECRET, &address(&file, 1), NOW - 400)),
            "token.expired",
        ),
        (
            Some(sign(SECRET, &address("other", 1), NOW)),
            "token.wrong_purpose",
        ),
        (Some(own_token), "token.wrong_purpose"),
    ] {
        let mut request = Request::get(&path);
        if let Some(value) = &authorization {
            request = request.header(AUTHORIZATION, value);
        }
        // A signed-in person's cookie is no substitute for the token.
        let answer = ada.send(request.body(Body::empty()).expect("valid")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let refusal = answer.json();
        assert_eq!(refusal["code"], code, "{refusal}");
        assert!(
            !refusal["message"].as_str().expect("text").is_empty()
                && !refusal["hint"].as_str().expect("text").is_empty()
        );
        assert!(
            !answer.text().contains(SECRET) && !answer.text().contains("eyJ"),
            "no token in an answer"
        );
    }
}

#[tokio::test]
async fn f1_a_signed_address_of_nothing_is_not_found() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    assert_eq!(
        stage.fetch_signed(&address(&file, 2)).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        stage.fetch_signed(&address("unknown", 1)).await.status,
        StatusCode::NOT_FOUND
    );
    let traversal = stage.fetch_signed(&address("..%2F..%2Fportal.db", 1)).await;
    assert_ne!(traversal.status, StatusCode::OK);
}
