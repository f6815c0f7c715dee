//! Killing a kit by its descriptor, which never means another process.

use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::Signal;

/// A killed process ends as soon as it is scheduled; this is for machines that are very busy.
const LAST_BREATH: Timespec = Timespec {
    tv_sec: 2,
    tv_nsec: 0,
};

/// The outermost process of a kit. It is killed when this is dropped.
pub(crate) struct KitProcess {
    process: OwnedFd,
    pid: u32,
}

impl KitProcess {
    pub(crate) fn new(process: OwnedFd, pid: u32) -> Self {
        Self { process, pid }
    }

    /// Its number, for looking at it.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    pub(crate) fn kill(&self) {
        // An error says that it has ended already.
        let _ = rustix::process::pidfd_send_signal(&self.process, Signal::KILL);
    }
}

impl Drop for KitProcess {
    fn drop(&mut self) {
        self.kill();
        let mut ended = [PollFd::new(&self.process, PollFlags::IN)];
        let _ = rustix::event::poll(&mut ended, Some(&LAST_BREATH));
    }
}
