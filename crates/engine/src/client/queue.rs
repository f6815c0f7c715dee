//! Events on their way to the owner of the document.
//!
//! The reader of a kit's socket must never wait for a slow consumer, or kit and server would stop
//! each other. It puts events here; when many have piled up, those that a later one replaces are
//! dropped.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::event::{Event, ViewEvent, ViewId};

/// From this length on, replaced events are dropped.
const CROWDED: usize = 256;
/// Beyond this length, and beyond so many bytes, events are dropped.
const FULL: usize = 4096;
const FULL_BYTES: usize = 4 << 20;

#[derive(Default)]
pub(crate) struct EventQueue {
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

/// Replaced events leave a gap behind.
#[derive(Default)]
struct Waiting {
    events: VecDeque<Option<Event>>,
    /// How many have been taken since the beginning: the number of the first one.
    taken: u64,
    /// The last of those that replace each other, by number.
    last: HashMap<Key, u64>,
    /// Without the gaps.
    count: usize,
    bytes: usize,
}

/// Of events with the same key, a later one replaces an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Invalidated,
    Size,
    View(ViewId, std::mem::Discriminant<ViewEvent>),
    State(ViewId, String),
    Peer(ViewId, std::mem::Discriminant<ViewEvent>, ViewId),
}

impl Key {
    fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Invalidated { .. } => Self::Invalidated,
            Event::Size { .. } => Self::Size,
            Event::Died { .. } => return None,
            Event::View { view, event } => match event {
                ViewEvent::Link { .. }
                | ViewEvent::CommandResult { .. }
                | ViewEvent::Dialog { .. } => return None,
                ViewEvent::State { name, .. } => Self::State(*view, name.clone()),
                event => match event.peer() {
                    Some(peer) => Self::Peer(*view, std::mem::discriminant(event), peer),
                    None => Self::View(*view, std::mem::discriminant(event)),
                },
            },
        })
    }
}

impl Waiting {
    fn push(&mut self, mut event: Event) {
        let gaps = self.events.len() - self.count;
        if self.events.len() >= FULL / 2 && gaps >= self.events.len() / 8 {
            self.close_gaps();
        }
        let key = Key::of(&event);
        let crowded = self.count >= CROWDED;
        let earlier = key.as_ref().filter(|_| crowded).and_then(|key| {
            let number = self.last.get(key)?.checked_sub(self.taken)?;
            usize::try_from(number).ok()
        });
        if earlier.is_some() && key == Some(Key::Invalidated) {
            event = Event::Invalidated {
                part: -1,
                rect: None,
            };
        }
        let freed = earlier
            .and_then(|index| self.events.get(index)?.as_ref())
            .map_or(0, Event::weight);
        let weight = event.weight();
        // What only adds up leaves half of the room to what says how things are now.
        let share = if key.is_some() { 1 } else { 2 };
        let has_place = self.events.len() < FULL / share;
        let has_room = self.bytes - freed + weight <= FULL_BYTES / share;
        let last = matches!(event, Event::Died { .. });
        if !last && (!has_room || (!has_place && earlier.is_none())) {
            return;
        }
        if let Some(index) = earlier {
            if !has_place {
                self.bytes = self.bytes - freed + weight;
                self.events[index] = Some(event);
                return;
            }
            self.withdraw(index);
        }
        if let Some(key) = key {
            let number = self.taken + self.events.len() as u64;
            self.last.insert(key, number);
        }
        self.count += 1;
        self.bytes += weight;
        self.events.push_back(Some(event));
    }

    fn close_gaps(&mut self) {
        self.events.retain(Option::is_some);
        let numbers = self.taken..;
        let keys = self.events.iter().flatten().zip(numbers);
        self.last = keys
            .filter_map(|(event, number)| Some((Key::of(event)?, number)))
            .collect();
    }

    /// Takes one out of the middle.
    fn withdraw(&mut self, index: usize) {
        if let Some(event) = self.events.get_mut(index).and_then(Option::take) {
            self.count -= 1;
            self.bytes -= event.weight();
        }
    }

    fn pop(&mut self) -> Option<Event> {
        loop {
            let event = self.events.pop_front();
            if self.events.is_empty() {
                // What is in it refers to none that waits.
                self.last.clear();
            }
            let event = event?;
            self.taken += 1;
            if let Some(event) = event {
                self.count -= 1;
                self.bytes -= event.weight();
                return Some(event);
            }
        }
    }
}

impl EventQueue {
    pub(crate) fn push(&self, event: Event) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(event);
        drop(waiting);
        self.arrived.notify_one();
    }

    fn pop(&self) -> Option<Event> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.pop()
    }

    async fn next(&self) -> Event {
        loop {
            if let Some(event) = self.pop() {
                return event;
            }
            self.arrived.notified().await;
        }
    }
}

/// The events of an open document, for its owner.
pub struct Events {
    queue: Arc<EventQueue>,
    ended: bool,
}

impl Events {
    pub(crate) fn of(queue: Arc<EventQueue>) -> Self {
        Self {
            queue,
            ended: false,
        }
    }

    /// Waits for the next event; there is none after [`Event::Died`].
    pub async fn recv(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        let event = self.queue.next().await;
        self.ended = matches!(event, Event::Died { .. });
        Some(event)
    }

    /// The next event, if one has come.
    pub fn try_recv(&mut self) -> Option<Event> {
        let event = self.queue.pop()?;
        self.ended = matches!(event, Event::Died { .. });
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Rect;

    fn state(view: i32, name: &str, value: usize) -> Event {
        let event = ViewEvent::State {
            name: name.into(),
            value: value.to_string(),
        };
        Event::View { view, event }
    }

    #[tokio::test]
    async fn a_crowd_keeps_the_last_of_each() {
        let queue = EventQueue::default();
        let rect = Some(Rect {
            x: 1,
            y: 2,
            width: 3,
            height: 4,
        });
        for number in 0..1000 {
            queue.push(state(1, "Bold", number));
            queue.push(state(2, "Bold", number));
            queue.push(Event::Invalidated { part: 0, rect });
        }
        queue.push(Event::Died {
            reason: crate::event::Death::Crashed,
        });
        let mut seen = Vec::new();
        loop {
            let event = queue.next().await;
            if matches!(event, Event::Died { .. }) {
                break;
            }
            seen.push(event);
        }
        assert!(seen.len() <= CROWDED + 3, "{}", seen.len());
        assert!(seen.contains(&state(1, "Bold", 999)));
        assert!(seen.contains(&state(2, "Bold", 999)));
        assert!(
            seen.iter()
                .any(|event| matches!(event, Event::Invalidated { .. }))
        );
    }

    #[tokio::test]
    async fn an_invalidation_that_replaces_others_covers_them() {
        let queue = EventQueue::default();
        for number in 0..2000 {
            queue.push(state(number, "Bold", 0));
            let rect = Some(Rect {
                x: i64::from(number),
                y: 0,
                width: 1,
                height: 1,
            });
            queue.push(Event::Invalidated { part: 0, rect });
        }
        let mut last = None;
        while let Some(event) = queue.pop() {
            if matches!(event, Event::Invalidated { .. }) {
                last = Some(event);
            }
        }
        assert_eq!(
            last,
            Some(Event::Invalidated {
                part: -1,
                rect: None
            })
        );
    }

    #[test]
    fn l4_a_full_queue_keeps_the_last_word_of_what_it_has() {
        let queue = EventQueue::default();
        for number in 0..i32::try_from(FULL).unwrap() {
            queue.push(state(number, "Bold", 0));
        }
        queue.push(state(-1, "Bold", 0));
        queue.push(state(3, "Bold", 1));
        let events: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(events.len(), FULL);
        assert_eq!(events[3], state(3, "Bold", 1));
        assert!(!events.contains(&state(-1, "Bold", 0)));
    }

    #[test]
    fn l4_a_flood_takes_a_few_mebibytes_and_the_last_word_comes_through() {
        let queue = EventQueue::default();
        let long = "x".repeat(100 << 10);
        for number in 0..50_000 {
            queue.push(state(number % 700, "Bold", 1));
            queue.push(state(1, "Last", usize::try_from(number).unwrap()));
            let event = ViewEvent::Link { url: long.clone() };
            queue.push(Event::View { view: 1, event });
        }
        queue.push(Event::Died {
            reason: crate::event::Death::Broken,
        });
        let held = queue.waiting.lock().unwrap().bytes;
        assert!(held <= FULL_BYTES + (1 << 10), "{held}");
        let events: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert!(events.len() <= FULL + 1, "{}", events.len());
        assert!(events.contains(&state(699, "Bold", 1)));
        let waiting = queue.waiting.lock().unwrap();
        assert_eq!(
            (waiting.bytes, waiting.count, waiting.last.len()),
            (0, 0, 0)
        );
        assert!(matches!(events.last(), Some(Event::Died { .. })));
    }
}
