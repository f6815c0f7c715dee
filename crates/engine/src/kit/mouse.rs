//! The mouse of a view that may only read.
//!
//! A real click could tick a box or open a filter, and a real drag moves things. So in a text it
//! becomes the placing of a caret or an end of the selection; in a sheet only a plain click goes
//! through, and a drag extends the selection; on a slide there is nothing to select without
//! gripping it.

use super::main_loop::Kit;
use crate::input::MouseAction;
use crate::lok::Document;

/// Where a reader pressed the button.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Reading {
    pressed: Option<(i32, i32)>,
}

const START: i32 = 0;
const END: i32 = 1;
const RESET: i32 = 2;
const ESCAPE: i32 = 1281;

pub(super) fn read_only(
    kit: &Kit,
    document: Document,
    view: i32,
    action: MouseAction,
    (x, y): (i32, i32),
    (count, buttons): (u32, u32),
) {
    let pressed = kit.views.borrow().get(&view).and_then(|state| state.reading.pressed);
    let set = |pressed| {
        if let Some(state) = kit.views.borrow_mut().get_mut(&view) {
            state.reading.pressed = pressed;
        }
    };
    match action {
        MouseAction::Move if pressed.is_none() && buttons == 0 => {
            document.mouse(2, x, y, 1, 0, 0);
        }
        MouseAction::Move => {
            if let Some((from_x, from_y)) = pressed
                && document.kind() != 2
            {
                document.select_text(START, from_x, from_y);
                document.select_text(END, x, y);
            }
        }
        MouseAction::Up => set(None),
        MouseAction::Down if buttons != 1 => {}
        MouseAction::Down => {
            set(Some((x, y)));
            match document.kind() {
                0 => {
                    document.select_text(RESET, x, y);
                    if count == 2 {
                        document.command(".uno:SelectWord", None);
                    }
                }
                1 => {
                    document.mouse(0, x, y, 1, 1, 0);
                    document.mouse(1, x, y, 1, 1, 0);
                    release_graphic(kit, document, view);
                }
                _ => {}
            }
        }
    }
}

/// A selected object would be moved by the arrow keys.
pub(super) fn release_graphic(kit: &Kit, document: Document, view: i32) {
    if kit.views.borrow().get(&view).is_some_and(|state| state.graphic) {
        document.key(0, 0, ESCAPE);
        document.key(1, 0, ESCAPE);
    }
}
