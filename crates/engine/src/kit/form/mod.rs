//! Views that may only fill in fields.
//!
//! LibreOffice protects nothing outside of a field, and of a plain text field it does not even
//! tell that the caret is in it. So each input that fills in is carried out between two exports of
//! the document. If more than one field's content differs, it is undone and refused. Nobody sees a
//! state in between: the kit does nothing else meanwhile.

mod model;
mod xml;

use serde_json::{Value, json};

use self::model::{Form, Kind};
use super::main_loop::{Kit, Phase, enter, folder_url};
use super::{dispatch, mouse};
use crate::event::{Field, callback};
use crate::input::{Input, MouseAction};
use crate::lok::Document;
use crate::protocol::{Answer, Filled, Report};

/// What is larger takes too long to compare at every click, in bytes of flat ODF.
const LARGEST: u64 = 32 << 20;
/// How often LibreOffice is asked to take an input back, which it may have taken as several.
const UNDOS: u32 = 8;
/// Ctrl and Home.
const TO_START: i32 = 0x2000 | 0x0404;
/// Ctrl and End.
const TO_END: i32 = 0x2000 | 0x0405;
const SHIFT_LEFT: i32 = 0x1000 | 0x0402;
const SHIFT_RIGHT: i32 = 0x1000 | 0x0403;
/// A hand moves so far while it clicks, in twips.
const STILL: i32 = 45;

/// What is known of the field at a view's caret.
#[derive(Debug, Default)]
pub(super) struct AtCaret {
    field: Option<Field>,
    /// What the view was told of it.
    told: Option<Field>,
    /// Whether it is to be told again: the page may have put its form away.
    again: bool,
    source: Source,
    /// Whether the last input was a click that ticked nothing: what LibreOffice then reports is the
    /// field that was clicked.
    clicked: bool,
    /// Rectangles of a field whose text is to be selected and told.
    probe: Option<String>,
    pressed: Option<(i32, i32)>,
}

/// Where it is known from, which is also who changes it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Source {
    #[default]
    Selection,
    Control,
    OldField,
}

/// Tells a view how many fields it may fill in.
pub(super) fn begin(kit: &Kit, document: Document, view: i32) {
    if document.kind() != 0 {
        return;
    }
    // What is too large says so at the first click.
    let Some(form) = export(kit, document) else {
        return;
    };
    let fillable = |control: &&model::Control| control.kind.can_be_filled();
    let count = form.controls.iter().filter(fillable).count();
    kit.report(Report::Fields { view, count });
}

/// Carries out an input of a view that may only fill in fields.
pub(super) fn input(kit: &Kit, document: Document, view: i32, input: Input) -> Answer {
    match input {
        Input::Fill { .. } | Input::Pick { .. } | Input::Day { .. } => {
            Answer::Field(fill(kit, document, view, &input))
        }
        Input::Mouse {
            action,
            x,
            y,
            count,
            buttons,
            ..
        } => {
            forget(kit, view, action != MouseAction::Move);
            mouse::read_only(kit, document, view, action, (x, y), (count, buttons));
            let pressed = with(kit, view, |at| match action {
                MouseAction::Down if buttons == 1 && count == 1 => {
                    at.pressed = Some((x, y));
                    None
                }
                MouseAction::Move => None,
                _ => at.pressed.take(),
            });
            let near = |(from_x, from_y): &(i32, i32)| {
                (from_x - x).abs() <= STILL && (from_y - y).abs() <= STILL
            };
            match pressed.flatten().filter(near) {
                Some(place) if document.kind() == 0 => {
                    Answer::Field(click(kit, document, view, place))
                }
                _ => Answer::Field(Filled::Unchanged),
            }
        }
        Input::Part { .. } | Input::Area { .. } => {
            dispatch::act(kit, document, view, recto_docs_api::Access::Fill, input);
            Answer::Field(Filled::Unchanged)
        }
        other => {
            forget(kit, view, true);
            let comments = matches!(&other, Input::Command { name, .. }
                if crate::rules::Commenting::of(name).is_some());
            dispatch::act(kit, document, view, recto_docs_api::Access::Fill, other);
            if comments {
                Answer::Done
            } else {
                Answer::Field(Filled::Unchanged)
            }
        }
    }
}

/// Fills in for a view that may edit: it needs no watching.
pub(super) fn fill_freely(kit: &Kit, document: Document, view: i32, input: &Input) {
    let source = with(kit, view, |at| at.source).unwrap_or_default();
    change(document, source, input);
}

/// A real click, which ticks boxes and selects what is in a field.
fn click(kit: &Kit, document: Document, view: i32, (x, y): (i32, i32)) -> Filled {
    let Some(before) = export(kit, document) else {
        return Filled::TooLarge;
    };
    if before.controls.is_empty() {
        return Filled::Unchanged;
    }
    let ticked = |form: &Form, changed: &[usize]| {
        let is_ticked = |number: &usize| form.controls[*number].kind.is_ticked();
        changed.len() <= 1 && changed.iter().all(is_ticked)
    };
    let mut text = None;
    // LibreOffice selects a field's text only when the caret comes from outside, and the start of a
    // document may be in a field.
    for elsewhere in [TO_START, TO_END] {
        enter(document, view);
        kit.tracking.suspend(document);
        mouse::release_graphic(kit, document, view);
        dispatch::press(document, 0, elsewhere);
        document.mouse(0, x, y, 1, 1, 0);
        document.mouse(1, x, y, 1, 1, 0);
        let filled = settle(kit, document, view, &before, ticked);
        if filled != Filled::Unchanged {
            return filled;
        }
        text = Some(selected(document)).filter(|text| {
            let holds = |control: &model::Control| same_text(&control.text, text);
            !text.is_empty() && before.controls.iter().any(holds)
        });
        let has_texts = before
            .controls
            .iter()
            .any(|control| control.kind == Kind::Text);
        if text.is_some() || !has_texts {
            break;
        }
    }
    with(kit, view, |at| at.clicked = text.is_none());
    if let Some(text) = text {
        found(kit, view, Some(Field::Text { text }), Source::Selection);
    }
    Filled::Unchanged
}

/// Fills in what is at the caret.
fn fill(kit: &Kit, document: Document, view: i32, input: &Input) -> Filled {
    let Some((field, source)) = with(kit, view, |at| (at.field.clone(), at.source)) else {
        return Filled::NoField;
    };
    let fits = match (&field, input) {
        (Some(Field::Text { .. }), Input::Fill { .. }) | (Some(Field::Day), Input::Day { .. }) => {
            true
        }
        (Some(Field::List { items }), Input::Pick { item }) => (*item as usize) < items.len(),
        _ => false,
    };
    if !fits {
        return Filled::NoField;
    }
    let Some(before) = export(kit, document) else {
        return Filled::TooLarge;
    };
    enter(document, view);
    if let Some(Field::Text { text }) = &field {
        // Others may have written meanwhile, or the selection is gone.
        if !same_text(&selected(document), text) {
            return Filled::NoField;
        }
    }
    kit.tracking.suspend(document);
    change(document, source, input);
    let fits = |form: &Form, changed: &[usize]| {
        let holds = |number: &usize| {
            let control = &form.controls[*number];
            match input {
                Input::Fill { text } => {
                    matches!(control.kind, Kind::Text | Kind::Rich) && control.text == *text
                }
                Input::Pick { .. } => matches!(control.kind, Kind::List | Kind::OldList),
                _ => control.kind == Kind::Day,
            }
        };
        changed.len() <= 1 && changed.iter().all(holds)
    };
    let filled = settle(kit, document, view, &before, fits);
    if matches!(filled, Filled::Changed | Filled::Unchanged) && source == Source::Selection {
        forget(kit, view, true);
    }
    filled
}

fn change(document: Document, source: Source, input: &Input) {
    match input {
        Input::Fill { text } => dispatch::commit(document, text),
        Input::Pick { item } => {
            let item = item.to_string();
            if source == Source::OldField {
                let event = json!({"type": "drop-down", "cmd": "selected", "data": item});
                document.fill_field(&event.to_string());
            } else {
                let event = json!({"type": "drop-down", "selected": item});
                document.fill_control(&event.to_string());
            }
        }
        Input::Day { date } => {
            let event = json!({"type": "date", "selected": format!("{date}T00:00:00Z")});
            document.fill_control(&event.to_string());
        }
        _ => {}
    }
}

/// Looks at what an input did. What `permits` does not permit is undone.
fn settle(
    kit: &Kit,
    document: Document,
    view: i32,
    before: &Form,
    permits: impl Fn(&Form, &[usize]) -> bool,
) -> Filled {
    let after = export(kit, document);
    let changed = after.as_ref().and_then(|form| before.changes(form));
    enter(document, view);
    if let (Some(form), Some(changed)) = (&after, changed)
        && permits(form, &changed)
    {
        return if changed.is_empty() {
            Filled::Unchanged
        } else {
            Filled::Changed
        };
    }
    for _ in 0..UNDOS {
        document.command(".uno:Undo", None);
        let restored = export(kit, document);
        enter(document, view);
        if restored.as_ref() == Some(before) {
            return Filled::Leaks;
        }
    }
    // It cannot be taken back, so this kit must not go on: the session goes on from what was there
    // before.
    eprintln!("recto kit: an input for a field could not be undone");
    crate::sandbox::exit(5)
}

/// The document's fields and surroundings as they are now.
fn export(kit: &Kit, document: Document) -> Option<Form> {
    let path = kit.doc.join(".form.fodt");
    let phase = kit.phase.replace(Phase::Busy);
    enter(document, kit.keeper.get());
    let saved = document.save_as(&folder_url(&path), "fodt", "");
    kit.phase.set(phase);
    let small = std::fs::metadata(&path).is_ok_and(|file| file.len() <= LARGEST);
    let xml = (saved && small).then(|| std::fs::read_to_string(&path).ok());
    let _ = std::fs::remove_file(&path);
    model::read(&xml.flatten()?)
}

fn selected(document: Document) -> String {
    document
        .selected("text/plain;charset=utf-8")
        .unwrap_or_default()
}

/// Whether a selection is a field's content: the ends of lines are told in more than one way.
fn same_text(one: &str, other: &str) -> bool {
    let trim = |text: &str| text.trim_end_matches(['\r', '\n']).to_owned();
    trim(one) == trim(other)
}

fn with<T>(kit: &Kit, view: i32, change: impl FnOnce(&mut AtCaret) -> T) -> Option<T> {
    let mut views = kit.views.borrow_mut();
    views
        .get_mut(&view)
        .map(|state| change(&mut state.at_caret))
}

/// The caret is about to move. What LibreOffice reports of itself it takes back by itself.
fn forget(kit: &Kit, view: i32, moves: bool) {
    with(kit, view, |at| {
        at.clicked = false;
        at.probe = None;
        if moves {
            at.again = true;
            if at.source == Source::Selection {
                at.field = None;
            }
        }
    });
}

/// An editor has clicked.
pub(super) fn clicked(kit: &Kit, view: i32) {
    forget(kit, view, true);
}

fn found(kit: &Kit, view: i32, field: Option<Field>, source: Source) {
    with(kit, view, |at| {
        at.source = source;
        at.field = field;
    });
}

/// Tells views of the fields at their carets. LibreOffice reports a field many times while it is
/// clicked or filled in; this is for when it has come to rest.
pub(super) fn tell(kit: &Kit) {
    let news: Vec<_> = {
        let mut views = kit.views.borrow_mut();
        let news = views.iter_mut().filter_map(|(view, state)| {
            let at = &mut state.at_caret;
            if !std::mem::take(&mut at.again) && at.told == at.field {
                return None;
            }
            at.told.clone_from(&at.field);
            Some(Report::Field {
                view: *view,
                field: at.field.clone(),
            })
        });
        news.collect()
    };
    for report in news {
        kit.report(report);
    }
}

/// What LibreOffice reports of the field at a view's caret.
pub(super) fn reported(kit: &Kit, view: i32, kind: i32, payload: &str) {
    let json: Value = serde_json::from_str(payload).unwrap_or_default();
    let shown = json.get("action").and_then(Value::as_str) == Some("show");
    let source = if kind == callback::CONTENT_CONTROL {
        Source::Control
    } else {
        Source::OldField
    };
    let texts = |list: &Value| -> Option<Vec<String>> {
        let list = list.as_array()?.iter();
        Some(
            list.filter_map(|item| item.as_str().map(str::to_owned))
                .collect(),
        )
    };
    let list = match source {
        Source::OldField => json.get("params").and_then(|params| params.get("items")),
        _ => json.get("items"),
    };
    let field = if !shown {
        None
    } else if let Some(items) = list.and_then(texts) {
        Some(Field::List { items })
    } else if source == Source::Control && json.get("date").is_some() {
        Some(Field::Day)
    } else {
        None
    };
    if field.is_some() {
        found(kit, view, field, source);
        return;
    }
    let rectangles = json.get("rectangles").and_then(Value::as_str);
    with(kit, view, |at| {
        if shown && at.clicked && source == Source::Control {
            at.probe = rectangles.map(str::to_owned);
        }
        if at.source == source {
            at.field = None;
        }
    });
}

/// Selects what is in fields that were clicked, and tells it. Whether there was any.
pub(super) fn look(kit: &Kit) -> bool {
    let probes: Vec<_> = {
        let mut views = kit.views.borrow_mut();
        let fills =
            |state: &super::main_loop::View| state.rights.access == recto_docs_api::Access::Fill;
        views
            .iter_mut()
            .filter(|(_, state)| fills(state))
            .filter_map(|(view, state)| {
                let probe = state.at_caret.probe.take()?;
                state.at_caret.clicked = false;
                Some((*view, probe))
            })
            .collect()
    };
    let Some(document) = kit.document.get() else {
        return false;
    };
    let any = !probes.is_empty();
    for (view, rectangles) in probes {
        let rects: Vec<[i32; 4]> = rectangles.split(';').filter_map(rectangle).collect();
        let (Some(first), Some(last)) = (rects.first(), rects.last()) else {
            continue;
        };
        enter(document, view);
        document.select_text(0, first[0], first[1] + first[3] / 2);
        document.select_text(1, last[0] + last[2], last[1] + last[3] / 2);
        let text = selected(document);
        // LibreOffice has an invisible mark at the end, which is not to be overwritten.
        dispatch::press(document, 0, SHIFT_LEFT);
        if selected(document) != text {
            dispatch::press(document, 0, SHIFT_RIGHT);
        }
        found(kit, view, Some(Field::Text { text }), Source::Selection);
    }
    any
}

fn rectangle(text: &str) -> Option<[i32; 4]> {
    let numbers: Vec<i32> = text
        .split(',')
        .filter_map(|n| n.trim().parse().ok())
        .collect();
    numbers.try_into().ok()
}
