//! Documents that open with a password: they are saved with it.
#![allow(missing_docs, reason = "tests are named after what they prove")]

mod support;

use std::path::Path;

use recto_docs_api::{FileType, Password};
use recto_engine::{
    Document, Foreground, Input, OpenError, OpenOptions, SaveError, Snapshot, ViewOptions,
    ViewRights,
};

use support::{Fixture, start};

/// Of LibreOffice, and of another program in the way that newer ones of Microsoft protect files.
const FILES: [(&str, &[u8], &str); 2] = [
    (
        "locked.docx",
        include_bytes!("fixtures/locked.docx"),
        "lantern",
    ),
    (
        "agile.docx",
        include_bytes!("fixtures/agile.docx"),
        "Password1234_",
    ),
];
/// Protected with the password that Excel tries by itself.
const VELVET: &[u8] = include_bytes!("fixtures/velvet.xlsx");

fn is_protected(path: &Path) -> bool {
    let extension = path.extension().unwrap().to_str().unwrap();
    let file_type = FileType::parse(extension).unwrap();
    file_type.examine_file(path).unwrap().encrypted
}

async fn typed(document: &Document, text: &str) {
    let options = ViewOptions {
        author: "Ann".into(),
        lang: "en".into(),
        rights: ViewRights::edit(),
    };
    let view = document.create_view(options).await.unwrap();
    let text = Input::Text { text: text.into() };
    document.input(view, text).await.unwrap();
}

/// Saves it twice, with a change before each, and gives what stands in the last.
async fn changed_and_saved(fixture: &Fixture, name: &str, password: Option<&Password>) -> String {
    let path = fixture.path(name);
    let extension = name.rsplit('.').next().unwrap();
    let options = OpenOptions {
        password,
        ..OpenOptions::untitled(extension)
    };
    let (document, _events) = fixture.engine.open(&path, options).await.unwrap();
    assert!(document.is_protected() && document.keeps_protection());
    let saved = fixture.path(&format!("saved.{extension}"));
    for text in ["One ", "two "] {
        typed(&document, text).await;
        let how = fixture.engine.snapshot(&document, extension, &saved).await;
        assert_eq!(
            how.unwrap(),
            Snapshot::Foreground(Foreground::Protected),
            "a copy would lose the password"
        );
        assert!(is_protected(&saved), "{name}");
    }
    document.close().await;
    let (again, _events) = fixture.engine.open(&saved, options).await.unwrap();
    let plain = fixture.path("plain.fodt");
    if extension == "docx" {
        again.save_copy("fodt", &plain).await.unwrap();
    } else {
        again.save_copy("fods", &plain).await.unwrap();
    }
    again.close().await;
    std::fs::read_to_string(plain).unwrap()
}

#[tokio::test]
async fn a_protected_document_is_saved_with_its_password_again_and_again() {
    let fixture = start(|_| {}).await;
    for (name, bytes, word) in FILES {
        let path = fixture.write(name, bytes);
        let password = Password::from(word.to_owned());
        let text = changed_and_saved(&fixture, name, Some(&password)).await;
        // Each view begins where the text does, where LibreOffice makes a letter a capital.
        let text = text.to_lowercase();
        assert!(text.contains("one ") && text.contains("two "), "{name}");
        let wrong = Password::from(word.to_uppercase());
        for (given, is_wrong) in [(None, false), (Some(&wrong), true)] {
            let options = OpenOptions {
                password: given,
                ..OpenOptions::untitled("docx")
            };
            let error = fixture.engine.open(&path, options).await.err().unwrap();
            let as_expected = match error {
                OpenError::WrongPassword => is_wrong,
                OpenError::Encrypted => !is_wrong,
                _ => false,
            };
            assert!(as_expected, "{name}: {error:?}");
        }
    }
}

#[tokio::test]
async fn the_password_that_excel_tries_by_itself_needs_no_question_and_is_kept() {
    let fixture = start(|_| {}).await;
    fixture.write("velvet.xlsx", VELVET);
    let text = changed_and_saved(&fixture, "velvet.xlsx", None).await;
    assert!(text.contains("Zoë"), "{text}");
}

#[tokio::test]
async fn a_snapshot_without_the_password_is_refused() {
    let fixture = start(|_| {}).await;
    let password = Password::from("lantern".to_owned());
    for (own, keeps) in [("docx", true), ("docm", false), ("dotx", false)] {
        let path = fixture.write(&format!("locked.{own}"), FILES[0].1);
        let options = OpenOptions {
            password: Some(&password),
            ..OpenOptions::untitled(own)
        };
        let (document, _events) = fixture.engine.open(&path, options).await.unwrap();
        assert_eq!(document.keeps_protection(), keeps, "{own}");
        for to in ["docx", "docm", "odt", "txt"] {
            let saved = fixture.path(&format!("{own}-snapshot.{to}"));
            let snapshot = fixture.engine.snapshot(&document, to, &saved).await;
            if keeps && to == own {
                assert!(snapshot.is_ok() && is_protected(&saved), "{own} as {to}");
            } else {
                let refused = matches!(snapshot, Err(SaveError::Unprotected));
                assert!(refused && !saved.exists(), "{own} as {to}");
            }
        }
        document.close().await;
    }
}
