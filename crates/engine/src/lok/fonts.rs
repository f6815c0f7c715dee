//! Fontconfig, which LibreOffice asks for fonts.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;

type Simple = unsafe extern "C" fn() -> c_int;
type Create = unsafe extern "C" fn() -> *mut c_void;
type Add = unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char) -> c_int;
type Substitute = unsafe extern "C" fn(*mut c_void, *mut c_void, c_int) -> c_int;
type Take = unsafe extern "C" fn(*mut c_void);
type Find = unsafe extern "C" fn(*mut c_void, *mut c_void, *mut c_int) -> *mut c_void;
type Get = unsafe extern "C" fn(*mut c_void, *const c_char, c_int, *mut *const c_char) -> c_int;

/// The functions of the library. Its configuration belongs to the process, and a fork keeps it.
#[derive(Clone, Copy)]
pub(crate) struct Fontconfig {
    init: Simple,
    create: Create,
    add: Add,
    substitute: Substitute,
    defaults: Take,
    find: Find,
    get: Get,
    destroy: Take,
}

/// `FcMatchPattern`: what is asked for is changed, not what was found.
const PATTERN: c_int = 0;
/// `FcResultMatch`.
const FOUND: c_int = 0;
/// A font has its name in several languages.
const MOST_NAMES: c_int = 16;
const FAMILY: &CStr = c"family";

impl Fontconfig {
    /// The library that LibreOffice uses too, if it is there.
    pub(crate) fn load() -> Option<Self> {
        // SAFETY: a valid C string; the library's initialisers are trusted, it is part of the engine.
        let library = unsafe { libc::dlopen(c"libfontconfig.so.1".as_ptr(), libc::RTLD_LAZY) };
        if library.is_null() {
            return None;
        }
        let symbol = |name: &CStr| {
            // SAFETY: the handle is a loaded library that is never closed.
            let symbol = unsafe { libc::dlsym(library, name.as_ptr()) };
            (!symbol.is_null()).then_some(symbol)
        };
        // SAFETY: the functions have these types in every version of the library.
        unsafe {
            Some(Self {
                init: std::mem::transmute::<*mut c_void, Simple>(symbol(c"FcInit")?),
                create: std::mem::transmute::<*mut c_void, Create>(symbol(c"FcPatternCreate")?),
                add: std::mem::transmute::<*mut c_void, Add>(symbol(c"FcPatternAddString")?),
                substitute: std::mem::transmute::<*mut c_void, Substitute>(symbol(
                    c"FcConfigSubstitute",
                )?),
                defaults: std::mem::transmute::<*mut c_void, Take>(symbol(c"FcDefaultSubstitute")?),
                find: std::mem::transmute::<*mut c_void, Find>(symbol(c"FcFontMatch")?),
                get: std::mem::transmute::<*mut c_void, Get>(symbol(c"FcPatternGetString")?),
                destroy: std::mem::transmute::<*mut c_void, Take>(symbol(c"FcPatternDestroy")?),
            })
        }
    }

    /// Reads configuration and fonts, and writes what it learnt of the fonts where the configuration has a
    /// cache, so that nobody reads them again.
    pub(crate) fn begin(self) {
        // SAFETY: may be called at any time by a process with one thread.
        unsafe { (self.init)() };
    }

    /// What stands in for a font; none if it is there itself, or if there is no font at all.
    pub(crate) fn stand_in(self, font: &str) -> Option<String> {
        let asked = CString::new(font).ok()?;
        // SAFETY: each pattern is checked and destroyed once, and what is got of one is copied before.
        unsafe {
            let pattern = (self.create)();
            if pattern.is_null() {
                return None;
            }
            (self.add)(pattern, FAMILY.as_ptr(), asked.as_ptr());
            (self.substitute)(ptr::null_mut(), pattern, PATTERN);
            (self.defaults)(pattern);
            let mut result = 0;
            let found = (self.find)(ptr::null_mut(), pattern, &raw mut result);
            (self.destroy)(pattern);
            if found.is_null() {
                return None;
            }
            let mut names = Vec::new();
            for number in 0..MOST_NAMES {
                let mut name = ptr::null();
                if (self.get)(found, FAMILY.as_ptr(), number, &raw mut name) != FOUND {
                    break;
                }
                names.push(CStr::from_ptr(name).to_string_lossy().into_owned());
            }
            (self.destroy)(found);
            let itself = |name: &String| name.to_lowercase() == font.to_lowercase();
            if names.iter().any(itself) {
                return None;
            }
            names.into_iter().next()
        }
    }
}
