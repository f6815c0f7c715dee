//! One command a file.

pub mod demo;
pub mod portal;
pub mod serve;

/// Completes when the process is asked to stop.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "only Ctrl+C stops this process in an orderly way");
            // Without either, the process goes on until it is killed, which loses nothing stored.
            let _ = interrupt.await;
        }
    }
}
