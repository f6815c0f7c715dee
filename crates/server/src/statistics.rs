//! How many people had documents open, hour by hour: what `/info/info.json` tells of the past.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

/// Seconds of a bucket.
const HOUR: i64 = 3600;
/// Hours that are kept: a month.
const KEPT: usize = 31 * 24;

/// Who is connected at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Participants who may edit.
    pub edit: u64,
    /// Participants who may only look.
    pub view: u64,
}

impl Sample {
    /// These and others.
    #[must_use]
    pub fn with(self, others: Self) -> Self {
        Self {
            edit: self.edit.saturating_add(others.edit),
            view: self.view.saturating_add(others.view),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Series {
    least: u64,
    most: u64,
    sum: u64,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    hour: i64,
    samples: u64,
    edit: Series,
    view: Series,
}

/// Samples of the last month, by the hour. In memory: they begin again with the server.
#[derive(Default)]
pub struct Statistics(Mutex<VecDeque<Bucket>>);

impl Series {
    fn of(value: u64) -> Self {
        Self {
            least: value,
            most: value,
            sum: value,
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
            sum: self.sum.saturating_add(other.sum),
        }
    }

    fn json(self, samples: u64) -> Value {
        json!({ "min": self.least, "avr": self.sum.div_ceil(samples.max(1)), "max": self.most })
    }
}

impl Bucket {
    fn with(self, other: Self) -> Self {
        Self {
            hour: self.hour,
            samples: self.samples + other.samples,
            edit: self.edit.with(other.edit),
            view: self.view.with(other.view),
        }
    }
}

impl Statistics {
    /// Writes down who is connected at a time, in Unix seconds.
    pub fn add(&self, now: i64, sample: Sample) {
        let bucket = Bucket {
            hour: now.div_euclid(HOUR),
            samples: 1,
            edit: Series::of(sample.edit),
            view: Series::of(sample.view),
        };
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match buckets.back_mut() {
            Some(last) if last.hour == bucket.hour => *last = last.with(bucket),
            _ => buckets.push_back(bucket),
        }
        while buckets.len() > KEPT {
            buckets.pop_front();
        }
    }

    /// Least, average and most of the last hour, day, week and month, in the members that
    /// administrators' tools for ONLYOFFICE read. A period without a sample has zeroes.
    pub fn json(&self, now: i64) -> Value {
        let buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hour = now.div_euclid(HOUR);
        let period = |hours: i64| {
            let all = buckets.iter().filter(|b| b.hour > hour - hours).copied();
            let zero = Series::of(0);
            let (samples, edit, view) = all
                .reduce(Bucket::with)
                .map_or((1, zero, zero), |b| (b.samples, b.edit, b.view));
            json!({ "edit": edit.json(samples), "view": view.json(samples) })
        };
        json!({
            "hour": period(1), "day": period(24), "week": period(7 * 24), "month": period(31 * 24),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(edit: u64, view: u64) -> Sample {
        Sample { edit, view }
    }

    #[test]
    fn periods_have_least_average_and_most() {
        let statistics = Statistics::default();
        let now = 1_000 * HOUR + 1_800;
        statistics.add(now - 30 * HOUR, sample(9, 0));
        statistics.add(now - 2 * HOUR, sample(4, 1));
        statistics.add(now - 60, sample(1, 0));
        statistics.add(now, sample(2, 3));
        let json = statistics.json(now);
        assert_eq!(
            json["hour"]["edit"],
            json!({ "min": 1, "avr": 2, "max": 2 })
        );
        assert_eq!(json["day"]["edit"], json!({ "min": 1, "avr": 3, "max": 4 }));
        assert_eq!(json["day"]["view"], json!({ "min": 0, "avr": 2, "max": 3 }));
        assert_eq!(json["week"]["edit"]["max"], 9);
        assert_eq!(json["month"]["edit"]["max"], 9);
    }

    #[test]
    fn without_samples_there_are_zeroes_and_old_hours_go() {
        let statistics = Statistics::default();
        let zero = json!({ "min": 0, "avr": 0, "max": 0 });
        assert_eq!(statistics.json(0)["month"]["view"], zero);
        for hour in 0..i64::try_from(KEPT).unwrap() + 50 {
            statistics.add(hour * HOUR, sample(1, 1));
        }
        assert_eq!(statistics.0.lock().unwrap().len(), KEPT);
    }
}
