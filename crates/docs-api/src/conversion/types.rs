//! What can be converted to what.

use std::fmt;

use super::ParameterError;
use crate::{DocumentKind, FileType};

/// Types that are read for conversions only, with the one whose content they have.
static FURTHER: [(&str, &str); 7] = [
    ("dot", "doc"),
    ("fodt", "txt"),
    ("xlt", "xls"),
    ("fods", "csv"),
    ("pot", "ppt"),
    ("pps", "ppt"),
    ("fodp", "odp"),
];

/// The type of a file that can be converted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourceType {
    extension: &'static str,
    like: FileType,
}

impl SourceType {
    /// Reads a file name's extension without the dot, in upper or lower case.
    pub fn parse(text: &str) -> Result<Self, ParameterError> {
        Self::all()
            .find(|known| known.extension.eq_ignore_ascii_case(text))
            .ok_or_else(|| ParameterError::Source(text.chars().take(32).collect()))
    }

    /// The type that the end of a name or of a URL's path says.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let path = name.split(['?', '#']).next().unwrap_or(name);
        let last = path.rsplit('/').next().unwrap_or(path);
        let (_, extension) = last.rsplit_once('.')?;
        Self::parse(extension).ok()
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let further = FURTHER.iter().filter_map(|(extension, like)| {
            let like = FileType::parse(like).ok()?;
            Some(Self { extension, like })
        });
        FileType::all()
            .map(|like| Self {
                extension: like.extension(),
                like,
            })
            .chain(further)
    }

    /// The extension without the dot, in lower case.
    pub fn extension(self) -> &'static str {
        self.extension
    }

    /// The kind of document.
    pub fn kind(self) -> DocumentKind {
        self.like.kind()
    }

    /// The type that its content looks like; none for what is checked by the engine alone.
    pub fn content(self) -> Option<FileType> {
        (!self.extension.starts_with("fod")).then_some(self.like)
    }

    /// The types that it can be converted to.
    pub fn outputs(self) -> impl Iterator<Item = OutputType> {
        OutputType::all().filter(move |output| output.0.kinds.contains(&self.kind()))
    }
}

impl fmt::Debug for SourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceType({})", self.extension)
    }
}

#[derive(Debug)]
struct Output {
    extension: &'static str,
    mime: &'static str,
    kinds: &'static [DocumentKind],
}

const ALL: &[DocumentKind] = &[WORD[0], CELL[0], SLIDE[0]];
const WORD: &[DocumentKind] = &[DocumentKind::Word];
const CELL: &[DocumentKind] = &[DocumentKind::Cell];
const SLIDE: &[DocumentKind] = &[DocumentKind::Slide];

const fn output(
    extension: &'static str,
    kinds: &'static [DocumentKind],
    mime: &'static str,
) -> Output {
    Output {
        extension,
        mime,
        kinds,
    }
}

/// What the engine writes, and pictures that are made of what it writes.
static OUTPUTS: [Output; 33] = [
    output("pdf", ALL, "application/pdf"),
    output("png", ALL, "image/png"),
    output("jpg", ALL, "image/jpeg"),
    output("jpeg", ALL, "image/jpeg"),
    output(
        "docx",
        WORD,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    output(
        "docm",
        WORD,
        "application/vnd.ms-word.document.macroEnabled.12",
    ),
    output(
        "dotx",
        WORD,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
    ),
    output(
        "dotm",
        WORD,
        "application/vnd.ms-word.template.macroEnabled.12",
    ),
    output("odt", WORD, "application/vnd.oasis.opendocument.text"),
    output(
        "ott",
        WORD,
        "application/vnd.oasis.opendocument.text-template",
    ),
    output("doc", WORD, "application/msword"),
    output("rtf", WORD, "application/rtf"),
    output("txt", WORD, "text/plain; charset=utf-8"),
    output("html", WORD, "text/html; charset=utf-8"),
    output("epub", WORD, "application/epub+zip"),
    output(
        "xlsx",
        CELL,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    output(
        "xlsm",
        CELL,
        "application/vnd.ms-excel.sheet.macroEnabled.12",
    ),
    output(
        "xltx",
        CELL,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    ),
    output(
        "xltm",
        CELL,
        "application/vnd.ms-excel.template.macroEnabled.12",
    ),
    output(
        "ods",
        CELL,
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    output(
        "ots",
        CELL,
        "application/vnd.oasis.opendocument.spreadsheet-template",
    ),
    output("xls", CELL, "application/vnd.ms-excel"),
    output("csv", CELL, "text/csv; charset=utf-8"),
    output("tsv", CELL, "text/tab-separated-values; charset=utf-8"),
    output(
        "pptx",
        SLIDE,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    output(
        "pptm",
        SLIDE,
        "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
    ),
    output(
        "potx",
        SLIDE,
        "application/vnd.openxmlformats-officedocument.presentationml.template",
    ),
    output(
        "potm",
        SLIDE,
        "application/vnd.ms-powerpoint.template.macroEnabled.12",
    ),
    output(
        "ppsx",
        SLIDE,
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
    ),
    output(
        "ppsm",
        SLIDE,
        "application/vnd.ms-powerpoint.slideshow.macroEnabled.12",
    ),
    output(
        "odp",
        SLIDE,
        "application/vnd.oasis.opendocument.presentation",
    ),
    output(
        "otp",
        SLIDE,
        "application/vnd.oasis.opendocument.presentation-template",
    ),
    output("ppt", SLIDE, "application/vnd.ms-powerpoint"),
];

/// A type that something can be converted to.
#[derive(Clone, Copy)]
pub struct OutputType(&'static Output);

/// What a request may want.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    Exact(OutputType),
    /// The type of Office Open XML that suits the document.
    Ooxml,
    /// The same of `OpenDocument`.
    Odf,
}

impl Wanted {
    pub(super) fn for_source(self, source: SourceType) -> Result<OutputType, ParameterError> {
        let name = match (self, source.kind()) {
            (Self::Exact(output), _) => output.extension(),
            (Self::Ooxml, DocumentKind::Word) => "docx",
            (Self::Ooxml, DocumentKind::Cell) => "xlsx",
            (Self::Ooxml, DocumentKind::Slide) => "pptx",
            (Self::Odf, DocumentKind::Word) => "odt",
            (Self::Odf, DocumentKind::Cell) => "ods",
            (Self::Odf, DocumentKind::Slide) => "odp",
        };
        source
            .outputs()
            .find(|output| output.extension() == name)
            .ok_or(ParameterError::Pair {
                from: source.extension,
                to: name,
            })
    }
}

impl OutputType {
    /// Reads what a request wants, in upper or lower case, and whether it is to be fit for an archive.
    pub(super) fn parse(text: &str) -> Result<(Wanted, bool), ParameterError> {
        let name = text.to_ascii_lowercase();
        let (name, archival) = match &*name {
            "ooxml" => return Ok((Wanted::Ooxml, false)),
            "odf" => return Ok((Wanted::Odf, false)),
            "pdfa" => ("pdf", true),
            name => (name, false),
        };
        Self::all()
            .find(|output| output.extension() == name)
            .map(|output| (Wanted::Exact(output), archival))
            .ok_or_else(|| ParameterError::Output(text.chars().take(32).collect()))
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        OUTPUTS.iter().map(Self)
    }

    /// The extension without the dot, in lower case.
    pub fn extension(self) -> &'static str {
        self.0.extension
    }

    /// The media type.
    pub fn mime(self) -> &'static str {
        self.0.mime
    }

    /// Whether it is a picture of the first page.
    pub fn is_picture(self) -> bool {
        self.0.mime.starts_with("image/")
    }
}

impl PartialEq for OutputType {
    fn eq(&self, other: &Self) -> bool {
        self.extension() == other.extension()
    }
}

impl Eq for OutputType {}

impl std::hash::Hash for OutputType {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.extension().hash(state);
    }
}

impl fmt::Debug for OutputType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutputType({})", self.extension())
    }
}
