//! Dialogs. No editor shows one: what opens is closed, and its person hears of it.
//!
//! LibreOffice describes most of them in JSON and has the others painted, as windows. Some it waits in:
//! nothing else goes on in their view before they are closed.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use super::main_loop::enter;
use crate::lok::Document;

/// A dialog that is still there so long after it was closed is cancelled.
const CLOSES_WITHIN: Duration = Duration::from_secs(1);
/// Dialogs that are remembered; a document that opens more has the earlier ones forgotten.
const MOST: usize = 64;

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
    hushed: Cell<bool>,
}

/// The head of a message about something described in JSON; the tree of what is in it is passed over.
#[derive(Deserialize)]
struct Message {
    id: Option<Value>,
    jsontype: Option<String>,
    action: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    title: Option<String>,
}

impl Dialogs {
    /// Nobody need hear of the next dialog, which nobody asked for.
    pub fn hush(&self, hushed: bool) {
        self.hushed.set(hushed);
    }

    /// Whether there is something to close, or to look after.
    pub fn any(&self) -> bool {
        !self.open.borrow().is_empty()
    }

    /// A `WINDOW` callback.
    pub fn window(&self, view: i32, payload: &str) {
        let Ok(message) = serde_json::from_str::<Message>(payload) else {
            return;
        };
        if message.action.as_deref() != Some("created") {
            return;
        }
        let title = match message.kind.as_deref() {
            Some("dialog") => Some(message.title.unwrap_or_default()),
            // A popup of a filter or list.
            Some("child") => None,
            _ => return,
        };
        self.opened(view, message.id.as_ref(), Shown::Window, title);
    }

    /// A `JSDIALOG` callback: of a dialog, but also of formula bars, side bars and the like, which come
    /// unasked.
    pub fn described(&self, view: i32, payload: &str) {
        let Ok(message) = serde_json::from_str::<Message>(payload) else {
            return;
        };
        if !matches!(message.jsontype.as_deref(), Some("dialog" | "popup")) {
            return;
        }
        match message.action.as_deref() {
            None => {
                let (shown, title) = match message.kind.as_deref() {
                    Some("modalpopup") => (Shown::Popup, None),
                    Some(kind) if kind.ends_with("dialog") || kind == "messagebox" => {
                        (Shown::Dialog, Some(message.title.unwrap_or_default()))
                    }
                    _ => return,
                };
                self.opened(view, message.id.as_ref(), shown, title);
            }
            Some("close") => {
                let id = message.id.as_ref().and_then(number);
                self.open.borrow_mut().retain(|open| {
                    open.shown == Shown::Window || open.view != view || Some(open.id) != id
                });
            }
            Some(_) => {}
        }
    }

    fn opened(&self, view: i32, id: Option<&Value>, shown: Shown, title: Option<String>) {
        let Some(id) = id.and_then(number) else {
            return;
        };
        let mut open = self.open.borrow_mut();
        let is_it = |open: &Open| (open.view, open.id, open.shown) == (view, id, shown);
        // A description may come twice.
        if open.iter().any(is_it) {
            return;
        }
        if open.len() >= MOST {
            open.remove(0);
        }
        let title = title.filter(|_| !self.hushed.take());
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
        dialogs.hush(true);
        dialogs.described(
            4,
            r#"{"id":1,"type":"modelessdialog","jsontype":"dialog","title":"Changes"}"#,
        );
        insta::assert_snapshot!(closed(&dialogs, Instant::now()), @"4/1 close []");
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
