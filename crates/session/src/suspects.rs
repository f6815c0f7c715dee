//! Inputs that end the engine: each is found, left out, and its author told.
//!
//! What was under way when an engine process died is carried out again, but alone: nothing else goes to
//! the engine meanwhile. If the engine dies again, it is known of what.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use recto_engine::Input;

use crate::acts::Act;
use crate::credit::Share;

/// Of one participant so many inputs may end the engine before they are sent away.
pub(crate) const CONVICTIONS: u32 = 3;

/// A participant's id and the number of their input.
pub(crate) type InputId = (String, u64);

/// What is to be done with an input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes to the engine.
    Go,
    /// It waits for others; see [`Suspects::next`].
    Wait,
    /// The engine died of it twice.
    LeaveOut(Act),
}

/// What is known of a death.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Died {
    /// The input that the engine died of twice.
    pub guilty: Option<InputId>,
    /// What it was at: the guilty input, or the only participant's whose inputs were under way.
    pub at: Option<(String, Act)>,
    /// Whether any input was under way.
    pub under_way: bool,
}

/// Which inputs are under way, and which are not trusted.
#[derive(Default)]
pub(crate) struct Suspects {
    under_way: BTreeMap<InputId, Act>,
    suspected: HashSet<InputId>,
    on_trial: Option<InputId>,
    left_out: HashMap<InputId, Act>,
    /// No more than participants may have under way.
    waiting: VecDeque<(InputId, Input, Option<Share>)>,
}

impl Suspects {
    /// An input has come.
    pub fn judge(&mut self, id: &InputId, input: &Input) -> Verdict {
        if let Some(act) = self.left_out.get(id) {
            Verdict::LeaveOut(act.clone())
        } else if !self.waiting.is_empty() || !self.may_go(id) {
            Verdict::Wait
        } else {
            self.goes(id, Act::of(input));
            Verdict::Go
        }
    }

    pub fn wait(&mut self, id: InputId, input: Input, share: Option<Share>) {
        self.waiting.push_back((id, input, share));
    }

    /// What has waited long enough.
    pub fn next(&mut self) -> Option<(InputId, Input, Option<Share>)> {
        let (id, ..) = self.waiting.front()?;
        if !self.may_go(id) {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.goes(&next.0, Act::of(&next.1));
        Some(next)
    }

    /// The engine has answered an input, or it could not be sent.
    pub fn answered(&mut self, id: &InputId) {
        self.under_way.remove(id);
        self.suspected.remove(id);
        if self.on_trial.as_ref() == Some(id) {
            self.on_trial = None;
        }
    }

    /// The engine died; gives what it died of, if that is known. All others are sent again by their
    /// browsers.
    pub fn engine_died(&mut self) -> Died {
        let guilty = self.on_trial.take();
        let under_way = !self.under_way.is_empty();
        let mut first: Vec<(&InputId, &Act)> = Vec::new();
        // A participant's inputs are carried out in order.
        for (id, act) in &self.under_way {
            if first.last().is_none_or(|(before, _)| before.0 != id.0) {
                first.push((id, act));
            }
        }
        let mut at = None;
        if let Some(id) = &guilty {
            self.suspected.remove(id);
            if let Some(act) = self.under_way.get(id) {
                at = Some((id.0.clone(), act.clone()));
                self.left_out.insert(id.clone(), act.clone());
            }
        } else {
            if let [(id, act)] = first[..] {
                at = Some((id.0.clone(), act.clone()));
            }
            self.suspected
                .extend(first.into_iter().map(|(id, _)| id.clone()));
        }
        self.under_way.clear();
        self.waiting.clear();
        Died {
            guilty,
            at,
            under_way,
        }
    }

    /// A participant has left.
    pub fn forget(&mut self, participant: &str) {
        self.suspected.retain(|(of, _)| of != participant);
        self.left_out.retain(|(of, _), _| of != participant);
        self.waiting.retain(|((of, _), ..)| of != participant);
    }

    fn may_go(&self, id: &InputId) -> bool {
        self.on_trial.is_none() && (self.under_way.is_empty() || !self.suspected.contains(id))
    }

    fn goes(&mut self, id: &InputId, act: Act) {
        self.under_way.insert(id.clone(), act);
        if self.suspected.contains(id) {
            self.on_trial = Some(id.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(of: &str, seq: u64) -> InputId {
        (of.to_owned(), seq)
    }

    fn text() -> Input {
        Input::Text { text: "x".into() }
    }

    #[test]
    fn ch7_the_input_that_the_engine_dies_of_is_found_and_no_other_is_left_out() {
        let mut suspects = Suspects::default();
        for (of, seq) in [("ann", 4), ("ben", 7), ("ben", 8), ("ann", 5)] {
            assert_eq!(suspects.judge(&id(of, seq), &text()), Verdict::Go);
        }
        suspects.answered(&id("ann", 4));
        assert_eq!(
            suspects.engine_died(),
            Died {
                under_way: true,
                ..Died::default()
            },
            "it may be Ann's or Ben's"
        );
        // All are sent again. Ben's seventh is tried alone.
        assert_eq!(suspects.judge(&id("ben", 7), &text()), Verdict::Go);
        for (of, seq) in [("ben", 8), ("ann", 5)] {
            assert_eq!(suspects.judge(&id(of, seq), &text()), Verdict::Wait);
            suspects.wait(id(of, seq), text(), None);
        }
        assert!(suspects.next().is_none());
        let died = Died {
            guilty: Some(id("ben", 7)),
            at: Some(("ben".into(), Act::Type)),
            under_way: true,
        };
        assert_eq!(suspects.engine_died(), died);
        assert_eq!(
            suspects.judge(&id("ben", 7), &text()),
            Verdict::LeaveOut(Act::Type)
        );
        // Ann's fifth is still to be tried, and comes through it.
        assert_eq!(suspects.judge(&id("ben", 8), &text()), Verdict::Go);
        assert_eq!(suspects.judge(&id("ann", 5), &text()), Verdict::Wait);
        suspects.wait(id("ann", 5), text(), None);
        assert!(suspects.next().is_none());
        suspects.answered(&id("ben", 8));
        assert_eq!(suspects.next().unwrap().0, id("ann", 5));
        assert_eq!(suspects.judge(&id("ben", 9), &text()), Verdict::Wait);
        suspects.wait(id("ben", 9), text(), None);
        suspects.answered(&id("ann", 5));
        assert_eq!(suspects.next().unwrap().0, id("ben", 9));
        assert_eq!(suspects.judge(&id("ann", 6), &text()), Verdict::Go);
    }

    #[test]
    fn ch7_who_leaves_is_not_waited_for() {
        let mut suspects = Suspects::default();
        assert_eq!(suspects.judge(&id("ann", 1), &text()), Verdict::Go);
        let died = suspects.engine_died();
        assert_eq!(died.at, Some(("ann".into(), Act::Type)));
        assert!(!suspects.engine_died().under_way, "nothing was sent again");
        assert_eq!(suspects.judge(&id("ben", 1), &text()), Verdict::Go);
        assert_eq!(suspects.judge(&id("ann", 1), &text()), Verdict::Wait);
        suspects.wait(id("ann", 1), text(), None);
        suspects.forget("ann");
        suspects.answered(&id("ben", 1));
        assert!(suspects.next().is_none());
        assert_eq!(suspects.judge(&id("ben", 2), &text()), Verdict::Go);
    }
}
