//! One attempt to deliver a callback, and who is told of it.

use std::time::Duration;

use recto_docs_api::Callback;
use recto_token::{Opening, Verified};

use crate::CallbackError;

/// Bytes of an answer that are kept to be looked at.
pub const ANSWER_KEPT: usize = 2048;

/// How an attempt to deliver a callback ended.
///
/// The answer may hold anything that an application writes: it is for the administrator's eyes, after
/// what looks like a token is taken out, and never for a log.
#[derive(Debug)]
pub struct Delivered {
    /// Whether the integrator took it.
    pub result: Result<(), CallbackError>,
    /// HTTP status of the last answer, if one came.
    pub status: Option<u16>,
    /// The beginning of that answer's body, at most [`ANSWER_KEPT`] bytes.
    pub answer: Vec<u8>,
    /// Whether there was more of it.
    pub cut: bool,
    /// Requests that were made: one for each secret that was tried.
    pub requests: u32,
    /// From the first request to the end of the last answer.
    pub took: Duration,
}

/// Is told how every callback ended. Called on the task that delivers, so it must not block.
pub trait DeliveryObserver: Send + Sync {
    /// An attempt ended.
    fn delivered(&self, opening: &Verified<Opening>, callback: &Callback, delivered: &Delivered);
}

/// What came back for one request, as far as it is known when the request ends or fails.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub status: Option<u16>,
    pub answer: Vec<u8>,
    pub cut: bool,
}

impl Seen {
    /// Keeps the beginning of what arrives.
    pub fn keep(&mut self, chunk: &[u8]) {
        let room = ANSWER_KEPT.saturating_sub(self.answer.len());
        self.cut |= chunk.len() > room;
        self.answer
            .extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
}
