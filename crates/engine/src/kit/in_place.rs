//! Saving a document where it was loaded from, which keeps its password.

use std::cell::Cell;

use serde_json::Value;

use super::main_loop::{Kit, Phase, enter};
use crate::lok::Document;
use crate::protocol::{Answer, Answered, Expected};

const SAVE: &str = ".uno:Save";

/// The request whose save LibreOffice is at.
#[derive(Debug, Default)]
pub(super) struct InPlace(Cell<Option<u64>>);

/// Begins to save. LibreOffice does it in a turn of its own loop, and nothing else meanwhile.
pub(super) fn begin(kit: &Kit, document: Document, id: u64) {
    enter(document, kit.keeper.get());
    kit.tracking.prepare(document, false);
    kit.in_place.0.set(Some(id));
    kit.phase.set(Phase::Busy);
    // A cell that somebody is at stays as it is.
    let arguments = r#"{"DontTerminateEdit":{"type":"boolean","value":true}}"#;
    document.command(SAVE, Some(arguments));
}

/// LibreOffice says what became of a command; whether it is the save.
pub(super) fn result(kit: &Kit, view: i32, payload: &str) -> bool {
    let Some(id) = kit.in_place.0.get().filter(|_| view == kit.keeper.get()) else {
        return false;
    };
    let result: Value = serde_json::from_str(payload).unwrap_or_default();
    if result["commandName"] != SAVE {
        return false;
    }
    kit.in_place.0.set(None);
    kit.phase.set(Phase::Serving);
    let answer = if result["success"] == true {
        Ok(Answer::Done)
    } else {
        Err("LibreOffice did not save the document".to_owned())
    };
    let longest = Expected::Done.longest();
    kit.socket.answer(Answered { id, answer }, longest);
    true
}
