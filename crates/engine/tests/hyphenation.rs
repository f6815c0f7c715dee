//! Hyphenation with the dictionaries that `scripts/setup` installs.

mod support;

use std::process::Command;

use recto_engine::ConvertOptions;
use support::{Fixture, LIMIT, start};

/// A text in a narrow column whose words may be divided.
fn column(language: &str, country: &str, text: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:automatic-styles><style:style style:name="P" style:family="paragraph"><style:paragraph-properties fo:margin-right="14.5cm"/><style:text-properties fo:language="{language}" fo:country="{country}" fo:hyphenate="true" fo:hyphenation-remain-char-count="2" fo:hyphenation-push-char-count="2"/></style:style></office:automatic-styles><office:body><office:text><text:p text:style-name="P">{text}</text:p></office:text></office:body></office:document>"#
    )
}

/// Whether the text, written as PDF, has a word that goes on in the next line.
async fn divides(fixture: &Fixture, flat: &str) -> bool {
    let source = fixture.write("column.fodt", flat);
    let pdf = fixture.path("column.pdf");
    let options = ConvertOptions {
        file_type: "fodt",
        title: "",
        to: "pdf",
        password: None,
        code_page: None,
        delimiter: None,
        region: None,
        archival: false,
        limit: LIMIT,
    };
    fixture
        .engine
        .convert(&source, &pdf, &options)
        .await
        .unwrap();
    let told = Command::new("pdftotext")
        .arg("-raw")
        .arg(&pdf)
        .arg("-")
        .output();
    let told = told.expect("scripts/setup test installs poppler-utils");
    let text = String::from_utf8(told.stdout).unwrap();
    text.lines()
        .any(|line| line.trim_end().ends_with(['-', '\u{ad}', '\u{2010}']))
}

#[tokio::test]
async fn words_are_divided_by_the_dictionary_of_their_language_in_the_sandbox() {
    let fixture = start(|config| config.languages = vec!["de-DE".into()]).await;
    let text = "Bundesverfassungsgerichtsentscheidung Rechtsschutzversicherung ".repeat(3);
    assert!(divides(&fixture, &column("de", "DE", &text)).await);
    // There is no such dictionary, so that nothing else divides words.
    assert!(!divides(&fixture, &column("fi", "FI", &text)).await);
}
