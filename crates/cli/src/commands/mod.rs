//! One command a file.

pub mod check;
pub mod conformance;
pub mod convert;
pub mod deaths;
pub mod demo;
pub mod portal;
pub mod serve;
pub mod token;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// Completes when the process is asked to stop. It listens from the call on, not only from when it is
/// awaited: those who are told that the server is there may stop it at once.
pub fn asked_to_stop() -> impl Future<Output = ()> + Send + 'static {
    let (mut interrupt, mut terminate) = (
        heard(SignalKind::interrupt()),
        heard(SignalKind::terminate()),
    );
    async move { next_of(&mut interrupt, &mut terminate).await }
}

/// Two futures: one completes when the process is asked to stop, the other when it is asked again.
pub fn asked_to_stop_twice() -> (
    impl Future<Output = ()> + Send + 'static,
    impl Future<Output = ()> + Send + 'static,
) {
    let (mut interrupt, mut terminate) = (
        heard(SignalKind::interrupt()),
        heard(SignalKind::terminate()),
    );
    let (first, asked) = oneshot::channel();
    let again = async move {
        next_of(&mut interrupt, &mut terminate).await;
        // The one who waited may have ended meanwhile.
        let _ = first.send(());
        next_of(&mut interrupt, &mut terminate).await;
    };
    let asked = async move {
        // A closed channel means that the process ends anyhow.
        let _ = asked.await;
    };
    (asked, again)
}

async fn next_of(interrupt: &mut Option<Signal>, terminate: &mut Option<Signal>) {
    tokio::select! {
        () = next(interrupt) => {}
        () = next(terminate) => {}
    }
}

/// Lets the process have as many files open as the system permits: each connection is one, and what a
/// service may have by default is not enough for a few hundred.
pub fn may_open_many_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, now = limit.current, "the number of open files can't be raised");
    }
}

fn heard(kind: SignalKind) -> Option<Signal> {
    signal(kind)
        .inspect_err(|error| {
            // Without it, the process goes on until it is killed, which loses nothing stored.
            tracing::warn!(%error, "a signal that stops this process in an orderly way is not heard");
        })
        .ok()
}

async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
