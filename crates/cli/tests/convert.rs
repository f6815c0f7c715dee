//! `recto convert`, with the real engine, as a person calls it.

#![allow(
    missing_docs,
    clippy::missing_panics_doc,
    reason = "tests are named after what they prove"
)]

use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const LOCKED: &[u8] = include_bytes!("../../engine/tests/fixtures/locked.docx");

struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A folder with some files, in which the command runs.
struct Place(TempDir);

impl Place {
    fn with(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        Self(folder)
    }

    fn convert(&self, arguments: &[&str]) -> Done {
        let output = Command::new(env!("CARGO_BIN_EXE_recto"))
            .arg("convert")
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Done {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Converts, and nothing is to be said of it.
    fn made(&self, arguments: &[&str]) -> Vec<u8> {
        let done = self.convert(arguments);
        assert_eq!((done.code, &*done.err), (Some(0), ""), "{arguments:?}");
        self.read(arguments[1])
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.path().join(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn part(archive: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut text = String::new();
    let mut part = archive.by_name(name).unwrap();
    part.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_text_of_values_becomes_a_book_and_a_text_again_without_a_question() {
    let place = Place::with(&[("in.csv", b"Stra\xdfe|1,5\nb|007\n")]);
    let book = place.made(&[
        "in.csv",
        "out.xlsx",
        "--delimiter",
        "|",
        "--code-page",
        "1252",
        "--region",
        "de-DE",
    ]);
    assert!(part(&book, "xl/sharedStrings.xml").contains("Straße"));
    assert!(part(&book, "xl/worksheets/sheet1.xml").contains("<v>1.5</v>"));
    let text = place.made(&["out.xlsx", "out.csv", "--delimiter", "semicolon"]);
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.starts_with("Straße;") && text.contains("b;007\n"),
        "{text}"
    );
}

#[test]
fn files_that_are_called_otherwise_are_converted_with_a_word() {
    let page = b"<table><tr><th>Prix<th>Nom</tr><tr><td>1.5<td>Zo&euml;</tr></table>";
    let place = Place::with(&[
        ("letter.doc", b"{\\rtf1\\ansi Hello\\par}"),
        ("page.xls", page),
        ("text.xls", b"Zo\xeb;2\n"),
    ]);
    let mut told = String::new();
    for arguments in [
        ["letter.doc", "letter.docx"],
        ["letter.docx", "again.rtf"],
        ["page.xls", "page.csv"],
        ["text.xls", "text.csv"],
    ] {
        let done = place.convert(&arguments);
        assert_eq!(done.code, Some(0), "{arguments:?}: {}", done.err);
        told.push_str(&done.err);
    }
    insta::assert_snapshot!(told, @"
    recto: The file is called doc, but its content is rich text (rtf). It was read as that.
    recto: The file is called xls, but its content is an HTML page. Its tables were read, without pictures, links and colours.
    recto: The file is called xls, but its content is plain text. It was read as that.
    ");
    let text = |name: &str| String::from_utf8(place.read(name)).unwrap();
    assert!(text("again.rtf").contains("Hello"));
    assert_eq!(text("page.csv"), "Prix,Nom\n1.5,Zoë\n");
    // Values keep their encoding and separator.
    assert_eq!(place.read("text.csv"), b"Zo\xeb;2\n");
}

#[test]
fn a_protected_file_becomes_pdf_and_picture() {
    let place = Place::with(&[("in.docx", LOCKED), ("word", b"lantern\n")]);
    let done = place.convert(&["in.docx", "out.pdf", "--password-file", "word", "--pdfa"]);
    insta::assert_snapshot!(done.err, @"recto: The file is protected with a password, and what was made of it is not. Keep the result where only those may read it who know the password.");
    let pdf = place.read("out.pdf");
    let mark = b"pdfaid:part";
    assert!(pdf.starts_with(b"%PDF-") && pdf.windows(mark.len()).any(|part| part == mark));
    let done = place.convert(&[
        "in.docx",
        "out.png",
        "--password",
        "lantern",
        "--thumbnail",
        "90x90",
        "--json",
    ]);
    let told: Value = serde_json::from_str(&done.out).unwrap();
    let png = place.read("out.png");
    assert_eq!(
        (&told["fileType"], &told["bytes"], &told["output"]),
        (&"png".into(), &png.len().into(), &"out.png".into())
    );
    let pixels = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert!(pixels(20) == 90 && pixels(16) < 90);
}

#[test]
fn what_fails_leaves_the_file_that_was_there() {
    let place = Place::with(&[
        ("damaged.docx", b"PK\x03\x04nothing"),
        ("locked.docx", LOCKED),
        ("out.pdf", b"the one before"),
    ]);
    let before = place.names();
    let mut told = String::new();
    for arguments in [
        &["damaged.docx", "out.pdf"][..],
        &["locked.docx", "out.pdf"],
        &["locked.docx", "out.pdf", "--password", "Lantern"],
    ] {
        let done = place.convert(arguments);
        assert_eq!((done.code, &*done.out), (Some(1), ""), "{arguments:?}");
        told.push_str(&done.err);
    }
    insta::assert_snapshot!(told, @r#"
    recto: The file is damaged or is not what its name says. Open it in the program that made it and save it again, or go back to an earlier version.
    recto: The file is protected with a password. Give the password with --password-file or --password.
    recto: The password does not open the file. Give the password with which the file opens in the program that made it; upper and lower case differ.
    "#);
    assert_eq!(place.read("out.pdf"), b"the one before");
    assert_eq!(place.names(), before, "nothing lies about");
    let done = place.convert(&["damaged.docx", "out.pdf", "--json"]);
    let told: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (&told["error"], &told["code"]),
        (&(-3).into(), &"open.damaged".into())
    );
}

#[test]
fn what_can_not_be_tried_says_why() {
    let place = Place::with(&[("in.csv", b"a,1\n"), ("in", b"x"), ("empty.txt", b"")]);
    let mut told = String::new();
    for (arguments, code) in [
        (&["gone.docx", "out.pdf"][..], 2),
        (&["in.csv", "out.pptx"], 2),
        (&["in.csv", "out.exe"], 2),
        (&["in.csv", "out.pdf", "--from", "odb"], 2),
        (&["in", "out.pdf"], 2),
        (&["in.csv", "out"], 2),
        (&["in.csv", "out.xlsx", "--thumbnail", "9x9"], 2),
        (&["in.csv", "out.xlsx", "--pdfa"], 2),
        (&["in.csv", "none/out.xlsx"], 2),
        (&["empty.txt", "out.pdf"], 1),
        (&["in.csv", "out.xlsx", "--from", "docx"], 2),
        (&["in.csv", "out.pdf", "--from", "docx"], 1),
        (&["in.csv", "out.xlsx", "--office", "none"], 2),
    ] {
        let done = place.convert(arguments);
        assert_eq!(done.code, Some(code), "{arguments:?}: {}", done.err);
        // The temporary name differs each time.
        let said = done.err.split(": No such file").next().unwrap().trim();
        told.push_str(said.trim_end());
        told.push('\n');
    }
    insta::assert_snapshot!(told, @r#"
    recto: The file gone.docx can't be read. Check its path and rights
    recto: A file of the type csv can't be converted to pptx. Choose one of these: pdf, png, jpg, jpeg, xlsx, xlsm, xltx, xltm, ods, ots, xls, csv, tsv.
    recto: Nothing can be converted to the type "exe". Give the type with --to if the extension is wrong; these can be made: pdfa, pdf, png, jpg, jpeg, docx, docm, dotx, dotm, odt, ott, doc, rtf, txt, html, epub, xlsx, xlsm, xltx, xltm, ods, ots, xls, csv, tsv, pptx, pptm, potx, potm, ppsx, ppsm, odp, otp, ppt.
    recto: Files of the type "odb" can't be converted. Give the type with --from if the extension is wrong; these can be converted: docx, docm, dotx, dotm, odt, ott, doc, rtf, txt, xlsx, xlsm, xltx, xltm, ods, ots, xls, csv, tsv, pptx, pptm, potx, potm, ppsx, ppsm, odp, otp, ppt, dot, fodt, xlt, fods, pot, pps, fodp.
    recto: The name in has no extension that tells the type. Give the type with --from.
    recto: The name out has no extension that tells the type. Give the type with --to.
    recto: --thumbnail gives the size of a picture, and xlsx is none. Leave it out, or convert to png or jpg.
    recto: --pdfa makes a PDF for archives, and the file is converted to xlsx. Leave it out, or convert to pdf.
    recto: Nothing can be written in the folder none. Check that it is there, and its rights
    recto: The document's file is empty. Check whether it was written to its end.
    recto: A file of the type docx can't be converted to xlsx. Choose one of these: pdf, png, jpg, jpeg, docx, docm, dotx, dotm, odt, ott, doc, rtf, txt, html, epub.
    recto: The file should be docx, but its content is plain text. Give its real type with --from, such as --from odt, or a name with the right extension.
    recto: LibreOffice was not found in none. Install LibreOffice, or configure the path of its program folder.
    "#);
    assert!(!Path::new(place.0.path()).join("out.pdf").exists());
}
