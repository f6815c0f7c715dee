//! Attempts on files: those of others, and the little that a kit may do to its own.

use std::ffi::{CString, c_int};
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{Attempt, Prey, called, done, effect};
use crate::sandbox::Places;

/// A mode and a time that no file of the tests has, and the bit that those have whose owner changes.
const MODE: libc::mode_t = 0o606;
const SET_USER: libc::mode_t = libc::S_ISUID;
const TIME: i64 = 1_000_000_000;

pub(super) fn content(places: &Places, prey: &Prey) -> Vec<Attempt> {
    let theirs = |name: &str| prey.folder.join(name);
    let own = |name: &str| places.doc.join(name);
    let rooted = format!("/recto-probe-{}", std::process::id());
    let append = |path: PathBuf| File::options().append(true).open(path);
    let others = format!("/proc/{}/environ", prey.pid);
    let environment = std::fs::read("/proc/self/environ")
        .and_then(|bytes| effect(bytes.iter().any(|byte| *byte != 0)));
    let (taken, hard) = (own("taken"), own("hard"));
    let temporary = places.tmp.join("own");
    let attempts = vec![
        ("read", done(std::fs::read(theirs("read")))),
        ("list", done(std::fs::read_dir(&prey.folder))),
        ("passwd", done(std::fs::read("/etc/passwd"))),
        ("others_environment", done(std::fs::read(others))),
        ("own_environment", environment),
        ("own_variables", effect(std::env::vars_os().count() > 0)),
        ("append", done(append(theirs("append")))),
        ("create", done(File::create(theirs("created")))),
        ("create_in_root", done(File::create(&rooted))),
        ("make_dir", done(std::fs::create_dir(theirs("made")))),
        ("remove", done(std::fs::remove_file(theirs("remove")))),
        ("take_away", std::fs::rename(theirs("take_away"), taken)),
        ("hard_link", std::fs::hard_link(theirs("hard_link"), hard)),
        (
            "soft_link",
            std::os::unix::fs::symlink("/etc/passwd", own("soft")),
        ),
        ("pipe", fifo(&own("pipe"))),
        ("truncate", truncate(&theirs("truncate"))),
        ("truncate_by_opening", open_empty(&theirs("open"))),
        ("lease", lease(&own("leased"))),
        ("memory_file", memory_file()),
        ("own_file", std::fs::write(own("own"), "x")),
        ("own_temporary", std::fs::write(temporary, "x")),
    ];
    let _ = std::fs::remove_file(rooted);
    attempts
}

/// Mode, owner and times, which Landlock leaves alone. That of own files too: a descriptor of a file
/// that may only be read is enough to change them.
pub(super) fn metadata(places: &Places, prey: &Prey) -> Vec<Attempt> {
    let theirs = |name: &str| prey.folder.join(name);
    let own = |name: &str| places.doc.join(name);
    let user = rustix::process::getuid().as_raw();
    let group = rustix::process::getgid().as_raw();
    let at = libc::AT_FDCWD;
    let time = libc::timespec {
        tv_sec: TIME,
        tv_nsec: 0,
    };
    let times = [time, time];
    // SAFETY: in all of them, paths that end with a zero, and two times.
    let chmod = |path: &CString| unsafe { libc::chmod(path.as_ptr(), MODE) };
    let fchmodat = |path: &CString| unsafe { libc::fchmodat(at, path.as_ptr(), MODE, 0) };
    let fchmod = |file: c_int| unsafe { libc::fchmod(file, MODE) };
    let chown = |path: &CString| unsafe { libc::chown(path.as_ptr(), user, group) };
    let fchownat = |path: &CString| unsafe { libc::fchownat(at, path.as_ptr(), user, group, 0) };
    let fchown = |file: c_int| unsafe { libc::fchown(file, user, group) };
    let utimensat =
        |path: &CString| unsafe { libc::utimensat(at, path.as_ptr(), times.as_ptr(), 0) };
    let futimens = |file: c_int| unsafe { libc::futimens(file, times.as_ptr()) };
    let mode = |file: &Metadata| file.mode() & 0o7777 == MODE;
    // Whatever owner it gets, this bit goes.
    let owner = |file: &Metadata| file.mode() & SET_USER == 0;
    let time = |file: &Metadata| file.mtime() == TIME;
    vec![
        ("chmod", by_path(&theirs("chmod"), chmod, mode)),
        ("fchmodat", by_path(&theirs("fchmodat"), fchmodat, mode)),
        ("fchmod", by_descriptor(&own("fchmod"), fchmod, mode)),
        ("chown", by_path(&theirs("chown"), chown, owner)),
        ("fchownat", by_path(&theirs("fchownat"), fchownat, owner)),
        ("fchown", by_descriptor(&own("fchown"), fchown, owner)),
        ("utimensat", by_path(&theirs("utimensat"), utimensat, time)),
        ("futimens", by_descriptor(&own("futimens"), futimens, time)),
    ]
}

/// Whether a call changed the file at a path.
fn by_path(
    path: &Path,
    call: impl FnOnce(&CString) -> c_int,
    works: impl FnOnce(&Metadata) -> bool,
) -> io::Result<()> {
    called(call(&c_path(path)?))?;
    effect(works(&std::fs::metadata(path)?))
}

/// Whether a call changed a file that is open for reading only.
fn by_descriptor(
    path: &Path,
    call: impl FnOnce(c_int) -> c_int,
    works: impl FnOnce(&Metadata) -> bool,
) -> io::Result<()> {
    let mode = SET_USER | 0o700;
    File::options()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    let file = File::open(path)?;
    called(call(file.as_raw_fd()))?;
    effect(works(&file.metadata()?))
}

fn c_path(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(io::Error::other)
}

fn fifo(path: &Path) -> io::Result<()> {
    // SAFETY: a path that ends with a zero.
    called(unsafe { libc::mkfifo(c_path(path)?.as_ptr(), 0o600) })
}

fn truncate(path: &Path) -> io::Result<()> {
    // SAFETY: a path that ends with a zero.
    called(unsafe { libc::truncate(c_path(path)?.as_ptr(), 0) })?;
    effect(std::fs::metadata(path)?.size() == 0)
}

/// Opened for reading only, which older versions of Landlock look at, and emptied anyway.
fn open_empty(path: &Path) -> io::Result<()> {
    let flags = libc::O_TRUNC;
    File::options().read(true).custom_flags(flags).open(path)?;
    effect(std::fs::metadata(path)?.size() == 0)
}

/// Makes opening the file wait.
fn lease(path: &Path) -> io::Result<()> {
    std::fs::write(path, "x")?;
    let file = File::options().write(true).open(path)?;
    // SAFETY: takes numbers only.
    called(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_WRLCK) })
}

/// Memory that no limit of address space counts.
fn memory_file() -> io::Result<()> {
    let made = rustix::fs::memfd_create("probe", rustix::fs::MemfdFlags::empty());
    done(made.map_err(io::Error::from))
}
