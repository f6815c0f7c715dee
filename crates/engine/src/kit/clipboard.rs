//! What a participant pastes.

use std::fmt::Write as _;

use serde_json::json;

use super::main_loop::{Kit, Phase, folder_url};
use crate::lok::Document;
use crate::picture::{self, PictureKind};

const ESCAPE: i32 = 1281;
/// What LibreOffice calls a text among the kinds of documents.
const TEXT: i32 = 0;
const SPREADSHEET: i32 = 1;

pub(super) fn paste(kit: &Kit, document: Document, view: i32, mime: &str, data: &[u8]) {
    let writes_cell = || {
        let views = kit.views.borrow();
        views.get(&view).is_some_and(|state| state.writes_cell)
    };
    match PictureKind::named(mime) {
        Some(kind) => insert(kit, document, kind, data),
        None => match lines(document, mime, data) {
            Some(text) if !writes_cell() => {
                document.paste_one_of(&[("text/html", table(text).as_bytes()), (mime, data)]);
            }
            _ => {
                document.paste(mime, data);
            }
        },
    }
}

/// Text of several lines for a spreadsheet, at which LibreOffice would ask in a dialog how to divide it.
fn lines<'d>(document: Document, mime: &str, data: &'d [u8]) -> Option<&'d str> {
    if document.kind() != SPREADSHEET || !mime.starts_with("text/plain") {
        return None;
    }
    let text = str::from_utf8(data).ok()?;
    text.trim_end().contains('\n').then_some(text)
}

/// The same with a row for each line and a cell for each tab, as other spreadsheets copy it.
fn table(text: &str) -> String {
    let mut html = String::from("<meta charset=\"utf-8\"><table>");
    for line in text.lines() {
        html.push_str("<tr>");
        for cell in line.split('\t') {
            let cell = cell.replace('&', "&amp;").replace('<', "&lt;");
            // A string takes all that is written to it.
            let _ = write!(html, "<td>{cell}</td>");
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    html
}

/// Puts in a picture, and leaves it: it is selected, and whatever came next would take its place. In a
/// text it comes from a file, since LibreOffice has been seen to crash when a third one is pasted after the others
/// were left. No view can give that command, so none can name a file.
fn insert(kit: &Kit, document: Document, kind: PictureKind, data: &[u8]) {
    if document.kind() == TEXT {
        let path = kit.doc.join(format!("picture.{}", kind.extension));
        if std::fs::write(&path, data).is_ok() {
            let file = json!({"FileName": {"type": "string", "value": folder_url(&path)}});
            kit.phase.set(Phase::Busy);
            document.command(".uno:InsertGraphic", Some(&file.to_string()));
            kit.phase.set(Phase::Serving);
        }
        // It is in the document by now, or never will be.
        let _ = std::fs::remove_file(&path);
    } else {
        match kind.wrapped(data) {
            Some(wrapped) => document.paste(picture::WRAPPED, &wrapped),
            None => document.paste(kind.mime, data),
        };
    }
    document.key(0, 27, ESCAPE);
    document.key(1, 27, ESCAPE);
}
