//! How LibreOffice's callbacks become events.

use serde_json::Value;

use super::{CellPosition, Event, Rect, ViewEvent, ViewId, callback};

/// `SID_REPAIRPACKAGE`: what undo answers when another participant's change is in the way.
const UNDO_CONFLICT: i64 = 6683;

/// The part and area of an `INVALIDATE_TILES` payload: `x, y, w, h[, part]` or `EMPTY[, part]`.
pub(crate) fn invalidation(payload: &str) -> Event {
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
        [x, y, width, height, ref rest @ ..] => Event::Invalidated {
            part: rest.first().map_or(-1, |part| narrow(*part)),
            rect: Some(Rect {
                x,
                y,
                width,
                height,
            }),
        },
        _ => Event::Invalidated {
            part: -1,
            rect: None,
        },
    }
}

/// The event of a callback that `view` received, if editors are told about it.
///
/// `keeper` is the view that loading made: it saves and reports, and is nobody's.
pub(crate) fn parse(keeper: ViewId, view: ViewId, kind: i32, payload: &str) -> Option<Event> {
    if kind == callback::STATE_CHANGED {
        let (name, value) = state(payload)?;
        if name == "ModifiedStatus" {
            return Some(Event::Modified(value == "true"));
        }
        return (view != keeper).then_some(Event::View {
            view,
            event: ViewEvent::State { name, value },
        });
    }
    if view == keeper {
        return None;
    }
    let event = match kind {
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
            style: payload.to_owned(),
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
        | callback::VIEW_CURSOR_VISIBLE => peer(keeper, view, kind, payload)?,
        _ => return None,
    };
    Some(Event::View { view, event })
}

fn caret(view: ViewId, payload: &str) -> Option<ViewEvent> {
    if !payload.trim_start().starts_with('{') {
        return Some(ViewEvent::Caret {
            rect: rect(payload)?,
        });
    }
    let json: Value = serde_json::from_str(payload).ok()?;
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
        Some(at) => (&payload[..at], serde_json::from_str(&payload[at..]).ok()),
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
    let json: Value = serde_json::from_str(payload).ok()?;
    let value = json
        .get("result")
        .map(|result| result.get("value").unwrap_or(result));
    Some(ViewEvent::CommandResult {
        name: json.get("commandName")?.as_str()?.to_owned(),
        success: json.get("success").is_some_and(truth),
        conflict: value.and_then(integer) == Some(UNDO_CONFLICT),
    })
}

fn peer(keeper: ViewId, own: ViewId, kind: i32, payload: &str) -> Option<ViewEvent> {
    let json: Value = serde_json::from_str(payload).ok()?;
    let view = narrow(json.get("viewId").and_then(integer)?);
    if view == keeper || view == own {
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
fn state(payload: &str) -> Option<(String, String)> {
    let (name, value) = if payload.trim_start().starts_with('{') {
        let json: Value = serde_json::from_str(payload).ok()?;
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
    Some((
        name.strip_prefix(".uno:").unwrap_or(&name).to_owned(),
        value,
    ))
}

fn cell(payload: &str) -> Option<CellPosition> {
    let numbers = integers(payload);
    let rect = rect(payload)?;
    Some(CellPosition {
        rect,
        column: numbers.get(4).copied().unwrap_or(-1),
        row: numbers.get(5).copied().unwrap_or(-1),
    })
}

fn rect(payload: &str) -> Option<Rect> {
    match integers(payload)[..] {
        [x, y, width, height, ..] => Some(Rect {
            x,
            y,
            width,
            height,
        }),
        _ => None,
    }
}

fn rects(payload: &str) -> Vec<Rect> {
    payload.split(';').filter_map(rect).collect()
}

/// The integers that a comma separated list begins with.
fn integers(payload: &str) -> Vec<i64> {
    payload
        .split(',')
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

    fn wire(kind: i32, payload: &str) -> String {
        match parse(0, 2, kind, payload) {
            Some(Event::View { event, .. }) => serde_json::to_string(&event).unwrap(),
            other => format!("{other:?}"),
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
    fn the_keeper_is_nobodys_peer() {
        let payload = r#"{"viewId":"0","part":"0","rectangle":"1, 2, 3, 4"}"#;
        assert_eq!(parse(0, 2, callback::INVALIDATE_VIEW_CURSOR, payload), None);
    }

    #[test]
    fn a_script_is_no_link() {
        assert_eq!(
            parse(0, 2, callback::HYPERLINK_CLICKED, "javascript:alert(1)"),
            None
        );
        assert_eq!(
            parse(0, 2, callback::HYPERLINK_CLICKED, "file:///etc/passwd"),
            None
        );
        assert!(parse(0, 2, callback::HYPERLINK_CLICKED, "https://example.org/").is_some());
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
            let _ = parse(0, 1, kind, &payload);
            let _ = invalidation(&payload);
        }
    }
}
