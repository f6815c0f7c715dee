//! What one participant may have under way. Beyond it the server does not read their socket: what
//! a browser sends faster than the engine works waits at the browser.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::Limits;

/// The credit of one participant, whatever connection they come over.
#[derive(Debug)]
pub(crate) struct Credit {
    inputs: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    most_bytes: u32,
}

/// The part of a credit that one input takes until the engine has carried it out.
#[derive(Debug)]
pub(crate) struct Share {
    _input: OwnedSemaphorePermit,
    _bytes: OwnedSemaphorePermit,
    /// Of what the server has for large messages.
    _large: Option<OwnedSemaphorePermit>,
}

impl Share {
    /// With room for a large message, which is needed as long.
    pub fn with(self, large: Option<OwnedSemaphorePermit>) -> Self {
        Self {
            _large: large,
            ..self
        }
    }
}

impl Credit {
    pub fn new(limits: &Limits) -> Self {
        let most_bytes = limits.bytes_under_way;
        Self {
            inputs: Arc::new(Semaphore::new(limits.inputs_under_way as usize)),
            bytes: Arc::new(Semaphore::new(most_bytes as usize)),
            most_bytes,
        }
    }

    /// Waits until an input of this size may be under way. One that is larger than all the credit goes
    /// alone.
    pub async fn take(&self, bytes: usize) -> Option<Share> {
        let bytes =
            u32::try_from(bytes).map_or(self.most_bytes, |bytes| bytes.min(self.most_bytes));
        // Neither is ever closed.
        let input = self.inputs.clone().acquire_owned().await.ok()?;
        let all = self.bytes.clone().acquire_many_owned(bytes).await.ok()?;
        Some(Share {
            _input: input,
            _bytes: all,
            _large: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn credit() -> Credit {
        Credit::new(&Limits {
            inputs_under_way: 2,
            bytes_under_way: 100,
            ..Limits::default()
        })
    }

    #[test]
    fn l3_what_is_beyond_the_credit_waits_until_something_was_carried_out() {
        let credit = credit();
        let take = |bytes| credit.take(bytes).now_or_never().flatten();
        let first = take(1).unwrap();
        let _second = take(1).unwrap();
        assert!(take(1).is_none(), "two are under way");
        drop(first);
        assert!(take(99).is_some());
        assert!(take(100).is_none(), "a byte is missing");
    }

    #[test]
    fn an_input_larger_than_the_credit_goes_alone() {
        let credit = credit();
        let take = |bytes| credit.take(bytes).now_or_never().flatten();
        let large = take(usize::MAX).unwrap();
        assert!(take(1).is_none());
        drop(large);
        assert!(take(1).is_some());
    }
}
