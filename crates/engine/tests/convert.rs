//! Converting files, each in a kit of its own.

mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;

use recto_docs_api::{CodePage, OutputType, Password, Region, SourceType};
use recto_engine::{ConvertError, ConvertOptions, OpenError, SaveError};
use support::{Fixture, LIMIT, sheet, slides, start, text, unzip, words};

fn options<'a>(file_type: &'a str, to: &'a str) -> ConvertOptions<'a> {
    ConvertOptions {
        file_type,
        title: "",
        to,
        password: None,
        code_page: None,
        delimiter: None,
        region: None,
        archival: false,
        limit: LIMIT,
    }
}

fn extension(path: &Path) -> &str {
    path.extension().unwrap().to_str().unwrap()
}

async fn convert(
    fixture: &Fixture,
    from: &Path,
    to: &str,
    change: impl FnOnce(&mut ConvertOptions<'_>),
) -> Result<PathBuf, ConvertError> {
    let target = fixture.path(to);
    let mut options = options(extension(from), extension(&target));
    change(&mut options);
    fixture.engine.convert(from, &target, &options).await?;
    Ok(target)
}

/// What a file of a type begins with.
fn begins(extension: &str) -> &'static [u8] {
    match extension {
        "pdf" => b"%PDF-1.",
        "png" => b"\x89PNG",
        "rtf" => b"{\\rtf",
        "doc" | "xls" | "ppt" => b"\xd0\xcf\x11\xe0",
        "html" => b"<!DOCTYPE html",
        "txt" | "csv" | "tsv" => b"",
        _ => b"PK\x03\x04",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_pair_of_a_plain_source_is_written() {
    let fixture = start(|config| config.warm = 2).await;
    for source in [
        fixture.write("a.fodt", text(&["Grüße", "two"])),
        fixture.write("a.fods", sheet(&[&["Grüße", "2"]])),
        fixture.write("a.fodp", slides(&["Grüße"])),
    ] {
        let from = SourceType::parse(extension(&source)).unwrap();
        for to in from.outputs() {
            // It is made of a png.
            if matches!(to.extension(), "jpg" | "jpeg") {
                continue;
            }
            check_pair(&fixture, &source, to).await;
        }
    }
    assert!(fixture.engine.kit_pids().is_empty(), "a kit is used once");
}

async fn check_pair(fixture: &Fixture, source: &Path, to: OutputType) {
    let name = format!("{}.{}", extension(source), to.extension());
    let made = convert(fixture, source, &name, |_| {}).await;
    let made = made.unwrap_or_else(|error| panic!("{name}: {error}"));
    let bytes = std::fs::read(made).unwrap();
    let start = &bytes[..bytes.len().min(20)];
    assert!(
        bytes.starts_with(begins(to.extension())),
        "{name}: {start:?}"
    );
    assert!(!bytes.is_empty(), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_read_and_written_in_the_encoding_and_with_the_separator_that_is_said() {
    let fixture = start(|_| {}).await;
    let cyrillic = fixture.write("a.csv", b"\xcf\xf0\xe8;1,5\r\n;x;\r\n");
    let said = |options: &mut ConvertOptions<'_>| {
        options.code_page = Some(CodePage::parse(1251).unwrap());
        options.delimiter = Some(b';');
    };
    let book = convert(&fixture, &cyrillic, "a.xlsx", said).await.unwrap();
    let strings = words(&book, "xl/sharedStrings.xml");
    assert!(strings.contains("При1,5"), "{strings}");

    let source = fixture.write("b.fods", sheet(&[&["Ä;b", "2"], &["c", "4.5"]]));
    let made = convert(&fixture, &source, "b.csv", |_| {}).await.unwrap();
    assert_eq!(std::fs::read_to_string(made).unwrap(), "Ä;b,2\nc,4.5\n");
    let semicolon = |options: &mut ConvertOptions<'_>| options.delimiter = Some(b';');
    let made = convert(&fixture, &source, "c.csv", semicolon)
        .await
        .unwrap();
    assert_eq!(std::fs::read_to_string(made).unwrap(), "\"Ä;b\";2\nc;4.5\n");
    let made = convert(&fixture, &source, "d.tsv", |_| {}).await.unwrap();
    assert_eq!(std::fs::read_to_string(&made).unwrap(), "Ä;b\t2\nc\t4.5\n");
    // A comma is part of a value there.
    let tabs = fixture.write("e.tsv", "a,b\tc\n");
    let made = convert(&fixture, &tabs, "e.csv", |_| {}).await.unwrap();
    assert_eq!(std::fs::read_to_string(made).unwrap(), "\"a,b\",c\n");

    // Numbers as they are written in Germany, which a file keeps as numbers.
    let german = fixture.write("g.csv", "x;1,5\n");
    let region = |options: &mut ConvertOptions<'_>| {
        options.region = Some(Region::parse("de-DE").unwrap());
    };
    let book = convert(&fixture, &german, "g.xlsx", region).await.unwrap();
    assert!(unzip(&book, "xl/worksheets/sheet1.xml").contains("<v>1.5</v>"));
    // Without a region, numbers are written as in English; the separator stays what it was.
    let back = convert(&fixture, &german, "g2.csv", region).await.unwrap();
    assert_eq!(std::fs::read_to_string(back).unwrap(), "x;1.5\n");

    let plain = fixture.write("a.txt", b"\x93\xfa\x96{");
    let japanese = |options: &mut ConvertOptions<'_>| {
        options.code_page = Some(CodePage::parse(932).unwrap());
    };
    let made = convert(&fixture, &plain, "f.docx", japanese).await.unwrap();
    assert!(words(&made, "word/document.xml").contains("日本"));
    let back = convert(&fixture, &made, "f.txt", |_| {}).await.unwrap();
    assert!(std::fs::read_to_string(back).unwrap().contains("日本"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_pdf_says_that_it_is_one() {
    let fixture = start(|_| {}).await;
    let source = fixture.write("a.fodt", text(&["Hello"]));
    let archival = |options: &mut ConvertOptions<'_>| options.archival = true;
    for (to, change, is) in [("a.pdf", false, false), ("b.pdf", true, true)] {
        let made = if change {
            convert(&fixture, &source, to, archival).await
        } else {
            convert(&fixture, &source, to, |_| {}).await
        };
        let bytes = std::fs::read(made.unwrap()).unwrap();
        let mark = b"pdfaid:part";
        assert_eq!(
            bytes.windows(mark.len()).any(|part| part == mark),
            is,
            "{to}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_file_opens_with_its_password_alone() {
    let fixture = start(|_| {}).await;
    let locked = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/locked.docx");
    let with = |password: &str| {
        let password = Password::from(password.to_owned());
        move |options: &mut ConvertOptions<'_>| options.password = Some(password)
    };
    let none = convert(&fixture, &locked, "a.odt", |_| {}).await;
    assert!(
        matches!(none, Err(ConvertError::Open(OpenError::Encrypted))),
        "{none:?}"
    );
    let wrong = convert(&fixture, &locked, "a.odt", with("Lantern")).await;
    assert!(
        matches!(wrong, Err(ConvertError::Open(OpenError::WrongPassword))),
        "{wrong:?}"
    );
    let opened = convert(&fixture, &locked, "a.odt", with("lantern")).await;
    assert!(unzip(&opened.unwrap(), "content.xml").contains("The lantern is lit"));
    // One that is not needed does no harm.
    let plain = fixture.write("b.fodt", text(&["Hello"]));
    convert(&fixture, &plain, "b.odt", with("lantern"))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_converted_says_why() {
    let fixture = start(|_| {}).await;
    let source = fixture.write("a.fodt", text(&["Hello"]));
    let sheet_of_text = convert(&fixture, &source, "a.xlsx", |_| {}).await;
    assert!(
        matches!(sheet_of_text, Err(ConvertError::Save(SaveError::Type(_)))),
        "{sheet_of_text:?}"
    );
    let page = fixture.write("a.html", "<html>");
    let page = convert(&fixture, &page, "a.pdf", |_| {}).await;
    assert!(
        matches!(page, Err(ConvertError::Open(OpenError::Type(_)))),
        "{page:?}"
    );
    let renamed = fixture.write("renamed.docx", b"PK\x03\x04nothing");
    let renamed = convert(&fixture, &renamed, "b.pdf", |_| {}).await;
    assert!(
        matches!(renamed, Err(ConvertError::Open(OpenError::Damaged))),
        "{renamed:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_a_conversion_that_takes_too_long_is_killed() {
    let fixture = start(|_| {}).await;
    let many = vec!["A paragraph that has to be laid out."; 20_000];
    let source = fixture.write("long.fodt", text(&many));
    let limit = Duration::from_millis(1);
    let late = convert(&fixture, &source, "long.pdf", |options| {
        options.limit = limit;
    })
    .await;
    assert!(
        matches!(late, Err(ConvertError::TimedOut(is)) if is == limit),
        "{late:?}"
    );
    assert!(fixture.engine.kit_pids().is_empty());
    assert!(!fixture.path("long.pdf").exists());
    // The next one is not affected.
    let source = fixture.write("short.fodt", text(&["Hello"]));
    convert(&fixture, &source, "short.pdf", |_| {})
        .await
        .unwrap();
}
