//! The requests that a kit owes an answer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::link::{Reply, TileLease};
use crate::error::EngineError;
use crate::event::ViewId;
use crate::protocol::{Call, Expected};

/// So many requests that no participant chooses the number of are taken beyond the limit.
const RESERVE: usize = 1024;

/// One request under way.
pub(super) struct Waiter {
    pub answer: oneshot::Sender<Result<Reply, EngineError>>,
    pub since: Instant,
    pub limit: Duration,
    pub tile: Option<TileLease>,
    pub expected: Expected,
    /// The view that it ends.
    pub ends: Option<ViewId>,
    pub weight: usize,
}

/// All of one kit, by their numbers, which grow.
pub(super) struct Waiting {
    all: BTreeMap<u64, Waiter>,
    next: u64,
    /// What they hold in memory, in bytes.
    bytes: usize,
    expected: [usize; Expected::KINDS],
    /// How many requests, and how many bytes of them, may be under way.
    most: usize,
    most_bytes: usize,
}

impl Waiting {
    pub fn new(most: usize, most_bytes: usize) -> Self {
        Self {
            all: BTreeMap::new(),
            next: 1,
            bytes: 0,
            expected: [0; Expected::KINDS],
            most,
            most_bytes,
        }
    }

    /// Whether there is room for a request. What keeps the document together (views, rights, saving)
    /// has some to itself.
    pub fn has_room(&self, call: &Call) -> bool {
        let chosen = matches!(
            call,
            Call::Input { .. } | Call::Query { .. } | Call::Selection { .. } | Call::Second { .. }
        );
        let reserve = if chosen { 0 } else { RESERVE };
        self.all.len() < self.most + reserve
            && (!chosen || self.bytes + call.weight() <= self.most_bytes)
    }

    /// Adds one and numbers it.
    pub fn add(&mut self, waiter: Waiter) -> u64 {
        let id = self.next;
        self.next += 1;
        self.bytes += waiter.weight;
        self.expected[waiter.expected as usize] += 1;
        self.all.insert(id, waiter);
        id
    }

    /// Removes the one that is answered.
    pub fn remove(&mut self, id: u64) -> Option<Waiter> {
        let waiter = self.all.remove(&id)?;
        self.bytes = self.bytes.saturating_sub(waiter.weight);
        self.expected[waiter.expected as usize] -= 1;
        Some(waiter)
    }

    /// Since when the one waits that waits longest, and how long the kit may be silent: as long as for
    /// any of them, since it serves them in an order of its own.
    pub fn oldest(&self) -> Option<(Instant, Duration)> {
        let (_, first) = self.all.first_key_value()?;
        let limit = self.all.values().map(|waiter| waiter.limit).max()?;
        Some((first.since, limit))
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
        ];
        let asked = kinds
            .into_iter()
            .filter(|kind| self.expected[*kind as usize] > 0);
        asked.map(Expected::longest).max().unwrap_or(0)
    }
}
