//! How what a kit reports becomes events: the only place that makes them of a kit's words.
//!
//! What only a kit that is not ours any more would say is a [`Violation`]. What LibreOffice may say of
//! an odd document, such as a place beyond every page, is no event.

use std::collections::HashSet;

use serde_json::Value;

use super::{CellPosition, Event, Part, Rect, ViewEvent, ViewId, callback};
use crate::json;
use crate::protocol::bounds::{self, FARTHEST};
use crate::protocol::{Report, Size};

/// `SID_REPAIRPACKAGE`: what undo answers when another participant's change is in the way.
const UNDO_CONFLICT: i64 = 6683;
/// The longest JSON of a callback, in bytes of memory.
const LONGEST_JSON: usize = 256 << 10;
/// The longest names that nobody chose freely: of a pointer's shape, of a command.
const LONGEST_NAME: usize = 200;

/// What a kit said that no kit of ours says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it sent {0}")]
pub(crate) struct Violation(pub &'static str);

/// Reads the reports of one kit.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// The view that loading made: it saves and reports, and is nobody's.
    keeper: Option<ViewId>,
    /// Those of participants. What is said of others is about views that are gone.
    views: HashSet<ViewId>,
    /// Names of states that came.
    names: HashSet<String>,
}

impl Reader {
    /// The document is loaded.
    pub(crate) fn loaded(
        &mut self,
        keeper: ViewId,
        size: &Size,
        fonts: &[(String, String)],
    ) -> Result<(), Violation> {
        let keeps = bounds::size_keeps(size) && bounds::fonts_keep(fonts);
        if self.keeper.replace(keeper).is_some() || keeper < 0 || !keeps {
            return Err(Violation("a document that cannot be"));
        }
        Ok(())
    }

    /// A participant has a view.
    pub(crate) fn view_made(&mut self, view: ViewId) -> Result<(), Violation> {
        let new = view >= 0 && self.keeper != Some(view) && self.views.insert(view);
        new.then_some(()).ok_or(Violation("a view that there is"))
    }

    /// A participant's view is gone.
    pub(crate) fn view_gone(&mut self, view: ViewId) {
        self.views.remove(&view);
    }

    /// How many there are.
    pub(crate) fn views(&self) -> usize {
        self.views.len()
    }

    /// The event of a report, if editors are told about it.
    pub(crate) fn read(&mut self, report: Report) -> Result<Option<Event>, Violation> {
        bounds::keeps(&report).map_err(Violation)?;
        let (view, event) = match report {
            Report::Callback {
                view,
                kind,
                payload,
            } => match self.callback(view, kind, &payload)? {
                Some(event) => (view, event),
                None => return Ok(None),
            },
            Report::Invalidated { payload } => return Ok(Some(invalidation(&payload))),
            Report::Size(size) => {
                let (width, height, parts) = measure(size);
                return Ok(Some(Event::Size {
                    width,
                    height,
                    parts,
                }));
            }
            Report::Field { view, field } => (view, ViewEvent::Field { field }),
            Report::Fields { view, count } => (view, ViewEvent::Fields { count }),
            Report::Dialog { view, title } => (view, ViewEvent::Dialog { title }),
        };
        let known = self.views.contains(&view)
            && event.peer().is_none_or(|peer| self.views.contains(&peer));
        Ok(known.then_some(Event::View { view, event }))
    }

    fn callback(
        &mut self,
        view: ViewId,
        kind: i32,
        payload: &str,
    ) -> Result<Option<ViewEvent>, Violation> {
        let event = parse(view, kind, payload);
        if let Some(ViewEvent::State { name, .. }) = &event
            && !self.names.contains(name)
        {
            if self.names.len() == bounds::STATE_NAMES {
                return Err(Violation("ever new names of states"));
            }
            self.names.insert(name.clone());
        }
        Ok(event)
    }
}

/// Size and parts as editors are told of them.
pub(crate) fn measure(size: Size) -> (i64, i64, Vec<Part>) {
    let parts = size
        .parts
        .into_iter()
        .map(|(name, hidden)| Part { name, hidden })
        .collect();
    let near = |length: i64| length.clamp(0, FARTHEST);
    (near(size.width), near(size.height), parts)
}

/// The part and area of an `INVALIDATE_TILES` payload: `x, y, w, h[, part]` or `EMPTY[, part]`.
fn invalidation(payload: &str) -> Event {
    let numbers = integers(payload);
    if let Some(rest) = payload.trim().strip_prefix("EMPTY") {
        let part = integers(rest.trim_start_matches([',', ' ']))
            .first()
            .copied();
        return Event::Invalidated {
            part: part.map_or(-1, narrow),
            rect: None,
        };
    }
    match numbers[..] {
        // Of what is beyond every page, all is stale.
        [x, y, width, height, ref rest @ ..] => Event::Invalidated {
            part: rest.first().map_or(-1, |part| narrow(*part)),
            rect: place(x, y, width, height),
        },
        _ => Event::Invalidated {
            part: -1,
            rect: None,
        },
    }
}

/// The event of a callback that `view` received, if editors are told about it.
fn parse(view: ViewId, kind: i32, payload: &str) -> Option<ViewEvent> {
    Some(match kind {
        callback::STATE_CHANGED => state(payload)?,
        callback::INVALIDATE_VISIBLE_CURSOR => caret(view, payload)?,
        callback::TEXT_SELECTION => ViewEvent::Selection {
            rects: rects(payload),
        },
        callback::CURSOR_VISIBLE => ViewEvent::CaretVisible {
            visible: payload == "true",
        },
        callback::GRAPHIC_SELECTION => graphic(payload),
        callback::HYPERLINK_CLICKED => ViewEvent::Link {
            url: link(payload)?,
        },
        callback::SET_PART => ViewEvent::Part {
            index: payload.trim().parse().ok()?,
        },
        callback::UNO_COMMAND_RESULT => command_result(payload)?,
        callback::SEARCH_NOT_FOUND => ViewEvent::CommandResult {
            name: ".uno:ExecuteSearch".into(),
            success: false,
            conflict: false,
        },
        callback::CELL_CURSOR => ViewEvent::Cell {
            cell: cell(payload),
        },
        callback::MOUSE_POINTER => ViewEvent::Pointer {
            style: short(payload)?,
        },
        callback::CELL_FORMULA => ViewEvent::CellFormula {
            text: payload.to_owned(),
        },
        callback::CELL_ADDRESS => ViewEvent::CellAddress {
            text: payload.to_owned(),
        },
        callback::CELL_SELECTION_AREA => ViewEvent::CellArea {
            rect: rect(payload),
        },
        callback::COMMENT => ViewEvent::Comments {},
        callback::INVALIDATE_HEADER | callback::INVALIDATE_SHEET_GEOMETRY => ViewEvent::Headers {},
        callback::INVALIDATE_VIEW_CURSOR
        | callback::TEXT_VIEW_SELECTION
        | callback::CELL_VIEW_CURSOR
        | callback::GRAPHIC_VIEW_SELECTION
        | callback::VIEW_CURSOR_VISIBLE => peer(view, kind, payload)?,
        _ => return None,
    })
}

fn caret(view: ViewId, payload: &str) -> Option<ViewEvent> {
    if !payload.trim_start().starts_with('{') {
        return Some(ViewEvent::Caret {
            rect: rect(payload)?,
        });
    }
    let json = json::read(payload, LONGEST_JSON)?;
    // The engine also reports the caret of whichever view is active, in this view's coordinates.
    if json
        .get("viewId")
        .and_then(integer)
        .is_some_and(|id| id != i64::from(view))
    {
        return None;
    }
    Some(ViewEvent::Caret {
        rect: rect(json.get("rectangle")?.as_str()?)?,
    })
}

fn graphic(payload: &str) -> ViewEvent {
    let (head, json) = match payload.find('{') {
        Some(at) => (&payload[..at], json::read(&payload[at..], LONGEST_JSON)),
        None => (payload, None),
    };
    let angle = integers(head).get(4).copied().unwrap_or(0);
    let rect = rect(head);
    ViewEvent::Graphic {
        rect,
        angle,
        details: rect.and(json),
    }
}

/// Only links that a browser may open: anyone may have written the document.
fn link(payload: &str) -> Option<String> {
    let text = payload.trim();
    if text.starts_with('#') {
        return Some(text.to_owned());
    }
    let url = url::Url::parse(text).ok()?;
    matches!(url.scheme(), "http" | "https" | "mailto").then(|| url.to_string())
}

fn command_result(payload: &str) -> Option<ViewEvent> {
    let json = json::read(payload, LONGEST_JSON)?;
    let value = json
        .get("result")
        .map(|result| result.get("value").unwrap_or(result));
    Some(ViewEvent::CommandResult {
        name: short(json.get("commandName")?.as_str()?)?,
        success: json.get("success").is_some_and(truth),
        conflict: value.and_then(integer) == Some(UNDO_CONFLICT),
    })
}

fn peer(own: ViewId, kind: i32, payload: &str) -> Option<ViewEvent> {
    let json = json::read(payload, LONGEST_JSON)?;
    let view = narrow(json.get("viewId").and_then(integer)?);
    if view == own {
        return None;
    }
    let part = json.get("part").and_then(integer).map_or(0, narrow);
    let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default();
    Some(match kind {
        callback::INVALIDATE_VIEW_CURSOR => ViewEvent::PeerCaret {
            view,
            part,
            rect: rect(text("rectangle"))?,
        },
        callback::TEXT_VIEW_SELECTION => ViewEvent::PeerSelection {
            view,
            part,
            rects: rects(text("selection")),
        },
        callback::CELL_VIEW_CURSOR => ViewEvent::PeerCell {
            view,
            part,
            cell: cell(text("rectangle")),
        },
        callback::GRAPHIC_VIEW_SELECTION => ViewEvent::PeerGraphic {
            view,
            part,
            rect: rect(text("selection")),
        },
        _ => ViewEvent::PeerCaretVisible {
            view,
            visible: json.get("visible").is_some_and(truth),
        },
    })
}

/// `.uno:Bold=true`, or an object with `commandName` and `state`. The name comes without scheme.
fn state(payload: &str) -> Option<ViewEvent> {
    let (name, value) = if payload.trim_start().starts_with('{') {
        let json = json::read(payload, LONGEST_JSON)?;
        let value = match json.get("state") {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        (json.get("commandName")?.as_str()?.to_owned(), value)
    } else {
        let (name, value) = payload.split_once('=')?;
        (name.to_owned(), value.to_owned())
    };
    let name = name.strip_prefix(".uno:").unwrap_or(&name);
    // What changes is known from the inputs.
    if name == "ModifiedStatus" {
        return None;
    }
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_.:-".contains(letter);
    (name.len() <= bounds::STATE_NAME && name.chars().all(plain)).then(|| ViewEvent::State {
        name: name.to_owned(),
        value,
    })
}

/// A name that nobody chose freely.
fn short(name: &str) -> Option<String> {
    (name.len() <= LONGEST_NAME).then(|| name.to_owned())
}

fn cell(payload: &str) -> Option<CellPosition> {
    let numbers = integers(payload);
    let rect = rect(payload)?;
    let index = |at: usize| match numbers.get(at) {
        Some(index @ 0..=FARTHEST) => *index,
        _ => -1,
    };
    Some(CellPosition {
        rect,
        column: index(4),
        row: index(5),
    })
}

fn rect(payload: &str) -> Option<Rect> {
    match integers(payload)[..] {
        [x, y, width, height, ..] => place(x, y, width, height),
        _ => None,
    }
}

/// A rectangle, if it lies where documents are.
fn place(x: i64, y: i64, width: i64, height: i64) -> Option<Rect> {
    let near = |number: i64| (-FARTHEST..=FARTHEST).contains(&number);
    [x, y, width, height].into_iter().all(near).then_some(Rect {
        x,
        y,
        width,
        height,
    })
}

fn rects(payload: &str) -> Vec<Rect> {
    payload
        .split(';')
        .take(bounds::RECTS)
        .filter_map(rect)
        .collect()
}

/// The integers that a comma separated list begins with; nothing has more than a few of them.
fn integers(payload: &str) -> Vec<i64> {
    payload
        .split(',')
        .take(8)
        .map_while(|number| number.trim().parse().ok())
        .collect()
}

fn integer(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

fn truth(value: &Value) -> bool {
    value.as_bool().unwrap_or(value.as_str() == Some("true"))
}

fn narrow(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn wire(kind: i32, payload: &str) -> String {
        match parse(2, kind, payload) {
            Some(event) => serde_json::to_string(&event).unwrap(),
            None => "None".into(),
        }
    }

    #[test]
    fn callbacks_become_the_wire_form() {
        insta::assert_snapshot!(wire(callback::INVALIDATE_VISIBLE_CURSOR, r#"{ "viewId": "2", "rectangle": "1418, 1418, 0, 275", "mispelledWord": "0" }"#), @r#"{"type":"caret","rect":[1418,1418,0,275]}"#);
        insta::assert_snapshot!(wire(callback::INVALIDATE_VISIBLE_CURSOR, r#"{ "viewId": "1", "rectangle": "1418, 1418, 0, 275" }"#), @"None");
        insta::assert_snapshot!(wire(callback::TEXT_SELECTION, "1, 2, 3, 4; 5, 6, 7, 8"), @r#"{"type":"selection","rects":[[1,2,3,4],[5,6,7,8]]}"#);
        insta::assert_snapshot!(wire(callback::TEXT_SELECTION, "EMPTY"), @r#"{"type":"selection","rects":[]}"#);
        insta::assert_snapshot!(wire(callback::CELL_CURSOR, "0, 255, 1274, 254, 0, 1"), @r#"{"type":"cell","cell":{"rect":[0,255,1274,254],"column":0,"row":1}}"#);
        insta::assert_snapshot!(wire(callback::CELL_CURSOR, "EMPTY"), @r#"{"type":"cell","cell":null}"#);
        insta::assert_snapshot!(wire(callback::STATE_CHANGED, ".uno:StyleApply=Heading = 1"), @r#"{"type":"state","name":"StyleApply","value":"Heading = 1"}"#);
        insta::assert_snapshot!(wire(callback::STATE_CHANGED, r#"{"commandName":".uno:FontColor","state":255}"#), @r#"{"type":"state","name":"FontColor","value":"255"}"#);
        insta::assert_snapshot!(wire(callback::UNO_COMMAND_RESULT, r#"{"commandName":".uno:Undo","success":true,"result":{"type":"long","value":6683}}"#), @r#"{"type":"commandResult","name":".uno:Undo","success":true,"conflict":true}"#);
        insta::assert_snapshot!(wire(callback::UNO_COMMAND_RESULT, r#"{"commandName":".uno:Bold","success":false}"#), @r#"{"type":"commandResult","name":".uno:Bold","success":false,"conflict":false}"#);
        insta::assert_snapshot!(wire(callback::CELL_VIEW_CURSOR, r#"{"viewId":"3","part":"1","rectangle":"0, 0, 10, 20, 4, 5"}"#), @r#"{"type":"peerCell","view":3,"part":1,"cell":{"rect":[0,0,10,20],"column":4,"row":5}}"#);
        insta::assert_snapshot!(wire(callback::GRAPHIC_SELECTION, r#"1, 2, 3, 4, 900, {"isDraggable":true}"#), @r#"{"type":"graphic","rect":[1,2,3,4],"angle":900,"details":{"isDraggable":true}}"#);
        insta::assert_snapshot!(wire(callback::GRAPHIC_SELECTION, "EMPTY"), @r#"{"type":"graphic","rect":null,"angle":0,"details":null}"#);
        insta::assert_snapshot!(wire(callback::INVALIDATE_HEADER, "all"), @r#"{"type":"headers"}"#);
    }

    #[test]
    fn only_participants_are_told_of_participants() {
        let mut reader = of_two_views();
        let mut peer = |view, of: ViewId| {
            let payload = json!({"viewId": of, "part": 0, "rectangle": "1, 2, 3, 4"});
            let report = reported(view, callback::INVALIDATE_VIEW_CURSOR, &payload.to_string());
            reader.read(report).unwrap().is_some()
        };
        assert!(peer(1, 2));
        // Of the view that loading made, of one that is gone, to one that is gone, of itself.
        for (view, of) in [(1, 0), (1, 9), (9, 1), (0, 1), (1, 1)] {
            assert!(!peer(view, of), "{view} of {of}");
        }
    }

    fn reported(view: ViewId, kind: i32, payload: &str) -> Report {
        let payload = payload.to_owned();
        Report::Callback {
            view,
            kind,
            payload,
        }
    }

    fn of_two_views() -> Reader {
        let mut reader = Reader::default();
        let size = Size {
            width: 1,
            height: 1,
            parts: Vec::new(),
        };
        reader.loaded(0, &size, &[]).unwrap();
        reader.view_made(1).unwrap();
        reader.view_made(2).unwrap();
        reader
    }

    #[test]
    fn l4_states_have_a_limited_number_of_names() {
        let mut reader = of_two_views();
        let mut tell = |number: usize| {
            let payload = format!(".uno:X{number}=1");
            reader.read(reported(1, callback::STATE_CHANGED, &payload))
        };
        for number in 0..bounds::STATE_NAMES {
            assert!(tell(number).unwrap().is_some());
        }
        assert!(tell(0).unwrap().is_some());
        insta::assert_snapshot!(tell(bounds::STATE_NAMES).unwrap_err(), @"it sent ever new names of states");
    }

    #[test]
    fn l4_what_no_kit_of_ours_says_is_a_violation() {
        let mut reader = of_two_views();
        let long = "x".repeat(1 << 20);
        let parts = (0..=bounds::PARTS).map(|_| (String::new(), false));
        let size = |parts| {
            Report::Size(Size {
                width: 1,
                height: 1,
                parts,
            })
        };
        for report in [
            reported(1, callback::STATE_CHANGED, &format!(".uno:Bold={long}")),
            reported(1, callback::CELL_FORMULA, &long),
            reported(1, callback::COMMENT, "x"),
            reported(1, callback::WINDOW, "{}"),
            reported(1, 4711, ""),
            Report::Invalidated {
                payload: long.clone(),
            },
            Report::Dialog {
                view: 1,
                title: long.clone(),
            },
            size(parts.collect()),
            size(vec![(long, false)]),
        ] {
            let short = format!("{report:?}").chars().take(60).collect::<String>();
            assert!(reader.read(report).is_err(), "{short}");
        }
        assert!(reader.view_made(1).is_err() && reader.view_made(0).is_err());
    }

    #[test]
    fn l4_what_a_kit_passes_on_keeps_to_the_bounds() {
        let many = "1, 2, 3, 4; ".repeat(9000);
        for (kind, payload) in [
            (callback::TEXT_SELECTION, &*many),
            (callback::TEXT_VIEW_SELECTION, &many),
            (callback::TEXT_SELECTION, &"9".repeat(1 << 20)),
            (callback::COMMENT, "{}"),
            (callback::STATE_CHANGED, &"ä".repeat(9000)),
        ] {
            let payload = bounds::fit_callback(kind, payload);
            let keeps =
                payload.is_none_or(|payload| bounds::keeps(&reported(1, kind, &payload)).is_ok());
            assert!(keeps, "{kind}");
        }
        let cut = bounds::fit_callback(callback::TEXT_SELECTION, &many).unwrap();
        assert_eq!(rects(&cut).len(), bounds::RECTS);
        let parts = |name: &str| vec![(name.repeat(100), false); bounds::PARTS + 1];
        let size = Size {
            width: 1,
            height: 1,
            parts: parts("äöü"),
        };
        let items = vec!["ä".repeat(1000); 9000];
        let field = Some(crate::event::Field::List { items });
        for mut report in [
            Report::Size(size),
            Report::Field { view: 1, field },
            Report::Dialog {
                view: 1,
                title: "ä".repeat(9000),
            },
            Report::Invalidated {
                payload: "1".repeat(1000),
            },
        ] {
            bounds::fit(&mut report);
            assert_eq!(bounds::keeps(&report), Ok(()));
        }
    }

    #[test]
    fn l4_there_is_no_place_beyond_every_page() {
        let far = i64::MAX;
        assert_eq!(rect(&format!("{far}, 0, 1, 1")), None);
        assert_eq!(rect(&format!("0, 0, 1, {}", i64::MIN)), None);
        let all = Event::Invalidated {
            part: 2,
            rect: None,
        };
        assert_eq!(invalidation(&format!("0, 0, {far}, 1, 2")), all);
        let position = cell(&format!("1, 2, 3, 4, {far}, -7")).unwrap();
        assert_eq!((position.column, position.row), (-1, -1));
    }

    #[test]
    fn a_script_is_no_link() {
        assert_eq!(
            parse(2, callback::HYPERLINK_CLICKED, "javascript:alert(1)"),
            None
        );
        assert_eq!(
            parse(2, callback::HYPERLINK_CLICKED, "file:///etc/passwd"),
            None
        );
        assert!(parse(2, callback::HYPERLINK_CLICKED, "https://example.org/").is_some());
    }

    #[test]
    fn invalidations() {
        let all = |part| Event::Invalidated { part, rect: None };
        assert_eq!(invalidation("EMPTY"), all(-1));
        assert_eq!(invalidation("EMPTY, 3"), all(3));
        assert_eq!(
            invalidation("0, 10, 20, 30, 1"),
            Event::Invalidated {
                part: 1,
                rect: Some(Rect {
                    x: 0,
                    y: 10,
                    width: 20,
                    height: 30
                })
            }
        );
        assert_eq!(invalidation("nonsense"), all(-1));
    }

    proptest! {
        #[test]
        fn no_payload_panics(kind in -1..60, payload in ".{0,80}") {
            let _ = parse(1, kind, &payload);
            let _ = invalidation(&payload);
        }
    }
}
