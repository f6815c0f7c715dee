//! Saving in a copy of this process, while this one goes on.
//!
//! The copy has the document as it was when it was made, and nothing else to do: it writes the file,
//! says through a pipe whether that worked, and ends.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::FileExt;

use rustix::event::Timespec;

use super::main_loop::{Kit, Phase, enter, folder_url};
use crate::lok::Document;
use crate::protocol::{Answer, Answered, Beside, Expected, NotBeside, bounds};
use crate::sandbox::{self, Forked};

/// What a copy says when it has written its file; otherwise, why not.
const WRITTEN: &[u8] = b"+";
/// LibreOffice waits for nothing in a copy: no input comes. In microseconds.
const LONGEST_REST: i32 = 10_000;
/// Threads that wait for a condition and hold nothing: LibreOffice's timers.
const RESTING: &[&str] = &["salhelper::Time"];
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
    // What other threads hold at this moment, nobody would ever let go in the copy. LibreOffice's own
    // `joinThreads` is no help: it also waits for a thread of the launcher, which a kit does not have.
    if background.threads() != Some(1) && !others_rest() {
        return Err(NotBeside::Threads);
    }
    fork(kit, document, id, beside)
}

/// Whether all other threads are known to hold nothing, and wait. Not where that cannot be read.
fn others_rest() -> bool {
    let main = std::process::id().to_string();
    let rests = |thread: std::io::Result<std::fs::DirEntry>| {
        let thread = thread.ok()?;
        if thread.file_name() == *main {
            return Some(());
        }
        // `number (name) state …`
        let stat = std::fs::read_to_string(thread.path().join("stat")).ok()?;
        let (name, state) = stat.split_once('(')?.1.rsplit_once(')')?;
        (RESTING.contains(&name) && state.trim_start().starts_with('S')).then_some(())
    };
    std::fs::read_dir("/proc/self/task")
        .is_ok_and(|mut threads| threads.all(|thread| rests(thread).is_some()))
}

fn fork(kit: &Kit, document: Document, id: u64, beside: &Beside) -> Result<(), NotBeside> {
    let parent = std::process::id();
    let (says, tells) = std::io::pipe().map_err(|_| NotBeside::Refused)?;
    rustix::io::ioctl_fionbio(&says, true).map_err(|_| NotBeside::Refused)?;
    match sandbox::copy_self().map_err(|_| NotBeside::Refused)? {
        Forked::Child => {
            kit.background.is_copy.set(true);
            drop(says);
            sandbox::be_copy(parent, beside.seconds, kit.socket.fd().as_raw_fd());
            save(kit, document, beside, tells)
        }
        Forked::Parent(_) => {
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
