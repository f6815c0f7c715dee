//! Attempts on processes: those of others, and what a kit may make of its own.

use std::io;
use std::os::fd::AsRawFd;
use std::process::Command;

use super::{Attempt, Prey, called, done};
use crate::config::Limits;
use crate::sandbox::{Forked, copy_self, exit, fork, process};

/// Signals, limits and priority. Signal 0 only asks whether one may be sent.
pub(super) fn others(prey: &Prey) -> Vec<Attempt> {
    let pid = prey.pid;
    let none = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    let nobody = std::ptr::null_mut();
    let user = pid.unsigned_abs();
    // SAFETY: numbers, and a limit that outlives the call.
    unsafe {
        vec![
            ("kill", called(libc::kill(pid, 0))),
            ("tgkill", tgkill(pid, pid)),
            ("pidfd", number(libc::syscall(libc::SYS_pidfd_open, pid, 0))),
            (
                "prlimit",
                called(libc::prlimit(
                    pid,
                    libc::RLIMIT_CORE,
                    &raw const none,
                    nobody,
                )),
            ),
            (
                "priority",
                called(libc::setpriority(libc::PRIO_PROCESS, user, 10)),
            ),
            ("signal_by_descriptor", signal_by_descriptor(pid)),
        ]
    }
}

pub(super) fn own() -> Vec<Attempt> {
    let forked = match fork() {
        Ok(Forked::Child) => exit(0),
        Ok(Forked::Parent(child)) => {
            process::wait(child);
            Ok(())
        }
        Err(error) => Err(error),
    };
    // The signal that a copy dies of with its kit is not taken back.
    let nothing = 0 as libc::c_ulong;
    // SAFETY: numbers only.
    let outlived = called(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, nothing) });
    let thread = std::thread::Builder::new()
        .spawn(|| ())
        .map(std::thread::JoinHandle::join);
    let too_much = usize::try_from(Limits::default().address_space).unwrap_or(usize::MAX);
    let mut hoard: Vec<u8> = Vec::new();
    let hoarded = hoard.try_reserve_exact(too_much).map_err(io::Error::other);
    let me = std::process::id().cast_signed();
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: numbers, and a limit that outlives the calls.
    let (unshared, read, set) = unsafe {
        let unshared = called(libc::unshare(libc::CLONE_FILES));
        let read = called(libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit));
        let set = called(libc::setrlimit(libc::RLIMIT_CORE, &raw const limit));
        (unshared, read, set)
    };
    vec![
        ("execute", done(Command::new("/bin/true").status())),
        ("fork", forked),
        ("memory", hoarded),
        ("unshare", unshared),
        ("own_limit", set),
        ("own_limit_read", read),
        // As `abort` does.
        (
            "own_signal",
            tgkill(me, rustix::thread::gettid().as_raw_nonzero().get()),
        ),
        ("thread", done(thread)),
        ("outlive", outlived),
        // Last, since nobody hears of ended children afterwards.
        ("copy", copied()),
    ]
}

/// As a kit does to save.
fn copied() -> io::Result<()> {
    match copy_self()? {
        Forked::Child => exit(0),
        Forked::Parent(_) => Ok(()),
    }
}

fn tgkill(process: i32, thread: i32) -> io::Result<()> {
    // SAFETY: numbers only.
    number(unsafe { libc::syscall(libc::SYS_tgkill, process, thread, 0) })
}

/// Whom a pipe sends a signal when there is something to read.
fn signal_by_descriptor(pid: i32) -> io::Result<()> {
    let (reader, _writer) = io::pipe()?;
    // SAFETY: numbers only.
    called(unsafe { libc::fcntl(reader.as_raw_fd(), libc::F_SETOWN, pid) })
}

/// The outcome of a bare system call.
fn number(result: libc::c_long) -> io::Result<()> {
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
