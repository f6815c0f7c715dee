//! Fonts: one's own, and what stands in for those that are not there.

mod support;

use std::path::Path;

use recto_engine::{ConvertOptions, EngineError, MissingFont};
use support::{Fixture, LIMIT, start};

/// A font that no system has: another one with its name replaced by one that is as long.
fn write_font(folder: &Path) {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut font = std::fs::read("/usr/share/fonts/truetype/crosextra/Carlito-Regular.ttf")
        .expect("scripts/setup installs fonts-crosextra-carlito");
    for encode in [|text: &str| text.as_bytes().to_vec(), utf16] {
        let (from, to): (Vec<u8>, Vec<u8>) = (encode("Carlito"), encode("Fontoja"));
        for at in 0..font.len() - from.len() {
            if font[at..].starts_with(&from) {
                font[at..at + to.len()].copy_from_slice(&to);
            }
        }
    }
    std::fs::write(folder.join("fontoja.ttf"), font).unwrap();
}

/// A flat text with a paragraph in each font.
fn text_in(fonts: &[&str]) -> String {
    let each = |wanted: fn(usize, &str) -> String| -> String {
        let numbered = fonts.iter().enumerate();
        numbered
            .map(|(number, font)| wanted(number, font))
            .collect()
    };
    let faces = each(|_, font| {
        format!(r#"<style:font-face style:name="{font}" svg:font-family="'{font}'"/>"#)
    });
    let styles = each(|number, font| {
        format!(
            r#"<style:style style:name="P{number}" style:family="paragraph"><style:text-properties style:font-name="{font}"/></style:style>"#
        )
    });
    let lines =
        each(|number, _| format!(r#"<text:p text:style-name="P{number}">Hamburg</text:p>"#));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:font-face-decls>{faces}</office:font-face-decls><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{lines}</office:text></office:body></office:document>"#
    )
}

/// The names of the fonts that a PDF of such a text embeds.
async fn embedded(fixture: &Fixture, fonts: &[&str]) -> Vec<String> {
    let source = fixture.write("fonts.fodt", text_in(fonts));
    let pdf = fixture.path("fonts.pdf");
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
    let bytes = std::fs::read(&pdf).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let names = text.split("/FontName/").skip(1);
    let names = names.filter_map(|rest| rest.split(['/', '\n', '>']).next()?.split_once('+'));
    names.map(|(_, name)| name.to_owned()).collect()
}

#[tokio::test]
async fn a_font_of_ones_own_is_embedded_with_namespaces_and_without() {
    let fonts = tempfile::tempdir().unwrap();
    write_font(fonts.path());
    for (namespaces, zygote) in [(true, true), (false, true), (true, false)] {
        let fixture = start(|config| {
            config.fonts = Some(fonts.path().to_owned());
            config.namespaces = namespaces;
            config.zygote = zygote;
        })
        .await;
        assert_eq!(embedded(&fixture, &["Fontoja"]).await, ["Fontoja"]);
        fixture.engine.stop().await;
    }
}

#[tokio::test]
async fn it_is_said_which_fonts_are_missing_and_what_is_shown_instead() {
    let fixture = start(|config| {
        config.font_substitutes = vec![("House & Sons".into(), "Carlito".into())];
    })
    .await;
    let named = [
        "MS Mincho",
        "House & Sons",
        "Nowhere Sans",
        "Calibri",
        "Carlito",
    ];
    let escaped = named.map(|name| name.replace('&', "&amp;"));
    let source = fixture.write(
        "fonts.fodt",
        text_in(&escaped.each_ref().map(String::as_str)),
    );
    let (document, _events) = fixture.open(&source).await;
    let missing = &document.info().missing_fonts;
    let missing: Vec<_> = missing
        .iter()
        .map(|MissingFont { name, shown_as }| (name.as_str(), shown_as.as_str()))
        .collect();
    for pair in [
        ("MS Mincho", "Noto Serif CJK JP"),
        ("House & Sons", "Carlito"),
    ] {
        assert!(missing.contains(&pair), "{missing:?}");
    }
    // What is said is what is shown.
    let (_, other) = missing
        .iter()
        .find(|(name, _)| *name == "Nowhere Sans")
        .unwrap();
    let shown = embedded(&fixture, &["Nowhere Sans"]).await;
    assert!(
        shown[0].starts_with(&other.replace(' ', "")),
        "{other}, but {shown:?}"
    );
    assert!(missing.iter().all(|(name, _)| *name != "Carlito"));
}

#[tokio::test]
async fn a_folder_of_fonts_that_is_not_there_keeps_the_engine_from_starting() {
    let work = tempfile::tempdir().unwrap();
    let mut config =
        recto_engine::EngineConfig::new("/bin/false".into(), work.path().join("engine"));
    config.fonts = Some(work.path().join("nowhere"));
    match recto_engine::Engine::start(config).await {
        Err(EngineError::Fonts { folder, .. }) => assert!(folder.ends_with("nowhere")),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it started"),
    }
}
