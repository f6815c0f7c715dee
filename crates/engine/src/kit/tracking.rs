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
    actual: Cell<bool>,
    /// Whether LibreOffice is still to be asked.
    unknown: Cell<bool>,
    wanted: Cell<bool>,
}

impl Tracking {
    /// What a document was saved with; without it, what LibreOffice reports before the first input.
    pub fn begin(&self, tracks: Option<bool>) {
        self.unknown.set(tracks.is_none());
        self.actual.set(tracks.unwrap_or(false));
        self.wanted.set(tracks.unwrap_or(false));
    }

    /// What to tell a view in place of this state.
    pub fn state<'p>(&self, proposes: bool, payload: &'p str) -> &'p str {
        let Some(told) = payload.strip_prefix(TRACKING_STATE) else {
            return payload;
        };
        if self.unknown.get() {
            self.actual.set(told == "true");
            self.wanted.set(told == "true");
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
        if document.kind() == 0 && self.actual.get() != needed {
            let args = json!({"TrackChanges": {"type": "boolean", "value": needed}});
            document.command(COMMAND, Some(&args.to_string()));
            self.actual.set(needed);
            self.unknown.set(false);
        }
    }

    /// Nothing is tracked from now on, whatever was wanted.
    pub fn stop(&self, document: Document) {
        self.wanted.set(false);
        // The switch may be another than what is known of it.
        self.actual.set(true);
        self.prepare(document, false);
    }

    /// Has the document count as changed.
    pub fn touch(&self, document: Document) {
        self.prepare(document, true);
        self.prepare(document, false);
    }

    /// Switches it off until the next input, for what is never a proposal.
    pub fn suspend(&self, document: Document) {
        if document.kind() == 0 && (self.actual.get() || self.unknown.get()) {
            let args = json!({"TrackChanges": {"type": "boolean", "value": false}});
            document.command(COMMAND, Some(&args.to_string()));
            self.actual.set(false);
            self.unknown.set(false);
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
