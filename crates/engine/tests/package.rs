//! What is a file's own, after the engine has saved it.

mod support;

use std::io::{Read, Write};
use std::path::Path;

use recto_engine::{ConvertOptions, Input, OpenOptions};
use support::{Fixture, LIMIT, editor, sheet, slides, start, text, unzip, words};
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

/// A workbook with a group of sparklines above dates, as Excel writes it.
fn with_dates(path: &Path) {
    change(path, "xl/worksheets/sheet1.xml", |sheet| {
        let groups = r#"<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"><x14:sparklineGroups xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:sparklineGroup dateAxis="1"><xm:f>One!A1:C1</xm:f><x14:sparklines><x14:sparkline><xm:f>One!A2:C2</xm:f><xm:sqref>E2</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext></extLst></worksheet>"#;
        sheet.replace("</worksheet>", groups)
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_below_sparklines_open_and_follow_their_cells() {
    let fixture = start(|config| config.warm = 2).await;
    let rows: [&[&str]; 2] = [&["46000", "46007", "46014"], &["1", "3", "2"]];
    let xlsx = fixture.make("a.xlsx", &sheet(&rows)).await;
    with_dates(&xlsx);
    let (document, _events) = fixture.open(&xlsx).await;
    let view = editor(&document, "Ann").await;
    let insert = Input::Command {
        name: ".uno:InsertRowsBefore".into(),
        args: serde_json::Map::new(),
    };
    document.input(view, insert).await.unwrap();
    let back = fixture.path("back.xlsx");
    document.save_copy("xlsx", &back).await.unwrap();
    document.close().await;
    let sheet = unzip(&back, "xl/worksheets/sheet1.xml");
    assert!(
        sheet.contains("dateAxis=\"1\"") && sheet.contains(">One!A2:C2</xm:f><x14:sparklines>"),
        "{sheet}"
    );
    assert!(!unzip(&back, "xl/workbook.xml").contains("Recto"));
    // What was saved opens again.
    let (document, _events) = fixture.open(&back).await;
    document.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_union_is_written_as_other_applications_read_it() {
    let fixture = start(|_| {}).await;
    let xlsx = fixture.make("a.xlsx", &sheet(&[&["1", "2", "3"]])).await;
    change(&xlsx, "xl/worksheets/sheet1.xml", |sheet| {
        sheet.replace(
            "</row>",
            "<c r=\"F1\"><f>SUM((A1:A1,B1:C1))</f><v>6</v></c></row>",
        )
    });
    let back = unzip(
        &saved(&fixture, &xlsx, "").await,
        "xl/worksheets/sheet1.xml",
    );
    assert!(
        back.contains(">SUM((A1:A1,B1:C1))</f><v>6</v>")
            || back.contains(">SUM((A1,B1:C1))</f><v>6</v>"),
        "{back}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_asks_nothing() {
    let fixture = start(|_| {}).await;
    let xlsx = fixture.make("a.xlsx", &sheet(&[&["1"]])).await;
    change(&xlsx, "xl/workbook.xml", |workbook| {
        workbook.replace(
            "<workbookPr",
            "<fileSharing readOnlyRecommended=\"1\"/><workbookPr",
        )
    });
    let opened = tokio::time::timeout(LIMIT, fixture.open(&xlsx)).await;
    opened.unwrap().0.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_and_shows_are_saved_as_what_they_are() {
    let fixture = start(|config| config.warm = 2).await;
    let made = [
        (
            "docx",
            "dotx",
            fixture.make("a.docx", &text(&["One"])).await,
        ),
        (
            "xlsx",
            "xltm",
            fixture.make("a.xlsx", &sheet(&[&["1"]])).await,
        ),
        (
            "pptx",
            "ppsx",
            fixture.make("a.pptx", &slides(&["One"])).await,
        ),
    ];
    let types = "[Content_Types].xml";
    for (plain, own, path) in made {
        let file = fixture.path(&format!("b.{own}"));
        std::fs::copy(&path, &file).unwrap();
        let back = saved(&fixture, &file, "").await;
        let wanted = unzip(&back, types);
        assert_ne!(wanted, unzip(&path, types), "{own}");
        let again = saved(&fixture, &back, "").await;
        assert_eq!(unzip(&again, types), wanted, "{own} opens as what it is");
        // And as a plain document where that is asked for.
        let converted = fixture.path(&format!("c.{plain}"));
        let options = ConvertOptions {
            file_type: own,
            title: "",
            to: plain,
            password: None,
            code_page: None,
            delimiter: None,
            region: None,
            archival: false,
            limit: LIMIT,
        };
        fixture
            .engine
            .convert(&again, &converted, &options)
            .await
            .unwrap();
        let main = ["document", "sheet", "presentation"];
        let converted = unzip(&converted, types);
        let is_plain = main
            .iter()
            .any(|it| converted.contains(&format!("ml.{it}.main+xml")));
        assert!(is_plain, "{plain}: {converted}");
    }
}
