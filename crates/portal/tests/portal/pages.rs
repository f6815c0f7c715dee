//! What the pages show and are sent with.

use axum::body::Body;
use http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use http::{Request, StatusCode};

use crate::support::{Stage, docx};

#[tokio::test]
async fn w1_a_file_name_is_text_on_every_page() {
    let stage = Stage::with_samples(false).await;
    let mut ada = stage.signed_in("ada").await;
    let name = "<img src=x onerror=alert(1)>'&amp;<script>alert(2)<|script>.docx";
    ada.upload(name, docx()).await;
    let list = ada.get("/files").await.text();
    let id = list
        .split("data-id=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("listed")
        .to_owned();
    let pages = [
        list,
        ada.get(&format!("/files/{id}/edit")).await.text(),
        ada.get(&format!("/files/{id}/versions")).await.text(),
        ada.get(&format!("/files/{id}/rights")).await.text(),
        ada.get(&format!("/files/{id}/delete")).await.text(),
    ];
    for page in pages {
        assert!(page.contains("onerror"), "the name is shown");
        assert!(
            !page.contains("<img src=x") && !page.contains("<script>alert"),
            "{page}"
        );
        assert!(!page.contains("'&amp;<"), "{page}");
    }
    let config = ada.config(&id).await;
    assert_eq!(config["document"]["title"], name);
}

#[tokio::test]
async fn w1_what_a_request_says_is_text_in_the_answer() {
    let stage = Stage::new().await;
    let mut visitor = stage.browser();
    for path in [
        "/sign-in?next=%22%3E%3Cscript%3E",
        "/%3Cscript%3E",
        "/files/%3Cscript%3E/edit",
        "/sign-in?next=/%3Cscript%3E",
    ] {
        assert!(
            !visitor.get(path).await.text().contains("<script>"),
            "{path}"
        );
    }
    let again = visitor
        .post("/sign-in", &[("user", "\"><script>"), ("password", "x")])
        .await;
    assert!(!again.text().contains("<script>"));
}

#[tokio::test]
async fn w2_pages_allow_no_script_but_our_own_and_no_frame() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    for path in [
        "/files".to_owned(),
        format!("/files/{file}/versions"),
        "/nothing".to_owned(),
    ] {
        let answer = ada.get(&path).await;
        let policy = answer.headers[CONTENT_SECURITY_POLICY]
            .to_str()
            .expect("ASCII")
            .to_owned();
        assert!(
            policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(answer.headers[CACHE_CONTROL], "no-store");
        let text = answer.text();
        assert!(
            !text.contains("<script>") && !text.contains(" style=") && !text.contains(" onclick=")
        );
    }
    let editor = ada.get(&format!("/files/{file}/edit")).await;
    let policy = editor.headers[CONTENT_SECURITY_POLICY]
        .to_str()
        .expect("ASCII")
        .to_owned();
    let server = stage.documents_url.origin().ascii_serialization();
    assert!(
        policy.contains(&format!("script-src 'self' {server};")),
        "{policy}"
    );
    assert!(policy.contains(&format!("frame-src {server};")), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn the_language_follows_the_browser_until_a_person_chooses() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let french = Request::get("/files")
        .header(ACCEPT_LANGUAGE, "fr-FR,fr;q=0.9")
        .body(Body::empty())
        .expect("valid");
    let page = ada.send(french).await.text();
    assert!(page.contains("<html lang=\"fr\">") && page.contains("Importer un fichier"));
    let answer = ada
        .post("/language", &[("language", "fr"), ("next", "/files")])
        .await;
    assert_eq!(answer.location(), "/files");
    assert!(
        ada.get("/files")
            .await
            .text()
            .contains("<html lang=\"fr\">")
    );
    let file = ada.file("Welcome.docx").await.expect("a sample");
    assert_eq!(ada.config(&file).await["editorConfig"]["lang"], "fr");
    assert_eq!(
        ada.post("/language", &[("language", "<x>"), ("next", "/files")])
            .await
            .status,
        StatusCode::BAD_REQUEST
    );
    assert!(
        ada.get("/nothing")
            .await
            .text()
            .contains("Cette page n’existe pas")
    );
}

#[tokio::test]
async fn w8_the_health_check_says_true_and_no_more() {
    let stage = Stage::new().await;
    let answer = stage
        .send(
            Request::get("/healthcheck")
                .body(Body::empty())
                .expect("valid"),
        )
        .await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (StatusCode::OK, "true")
    );
}

#[tokio::test]
async fn what_the_framework_refuses_is_a_page_too() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    for (path, status) in [
        (
            format!("/files/{file}/versions/x/download"),
            StatusCode::BAD_REQUEST,
        ),
        ("/files/new".to_owned(), StatusCode::BAD_REQUEST),
        ("/assets/../portal.db".to_owned(), StatusCode::NOT_FOUND),
    ] {
        let answer = ada.get(&path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(
            answer.text().contains("data-testid=\"failure\""),
            "{path}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn assets_are_served_and_revalidated() {
    let stage = Stage::new().await;
    let get = |tag: Option<String>| {
        let mut request = Request::get("/assets/portal.css");
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        stage.send(request.body(Body::empty()).expect("valid"))
    };
    let first = get(None).await;
    assert_eq!(first.headers["content-type"], "text/css; charset=utf-8");
    let tag = first.headers["etag"].to_str().expect("ASCII").to_owned();
    assert_eq!(get(Some(tag)).await.status, StatusCode::NOT_MODIFIED);
}
