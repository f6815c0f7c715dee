//! What every test needs: the real server in a process of its own, an integrator, and browsers.

mod browser;
mod integrator;
mod server;
mod services;

pub use browser::Browser;
pub use integrator::{Answer, Called, Integrator, signed, signed_by};
pub use server::{Server, Setup, kill, run_to_end};
pub use services::{body, command, get, get_at, post, post_at, sign};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The secret that servers and integrators of these tests share.
pub const SECRET: &str = "wire-tests-secret-0123456789abcdef";

/// Longer than anything takes on a busy machine: no test measures time by it.
pub const LONGEST: Duration = Duration::from_secs(45);

/// A document key that no other test has.
pub fn new_key(test: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!(
        "{test}-{}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// Unix seconds now.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}
