//! Packages that were made to harm.
#![allow(missing_docs, reason = "tests are named after what they prove")]

mod support;

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::time::Duration;

use proptest::prelude::*;
use recto_losses::{LossKind, Options, ScanError};
use support::{formula, paragraph, samples, scan_bytes, slides, text, workbook};

fn options(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    change(&mut options);
    options
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_package_never_panics(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let samples = samples();
        let (_, sample) = &samples[which.index(samples.len())];
        let mut bytes = sample.zip();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = scan_bytes(&bytes, sample.extension, &Options::default());
        bytes.truncate(cut.index(bytes.len()));
        let _ = scan_bytes(&bytes, sample.extension, &Options::default());
    }

    #[test]
    fn damaged_parts_never_panic(
        which in any::<prop::sample::Index>(),
        part in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), "[<>/\"'&;=: !\\[\\]a-z{}(),-]"), 1..40),
    ) {
        let samples = samples();
        let (_, sample) = &samples[which.index(samples.len())];
        let mut sample = sample.clone();
        let part = part.index(sample.parts.len());
        let content = &mut sample.parts[part].1;
        for (at, letter) in changes {
            let at = at.index(content.len());
            if content.is_char_boundary(at) && content.is_char_boundary(at + 1) {
                content.replace_range(at..=at, &letter);
            }
        }
        let _ = scan_bytes(&sample.zip(), sample.extension, &Options::default());
    }

    #[test]
    fn compound_files_of_any_content_never_panic(
        mut bytes in prop::collection::vec(any::<u8>(), 512..4096),
        shift in prop::sample::select(vec![9_u8, 12]),
    ) {
        bytes[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
        bytes[30] = shift;
        for extension in ["doc", "xls", "ppt"] {
            let _ = scan_bytes(&bytes, extension, &Options::default());
        }
    }
}

#[test]
fn no_more_is_unpacked_than_the_limit() {
    let sample = paragraph(&"<w:smartTag/>".repeat(200_000));
    let few = options(|options| options.limits.unpacked_bytes = 100_000);
    let report = scan_bytes(&sample.zip(), "docx", &few).unwrap();
    assert!(!report.complete);
    assert!(
        report.losses[0].count < 10_000,
        "{}",
        report.losses[0].count
    );
    let whole = sample.scan();
    assert!(whole.complete);
    assert_eq!(whole.losses[0].count, 200_000);
}

#[test]
fn a_scan_ends_when_its_time_is_over() {
    let no_time = options(|options| options.limits.time = Duration::ZERO);
    let bytes = paragraph(&"<w:smartTag/>".repeat(10_000)).zip();
    match scan_bytes(&bytes, "docx", &no_time) {
        Ok(report) => assert!(!report.complete),
        Err(error) => assert!(matches!(error, ScanError::Damaged), "{error}"),
    }
}

#[test]
fn places_are_bounded_and_the_count_is_not() {
    let mut body = String::new();
    for number in 0..1000 {
        let _ = write!(
            body,
            "<w:p><w:r><w:t>{number}</w:t></w:r><w:smartTag/></w:p>"
        );
    }
    let report = text(&body).scan();
    assert_eq!(report.losses[0].count, 1000);
    assert_eq!(
        report.losses[0].places.len(),
        Options::default().limits.places
    );
    let long = text(&format!(
        "<w:p><w:r><w:t>{}</w:t></w:r><w:smartTag/></w:p>",
        "word ".repeat(10_000)
    ));
    let place = long.scan().losses[0].places[0].to_string();
    assert!(place.chars().count() < 70, "{place}");
}

#[test]
fn too_many_entries_are_refused_before_they_are_read() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..200 {
        zip.start_file(
            format!("word/{number}.xml"),
            zip::write::SimpleFileOptions::default(),
        )
        .unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let few = options(|options| options.limits.entries = 100);
    let error = scan_bytes(&bytes, "docx", &few).unwrap_err();
    assert!(matches!(error, ScanError::TooManyParts), "{error}");
}

#[test]
fn elements_within_each_other_without_end_cost_nothing() {
    let deep = "<w:sdt><w:sdtContent>".repeat(100_000);
    paragraph(&deep).scan();
    let fields =
        r#"<w:fldChar w:fldCharType="begin"/><w:instrText>IF</w:instrText>"#.repeat(100_000);
    paragraph(&fields).scan();
    formula("", "", &"(".repeat(100_000)).scan();
    formula("", "", &"A(".repeat(100_000)).scan();
    let declared: Vec<_> = (0..10_000).map(|n| format!(" xmlns:a{n}=\"b\"")).collect();
    paragraph(&format!("<w:r{}/>", declared.concat())).scan();
}

#[test]
fn entities_are_not_expanded() {
    let mut sample = paragraph("");
    for (name, content) in &mut sample.parts {
        if name == "word/document.xml" {
            *content = format!(
                r#"<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>{}"#,
                content.replace("Some words", "&c;&c;")
            );
        }
    }
    sample.scan();
}

#[test]
fn parts_that_lead_to_each_other_in_a_circle_are_visited_once() {
    let mut sample = workbook("", "<sheetData/>");
    let circle = r#"<Relationships><Relationship Id="r" Type="x/slicer" Target="sheet1.xml"/><Relationship Id="s" Type="x/slicer" Target="../a.xml"/></Relationships>"#;
    for name in ["xl/worksheets/_rels/sheet1.xml.rels", "xl/_rels/a.xml.rels"] {
        sample.parts.push((name.to_owned(), circle.to_owned()));
    }
    sample
        .parts
        .push(("xl/a.xml".to_owned(), "<a/>".to_owned()));
    let report = sample.scan();
    assert_eq!(report.losses[0].kind, LossKind::Slicers);
    assert_eq!(report.losses[0].count, 1);
}

#[test]
fn what_is_no_package_is_said_to_be_damaged_or_encrypted() {
    for (bytes, encrypted) in [
        (&b""[..], false),
        (b"PK\x03\x04", false),
        (b"{\\rtf1}", false),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", true),
        (
            include_bytes!("../../engine/tests/fixtures/locked.docx"),
            true,
        ),
    ] {
        let error = scan_bytes(bytes, "docx", &Options::default()).unwrap_err();
        assert_eq!(matches!(error, ScanError::Encrypted), encrypted, "{error}");
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.txt", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(b"nothing").unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    let error = scan_bytes(&bytes, "xlsx", &Options::default()).unwrap_err();
    assert!(matches!(error, ScanError::Damaged), "{error}");
    let (_, package) = samples().remove(0);
    let report = scan_bytes(&package.zip(), "xls", &Options::default()).unwrap();
    assert!(report.line_worthy(), "a package that is called xls");
    for (extension, bytes) in [
        ("doc", &b"{\\rtf1}"[..]),
        ("xls", b"<html>"),
        ("csv", b"a,b"),
    ] {
        let report = scan_bytes(bytes, extension, &Options::default()).unwrap();
        assert_eq!(report.losses, [], "{extension}");
    }
}

#[test]
fn many_slides_with_many_relationships_are_followed_once() {
    let mut sample = slides("", "");
    let mut relations = String::from("<Relationships>");
    for number in 0..20_000 {
        let _ = write!(
            relations,
            r#"<Relationship Id="r{number}" Type="x/slide" Target="slides/slide2.xml"/>"#
        );
    }
    relations += "</Relationships>";
    let ids = r#"<p:sldId r:id="r19999"/>"#.repeat(50_000);
    for (name, content) in &mut sample.parts {
        match &**name {
            "ppt/_rels/presentation.xml.rels" => content.clone_from(&relations),
            "ppt/presentation.xml" => {
                *content = content.replace("</p:sldIdLst>", &format!("{ids}</p:sldIdLst>"));
            }
            _ => {}
        }
    }
    sample.parts.push((
        "ppt/slides/_rels/slide2.xml.rels".to_owned(),
        relations.clone(),
    ));
    let few = options(|options| options.limits.time = Duration::from_secs(60));
    let report = scan_bytes(&sample.zip(), "pptx", &few).unwrap();
    assert_eq!(report.losses, []);
}

#[test]
fn relationships_beyond_a_length_are_left_out_and_that_is_said() {
    let mut sample = workbook("", "<sheetData/>");
    let long = format!(
        r#"<Relationships><Relationship Id="r" Type="x/slicer" Target="{}"/></Relationships>"#,
        "a".repeat(60_000)
    );
    sample
        .parts
        .push(("xl/worksheets/_rels/sheet1.xml.rels".to_owned(), long));
    assert!(!sample.scan().complete);
}

#[test]
fn a_formula_written_without_entities_is_read_as_well() {
    let sample = formula("", "", "<![CDATA[_xlfn.VSTACK(A1,B1)]]>");
    assert!(sample.scan().has(LossKind::UnknownFunctions));
}

#[test]
fn a_count_of_entries_that_stands_nowhere_is_refused() {
    let mut bytes = paragraph("").zip();
    let end = bytes.len() - 22;
    bytes[end + 10..end + 12].copy_from_slice(&[0xFF, 0xFF]);
    let few = options(|options| options.limits.entries = 1000);
    let error = scan_bytes(&bytes, "docx", &few).unwrap_err();
    assert!(matches!(error, ScanError::TooManyParts), "{error}");
}
