//! What LibreOffice has reported and the server was not told yet.
//!
//! The server kills a kit that reports too much, and participants choose how much that is: with n views,
//! each move of a caret is reported n times. So of what says how things are, only the last is kept until
//! it is told, and no more is told in a second than half of what the server takes of a view's own and a
//! quarter of what others see of it. The rest waits.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use serde::Deserialize;

use crate::event::callback as c;
use crate::protocol::{Report, bounds};
use crate::rate::{Pace, Rate};

/// Reports that each say something of their own are kept up to this many.
const MOST: usize = 16 << 10;
/// Invalidations are kept up to this many; more are one of everything.
const INVALIDATIONS: usize = 256;
const ALL_STALE: &str = "EMPTY";
/// What a report takes on its way beside its payload, in bytes.
const USUAL: usize = 64;

/// Of reports with the same key, a later one replaces an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// A view, a kind, and the view that the report tells of or the name of the state.
    Callback(i32, i32, Option<i32>, Option<String>),
    Field(i32),
    Fields(i32),
    Size,
}

/// Whom a report tells of.
#[derive(Deserialize)]
struct Of {
    #[serde(rename = "viewId")]
    view: Option<Number>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(i32),
    Text(String),
}

impl Key {
    fn of(report: &Report) -> Option<Self> {
        let (view, kind, payload) = match report {
            Report::Callback {
                view,
                kind,
                payload,
            } => (*view, *kind, payload),
            Report::Field { view, .. } => return Some(Self::Field(*view)),
            Report::Fields { view, .. } => return Some(Self::Fields(*view)),
            Report::Size(_) => return Some(Self::Size),
            Report::Invalidated { .. } | Report::Dialog { .. } => return None,
        };
        let (mut of, mut name) = (None, None);
        match kind {
            c::HYPERLINK_CLICKED | c::UNO_COMMAND_RESULT | c::SEARCH_NOT_FOUND => return None,
            c::STATE_CHANGED => name = Some(payload.split('=').next()?.to_owned()),
            // LibreOffice also reports the caret of other views as if it were this one's.
            c::INVALIDATE_VISIBLE_CURSOR => of = peer(payload),
            _ if is_of_peers(kind) => of = Some(peer(payload)?),
            _ => {}
        }
        Some(Self::Callback(view, kind, of, name))
    }
}

fn peer(payload: &str) -> Option<i32> {
    match serde_json::from_str::<Of>(payload).ok()?.view? {
        Number::Number(view) => Some(view),
        Number::Text(view) => view.parse().ok(),
    }
}

/// Whether a callback tells a view of another one.
fn is_of_peers(kind: i32) -> bool {
    matches!(
        kind,
        c::INVALIDATE_VIEW_CURSOR
            | c::TEXT_VIEW_SELECTION
            | c::CELL_VIEW_CURSOR
            | c::GRAPHIC_VIEW_SELECTION
            | c::VIEW_CURSOR_VISIBLE
    )
}

/// Reports in the order in which they came, of which the last of each key are kept.
#[derive(Debug)]
struct Line {
    all: BTreeMap<u64, (Option<Key>, Report)>,
    last: HashMap<Key, u64>,
    next: u64,
    /// Which part of the server's pace is this one's.
    part: u32,
    reports: Rate,
    bytes: Rate,
}

impl Line {
    fn new(part: u32, now: Instant) -> Self {
        Self {
            all: BTreeMap::new(),
            last: HashMap::new(),
            next: 0,
            part,
            reports: Rate::new(0, now),
            bytes: Rate::new(0, now),
        }
    }

    fn push(&mut self, report: Report) {
        let key = Key::of(&report);
        if key.is_none() && self.all.len() >= MOST {
            return;
        }
        if let Some(key) = &key
            && let Some(earlier) = self.last.insert(key.clone(), self.next)
        {
            self.all.remove(&earlier);
        }
        self.all.insert(self.next, (key, report));
        self.next += 1;
    }

    /// What may be told now.
    fn take(&mut self, to: &mut Vec<Report>, now: Instant) {
        while let Some(entry) = self.all.first_entry() {
            // What is larger than all that may come at once waits for that.
            let weight = weight(&entry.get().1).min(self.bytes.most());
            if !self.bytes.holds(weight, now) || !self.reports.spend(1, now) {
                return;
            }
            self.bytes.spend(weight, now);
            let (key, report) = entry.remove();
            if let Some(key) = key {
                self.last.remove(&key);
            }
            to.push(report);
        }
    }

    fn pace(&mut self, pace: Pace) {
        self.reports.set(pace.reports / self.part);
        self.bytes.set(pace.bytes / self.part);
    }
}

/// How many bytes a report takes on its way, at most: quotes and ends of lines take two.
fn weight(report: &Report) -> usize {
    USUAL
        + match report {
            Report::Callback { payload, .. } | Report::Invalidated { payload } => payload.len() * 2,
            Report::Size(size) => size.parts.iter().map(|it| USUAL + it.0.len() * 2).sum(),
            Report::Field { .. } => bounds::FIELD,
            Report::Fields { .. } => 0,
            Report::Dialog { title, .. } => title.len() * 2,
        }
}

#[derive(Debug)]
pub(super) struct Reports {
    own: Line,
    peers: Line,
    invalid: Vec<String>,
}

impl Reports {
    /// Nothing is told before there is a pace.
    pub fn new(now: Instant) -> Self {
        Self {
            own: Line::new(2, now),
            peers: Line::new(4, now),
            invalid: Vec::new(),
        }
    }

    /// How much the server takes.
    pub fn pace(&mut self, pace: Pace) {
        self.own.pace(pace);
        self.peers.pace(pace);
    }

    pub fn push(&mut self, report: Report) {
        match &report {
            Report::Callback { kind, .. } if is_of_peers(*kind) => self.peers.push(report),
            _ => self.own.push(report),
        }
    }

    pub fn invalidated(&mut self, payload: &str) {
        if self.invalid.len() >= INVALIDATIONS {
            self.invalid = vec![ALL_STALE.to_owned()];
        } else if !self.invalid.iter().any(|known| known == payload) {
            self.invalid.push(payload.to_owned());
        }
    }

    /// Whether something is to be told.
    pub fn any(&self) -> bool {
        !(self.own.all.is_empty() && self.peers.all.is_empty() && self.invalid.is_empty())
    }

    /// What may be told now.
    pub fn take(&mut self, now: Instant) -> Vec<Report> {
        let mut told = Vec::new();
        self.own.take(&mut told, now);
        if self.own.all.is_empty() {
            for payload in std::mem::take(&mut self.invalid) {
                self.own.push(Report::Invalidated { payload });
            }
            self.own.take(&mut told, now);
        }
        self.peers.take(&mut told, now);
        told
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn caret(view: i32, of: i32, x: usize) -> Report {
        Report::Callback {
            view,
            kind: c::INVALIDATE_VIEW_CURSOR,
            payload: format!(r#"{{"viewId":"{of}","part":"0","rectangle":"{x}, 0, 1, 1"}}"#),
        }
    }

    fn state(view: i32, payload: &str) -> Report {
        Report::Callback {
            view,
            kind: c::STATE_CHANGED,
            payload: payload.into(),
        }
    }

    fn payloads(reports: &[Report]) -> Vec<&str> {
        reports
            .iter()
            .filter_map(|report| match report {
                Report::Callback { payload, .. } | Report::Invalidated { payload } => {
                    Some(payload.as_str())
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn l4_carets_that_move_all_the_time_stay_below_what_the_server_takes() {
        const VIEWS: i32 = 50;
        let start = Instant::now();
        let pace = Pace::of(1000, 1 << 20, usize::try_from(VIEWS).unwrap());
        let (mut reports, mut bytes) =
            (Rate::new(pace.reports, start), Rate::new(pace.bytes, start));
        let mut kit = Reports::new(start);
        kit.pace(pace);
        let mut told = 0;
        for round in 0..60 {
            let now = start + Duration::from_millis(round * 100);
            for of in 0..VIEWS {
                for view in (0..VIEWS).filter(|view| *view != of) {
                    kit.push(caret(view, of, usize::try_from(round).unwrap()));
                }
            }
            kit.push(state(1, &format!(".uno:Round={round}")));
            let taken = kit.take(now);
            assert!(payloads(&taken).contains(&&*format!(".uno:Round={round}")));
            told += taken.len();
            for report in &taken {
                let length = serde_json::to_vec(report).unwrap().len() + 1;
                assert!(reports.spend(1, now) && bytes.spend(length, now));
            }
        }
        assert!(told > 10_000, "{told}");
        assert!(kit.peers.all.len() < usize::try_from(VIEWS * VIEWS).unwrap());
        // When they rest, the last of each is told.
        for seconds in 20..60 {
            kit.take(start + Duration::from_secs(seconds));
        }
        assert!(!kit.any());
    }

    #[test]
    fn l4_only_the_last_of_each_is_told_and_every_result() {
        let now = Instant::now();
        let mut kit = Reports::new(now);
        kit.pace(Pace::of(20_000, 8 << 20, 2));
        let result = || Report::Callback {
            view: 1,
            kind: c::UNO_COMMAND_RESULT,
            payload: "{}".into(),
        };
        kit.push(state(1, ".uno:Bold=true"));
        kit.push(result());
        kit.push(state(1, ".uno:Italic=true"));
        kit.push(state(1, ".uno:Bold=false"));
        kit.push(result());
        for number in 0..10_000 {
            kit.invalidated(&format!("{number}, 0, 1, 1, 0"));
        }
        assert!(kit.invalid.len() <= INVALIDATIONS);
        assert!(kit.invalid.iter().any(|it| it == ALL_STALE));
        kit.invalid.truncate(1);
        let told = kit.take(now);
        assert_eq!(
            payloads(&told),
            ["{}", ".uno:Italic=true", ".uno:Bold=false", "{}", "EMPTY"]
        );
    }
}
