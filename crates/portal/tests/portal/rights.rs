//! Who may do what, on every route.

use std::sync::Arc;

use http::StatusCode;
use serde_json::json;
use tokio::sync::Barrier;

use crate::support::{Stage, changed_docx};

const OK: StatusCode = StatusCode::OK;
const GONE: StatusCode = StatusCode::NOT_FOUND;
const NO: StatusCode = StatusCode::FORBIDDEN;
const DONE: StatusCode = StatusCode::SEE_OTHER;

/// The routes on one file that read.
const READING: [&str; 6] = [
    "edit",
    "download",
    "versions",
    "versions/1/download",
    "rights",
    "delete",
];

/// What every route on one file answers, reading routes first.
async fn answers(stage: &Stage, user: &str, file: &str) -> Vec<(String, StatusCode)> {
    let mut browser = stage.signed_in(user).await;
    let mut all = Vec::new();
    for part in READING {
        all.push((
            format!("GET {part}"),
            browser.get(&format!("/files/{file}/{part}")).await.status,
        ));
    }
    for part in ["versions/1/restore", "rights", "delete"] {
        let fields = [
            ("right-bruno", "edit"),
            ("right-vera", "view"),
            ("right-ada", "view"),
        ];
        all.push((
            format!("POST {part}"),
            browser
                .post(&format!("/files/{file}/{part}"), &fields)
                .await
                .status,
        ));
    }
    all
}

fn statuses(all: &[(String, StatusCode)]) -> Vec<StatusCode> {
    all.iter().map(|(_, status)| *status).collect()
}

#[tokio::test]
async fn a_file_without_a_right_is_as_absent_as_one_that_never_was() {
    let stage = Stage::with_samples(false).await;
    let mut ada = stage.signed_in("ada").await;
    ada.upload("Private.docx", &changed_docx("private")).await;
    let file = ada.file("Private.docx").await.expect("uploaded");
    let mut bruno = stage.signed_in("bruno").await;
    assert_eq!(bruno.file("Private.docx").await, None);
    assert_eq!(statuses(&answers(&stage, "bruno", &file).await), [GONE; 9]);
    assert_eq!(
        statuses(&answers(&stage, "bruno", &"0".repeat(32)).await),
        [GONE; 9]
    );
    assert_eq!(ada.version_numbers(&file).await, [1]);
}

#[tokio::test]
async fn a_viewer_reads_a_writer_restores_and_the_owner_decides() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    assert_eq!(
        statuses(&answers(&stage, "vera", &file).await),
        [OK, OK, OK, OK, NO, NO, NO, NO, NO]
    );
    assert_eq!(
        statuses(&answers(&stage, "bruno", &file).await),
        [OK, OK, OK, OK, NO, NO, DONE, NO, NO]
    );
    assert_eq!(
        statuses(&answers(&stage, "ada", &file).await),
        [OK, OK, OK, OK, OK, OK, DONE, DONE, DONE]
    );
    assert_eq!(ada.file("Welcome.docx").await, None, "deleted");
}

#[tokio::test]
async fn nobody_signed_in_is_sent_away_from_every_route() {
    let stage = Stage::new().await;
    let file = stage
        .signed_in("ada")
        .await
        .file("Welcome.docx")
        .await
        .expect("a sample");
    let mut visitor = stage.browser();
    for part in READING {
        let answer = visitor.get(&format!("/files/{file}/{part}")).await;
        assert_eq!(answer.status, DONE, "{part}");
        assert!(answer.location().starts_with("/sign-in?next="), "{part}");
    }
    for path in [
        format!("/files/{file}/delete"),
        format!("/files/{file}/versions/1/restore"),
        "/files/new".into(),
    ] {
        assert_eq!(
            visitor.post(&path, &[("type", "docx")]).await.location(),
            "/sign-in",
            "{path}"
        );
    }
    assert!(
        stage
            .signed_in("ada")
            .await
            .file("Welcome.docx")
            .await
            .is_some()
    );
}

#[tokio::test]
async fn a_refusal_names_the_owner_to_ask() {
    let stage = Stage::new().await;
    let mut vera = stage.signed_in("vera").await;
    let file = vera.file("Welcome.docx").await.expect("shared");
    let page = vera.get(&format!("/files/{file}/rights")).await.text();
    assert!(page.contains("Ask Ada Okafor, who owns the file, to change your rights."));
}

#[tokio::test]
async fn rights_given_and_taken_count_at_once() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    let rights = format!("/files/{file}/rights");
    let mut vera = stage.signed_in("vera").await;
    assert_eq!(vera.config(&file).await["editorConfig"]["mode"], "view");
    ada.post(&rights, &[("right-bruno", "none"), ("right-vera", "edit")])
        .await;
    assert_eq!(vera.config(&file).await["editorConfig"]["mode"], "edit");
    assert_eq!(
        stage.signed_in("bruno").await.file("Welcome.docx").await,
        None
    );
    assert_eq!(
        ada.post(&rights, &[("right-bruno", "owner"), ("right-vera", "edit")])
            .await
            .status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn the_document_server_is_told_of_changed_rights_and_of_no_others() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    let rights = format!("/files/{file}/rights");
    ada.post(
        &rights,
        &[("right-bruno", "review"), ("right-vera", "view")],
    )
    .await;
    ada.post(
        &rights,
        &[("right-bruno", "review"), ("right-vera", "none")],
    )
    .await;
    let told: Vec<_> = stage
        .documents
        .commands
        .lock()
        .expect("not poisoned")
        .iter()
        .map(|command| {
            let permissions = &command["permissions"];
            (
                command["c"].as_str().expect("a name").to_owned(),
                command["users"][0].as_str().expect("a user").to_owned(),
                permissions["edit"].as_bool(),
                permissions["review"].as_bool(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "permissions".into(),
                "bruno".into(),
                Some(false),
                Some(true)
            ),
            ("drop".into(), "vera".into(), None, None),
        ]
    );
    let mut bruno = stage.signed_in("bruno").await;
    let config = bruno.config(&file).await;
    assert_eq!(config["document"]["permissions"]["review"], true);
    assert_eq!(config["document"]["permissions"]["edit"], false);
    ada.post(&rights, &[("right-bruno", "fill"), ("right-vera", "none")])
        .await;
    let config = bruno.config(&file).await;
    let permissions = &config["document"]["permissions"];
    assert_eq!(permissions["fillForms"], true);
    assert_eq!(permissions["review"], false);
    let page = ada.get(&rights).await;
    assert!(page.text().contains("Can fill in fields"));
}

/// One after the other, the first would wait for an answer until there is no time left.
#[tokio::test]
async fn the_document_server_is_told_of_all_changed_rights_at_once() {
    let stage = Stage::new().await;
    let mut ada = stage.signed_in("ada").await;
    let file = ada.file("Welcome.docx").await.expect("a sample");
    let together = Arc::new(Barrier::new(2));
    *stage.documents.together.lock().expect("not poisoned") = Some(together);
    let rights = [("right-bruno", "none"), ("right-vera", "edit")];
    let answer = ada.post(&format!("/files/{file}/rights"), &rights).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let told = stage.documents.commands.lock().expect("not poisoned").len();
    assert_eq!(told, 2);
    *stage.documents.together.lock().expect("not poisoned") = None;
    let same = [("right-bruno", "view"), ("right-vera", "view")];
    ada.post(&format!("/files/{file}/rights"), &same).await;
    let commands = stage.documents.commands.lock().expect("not poisoned");
    assert_eq!(commands[2]["users"], json!(["bruno", "vera"]));
    assert_eq!(
        commands.len(),
        3,
        "those with one right are told of together"
    );
}

#[tokio::test]
async fn a_viewer_s_page_grants_no_edit_and_an_editor_s_does() {
    let stage = Stage::new().await;
    let mut bruno = stage.signed_in("bruno").await;
    let mut vera = stage.signed_in("vera").await;
    let file = bruno.file("Welcome.docx").await.expect("shared");
    let (edit, view) = (bruno.config(&file).await, vera.config(&file).await);
    assert_eq!(edit["document"]["permissions"]["edit"], true);
    assert_eq!(view["document"]["permissions"]["edit"], false);
    assert_eq!(
        edit["document"]["key"], view["document"]["key"],
        "both join one session"
    );
    assert_eq!(edit["editorConfig"]["user"]["name"], "Bruno Keller");
}
