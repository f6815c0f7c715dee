//! `recto check`, as a person calls it.

#![allow(
    missing_docs,
    clippy::missing_panics_doc,
    reason = "tests are named after what they prove"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

/// A text with a body, written into a folder.
fn text(path: &Path, body: &str) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    let document = format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    );
    for (name, content) in [("_rels/.rels", RELATIONS), ("word/document.xml", &document)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

const PLAIN: &str = "<w:p><w:r><w:t>Hello</w:t></w:r></w:p>";
const EQUATION: &str = r#"<w:p><w:r><w:t>Half is </w:t></w:r><w:fldSimple w:instr=" EQ \f(1,2) "><w:r><w:t>1/2</w:t></w:r></w:fldSimple></w:p>"#;
const TAG: &str =
    r#"<w:p><w:smartTag w:element="place"><w:r><w:t>Paris</w:t></w:r></w:smartTag></w:p>"#;

fn check(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_recto"))
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn the_exit_code_tells_whether_something_must_be_said() {
    let folder = tempfile::tempdir().unwrap();
    text(&folder.path().join("plain.docx"), PLAIN);
    text(&folder.path().join("half.docx"), EQUATION);
    text(&folder.path().join("tag.docx"), TAG);
    std::fs::write(folder.path().join("broken.docx"), "no package").unwrap();
    for (file, code) in [
        ("plain.docx", 0),
        ("half.docx", 1),
        ("tag.docx", 0),
        ("broken.docx", 2),
        ("none.docx", 2),
        ("half.exe", 2),
    ] {
        assert_eq!(check(folder.path(), &[file]).0, Some(code), "{file}");
    }
    assert_eq!(check(folder.path(), &[]).0, Some(2), "a file must be named");
}

#[test]
fn what_would_be_lost_is_said_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    text(&folder.path().join("half.docx"), EQUATION);
    text(&folder.path().join("plain.docx"), PLAIN);
    std::fs::write(folder.path().join("broken.docx"), "no package").unwrap();
    let (_, out, err) = check(folder.path(), &["half.docx", "plain.docx", "broken.docx"]);
    insta::assert_snapshot!(out, @r"
    half.docx:
      content   equation-field: Equations made with an EQ field – “Half is 1/2”
                The equation is removed; only what the program last showed as text stays.
    plain.docx: nothing would be lost.
    ");
    insta::assert_snapshot!(err, @"recto: broken.docx: The file is damaged, or of another type. Open it with the program that made it.");
}

#[test]
fn a_folder_is_looked_at_with_its_folders() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("b/c")).unwrap();
    text(&folder.path().join("b/c/half.docx"), EQUATION);
    text(&folder.path().join("a.docx"), PLAIN);
    std::fs::write(folder.path().join("b/notes.exe"), "none of ours").unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("b/loop")).unwrap();
    let (code, out, _) = check(folder.path(), &["--json", "."]);
    assert_eq!(code, Some(1));
    let answers: Vec<Value> = serde_json::from_str(&out).unwrap();
    let files: Vec<_> = answers
        .iter()
        .map(|answer| answer["file"].as_str().unwrap())
        .collect();
    assert_eq!(files, ["./a.docx", "./b/c/half.docx"]);
    assert_eq!(answers[0]["losses"], serde_json::json!([]));
    assert_eq!(
        answers[1]["losses"],
        serde_json::json!([{
            "kind": "equation-field",
            "rank": "content",
            "count": 1,
            "places": [{ "in": "paragraph", "words": "Half is 1/2" }],
        }])
    );
    assert_eq!(answers[1]["complete"], true);
}
