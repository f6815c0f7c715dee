//! Versions stay, and restoring adds one.

use http::StatusCode;
use recto_token::{Keys, Method, Secret, verify_method};
use serde_json::{Value, json};

use crate::support::{NOW, PUBLIC, SECRET, Stage, changed_docx, docx};

#[tokio::test]
async fn restoring_adds_the_old_content_and_keeps_every_version() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    let first_key = ada.key(&file).await;
    stage.documents.put("r1", &changed_docx("two"));
    let saved =
        json!({ "key": first_key, "status": 2, "url": stage.result_url("r1"), "users": ["bruno"] });
    assert_eq!(
        stage.callback(&file, &saved).await.json(),
        json!({ "error": 0 })
    );
    let second_key = ada.key(&file).await;

    let answer = ada
        .post(&format!("/files/{file}/versions/1/restore"), &[])
        .await;
    assert_eq!(
        answer.location(),
        format!("/files/{file}/versions?done=restored")
    );
    assert_eq!(ada.version_numbers(&file).await, [3, 2, 1]);
    assert_eq!(ada.version(&file, 1).await, docx());
    assert_eq!(ada.version(&file, 2).await, changed_docx("two"));
    assert_eq!(ada.version(&file, 3).await, docx());
    let page = ada.get(&format!("/files/{file}/versions")).await.text();
    assert!(page.contains("Restored from version 1") && page.contains("by Bruno Keller"));
    let third_key = ada.key(&file).await;
    assert!(
        third_key != second_key && third_key != first_key,
        "nobody joins a session of another content"
    );
    assert_eq!(
        ada.post(&format!("/files/{file}/versions/9/restore"), &[])
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn deleting_removes_every_content() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    ada.post(&format!("/files/{file}/versions/1/restore"), &[])
        .await;
    assert_eq!(stage.contents(), 1);
    assert_eq!(
        ada.post(&format!("/files/{file}/delete"), &[])
            .await
            .location(),
        "/files?done=deleted"
    );
    assert_eq!(stage.contents(), 0);
}

#[tokio::test]
async fn a_restart_keeps_everything_and_removes_remains() {
    let stage = Stage::new().await;
    let file = stage
        .signed_in("ada")
        .await
        .file("Welcome.docx")
        .await
        .expect("a sample");
    std::fs::write(
        stage.folder.path().join("data/files/0123.part"),
        b"cut short",
    )
    .expect("writes");
    let stage = stage.restarted().await;
    assert_eq!(stage.contents(), 1);
    let mut ada = stage.signed_in("ada").await;
    assert_eq!(ada.version(&file, 1).await, docx());
}

#[tokio::test]
async fn the_editor_gets_the_history_and_signed_versions_and_nobody_else_does() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    let list: Value =
        serde_json::from_str(&ada.get(&format!("/files/{file}/history")).await.text())
            .expect("JSON");
    assert_eq!(list["currentVersion"], 1);
    assert_eq!(list["history"][0]["user"]["name"], "Ada Okafor");
    assert!(list["history"][0]["created"].is_string());
    let data: Value =
        serde_json::from_str(&ada.get(&format!("/files/{file}/history/1")).await.text())
            .expect("JSON");
    let keys = Keys::from_secret(Secret::from(SECRET));
    let token = data["token"].as_str().expect("a token");
    let grant = verify_method(&keys, token, Method::SetHistoryData, NOW).expect("accepted");
    assert_eq!(
        grant.files[0].url,
        format!("{PUBLIC}/integration/files/{file}/versions/1/content")
    );
    assert_eq!(data["previous"], Value::Null);
    assert_ne!(data["key"], ada.config(&file).await["document"]["key"]);
    let restored = ada
        .post(&format!("/files/{file}/versions/1/restore"), &[])
        .await;
    assert_eq!(restored.status, StatusCode::SEE_OTHER);
    let second: Value =
        serde_json::from_str(&ada.get(&format!("/files/{file}/history/2")).await.text())
            .expect("JSON");
    assert_eq!(
        second["previous"],
        json!({ "key": data["key"], "url": data["url"], "fileType": "docx" })
    );
    assert_eq!(
        ada.get(&format!("/files/{file}/history/9")).await.status,
        StatusCode::NOT_FOUND
    );

    ada.upload("Private.docx", &changed_docx("private")).await;
    let private = ada.file("Private.docx").await.expect("uploaded");
    let mut vera = stage.signed_in("vera").await;
    for path in ["history", "history/1"] {
        let answer = vera.get(&format!("/files/{private}/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}
