//! The file types that the engine may open.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Explain,
    content::{Container, Family},
    editor_error,
};

/// What kind of editor a document needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    /// Text documents.
    Word,
    /// Spreadsheets.
    Cell,
    /// Presentations.
    Slide,
}

#[derive(Debug)]
pub(crate) struct Format {
    pub(crate) extension: &'static str,
    kind: DocumentKind,
    pub(crate) mime: &'static str,
    pub(crate) container: Container,
    saved_as: &'static str,
}

const fn format(
    extension: &'static str,
    kind: DocumentKind,
    container: Container,
    saved_as: &'static str,
    mime: &'static str,
) -> Format {
    Format {
        extension,
        kind,
        mime,
        container,
        saved_as,
    }
}

/// The allow-list. Macros are never run; a file with macros, a template and a show are saved as what they are.
static FORMATS: [Format; 27] = {
    use Container::{Odf, Ole, Ooxml, Rtf, Text};
    use DocumentKind::{Cell, Slide, Word};
    [
        format(
            "docx",
            Word,
            Ooxml(Family::Word),
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        format(
            "docm",
            Word,
            Ooxml(Family::Word),
            "docm",
            "application/vnd.ms-word.document.macroEnabled.12",
        ),
        format(
            "dotx",
            Word,
            Ooxml(Family::Word),
            "dotx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
        ),
        format(
            "dotm",
            Word,
            Ooxml(Family::Word),
            "dotm",
            "application/vnd.ms-word.template.macroEnabled.12",
        ),
        format(
            "odt",
            Word,
            Odf(Family::Word),
            "odt",
            "application/vnd.oasis.opendocument.text",
        ),
        format(
            "ott",
            Word,
            Odf(Family::Word),
            "ott",
            "application/vnd.oasis.opendocument.text-template",
        ),
        format("doc", Word, Ole(Family::Word), "doc", "application/msword"),
        format("rtf", Word, Rtf, "rtf", "application/rtf"),
        format("txt", Word, Text, "txt", "text/plain"),
        format(
            "xlsx",
            Cell,
            Ooxml(Family::Cell),
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        format(
            "xlsm",
            Cell,
            Ooxml(Family::Cell),
            "xlsm",
            "application/vnd.ms-excel.sheet.macroEnabled.12",
        ),
        format(
            "xltx",
            Cell,
            Ooxml(Family::Cell),
            "xltx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
        ),
        format(
            "xltm",
            Cell,
            Ooxml(Family::Cell),
            "xltm",
            "application/vnd.ms-excel.template.macroEnabled.12",
        ),
        format(
            "ods",
            Cell,
            Odf(Family::Cell),
            "ods",
            "application/vnd.oasis.opendocument.spreadsheet",
        ),
        format(
            "ots",
            Cell,
            Odf(Family::Cell),
            "ots",
            "application/vnd.oasis.opendocument.spreadsheet-template",
        ),
        format(
            "xls",
            Cell,
            Ole(Family::Cell),
            "xls",
            "application/vnd.ms-excel",
        ),
        format("csv", Cell, Text, "csv", "text/csv"),
        format("tsv", Cell, Text, "tsv", "text/tab-separated-values"),
        format(
            "pptx",
            Slide,
            Ooxml(Family::Slide),
            "pptx",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        format(
            "pptm",
            Slide,
            Ooxml(Family::Slide),
            "pptm",
            "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
        ),
        format(
            "potx",
            Slide,
            Ooxml(Family::Slide),
            "potx",
            "application/vnd.openxmlformats-officedocument.presentationml.template",
        ),
        format(
            "potm",
            Slide,
            Ooxml(Family::Slide),
            "potm",
            "application/vnd.ms-powerpoint.template.macroEnabled.12",
        ),
        format(
            "ppsx",
            Slide,
            Ooxml(Family::Slide),
            "ppsx",
            "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
        ),
        format(
            "ppsm",
            Slide,
            Ooxml(Family::Slide),
            "ppsm",
            "application/vnd.ms-powerpoint.slideshow.macroEnabled.12",
        ),
        format(
            "odp",
            Slide,
            Odf(Family::Slide),
            "odp",
            "application/vnd.oasis.opendocument.presentation",
        ),
        format(
            "otp",
            Slide,
            Odf(Family::Slide),
            "otp",
            "application/vnd.oasis.opendocument.presentation-template",
        ),
        format(
            "ppt",
            Slide,
            Ole(Family::Slide),
            "ppt",
            "application/vnd.ms-powerpoint",
        ),
    ]
};

/// A file type on the allow-list of what the engine may open.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileType(&'static Format);

impl FileType {
    /// Reads a file name's extension without the dot, in upper or lower case.
    pub fn parse(text: &str) -> Result<Self, FileTypeError> {
        FORMATS
            .iter()
            .find(|format| format.extension.eq_ignore_ascii_case(text))
            .map(Self)
            .ok_or_else(|| FileTypeError::new(text))
    }

    /// Every file type that can be opened.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMATS.iter().map(Self)
    }

    /// The extension without the dot, in lower case.
    pub fn extension(&self) -> &'static str {
        self.0.extension
    }

    /// The kind of editor that it needs.
    pub fn kind(&self) -> DocumentKind {
        self.0.kind
    }

    /// The media type.
    pub fn mime(&self) -> &'static str {
        self.0.mime
    }

    /// The type that a changed file is saved in.
    #[must_use]
    pub fn saved_as(&self) -> Self {
        Self::parse(self.0.saved_as).unwrap_or(*self)
    }

    pub(crate) fn format(self) -> &'static Format {
        self.0
    }
}

impl PartialEq for FileType {
    fn eq(&self, other: &Self) -> bool {
        self.extension() == other.extension()
    }
}

impl Eq for FileType {}

impl std::hash::Hash for FileType {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.extension().hash(state);
    }
}

impl fmt::Debug for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileType({})", self.extension())
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.extension())
    }
}

impl FromStr for FileType {
    type Err = FileTypeError;

    fn from_str(text: &str) -> Result<Self, FileTypeError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for FileType {
    type Error = FileTypeError;

    fn try_from(text: String) -> Result<Self, FileTypeError> {
        Self::parse(&text)
    }
}

impl From<FileType> for String {
    fn from(file_type: FileType) -> Self {
        file_type.extension().to_owned()
    }
}

/// The text names no file type that can be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The file type {given:?} cannot be opened.")]
pub struct FileTypeError {
    /// What was given, cut after 32 characters.
    pub given: String,
}

impl FileTypeError {
    fn new(text: &str) -> Self {
        Self {
            given: text.chars().take(32).collect(),
        }
    }
}

impl Explain for FileTypeError {
    fn code(&self) -> &'static str {
        "config.file_type"
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        let without_dot = self.given.trim().trim_start_matches('.');
        if let Ok(meant) = FileType::parse(without_dot) {
            return format!("Write it as \"{meant}\", without a dot or spaces.");
        }
        let all: Vec<_> = FileType::all().map(|t| t.extension()).collect();
        format!(
            "Convert the file to one of these types first: {}.",
            all.join(", ")
        )
    }

    fn editor_error(&self) -> i32 {
        editor_error::FORMAT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter() {
        assert_eq!(FileType::parse("DOCX").unwrap().extension(), "docx");
    }

    #[test]
    fn every_type_is_found_once_and_is_saved_in_one_that_stays_itself() {
        for file_type in FileType::all() {
            assert_eq!(FileType::parse(file_type.extension()).unwrap(), file_type);
            assert_eq!(FileType::all().filter(|t| *t == file_type).count(), 1);
            let saved = file_type.saved_as();
            assert_eq!(saved.kind(), file_type.kind());
            assert_eq!(
                saved.saved_as(),
                saved,
                "{file_type} is saved as {saved}, which must stay itself"
            );
        }
        for same in ["docm", "dotm", "xltx", "ppsx", "ppsm"] {
            let saved = FileType::parse(same).unwrap().saved_as();
            assert_eq!(saved.extension(), same);
        }
        assert_eq!(
            FileType::parse("odt").unwrap().saved_as().extension(),
            "odt"
        );
    }

    #[test]
    fn dangerous_types_are_not_on_the_list() {
        for text in [
            "odb",
            "html",
            "hwp",
            "pdf",
            "exe",
            "../docx",
            "docx\0",
            "docx/../x",
            "",
        ] {
            assert!(FileType::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sentences() {
        let dotted = FileType::parse(".docx").unwrap_err();
        insta::assert_snapshot!(dotted.message(), @r#"The file type ".docx" cannot be opened."#);
        insta::assert_snapshot!(dotted.hint(), @r#"Write it as "docx", without a dot or spaces."#);
        let other = FileType::parse("pages").unwrap_err();
        insta::assert_snapshot!(other.hint(), @"Convert the file to one of these types first: docx, docm, dotx, dotm, odt, ott, doc, rtf, txt, xlsx, xlsm, xltx, xltm, ods, ots, xls, csv, tsv, pptx, pptm, potx, potm, ppsx, ppsm, odp, otp, ppt.");
    }
}
