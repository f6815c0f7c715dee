use proptest::prelude::*;

use super::*;

fn check(extension: &str, head: &[u8]) -> Result<(), ContentError> {
    FileType::parse(extension)
        .unwrap()
        .check_content(head, head.len() as u64)
}

fn found(extension: &str, head: &[u8]) -> &'static str {
    match check(extension, head) {
        Err(ContentError::Mismatch { found, .. }) => found,
        other => panic!("{extension}: {other:?}"),
    }
}

/// A local file header with a stored entry.
fn entry(name: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    bytes.extend_from_slice(&length);
    bytes.extend_from_slice(&length);
    bytes.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

fn ooxml(part: &str) -> Vec<u8> {
    let mut bytes = entry("[Content_Types].xml", b"compressed");
    bytes.extend(entry("_rels/.rels", b"compressed"));
    bytes.extend(entry(part, b"compressed"));
    bytes
}

fn odf(mime: &str) -> Vec<u8> {
    entry("mimetype", mime.as_bytes())
}

fn ole(stream: &str) -> Vec<u8> {
    let mut bytes = OLE.to_vec();
    bytes.resize(512, 0);
    bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(2048, 0);
    bytes
}

#[test]
fn right_content_passes() {
    for (extension, head) in [
        ("docx", ooxml("word/document.xml")),
        ("docm", ooxml("word/document.xml")),
        ("xlsx", ooxml("xl/workbook.xml")),
        ("pptx", ooxml("ppt/presentation.xml")),
        ("docx", ooxml("docProps/core.xml")),
        ("odt", odf("application/vnd.oasis.opendocument.text")),
        (
            "ott",
            odf("application/vnd.oasis.opendocument.text-template"),
        ),
        ("ods", odf("application/vnd.oasis.opendocument.spreadsheet")),
        (
            "odp",
            odf("application/vnd.oasis.opendocument.presentation"),
        ),
        ("doc", ole("WordDocument")),
        ("xls", ole("Workbook")),
        ("ppt", ole("PowerPoint Document")),
        ("ppt", ole("not in the first bytes")),
        ("rtf", b"{\\rtf1 hello}".to_vec()),
        ("txt", "Grüße, BMW\n".as_bytes().to_vec()),
        ("csv", b"a;b\r\n1;2\r\n".to_vec()),
        ("csv", b"\xFF\xFEa\0;\0b\0".to_vec()),
        ("txt", b"BMW builds cars".to_vec()),
    ] {
        assert_eq!(check(extension, &head), Ok(()), "{extension}");
    }
}

#[test]
fn f4_wrong_content_is_named() {
    assert_eq!(found("docx", b"%PDF-1.7\n"), "PDF");
    assert_eq!(found("txt", b"%PDF-1.7\n"), "PDF");
    assert_eq!(
        found("docx", &ooxml("xl/workbook.xml")),
        "an Office Open XML spreadsheet (xlsx)"
    );
    assert_eq!(
        found(
            "xlsx",
            &odf("application/vnd.oasis.opendocument.spreadsheet")
        ),
        "an OpenDocument spreadsheet (ods)"
    );
    assert_eq!(
        found(
            "odt",
            &odf("application/vnd.oasis.opendocument.spreadsheet")
        ),
        "an OpenDocument spreadsheet (ods)"
    );
    assert_eq!(
        found("odt", &odf("application/vnd.oasis.opendocument.graphics")),
        "an OpenDocument file of another kind"
    );
    assert_eq!(found("docx", &odf("application/epub+zip")), "an EPUB book");
    assert_eq!(found("doc", b"{\\rtf1 hello}"), "rich text (rtf)");
    assert_eq!(
        found("doc", &ooxml("word/document.xml")),
        "an Office Open XML text document (docx)"
    );
    assert_eq!(
        found("docx", &ole("WordDocument")),
        "a Word 97-2003 document (doc)"
    );
    assert_eq!(found("txt", b"a\0b"), "unknown binary data");
    assert_eq!(found("csv", b"\x89PNG\r\n\x1a\n...."), "a PNG image");
    assert_eq!(
        found(
            "docx",
            b"\xEF\xBB\xBF\n<!DOCTYPE html><title>Log in</title>"
        ),
        "an HTML page"
    );
    assert_eq!(found("csv", b"<html><body>Log in"), "an HTML page");
    assert_eq!(found("txt", b"BM\x3a\0\0\0"), "a BMP image");
}

#[test]
fn encrypted_office_open_xml_is_told_from_a_mislabelled_document() {
    assert_eq!(
        check("docx", &ole("EncryptedPackage")),
        Err(ContentError::Encrypted)
    );
    assert_eq!(
        check("xlsx", &ole("EncryptionInfo")),
        Err(ContentError::Encrypted)
    );
    assert!(found("docx", &ole("out of sight")).contains("protected by a password"));
}

#[test]
fn empty_files_are_refused_whatever_the_type() {
    for file_type in FileType::all() {
        assert_eq!(file_type.check_content(b"", 0), Err(ContentError::Empty));
    }
}

#[test]
fn sentences() {
    let mismatch = check("docx", b"%PDF-1.7\n").unwrap_err();
    insta::assert_snapshot!(mismatch.message(), @"The file should be docx, but its content is PDF.");
    insta::assert_snapshot!(mismatch.hint(), @"Set document.fileType to the file's real type, and check that document.url delivers the file itself and no login or error page.");
    let empty = check("docx", b"").unwrap_err();
    insta::assert_snapshot!(empty.message(), @"The document's file is empty.");
    insta::assert_snapshot!(empty.hint(), @"Check that document.url delivers the whole file, and upload the file again if it is empty there too.");
    insta::assert_snapshot!(ContentError::Encrypted.message(), @"The document is protected by a password.");
    insta::assert_snapshot!(ContentError::Encrypted.hint(), @"Remove the password with the program that set it, and upload the document again.");
    assert_eq!(
        [mismatch, empty, ContentError::Encrypted].map(|e| (e.code(), e.editor_error())),
        [
            ("content.mismatch", -85),
            ("content.empty", -82),
            ("content.encrypted", -19)
        ]
    );
}

proptest! {
    /// Anyone may write these bytes: no length or offset in them may panic.
    #[test]
    fn any_bytes_get_an_answer(tail in proptest::collection::vec(any::<u8>(), 0..200), start in 0..4usize) {
        let mut head = [&b"PK\x03\x04"[..], OLE, b"", b"PK\x03\x04PK\x03\x04"][start].to_vec();
        head.extend(tail);
        for file_type in FileType::all() {
            let _ = file_type.check_content(&head, head.len() as u64);
        }
    }

    #[test]
    fn text_without_nul_is_text(text in "[a-zA-Z0-9 ;,\n]{1,300}") {
        prop_assert_eq!(check("txt", text.as_bytes()), Ok(()));
    }
}
