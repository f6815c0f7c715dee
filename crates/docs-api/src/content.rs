//! Whether a file's first bytes are what its type promises.

use crate::{Explain, FileType, editor_error};

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
    /// The content is of another type.
    #[error("The file should be {expected}, but its content is {found}.")]
    Mismatch {
        /// The type that was promised, such as `docx`.
        expected: &'static str,
        /// What the content is.
        found: &'static str,
    },
    /// The file is protected by a password.
    #[error("The document is protected by a password.")]
    Encrypted,
}

impl Explain for ContentError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "content.empty",
            Self::Mismatch { .. } => "content.mismatch",
            Self::Encrypted => "content.encrypted",
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Empty => "Check that document.url delivers the whole file, and upload the file again if it is empty there too.",
            Self::Mismatch { .. } => "Set document.fileType to the file's real type, and check that document.url delivers the file itself and no login or error page.",
            Self::Encrypted => "Remove the password with the program that set it, and upload the document again.",
        }
        .to_owned()
    }

    fn editor_error(&self) -> i32 {
        match self {
            Self::Empty => editor_error::OPEN,
            Self::Mismatch { .. } => editor_error::FORMAT,
            Self::Encrypted => editor_error::PASSWORD,
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
    Other(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OleContent {
    Encrypted,
    Holds(Family),
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
            Self::Ole(OleContent::Encrypted) => "an encrypted document",
            Self::Ole(OleContent::Holds(Family::Word)) => "a Word 97-2003 document (doc)",
            Self::Ole(OleContent::Holds(Family::Cell)) => "an Excel 97-2003 workbook (xls)",
            Self::Ole(OleContent::Holds(Family::Slide)) => {
                "a PowerPoint 97-2003 presentation (ppt)"
            }
            Self::Ole(OleContent::Unknown) => {
                "an OLE compound file (a document of Office 97-2003, or one protected by a password)"
            }
            Self::Rtf => "rich text (rtf)",
            Self::Text => "plain text",
            Self::Odf(_, name) | Self::Other(name) => name,
        }
    }
}

impl FileType {
    /// Checks that a file's content is of this type.
    ///
    /// `head` are its first bytes (4096 are enough), `total_len` its length in
    /// bytes. This finds mislabelled, encrypted and empty files early, with a
    /// reason that can be told; whether the file is sound, only the engine can
    /// find out.
    pub fn check_content(&self, head: &[u8], total_len: u64) -> Result<(), ContentError> {
        if total_len == 0 || head.is_empty() {
            return Err(ContentError::Empty);
        }
        let found = recognise(head);
        let fits = match (self.format().container, found) {
            (Container::Ooxml(_), Found::Ole(OleContent::Encrypted)) => {
                return Err(ContentError::Encrypted);
            }
            (Container::Ooxml(want), Found::Ooxml(Some(family)))
            | (Container::Odf(want), Found::Odf(Some(family), _))
            | (Container::Ole(want), Found::Ole(OleContent::Holds(family))) => want == family,
            (Container::Ooxml(_), Found::Ooxml(None) | Found::Zip)
            | (Container::Odf(_), Found::Zip)
            | (Container::Ole(_), Found::Ole(OleContent::Unknown))
            | (Container::Rtf, Found::Rtf)
            | (Container::Text, Found::Text) => true,
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            Err(ContentError::Mismatch {
                expected: self.extension(),
                found: found.name(),
            })
        }
    }
}

const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

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

fn recognise(head: &[u8]) -> Found {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return recognise_zip(head);
    }
    if head.starts_with(OLE) {
        return Found::Ole(recognise_ole(head));
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
    let start: Vec<u8> = head
        .iter()
        .copied()
        .skip_while(|b| b.is_ascii_whitespace() || matches!(b, 0xEF | 0xBB | 0xBF))
        .take(15)
        .map(|b| b.to_ascii_lowercase())
        .collect();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        return Found::Other("an HTML page");
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

fn recognise_ole(head: &[u8]) -> OleContent {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        find(head, &wide).is_some()
    };
    if has("EncryptedPackage") || has("EncryptionInfo") {
        OleContent::Encrypted
    } else if has("WordDocument") {
        OleContent::Holds(Family::Word)
    } else if has("Workbook") {
        OleContent::Holds(Family::Cell)
    } else if has("PowerPoint Document") {
        OleContent::Holds(Family::Slide)
    } else {
        OleContent::Unknown
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests;
