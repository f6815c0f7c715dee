//! What the server asks, done.

use recto_docs_api::Access;
use serde_json::json;

use super::main_loop::{Kit, Phase, View, enter, folder_url, size};
use super::{background, clipboard, comments, fonts, form, in_place, mouse, review, second};
use crate::input::{GraphicAction, Input, MouseAction, SelectHandle};
use crate::lok::Document;
use crate::protocol::{Answer, Answered, Call, Expected, Lock, Paint, Request, Size};
use crate::rights::ViewRights;

/// A tile of 256 pixels at 100 % and 96 dpi, which every view begins with.
const PIXELS: i32 = 256;
const TWIPS: i32 = 3840;
const SCREEN: i32 = 30_000;

const RETURN: i32 = 1280;
/// Ctrl and Home.
const START_OF_TEXT: i32 = 0x2404;
const TAB: i32 = 1282;
const DELETE: u32 = 1286;
/// Loading asks nothing: whether a package is to be repaired, whether a workbook is to be read only. Nobody
/// could answer, since the document has no view. A password is not asked for either, so that it must not
/// be said where there is one.
const QUIET: &str = "Batch=true";
/// `LOK_EXT_TEXTINPUT` and `LOK_EXT_TEXTINPUT_END`.
const COMPOSE: i32 = 0;
const COMMIT: i32 = 2;

/// Does what is asked, and answers it and those that are done `with` it.
pub(super) fn run(kit: &Kit, request: Request, with: &[u64]) {
    let Request { id, call } = request;
    let longest = call.expects().longest();
    if call.is_long() {
        kit.socket.begin(id);
    }
    let answer = match call {
        Call::Ping => Ok(Answer::Done),
        Call::Load {
            name,
            tracks,
            pace,
            lock,
        } => {
            kit.pace.set(pace);
            load(kit, &name, tracks, lock)
        }
        Call::SaveInPlace => match kit.document.get() {
            None => Err("no document is loaded".into()),
            Some(document) => {
                // It is answered when LibreOffice says that it is done.
                in_place::begin(kit, document, id);
                return;
            }
        },
        Call::LoadToConvert { name, lock } => load_to_convert(kit, &name, lock),
        Call::SaveBeside(beside) => match kit.document.get() {
            None => Err("no document is loaded".into()),
            Some(document) => match background::begin(kit, document, id, &beside) {
                // It is answered when the copy has ended.
                Ok(()) => return,
                Err(why) => Ok(Answer::NotBeside(why)),
            },
        },
        other => match kit.document.get() {
            None => Err("no document is loaded".into()),
            Some(document) => serve(kit, document, other),
        },
    };
    for id in with {
        let answer = answer.clone();
        kit.socket.answer(Answered { id: *id, answer }, longest);
    }
    kit.socket.answer(Answered { id, answer }, longest);
}

pub(super) fn paint(kit: &Kit, id: u64, paint: &Paint) {
    let answer = match kit.document.get() {
        None => Err("no document is loaded".into()),
        Some(document) => {
            enter(document, paint.view);
            let length = paint.pixels as usize * paint.pixels as usize * 4;
            kit.canvas
                .with_slot(paint.slot, length, |canvas| document.paint(canvas, paint));
            Ok(Answer::Done)
        }
    };
    kit.socket
        .answer(Answered { id, answer }, Expected::Done.longest());
}

fn load(kit: &Kit, name: &str, tracks: Option<bool>, lock: Lock) -> Result<Answer, String> {
    if kit.document.get().is_some() {
        return Err("a document is loaded already".into());
    }
    let loaded = load_file(kit, name, lock);
    let document = match loaded {
        Err(_) if kit.locked.get() => return Ok(Answer::Locked),
        loaded => loaded?,
    };
    // Numbers of views go on from the documents of the warming up.
    let keeper = document.view();
    kit.keeper.set(keeper);
    kit.document.set(Some(document));
    crate::sandbox::return_free_memory();
    kit.tracking.begin(tracks);
    document.register(keeper, leaked(kit));
    document.initialize("{}");
    if document.kind() == 1 {
        document.set_zoom(PIXELS, TWIPS);
        document.set_visible_area(0, 0, SCREEN, SCREEN);
    }
    Ok(Answer::Loaded {
        kind: document.kind(),
        keeper,
        size: size(document),
        fonts: fonts::missing(kit),
        locked: kit.locked.get(),
    })
}

/// As [`load`], but without a view that anybody sees.
fn load_to_convert(kit: &Kit, name: &str, lock: Lock) -> Result<Answer, String> {
    if kit.document.get().is_some() {
        return Err("a document is loaded already".into());
    }
    let loaded = load_file(kit, name, lock);
    let document = match loaded {
        Err(_) if kit.locked.get() => return Ok(Answer::Locked),
        loaded => loaded?,
    };
    let keeper = document.view();
    kit.keeper.set(keeper);
    kit.document.set(Some(document));
    Ok(Answer::Loaded {
        kind: document.kind(),
        keeper,
        size: Size {
            width: 0,
            height: 0,
            parts: Vec::new(),
        },
        fonts: Vec::new(),
        locked: kit.locked.get(),
    })
}

fn load_file(kit: &Kit, name: &str, lock: Lock) -> Result<Document, String> {
    let options = if lock.protected { "" } else { QUIET };
    *kit.password.borrow_mut() = lock.password;
    kit.office.ask_passwords(leaked(kit));
    kit.phase.set(Phase::Busy);
    let loaded = kit.office.load(&folder_url(&kit.doc.join(name)), options);
    kit.phase.set(Phase::Serving);
    loaded
}

/// Kits are leaked when they are made, so that callbacks may point to them.
fn leaked(kit: &Kit) -> &'static Kit {
    kit.leaked.get().unwrap_or_else(|| crate::sandbox::exit(4))
}

fn serve(kit: &Kit, document: Document, call: Call) -> Result<Answer, String> {
    match call {
        Call::CreateView {
            author,
            lang,
            rights,
        } => create_view(kit, document, author, &lang, rights),
        Call::SetRights { view, rights } => {
            let (fills, reads) = (rights.access == Access::Fill, rights.access == Access::View);
            let before = match kit.views.borrow_mut().get_mut(&view) {
                Some(state) => std::mem::replace(&mut state.rights, rights),
                None => return Err("there is no such view".into()),
            };
            if reads != (before.access == Access::View) {
                document.set_view_read_only(view, reads);
            }
            if fills && before.access != Access::Fill {
                form::begin(kit, document, view);
            }
            Ok(Answer::Done)
        }
        Call::DestroyView { view } => {
            if kit.views.borrow_mut().remove(&view).is_none() {
                return Err("there is no such view".into());
            }
            destroy_view(kit, document, view);
            Ok(Answer::Done)
        }
        Call::Input { view, mut input } => {
            let access = match kit.views.borrow().get(&view) {
                Some(state) => state.rights.access,
                None => return Err("there is no such view".into()),
            };
            enter(document, view);
            if !comments::permits(kit, document, view, &mut input) {
                return Ok(Answer::NotThisComment);
            }
            if !review::permits(kit, document, view, &input) {
                return Ok(Answer::NotThisChange);
            }
            if access == Access::Fill {
                return Ok(form::input(kit, document, view, input));
            }
            if access.can_change() {
                kit.tracking.prepare(document, access == Access::Review);
            }
            if let Input::Cut { .. } = input {
                return Ok(cut(kit, document, view, access));
            }
            comments::on_its_slide(document, &input, || {
                act(kit, document, view, access, input.clone());
            });
            Ok(Answer::Done)
        }
        Call::Query { view, command } => {
            enter(document, view);
            Ok(Answer::Values(document.values(&command)))
        }
        Call::Selection { view } => {
            enter(document, view);
            let (text, html) = selection(document);
            Ok(Answer::Selection { text, html })
        }
        Call::Second { view, name, work } => second::take(kit, document, view, &name, work),
        Call::Save {
            name,
            format,
            options,
        } => {
            let url = folder_url(&kit.doc.join(name));
            kit.phase.set(Phase::Busy);
            enter(document, kit.keeper.get());
            kit.tracking.prepare(document, false);
            let saved = document.save_as(&url, &format, &options);
            kit.phase.set(Phase::Serving);
            if saved {
                Ok(Answer::Done)
            } else {
                Err(kit.office.error())
            }
        }
        Call::Ping
        | Call::Load { .. }
        | Call::LoadToConvert { .. }
        | Call::Paint(_)
        | Call::SaveBeside(_)
        | Call::SaveInPlace => Err("it is not asked here".into()),
    }
}

fn create_view(
    kit: &Kit,
    document: Document,
    author: String,
    lang: &str,
    rights: ViewRights,
) -> Result<Answer, String> {
    let view = document.create_view();
    if view < 0 {
        return Err("no further view could be made".into());
    }
    let fills = rights.access == Access::Fill;
    let reads = rights.access == Access::View;
    let named = json!({".uno:Author": {"type": "string", "value": &author}});
    let state = View {
        author,
        rights,
        ..View::default()
    };
    kit.views.borrow_mut().insert(view, state);
    enter(document, view);
    document.register(view, leaked(kit));
    if !lang.is_empty() {
        document.set_view_language(view, lang);
    }
    document.initialize(&named.to_string());
    if document.kind() == 1 {
        document.set_zoom(PIXELS, TWIPS);
        document.set_visible_area(0, 0, SCREEN, SCREEN);
    }
    if document.kind() == 0 {
        // It begins with the caret of another view, which may have gone anywhere. A command would go to that
        // view, which has the focus until the loop has run.
        press(document, 0, START_OF_TEXT);
    }
    if reads {
        document.set_view_read_only(view, true);
    }
    if fills {
        form::begin(kit, document, view);
    }
    Ok(Answer::View(view))
}

/// LibreOffice tells a view of the others until it is destroyed, and what is still to be told then
/// to a view that typed in a table kills it: without a callback nothing is.
fn destroy_view(kit: &Kit, document: Document, view: i32) {
    enter(document, view);
    document.unregister();
    // Also, without a current view the next call would have none to act on.
    enter(document, kit.keeper.get());
    document.destroy_view(view);
    enter(document, kit.keeper.get());
}

/// What is selected, as text and as HTML.
fn selection(document: Document) -> (Option<String>, Option<String>) {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let text = document.selected("text/plain;charset=utf-8").and_then(some);
    let html = match text {
        Some(_) => document.selected("text/html").and_then(some),
        None => None,
    };
    (text, html)
}

/// Gives what is selected and deletes it. Without a selection the key would delete what is behind the
/// caret.
fn cut(kit: &Kit, document: Document, view: i32, access: Access) -> Answer {
    let (text, html) = selection(document);
    let deleted = text.is_some() || document.has_selection();
    if deleted {
        let key = Input::Key {
            char: 0,
            code: DELETE,
        };
        act(kit, document, view, access, key);
    }
    Answer::Cut {
        text,
        html,
        deleted,
    }
}

pub(super) fn act(kit: &Kit, document: Document, view: i32, access: Access, input: Input) {
    // What is gripped or ticked by the mouse is not tracked.
    let grips = access.can_edit();
    match input {
        Input::Key { char, code } => {
            if !grips {
                // On a slide, and with a selected object, the keys that move would move things.
                if document.kind() == 2 {
                    return;
                }
                mouse::release_graphic(kit, document, view);
            }
            press(document, narrow(char), narrow(code));
        }
        Input::Text { text } => type_text(kit, document, view, &text),
        Input::Compose { text } => {
            let composing = !text.is_empty();
            document.compose(COMPOSE, &text);
            if !composing {
                document.compose(COMMIT, "");
            }
            set_composing(kit, view, composing);
        }
        Input::Erase { before, after } => document.erase(narrow(before), narrow(after)),
        Input::Mouse {
            action,
            x,
            y,
            count,
            buttons,
            modifiers,
        } => {
            if !grips {
                mouse::read_only(kit, document, view, action, (x, y), (count, buttons));
                return;
            }
            let action = match action {
                MouseAction::Down => 0,
                MouseAction::Up => {
                    form::clicked(kit, view);
                    1
                }
                MouseAction::Move => 2,
            };
            document.mouse(
                action,
                x,
                y,
                narrow(count),
                narrow(buttons),
                narrow(modifiers),
            );
        }
        Input::Select { handle, x, y } => {
            let handle = match handle {
                SelectHandle::Start => 0,
                SelectHandle::End => 1,
                SelectHandle::Reset => 2,
            };
            document.select_text(handle, x, y);
        }
        Input::Graphic { action, x, y } => {
            let handle = i32::from(action == GraphicAction::End);
            document.select_graphic(handle, x, y);
        }
        Input::Command { name, args } if kit.tracking.command(&name, &args) => {
            kit.tracking.prepare(document, false);
            kit.tell_tracking();
        }
        Input::Command { name, args } => {
            let args = (!args.is_empty()).then(|| serde_json::Value::Object(args).to_string());
            document.command(&name, args.as_deref());
        }
        Input::Paste { mime, data } => clipboard::paste(kit, document, view, &mime, &data),
        Input::Part { index } if index < document.parts() => document.set_part(index),
        // What a cut gives back has a way of its own.
        Input::Part { .. } | Input::Cut { .. } => {}
        Input::Area {
            tile_twips,
            tile_pixels,
            x,
            y,
            width,
            height,
        } => {
            document.set_zoom(narrow(tile_pixels), narrow(tile_twips));
            document.set_visible_area(x, y, width, height);
        }
        fill @ (Input::Fill { .. } | Input::Pick { .. } | Input::Day { .. }) => {
            form::fill_freely(kit, document, view, &fill);
        }
        Input::Cell { address, text } => {
            let string = |name: &str, value: &str| {
                json!({name: {"type": "string", "value": value}}).to_string()
            };
            document.command(".uno:GoToCell", Some(&string("ToPoint", &address)));
            document.command(".uno:EnterString", Some(&string("StringName", &text)));
        }
    }
}

/// Types as keys, so that lists, corrections and cells react as to typing. What a key cannot carry
/// (beyond 16 bits), and the end of a composition, is committed as an input method does.
fn type_text(kit: &Kit, document: Document, view: i32, text: &str) {
    let composing = kit
        .views
        .borrow()
        .get(&view)
        .is_some_and(|state| state.composing);
    if composing {
        commit(document, text);
        set_composing(kit, view, false);
        return;
    }
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' => {
                letters.next_if_eq(&'\n');
                press(document, 13, RETURN);
            }
            '\n' => press(document, 13, RETURN),
            '\t' => press(document, 9, TAB),
            letter if u32::from(letter) > 0xffff => {
                commit(document, letter.encode_utf8(&mut [0; 4]));
            }
            letter => press(document, narrow(u32::from(letter)), 0),
        }
    }
}

pub(super) fn commit(document: Document, text: &str) {
    document.compose(COMPOSE, text);
    document.compose(COMMIT, "");
}

fn set_composing(kit: &Kit, view: i32, composing: bool) {
    if let Some(state) = kit.views.borrow_mut().get_mut(&view) {
        state.composing = composing;
    }
}

pub(super) fn press(document: Document, char: i32, code: i32) {
    document.key(0, char, code);
    document.key(1, char, code);
}

/// The rules keep every number of an input within 31 bits.
fn narrow(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(0)
}
