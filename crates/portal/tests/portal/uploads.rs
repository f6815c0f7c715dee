//! Uploading and new documents.

use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::support::{Stage, docx, xlsx};

#[tokio::test]
async fn an_uploaded_file_comes_back_byte_for_byte() {
    let stage = Stage::with_samples(false).await;
    let mut ada = stage.signed_in("ada").await;
    let answer = ada.upload("Budget.xlsx", xlsx()).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, "/files?done=uploaded")
    );
    let file = ada.file("Budget.xlsx").await.expect("listed");
    let download = ada.get(&format!("/files/{file}/download")).await;
    assert_eq!(download.bytes, xlsx());
    assert_eq!(
        download.headers[CONTENT_TYPE],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );
    assert_eq!(
        download.headers[CONTENT_DISPOSITION],
        "attachment; filename=\"Budget.xlsx\"; filename*=UTF-8''Budget.xlsx"
    );
}

#[tokio::test]
async fn f1_a_file_name_is_shown_and_never_used_as_a_path() {
    let stage = Stage::with_samples(false).await;
    let mut ada = stage.signed_in("ada").await;
    let long = format!("{}.docx", "n".repeat(3000));
    for (sent, shown) in [
        ("../../../../tmp/recto-escaped.docx", "recto-escaped.docx"),
        ("/etc/recto-absolute.docx", "recto-absolute.docx"),
        (r"..\..\windows.docx", "windows.docx"),
        ("Übersicht 目录 – мир.docx", "Übersicht 目录 – мир.docx"),
        ("%2e%2e%2fencoded.docx", "%2e%2e%2fencoded.docx"),
        (long.as_str(), &format!("{}.docx", "n".repeat(155))),
    ] {
        let answer = ada.upload(sent, docx()).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{sent:?}: {}",
            answer.text()
        );
        assert!(
            ada.file(shown).await.is_some(),
            "{sent:?} is not listed as {shown:?}"
        );
    }
    let names: Vec<String> = std::fs::read_dir(stage.folder.path().join("data/files"))
        .expect("lists")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(names.len(), 6);
    let nul = ada.upload("nul\0l.docx", docx()).await;
    assert_eq!(
        nul.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "no valid form holds a NUL"
    );
    assert_eq!(stage.contents(), 6);
    for name in names {
        assert!(
            name.len() == 32 && name.bytes().all(|b| b.is_ascii_hexdigit()),
            "{name} is no name of ours"
        );
    }
    assert!(!std::path::Path::new("/tmp/recto-escaped.docx").exists());
}

#[tokio::test]
async fn f4_a_content_that_is_not_what_its_name_says_is_refused_and_leaves_nothing() {
    let stage = Stage::with_samples(false).await;
    let mut ada = stage.signed_in("ada").await;
    for (name, content, sentence) in [
        (
            "page.html",
            &b"<html>"[..],
            "Files of the type “html” cannot be opened here.",
        ),
        (
            "README",
            b"text",
            "Files of the type “without extension” cannot be opened here.",
        ),
        (
            "report.docx",
            b"%PDF-1.7",
            "The file is called DOCX, but its content is something else.",
        ),
        (
            "table.docx",
            xlsx(),
            "The file is called DOCX, but its content is something else.",
        ),
        ("empty.docx", b"", "The file is empty."),
        ("", b"x", "No file was chosen."),
    ] {
        let answer = ada.upload(name, content).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(
            answer.text().contains(sentence),
            "{name}: {}",
            answer.text()
        );
    }
    assert_eq!(stage.contents(), 0);
    assert!(ada.get("/files").await.text().contains("Nothing here yet"));
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_and_leaves_nothing() {
    let stage = Stage::with_samples(false).await;
    let mut ada = stage.signed_in("ada").await;
    let mut large = docx().to_vec();
    large.resize(100 * 1024 * 1024 + 1, 0);
    let answer = ada.upload("large.docx", &large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("The file is larger than 100 MB."));
    assert_eq!(stage.contents(), 0);
}

#[tokio::test]
async fn a_new_document_of_each_kind_opens_in_the_editor() {
    let stage = Stage::with_samples(false).await;
    let mut ada = stage.signed_in("ada").await;
    for (file_type, kind, name) in [
        ("docx", "word", "Untitled document.docx"),
        ("xlsx", "cell", "Untitled spreadsheet.xlsx"),
        ("pptx", "slide", "Untitled presentation.pptx"),
    ] {
        let answer = ada.post("/files/new", &[("type", file_type)]).await;
        let file = ada.file(name).await.expect("listed");
        assert_eq!(answer.location(), format!("/files/{file}/edit"));
        assert_eq!(ada.config(&file).await["documentType"], kind);
    }
    assert_eq!(
        ada.post("/files/new", &[("type", "exe")]).await.status,
        StatusCode::BAD_REQUEST
    );
}
