//! File types that the engine reads and writes.

use crate::client::Kind;

/// What a file of this extension is opened as; none when the engine must not open it.
///
/// Not here on purpose: `odb` (a database runs macros in spite of the settings), `html` (loads
/// what it links to), `hwp` and other old importers with a history of memory faults.
pub(crate) fn opened_as(extension: &str) -> Option<Kind> {
    Some(match extension {
        "docx" | "docm" | "dotx" | "dotm" | "doc" | "dot" | "odt" | "ott" | "fodt" | "rtf"
        | "txt" => Kind::Word,
        "xlsx" | "xlsm" | "xltx" | "xltm" | "xls" | "xlt" | "ods" | "ots" | "fods" | "csv" => {
            Kind::Cell
        }
        "pptx" | "pptm" | "potx" | "potm" | "ppsx" | "ppsm" | "ppt" | "pot" | "pps" | "odp"
        | "otp" | "fodp" => Kind::Slide,
        _ => return None,
    })
}

/// LibreOffice's name and filter options for a type that it writes from a document of `kind`.
pub(crate) fn saved_as(kind: Kind, extension: &str) -> Option<(&'static str, &'static str)> {
    Some(match (kind, extension) {
        (_, "pdf") => ("pdf", ""),
        (Kind::Word, "docx") => ("docx", ""),
        (Kind::Word, "odt") => ("odt", ""),
        (Kind::Word, "ott") => ("ott", ""),
        (Kind::Word, "fodt") => ("fodt", ""),
        (Kind::Word, "doc") => ("doc", ""),
        (Kind::Word, "rtf") => ("rtf", ""),
        // 76 is UTF-8.
        (Kind::Word, "txt") => ("txt", "UTF8"),
        (Kind::Cell, "xlsx") => ("xlsx", ""),
        (Kind::Cell, "ods") => ("ods", ""),
        (Kind::Cell, "ots") => ("ots", ""),
        (Kind::Cell, "fods") => ("fods", ""),
        (Kind::Cell, "xls") => ("xls", ""),
        // Comma, double quote, UTF-8, from line 1; text quoted where necessary, numbers as they
        // are, with all digits. Further tokens, measured with 7.4, put numbers in quotes.
        (Kind::Cell, "csv") => ("csv", "44,34,76,1,,0,false,true,false"),
        (Kind::Slide, "pptx") => ("pptx", ""),
        (Kind::Slide, "odp") => ("odp", ""),
        (Kind::Slide, "otp") => ("otp", ""),
        (Kind::Slide, "fodp") => ("fodp", ""),
        (Kind::Slide, "ppt") => ("ppt", ""),
        _ => return None,
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
    )
}
