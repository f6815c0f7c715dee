//! The requests that a kit owes an answer, and those that wait until they may be sent to it.
//!
//! Nothing is refused for room. Each view has a share of its own, so that one view's requests hold up
//! no other's; what is large takes from a store that all views share, in the order in which it came.
//! What goes beyond waits here, in the order of its view. Its owner's credit bounds it.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::link::{Reply, TileLease};
use crate::error::EngineError;
use crate::event::{ViewId, Violation};
use crate::protocol::{Call, Expected, Request};

/// Requests up to this weight, in bytes, take nothing from what all views share.
const SMALL: usize = 4 << 10;

/// One request under way.
pub(super) struct Waiter {
    pub answer: oneshot::Sender<Result<Reply, EngineError>>,
    pub since: Instant,
    pub limit: Duration,
    pub tile: Option<TileLease>,
    pub expected: Expected,
    /// Whose request it is, if it is kept in a view's order.
    pub view: Option<ViewId>,
    /// Whether it ends that view.
    pub ends: bool,
    /// Whether the kit says when it begins it.
    pub long: bool,
    /// Whether the kit answers others before it.
    pub beside: bool,
    pub weight: usize,
}

/// All of one kit, by their numbers, which grow.
pub(super) struct Waiting {
    all: BTreeMap<u64, Waiter>,
    next: u64,
    expected: [usize; Expected::KINDS],
    /// How many requests of each view are under way; none is 0.
    of_views: BTreeMap<ViewId, usize>,
    /// What large requests hold in memory, in bytes.
    large: usize,
    /// How many requests of one view, and how many bytes of large ones, may be under way.
    share: usize,
    most_bytes: usize,
    /// By view; none is empty.
    held: BTreeMap<ViewId, VecDeque<(Call, Waiter)>>,
    /// The views that have something in it; the one that waits longest for its turn is the first.
    turns: VecDeque<ViewId>,
    /// The long request that the kit is at.
    begun: Option<u64>,
    /// When the last one of them ended.
    ended: Option<Instant>,
}

impl Waiting {
    pub fn new(share: usize, most_bytes: usize) -> Self {
        Self {
            all: BTreeMap::new(),
            next: 1,
            expected: [0; Expected::KINDS],
            of_views: BTreeMap::new(),
            large: 0,
            share,
            most_bytes,
            held: BTreeMap::new(),
            turns: VecDeque::new(),
            begun: None,
            ended: None,
        }
    }

    /// Takes a request, and gives it back with its number if it is to be sent at once.
    pub fn take(&mut self, call: Call, waiter: Waiter) -> Option<Request> {
        let Some(view) = waiter.view else {
            return Some(self.add(call, waiter));
        };
        if let Some(held) = self.held.get_mut(&view) {
            let again = matches!(call, Call::SetRights { .. });
            if again && matches!(held.back(), Some((Call::SetRights { .. }, _))) {
                held.pop_back();
            }
            held.push_back((call, waiter));
            return None;
        }
        let waits = waiter.weight > SMALL && self.turns.iter().any(|view| self.wants_large(*view));
        if !waits && self.fits(view, &waiter) {
            return Some(self.add(call, waiter));
        }
        self.held.insert(view, VecDeque::from([(call, waiter)]));
        self.turns.push_back(view);
        None
    }

    /// What may be sent now that something was answered.
    pub fn released(&mut self) -> Vec<Request> {
        let mut released = Vec::new();
        let mut more = !self.turns.is_empty();
        while more {
            more = false;
            let mut blocked = VecDeque::new();
            let mut served = VecDeque::new();
            // A large one that does not fit holds up the large ones after it, not the small ones.
            let mut large_waits = false;
            while let Some(view) = self.turns.pop_front() {
                let large = self.wants_large(view);
                let Some((call, waiter)) = self.next_held(view, large && large_waits) else {
                    large_waits |= large;
                    blocked.push_back(view);
                    continue;
                };
                released.push(self.add(call, waiter));
                more = true;
                if self.held.contains_key(&view) {
                    served.push_back(view);
                }
            }
            blocked.append(&mut served);
            self.turns = blocked;
        }
        released
    }

    /// The next held request of a view, if it may be sent.
    fn next_held(&mut self, view: ViewId, blocked: bool) -> Option<(Call, Waiter)> {
        let (_, waiter) = self.held.get(&view)?.front()?;
        if blocked || !self.fits(view, waiter) {
            return None;
        }
        let held = self.held.get_mut(&view)?;
        let (call, mut waiter) = held.pop_front()?;
        waiter.since = Instant::now();
        if held.is_empty() {
            self.held.remove(&view);
        }
        Some((call, waiter))
    }

    fn wants_large(&self, view: ViewId) -> bool {
        let first = self.held.get(&view).and_then(VecDeque::front);
        first.is_some_and(|(_, waiter)| waiter.weight > SMALL)
    }

    /// Whether a request may be sent now. The end of a view always may, and what is larger than all the
    /// room goes alone.
    fn fits(&self, view: ViewId, waiter: &Waiter) -> bool {
        let of_view = self.of_views.get(&view).copied().unwrap_or(0);
        let room = waiter.weight <= SMALL
            || self.large == 0
            || self.large + waiter.weight <= self.most_bytes;
        waiter.ends || (of_view < self.share && room)
    }

    /// Adds one and numbers it.
    fn add(&mut self, call: Call, waiter: Waiter) -> Request {
        let id = self.next;
        self.next += 1;
        if waiter.weight > SMALL {
            self.large += waiter.weight;
        }
        if let Some(view) = waiter.view {
            *self.of_views.entry(view).or_default() += 1;
        }
        self.expected[waiter.expected as usize] += 1;
        self.all.insert(id, waiter);
        Request { id, call }
    }

    /// Removes the one that is answered.
    pub fn remove(&mut self, id: u64) -> Option<Waiter> {
        let waiter = self.all.remove(&id)?;
        if waiter.weight > SMALL {
            self.large = self.large.saturating_sub(waiter.weight);
        }
        if let Some(view) = waiter.view
            && let Some(count) = self.of_views.get_mut(&view)
        {
            *count -= 1;
            if *count == 0 {
                self.of_views.remove(&view);
            }
        }
        self.expected[waiter.expected as usize] -= 1;
        if self.begun == Some(id) {
            self.begun = None;
            self.ended = Some(Instant::now());
        }
        Some(waiter)
    }

    /// The kit says that it has begun a long request. It does one at a time.
    pub fn begin(&mut self, id: u64) -> Result<(), Violation> {
        let asked = self.all.get(&id).is_some_and(|waiter| waiter.long);
        if !asked || self.begun.is_some() {
            return Err(Violation("a beginning of what nobody asked for"));
        }
        self.begun = Some(id);
        Ok(())
    }

    /// Since when the kit owes an answer, and how long it may be silent: as long as for the long request
    /// that it is at, or else for the oldest of all. What was asked before a long one waits for it. What
    /// is done beside others excuses nothing.
    pub fn oldest(&self) -> Option<(Instant, Duration)> {
        let first = self.all.values().find(|waiter| !waiter.beside)?;
        let at = self.begun.and_then(|id| self.all.get(&id));
        let since = self.ended.map_or(first.since, |end| end.max(first.since));
        Some((since, at.unwrap_or(first).limit))
    }

    /// Whether what is done beside others has taken longer than it may, and `grace` more.
    pub fn beside_late(&self, grace: Duration) -> bool {
        self.all
            .values()
            .any(|waiter| waiter.beside && waiter.since.elapsed() > waiter.limit + grace)
    }

    /// The longest frame that an answer to any of them may be.
    pub fn longest_answer(&self) -> usize {
        let kinds = [
            Expected::Done,
            Expected::Loaded,
            Expected::View,
            Expected::Input,
            Expected::Cut,
            Expected::Values,
            Expected::Selection,
            Expected::Second,
            Expected::Beside,
        ];
        let asked = kinds
            .into_iter()
            .filter(|kind| self.expected[*kind as usize] > 0);
        asked.map(Expected::longest).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;
    use crate::protocol::Beside;
    use crate::rights::ViewRights;

    const SHORT: Duration = Duration::from_secs(30);
    const LONG: Duration = Duration::from_secs(180);

    fn take(waiting: &mut Waiting, call: Call, limit: Duration) -> Option<u64> {
        let waiter = Waiter {
            answer: oneshot::channel().0,
            since: Instant::now(),
            limit,
            tile: None,
            expected: call.expects(),
            view: call.view(),
            ends: matches!(call, Call::DestroyView { .. }),
            long: call.is_long(),
            beside: call.is_beside(),
            weight: call.weight(),
        };
        waiting.take(call, waiter).map(|request| request.id)
    }

    fn text(view: ViewId, length: usize) -> Call {
        let text = "x".repeat(length);
        let input = Input::Text { text };
        Call::Input { view, input }
    }

    fn save() -> Call {
        Call::Save {
            name: "out".into(),
            format: "odt".into(),
            options: String::new(),
        }
    }

    fn views(released: &[Request]) -> Vec<ViewId> {
        released.iter().filter_map(|it| it.call.view()).collect()
    }

    #[test]
    fn l3_a_view_beyond_its_share_waits_and_no_other_does() {
        let mut waiting = Waiting::new(2, 100_000);
        let ask = |waiting: &mut Waiting, call| take(waiting, call, SHORT);
        let first = ask(&mut waiting, text(1, 1)).unwrap();
        let second = ask(&mut waiting, text(1, 1)).unwrap();
        assert_eq!(ask(&mut waiting, text(1, 1)), None);
        assert!(ask(&mut waiting, text(2, 1)).is_some());
        assert!(ask(&mut waiting, save()).is_some());
        let end = Call::DestroyView { view: 1 };
        assert_eq!(ask(&mut waiting, end), None, "it comes after the input");
        waiting.remove(first).unwrap();
        // The end of a view needs no room.
        let released = waiting.released();
        assert!(matches!(
            released[..],
            [
                Request {
                    call: Call::Input { view: 1, .. },
                    ..
                },
                Request {
                    call: Call::DestroyView { view: 1 },
                    ..
                }
            ]
        ));
        waiting.remove(second).unwrap();
        assert!(waiting.released().is_empty());
        assert!(waiting.held.is_empty() && waiting.turns.is_empty());
    }

    #[test]
    fn l3_large_ones_wait_in_the_order_in_which_they_came_and_small_ones_pass() {
        let mut waiting = Waiting::new(64, 100_000);
        let ask = |waiting: &mut Waiting, call| take(waiting, call, SHORT);
        let first = ask(&mut waiting, text(1, 60_000)).unwrap();
        assert_eq!(ask(&mut waiting, text(2, 90_000)), None);
        // It would fit, but came later.
        assert_eq!(ask(&mut waiting, text(3, 10_000)), None);
        assert!(ask(&mut waiting, text(4, 10)).is_some());
        waiting.remove(first).unwrap();
        let released = waiting.released();
        assert_eq!(views(&released), [2]);
        waiting.remove(released[0].id).unwrap();
        assert_eq!(views(&waiting.released()), [3]);
        // What is larger than all the room goes alone.
        let all: Vec<_> = waiting.all.keys().copied().collect();
        for id in all {
            waiting.remove(id).unwrap();
        }
        assert!(ask(&mut waiting, text(1, 200_000)).is_some());
    }

    #[test]
    fn l3_of_rights_that_wait_the_last_are_sent() {
        let mut waiting = Waiting::new(1, 100_000);
        let first = take(&mut waiting, text(1, 1), SHORT).unwrap();
        for _ in 0..1000 {
            let rights = ViewRights::view();
            let set = Call::SetRights { view: 1, rights };
            assert_eq!(take(&mut waiting, set, SHORT), None);
        }
        waiting.remove(first).unwrap();
        assert_eq!(waiting.released().len(), 1);
        assert!(waiting.held.is_empty());
    }

    #[test]
    fn fk1_what_is_saved_beside_lets_no_kit_be_silent_for_longer() {
        let mut waiting = Waiting::new(8, 100_000);
        let beside = Call::SaveBeside(Beside {
            name: "out".into(),
            format: "odt".into(),
            options: String::new(),
            seconds: 180,
        });
        let saving = take(&mut waiting, beside, LONG).unwrap();
        assert_eq!(waiting.oldest(), None, "the kit is asked for signs of life");
        assert!(waiting.begin(saving).is_err(), "nothing waits for it");
        take(&mut waiting, text(1, 1), SHORT).unwrap();
        assert_eq!(waiting.oldest().unwrap().1, SHORT);
        assert!(!waiting.beside_late(Duration::ZERO));
        waiting.all.get_mut(&saving).unwrap().limit = Duration::ZERO;
        assert!(waiting.beside_late(Duration::ZERO));
    }

    #[test]
    fn ch1_a_save_that_waits_lets_no_kit_be_silent_for_longer() {
        let mut waiting = Waiting::new(8, 100_000);
        let key = take(&mut waiting, text(1, 1), SHORT).unwrap();
        let saving = take(&mut waiting, save(), LONG).unwrap();
        assert_eq!(waiting.oldest().unwrap().1, SHORT);
        waiting.begin(saving).unwrap();
        assert_eq!(waiting.oldest().unwrap().1, LONG);
        assert!(waiting.begin(saving).is_err());
        assert!(waiting.begin(key).is_err(), "keys are short");
        let before = Instant::now();
        waiting.remove(saving).unwrap();
        // The key waited for the save.
        let (since, limit) = waiting.oldest().unwrap();
        assert!(since >= before && limit == SHORT);
        assert!(waiting.begin(saving).is_err(), "it is answered");
    }
}
