//! File types that the engine reads and writes.

use recto_docs_api::DocumentKind;

/// A web page of tables, which programs write in a workbook's place.
pub const PAGE: &str = "html";

/// What a file of this extension is opened as; none when the engine must not open it.
///
/// Not here on purpose: `odb` (a database runs macros in spite of the settings), `hwp` and other old
/// importers with a history of memory faults. A page never reaches LibreOffice, which would load what
/// it links to: only the values of its tables do.
pub(crate) fn opened_as(extension: &str) -> Option<DocumentKind> {
    Some(match extension {
        "docx" | "docm" | "dotx" | "dotm" | "doc" | "dot" | "odt" | "ott" | "fodt" | "rtf"
        | "txt" => DocumentKind::Word,
        "xlsx" | "xlsm" | "xltx" | "xltm" | "xls" | "xlt" | "ods" | "ots" | "fods" | "csv"
        | "tsv" | PAGE => DocumentKind::Cell,
        "pptx" | "pptm" | "potx" | "potm" | "ppsx" | "ppsm" | "ppt" | "pot" | "pps" | "odp"
        | "otp" | "fodp" => DocumentKind::Slide,
        _ => return None,
    })
}

/// `LibreOfficeKitDocumentType`.
pub(crate) fn number(kind: DocumentKind) -> i32 {
    match kind {
        DocumentKind::Word => 0,
        DocumentKind::Cell => 1,
        DocumentKind::Slide => 2,
    }
}

/// LibreOffice's name and filter options for a type that it writes from a document of `kind`.
pub(crate) fn saved_as(
    kind: DocumentKind,
    extension: &str,
) -> Option<(&'static str, &'static str)> {
    Some(match (kind, extension) {
        (_, "pdf") => ("pdf", ""),
        // What makes a template, a show or a file with macros of it is put back after the engine.
        (DocumentKind::Word, "docx" | "docm" | "dotx" | "dotm") => ("docx", ""),
        (DocumentKind::Word, "odt") => ("odt", ""),
        (DocumentKind::Word, "ott") => ("ott", ""),
        (DocumentKind::Word, "fodt") => ("fodt", ""),
        (DocumentKind::Word, "doc") => ("doc", ""),
        (DocumentKind::Word, "rtf") => ("rtf", ""),
        // 76 is UTF-8.
        (DocumentKind::Word, "txt") => ("txt", "UTF8"),
        (DocumentKind::Cell, "xlsx" | "xlsm" | "xltx" | "xltm") => ("xlsx", ""),
        (DocumentKind::Cell, "ods") => ("ods", ""),
        (DocumentKind::Cell, "ots") => ("ots", ""),
        (DocumentKind::Cell, "fods") => ("fods", ""),
        (DocumentKind::Cell, "xls") => ("xls", ""),
        // Comma, double quote, UTF-8, from line 1; text quoted where necessary, numbers as they
        // are, with all digits. Further tokens, as measured, put numbers in quotes.
        (DocumentKind::Cell, "csv") => ("csv", "44,34,76,1,,0,false,true,false"),
        (DocumentKind::Cell, "tsv") => ("csv", "9,34,76,1,,0,false,true,false"),
        (DocumentKind::Slide, "pptx" | "pptm" | "potx" | "potm" | "ppsx" | "ppsm") => ("pptx", ""),
        (DocumentKind::Slide, "odp") => ("odp", ""),
        (DocumentKind::Slide, "otp") => ("otp", ""),
        (DocumentKind::Slide, "fodp") => ("fodp", ""),
        (DocumentKind::Slide, "ppt") => ("ppt", ""),
        _ => return None,
    })
}

/// What a conversion may say of the file that it makes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    /// Between the values of a text of values; a comma if it is not said.
    pub delimiter: Option<u8>,
    /// PDF/A-2b instead of PDF.
    pub archival: bool,
}

/// LibreOffice's name and filter options for a type that a document of `kind` is converted to.
pub(crate) fn converted_to(
    kind: DocumentKind,
    extension: &str,
    wanted: Wanted,
) -> Option<(&'static str, String)> {
    Some(match (kind, extension) {
        (_, "pdf") if wanted.archival => (
            "pdf",
            r#"{"SelectPdfVersion":{"type":"long","value":"2"}}"#.into(),
        ),
        // The first page, sheet or slide, at 96 dots an inch.
        (_, "png") => ("png", String::new()),
        (DocumentKind::Word, "html") => ("html", "EmbedImages".into()),
        (DocumentKind::Word, "epub") => ("epub", String::new()),
        (DocumentKind::Cell, "csv" | "tsv") => {
            let usual = if extension == "tsv" { b'\t' } else { b',' };
            let delimiter = wanted.delimiter.unwrap_or(usual);
            // See `saved_as`.
            ("csv", format!("{delimiter},34,76,1,,0,false,true,false"))
        }
        (kind, extension) => {
            let (format, options) = saved_as(kind, extension)?;
            (format, options.to_owned())
        }
    })
}

/// Whether a file of this type is a zip archive.
pub(crate) fn is_zip(extension: &str) -> bool {
    matches!(
        extension,
        "docx"
            | "docm"
            | "dotx"
            | "dotm"
            | "odt"
            | "ott"
            | "xlsx"
            | "xlsm"
            | "xltx"
            | "xltm"
            | "ods"
            | "ots"
            | "pptx"
            | "pptm"
            | "potx"
            | "potm"
            | "ppsx"
            | "ppsm"
            | "odp"
            | "otp"
            | "epub"
    )
}
