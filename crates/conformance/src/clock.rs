//! What time it is at the server.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::Response;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Where in a second to ask when a second decides: late enough to be sure that it has begun.
const INTO_SECOND: Duration = Duration::from_millis(200);
/// A larger difference of the clocks is worth a note.
const WORTH_A_NOTE: u64 = 2;

/// The server's clock, as far as its answers tell.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    /// Milliseconds by which the server is ahead of this machine.
    ahead: i64,
}

impl Clock {
    /// Learns it from an answer that is the first one with a new second in its `Date`.
    pub fn of_new_second(date: i64) -> Self {
        Self {
            ahead: date.saturating_mul(1000).saturating_sub(machine_millis()),
        }
    }

    fn millis(self) -> i64 {
        machine_millis().saturating_add(self.ahead)
    }

    /// Unix seconds at the server.
    pub fn now(self) -> i64 {
        self.millis().div_euclid(1000)
    }

    /// Waits until a second has just begun at the server.
    pub async fn early_in_a_second(self) {
        let into = u64::try_from(self.millis().rem_euclid(1000)).unwrap_or_default();
        let into = Duration::from_millis(into);
        let wait = match INTO_SECOND.checked_sub(into) {
            Some(wait) => wait,
            None => (Duration::from_secs(1) + INTO_SECOND).saturating_sub(into),
        };
        tokio::time::sleep(wait).await;
    }

    /// A sentence about clocks that differ.
    pub fn note(self) -> Option<String> {
        let seconds = (self.ahead.unsigned_abs() + 500) / 1000;
        if seconds <= WORTH_A_NOTE {
            return None;
        }
        let direction = if self.ahead > 0 { "ahead of" } else { "behind" };
        Some(format!(
            "The server's clock is {seconds} s {direction} this machine's, so tokens are dated by the server's. Set both by NTP: tokens of an application may be refused otherwise."
        ))
    }
}

/// The `Date` of an answer, in Unix seconds.
pub(crate) fn date(answer: &Response) -> Option<i64> {
    let date = answer.headers().get(reqwest::header::DATE)?.to_str().ok()?;
    let date = OffsetDateTime::parse(date, &Rfc2822).ok()?;
    Some(date.unix_timestamp())
}

fn machine_millis() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ahead(milliseconds: i64) -> Clock {
        Clock {
            ahead: milliseconds,
        }
    }

    #[test]
    fn two_seconds_are_no_note() {
        assert_eq!(ahead(2_400).note(), None);
        assert_eq!(ahead(-2_400).note(), None);
        insta::assert_snapshot!(ahead(90_000).note().unwrap(), @"The server's clock is 90 s ahead of this machine's, so tokens are dated by the server's. Set both by NTP: tokens of an application may be refused otherwise.");
        insta::assert_snapshot!(ahead(-3_000).note().unwrap(), @"The server's clock is 3 s behind this machine's, so tokens are dated by the server's. Set both by NTP: tokens of an application may be refused otherwise.");
    }

    #[test]
    fn dates_of_http_are_read() {
        let answer = axum::http::Response::builder()
            .header("date", "Tue, 14 Nov 2023 22:13:20 GMT")
            .body("")
            .unwrap();
        assert_eq!(date(&answer.into()), Some(1_700_000_000));
    }

    #[tokio::test]
    async fn a_second_has_just_begun() {
        let clock = ahead(12_345);
        clock.early_in_a_second().await;
        let before = clock.now();
        // It was waited for, so this second is not over after another tenth.
        assert!(clock.millis().rem_euclid(1000) >= 200 || clock.now() > before);
    }
}
