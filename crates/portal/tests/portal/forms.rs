//! Signing in, form tokens, limits.

use std::sync::atomic::Ordering;

use axum::body::Body;
use http::header::{CONTENT_TYPE, ORIGIN, RETRY_AFTER, SET_COOKIE};
use http::{Request, StatusCode};
use recto_portal::SAMPLE_PASSWORD;

use crate::support::{NOW, Stage};

#[tokio::test]
async fn a_right_password_opens_the_files_and_signing_out_closes_them() {
    let stage = Stage::new().await;
    let mut ada = stage.browser();
    let away = ada.get("/files").await;
    assert_eq!(
        (away.status, away.location()),
        (StatusCode::SEE_OTHER, "/sign-in?next=%2Ffiles")
    );
    let answer = ada.sign_in("ada", SAMPLE_PASSWORD).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, "/files")
    );
    assert!(ada.get("/files").await.text().contains("Welcome.docx"));
    let session = ada.cookies["recto_session"].clone();
    assert_eq!(ada.post("/sign-out", &[]).await.location(), "/sign-in");
    ada.cookies.insert("recto_session".into(), session);
    assert_eq!(
        ada.get("/files").await.status,
        StatusCode::SEE_OTHER,
        "the old cookie is worth nothing"
    );
}

#[tokio::test]
async fn a_wrong_password_is_told_and_opens_nothing() {
    let stage = Stage::new().await;
    let mut ada = stage.browser();
    for (user, password) in [("ada", "wrong"), ("nobody", SAMPLE_PASSWORD), ("ada", "")] {
        let answer = ada.sign_in(user, password).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer
                .text()
                .contains("This user name and password do not match.")
        );
        assert!(!ada.cookies.contains_key("recto_session"));
    }
}

#[tokio::test]
async fn signing_in_leads_on_to_a_page_of_ours_only() {
    let stage = Stage::new().await;
    for (next, lands) in [
        ("/files/x/edit", "/files/x/edit"),
        ("//evil.example", "/files"),
        ("https://evil.example", "/files"),
    ] {
        let mut ada = stage.browser();
        let fields = [
            ("user", "ada"),
            ("password", SAMPLE_PASSWORD),
            ("next", next),
        ];
        assert_eq!(ada.post("/sign-in", &fields).await.location(), lands);
    }
}

#[tokio::test]
async fn w6_the_session_cookie_is_closed_to_scripts_and_random() {
    let stage = Stage::new().await;
    let mut ada = stage.browser();
    let answer = ada.sign_in("ada", SAMPLE_PASSWORD).await;
    let cookies = answer.headers.get_all(SET_COOKIE);
    let cookie = cookies
        .iter()
        .map(|value| value.to_str().expect("ASCII"))
        .find(|text| text.starts_with("recto_session="));
    let cookie = cookie.expect("a session");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert_eq!(ada.cookies["recto_session"].len(), 43, "256 bits");
    assert_ne!(
        stage.signed_in("ada").await.cookies["recto_session"],
        ada.cookies["recto_session"]
    );
}

#[tokio::test]
async fn w6_a_session_ends_by_itself() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    stage.clock.store(NOW + 12 * 3600, Ordering::SeqCst);
    assert_eq!(ada.get("/files").await.status, StatusCode::SEE_OTHER);
    // The browser still sends the old cookie, and can sign in nevertheless.
    let token = ada.token("/sign-in").await;
    let fields = [
        ("csrf", token.as_str()),
        ("user", "ada"),
        ("password", SAMPLE_PASSWORD),
    ];
    assert_eq!(
        ada.post_plain("/sign-in", &fields).await.location(),
        "/files"
    );
}

/// Every address that changes something, with fields that would be accepted.
fn changing(file: &str) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    vec![
        ("/sign-out".into(), vec![]),
        ("/language".into(), vec![("language", "fr")]),
        ("/files/new".into(), vec![("type", "docx")]),
        (format!("/files/{file}/delete"), vec![]),
        (
            format!("/files/{file}/rights"),
            vec![("right-bruno", "edit"), ("right-vera", "edit")],
        ),
        (format!("/files/{file}/versions/1/restore"), vec![]),
    ]
}

#[tokio::test]
async fn w3_a_form_without_its_token_changes_nothing() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("shared");
    let others = stage.signed_in("ada").await.token("/files").await;
    for (path, fields) in changing(&file) {
        for token in [None, Some(""), Some(others.as_str())] {
            let mut sent = fields.clone();
            sent.extend(token.map(|token| ("csrf", token)));
            let answer = ada.post_plain(&path, &sent).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{path} with {token:?}"
            );
            assert!(answer.text().contains("This form is no longer valid"));
        }
    }
    assert_eq!(ada.version_numbers(&file).await, [1]);
    let anonymous = stage
        .browser()
        .post_plain(
            "/sign-in",
            &[("user", "ada"), ("password", SAMPLE_PASSWORD)],
        )
        .await;
    assert_eq!(
        anonymous.status,
        StatusCode::FORBIDDEN,
        "nobody is signed in by another site"
    );
    assert_eq!(
        ada.upload_with("", "a.docx", b"x").await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn w3_a_form_from_another_site_is_refused_even_with_the_token() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let token = ada.token("/files").await;
    for (name, value, status) in [
        ("origin", "http://evil.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        (
            "origin",
            "http://portal.example:8081",
            StatusCode::SEE_OTHER,
        ),
    ] {
        let request = Request::post("/files/new")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(format!("csrf={token}&type=docx")))
            .expect("valid");
        assert_eq!(ada.send(request).await.status, status, "{name}: {value}");
    }
    let upload = Request::post("/files/upload")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(ORIGIN, "http://evil.example")
        .body(Body::from(format!(
            "--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--edge--\r\n"
        )))
        .expect("valid");
    assert_eq!(ada.send(upload).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn w4_guessing_passwords_is_slowed_down() {
    let stage = Stage::new().await;
    let mut guesser = stage.browser();
    for _ in 0..5 {
        assert_eq!(
            guesser.sign_in("ada", "guess").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    let refused = guesser.sign_in("ada", SAMPLE_PASSWORD).await;
    assert_eq!(
        refused.status,
        StatusCode::TOO_MANY_REQUESTS,
        "even the right one must wait"
    );
    assert_eq!(
        refused.headers.get(RETRY_AFTER).expect("told how long"),
        "300"
    );
    assert!(refused.text().contains("Wait 300 seconds and try again."));
    assert_eq!(
        guesser.sign_in("bruno", SAMPLE_PASSWORD).await.status,
        StatusCode::SEE_OTHER
    );
    stage.clock.store(NOW + 300, Ordering::SeqCst);
    assert_eq!(
        stage.browser().sign_in("ada", SAMPLE_PASSWORD).await.status,
        StatusCode::SEE_OTHER
    );
}
