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

    /// Takes as much, if there is.
    pub(crate) fn spend(&mut self, much: usize, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.seen).as_secs_f64();
        self.seen = now;
        self.left = (self.left + passed * self.each_second).min(self.each_second * BURST);
        // Sizes of frames are far below what a float holds exactly.
        let much = u32::try_from(much).map_or(f64::INFINITY, f64::from);
        let enough = much <= self.left;
        if enough {
            self.left -= much;
        }
        enough
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
