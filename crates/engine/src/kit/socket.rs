//! The kit's end of the socket: frames in without waiting, frames out whole.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};

use super::queue::{Moment, Queue, Turn};
use crate::protocol::{Answer, Answered, Frame, Ready, Report, Sort, bounds};

/// Bytes taken from the socket at once.
const CHUNK: usize = 1 << 16;

pub(super) struct Socket {
    /// As a file: the sandbox knows `read` and `write`, but no calls for sockets.
    stream: File,
    buffer: RefCell<Vec<u8>>,
    requests: RefCell<Queue>,
    closed: Cell<bool>,
}

impl Socket {
    pub(super) fn new(socket: OwnedFd) -> std::io::Result<Self> {
        rustix::io::ioctl_fionbio(&socket, true)?;
        let stream = File::from(socket);
        Ok(Self {
            stream,
            buffer: RefCell::default(),
            requests: RefCell::default(),
            closed: Cell::new(false),
        })
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    pub(super) fn closed(&self) -> bool {
        self.closed.get()
    }

    /// What is to be done next.
    pub(super) fn next(&self, moment: Moment<'_>) -> Option<Turn> {
        self.requests.borrow_mut().next(moment)
    }

    pub(super) fn idle(&self) -> bool {
        self.requests.borrow().is_empty()
    }

    /// Takes all that has arrived.
    pub(super) fn receive(&self) {
        let mut buffer = self.buffer.borrow_mut();
        loop {
            let filled = buffer.len();
            buffer.resize(filled + CHUNK, 0);
            match (&self.stream).read(&mut buffer[filled..]) {
                Ok(0) => {
                    buffer.truncate(filled);
                    self.closed.set(true);
                    break;
                }
                Ok(got) => {
                    buffer.truncate(filled + got);
                    if got < CHUNK {
                        break;
                    }
                }
                Err(error) => {
                    buffer.truncate(filled);
                    match error.kind() {
                        std::io::ErrorKind::WouldBlock => break,
                        std::io::ErrorKind::Interrupted => {}
                        _ => {
                            self.closed.set(true);
                            break;
                        }
                    }
                }
            }
        }
        let now = Instant::now();
        let mut taken = 0;
        while let Some((frame, end)) = next_frame(&buffer, taken) {
            taken = end;
            match serde_json::from_slice(frame) {
                Ok(request) => self.requests.borrow_mut().push(request, now),
                // The server speaks the same version; a frame that is none ends the kit.
                Err(_) => self.closed.set(true),
            }
        }
        buffer.drain(..taken);
    }

    /// Says that this kit is there, or why it is not.
    pub(super) fn start(&self, start: &Result<Ready, String>) {
        self.send(Sort::Start, start);
    }

    /// Answers a request with a frame of at most so many bytes.
    pub(super) fn answer(&self, mut answered: Answered, longest: usize) {
        if let Err(message) = &mut answered.answer {
            bounds::cut(message, bounds::MESSAGE);
        }
        let too_long = |answered: &Answered| {
            serde_json::to_vec(answered).map_or(true, |body| body.len() > longest)
        };
        // Of a long selection the plain text may still fit.
        if too_long(&answered)
            && let Ok(Answer::Selection { html, .. } | Answer::Cut { html, .. }) =
                &mut answered.answer
        {
            *html = None;
        }
        if too_long(&answered) {
            match &mut answered.answer {
                // It is done, whatever is said of it.
                Ok(Answer::Cut { text, .. }) => *text = None,
                answer => *answer = Err("the answer is too long".into()),
            }
        }
        self.send(Sort::Answer, &answered);
    }

    /// Says which long request is begun.
    pub(super) fn begin(&self, id: u64) {
        self.send(Sort::Begun, &id);
    }

    /// Says that this kit is alive, though it does not answer.
    pub(super) fn beat(&self) {
        self.send::<[Report; 0]>(Sort::Report, &[]);
    }

    /// Tells what was reported, in as many frames as it takes.
    pub(super) fn report(&self, reports: &[Report]) {
        let mut body = Vec::new();
        let mut count = 0;
        let end = |body: &mut Vec<u8>, count: &mut usize| {
            if *count > 0 {
                body.push(b']');
                self.write(&Frame::around(Sort::Report, body));
            }
            body.clear();
            *count = 0;
        };
        for report in reports {
            let Ok(report) = serde_json::to_vec(report) else {
                continue;
            };
            // Each needs a comma or a bracket, and the last one a bracket.
            if report.len() + 2 > bounds::REPORT_FRAME {
                continue;
            }
            if count == bounds::REPORTS || body.len() + report.len() + 2 > bounds::REPORT_FRAME {
                end(&mut body, &mut count);
            }
            body.push(if count == 0 { b'[' } else { b',' });
            body.extend(report);
            count += 1;
        }
        end(&mut body, &mut count);
    }

    fn send<T: serde::Serialize>(&self, sort: Sort, body: &T) {
        if let Ok(body) = serde_json::to_vec(body) {
            self.write(&Frame::around(sort, &body));
        }
    }

    /// Writes all of it. When the server is gone, so is this kit's purpose: the next read says so.
    fn write(&self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            match (&self.stream).write(rest) {
                Ok(sent) => rest = &rest[sent..],
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    let mut ready = [PollFd::new(&self.stream, PollFlags::OUT)];
                    let _ = rustix::event::poll(&mut ready, None);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.closed.set(true);
                    return;
                }
            }
        }
    }
}

/// The frame that begins at `from`, and where the next one begins.
fn next_frame(buffer: &[u8], from: usize) -> Option<(&[u8], usize)> {
    let (head, rest) = buffer.get(from..)?.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*head) as usize;
    Some((rest.get(..length)?, from + 4 + length))
}
