//! What is a file's own, after the engine has saved it.

mod support;

use std::io::{Read, Write};
use std::path::Path;

use recto_engine::{ConvertOptions, OpenOptions};
use support::{Fixture, LIMIT, sheet, start, text, unzip, words};
use zip::write::SimpleFileOptions;

/// Changes a part of an archive in its place.
fn change(path: &Path, part: &str, with: impl FnOnce(String) -> String) {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut body = String::new();
    let mut entry = archive.by_name(part).unwrap();
    entry.read_to_string(&mut body).unwrap();
    drop(entry);
    let mut made = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).unwrap();
        if entry.name() != part {
            made.raw_copy_file(entry).unwrap();
        }
    }
    made.start_file(part, SimpleFileOptions::default()).unwrap();
    made.write_all(with(body).as_bytes()).unwrap();
    std::fs::write(path, made.finish().unwrap().into_inner()).unwrap();
}

async fn saved(fixture: &Fixture, path: &Path, title: &str) -> std::path::PathBuf {
    let file_type = path.extension().unwrap().to_str().unwrap();
    let options = OpenOptions {
        title,
        ..OpenOptions::untitled(file_type)
    };
    let (document, _events) = fixture.engine.open(path, options).await.unwrap();
    let to = fixture.path(&format!("saved.{file_type}"));
    document.save_copy(file_type, &to).await.unwrap();
    document.close().await;
    to
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_stays_in_the_mode_of_its_word() {
    let fixture = start(|_| {}).await;
    let docx = fixture.make("a.docx", &text(&["One"])).await;
    let mode = |number: &str| {
        format!(
            r#"w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="{number}""#
        )
    };
    let settings = unzip(&docx, "word/settings.xml");
    assert!(
        settings.contains(&mode("15")),
        "a text of another type: {settings}"
    );
    change(&docx, "word/settings.xml", |settings| {
        settings.replace(&mode("15"), &mode("14")).replace(
            "</w:compat>",
            "<w:compatSetting w:name=\"enableOpenTypeFeatures\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"1\"/></w:compat>",
        )
    });
    change(&docx, "docProps/app.xml", |app| {
        app.replace("</Properties>", "<Company>Example</Company></Properties>")
    });
    let back = saved(&fixture, &docx, "a.docx").await;
    let settings = unzip(&back, "word/settings.xml");
    assert!(settings.contains(&mode("14")), "{settings}");
    assert!(settings.contains("enableOpenTypeFeatures"), "{settings}");
    assert!(unzip(&back, "docProps/app.xml").contains("<Company>Example</Company>"));
    assert_eq!(words(&back, "word/document.xml").trim(), "One");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_stays_calculated_by_hand_and_hides_what_it_hid() {
    let fixture = start(|_| {}).await;
    let xlsx = fixture.make("a.xlsx", &sheet(&[&["1", "2"]])).await;
    change(&xlsx, "xl/workbook.xml", |workbook| {
        workbook
            .replace("<fileVersion appName=\"Calc\"/>", "<fileVersion appName=\"xl\" lastEdited=\"7\"/><fileSharing readOnlyRecommended=\"1\"/>")
            .replace("<calcPr ", "<calcPr calcMode=\"manual\" ")
    });
    let back = unzip(&saved(&fixture, &xlsx, "a.xlsx").await, "xl/workbook.xml");
    for mark in [
        "lastEdited=\"7\"",
        "readOnlyRecommended=\"1\"",
        "calcMode=\"manual\"",
    ] {
        assert!(back.contains(mark), "{mark}: {back}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_show_what_a_document_is_called() {
    let fixture = start(|config| config.warm = 2).await;
    let field = text(&["One"]).replace(
        "One",
        "<text:file-name text:display=\"name-and-extension\">x</text:file-name>",
    );
    let docx = fixture.make("made.docx", &field).await;
    let title = "Brief an Zoë #1/50%.docx";
    let back = saved(&fixture, &docx, title).await;
    assert_eq!(
        words(&back, "word/document.xml").trim(),
        "FILENAME Brief an Zoë #1_50%.docx"
    );
    let converted = fixture.path("converted.txt");
    let options = ConvertOptions {
        file_type: "docx",
        title,
        to: "txt",
        password: None,
        code_page: None,
        delimiter: None,
        region: None,
        archival: false,
        limit: LIMIT,
    };
    fixture
        .engine
        .convert(&docx, &converted, &options)
        .await
        .unwrap();
    let converted = std::fs::read_to_string(converted).unwrap();
    assert!(
        converted.contains("Brief an Zoë #1_50%.docx"),
        "{converted}"
    );
}
