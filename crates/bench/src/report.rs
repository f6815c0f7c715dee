//! What was measured, as a table.

use std::fmt;
use std::time::Duration;

/// Times of one kind.
#[derive(Default)]
pub struct Figures(Vec<Duration>);

impl Figures {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The one in the middle.
    pub fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// The longest.
    pub fn longest(&self) -> Duration {
        self.percentile(100)
    }

    fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(index).copied().unwrap_or_default()
    }
}

/// The table.
#[derive(Default)]
pub struct Report(Vec<[String; 6]>);

impl Report {
    /// A line of many times.
    pub fn times(
        &mut self,
        what: &str,
        figures: &Figures,
        beside: &str,
        theirs: Option<Duration>,
        aim: Option<Duration>,
    ) {
        let (p50, p99) = (figures.percentile(50), figures.percentile(99));
        self.0.push([
            what.into(),
            ms(p50),
            ms(p99),
            aim.map(ms).unwrap_or_default(),
            theirs
                .map(|t| format!("{} ({beside})", ms(t)))
                .unwrap_or_default(),
            theirs
                .map(|t| ratio(p50.as_secs_f64(), t.as_secs_f64()))
                .unwrap_or_default(),
        ]);
    }

    /// A line of one time.
    pub fn single(&mut self, what: &str, time: Duration, beside: &str, theirs: Option<Duration>) {
        self.times(what, &Figures(vec![time]), beside, theirs, None);
    }

    /// A line of a rate, in thousands a second; the aim is a ratio to theirs.
    pub fn rate(
        &mut self,
        what: &str,
        own: f64,
        beside: &str,
        theirs: Option<f64>,
        aim: Option<f64>,
    ) {
        let thousands = |rate: f64| format!("{:.1} k/s", rate / 1e3);
        self.0.push([
            what.into(),
            thousands(own),
            String::new(),
            aim.map(|aim| format!("{aim:.0}x")).unwrap_or_default(),
            theirs
                .map(|theirs| format!("{} ({beside})", thousands(theirs)))
                .unwrap_or_default(),
            theirs.map(|theirs| ratio(own, theirs)).unwrap_or_default(),
        ]);
    }

    /// A line of one size in kB.
    pub fn size(
        &mut self,
        what: &str,
        kb: u32,
        beside: &str,
        theirs: Option<u32>,
        aim: Option<u32>,
    ) {
        self.0.push([
            what.into(),
            mb(kb),
            String::new(),
            aim.map(mb).unwrap_or_default(),
            theirs
                .map(|t| format!("{} ({beside})", mb(t)))
                .unwrap_or_default(),
            theirs
                .map(|t| ratio(f64::from(kb), f64::from(t)))
                .unwrap_or_default(),
        ]);
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn mb(kb: u32) -> String {
    format!("{:.1} MB", f64::from(kb) / 1e3)
}

fn ratio(own: f64, theirs: f64) -> String {
    if theirs > 0.0 {
        format!("{:.2}", own / theirs)
    } else {
        String::new()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["what", "p50", "p99", "aim", "beside", "ratio"].map(str::to_owned);
        let width = |column: usize| {
            self.0
                .iter()
                .chain([&head])
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: [usize; 6] = std::array::from_fn(width);
        for row in [&head].into_iter().chain(&self.0) {
            let cells: Vec<_> = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}
