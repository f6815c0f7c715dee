//! LibreOffice's main loop, seen from the inside.
//!
//! LibreOffice calls [`Handler::poll`] when it has nothing to do, but also in the middle of other
//! calls: while it loads or saves, and in dialogs. While it loads or saves, the document must not
//! be touched; in a dialog, requests must be served or nobody could ever close it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use recto_docs_api::{Access, Password};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec};
use serde_json::Value;

use super::queue::{Moment, Turn};
use super::{
    background::{self, Background},
    canvas::Canvas,
    dialogs::{Dialogs, GUESSES},
    dispatch, fonts, form, in_place,
    mouse::Reading,
    reports::Reports,
    socket::Socket,
    tracking::Tracking,
    warm_up,
};
use crate::event::callback;
use crate::lok::{Document, Fontconfig, Handler, Library, Office};
use crate::protocol::{Ready, Report, Size, bounds};
use crate::rate::{Pace, Rate};
use crate::rights::ViewRights;
use crate::sandbox::{self, Entered};

/// Requests are served in so many nested loops; a document that opens dialogs in dialogs waits.
const DEEPEST: u32 = 8;
/// The pace of signs of life.
const BEAT: Duration = Duration::from_secs(1);
/// Dialogs are closed as soon as they open; what lasts longer is none, or will never be closed.
const LONGEST_DIALOG: Duration = Duration::from_secs(10);
/// When what the server's pace held back is told, in microseconds.
const LOOKS_AGAIN: i32 = 50_000;
/// What a kit keeps of the launcher's environment, because one that was not forked from a prepared
/// LibreOffice prepares its own: the languages whose dictionaries it loads.
const KEPT: &str = "LOK_ALLOWLIST_LANGUAGES";
/// Less than what the frames of a nested loop need of the stack, in bytes.
const FRAME: usize = 256;
/// How LibreOffice begins to say whether changes are tracked.
pub(super) const TRACKING_STATE: &str = ".uno:TrackChanges=";
/// How LibreOffice ends to say that a cell is being written in.
const WRITES_CELL: &str = " EditCell";
/// Payloads from this size on have a rate, in bytes and bytes a second: what selects all of a long
/// document again and again is not told to everybody each time.
const LARGE_PAYLOAD: usize = 4 << 10;
const LARGE_RATE: u32 = 2 << 20;

/// What LibreOffice is doing, which decides what a nested poll may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Starting,
    /// Loading, saving or warming up: hands off.
    Busy,
    Serving,
}

/// What is remembered of a participant's view.
#[derive(Debug, Default)]
pub(super) struct View {
    pub author: String,
    pub rights: ViewRights,
    pub composing: bool,
    pub graphic: bool,
    /// A cell is being written in.
    pub writes_cell: bool,
    pub reading: Reading,
    pub at_caret: form::AtCaret,
}

/// A kit. Nothing in it stays borrowed across a call of LibreOffice.
pub(super) struct Kit {
    pub office: Office,
    pub document: Cell<Option<Document>>,
    pub keeper: Cell<i32>,
    pub phase: Cell<Phase>,
    pub doc: PathBuf,
    pub tmp: PathBuf,
    pub views: RefCell<HashMap<i32, View>>,
    pub tracking: Tracking,
    pub canvas: Canvas,
    pub socket: Socket,
    pub background: Background,
    /// The password of the document that is being loaded; it is tried once.
    pub password: RefCell<Option<Password>>,
    pub in_place: in_place::InPlace,
    /// Whether LibreOffice asked for a password.
    pub locked: Cell<bool>,
    /// This kit itself, for callbacks that outlive every call.
    pub leaked: Cell<Option<&'static Kit>>,
    ready: RefCell<Option<Ready>>,
    waker: OwnedFd,
    /// Says what stands in for a font.
    pub fonts: Option<Fontconfig>,
    /// Fonts of the document that are not there.
    pub missing_fonts: RefCell<Vec<String>>,
    depth: Cell<u32>,
    /// Where the stack ends when LibreOffice polls from its own loop; it grows downwards.
    outermost: Cell<usize>,
    nested_since: Cell<Option<Instant>>,
    beat: Cell<Instant>,
    reports: RefCell<Reports>,
    /// How much the server takes, before what each view adds.
    pub pace: Cell<(u32, u32)>,
    large: RefCell<Rate>,
    resized: Cell<bool>,
    pub dialogs: Dialogs,
}

/// Starts LibreOffice and serves until the server is gone. Only returns when it could not.
pub(super) fn run(
    library: Library,
    fonts: Option<Fontconfig>,
    entered: Entered,
    socket: Socket,
    canvas: Canvas,
) -> Result<(), String> {
    let places = &entered.places;
    let tmp = places.tmp.to_string_lossy();
    let languages = std::env::var(KEPT).unwrap_or_default();
    sandbox::set_environment(&[
        ("SAL_LOK_OPTIONS", "unipoll"),
        ("LANG", "C.UTF-8"),
        ("HOME", &tmp),
        ("TMPDIR", &tmp),
        (KEPT, &languages),
    ]);
    let waker = rustix::event::eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)
        .map_err(|error| error.to_string())?;
    let office = library.start(&folder_url(&places.profile))?;
    let ready = Ready {
        pid: entered.pid,
        version: office.version(),
        landlock: entered.landlock,
        // Entering fails without it.
        seccomp: true,
        namespaces: entered.namespaces,
    };
    let kit: &'static Kit = Box::leak(Box::new(Kit {
        office,
        document: Cell::new(None),
        keeper: Cell::new(-1),
        phase: Cell::new(Phase::Starting),
        doc: places.doc.clone(),
        tmp: places.tmp.clone(),
        views: RefCell::default(),
        tracking: Tracking::default(),
        canvas,
        socket,
        background: Background::new(entered.status),
        password: RefCell::default(),
        in_place: in_place::InPlace::default(),
        locked: Cell::new(false),
        leaked: Cell::new(None),
        ready: RefCell::new(Some(ready)),
        waker,
        fonts,
        missing_fonts: RefCell::default(),
        depth: Cell::new(0),
        outermost: Cell::new(0),
        nested_since: Cell::new(None),
        beat: Cell::new(Instant::now()),
        reports: RefCell::new(Reports::new(Instant::now())),
        pace: Cell::default(),
        large: RefCell::new(Rate::new(LARGE_RATE, Instant::now())),
        resized: Cell::new(false),
        dialogs: Dialogs::default(),
    }));
    kit.leaked.set(Some(kit));
    office.run(kit);
    Ok(())
}

/// The `file:` URL of a folder.
pub(super) fn folder_url(path: &Path) -> String {
    url::Url::from_file_path(path)
        .map(String::from)
        .unwrap_or_default()
}

impl Handler for Kit {
    fn poll(&self, timeout: i32) -> bool {
        if self.background.is_copy() {
            self.answer_dialogs(timeout);
            background::rest(timeout);
            return false;
        }
        match self.phase.get() {
            Phase::Starting => self.start(),
            Phase::Busy => self.poll_busy(timeout),
            Phase::Serving => self.poll_serving(timeout),
        }
    }

    fn wake(&self) {
        if self.background.is_copy() {
            return;
        }
        let _ = rustix::io::write(&self.waker, &1_u64.to_ne_bytes());
    }

    fn view_event(&self, view: i32, kind: i32, payload: &str) {
        if self.background.is_copy() && !matches!(kind, callback::WINDOW | callback::JSDIALOG) {
            return;
        }
        match kind {
            callback::UNO_COMMAND_RESULT if in_place::result(self, view, payload) => {}
            callback::INVALIDATE_TILES => self.reports.borrow_mut().invalidated(payload),
            callback::DOCUMENT_SIZE_CHANGED => self.resized.set(true),
            callback::FONTS_MISSING => *self.missing_fonts.borrow_mut() = fonts::named(payload),
            callback::WINDOW => self.dialogs.window(view, payload),
            callback::JSDIALOG => self.dialogs.described(view, payload),
            callback::CONTENT_CONTROL | callback::FORM_FIELD_BUTTON => {
                form::reported(self, view, kind, payload);
            }
            callback::CONTEXT_CHANGED => {
                if let Some(state) = self.views.borrow_mut().get_mut(&view) {
                    state.writes_cell = payload.ends_with(WRITES_CELL);
                }
            }
            _ => {
                if kind == callback::GRAPHIC_SELECTION
                    && let Some(state) = self.views.borrow_mut().get_mut(&view)
                {
                    state.graphic = !payload.trim_start().starts_with("EMPTY");
                }
                let payload = match kind {
                    callback::STATE_CHANGED => self.tracking.state(self.proposes(view), payload),
                    _ => payload,
                };
                let Some(payload) = bounds::fit_callback(kind, payload) else {
                    return;
                };
                let large = payload.len() >= LARGE_PAYLOAD;
                if large && !self.large.borrow_mut().spend(payload.len(), Instant::now()) {
                    return;
                }
                self.reports.borrow_mut().push(Report::Callback {
                    view,
                    kind,
                    payload,
                });
            }
        }
    }

    fn password_asked(&self, url: &str) {
        self.locked.set(true);
        let password = self.password.borrow_mut().take();
        self.office
            .answer_password(url, password.as_ref().map(Password::as_str));
    }
}

impl Kit {
    fn start(&self) -> bool {
        self.phase.set(Phase::Busy);
        warm_up::run(self);
        self.phase.set(Phase::Serving);
        if let Some(ready) = self.ready.borrow_mut().take() {
            self.socket.start(&Ok(ready));
        }
        true
    }

    /// Whether LibreOffice polls from the middle of something, such as a dialog. Only the stack
    /// tells: what opens a dialog may be a request, but also something that LibreOffice does later.
    fn nested(&self) -> bool {
        let here = 0_u8;
        let here = std::ptr::from_ref(&here).addr();
        self.outermost.set(self.outermost.get().max(here));
        if self.depth.get() == 0 && here + FRAME >= self.outermost.get() {
            self.nested_since.set(None);
            return false;
        }
        let now = Instant::now();
        let since = self.nested_since.get().unwrap_or(now);
        self.nested_since.set(Some(since));
        now.duration_since(since) < LONGEST_DIALOG
    }

    fn poll_busy(&self, timeout: i32) -> bool {
        // A sign of life from the middle of long work, once the server knows of this kit.
        let now = Instant::now();
        if self.ready.borrow().is_none() && now.duration_since(self.beat.get()) >= BEAT {
            self.beat.set(now);
            self.socket.beat();
        }
        self.answer_dialogs(timeout);
        let longest = i32::try_from(GUESSES.as_micros()).unwrap_or(i32::MAX);
        let timeout = match timeout {
            -1 => longest,
            _ => timeout.min(longest),
        };
        // Not on the socket: what arrives stays there until the document may be touched.
        self.wait(timeout, false);
        false
    }

    /// LibreOffice may ask something while it loads or saves, and would wait for the answer.
    fn answer_dialogs(&self, timeout: i32) {
        let now = Instant::now();
        match self.document.get() {
            Some(document) if self.dialogs.any() => self.dialogs.close_here(document, now),
            None if timeout != 0 => self.dialogs.close_unknown(self.office, now),
            _ => {}
        }
    }

    fn poll_serving(&self, timeout: i32) -> bool {
        let nested = self.nested();
        if timeout != 0 {
            form::tell(self);
        }
        self.flush();
        background::look(self);
        if self.close_dialogs() || (self.depth.get() == 0 && form::look(self)) {
            return true;
        }
        let timeout = match timeout {
            _ if !self.socket.idle() => 0,
            // What could not be told yet is told soon, and a dialog is looked after.
            _ if !(self.reports.borrow().any() || self.dialogs.any()) => timeout,
            -1 => LOOKS_AGAIN,
            _ => timeout.min(LOOKS_AGAIN),
        };
        if self.wait(timeout, true) {
            self.socket.receive();
        }
        if self.socket.closed() {
            // The server is gone. There is nothing to tidy up that the server would not.
            sandbox::exit(0);
        }
        if self.depth.get() >= DEEPEST {
            return false;
        }
        let merges = |view: i32| {
            let views = self.views.borrow();
            let editor = |view: &View| view.rights.access.can_edit() && !view.composing;
            views.get(&view).is_some_and(editor)
        };
        let moment = Moment {
            now: Instant::now(),
            nested,
            paints: self.depth.get() == 0,
            merges: &merges,
        };
        match self.socket.next(moment) {
            Some(Turn::Request(request, with)) => {
                self.depth.set(self.depth.get() + 1);
                dispatch::run(self, request, &with);
                self.depth.set(self.depth.get() - 1);
                self.flush();
                true
            }
            Some(Turn::Paint(id, paint)) => {
                dispatch::paint(self, id, &paint);
                true
            }
            None => false,
        }
    }

    /// Waits for the waker and, when asked, the socket. Whether the socket has something.
    fn wait(&self, timeout: i32, socket: bool) -> bool {
        let limit = u64::try_from(timeout).ok().map(|micros| Timespec {
            tv_sec: i64::try_from(micros / 1_000_000).unwrap_or(0),
            tv_nsec: i64::try_from(micros % 1_000_000 * 1000).unwrap_or(0),
        });
        let fd = self.socket.fd();
        let (woken, readable) = self.background.watched(|copy| {
            // What a copy says is no reason to wake where it cannot be heard.
            let copy = copy.filter(|_| socket);
            let mut fds = vec![PollFd::new(&self.waker, PollFlags::IN)];
            if socket {
                fds.push(PollFd::new(&fd, PollFlags::IN));
            }
            fds.extend(copy.as_ref().map(|copy| PollFd::new(copy, PollFlags::IN)));
            // A wait forever without the socket could only be ended by LibreOffice itself.
            if rustix::event::poll(&mut fds, limit.as_ref()).is_err() {
                return (false, false);
            }
            let has = |fd: &PollFd<'_>| !fd.revents().is_empty();
            (has(&fds[0]), socket && has(&fds[1]))
        });
        if woken {
            let mut count = [0; 8];
            let _ = rustix::io::read(&self.waker, &mut count);
        }
        readable
    }

    /// Whether what this view does is a proposal.
    pub(super) fn proposes(&self, view: i32) -> bool {
        self.views
            .borrow()
            .get(&view)
            .is_some_and(|state| state.rights.access == Access::Review)
    }

    /// Tells the editors whether their changes are tracked.
    pub(super) fn tell_tracking(&self) {
        let payload = self.tracking.state(false, TRACKING_STATE);
        let views = self.views.borrow();
        let editors = views
            .iter()
            .filter(|(_, state)| state.rights.access == Access::Edit);
        for (view, _) in editors {
            self.report(Report::Callback {
                view: *view,
                kind: callback::STATE_CHANGED,
                payload: payload.to_owned(),
            });
        }
    }

    /// Has something told with the next flush.
    pub(super) fn report(&self, report: Report) {
        self.reports.borrow_mut().push(report);
    }

    /// Whether there was something to close.
    fn close_dialogs(&self) -> bool {
        let Some(document) = self.document.get() else {
            return false;
        };
        self.dialogs.close(document, Instant::now(), |view, title| {
            self.report(Report::Dialog { view, title });
        })
    }

    /// Tells the server what LibreOffice has reported.
    pub(super) fn flush(&self) {
        if self.resized.take()
            && let Some(document) = self.document.get()
        {
            self.report(Report::Size(size(document)));
        }
        let (reports, bytes) = self.pace.get();
        let pace = Pace::of(reports, bytes, self.views.borrow().len());
        let mut reports = {
            let mut waiting = self.reports.borrow_mut();
            waiting.pace(pace);
            waiting.take(Instant::now())
        };
        for report in &mut reports {
            bounds::fit(report);
        }
        self.socket.report(&reports);
    }
}

/// Makes a view the current one.
pub(super) fn enter(document: Document, view: i32) {
    if document.view() != view {
        document.set_view(view);
    }
}

/// Size and parts of a document as they are now.
pub(super) fn size(document: Document) -> Size {
    let (width, height) = document.size();
    let parts = if document.kind() == 0 {
        // LibreOffice counts a text's pages as parts; tiles are not painted by page.
        vec![(String::new(), false)]
    } else {
        (0..document.parts())
            .map(|part| part_of(document, part))
            .collect()
    };
    let mut size = Size {
        width,
        height,
        parts,
    };
    bounds::fit_size(&mut size);
    size
}

fn part_of(document: Document, part: i32) -> (String, bool) {
    let name = document.part_name(part).unwrap_or_default();
    let info = document.part_info(part).unwrap_or_default();
    let info: Value = serde_json::from_str(&info).unwrap_or_default();
    // Slides say "0" whether they are hidden or not.
    let visible = info.get("visible").and_then(Value::as_str);
    (name, document.kind() == 1 && visible == Some("0"))
}
