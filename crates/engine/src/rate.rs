//! How much may come in a time.

use std::time::Instant;

/// How many seconds' worth may come at once.
const BURST: f64 = 4.0;

/// A store that fills evenly and is emptied by what comes.
#[derive(Debug)]
pub(crate) struct Rate {
    each_second: f64,
    left: f64,
    seen: Instant,
}

impl Rate {
    /// So much in each second, in any unit.
    pub(crate) fn new(each_second: u32, now: Instant) -> Self {
        let each_second = f64::from(each_second);
        Self {
            each_second,
            left: each_second * BURST,
            seen: now,
        }
    }

    /// From now on so much in each second.
    pub(crate) fn set(&mut self, each_second: u32) {
        let each_second = f64::from(each_second);
        // What is there grows and shrinks with it.
        self.left += (each_second - self.each_second) * BURST;
        self.left = self.left.clamp(0.0, each_second * BURST);
        self.each_second = each_second;
    }

    /// How much may come at once.
    pub(crate) fn most(&self) -> usize {
        // It was a whole number of 32 bits, times four.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "see above"
        )]
        let most = (self.each_second * BURST) as u64;
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    /// Takes as much, if there is.
    pub(crate) fn spend(&mut self, much: usize, now: Instant) -> bool {
        let enough = self.holds(much, now);
        if enough {
            self.left -= amount(much);
        }
        enough
    }

    /// Whether there is as much.
    pub(crate) fn holds(&mut self, much: usize, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.seen).as_secs_f64();
        self.seen = self.seen.max(now);
        self.left = (self.left + passed * self.each_second).min(self.each_second * BURST);
        amount(much) <= self.left
    }
}

/// Sizes of frames are far below what a float holds exactly.
fn amount(much: usize) -> f64 {
    u32::try_from(much).map_or(f64::INFINITY, f64::from)
}

/// How much a kit may report in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    pub reports: u32,
    pub bytes: u32,
}

impl Pace {
    /// What each view adds: it is told of all the others.
    const REPORTS: u32 = 200;
    const BYTES: u32 = 64 << 10;

    /// What a kit with so many views may report, if one without any may report so much.
    pub(crate) fn of(reports: u32, bytes: u32, views: usize) -> Self {
        let views = u32::try_from(views).unwrap_or(u32::MAX);
        Self {
            reports: reports.saturating_add(views.saturating_mul(Self::REPORTS)),
            bytes: bytes.saturating_add(views.saturating_mul(Self::BYTES)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_taken_and_a_flood_is_not() {
        let start = Instant::now();
        let mut rate = Rate::new(100, start);
        assert!(rate.spend(400, start));
        assert!(!rate.spend(1, start));
        let later = start + Duration::from_secs(1);
        assert!(rate.spend(100, later));
        assert!(!rate.spend(1, later));
        let much_later = start + Duration::from_secs(1000);
        assert!(!rate.spend(401, much_later));
        assert!(rate.spend(400, much_later));
    }
}
