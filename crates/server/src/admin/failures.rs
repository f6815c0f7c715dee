//! Guessing a password takes its time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use super::{Duration, Instant};
use crate::client::network;

/// Wrong passwords of one client within [`PERIOD`].
pub(super) const MOST: u32 = 10;
pub(super) const PERIOD: Duration = Duration::from_secs(60);
/// Clients that are remembered; beyond them, a new one has to wait.
const CLIENTS: usize = 4096;

/// Wrong passwords, by client.
#[derive(Default)]
pub(super) struct Failures(Mutex<HashMap<Option<IpAddr>, Window>>);

struct Window {
    begun: Instant,
    failed: u32,
}

impl Failures {
    /// Whether the check succeeds; or how long to wait until the next one may be made at all. All
    /// checks take turns, so that many at once count like many in a row.
    pub(super) fn attempt(
        &self,
        client: Option<IpAddr>,
        now: Instant,
        check: impl FnOnce() -> bool,
    ) -> Result<bool, Duration> {
        let client = client.map(network);
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |window: &Window| now.duration_since(window.begun) >= PERIOD;
        if let Some(window) = windows.get(&client) {
            if over(window) {
                windows.remove(&client);
            } else if window.failed >= MOST {
                return Err(PERIOD.saturating_sub(now.duration_since(window.begun)));
            }
        } else if windows.len() >= CLIENTS {
            windows.retain(|_, window| !over(window));
            if windows.len() >= CLIENTS {
                return Err(PERIOD);
            }
        }
        let right = check();
        if !right {
            let window = windows.entry(client).or_insert(Window {
                begun: now,
                failed: 0,
            });
            window.failed += 1;
        }
        Ok(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn after_some_failures_not_even_the_right_one_is_tried() {
        let (failures, start) = (Failures::default(), Instant::now());
        let peer = client("192.0.2.1");
        for _ in 0..MOST {
            assert_eq!(failures.attempt(Some(peer), start, || false), Ok(false));
        }
        let third = PERIOD / 3;
        let later = start + third;
        let wait = failures.attempt(Some(peer), later, || panic!("it was tried"));
        assert_eq!(wait, Err(third * 2));
        // Others may try, and this one may when the minute is over.
        let other = client("192.0.2.2");
        assert_eq!(failures.attempt(Some(other), later, || true), Ok(true));
        assert_eq!(
            failures.attempt(Some(peer), start + PERIOD, || true),
            Ok(true)
        );
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let (failures, now) = (Failures::default(), Instant::now());
        for host in 0..MOST {
            let peer = client(&format!("2001:db8::{host:x}"));
            assert_eq!(failures.attempt(Some(peer), now, || false), Ok(false));
        }
        assert!(
            failures
                .attempt(Some(client("2001:db8::ffff")), now, || true)
                .is_err()
        );
        assert!(
            failures
                .attempt(Some(client("2001:db8:1::1")), now, || true)
                .is_ok()
        );
    }

    #[test]
    fn success_uses_nothing_up() {
        let (failures, now) = (Failures::default(), Instant::now());
        for _ in 0..10 * MOST {
            assert_eq!(failures.attempt(None, now, || true), Ok(true));
        }
    }

    #[test]
    fn the_memory_of_clients_has_an_end() {
        let (failures, now) = (Failures::default(), Instant::now());
        for number in 0..u32::try_from(CLIENTS).unwrap() {
            let peer = IpAddr::from(number.to_be_bytes());
            assert_eq!(failures.attempt(Some(peer), now, || false), Ok(false));
        }
        let new = client("203.0.113.1");
        assert!(failures.attempt(Some(new), now, || true).is_err());
        assert_eq!(failures.attempt(Some(new), now + PERIOD, || true), Ok(true));
    }
}
