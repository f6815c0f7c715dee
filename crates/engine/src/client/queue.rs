//! Events on their way to the owner of the document.
//!
//! The reader of a kit's socket must never wait for a slow consumer, or kit and server would stop
//! each other. It puts events here; when many have piled up, those that a later one replaces are
//! dropped.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::event::{Event, ViewEvent};

/// From this length on, replaced events are dropped.
const CROWDED: usize = 256;
/// Events that nothing replaces (links, results, dialogs) are dropped beyond this length.
const FULL: usize = 4096;

#[derive(Default)]
pub(crate) struct EventQueue {
    events: Mutex<VecDeque<Event>>,
    arrived: Notify,
}

impl EventQueue {
    pub(crate) fn push(&self, event: Event) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let mut event = event;
        if events.len() >= CROWDED {
            events.retain(|older| !replaces(&event, older));
            if matches!(event, Event::Invalidated { .. }) {
                event = Event::Invalidated {
                    part: -1,
                    rect: None,
                };
            }
        }
        if events.len() < FULL || matches!(event, Event::Died { .. }) {
            events.push_back(event);
        }
        drop(events);
        self.arrived.notify_one();
    }

    pub(crate) async fn next(&self) -> Event {
        loop {
            if let Some(event) = self
                .events
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front()
            {
                return event;
            }
            self.arrived.notified().await;
        }
    }
}

/// Whether nobody needs `older` once `newer` is known.
fn replaces(newer: &Event, older: &Event) -> bool {
    match (newer, older) {
        (Event::Invalidated { .. }, Event::Invalidated { .. })
        | (Event::Size { .. }, Event::Size { .. })
        | (Event::Modified(_), Event::Modified(_)) => true,
        (
            Event::View {
                view: new,
                event: newer,
            },
            Event::View {
                view: old,
                event: older,
            },
        ) => new == old && replaces_in_view(newer, older),
        _ => false,
    }
}

fn replaces_in_view(newer: &ViewEvent, older: &ViewEvent) -> bool {
    if std::mem::discriminant(newer) != std::mem::discriminant(older) {
        return false;
    }
    match (newer, older) {
        (ViewEvent::State { name: new, .. }, ViewEvent::State { name: old, .. }) => new == old,
        (ViewEvent::PeerCaret { view: new, .. }, ViewEvent::PeerCaret { view: old, .. })
        | (
            ViewEvent::PeerCaretVisible { view: new, .. },
            ViewEvent::PeerCaretVisible { view: old, .. },
        )
        | (
            ViewEvent::PeerSelection { view: new, .. },
            ViewEvent::PeerSelection { view: old, .. },
        )
        | (ViewEvent::PeerCell { view: new, .. }, ViewEvent::PeerCell { view: old, .. })
        | (ViewEvent::PeerGraphic { view: new, .. }, ViewEvent::PeerGraphic { view: old, .. }) => {
            new == old
        }
        (
            ViewEvent::Link { .. } | ViewEvent::CommandResult { .. } | ViewEvent::Dialog { .. },
            _,
        ) => false,
        _ => true,
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
        queue.push(Event::Modified(true));
        let mut last = None;
        loop {
            match queue.next().await {
                Event::Modified(_) => break,
                event @ Event::Invalidated { .. } => last = Some(event),
                _ => {}
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
}
