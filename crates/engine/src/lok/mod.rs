//! LibreOfficeKit behind an interface without raw pointers.
//!
//! All of it belongs to one thread: LibreOffice runs in `unipoll` mode, where every call and every
//! callback happens on the thread that called [`Office::run`].
#![allow(
    unsafe_code,
    reason = "LibreOffice is a C library that is loaded at run time"
)]

mod document;
mod ffi;
mod fonts;

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;

pub(crate) use document::Document;
pub(crate) use fonts::Fontconfig;

use crate::version;

/// The loaded library.
pub(crate) struct Library {
    handle: *mut c_void,
    install: CString,
}

impl Library {
    pub(crate) fn load(install: &str) -> Result<Self, String> {
        // Some distributors build one library out of nearly all.
        for name in ["libsofficeapp.so", "libmergedlo.so"] {
            let path = Path::new(install).join(name);
            if !path.exists() {
                continue;
            }
            let path = text(&path.to_string_lossy());
            // SAFETY: a valid C string; the library's initialisers are trusted, it is the engine.
            let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_LAZY) };
            if !handle.is_null() {
                return Ok(Self {
                    handle,
                    install: text(install),
                });
            }
        }
        // SAFETY: `dlerror` returns null or a C string that lives until the next call.
        let reason = unsafe {
            let reason = libc::dlerror();
            if reason.is_null() {
                "it is not there".to_owned()
            } else {
                CStr::from_ptr(reason).to_string_lossy().into_owned()
            }
        };
        Err(format!("LibreOffice's library was not loaded: {reason}"))
    }

    fn symbol(&self, name: &CStr) -> Result<*mut c_void, String> {
        // SAFETY: the handle is a loaded library that is never closed.
        let symbol = unsafe { libc::dlsym(self.handle, name.as_ptr()) };
        if symbol.is_null() {
            return Err(format!(
                "LibreOffice's library lacks {}",
                name.to_string_lossy()
            ));
        }
        Ok(symbol)
    }

    /// Loads and configures LibreOffice so far that it may still be forked.
    pub(crate) fn prepare(&self, profile: &str) -> Result<(), String> {
        let symbol = self.symbol(c"lok_preinit")?;
        let profile = text(profile);
        // SAFETY: the symbol has this type in every version, the strings outlive the call.
        let result = unsafe {
            let preinit = std::mem::transmute::<*mut c_void, ffi::Preinit>(symbol);
            preinit(self.install.as_ptr(), profile.as_ptr())
        };
        if result == 0 {
            Ok(())
        } else {
            Err(format!("LibreOffice was not prepared ({result})"))
        }
    }

    /// Starts LibreOffice in this process, for good.
    pub(crate) fn start(self, profile: &str) -> Result<Office, String> {
        let symbol = self.symbol(c"libreofficekit_hook_2")?;
        let profile = text(profile);
        // SAFETY: as in `prepare`.
        let office = unsafe {
            let hook = std::mem::transmute::<*mut c_void, ffi::Hook>(symbol);
            hook(self.install.as_ptr(), profile.as_ptr())
        };
        if office.is_null() {
            return Err("LibreOffice did not start".into());
        }
        let office = Office { office };
        office.check()?;
        Ok(office)
    }
}

/// What LibreOffice calls. It does so in the middle of other calls, also of [`Handler::poll`]
/// itself: an implementation keeps nothing borrowed while it calls LibreOffice.
pub(crate) trait Handler {
    /// Waits for at most so many microseconds (forever when negative) for work, and does it.
    /// Returns whether there was any.
    fn poll(&self, timeout: i32) -> bool;
    /// Ends a wait; called from any thread.
    fn wake(&self);
    /// A callback of a view.
    fn view_event(&self, view: i32, kind: i32, payload: &str);
    /// The document at this address, which is being loaded, needs a password: to be answered at once
    /// by [`Office::answer_password`]. A wrong one is asked for again.
    fn password_asked(&self, url: &str);
}

/// The running LibreOffice.
#[derive(Clone, Copy)]
pub(crate) struct Office {
    office: *mut ffi::Office,
}

/// The function of a class, if it is within what LibreOffice says that the class has.
macro_rules! function {
    ($object:expr, $class:ty, $field:ident) => {{
        let class = (*$object).class;
        if std::mem::offset_of!($class, $field) < (*class).size {
            (*class).$field
        } else {
            None
        }
    }};
}
use function;

impl Office {
    /// Part in invalidations (bit 2) and view in caret callbacks (bit 5). Comments are not painted
    /// into tiles (bit 3): painted ones have windows of their own, in which anyone who clicks there
    /// writes, and commands act on the one that was used last, whatever comment they name.
    const FEATURES: u64 = 1 << 2 | 1 << 3 | 1 << 5;
    /// Asking for passwords; without it, what is protected is not loaded.
    const PASSWORDS: u64 = 1;
    /// `LOK_CALLBACK_DOCUMENT_PASSWORD`.
    const PASSWORD_ASKED: c_int = 20;

    /// What LibreOffice says of itself: product, version ("25.2") and what follows it (".3.2").
    fn words(self) -> [String; 3] {
        // SAFETY: `office` is what the hook returned and lives as long as the process.
        let json = unsafe {
            function!(self.office, ffi::OfficeClass, get_version_info)
                .and_then(|get| take(get(self.office)))
                .unwrap_or_default()
        };
        let json: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
        ["ProductName", "ProductVersion", "ProductExtension"].map(|name| {
            let word = json.get(name).and_then(serde_json::Value::as_str);
            word.unwrap_or_default().to_owned()
        })
    }

    /// For people: "LibreOffice 25.2.3.2".
    pub(crate) fn version(self) -> String {
        let [product, version, extension] = self.words();
        format!("{product} {version}{extension}")
    }

    /// Whether this is a LibreOffice that the binding fits. The version comes before everything that other
    /// versions have elsewhere.
    fn check(self) -> Result<(), String> {
        let [_, version, _] = self.words();
        version::check(&version).map_err(|error| error.to_string())?;
        // SAFETY: see `words`.
        let size = unsafe { (*(*self.office).class).size };
        if size < size_of::<ffi::OfficeClass>() {
            return Err(format!(
                "LibreOffice {version} is built without functions that Recto needs"
            ));
        }
        Ok(())
    }

    /// Hands this thread to LibreOffice, which calls `handler` from now on.
    pub(crate) fn run<H: Handler>(self, handler: &'static H) {
        let data = ptr::from_ref(handler).cast_mut().cast();
        // SAFETY: the handler lives forever, and the callbacks get a pointer to it of its type.
        unsafe {
            if let Some(set) = function!(self.office, ffi::OfficeClass, set_optional_features) {
                set(self.office, Self::FEATURES);
            }
            if let Some(run) = function!(self.office, ffi::OfficeClass, run_loop) {
                run(self.office, poll_callback::<H>, wake_callback::<H>, data);
            }
        }
    }

    /// From now on `handler` is asked for the passwords of documents.
    pub(crate) fn ask_passwords<H: Handler>(self, handler: &'static H) {
        let data = ptr::from_ref(handler).cast_mut().cast();
        // SAFETY: as in `run`.
        unsafe {
            if let Some(register) = function!(self.office, ffi::OfficeClass, register_callback) {
                register(self.office, Some(office_callback::<H>), data);
            }
            if let Some(set) = function!(self.office, ffi::OfficeClass, set_optional_features) {
                set(self.office, Self::FEATURES | Self::PASSWORDS);
            }
        }
    }

    /// Only within [`Handler::password_asked`], for its address. Without a password, loading fails.
    pub(crate) fn answer_password(self, url: &str, password: Option<&str>) {
        let (url, password) = (text(url), password.map(text));
        let password = password.as_ref().map_or(ptr::null(), |text| text.as_ptr());
        // SAFETY: see `words`; the strings outlive the call.
        unsafe {
            if let Some(set) = function!(self.office, ffi::OfficeClass, set_document_password) {
                set(self.office, url.as_ptr(), password);
            }
        }
    }

    /// Loads a document. Only within [`Handler::poll`], which is called again meanwhile.
    pub(crate) fn load(self, url: &str, options: &str) -> Result<Document, String> {
        let (url, options) = (text(url), text(options));
        // SAFETY: see `words`; the strings outlive the call.
        let document = unsafe {
            function!(self.office, ffi::OfficeClass, document_load_with_options)
                .map_or(ptr::null_mut(), |load| {
                    load(self.office, url.as_ptr(), options.as_ptr())
                })
        };
        if document.is_null() {
            return Err(self.error());
        }
        Ok(Document::new(document))
    }

    /// Answers a dialog that LibreOffice waits in, also while no document is loaded yet. An answer to one
    /// that is not there is passed over.
    pub(crate) fn answer_dialog(self, dialog: u64, answer: &str) {
        let answer = text(answer);
        // SAFETY: see `words`; the string outlives the call.
        unsafe {
            if let Some(send) = function!(self.office, ffi::OfficeClass, send_dialog_event) {
                send(self.office, dialog, answer.as_ptr());
            }
        }
    }

    /// Tells LibreOffice that this process is a copy of the one that goes on.
    pub(crate) fn is_copy(self) {
        // SAFETY: see `words`.
        unsafe {
            if let Some(set) = function!(self.office, ffi::OfficeClass, set_forked_child) {
                set(self.office, true);
            }
        }
    }

    /// LibreOffice's words for what just failed.
    pub(crate) fn error(self) -> String {
        // SAFETY: see `words`.
        unsafe {
            function!(self.office, ffi::OfficeClass, get_error)
                .and_then(|get| take(get(self.office)))
                .unwrap_or_default()
        }
    }
}

/// A C string; a text with a NUL in it ends there.
fn text(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default()
}

/// Takes a text that LibreOffice allocated, and frees it.
///
/// # Safety
/// `text` is null or a C string from `malloc` that nobody else frees.
unsafe fn take(text: ffi::OwnedText) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: as the caller promises.
    unsafe {
        let copy = CStr::from_ptr(text).to_string_lossy().into_owned();
        libc::free(text.cast());
        Some(copy)
    }
}

/// The payload of a callback.
///
/// # Safety
/// `text` is null or a C string that lives for the call.
unsafe fn payload<'a>(text: *const c_char) -> std::borrow::Cow<'a, str> {
    if text.is_null() {
        return "".into();
    }
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(text) }.to_string_lossy()
}

/// A panic must not unwind into C++; the process ends instead and the server sees it.
fn guarded<T>(body: impl FnOnce() -> T) -> T {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(body))
        .unwrap_or_else(|_| std::process::abort())
}

unsafe extern "C" fn poll_callback<H: Handler>(data: *mut c_void, timeout: c_int) -> c_int {
    // SAFETY: `data` is what `Office::run` passed: a handler that lives forever.
    let handler = unsafe { &*data.cast::<H>() };
    guarded(|| c_int::from(handler.poll(timeout)))
}

unsafe extern "C" fn wake_callback<H: Handler>(data: *mut c_void) {
    // SAFETY: as in `poll_callback`.
    let handler = unsafe { &*data.cast::<H>() };
    guarded(|| handler.wake());
}

unsafe extern "C" fn office_callback<H: Handler>(
    kind: c_int,
    text: *const c_char,
    data: *mut c_void,
) {
    if kind != Office::PASSWORD_ASKED {
        return;
    }
    // SAFETY: as in `poll_callback`; the text lives for the call.
    let (handler, url) = unsafe { (&*data.cast::<H>(), payload(text)) };
    guarded(|| handler.password_asked(&url));
}
