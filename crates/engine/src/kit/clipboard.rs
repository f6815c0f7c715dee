//! What a participant pastes.

use serde_json::json;

use super::main_loop::{Kit, Phase, folder_url};
use crate::lok::Document;
use crate::picture::{self, PictureKind};

const ESCAPE: i32 = 1281;
/// What LibreOffice calls a text among the kinds of documents.
const TEXT: i32 = 0;

pub(super) fn paste(kit: &Kit, document: Document, mime: &str, data: &[u8]) {
    match PictureKind::named(mime) {
        Some(kind) => insert(kit, document, kind, data),
        None => {
            document.paste(mime, data);
        }
    }
}

/// Puts in a picture, and leaves it: it is selected, and whatever came next would take its place. In a
/// text it comes from a file, since LibreOffice 7.4 crashes when a third one is pasted after the others
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
