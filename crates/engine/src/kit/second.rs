//! A second file for the open text: to compare it with, to take changes from, to insert.
//!
//! What is done with a file is fixed here, so that no view can give such a command, or a path.
//!
//! LibreOffice 7.4 compares two texts well except at their ends. It leaves out what both begin with,
//! and then puts a paragraph that is gone before anything else differs at the end of the text: so a
//! paragraph that only this text has, the guard, is put before it for as long as it takes. And a last
//! paragraph that is gone cannot be marked as such: where that matters, both texts get an empty one.

use recto_docs_api::Access;
use serde_json::{Value, json};

use super::main_loop::{Kit, Phase, enter, folder_url};
use crate::lok::Document;
use crate::protocol::{Answer, Work};

const RETURN: i32 = 1280;
const BACKSPACE: i32 = 1283;
const DELETE: i32 = 1286;

/// So long that LibreOffice does not take it for another form of the first paragraph.
const GUARD: &str = "\u{25c6}\u{25c7}\u{25c6}\u{25c7}\u{25c6}\u{25c7}\u{25c6}\u{25c7}\u{25c6}\u{25c7}\u{25c6}\u{25c7}\u{25c6}\u{25c7}\u{25c6}\u{25c7}\u{25c6}\u{25c7}";

pub(super) fn take(
    kit: &Kit,
    document: Document,
    view: i32,
    name: &str,
    work: Work,
) -> Result<Answer, String> {
    let access = kit.views.borrow().get(&view).map(|view| view.rights.access);
    if document.kind() != 0 || !access.is_some_and(Access::can_edit) {
        return Err("there is no such view of a text".into());
    }
    let url = folder_url(&kit.doc.join(name));
    enter(document, view);
    match work {
        Work::Compare { guarded } => {
            kit.tracking.stop(document);
            if changes(document) > 0 {
                document.command(".uno:AcceptAllTrackedChanges", None);
            }
            if guarded {
                End::Last.guard(document)?;
            }
            End::First.guard(document)?;
            give(kit, document, ".uno:CompareDocuments", "URL", &url);
            End::First.free(document)?;
            Ok(Answer::Changes(changes(document)))
        }
        Work::Merge { guarded } => {
            kit.tracking.prepare(document, false);
            let before = changes(document);
            if guarded {
                End::Last.guard(document)?;
            }
            give(kit, document, ".uno:MergeDocuments", "URL", &url);
            let merged = changes(document).saturating_sub(before);
            if guarded {
                End::Last.free(document)?;
            }
            // A dialog for the changes opens some time later, in spite of the argument.
            kit.dialogs.hush(merged > 0);
            Ok(Answer::Changes(merged))
        }
        Work::Insert => {
            kit.tracking.prepare(document, false);
            give(kit, document, ".uno:InsertDoc", "Name", &url);
            Ok(Answer::Done)
        }
    }
}

/// Gives a command that loads a file.
fn give(kit: &Kit, document: Document, command: &str, argument: &str, url: &str) {
    let mut args = json!({argument: {"type": "string", "value": url}});
    if argument == "URL" {
        args["NoAcceptDialog"] = json!({"type": "boolean", "value": true});
    }
    kit.phase.set(Phase::Busy);
    document.command(command, Some(&args.to_string()));
    kit.phase.set(Phase::Serving);
}

/// An end of the text.
#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

impl End {
    fn go(self, document: Document) {
        let command = match self {
            Self::First => ".uno:GoToStartOfDoc",
            Self::Last => ".uno:GoToEndOfDoc",
        };
        document.command(command, None);
    }

    /// Whether the added paragraph is there; it, or the break before it, is selected then.
    fn guarded(self, document: Document) -> bool {
        self.go(document);
        let command = match self {
            Self::First => ".uno:EndOfParaSel",
            Self::Last => ".uno:CharLeftSel",
        };
        document.command(command, None);
        let selected = document
            .selected("text/plain;charset=utf-8")
            .unwrap_or_default();
        match self {
            Self::First => selected == GUARD,
            Self::Last => selected.trim_matches(['\r', '\n']).is_empty(),
        }
    }

    /// Adds a paragraph: at the end an empty one, since the document that is edited gets it too, and
    /// undoing everything shows it.
    fn guard(self, document: Document) -> Result<(), String> {
        self.go(document);
        press(document, 13, RETURN);
        if let Self::First = self {
            self.go(document);
            let text = json!({"Text": {"type": "string", "value": GUARD}});
            document.command(".uno:InsertText", Some(&text.to_string()));
        }
        if self.guarded(document) {
            Ok(())
        } else {
            Err("its text cannot be changed".into())
        }
    }

    /// Takes it away again.
    fn free(self, document: Document) -> Result<(), String> {
        if !self.guarded(document) {
            return Err("its text is not what it was".into());
        }
        match self {
            Self::First => {
                press(document, 0, DELETE);
                press(document, 0, DELETE);
            }
            Self::Last => {
                self.go(document);
                press(document, 8, BACKSPACE);
            }
        }
        self.go(document);
        Ok(())
    }
}

fn press(document: Document, char: i32, code: i32) {
    document.key(0, char, code);
    document.key(1, char, code);
}

/// How many tracked changes there are.
fn changes(document: Document) -> u64 {
    let values = document
        .values(".uno:AcceptTrackedChanges")
        .and_then(|values| serde_json::from_str::<Value>(&values).ok());
    let list = values
        .as_ref()
        .and_then(|values| values["redlines"].as_array());
    list.map_or(0, |list| list.len() as u64)
}
