//! Names that people give to files. They are shown and offered as download names; nothing on disk
//! is ever called by them.

use recto_docs_api::{FileType, FileTypeError};

/// The longest name kept, in characters, the extension included.
const LONGEST: usize = 160;

/// A file name fit for display, with an extension that Recto can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DisplayName {
    pub(crate) name: String,
    pub(crate) file_type: FileType,
}

/// Makes a display name of what a browser sent: the last path component, without control and
/// invisible direction characters, trimmed, and cut to [`LONGEST`] characters.
pub(crate) fn display_name(sent: &str, fallback: &str) -> Result<DisplayName, FileTypeError> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = last.chars().filter(|c| !unprintable(*c)).collect();
    let (stem, extension) = cleaned.rsplit_once('.').unwrap_or((&cleaned, ""));
    let file_type = FileType::parse(extension.trim())?;
    Ok(DisplayName {
        name: join(stem, fallback, file_type),
        file_type,
    })
}

/// The same name with the extension of `file_type`.
pub(crate) fn with_type(name: &str, file_type: FileType) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    if extension.eq_ignore_ascii_case(file_type.extension()) {
        return name.to_owned();
    }
    join(stem, name, file_type)
}

fn join(stem: &str, fallback: &str, file_type: FileType) -> String {
    let room = LONGEST - file_type.extension().len() - 1;
    let stem: String = stem
        .trim()
        .trim_start_matches('.')
        .chars()
        .take(room)
        .collect();
    let stem = stem.trim();
    let stem = if stem.is_empty() { fallback } else { stem };
    format!("{stem}.{file_type}")
}

/// Control characters, and the marks that turn `exe.docx` around for the eye.
fn unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// `Content-Disposition` for a download, with an ASCII name for old clients and the real one (RFC 6266).
pub(crate) fn attachment(name: &str) -> String {
    use std::fmt::Write as _;
    let ascii: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(sent: &str) -> String {
        display_name(sent, "Untitled").map_or_else(|error| error.to_string(), |name| name.name)
    }

    #[test]
    fn f1_paths_become_names() {
        insta::assert_snapshot!(name("../../etc/passwd.docx"), @"passwd.docx");
        insta::assert_snapshot!(name(r"C:\temp\Budget.XLSX"), @"Budget.xlsx");
        insta::assert_snapshot!(name("a\0b\r\nc.docx"), @"abc.docx");
        insta::assert_snapshot!(name("...docx"), @"Untitled.docx");
        insta::assert_snapshot!(name("Übersicht 目录.pptx"), @"Übersicht 目录.pptx");
        insta::assert_snapshot!(name("invoice\u{202E}xcod.docx"), @"invoicexcod.docx");
        insta::assert_snapshot!(name("page.html"), @r#"The file type "html" cannot be opened."#);
        assert_eq!(
            name(&format!("{}.docx", "x".repeat(5000))).chars().count(),
            LONGEST
        );
    }

    #[test]
    fn a_new_type_replaces_the_extension_only() {
        let docx = FileType::parse("docx").expect("known");
        assert_eq!(with_type("Report v1.2.doc", docx), "Report v1.2.docx");
        assert_eq!(with_type("Report.docx", docx), "Report.docx");
    }

    #[test]
    fn a_download_name_cannot_leave_its_header() {
        insta::assert_snapshot!(attachment("a\"b é.docx"), @r#"attachment; filename="a_b _.docx"; filename*=UTF-8''a%22b%20%C3%A9.docx"#);
    }

    proptest! {
        #[test]
        fn f1_no_name_holds_a_separator_or_a_control_character(sent in ".*") {
            if let Ok(made) = display_name(&format!("{sent}.docx"), "Untitled") {
                prop_assert!(!made.name.contains(['/', '\\']));
                prop_assert!(!made.name.chars().any(unprintable));
                prop_assert!(made.name.chars().count() <= LONGEST);
                prop_assert!(made.file_type.extension() == "docx" && !made.name.starts_with('.'));
            }
        }

        #[test]
        fn a_download_header_is_always_valid(sent in ".*") {
            prop_assert!(http::HeaderValue::from_str(&attachment(&sent)).is_ok());
        }
    }
}
