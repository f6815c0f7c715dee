//! Documents that open with a password: somebody who takes part gives it.
//!
//! It is in the memory of the session alone, for the case that the engine has to load the document again.
//! Who opens the document later with a signed config need not give it once more.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use recto_docs_api::{DocumentKey, Password};
use tokio::time::Instant;

use crate::actor::{Engine, Session};
use crate::loading::Source;
use crate::problem::Problem;
use crate::wire::ToBrowser;

/// The time in which [`crate::Limits::password_tries`] may be made.
const PACE: Duration = Duration::from_secs(60);

/// What waits for a password.
pub(crate) struct Locked {
    /// In a place of its own, since it is far larger than what a document has otherwise.
    source: Box<Source>,
    /// Until when it waits.
    until: Instant,
}

/// Documents of which tries are remembered at once; beyond it, none may be made of others.
const DOCUMENTS: usize = 10_000;

/// The question of a session under way.
#[derive(Default)]
pub(crate) struct Question {
    /// Who made the try that is under way.
    by: Option<String>,
    /// Until when the document waits, from the first question on.
    pub until: Option<Instant>,
}

/// When passwords of a tenant's documents were tried. They outlive the sessions, which end when those who
/// tried go away: coming again gives nobody more tries.
#[derive(Clone, Default)]
pub(crate) struct Tries(Arc<Mutex<HashMap<DocumentKey, VecDeque<Instant>>>>);

impl Tries {
    /// Counts one more, or gives how long it has to wait.
    fn count(&self, key: &DocumentKey, most: usize, now: Instant) -> Result<(), Duration> {
        // The map is whole whenever the lock is free, even if a holder panicked.
        let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for made in documents.values_mut() {
            while made.front().is_some_and(|at| now - *at >= PACE) {
                made.pop_front();
            }
        }
        documents.retain(|_, made| !made.is_empty());
        if documents.len() >= DOCUMENTS && !documents.contains_key(key) {
            return Err(PACE);
        }
        let made = documents.entry(key.clone()).or_default();
        match made.front() {
            Some(first) if made.len() >= most => Err(PACE.saturating_sub(now - *first)),
            _ => {
                made.push_back(now);
                Ok(())
            }
        }
    }
}

impl Session {
    /// The document is protected: everybody who is here is asked for its password.
    pub fn ask_for_password(&mut self, source: Source, wrong: bool) {
        self.password = None;
        if self.participants.is_empty() {
            // Who wanted to open it has gone. What is stored of it is given away by the clock.
            self.engine = Engine::Absent;
            return;
        }
        let wait = self.services.config.limits.password_seconds;
        let until = *self
            .question
            .until
            .get_or_insert_with(|| Instant::now() + wait);
        self.engine = Engine::Locked(Locked {
            source: Box::new(source),
            until,
        });
        let by = self.question.by.take();
        for participant in &mut self.participants {
            let wrong = wrong && by.as_ref() == Some(&participant.id);
            participant.send(ToBrowser::Password { wrong, wait: None });
        }
    }

    /// Somebody gives a password.
    pub fn on_password(&mut self, id: &str, password: Password) {
        let most = self.services.config.limits.password_tries;
        if !matches!(self.engine, Engine::Locked(_)) {
            return;
        }
        if let Err(wait) = self.tries.count(&self.key, most, Instant::now()) {
            tracing::warn!(key = %self.key, "passwords of a document are tried too often");
            if let Some(participant) = self.participant(id) {
                let wait = Some(wait.as_secs().max(1));
                participant.send(ToBrowser::Password { wrong: false, wait });
            }
            return;
        }
        self.question.by = Some(id.to_owned());
        if let Engine::Locked(locked) = std::mem::replace(&mut self.engine, Engine::Loading) {
            self.load_source(*locked.source, Some(password));
        }
    }

    /// The document is open.
    pub fn unlocked(&mut self, password: Option<Password>) {
        self.password = password;
        self.question.by = None;
        self.question.until = None;
    }

    /// Whether a save would lose the document's password; then nobody may change it.
    pub fn loses_password(&self) -> bool {
        let document = self.document();
        document.is_some_and(|document| !document.keeps_protection())
    }

    /// When a document that waits for its password is given up.
    pub fn password_due(&self) -> Option<Instant> {
        match &self.engine {
            Engine::Locked(locked) => Some(locked.until),
            _ => None,
        }
    }

    pub fn give_up_password(&mut self) {
        self.question.until = None;
        self.on_load_failed(&Problem::no_password(), &[]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_tries_a_minute_are_made_of_each_document() {
        let tries = Tries::default();
        let key = |key: &str| DocumentKey::try_from(key).unwrap();
        let begun = Instant::now();
        for second in 0..3 {
            let now = begun + Duration::from_secs(second);
            assert_eq!(tries.count(&key("a"), 3, now), Ok(()));
        }
        let later = begun + Duration::from_secs(20);
        // As another session of the document has them.
        let again = tries.clone();
        assert_eq!(
            again.count(&key("a"), 3, later),
            Err(Duration::from_secs(40))
        );
        assert_eq!(again.count(&key("b"), 3, later), Ok(()));
        let free = begun + PACE;
        assert_eq!(tries.count(&key("a"), 3, free), Ok(()));
        assert_eq!(tries.count(&key("a"), 3, free), Err(Duration::from_secs(1)));
    }

    #[test]
    fn the_documents_that_are_remembered_are_bounded() {
        let tries = Tries::default();
        let begun = Instant::now();
        let key = |number: usize| DocumentKey::try_from(number.to_string()).unwrap();
        let mut documents = tries.0.lock().unwrap();
        for number in 0..DOCUMENTS {
            documents.insert(key(number), VecDeque::from([begun]));
        }
        drop(documents);
        assert_eq!(tries.count(&key(DOCUMENTS), 3, begun), Err(PACE));
        assert_eq!(tries.count(&key(0), 3, begun), Ok(()));
        assert_eq!(tries.count(&key(DOCUMENTS), 3, begun + PACE), Ok(()));
        assert_eq!(tries.0.lock().unwrap().len(), 1);
    }
}
