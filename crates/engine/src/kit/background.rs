//! Saving in a copy of this process, while this one goes on.
//!
//! The copy has the document as it was when it was made, and nothing else to do: it writes the file,
//! says through a pipe whether that worked, and ends. It begins when the kit has made sure that no other
//! thread was at work when the copy was made.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::FileExt;

use rustix::event::Timespec;

use super::main_loop::{Kit, Phase, enter, folder_url};
use super::resting::{self, Rest};
use crate::lok::Document;
use crate::protocol::{Answer, Answered, Beside, Expected, NotBeside, bounds};
use crate::sandbox::{self, Forked};

/// What a copy says when it has written its file; otherwise, why not.
const WRITTEN: &[u8] = b"+";
/// LibreOffice waits for nothing in a copy: no input comes. In microseconds.
const LONGEST_REST: i32 = 10_000;
/// What the parent says when the copy may begin.
const GO: &[u8] = b"!";
/// What the system says of a process is shorter, in bytes.
const STATUS: usize = 8 << 10;

/// The copy of a kit, if there is one.
#[derive(Debug, Default)]
pub(super) struct Background {
    /// Where the threads are counted; none where copies are not permitted.
    status: Option<File>,
    saver: RefCell<Option<Saver>>,
    is_copy: Cell<bool>,
}

/// A copy at work.
#[derive(Debug)]
struct Saver {
    /// The request that waits for it.
    id: u64,
    says: PipeReader,
    said: Vec<u8>,
}

impl Background {
    pub fn new(status: Option<File>) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// Whether this process is a copy: it has no server, no users, and one thing to do.
    pub fn is_copy(&self) -> bool {
        self.is_copy.get()
    }

    /// Runs with the descriptor that is to be watched, if there is a copy.
    pub fn watched<T>(&self, run: impl FnOnce(Option<BorrowedFd<'_>>) -> T) -> T {
        let saver = self.saver.borrow();
        run(saver.as_ref().map(|saver| saver.says.as_fd()))
    }

    /// The other threads, if all of them are known to rest.
    fn others(&self) -> Option<Vec<Rest>> {
        if self.threads() == Some(1) {
            return Some(Vec::new());
        }
        resting::others()
    }

    fn threads(&self) -> Option<u32> {
        let mut text = vec![0; STATUS];
        let length = self.status.as_ref()?.read_at(&mut text, 0).ok()?;
        let text = String::from_utf8_lossy(text.get(..length)?);
        let count = text
            .lines()
            .find_map(|line| line.strip_prefix("Threads:"))?;
        count.trim().parse().ok()
    }
}

/// Begins to save in a copy, or says why there can be none. The answer comes when the copy has ended.
pub(super) fn begin(
    kit: &Kit,
    document: Document,
    id: u64,
    beside: &Beside,
) -> Result<(), NotBeside> {
    let background = &kit.background;
    if background.status.is_none() {
        return Err(NotBeside::NotPermitted);
    }
    if background.saver.borrow().is_some() {
        return Err(NotBeside::Busy);
    }
    enter(document, kit.keeper.get());
    kit.tracking.prepare(document, false);
    fork(kit, document, id, beside)
}

fn fork(kit: &Kit, document: Document, id: u64, beside: &Beside) -> Result<(), NotBeside> {
    let parent = std::process::id();
    let (says, tells) = std::io::pipe().map_err(|_| NotBeside::Refused)?;
    let (mut waits, mut goes) = std::io::pipe().map_err(|_| NotBeside::Refused)?;
    rustix::io::ioctl_fionbio(&says, true).map_err(|_| NotBeside::Refused)?;
    // What other threads hold at this moment, nobody would ever let go in the copy. LibreOffice's own
    // `joinThreads` is no help: it also waits for a thread of the launcher, which a kit does not have.
    let before = kit.background.others().ok_or(NotBeside::Threads)?;
    match sandbox::copy_self().map_err(|_| NotBeside::Refused)? {
        Forked::Child => {
            // Nothing that takes a lock until the parent says so.
            kit.background.is_copy.set(true);
            drop((says, goes));
            sandbox::be_copy(parent, beside.seconds, kit.socket.fd().as_raw_fd());
            if !matches!(waits.read(&mut [0; GO.len()]), Ok(1..)) {
                sandbox::exit(1);
            }
            save(kit, document, beside, tells)
        }
        Forked::Parent(_) => {
            // Who slept before and has not run since slept when the copy was made. Otherwise the copy
            // ends when `goes` is dropped.
            if kit.background.others().as_ref() != Some(&before) {
                return Err(NotBeside::Threads);
            }
            goes.write_all(GO).map_err(|_| NotBeside::Refused)?;
            *kit.background.saver.borrow_mut() = Some(Saver {
                id,
                says,
                said: Vec::new(),
            });
            Ok(())
        }
    }
}

/// What a copy does.
fn save(kit: &Kit, document: Document, beside: &Beside, mut tells: PipeWriter) -> ! {
    kit.office.is_copy();
    kit.phase.set(Phase::Busy);
    let url = folder_url(&kit.doc.join(&beside.name));
    let said = if document.save_as(&url, &beside.format, &beside.options) {
        WRITTEN.to_vec()
    } else {
        let mut why = kit.office.error();
        bounds::cut(&mut why, bounds::MESSAGE);
        why.into_bytes()
    };
    // Without this word the file counts as not written.
    let _ = tells.write_all(&said);
    sandbox::exit(0)
}

/// Answers for a copy that has ended. Whether one has.
pub(super) fn look(kit: &Kit) -> bool {
    let Some(mut saver) = kit.background.saver.take() else {
        return false;
    };
    let mut bytes = [0; bounds::MESSAGE];
    loop {
        match saver.says.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => {
                let room = bounds::MESSAGE.saturating_sub(saver.said.len());
                saver.said.extend(&bytes[..count.min(room)]);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                *kit.background.saver.borrow_mut() = Some(saver);
                return false;
            }
            Err(_) => break,
        }
    }
    let answer = match &*saver.said {
        WRITTEN => Ok(Answer::Done),
        b"" => Ok(Answer::NotBeside(NotBeside::Died)),
        why => Err(String::from_utf8_lossy(why).into_owned()),
    };
    kit.socket.answer(
        Answered {
            id: saver.id,
            answer,
        },
        Expected::Beside.longest(),
    );
    true
}

/// What a copy does when LibreOffice has nothing to do.
pub(super) fn rest(timeout: i32) {
    let micros = timeout.clamp(0, LONGEST_REST);
    let time = Timespec {
        tv_sec: 0,
        tv_nsec: i64::from(micros) * 1000,
    };
    let _ = rustix::event::poll(&mut [], Some(&time));
}
