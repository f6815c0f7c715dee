//! One job, and everybody who waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use recto_docs_api::Note;
use recto_store::BlobId;
use tokio::sync::watch;

use crate::ConversionError;

/// A result, and what people should know of it.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) blob: BlobId,
    pub(crate) notes: Vec<Note>,
}

/// How far a job has come.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// It waits for its turn, or its file is being fetched.
    Waiting,
    /// The engine has it.
    Converting,
    Done(Result<Made, ConversionError>),
}

impl State {
    /// Of 100; less than that until it is done.
    pub(crate) fn percent(&self) -> u8 {
        match self {
            Self::Waiting => 0,
            Self::Converting => 50,
            Self::Done(_) => 100,
        }
    }
}

/// A job that is under way, or whose result is kept for a client that comes back.
pub(crate) struct Job {
    pub(crate) state: watch::Sender<State>,
    /// How many wait for it.
    waiting: watch::Sender<usize>,
    kept: AtomicBool,
}

impl Job {
    pub(crate) fn new() -> Self {
        Self {
            state: watch::Sender::new(State::Waiting),
            waiting: watch::Sender::new(0),
            kept: AtomicBool::new(false),
        }
    }

    /// Counts one more who waits, for as long as the value lives.
    pub(crate) fn wait(self: &Arc<Self>) -> Waiter {
        self.waiting.send_modify(|count| *count += 1);
        Waiter(self.clone())
    }

    /// Keeps it for a client that does not wait, but comes back.
    pub(crate) fn keep(&self) {
        self.kept.store(true, Ordering::Release);
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Acquire)
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        !self.is_kept() && *self.waiting.borrow() == 0
    }

    /// Completes when nobody waits any more; somebody may come meanwhile.
    pub(crate) async fn abandoned(&self) {
        // The sender is in `self`, so it is not closed.
        let mut waiting = self.waiting.subscribe();
        let _ = waiting
            .wait_for(|count| *count == 0 && !self.is_kept())
            .await;
    }
}

/// Somebody who waits for a job.
pub(crate) struct Waiter(Arc<Job>);

impl Waiter {
    /// The job's result.
    pub(crate) async fn result(&self) -> Result<Made, ConversionError> {
        let mut state = self.0.state.subscribe();
        match state
            .wait_for(|state| matches!(state, State::Done(_)))
            .await
        {
            Ok(done) => match &*done {
                State::Done(result) => result.clone(),
                _ => Err(ConversionError::stopped()),
            },
            Err(_) => Err(ConversionError::stopped()),
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0
            .waiting
            .send_modify(|count| *count = count.saturating_sub(1));
    }
}
