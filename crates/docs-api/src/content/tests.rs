use std::io::Cursor;

use proptest::prelude::*;

use super::*;

fn examine(extension: &str, bytes: &[u8]) -> Result<Content, ContentError> {
    FileType::parse(extension)
        .unwrap()
        .examine(&mut Cursor::new(bytes))
}

/// What it is opened as, and whether it is encrypted.
fn opened(extension: &str, bytes: &[u8]) -> (&'static str, bool) {
    match examine(extension, bytes) {
        Ok(content) => (content.file_type.extension(), content.encrypted),
        Err(error) => panic!("{extension}: {error}"),
    }
}

fn found(extension: &str, bytes: &[u8]) -> &'static str {
    match examine(extension, bytes) {
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

/// A compound file whose directory begins in the sector `at`, with one stream.
fn ole_at(at: u32, stream: &str, beginning: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 512];
    bytes[..8].copy_from_slice(ole::MAGIC);
    bytes[30..32].copy_from_slice(&9_u16.to_le_bytes());
    bytes[48..52].copy_from_slice(&at.to_le_bytes());
    let tables = at / 128 + 1;
    for table in 0..109 {
        let sector = if table < tables {
            at + 3 + table
        } else {
            u32::MAX
        };
        bytes[76 + table as usize * 4..][..4].copy_from_slice(&sector.to_le_bytes());
    }
    bytes.resize(512 * (at as usize + 4 + tables as usize), 0);
    // The directory has two sectors, and the second has the stream; the stream's is the one after it.
    let sector = |number: u32| 512 * (number as usize + 1);
    let link = |bytes: &mut Vec<u8>, from: u32, to: u32| {
        let place = sector(at + 3 + from / 128) + (from as usize % 128) * 4;
        bytes[place..place + 4].copy_from_slice(&to.to_le_bytes());
    };
    bytes.resize(sector(at + 3 + tables + 1), 0);
    link(&mut bytes, at, at + 1);
    link(&mut bytes, at + 1, 0xFFFF_FFFE);
    let entry = sector(at + 1);
    let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes[entry..entry + name.len()].copy_from_slice(&name);
    let length = u16::try_from(name.len() + 2).unwrap();
    bytes[entry + 64..entry + 66].copy_from_slice(&length.to_le_bytes());
    bytes[entry + 66] = 2;
    bytes[entry + 116..entry + 120].copy_from_slice(&(at + 2).to_le_bytes());
    bytes[entry + 120..entry + 124].copy_from_slice(&5000_u32.to_le_bytes());
    let data = sector(at + 2);
    bytes[data..data + beginning.len()].copy_from_slice(beginning);
    bytes
}

fn ole(stream: &str) -> Vec<u8> {
    ole_at(2, stream, b"")
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
        ("ppt", ole("nothing that is known")),
        ("rtf", b"{\\rtf1 hello}".to_vec()),
        ("txt", "Grüße, BMW\n".as_bytes().to_vec()),
        ("csv", b"a;b\r\n1;2\r\n".to_vec()),
        ("csv", b"\xFF\xFEa\0;\0b\0".to_vec()),
        ("tsv", b"a\tb\n".to_vec()),
        ("txt", b"<table> is a tag".to_vec()),
        ("txt", b"BMW builds cars".to_vec()),
    ] {
        let content = examine(extension, &head).unwrap();
        assert_eq!(content.file_type.extension(), extension);
        assert_eq!(content.renamed, None, "{extension}");
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
    assert_eq!(found("xls", b"{\\rtf1 hello}"), "rich text (rtf)");
    assert_eq!(found("txt", b"{\\rtf1 hello}"), "rich text (rtf)");
    assert_eq!(
        found("xls", &ooxml("word/document.xml")),
        "an Office Open XML text document (docx)"
    );
    assert_eq!(
        found("pptx", &ole("WordDocument")),
        "a Word 97-2003 document (doc)"
    );
    // Under these names, a text is rather the message of a server.
    assert_eq!(found("docx", b"Internal error"), "plain text");
    assert_eq!(found("xlsx", b"a;b"), "plain text");
    assert_eq!(found("doc", b"{\"error\": 1}"), "plain text");
    assert_eq!(found("ppt", b"a text"), "plain text");
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
fn what_is_called_otherwise_is_opened_as_what_it_is() {
    for (name, bytes, is) in [
        ("doc", b"{\\rtf1 hello}".to_vec(), "rtf"),
        ("docx", b"{\\rtf1 hello}".to_vec(), "rtf"),
        ("doc", ooxml("word/document.xml"), "docx"),
        ("rtf", ooxml("word/document.xml"), "docx"),
        ("xls", ooxml("xl/workbook.xml"), "xlsx"),
        ("ods", ooxml("xl/workbook.xml"), "xlsx"),
        ("ppt", ooxml("ppt/presentation.xml"), "pptx"),
        ("doc", odf("application/vnd.oasis.opendocument.text"), "odt"),
        (
            "xlsx",
            odf("application/vnd.oasis.opendocument.spreadsheet"),
            "ods",
        ),
        ("docx", ole("WordDocument"), "doc"),
        ("xlsx", ole("Workbook"), "xls"),
        ("pptx", ole("PowerPoint Document"), "ppt"),
        ("xls", b"a;b\r\n1;2\r\n".to_vec(), "csv"),
        ("xls", b"a\tb\r\n1\t2\r\n".to_vec(), "tsv"),
        ("doc", b"Dear all".to_vec(), "txt"),
    ] {
        let content = examine(name, &bytes).unwrap();
        assert_eq!(content.file_type.extension(), is, "{name}");
        assert!(content.renamed.is_some() && !content.encrypted && !content.is_page);
    }
}

#[test]
fn a_page_of_tables_is_a_workbook_and_one_that_asks_for_something_is_none() {
    let page = |body: &str| format!("<html><head><title>Report</title></head>{body}").into_bytes();
    let table = page("<table><tr><td>1</td></tr></table>");
    let content = examine("xls", &table).unwrap();
    assert!(content.is_page && content.renamed == Some("an HTML page"));
    assert_eq!(content.file_type.extension(), "xls");
    let part = b"\xEF\xBB\xBF<meta charset=utf-8><TABLE><TR><TD>1".to_vec();
    assert!(examine("xls", &part).unwrap().is_page);
    for (name, bytes) in [
        ("xlsx", table.clone()),
        ("doc", table.clone()),
        ("csv", table),
        ("xls", page("Not found")),
        (
            "xls",
            page("<form><table><tr><td>Password<input type=password></table></form>"),
        ),
    ] {
        assert_eq!(found(name, &bytes), "an HTML page", "{name}");
    }
}

#[test]
fn the_directory_of_a_compound_file_is_read_wherever_it_lies() {
    for at in [0, 2, 60, 500, 12_000] {
        assert_eq!(
            opened("docx", &ole_at(at, "EncryptedPackage", b"")),
            ("docx", true)
        );
        assert_eq!(opened("xls", &ole_at(at, "Workbook", b"")), ("xls", false));
    }
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let hidden = ole_at(2, "WordDocument", &name);
    assert_eq!(opened("doc", &hidden), ("doc", false), "only names count");
    assert_eq!(opened("xls", &ole("EncryptionInfo")), ("xlsx", true));
}

#[test]
fn what_a_legacy_file_says_of_its_password_is_read() {
    let mut word = [0; 32];
    assert_eq!(
        opened("doc", &ole_at(9, "WordDocument", &word)),
        ("doc", false)
    );
    word[11] = 1;
    assert_eq!(
        opened("doc", &ole_at(9, "WordDocument", &word)),
        ("doc", true)
    );
    let book = b"\x09\x08\x04\0\0\x06\x05\0\x2F\0\x06\0\x01\0\0\0\0\0";
    assert_eq!(opened("xls", &ole_at(9, "Workbook", book)), ("xls", true));
    assert_eq!(
        opened("xls", &ole_at(9, "Workbook", &book[..8])),
        ("xls", false)
    );
}

#[test]
fn empty_files_are_refused_whatever_the_type() {
    for file_type in FileType::all() {
        let examined = file_type.examine(&mut Cursor::new(b""));
        assert_eq!(examined, Err(ContentError::Empty));
    }
}

#[test]
fn sentences() {
    let mismatch = examine("docx", b"%PDF-1.7\n").unwrap_err();
    insta::assert_snapshot!(mismatch.message(), @"The file should be docx, but its content is PDF.");
    insta::assert_snapshot!(mismatch.hint(), @"Set document.fileType to the file's real type, and check that document.url delivers the file itself and no login or error page.");
    let empty = examine("docx", b"").unwrap_err();
    insta::assert_snapshot!(empty.message(), @"The document's file is empty.");
    insta::assert_snapshot!(empty.hint(), @"Check that document.url delivers the whole file, and upload the file again if it is empty there too.");
    let unreadable = ContentError::Unreadable(std::io::ErrorKind::PermissionDenied);
    insta::assert_snapshot!(unreadable.message(), @"The document's file can't be read: permission denied.");
    insta::assert_snapshot!(unreadable.hint(), @"Ask the server's administrator to check the disk and the rights of the data folder.");
    let content = examine("doc", b"{\\rtf1}").unwrap();
    insta::assert_snapshot!(content.note("doc", true).unwrap(), @"The file is called doc, but its content is rich text (rtf). It was read as that, and it is saved as rtf.");
    let page = examine("xls", b"<table><td>").unwrap();
    insta::assert_snapshot!(page.note("xls", true).unwrap(), @"The file is called xls, but its content is an HTML page. Its tables were read, without pictures, links and colours, and it is saved as xls.");
    insta::assert_snapshot!(page.note("xls", false).unwrap(), @"The file is called xls, but its content is an HTML page. Its tables were read, without pictures, links and colours.");
    assert_eq!(
        [mismatch, empty, unreadable].map(|e| (e.code(), e.editor_error())),
        [
            ("content.mismatch", -85),
            ("content.empty", -82),
            ("content.unreadable", -82)
        ]
    );
}

proptest! {
    /// Anyone may write these bytes: no length or offset in them may panic.
    #[test]
    fn any_bytes_get_an_answer(tail in proptest::collection::vec(any::<u8>(), 0..200), start in 0..4usize) {
        let mut head = [&b"PK\x03\x04"[..], ole::MAGIC, b"", b"PK\x03\x04PK\x03\x04"][start].to_vec();
        head.extend(tail);
        for file_type in FileType::all() {
            let _ = file_type.examine(&mut Cursor::new(&head));
        }
    }

    /// Nor may a directory of any numbers, however it is chained.
    #[test]
    fn any_compound_file_gets_an_answer(bytes in proptest::collection::vec(any::<u8>(), 504..4096), place in any::<[u8; 4]>()) {
        let mut file = ole::MAGIC.to_vec();
        file.extend(bytes);
        file[48..52].copy_from_slice(&[place[0] % 8, 0, 0, 0]);
        for at in 0..3 {
            file[76 + at * 4..80 + at * 4].copy_from_slice(&[place[1 + at] % 8, 0, 0, 0]);
        }
        for file_type in FileType::all() {
            let _ = file_type.examine(&mut Cursor::new(&file));
        }
    }

    #[test]
    fn text_without_nul_is_text(text in "[a-zA-Z0-9 ;,\n]{1,300}") {
        prop_assert_eq!(opened("txt", text.as_bytes()), ("txt", false));
    }
}
