//! A second file for the open text: to compare it with, to take changes from, to insert.
//!
//! What is done with a file is fixed here, so that no view can give such a command, or a path.
//!
//! LibreOffice 25.2 compares two texts well except at their ends. It leaves out what both begin with,
//! and then puts a paragraph that is gone before anything else differs at the end of the text: so a
//! paragraph that only this text has, the guard, is put before it for as long as it takes. And a last
//! paragraph that is gone cannot be marked as such: where that matters, both texts get an empty one.
//!
//! When it takes over tracked changes, it forgets to mark what was inserted within a paragraph. So the
//! text is made what it is with the changes, and then compared with what it was.

use recto_docs_api::Access;
use serde::Deserialize;
use serde_json::{Value, json};

use super::main_loop::{Kit, Phase, enter, folder_url};
use crate::lok::Document;
use crate::protocol::{Answer, Work};

/// What the text was before changes were taken over, beside the document.
const BEFORE: &str = ".before.docx";
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
            if count(document) > 0 {
                document.command(".uno:AcceptAllTrackedChanges", None);
            }
            if guarded {
                End::Last.guard(document)?;
            }
            End::First.guard(document)?;
            give(kit, document, ".uno:CompareDocuments", "URL", &url);
            End::First.free(document)?;
            Ok(Answer::Changes(count(document)))
        }
        Work::Adopt {
            author,
            deletes_first,
            guarded,
        } => {
            let adopted = adopt(
                kit,
                document,
                &url,
                (view, &author),
                (deletes_first, guarded),
            );
            // Whatever came of it.
            let _ = std::fs::remove_file(kit.doc.join(BEFORE));
            adopted
        }
        Work::Keep { author } => {
            kit.tracking.stop(document);
            for other in changes(document).into_iter().rev() {
                if other.author != author {
                    decide(document, "RejectTrackedChange", other.index);
                }
            }
            Ok(Answer::Changes(count(document)))
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

/// A tracked change.
#[derive(Deserialize)]
struct Change {
    /// What LibreOffice calls it by; no later change gets the same.
    index: u32,
    author: String,
}

/// All tracked changes.
fn changes(document: Document) -> Vec<Change> {
    #[derive(Deserialize)]
    struct List {
        redlines: Vec<Change>,
    }
    let values = document.values(".uno:AcceptTrackedChanges");
    let list = values.and_then(|values| serde_json::from_str::<List>(&values).ok());
    list.map_or_else(Vec::new, |list| list.redlines)
}

fn count(document: Document) -> u64 {
    changes(document).len() as u64
}

/// Accepts or rejects one change.
fn decide(document: Document, command: &str, index: u32) {
    let args = json!({command: {"type": "unsigned short", "value": index}});
    document.command(&format!(".uno:{command}"), Some(&args.to_string()));
}

/// Takes over the changes in a file, as those of an author; see the head of this file. How many there are
/// then: none if the file's text is another one, and this text is as it was.
fn adopt(
    kit: &Kit,
    document: Document,
    url: &str,
    (view, author): (i32, &str),
    (deletes_first, guarded): (bool, bool),
) -> Result<Answer, String> {
    kit.tracking.prepare(document, false);
    let before = changes(document);
    let earlier = folder_url(&kit.doc.join(BEFORE));
    let steps = undo_steps(document);
    if guarded {
        End::Last.guard(document)?;
    }
    kit.phase.set(Phase::Busy);
    let saved = document.save_as(&earlier, "docx", "");
    kit.phase.set(Phase::Serving);
    if !saved {
        return Err(kit.office.error());
    }
    give(kit, document, ".uno:MergeDocuments", "URL", url);
    let is_new = |change: &Change| before.iter().all(|known| known.index != change.index);
    if before.is_empty() {
        document.command(".uno:AcceptAllTrackedChanges", None);
    } else {
        for change in changes(document).into_iter().rev().filter(is_new) {
            decide(document, "AcceptTrackedChange", change.index);
        }
    }
    let mine = {
        let views = kit.views.borrow();
        views.get(&view).map(|state| state.author.clone())
    };
    be(document, author);
    if deletes_first {
        End::First.guard(document)?;
    }
    // Changes of a document that nobody has touched would be those of its last author.
    kit.tracking.touch(document);
    give(kit, document, ".uno:CompareDocuments", "URL", &earlier);
    if deletes_first {
        End::First.free(document)?;
    }
    be(document, &mine.unwrap_or_default());
    if guarded {
        End::Last.free(document)?;
    }
    let adopted = count(document).saturating_sub(before.len() as u64);
    if adopted == 0 {
        // Not more often than was done: an undo that finds nothing to undo leaves the rest alone.
        for _ in steps..undo_steps(document) {
            document.command(".uno:Undo", None);
        }
    }
    Ok(Answer::Changes(adopted))
}

/// Has the current view's changes be those of this author.
fn be(document: Document, author: &str) {
    let named = json!({".uno:Author": {"type": "string", "value": author}});
    document.initialize(&named.to_string());
}

fn undo_steps(document: Document) -> usize {
    let values = document
        .values(".uno:Undo")
        .and_then(|values| serde_json::from_str::<Value>(&values).ok());
    let list = values
        .as_ref()
        .and_then(|values| values["actions"].as_array());
    list.map_or(0, Vec::len)
}
