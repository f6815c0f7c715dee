//! Tracked changes.
//!
//! LibreOffice has one switch for the whole document. Here what a reviewer does is always tracked,
//! and what an editor does only if the editors want it: the switch is set before each input as the
//! input needs it, and reports say to each view what holds for its own changes.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::main_loop::TRACKING_STATE;
use crate::lok::Document;

const COMMAND: &str = ".uno:TrackChanges";
const ON: &str = ".uno:TrackChanges=true";
const OFF: &str = ".uno:TrackChanges=false";

/// The switch, and what the editors want it to be.
#[derive(Debug, Default)]
pub(super) struct Tracking {
    /// `None` until LibreOffice has told.
    actual: Cell<Option<bool>>,
    wanted: Cell<bool>,
}

impl Tracking {
    /// What to tell a view in place of this state.
    pub fn state<'p>(&self, proposes: bool, payload: &'p str) -> &'p str {
        let Some(told) = payload.strip_prefix(TRACKING_STATE) else {
            return payload;
        };
        if self.actual.get().is_none() && !told.is_empty() {
            let told = told == "true";
            self.actual.set(Some(told));
            self.wanted.set(told);
        }
        if proposes || self.wanted.get() {
            ON
        } else {
            OFF
        }
    }

    /// Sets the switch for an input of a reviewer, or else of an editor.
    pub fn prepare(&self, document: Document, proposes: bool) {
        let needed = proposes || self.wanted.get();
        if document.kind() == 0 && self.actual.get().unwrap_or(false) != needed {
            let args = json!({"TrackChanges": {"type": "boolean", "value": needed}});
            document.command(COMMAND, Some(&args.to_string()));
            self.actual.set(Some(needed));
        }
    }

    /// An editor's command: whether it was one for the switch, which is set by the next input.
    pub fn command(&self, name: &str, args: &Map<String, Value>) -> bool {
        if name != COMMAND {
            return false;
        }
        let given = args
            .get("TrackChanges")
            .and_then(|argument| argument.get("value"))
            .and_then(|value| value.as_bool().or_else(|| value.as_str()?.parse().ok()));
        self.wanted.set(given.unwrap_or(!self.wanted.get()));
        true
    }
}
