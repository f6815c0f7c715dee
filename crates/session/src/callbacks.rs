//! Telling the integrator: who edits, and what was saved.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use recto_docs_api::{Action, ActionKind, Callback, Explain, FileType, Status};
use recto_fetch::CallbackError;
use recto_store::{BlobId, Phase, StoreError};
use recto_token::{Opening, Verified};
use tokio::time::Instant;

use crate::actor::Session;
use crate::history::Told;
use crate::links::make_link;
use crate::messages::Op;
use crate::participant::{Changer, Participant};
use crate::problem::Problem;

/// Callbacks that may wait for an integrator that answers slowly. Beyond them the oldest that only says
/// who edits is left out: each says who all of them are.
const LETTERS: usize = 256;

/// What the integrator is still to be told, in order.
#[derive(Default)]
pub(crate) struct Delivery {
    queue: VecDeque<Letter>,
    /// Counts letters.
    written: u64,
    /// The status of the callback that is under way.
    in_flight: Option<Status>,
    /// The snapshot that the integrator was given last.
    given: Option<BlobId>,
    /// The integrator said meanwhile that it does not have the file.
    taken_back: bool,
    /// When a failed delivery is tried again.
    pub retry_at: Option<Instant>,
    /// Participants whose arrival the integrator was told.
    pub announced: HashSet<String>,
    /// Why the integrator does not take what it is told.
    pub problem: Option<Problem>,
}

/// One callback. While the file that it names is being prepared, it has no content yet and keeps its
/// place.
struct Letter {
    number: u64,
    content: Option<(Verified<Opening>, Callback)>,
}

impl Letter {
    fn says_who_edits(&self) -> bool {
        self.content
            .as_ref()
            .is_some_and(|(_, callback)| callback.status == Status::Editing)
    }
}

/// A callback whose file is being prepared.
pub(crate) struct Draft {
    /// The number of its letter.
    place: u64,
    opening: Verified<Opening>,
    callback: Callback,
}

/// A file for the integrator.
pub(crate) struct Given {
    url: String,
    changes: Option<Told>,
}

impl Delivery {
    fn push(&mut self, content: Option<(Verified<Opening>, Callback)>) -> u64 {
        if self.queue.len() >= LETTERS
            && let Some(oldest) = self.queue.iter().position(Letter::says_who_edits)
        {
            self.queue.remove(oldest);
        }
        self.written += 1;
        let number = self.written;
        self.queue.push_back(Letter { number, content });
        number
    }

    /// Takes the next letter, unless it is not ready.
    fn next(&mut self) -> Option<(Verified<Opening>, Callback)> {
        self.queue.front()?.content.as_ref()?;
        self.queue.pop_front()?.content
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.in_flight.is_none() && self.retry_at.is_none()
    }

    /// The answer to a file that is being given does not count, if it is a good one.
    pub fn take_back(&mut self) {
        self.taken_back |= self.in_flight == Some(Status::Ready);
    }

    pub fn in_flight(&self) -> bool {
        self.in_flight.is_some() || !self.queue.is_empty()
    }
}

impl Session {
    /// Tells that a participant arrived, if they may edit.
    pub fn announce(&mut self, id: &str) {
        let Some(participant) = self.participant(id) else {
            return;
        };
        if !participant.may_change() {
            return;
        }
        let action = joined(&participant.user_id);
        let opening = participant.opening.clone();
        self.delivery.announced.insert(id.to_owned());
        self.call_back_editing(action, &opening);
    }

    /// The integrator's ids of those who edit now, each once.
    pub fn editors(&self) -> Vec<String> {
        let mut users: Vec<String> = Vec::new();
        for participant in self.participants.iter().filter(|p| p.may_change()) {
            if !users.contains(&participant.user_id) {
                users.push(participant.user_id.clone());
            }
        }
        users
    }

    /// Status 1: who edits now (spec 6.1).
    pub fn call_back_editing(&mut self, action: Action, opening: &Verified<Opening>) {
        let mut callback = Callback::new(self.key.clone(), Status::Editing);
        callback.users = Some(self.editors());
        callback.actions = Some(vec![action]);
        self.queue_callback(opening.clone(), callback);
    }

    /// The answer to a question of the integrator, at the address of the one who edits last.
    pub fn call_back_info(&mut self, userdata: Option<String>) {
        let Some(opening) = self
            .participants
            .iter()
            .rfind(|participant| participant.may_change())
            .map(|participant| participant.opening.clone())
        else {
            return;
        };
        let mut callback = Callback::new(self.key.clone(), Status::Editing);
        callback.users = Some(self.editors());
        callback.userdata = userdata;
        self.queue_callback(opening, callback);
    }

    /// Status 4: closed without a change.
    pub fn call_back_closed(&mut self, opening: Verified<Opening>, user: &str) {
        let mut callback = Callback::new(self.key.clone(), Status::Closed);
        callback.actions = Some(vec![left(user)]);
        self.queue_callback(opening, callback);
    }

    /// Status 3: the changes could not be saved.
    pub fn call_back_failed(&mut self, opening: Verified<Opening>, user: &str) {
        let mut callback = Callback::new(self.key.clone(), Status::SaveFailed);
        callback.users = Some(vec![user.to_owned()]);
        callback.actions = Some(vec![left(user)]);
        self.queue_callback(opening, callback);
    }

    pub fn queue_callback(&mut self, opening: Verified<Opening>, callback: Callback) {
        if opening
            .get()
            .callback_url
            .as_deref()
            .is_some_and(|url| !url.is_empty())
        {
            self.delivery.push(Some((opening, callback)));
        }
    }

    /// Sends the next callback, one at a time: their order tells a story.
    pub fn pump_callbacks(&mut self) {
        if self.delivery.in_flight.is_some() {
            return;
        }
        let Some((opening, mut callback)) = self.delivery.next() else {
            return;
        };
        if callback.status == Status::Ready {
            // Known only now: a save on demand before it has been answered.
            callback.notmodified = Some(!self.saving.unforced);
        }
        self.delivery.in_flight = Some(callback.status);
        self.delivery.taken_back = false;
        let fetcher = self.services.fetcher.clone();
        self.start(async move {
            let result = fetcher.callback(&opening, &callback).await;
            Op::CalledBack {
                callback: Box::new(callback),
                result,
            }
        });
    }

    /// Status 2: the file is ready to be taken. The result link is made again for each attempt, since
    /// links expire.
    pub fn deliver(&mut self) {
        let Some((opening, user)) = self.saving.changer() else {
            // Sealed with a secret that is no longer known: there is nobody to sign for.
            self.give_up("the integrator of this document can't be told, since the secret was changed meanwhile");
            return;
        };
        if opening
            .get()
            .callback_url
            .as_deref()
            .is_none_or(str::is_empty)
        {
            self.give_up("the config that opened this document had no callbackUrl");
            return;
        }
        let Some(record) = &self.record else { return };
        let Some(blob) = record.snapshot.clone() else {
            return;
        };
        let now = self.services.now();
        let own = self.file_type().unwrap_or(opening.get().file_type);
        let file_type = own.saved_as();
        let mut callback = Callback::new(self.key.clone(), Status::Ready);
        callback.filetype = Some(file_type.extension().into());
        callback.users = Some(vec![user.clone()]);
        let last = self
            .saving
            .last_editor
            .as_ref()
            .map_or(user, |(_, user)| user.clone());
        callback.actions = Some(vec![left(&last)]);
        callback.lastsave = Some(crate::saving::rfc3339(
            self.saving.stored_unix.unwrap_or(now),
        ));
        callback.lost = self.lost();
        self.delivery.given = Some(blob.clone());
        self.draft(opening, callback, blob, file_type);
    }

    /// Prepares the file that a callback names, beside the session's task; the callback has its place
    /// among the others from now on.
    pub fn draft(
        &mut self,
        opening: Verified<Opening>,
        callback: Callback,
        blob: BlobId,
        file_type: FileType,
    ) {
        let draft = Box::new(Draft {
            place: self.delivery.push(None),
            opening,
            callback,
        });
        let archive = self.archive(&blob, file_type);
        let services = self.services.clone();
        // In the journal's order: after the record that names the file, and before a later one that
        // lets it go.
        let link = self
            .journal
            .then(async move { make_link(&services, blob, file_type).await });
        let services = self.services.clone();
        let key = self.key.clone();
        self.start(async move {
            let file = async {
                let url = link.await?;
                let changes = match archive {
                    Some(archive) => archive.told(&services, &key).await,
                    None => None,
                };
                Ok(Given { url, changes })
            };
            Op::Drafted {
                file: file.await,
                draft,
            }
        });
    }

    pub fn on_drafted(&mut self, draft: Draft, file: Result<Given, StoreError>) {
        let Draft {
            place,
            opening,
            mut callback,
        } = draft;
        let Some(at) = self.delivery.queue.iter().position(|it| it.number == place) else {
            // It was decided meanwhile that the integrator is not told.
            return;
        };
        match file {
            Ok(Given { url, changes }) => {
                callback.url = Some(url);
                (callback.changesurl, callback.history) = changes
                    .map(|changes| (changes.url, changes.history))
                    .unzip();
            }
            Err(error) => {
                tracing::error!(key = %self.key, code = error.code(), message = %error.message(),
                    "a result could not be stored");
                if callback.status == Status::ForceSaved {
                    self.force_save_again();
                    callback.status = Status::ForceSaveFailed;
                    callback.filetype = None;
                } else {
                    self.delivery.queue.remove(at);
                    self.delivery.retry_at = Some(Instant::now() + self.services.config.retry.0);
                    self.let_in_parked();
                    return;
                }
            }
        }
        self.delivery.queue[at].content = Some((opening, callback));
    }

    pub fn on_called_back(&mut self, callback: &Callback, result: Result<(), CallbackError>) {
        self.delivery.in_flight = None;
        if let Err(error) = &result {
            tracing::warn!(key = %self.key, status = callback.status as u8, code = error.code(),
                message = %error.message(), hint = %error.hint(), "a callback failed");
        } else {
            tracing::info!(key = %self.key, status = callback.status as u8, "callback accepted");
        }
        match callback.status {
            Status::Ready => self.on_delivered(result),
            Status::Closed => {
                if self.record.as_ref().is_some_and(|r| r.phase == Phase::Open)
                    && self.participants.is_empty()
                    && self.parked.is_empty()
                {
                    self.forget_record();
                }
            }
            status => {
                if status == Status::ForceSaved && result.is_err() {
                    self.force_save_again();
                }
                let problem = result.err().map(|error| Problem::of(&error));
                if problem != self.delivery.problem {
                    self.delivery.problem = problem;
                    self.tell_save();
                }
            }
        }
    }

    fn on_delivered(&mut self, result: Result<(), CallbackError>) {
        let now = self.services.now();
        let retry_for = i64::try_from(self.services.config.retry_for.as_secs()).unwrap_or(i64::MAX);
        let Some(record) = &mut self.record else {
            return;
        };
        if record.phase != Phase::Delivering {
            return self.on_delivered_late(result);
        }
        record.updated = now;
        match result {
            Ok(()) if self.delivery.taken_back => {
                let problem = Problem::taken_back();
                self.give_up(&problem.message);
                self.delivery.problem = Some(problem);
                self.tell_save();
                self.let_in_parked();
            }
            Ok(()) => {
                record.phase = Phase::Delivered;
                self.saving.changed = false;
                self.saving.unforced = false;
                self.delivery.problem = None;
                self.delivery.announced.clear();
                self.save_record();
                self.tell_save();
                self.parked_until = None;
                for join in std::mem::take(&mut self.parked) {
                    let _ = join.reply.send(Err(Problem::version_changed()));
                }
            }
            Err(error) => {
                self.delivery.problem = Some(Problem::of(&error));
                record.attempts += 1;
                let wait = backoff(record.attempts, self.services.config.retry);
                let first = record.next_attempt.get_or_insert(now);
                if error.retryable() && now - *first < retry_for {
                    self.delivery.retry_at = Some(Instant::now() + wait);
                    self.save_record();
                } else {
                    self.give_up(&error.message());
                }
                self.tell_save();
                self.let_in_parked();
            }
        }
    }

    /// The answer came after the document had been opened again: it is given once more when it is closed,
    /// unless the integrator has all of it now.
    fn on_delivered_late(&mut self, result: Result<(), CallbackError>) {
        let all = result.is_ok()
            && !self.delivery.taken_back
            && !self.saving.dirty
            && !self.saving.busy()
            && self
                .record
                .as_ref()
                .is_some_and(|it| it.snapshot == self.delivery.given);
        self.delivery.problem = result.err().map(|error| Problem::of(&error));
        if all && let Some(record) = &mut self.record {
            record.changed = false;
            self.saving.changed = false;
            self.saving.unforced = false;
            self.save_record();
        }
        self.tell_save();
    }

    /// Participants who waited for the end of a delivery that failed go on from what is owed.
    pub fn let_in_parked(&mut self) {
        self.parked_until = None;
        if !self.parked.is_empty() {
            self.reopen();
        }
    }

    /// The integrator does not take the file: it is kept, and opens again with its key.
    fn give_up(&mut self, why: &str) {
        tracing::error!(key = %self.key, why, "the document is kept as forgotten: the integrator did not take it");
        if let Some(record) = &mut self.record {
            record.phase = Phase::Forgotten;
        }
        self.save_record();
    }

    /// Somebody opens a document again that is still owed to the integrator: they go on from there, and
    /// with them all who waited.
    pub fn reopen(&mut self) {
        self.delivery.retry_at = None;
        self.delivery.queue.clear();
        if let Some(record) = &mut self.record {
            record.phase = Phase::Open;
            record.attempts = 0;
            record.next_attempt = None;
            // Without a snapshot there is nothing to give; what was lost was told.
            let owed = record.snapshot.is_some();
            record.changed = owed;
            self.saving.changed = owed;
            self.saving.unforced = owed;
        }
        self.save_record();
        self.parked_until = None;
        for join in std::mem::take(&mut self.parked) {
            self.on_join(join);
        }
    }

    /// What was delivered is still open, and is edited once more: nothing of it is owed yet.
    pub fn edit_anew(&mut self) {
        if let Some(record) = &mut self.record {
            record.phase = Phase::Open;
            record.changed = false;
            record.attempts = 0;
            record.next_attempt = None;
        }
        self.save_record();
    }

    /// Whether a saved key still refuses to be edited (spec 6.6).
    pub fn still_closed(&self) -> bool {
        let closed_for =
            i64::try_from(self.services.config.closed_for.as_secs()).unwrap_or(i64::MAX);
        self.record
            .as_ref()
            .is_some_and(|record| self.services.now() - record.updated < closed_for)
    }
}

pub(crate) fn joined(user: &str) -> Action {
    Action {
        kind: ActionKind::Joined,
        userid: user.to_owned(),
    }
}

/// What a callback says of somebody who left.
pub(crate) fn left(user: &str) -> Action {
    Action {
        kind: ActionKind::Left,
        userid: user.to_owned(),
    }
}

/// Doubles from the first wait to the longest.
fn backoff(attempts: u32, (first, longest): (Duration, Duration)) -> Duration {
    let factor = 1_u32
        .checked_shl(attempts.saturating_sub(1))
        .unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(longest)
}

impl Participant {
    /// What a final save says of its changer.
    pub fn changer(&self) -> Changer {
        (self.opening.clone(), self.user_id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = (Duration::from_secs(1), Duration::from_secs(600));
        let waits: Vec<_> = [1, 2, 3, 4, 11, 40]
            .map(|n| backoff(n, retry).as_secs())
            .into();
        assert_eq!(waits, [1, 2, 4, 8, 600, 600]);
    }

    #[test]
    fn what_waits_for_a_slow_integrator_is_limited_and_keeps_its_files() {
        let config = serde_json::json!({
            "document": { "fileType": "docx", "key": "k", "title": "T", "url": "http://a/b" },
            "documentType": "word",
            "editorConfig": { "user": { "id": "u1", "name": "Ann" } },
        });
        let opening = recto_token::opening_with_tokens_off(&config).unwrap();
        let letter = |status| {
            let key = opening.get().key.clone();
            Some((opening.clone(), Callback::new(key, status)))
        };
        let mut delivery = Delivery::default();
        let file = delivery.push(letter(Status::Ready));
        let first = delivery.push(letter(Status::Editing));
        for _ in 0..10_000 {
            delivery.push(letter(Status::Editing));
        }
        assert_eq!(delivery.queue.len(), LETTERS);
        let kept = |number| delivery.queue.iter().any(|it| it.number == number);
        assert!(kept(file) && kept(delivery.written) && !kept(first));
    }
}
