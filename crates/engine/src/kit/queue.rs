//! What the server has asked and is not done yet, and in which order it is done.
//!
//! Views are served in turn, each in its own order: a view with a thousand inputs holds up another
//! one's key by one input. What has no view yet (new views, signs of life) takes its turn as if it were
//! of one more view, so that those who come and go hold up nobody. Saving waits for what was asked
//! before it, but not for long. Painting comes when nothing else is to be done, or has waited
//! for long.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::input::{Input, MouseAction};
use crate::protocol::{Call, Paint, Request};

/// Saving goes ahead of what was asked before it after this time.
const SAVING_WAITS: Duration = Duration::from_secs(2);
/// Painting goes ahead of one request after this time.
const PAINTING_WAITS: Duration = Duration::from_millis(500);
/// Texts are put together up to this length, in bytes.
const LONGEST_TEXT: usize = 1 << 10;

/// Stands for the view of what has none; LibreOffice numbers views from 0.
const NO_VIEW: i32 = -1;

/// What is done next.
#[derive(Debug)]
pub(super) enum Turn {
    /// A request, and the numbers of others that are done with it.
    Request(Request, Vec<u64>),
    Paint(u64, Paint),
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    saves: VecDeque<(Instant, Request)>,
    /// By view; none is empty.
    views: BTreeMap<i32, VecDeque<Request>>,
    /// The view that was served last.
    served: i32,
    paints: VecDeque<(Instant, u64, Paint)>,
    /// Whether painting went ahead just now.
    painted: bool,
}

/// What may be done at the moment.
#[derive(Clone, Copy)]
pub(super) struct Moment<'m> {
    pub now: Instant,
    /// LibreOffice is in the middle of something: no view is destroyed, since LibreOffice does not
    /// survive the end of a view whose dialog is open.
    pub nested: bool,
    /// Nothing is painted in the middle of another request.
    pub paints: bool,
    /// Whether texts of a view may be put together.
    pub merges: &'m dyn Fn(i32) -> bool,
}

impl Queue {
    pub fn push(&mut self, request: Request, now: Instant) {
        let Request { id, call } = request;
        let view = match &call {
            Call::Paint(paint) => return self.paints.push_back((now, id, *paint)),
            Call::Save { .. } | Call::SaveBeside(_) | Call::SaveInPlace => {
                return self.saves.push_back((now, Request { id, call }));
            }
            other => other.view().unwrap_or(NO_VIEW),
        };
        self.views
            .entry(view)
            .or_default()
            .push_back(Request { id, call });
    }

    pub fn is_empty(&self) -> bool {
        self.saves.is_empty() && self.views.is_empty() && self.paints.is_empty()
    }

    /// What is done next, if there is something that may be done now.
    pub fn next(&mut self, moment: Moment<'_>) -> Option<Turn> {
        if moment.paints && !self.painted {
            let late = |since: Instant| moment.now.duration_since(since) >= PAINTING_WAITS;
            if self.paints.front().is_some_and(|(since, ..)| late(*since)) {
                self.painted = true;
                return self.paint();
            }
        }
        self.painted = false;
        self.save(moment)
            .or_else(|| self.in_turn(u64::MAX, moment))
            .or_else(|| moment.paints.then(|| self.paint()).flatten())
    }

    /// The next thing to do while a save waits: it, or something that was asked before it.
    fn save(&mut self, moment: Moment<'_>) -> Option<Turn> {
        let (since, save) = self.saves.front()?;
        let id = save.id;
        if moment.now.duration_since(*since) < SAVING_WAITS
            && let Some(earlier) = self.in_turn(id, moment)
        {
            return Some(earlier);
        }
        let (_, save) = self.saves.pop_front()?;
        Some(Turn::Request(save, Vec::new()))
    }

    /// The next request of the next view that has one with a number below `before`.
    fn in_turn(&mut self, before: u64, moment: Moment<'_>) -> Option<Turn> {
        let ready = |requests: &VecDeque<Request>| {
            requests.front().is_some_and(|request| {
                let ends = matches!(request.call, Call::DestroyView { .. });
                request.id < before && !(moment.nested && ends)
            })
        };
        let after = self.views.range(self.served.saturating_add(1)..);
        let up_to = self.views.range(..=self.served);
        let mut all = after.chain(up_to);
        let view = *all.find(|(_, requests)| ready(requests))?.0;
        self.served = view;
        let requests = self.views.get_mut(&view)?;
        let mut request = requests.pop_front()?;
        let mut with = Vec::new();
        while let Some(next) = requests.front().filter(|next| next.id < before)
            && merge(&mut request.call, &next.call, (moment.merges)(view))
        {
            with.push(request.id);
            request.id = next.id;
            requests.pop_front();
        }
        if requests.is_empty() {
            self.views.remove(&view);
        }
        Some(Turn::Request(request, with))
    }

    fn paint(&mut self) -> Option<Turn> {
        let (_, id, paint) = self.paints.pop_front()?;
        Some(Turn::Paint(id, paint))
    }
}

/// Puts what comes next into `call`, if both at once do the same as one after the other.
fn merge(call: &mut Call, next: &Call, texts: bool) -> bool {
    let (Call::Input { input, .. }, Call::Input { input: next, .. }) = (call, next) else {
        return false;
    };
    match (&mut *input, next) {
        (
            Input::Mouse {
                action: MouseAction::Move,
                buttons,
                modifiers,
                ..
            },
            Input::Mouse {
                action: MouseAction::Move,
                buttons: next_buttons,
                modifiers: next_modifiers,
                ..
            },
        ) if (*buttons, *modifiers) == (*next_buttons, *next_modifiers) => {
            *input = next.clone();
            true
        }
        (Input::Text { text }, Input::Text { text: next })
            if texts && text.len() + next.len() <= LONGEST_TEXT =>
        {
            text.push_str(next);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
