//! What a file really is, whatever its name says.

mod ole;
mod page;

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use serde::Serialize;

use crate::{DocumentKind, Explain, FileType, editor_error};
use ole::Ole;
use page::is_page_of_tables;

/// Which kind of document a container holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Word,
    Cell,
    Slide,
}

/// How a file type wraps its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Ooxml(Family),
    Odf(Family),
    Ole(Family),
    Rtf,
    Text,
}

/// Why a file's content is not what its type promises.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// The file has no bytes.
    #[error("The document's file is empty.")]
    Empty,
    /// The content is of another type, and not one that is opened under this name.
    #[error("The file should be {expected}, but its content is {found}.")]
    Mismatch {
        /// The type that was promised, such as `docx`.
        expected: &'static str,
        /// What the content is.
        found: &'static str,
    },
    /// The file could not be read.
    #[error("The document's file can't be read: {0}.")]
    Unreadable(std::io::ErrorKind),
}

/// What a file was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// What it is opened and saved as.
    pub file_type: FileType,
    /// What it is, in words, if that is not what its name says.
    pub renamed: Option<&'static str>,
    /// It opens with a password, as far as its container tells.
    pub encrypted: bool,
    /// It is a web page of tables, which is read and becomes a workbook of `file_type`.
    pub is_page: bool,
}

/// Something that people should know of what was done; nothing failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Stable code.
    pub code: &'static str,
    /// One sentence: what is so.
    pub message: String,
    /// One sentence: what was done about it, or what to do.
    pub hint: String,
}

impl fmt::Display for Note {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} {}", self.message, self.hint)
    }
}

impl Content {
    /// Of a file that is known to be of this type.
    pub fn of(file_type: FileType) -> Self {
        Self {
            file_type,
            renamed: None,
            encrypted: false,
            is_page: false,
        }
    }

    /// What to say of a file that is not what its name says; `saved` if it is opened to be saved again.
    pub fn note(&self, named: &str, saved: bool) -> Option<Note> {
        let found = self.renamed?;
        let how = if self.is_page {
            "Its tables were read, without pictures, links and colours"
        } else {
            "It was read as that"
        };
        Some(Note {
            code: "content.renamed",
            message: format!("The file is called {named}, but its content is {found}."),
            hint: if saved {
                format!("{how}, and it is saved as {}.", self.file_type.saved_as())
            } else {
                format!("{how}.")
            },
        })
    }
}

impl Explain for ContentError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "content.empty",
            Self::Mismatch { .. } => "content.mismatch",
            Self::Unreadable(_) => "content.unreadable",
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Empty => "Check that document.url delivers the whole file, and upload the file again if it is empty there too.",
            Self::Mismatch { .. } => "Set document.fileType to the file's real type, and check that document.url delivers the file itself and no login or error page.",
            Self::Unreadable(_) => "Ask the server's administrator to check the disk and the rights of the data folder.",
        }
        .to_owned()
    }

    fn editor_error(&self) -> i32 {
        match self {
            Self::Empty | Self::Unreadable(_) => editor_error::OPEN,
            Self::Mismatch { .. } => editor_error::FORMAT,
        }
    }
}

/// What content was recognised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Ooxml(Option<Family>),
    Odf(Option<Family>, &'static str),
    /// A zip that has the names of no known container at its start.
    Zip,
    Epub,
    Ole(OleContent),
    Rtf,
    /// Text without NUL, or with a byte order mark.
    Text,
    /// A web page, and whether it is one of tables rather than one that asks for something.
    Page {
        tables: bool,
    },
    Other(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OleContent {
    /// An encrypted package of Office Open XML.
    Package,
    Holds {
        family: Family,
        encrypted: bool,
    },
    Unknown,
}

impl Found {
    fn name(self) -> &'static str {
        match self {
            Self::Ooxml(None) => "an Office Open XML document",
            Self::Ooxml(Some(Family::Word)) => "an Office Open XML text document (docx)",
            Self::Ooxml(Some(Family::Cell)) => "an Office Open XML spreadsheet (xlsx)",
            Self::Ooxml(Some(Family::Slide)) => "an Office Open XML presentation (pptx)",
            Self::Zip => "a ZIP archive",
            Self::Epub => "an EPUB book",
            Self::Ole(OleContent::Package) => "an encrypted Office Open XML document",
            Self::Ole(OleContent::Holds { family, .. }) => match family {
                Family::Word => "a Word 97-2003 document (doc)",
                Family::Cell => "an Excel 97-2003 workbook (xls)",
                Family::Slide => "a PowerPoint 97-2003 presentation (ppt)",
            },
            Self::Ole(OleContent::Unknown) => "an OLE compound file without an office document",
            Self::Rtf => "rich text (rtf)",
            Self::Text => "plain text",
            Self::Page { .. } => "an HTML page",
            Self::Odf(_, name) | Self::Other(name) => name,
        }
    }

    /// The type that content is opened as which is called `named`; none if it is not opened under
    /// that name.
    fn opened(self, named: FileType, head: &[u8]) -> Option<FileType> {
        let (container, family) = (named.format().container, named.family());
        let plain = |names: [&str; 3]| FileType::parse(names[family as usize]).ok();
        let legacy = matches!(container, Container::Ole(_));
        let office = !matches!(container, Container::Text);
        match (container, self) {
            // What it is called.
            (Container::Ooxml(want), Self::Ooxml(Some(found)))
            | (Container::Odf(want), Self::Odf(Some(found), _))
            | (Container::Ole(want), Self::Ole(OleContent::Holds { family: found, .. }))
                if want == found =>
            {
                Some(named)
            }
            (
                Container::Ooxml(_),
                Self::Ooxml(None) | Self::Zip | Self::Ole(OleContent::Package),
            )
            | (Container::Odf(_), Self::Zip)
            | (Container::Ole(_), Self::Ole(OleContent::Unknown))
            | (Container::Rtf, Self::Rtf)
            | (Container::Text, Self::Text) => Some(named),
            // A text may well begin with a tag, but whole pages are rather what a server says.
            (Container::Text, Self::Page { .. }) if !page::is_whole(head) => Some(named),
            // Another container, of the same kind of document.
            (_, Self::Ooxml(Some(found))) if office && found == family => {
                plain(["docx", "xlsx", "pptx"])
            }
            (_, Self::Ole(OleContent::Package)) if office => plain(["docx", "xlsx", "pptx"]),
            (_, Self::Odf(Some(found), _)) if office && found == family => {
                plain(["odt", "ods", "odp"])
            }
            (_, Self::Ole(OleContent::Holds { family: found, .. }))
                if office && found == family =>
            {
                plain(["doc", "xls", "ppt"])
            }
            (_, Self::Rtf) if office && family == Family::Word => FileType::parse("rtf").ok(),
            // What programs write as text under an old type's name. Under a newer one, it is rather the
            // message of a server that failed.
            (_, Self::Text) if legacy && !is_markup_or_json(head) => match family {
                Family::Word => FileType::parse("txt").ok(),
                Family::Cell if tabs_rather(head) => FileType::parse("tsv").ok(),
                Family::Cell => FileType::parse("csv").ok(),
                Family::Slide => None,
            },
            (_, Self::Page { tables: true }) if legacy && family == Family::Cell => Some(named),
            _ => None,
        }
    }
}

/// How many bytes of the beginning tell what a file is; more than the first few thousand are needed only
/// for web pages.
const BEGINNING: u64 = 256 << 10;
/// Enough for everything else.
const HEAD: usize = 4096;

impl FileType {
    /// Finds out what a file is that is called so.
    ///
    /// This finds mislabelled, encrypted and empty files early, with a reason that can be told; whether
    /// the file is sound, only the engine can find out. A file of another type of the same kind is opened
    /// as what it is; never as one that is not on the list of [`FileType`].
    pub fn examine(&self, file: &mut (impl Read + Seek)) -> Result<Content, ContentError> {
        let unreadable = |error: std::io::Error| ContentError::Unreadable(error.kind());
        let mut beginning = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        file.by_ref()
            .take(BEGINNING)
            .read_to_end(&mut beginning)
            .map_err(unreadable)?;
        if beginning.is_empty() {
            return Err(ContentError::Empty);
        }
        let found = match recognise(&beginning) {
            Found::Ole(_) => Found::Ole(recognise_ole(file)),
            other => other,
        };
        let file_type = found
            .opened(*self, &beginning)
            .ok_or(ContentError::Mismatch {
                expected: self.extension(),
                found: found.name(),
            })?;
        let is_text = matches!(self.format().container, Container::Text);
        let is_page = !is_text && matches!(found, Found::Page { .. });
        Ok(Content {
            file_type,
            renamed: (is_page || file_type != *self).then(|| found.name()),
            encrypted: match found {
                Found::Ole(OleContent::Package) => true,
                Found::Ole(OleContent::Holds { encrypted, .. }) => encrypted,
                _ => false,
            },
            is_page,
        })
    }

    /// As [`Self::examine`], for a file that is in a folder.
    pub fn examine_file(&self, path: &Path) -> Result<Content, ContentError> {
        let mut file = File::open(path).map_err(|error| ContentError::Unreadable(error.kind()))?;
        self.examine(&mut file)
    }

    fn family(self) -> Family {
        match self.kind() {
            DocumentKind::Word => Family::Word,
            DocumentKind::Cell => Family::Cell,
            DocumentKind::Slide => Family::Slide,
        }
    }
}

/// First bytes of what is often delivered in a document's place.
const SIGNATURES: [(&[u8], &str); 10] = [
    (b"%PDF-", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"BM", "a BMP image"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
];

fn recognise(beginning: &[u8]) -> Found {
    let head = &beginning[..beginning.len().min(HEAD)];
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return recognise_zip(head);
    }
    if head.starts_with(ole::MAGIC) {
        return Found::Ole(OleContent::Unknown);
    }
    if head.starts_with(b"{\\rtf") {
        return Found::Rtf;
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Found::Other("a WebP image");
    }
    let known = SIGNATURES.iter().find(|(start, _)| head.starts_with(start));
    // "BM" may also be the first letters of a text.
    if let Some((start, name)) = known
        && (*start != b"BM" || head.contains(&0))
    {
        return Found::Other(name);
    }
    let utf16 = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
    if !utf16 && head.contains(&0) {
        return Found::Other("unknown binary data");
    }
    if page::begins(head) {
        return Found::Page {
            tables: is_page_of_tables(beginning),
        };
    }
    Found::Text
}

fn recognise_zip(head: &[u8]) -> Found {
    let entries = zip_entries(head);
    if let Some((name, data)) = entries.first()
        && *name == b"mimetype"
    {
        return recognise_mimetype(data);
    }
    let mut seen = Found::Zip;
    for (name, _) in entries {
        let family = if name.starts_with(b"word/") {
            Family::Word
        } else if name.starts_with(b"xl/") {
            Family::Cell
        } else if name.starts_with(b"ppt/") {
            Family::Slide
        } else {
            if name == b"[Content_Types].xml" || name.starts_with(b"_rels/") {
                seen = Found::Ooxml(None);
            }
            continue;
        };
        return Found::Ooxml(Some(family));
    }
    seen
}

fn recognise_mimetype(data: &[u8]) -> Found {
    let text = data.strip_prefix(b"application/").unwrap_or_default();
    if text.starts_with(b"epub+zip") {
        return Found::Epub;
    }
    let Some(kind) = text.strip_prefix(b"vnd.oasis.opendocument.") else {
        return Found::Zip;
    };
    let known: [(&[u8], Family, &'static str); 3] = [
        (b"text", Family::Word, "an OpenDocument text (odt)"),
        (
            b"spreadsheet",
            Family::Cell,
            "an OpenDocument spreadsheet (ods)",
        ),
        (
            b"presentation",
            Family::Slide,
            "an OpenDocument presentation (odp)",
        ),
    ];
    for (name, family, label) in known {
        if kind.starts_with(name) {
            return Found::Odf(Some(family), label);
        }
    }
    Found::Odf(None, "an OpenDocument file of another kind")
}

/// Names of the entries whose local headers are in `head`, each with the bytes
/// that follow.
fn zip_entries(head: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut entries = Vec::new();
    let mut at = 0;
    while let Some(offset) = find(&head[at..], b"PK\x03\x04") {
        at += offset;
        let length = |from: usize| {
            let bytes = head.get(at + from..at + from + 2)?;
            Some(usize::from(u16::from_le_bytes([bytes[0], bytes[1]])))
        };
        if let (Some(name), Some(extra)) = (length(26), length(28))
            && let Some(name_bytes) = head.get(at + 30..at + 30 + name)
        {
            let data = head.get(at + 30 + name + extra..).unwrap_or_default();
            entries.push((name_bytes, data));
        }
        at += 4;
    }
    entries
}

fn recognise_ole(file: &mut (impl Read + Seek)) -> OleContent {
    let Ok(mut ole) = Ole::open(file) else {
        return OleContent::Unknown;
    };
    let holds = |family, encrypted| OleContent::Holds { family, encrypted };
    if ole.has("EncryptedPackage") || ole.has("EncryptionInfo") {
        return OleContent::Package;
    }
    if ole.has("WordDocument") {
        // A bit of the head of the text says it.
        let head = ole.beginning("WordDocument");
        let encrypted = head.is_some_and(|head| head[11] & 1 == 1);
        return holds(Family::Word, encrypted);
    }
    for name in ["Workbook", "Book"] {
        if ole.has(name) {
            let head = ole.beginning(name);
            return holds(
                Family::Cell,
                head.is_some_and(|head| has_file_password(&head)),
            );
        }
    }
    if ole.has("PowerPoint Document") {
        // This number stands there if the rest is encrypted.
        let user = ole.beginning("Current User");
        let encrypted = user.is_some_and(|user| user[12..16] == [0xDF, 0xC4, 0xD1, 0xF3]);
        return holds(Family::Slide, encrypted || ole.has("EncryptedSummary"));
    }
    OleContent::Unknown
}

/// Whether one of the first records of a workbook says that what follows is encrypted.
fn has_file_password(stream: &[u8]) -> bool {
    const FILE_PASSWORD: u16 = 0x2F;
    let mut rest = stream;
    while let [a, b, c, d, following @ ..] = rest {
        if u16::from_le_bytes([*a, *b]) == FILE_PASSWORD {
            return true;
        }
        let length = usize::from(u16::from_le_bytes([*c, *d]));
        rest = following.get(length..).unwrap_or_default();
    }
    false
}

fn first_letter(head: &[u8]) -> Option<u8> {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    text.trim_ascii_start().first().copied()
}

/// Whether a text is rather what a program says to another one.
fn is_markup_or_json(head: &[u8]) -> bool {
    matches!(first_letter(head), Some(b'<' | b'{'))
}

/// Whether the first line of a text of values has tabs between them.
fn tabs_rather(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or(head);
    let count = |wanted: u8| line.split(|byte| *byte == wanted).count() - 1;
    count(b'\t') > 0 && count(b'\t') >= count(b';').max(count(b','))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests;
