//! A loaded document.

use std::ffi::{c_int, c_void};
use std::ptr;

use super::ffi::{Doc, DocumentClass};
use super::{Handler, function, guarded, payload, take, text};
use crate::protocol::Paint;

/// A document of the running LibreOffice. Copies mean the same document; [`Document::destroy`] is
/// for the blank ones that warm a kit, of which no copy is kept.
#[derive(Clone, Copy)]
pub(crate) struct Document {
    document: *mut Doc,
}

/// What a view's callbacks get.
struct Registered<H: 'static> {
    handler: &'static H,
    view: i32,
}

/// Calls a function of the document's class, when there is one.
macro_rules! call {
    ($self:ident.$field:ident($($argument:expr),*)) => {
        // SAFETY: the document was returned by LibreOffice and lives as long as the process, all
        // pointers outlive the call, and the types are those of the header.
        unsafe {
            function!($self.document, DocumentClass, $field)
                .map(|function| function($self.document, $($argument),*))
        }
    };
}

impl Document {
    pub(super) fn new(document: *mut Doc) -> Self {
        Self { document }
    }

    pub(crate) fn destroy(self) {
        call!(self.destroy());
    }

    /// `LibreOfficeKitDocumentType`: 0 text, 1 spreadsheet, 2 presentation, 3 drawing.
    pub(crate) fn kind(self) -> i32 {
        call!(self.get_document_type()).unwrap_or(-1)
    }

    pub(crate) fn size(self) -> (i64, i64) {
        let (mut width, mut height) = (0, 0);
        call!(self.get_document_size(&raw mut width, &raw mut height));
        (width, height)
    }

    pub(crate) fn parts(self) -> i32 {
        call!(self.get_parts()).unwrap_or(0)
    }

    /// The part that the current view shows.
    pub(crate) fn part(self) -> i32 {
        call!(self.get_part()).unwrap_or(0)
    }

    pub(crate) fn set_part(self, part: i32) {
        call!(self.set_part(part));
    }

    pub(crate) fn part_name(self, part: i32) -> Option<String> {
        // SAFETY: the text is LibreOffice's to give away.
        call!(self.get_part_name(part)).and_then(|name| unsafe { take(name) })
    }

    pub(crate) fn part_info(self, part: i32) -> Option<String> {
        // SAFETY: as in `part_name`.
        call!(self.get_part_info(part)).and_then(|info| unsafe { take(info) })
    }

    pub(crate) fn initialize(self, arguments: &str) {
        let arguments = text(arguments);
        call!(self.initialize_for_rendering(arguments.as_ptr()));
    }

    /// Registers the current view's callbacks, for as long as the process lives.
    pub(crate) fn register<H: Handler>(self, view: i32, handler: &'static H) {
        let data = Box::into_raw(Box::new(Registered { handler, view }));
        call!(self.register_callback(Some(view_callback::<H>), data.cast()));
    }

    /// The current view reports nothing any more.
    pub(crate) fn unregister(self) {
        call!(self.register_callback(None, ptr::null_mut()));
    }

    pub(crate) fn create_view(self) -> i32 {
        call!(self.create_view()).unwrap_or(-1)
    }

    pub(crate) fn destroy_view(self, view: i32) {
        call!(self.destroy_view(view));
    }

    pub(crate) fn set_view(self, view: i32) {
        call!(self.set_view(view));
    }

    pub(crate) fn view(self) -> i32 {
        call!(self.get_view()).unwrap_or(-1)
    }

    pub(crate) fn set_view_language(self, view: i32, language: &str) {
        let language = text(language);
        call!(self.set_view_language(view, language.as_ptr()));
    }

    /// LibreOffice itself takes no change of this view. It lets some through in a sheet, so this is a second
    /// line and no first.
    pub(crate) fn set_view_read_only(self, view: i32, read_only: bool) {
        call!(self.set_view_read_only(view, read_only));
    }

    /// `action`: 0 pressed, 1 released.
    pub(crate) fn key(self, action: i32, char: i32, code: i32) {
        call!(self.post_key_event(action, char, code));
    }

    /// `action`: 0 pressed, 1 released, 2 moved.
    pub(crate) fn mouse(self, action: i32, x: i32, y: i32, count: i32, buttons: i32, keys: i32) {
        call!(self.post_mouse_event(action, x, y, count, buttons, keys));
    }

    pub(crate) fn command(self, name: &str, arguments: Option<&str>) {
        let name = text(name);
        let arguments = arguments.map(text);
        let pointer = arguments
            .as_ref()
            .map_or(ptr::null(), |arguments| arguments.as_ptr());
        call!(self.post_uno_command(name.as_ptr(), pointer, true));
    }

    /// `handle`: 0 start, 1 end, 2 reset.
    pub(crate) fn select_text(self, handle: i32, x: i32, y: i32) {
        call!(self.set_text_selection(handle, x, y));
    }

    /// `handle`: 0 start, 1 end.
    pub(crate) fn select_graphic(self, handle: i32, x: i32, y: i32) {
        call!(self.set_graphic_selection(handle, x, y));
    }

    pub(crate) fn selected(self, mime: &str) -> Option<String> {
        let mime = text(mime);
        // SAFETY: as in `part_name`.
        call!(self.get_text_selection(mime.as_ptr(), ptr::null_mut()))
            .and_then(|selected| unsafe { take(selected) })
    }

    /// Whether anything is selected: text, cells or objects.
    pub(crate) fn has_selection(self) -> bool {
        call!(self.get_selection_type()).unwrap_or(0) != 0
    }

    pub(crate) fn paste(self, mime: &str, data: &[u8]) -> bool {
        let mime = text(mime);
        call!(self.paste(mime.as_ptr(), data.as_ptr().cast(), data.len())).unwrap_or(false)
    }

    /// Pastes what is there in several formats; LibreOffice takes the one that suits the place.
    pub(crate) fn paste_one_of(self, formats: &[(&str, &[u8])]) {
        let names: Vec<_> = formats.iter().map(|(mime, _)| text(mime)).collect();
        let mimes: Vec<_> = names.iter().map(|mime| mime.as_ptr()).collect();
        let sizes: Vec<_> = formats.iter().map(|(_, data)| data.len()).collect();
        let data: Vec<_> = formats
            .iter()
            .map(|(_, data)| data.as_ptr().cast())
            .collect();
        // The lists have as many entries as is said.
        let set =
            call!(self.set_clipboard(formats.len(), mimes.as_ptr(), sizes.as_ptr(), data.as_ptr()));
        if set.is_some_and(|set| set != 0) {
            self.command(".uno:Paste", None);
        }
    }

    pub(crate) fn values(self, command: &str) -> Option<String> {
        let command = text(command);
        // SAFETY: as in `part_name`.
        call!(self.get_command_values(command.as_ptr())).and_then(|values| unsafe { take(values) })
    }

    pub(crate) fn set_zoom(self, pixels: i32, twips: i32) {
        call!(self.set_client_zoom(pixels, pixels, twips, twips));
    }

    pub(crate) fn set_visible_area(self, x: i32, y: i32, width: i32, height: i32) {
        call!(self.set_client_visible_area(x, y, width, height));
    }

    /// `action` 0: the composition so far; 2: it is committed.
    pub(crate) fn compose(self, action: i32, so_far: &str) {
        let so_far = text(so_far);
        call!(self.post_window_ext_text_input_event(0, action, so_far.as_ptr()));
    }

    pub(crate) fn erase(self, before: i32, after: i32) {
        call!(self.remove_text_context(0, before, after));
    }

    /// Changes the content control at the caret: an entry of its list, or a day.
    pub(crate) fn fill_control(self, event: &str) {
        let event = text(event);
        call!(self.send_content_control_event(event.as_ptr()));
    }

    /// Changes the old kind of field at the caret: an entry of its list.
    pub(crate) fn fill_field(self, event: &str) {
        let event = text(event);
        call!(self.send_form_field_event(event.as_ptr()));
    }

    /// `LOK_WINDOW_CLOSE`.
    pub(crate) fn close_window(self, window: u32) {
        call!(self.post_window(window, 0, ptr::null()));
    }

    /// Answers a dialog that LibreOffice described, as its person would.
    pub(crate) fn answer_dialog(self, dialog: u64, answer: &str) {
        let answer = text(answer);
        call!(self.send_dialog_event(dialog, answer.as_ptr()));
    }

    /// Whether it was written. The open document is not touched by it.
    pub(crate) fn save_as(self, url: &str, format: &str, options: &str) -> bool {
        let (url, format, options) = (text(url), text(format), text(options));
        call!(self.save_as(url.as_ptr(), format.as_ptr(), options.as_ptr())) == Some(1)
    }

    /// Paints into `canvas`, which has room for the tile.
    pub(crate) fn paint(self, canvas: &mut [u8], paint: &Paint) {
        let Paint {
            part,
            pixels,
            twips,
            x,
            y,
            ..
        } = *paint;
        let side = c_int::try_from(pixels).unwrap_or(0);
        let twips = c_int::try_from(twips).unwrap_or(0);
        let needed = pixels as usize * pixels as usize * 4;
        assert!(
            canvas.len() >= needed,
            "the slot is as large as the largest tile"
        );
        let pixels = canvas.as_mut_ptr();
        if self.kind() == 0 {
            call!(self.paint_tile(pixels, side, side, x, y, twips, twips));
            return;
        }
        // The mode 0 is the normal page.
        call!(self.paint_part_tile(pixels, part, 0, side, side, x, y, twips, twips));
    }
}

unsafe extern "C" fn view_callback<H: Handler + 'static>(
    kind: c_int,
    text: *const std::ffi::c_char,
    data: *mut c_void,
) {
    // SAFETY: `data` is what `register` leaked, of this type.
    let (registered, payload) = unsafe { (&*data.cast::<Registered<H>>(), payload(text)) };
    guarded(|| {
        registered
            .handler
            .view_event(registered.view, kind, &payload);
    });
}
