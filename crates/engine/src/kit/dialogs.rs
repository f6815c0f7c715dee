//! Dialogs. No editor shows one: what opens is closed, and its person hears of it.
//!
//! LibreOffice describes most of them in JSON and has the others painted, as windows. Some it waits in:
//! nothing else goes on in their view before they are closed.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::time::{Duration, Instant};

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::main_loop::enter;
use crate::lok::{Document, Office};

/// A dialog that is still there so long after it was closed is cancelled.
const CLOSES_WITHIN: Duration = Duration::from_secs(1);
/// Dialogs that are remembered; a document that opens more has the earlier ones forgotten.
const MOST: usize = 64;

/// The list of tracked changes opens by itself when those of a file were taken over.
const UNASKED: &str = "AcceptRejectChangesDialog";

/// How often a dialog is looked for that LibreOffice does not tell of, and in how many windows.
pub(super) const GUESSES: Duration = Duration::from_millis(250);
const WINDOWS: u64 = 256;

const CLOSE_DIALOG: &str = r#"{"id":"__DIALOG__","cmd":"close","type":"dialog"}"#;
const CLOSE_POPUP: &str = r#"{"id":"__POPUP__","cmd":"close","type":"popover"}"#;
/// 0 is the answer of every button that cancels.
const CANCEL: &str = r#"{"id":"cancel","cmd":"click","data":"0","type":"responsebutton"}"#;

/// How LibreOffice shows something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// As a window that could be painted.
    Window,
    /// In JSON.
    Dialog,
    /// In JSON, such as what opens below a filter's arrow.
    Popup,
}

#[derive(Debug)]
struct Open {
    view: i32,
    id: u64,
    shown: Shown,
    /// When its person should hear of it.
    title: Option<String>,
    /// When it was closed, if it was.
    closed: Option<Instant>,
}

/// What is to be closed, by an answer or as a window.
struct Due {
    view: i32,
    id: u64,
    answer: Option<&'static str>,
}

/// What is open.
#[derive(Debug, Default)]
pub(super) struct Dialogs {
    open: RefCell<Vec<Open>>,
    guessed: Cell<Option<Instant>>,
}

/// The head of a message about something described in JSON; the tree of what is in it is passed over.
#[derive(Default)]
struct Message {
    id: Option<u64>,
    /// By members of these names, the last of each: LibreOffice writes some twice.
    texts: [Option<String>; 5],
}

const MEMBERS: [&str; 5] = ["jsontype", "action", "type", "title", "dialogid"];

impl Message {
    fn read(payload: &str) -> Option<Self> {
        serde_json::from_str(payload).ok()
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Head)
    }
}

struct Head;

impl<'de> Visitor<'de> for Head {
    type Value = Message;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Message, M::Error> {
        let mut message = Message::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == "id" {
                message.id = number(&map.next_value()?);
            } else if let Some(at) = MEMBERS.iter().position(|member| *member == name) {
                let value: Value = map.next_value()?;
                message.texts[at] = value.as_str().map(str::to_owned);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(message)
    }
}

impl Dialogs {
    /// Whether there is something to close, or to look after.
    pub fn any(&self) -> bool {
        !self.open.borrow().is_empty()
    }

    /// A `WINDOW` callback.
    pub fn window(&self, view: i32, payload: &str) {
        let Some(Message {
            id: Some(id),
            texts,
        }) = Message::read(payload)
        else {
            return;
        };
        let [_, action, kind, title, _] = texts;
        if action.as_deref() != Some("created") {
            return;
        }
        let title = match kind.as_deref() {
            Some("dialog") => Some(title.unwrap_or_default()),
            // A popup of a filter or list.
            Some("child") => None,
            _ => return,
        };
        self.opened(view, id, Shown::Window, title);
    }

    /// A `JSDIALOG` callback: of a dialog, but also of formula bars, side bars and the like, which come
    /// unasked.
    pub fn described(&self, view: i32, payload: &str) {
        let Some(Message {
            id: Some(id),
            texts,
        }) = Message::read(payload)
        else {
            return;
        };
        let [jsontype, action, kind, title, name] = texts;
        if !matches!(jsontype.as_deref(), Some("dialog" | "popup")) {
            return;
        }
        match action.as_deref() {
            None => {
                let (shown, title) = match kind.as_deref() {
                    Some("modalpopup") => (Shown::Popup, None),
                    Some(kind) if kind.ends_with("dialog") || kind == "messagebox" => {
                        let asked_for = name.as_deref() != Some(UNASKED);
                        (
                            Shown::Dialog,
                            asked_for.then_some(title.unwrap_or_default()),
                        )
                    }
                    _ => return,
                };
                self.opened(view, id, shown, title);
            }
            Some("close") => self
                .open
                .borrow_mut()
                .retain(|open| open.shown == Shown::Window || (open.view, open.id) != (view, id)),
            Some(_) => {}
        }
    }

    fn opened(&self, view: i32, id: u64, shown: Shown, title: Option<String>) {
        let mut open = self.open.borrow_mut();
        let is_it = |open: &Open| (open.view, open.id, open.shown) == (view, id, shown);
        // A description may come twice.
        if open.iter().any(is_it) {
            return;
        }
        if open.len() >= MOST {
            open.remove(0);
        }
        open.push(Open {
            view,
            id,
            shown,
            title,
            closed: None,
        });
    }

    /// Closes what is open; `tell` gets view and title of what people should hear of. Whether anything
    /// was closed.
    pub fn close(
        &self,
        document: Document,
        now: Instant,
        mut tell: impl FnMut(i32, String),
    ) -> bool {
        let mut any = false;
        while let Some(due) = self.due(now, None, &mut tell) {
            any = true;
            due.close(document);
        }
        any
    }

    /// Closes what has opened in the current view, and nothing that another view has: LibreOffice is in
    /// the middle of something.
    pub fn close_here(&self, document: Document, now: Instant) {
        while let Some(due) = self.due(now, Some(document.view()), &mut |_, _| {}) {
            due.close(document);
        }
    }

    /// Closes what LibreOffice asks while it loads. It does not say that it asks, or in which of its
    /// windows; they have small numbers.
    pub fn close_unknown(&self, office: Office, now: Instant) {
        let due = self.guessed.get();
        if due.is_none_or(|last| now.duration_since(last) >= GUESSES) {
            self.guessed.set(Some(now));
            // Not at once: hardly any load waits for an answer.
            if due.is_some() {
                (0..WINDOWS).for_each(|id| office.answer_dialog(id, CLOSE_DIALOG));
            }
        }
    }

    /// What is to be closed now, of all or of one view.
    fn due(
        &self,
        now: Instant,
        of: Option<i32>,
        tell: &mut impl FnMut(i32, String),
    ) -> Option<Due> {
        let mut all = self.open.borrow_mut();
        let at = all.iter().position(|open| {
            of.is_none_or(|view| view == open.view)
                && open
                    .closed
                    .is_none_or(|closed| now.duration_since(closed) >= CLOSES_WITHIN)
        })?;
        let again = all[at].closed.replace(now).is_some();
        let open = &mut all[at];
        let (view, id, shown) = (open.view, open.id, open.shown);
        if let Some(title) = open.title.take() {
            tell(view, title);
        }
        // Of a window nothing says that it is gone.
        if again || shown == Shown::Window {
            all.remove(at);
        }
        let answer = match shown {
            Shown::Window => None,
            _ if again => Some(CANCEL),
            Shown::Dialog => Some(CLOSE_DIALOG),
            Shown::Popup => Some(CLOSE_POPUP),
        };
        Some(Due { view, id, answer })
    }
}

impl Due {
    fn close(self, document: Document) {
        enter(document, self.view);
        match self.answer {
            Some(answer) => document.answer_dialog(self.id, answer),
            None => document.close_window(u32::try_from(self.id).unwrap_or(0)),
        }
    }
}

/// A number, or the text of one.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is closed at a moment, and what is told.
    fn closed(dialogs: &Dialogs, now: Instant) -> String {
        let mut told = Vec::new();
        let mut done = Vec::new();
        while let Some(due) = dialogs.due(now, None, &mut |_, title| told.push(title)) {
            let how = match due.answer {
                None => "window",
                Some(CLOSE_DIALOG) => "close",
                Some(CANCEL) => "cancel",
                Some(_) => "popup",
            };
            done.push(format!("{}/{} {how}", due.view, due.id));
        }
        format!("{} {told:?}", done.join(", "))
    }

    #[test]
    fn what_opens_is_closed_once_and_told_once() {
        let dialogs = Dialogs::default();
        let now = Instant::now();
        let full = r#"{"id":"10","type":"dialog","jsontype":"dialog","title":"Format Cells","children":[{"id":"x","type":"dialog"}]}"#;
        dialogs.described(4, full);
        dialogs.described(4, full);
        dialogs.window(
            5,
            r#"{"id":"7","action":"created","type":"dialog","title":"Sort"}"#,
        );
        insta::assert_snapshot!(closed(&dialogs, now), @r#"4/10 close, 5/7 window ["Format Cells", "Sort"]"#);
        insta::assert_snapshot!(closed(&dialogs, now), @" []");
        // It did not react.
        insta::assert_snapshot!(closed(&dialogs, now + CLOSES_WITHIN), @"4/10 cancel []");
        assert!(!dialogs.any());
    }

    #[test]
    fn what_closes_by_itself_is_left_alone() {
        let dialogs = Dialogs::default();
        let now = Instant::now();
        let popup = r#"{"id":11,"type":"modalpopup","jsontype":"dialog"}"#;
        dialogs.described(4, popup);
        insta::assert_snapshot!(closed(&dialogs, now), @"4/11 popup []");
        let gone = r#"{"jsontype":"dialog","type":"modalpopup","action":"close","id":"11"}"#;
        dialogs.described(5, gone);
        assert!(dialogs.any());
        dialogs.described(4, gone);
        assert!(!dialogs.any());
    }

    #[test]
    fn what_comes_unasked_is_no_dialog() {
        let dialogs = Dialogs::default();
        for payload in [
            "",
            "[]",
            r#"{"jsontype":"formulabar","action":"action","id":"1","data":{"text":"x"}}"#,
            r#"{"jsontype":"sidebar","type":"dockingwindow","id":0}"#,
            r#"{"jsontype":"notebookbar","id":"1"}"#,
            r#"{"jsontype":"dialog","action":"update","id":"3","control":{}}"#,
            r#"{"jsontype":"dialog","type":"dialog"}"#,
        ] {
            dialogs.described(4, payload);
        }
        dialogs.window(
            4,
            r#"{"id":"7","action":"invalidate","rectangle":"0, 0, 1, 1"}"#,
        );
        assert!(!dialogs.any());
        let changes = r#"{"id":"AcceptRejectChangesDialog","type":"modelessdialog","children":[],"title":"Manage Changes","dialogid":"AcceptRejectChangesDialog","id":8,"jsontype":"dialog"}"#;
        dialogs.described(4, changes);
        insta::assert_snapshot!(closed(&dialogs, Instant::now()), @"4/8 close []");
    }

    #[test]
    fn l4_no_document_has_ever_more_dialogs_remembered() {
        let dialogs = Dialogs::default();
        for id in 0..10 * MOST {
            dialogs.described(
                4,
                &format!(r#"{{"id":{id},"type":"dialog","jsontype":"dialog"}}"#),
            );
        }
        assert_eq!(dialogs.open.borrow().len(), MOST);
    }
}
