//! How long after a change a snapshot is stored: soon where that costs little.

use std::time::Duration;

use recto_engine::Snapshot;

/// The interval of a document whose snapshots cost next to nothing.
pub(crate) const SHORTEST: Duration = Duration::from_secs(1);
/// The interval of a document whose snapshots are expensive, and the wait after one that failed.
pub(crate) const LONGEST: Duration = Duration::from_secs(5);
/// In the background a snapshot may take this part of the interval, in percent: of a processor and of the
/// disk's time, which others need too.
const SHARE: u32 = 30;
/// When the engine process writes it and nobody's key is answered meanwhile.
const SHARE_OF_KEYS: u32 = 5;

/// What the last snapshot of a document took, until the journal had it, and how it was written. A disk
/// that is busy makes it longer, and the intervals with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    pub took: Duration,
    pub how: Snapshot,
}

/// The time from a change to its snapshot. The first of all is stored soon, whatever it will cost.
pub(crate) fn interval(last: Option<Cost>) -> Duration {
    let Some(Cost { took, how }) = last else {
        return SHORTEST;
    };
    let share = match how {
        Snapshot::Background => SHARE,
        Snapshot::Foreground(_) => SHARE_OF_KEYS,
    };
    (took.saturating_mul(100) / share).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use recto_engine::Foreground;

    use super::*;

    fn after(millis: u64, how: Snapshot) -> u128 {
        let took = Duration::from_millis(millis);
        interval(Some(Cost { took, how })).as_millis()
    }

    #[test]
    fn the_interval_follows_from_the_cost() {
        assert_eq!(interval(None), SHORTEST);
        let background = |millis| after(millis, Snapshot::Background);
        assert_eq!([0, 30, 300].map(background), [1000; 3]);
        assert_eq!([450, 600, 1500].map(background), [1500, 2000, 5000]);
        assert_eq!(background(60_000), 5000);
        // Where keys wait, a snapshot has to be cheaper for the same interval.
        let foreground = |millis| after(millis, Snapshot::Foreground(Foreground::NotPermitted));
        assert_eq!(
            [0, 50, 100, 250, 10_000].map(foreground),
            [1000, 1000, 2000, 5000, 5000]
        );
    }

    proptest! {
        #[test]
        fn it_has_bounds_and_grows_with_the_cost(one: u64, more: u64, background: bool) {
            let how = if background {
                Snapshot::Background
            } else {
                Snapshot::Foreground(Foreground::Died)
            };
            let of = |millis: u64| {
                let took = Duration::from_millis(millis);
                interval(Some(Cost { took, how }))
            };
            let (less, more) = (one.min(more), one.max(more));
            prop_assert!(of(less) <= of(more));
            prop_assert!((SHORTEST..=LONGEST).contains(&of(more)));
        }
    }
}
