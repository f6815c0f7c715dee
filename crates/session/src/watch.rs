//! Whether the tasks of open documents answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use recto_docs_api::DocumentKey;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::messages::Command;
use crate::registry::Sessions;

/// What a task is at and since when, for whoever finds that it does not answer.
#[derive(Clone, Default)]
pub(crate) struct Doing(Arc<Mutex<Option<(&'static str, Instant)>>>);

impl Doing {
    pub fn begin(&self, what: &'static str) {
        *self.lock() = Some((what, Instant::now()));
    }

    pub fn end(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<(&'static str, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A document whose task does not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hang {
    /// The document's key.
    pub key: DocumentKey,
    /// For how long.
    pub since: Duration,
    /// What it is at.
    pub on: &'static str,
}

/// Questions to tasks that are not answered yet.
#[derive(Default)]
pub struct Watch(HashMap<DocumentKey, Asked>);

struct Asked {
    mailbox: mpsc::Sender<Command>,
    at: Instant,
    /// None while the mailbox has no room for the question.
    answer: Option<oneshot::Receiver<()>>,
}

impl Asked {
    fn ask(mailbox: &mpsc::Sender<Command>, at: Instant) -> Self {
        let (reply, answer) = oneshot::channel();
        Self {
            mailbox: mailbox.clone(),
            at,
            answer: mailbox
                .try_send(Command::Answer(reply))
                .is_ok()
                .then_some(answer),
        }
    }

    /// Whether the task has answered, or is gone.
    fn answered(&mut self) -> bool {
        if self.mailbox.is_closed() {
            return true;
        }
        let Some(answer) = &mut self.answer else {
            self.answer = Self::ask(&self.mailbox, self.at).answer;
            return false;
        };
        answer.try_recv() != Err(oneshot::error::TryRecvError::Empty)
    }
}

impl Watch {
    fn hanging<'s>(
        &mut self,
        open: impl Iterator<Item = (&'s DocumentKey, &'s mpsc::Sender<Command>, &'s Doing)>,
        now: Instant,
        limit: Duration,
    ) -> Vec<Hang> {
        let mut before = std::mem::take(&mut self.0);
        let mut hanging = Vec::new();
        for (key, mailbox, doing) in open {
            let asked = before.remove(key);
            let mut asked = asked
                .filter(|asked| asked.mailbox.same_channel(mailbox))
                .unwrap_or_else(|| Asked::ask(mailbox, now));
            if asked.answered() {
                continue;
            }
            let since = now.saturating_duration_since(asked.at);
            if since > limit {
                hanging.push(Hang {
                    key: key.clone(),
                    since,
                    on: doing
                        .lock()
                        .map_or("nothing: its task is not run", |(what, _)| what),
                });
            }
            self.0.insert(key.clone(), asked);
        }
        hanging
    }
}

impl Sessions {
    /// Asks the task of every open document for a sign of life, and gives those that have owed one for
    /// longer than `limit`. To be called every now and then with the same `watch`.
    pub fn hanging(&self, watch: &mut Watch, limit: Duration) -> Vec<Hang> {
        let open = self.open();
        let open = open
            .iter()
            .map(|(key, (mailbox, doing))| (key, mailbox, doing));
        watch.hanging(open, Instant::now(), limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ch1_a_task_that_does_not_answer_is_found_and_one_that_does_is_not() {
        let key = |name: &str| DocumentKey::try_from(name).unwrap();
        let (answers, deaf, full) = (key("answers"), key("deaf"), key("full"));
        let (to_answers, mut commands) = mpsc::channel(8);
        let (to_deaf, _unread) = mpsc::channel(8);
        let (to_full, _never_read) = mpsc::channel(1);
        let (filler, _) = oneshot::channel();
        to_full.try_send(Command::Stop(filler)).unwrap();
        let (idle, busy) = (Doing::default(), Doing::default());
        busy.begin("a join");
        let open = [
            (&answers, &to_answers, &idle),
            (&deaf, &to_deaf, &busy),
            (&full, &to_full, &idle),
        ];
        let mut watch = Watch::default();
        let (start, limit) = (Instant::now(), Duration::from_secs(10));
        let mut look = |seconds| {
            let now = start + Duration::from_secs(seconds);
            watch.hanging(open.into_iter(), now, limit)
        };
        assert_eq!(look(0), []);
        let Some(Command::Answer(reply)) = commands.recv().await else {
            panic!("it was asked");
        };
        reply.send(()).unwrap();
        assert_eq!(look(9), []);
        let hang = |key: &DocumentKey, seconds, on| Hang {
            key: key.clone(),
            since: Duration::from_secs(seconds),
            on,
        };
        assert_eq!(
            look(11),
            [
                hang(&deaf, 11, "a join"),
                hang(&full, 11, "nothing: its task is not run")
            ]
        );
        // Nobody is asked twice at a time.
        assert_eq!(to_deaf.capacity(), 7);
    }
}
