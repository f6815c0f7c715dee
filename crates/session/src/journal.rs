//! What a session has to do with the store's journal: beside its task, one after the other.

use futures::future::BoxFuture;
use recto_store::StoreError;
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument;

/// More than a session ever has to write at a time.
const QUEUE: usize = 1024;

/// The line in which a session's writes wait for the disk. What was put into it is done even if the
/// session ends meanwhile.
#[derive(Clone)]
pub(crate) struct Journal {
    line: mpsc::Sender<BoxFuture<'static, ()>>,
}

impl Journal {
    pub fn new() -> Self {
        let (line, mut work) = mpsc::channel::<BoxFuture<'static, ()>>(QUEUE);
        let writer = async move {
            while let Some(next) = work.recv().await {
                next.await;
            }
        };
        tokio::spawn(writer.in_current_span());
        Self { line }
    }

    /// Puts work at the end of the line, now and not only when the result is awaited.
    pub fn then<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + 'static {
        let (done, result) = oneshot::channel();
        let queued = self.line.try_send(Box::pin(async move {
            // The one who wanted to know may have gone.
            let _ = done.send(work.await);
        }));
        async move {
            queued.map_err(|error| StoreError::Files {
                doing: "waiting for the journal".into(),
                source: error.to_string().into(),
            })?;
            result.await.unwrap_or_else(|error| {
                Err(StoreError::Files {
                    doing: "waiting for the journal".into(),
                    source: Box::new(error),
                })
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_written_is_written_in_order_whoever_waits_for_it() {
        let journal = Journal::new();
        let written = Arc::new(Mutex::new(Vec::new()));
        let (open, gate) = oneshot::channel::<()>();
        let first = journal.then(async move {
            let _ = gate.await;
            Ok(())
        });
        let mut waits = Vec::new();
        for number in 0..10 {
            let written = written.clone();
            waits.push(journal.then(async move {
                written.lock().unwrap().push(number);
                Ok(number)
            }));
        }
        // The last is awaited first, some not at all, and the journal's owner has gone.
        let last = waits.pop().unwrap();
        drop(waits);
        drop(journal);
        assert!(written.lock().unwrap().is_empty());
        open.send(()).unwrap();
        assert_eq!(last.await.unwrap(), 9);
        first.await.unwrap();
        assert_eq!(*written.lock().unwrap(), (0..10).collect::<Vec<_>>());
    }
}
