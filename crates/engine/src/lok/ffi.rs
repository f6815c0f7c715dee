//! LibreOfficeKit's C interface as of 25.2, written by hand: the header is C++ in parts, and nothing
//! is linked. The order of the fields is the ABI (`LibreOfficeKit.h`). A later 25.x may append;
//! 26 takes fields out of the middle of both classes, which is why [`crate::version`] refuses it.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_uint, c_ulonglong, c_void};

pub(super) type Callback = unsafe extern "C" fn(c_int, *const c_char, *mut c_void);
pub(super) type PollCallback = unsafe extern "C" fn(*mut c_void, c_int) -> c_int;
pub(super) type WakeCallback = unsafe extern "C" fn(*mut c_void);

pub(super) type Text = *const c_char;
/// Allocated by LibreOffice with `malloc`; the receiver frees it.
pub(super) type OwnedText = *mut c_char;

#[repr(C)]
pub(super) struct Office {
    pub class: *const OfficeClass,
}

#[repr(C)]
pub(super) struct Doc {
    pub class: *const DocumentClass,
}

type O = *mut Office;
type D = *mut Doc;
/// A function that Recto does not call; it only keeps its place.
type Unused = *const c_void;

#[repr(C)]
pub(super) struct OfficeClass {
    pub size: usize,
    pub destroy: Unused,
    pub document_load: Unused,
    pub get_error: Option<unsafe extern "C" fn(O) -> OwnedText>,
    pub document_load_with_options: Option<unsafe extern "C" fn(O, Text, Text) -> D>,
    pub free_error: Unused,
    pub register_callback: Option<unsafe extern "C" fn(O, Option<Callback>, *mut c_void)>,
    pub get_filter_types: Unused,
    pub set_optional_features: Option<unsafe extern "C" fn(O, c_ulonglong)>,
    pub set_document_password: Option<unsafe extern "C" fn(O, Text, Text)>,
    pub get_version_info: Option<unsafe extern "C" fn(O) -> OwnedText>,
    pub run_macro: Unused,
    pub sign_document: Unused,
    /// The pointer must not be null: without it, nothing is polled and the thread spins.
    pub run_loop: Option<unsafe extern "C" fn(O, PollCallback, WakeCallback, *mut c_void)>,
    pub send_dialog_event: Option<unsafe extern "C" fn(O, c_ulonglong, Text)>,
    pub set_option: Unused,
    pub dump_state: Unused,
    pub extract_request: Unused,
    pub trim_memory: Unused,
    pub start_urp: Unused,
    pub stop_urp: Unused,
    pub join_threads: Unused,
    pub start_threads: Unused,
    pub set_forked_child: Option<unsafe extern "C" fn(O, bool)>,
    pub extract_document_structure_request: Unused,
    pub register_any_input_callback: Unused,
}

#[repr(C)]
pub(super) struct DocumentClass {
    pub size: usize,
    pub destroy: Option<unsafe extern "C" fn(D)>,
    pub save_as: Option<unsafe extern "C" fn(D, Text, Text, Text) -> c_int>,
    pub get_document_type: Option<unsafe extern "C" fn(D) -> c_int>,
    pub get_parts: Option<unsafe extern "C" fn(D) -> c_int>,
    pub get_part_page_rectangles: Unused,
    pub get_part: Option<unsafe extern "C" fn(D) -> c_int>,
    pub set_part: Option<unsafe extern "C" fn(D, c_int)>,
    pub get_part_name: Option<unsafe extern "C" fn(D, c_int) -> OwnedText>,
    pub set_part_mode: Unused,
    pub paint_tile:
        Option<unsafe extern "C" fn(D, *mut c_uchar, c_int, c_int, c_int, c_int, c_int, c_int)>,
    pub get_tile_mode: Unused,
    pub get_document_size: Option<unsafe extern "C" fn(D, *mut c_long, *mut c_long)>,
    pub initialize_for_rendering: Option<unsafe extern "C" fn(D, Text)>,
    pub register_callback: Option<unsafe extern "C" fn(D, Option<Callback>, *mut c_void)>,
    pub post_key_event: Option<unsafe extern "C" fn(D, c_int, c_int, c_int)>,
    pub post_mouse_event: Option<unsafe extern "C" fn(D, c_int, c_int, c_int, c_int, c_int, c_int)>,
    pub post_uno_command: Option<unsafe extern "C" fn(D, Text, Text, bool)>,
    pub set_text_selection: Option<unsafe extern "C" fn(D, c_int, c_int, c_int)>,
    pub get_text_selection: Option<unsafe extern "C" fn(D, Text, *mut OwnedText) -> OwnedText>,
    pub paste: Option<unsafe extern "C" fn(D, Text, *const c_char, usize) -> bool>,
    pub set_graphic_selection: Option<unsafe extern "C" fn(D, c_int, c_int, c_int)>,
    pub reset_selection: Unused,
    pub get_command_values: Option<unsafe extern "C" fn(D, Text) -> OwnedText>,
    pub set_client_zoom: Option<unsafe extern "C" fn(D, c_int, c_int, c_int, c_int)>,
    pub set_client_visible_area: Option<unsafe extern "C" fn(D, c_int, c_int, c_int, c_int)>,
    pub create_view: Option<unsafe extern "C" fn(D) -> c_int>,
    pub destroy_view: Option<unsafe extern "C" fn(D, c_int)>,
    pub set_view: Option<unsafe extern "C" fn(D, c_int)>,
    pub get_view: Option<unsafe extern "C" fn(D) -> c_int>,
    pub get_views_count: Unused,
    pub render_font: Unused,
    pub get_part_hash: Unused,
    /// Canvas, part, mode, width and height in pixels, then x, y, width and height in twips.
    pub paint_part_tile: Option<
        unsafe extern "C" fn(
            D,
            *mut c_uchar,
            c_int,
            c_int,
            c_int,
            c_int,
            c_int,
            c_int,
            c_int,
            c_int,
        ),
    >,
    pub get_view_ids: Unused,
    pub set_outline_state: Unused,
    pub paint_window: Unused,
    pub post_window: Option<unsafe extern "C" fn(D, c_uint, c_int, Text)>,
    pub post_window_key_event: Unused,
    pub post_window_mouse_event: Unused,
    pub set_view_language: Option<unsafe extern "C" fn(D, c_int, Text)>,
    pub post_window_ext_text_input_event: Option<unsafe extern "C" fn(D, c_uint, c_int, Text)>,
    pub get_part_info: Option<unsafe extern "C" fn(D, c_int) -> OwnedText>,
    pub paint_window_dpi: Unused,
    pub insert_certificate: Unused,
    pub add_certificate: Unused,
    pub get_signature_state: Unused,
    pub render_shape_selection: Unused,
    pub post_window_gesture_event: Unused,
    pub create_view_with_options: Unused,
    pub select_part: Unused,
    pub move_selected_parts: Unused,
    pub resize_window: Unused,
    pub get_clipboard: Unused,
    pub set_clipboard: Option<
        unsafe extern "C" fn(D, usize, *const Text, *const usize, *const *const c_char) -> c_int,
    >,
    pub get_selection_type: Option<unsafe extern "C" fn(D) -> c_int>,
    pub remove_text_context: Option<unsafe extern "C" fn(D, c_uint, c_int, c_int)>,
    pub send_dialog_event: Option<unsafe extern "C" fn(D, c_ulonglong, Text)>,
    pub render_font_orientation: Unused,
    pub paint_window_for_view: Unused,
    pub complete_function: Unused,
    pub set_window_text_selection: Unused,
    pub send_form_field_event: Option<unsafe extern "C" fn(D, Text)>,
    pub set_blocked_command_list: Unused,
    pub render_search_result: Unused,
    pub send_content_control_event: Option<unsafe extern "C" fn(D, Text)>,
    pub get_selection_type_and_text: Unused,
    pub get_data_area: Unused,
    pub get_edit_mode: Unused,
    pub set_view_timezone: Unused,
    pub set_accessibility_state: Unused,
    pub get_a11y_focused_paragraph: Unused,
    pub get_a11y_caret_position: Unused,
    pub set_view_read_only: Option<unsafe extern "C" fn(D, c_int, bool)>,
    pub set_allow_change_comments: Option<unsafe extern "C" fn(D, c_int, bool)>,
    pub get_presentation_info: Unused,
    pub create_slide_renderer: Unused,
    pub post_slideshow_cleanup: Unused,
    pub render_next_slide_layer: Unused,
    pub set_view_option: Unused,
}

pub(super) type Preinit = unsafe extern "C" fn(Text, Text) -> c_int;
pub(super) type Hook = unsafe extern "C" fn(Text, Text) -> O;

/// The sizes that LibreOffice 25.2 gives of its classes (on 64 bits); a place that is wrong here would be
/// another function there.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<OfficeClass>() == 208 && size_of::<DocumentClass>() == 640);
