//! Snapshots while a document is edited, and its final save.

use std::time::Duration;

use recto_docs_api::{Explain, FileType};
use recto_engine::Snapshot;
use recto_store::{BlobId, Changed, Phase, StoreError};
use recto_token::{Opening, Verified, seal, unseal};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;

use crate::actor::{Engine, Session};
use crate::force_save::ForceSave;
use crate::history::Changes;
use crate::interval::{Cost, LONGEST, interval};
use crate::messages::Op;
use crate::participant::Changer;
use crate::problem::Problem;
use crate::storing::{room_for_copy, store_copy};
use crate::wire::{SaveReport, SaveState, ToBrowser};

/// A final snapshot is tried this often before the one before it has to do.
const LAST_TRIES: u32 = 3;
/// The code of a full disk.
const DISK_FULL: &str = "store.disk_full";

/// Where the changes of a session are.
#[derive(Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts, not one state"
)]
pub(crate) struct Saving {
    /// Changes that no snapshot holds.
    pub dirty: bool,
    /// Changes that the integrator does not have for good.
    pub changed: bool,
    /// Changes that were not even sent on demand.
    pub unforced: bool,
    /// Saves on demand that wait for their snapshots.
    pub forced: Vec<ForceSave>,
    /// When the integrator is given the file by the clock.
    pub force_due: Option<Instant>,
    /// When the next snapshot is due.
    pub due: Option<Instant>,
    in_flight: bool,
    /// When the snapshot under way was begun, how it was written, and what the last one cost.
    begun_at: Option<Instant>,
    how: Option<Snapshot>,
    cost: Option<Cost>,
    /// The snapshot that is under way has its file, and is being named in the journal.
    recording: bool,
    /// Changes that no snapshot was begun for since, and those that the snapshot under way holds.
    unsaved: Option<Changed>,
    being_saved: Option<Changed>,
    /// Notes of unsaved changes that are on their way into the journal.
    pub marking: usize,
    /// Counts losses, so that everybody is told of each once.
    pub losses: u64,
    /// How many snapshots were begun.
    pub begun: u64,
    failures: u32,
    problem: Option<Problem>,
    pub stored_unix: Option<i64>,
    /// Who changed the document last.
    last_changer: Option<Changer>,
    /// All who changed it, and when.
    pub changes: Changes,
    /// Who left last of those who may edit.
    pub last_editor: Option<Changer>,
    /// The final save has begun; a return cancels it.
    pub closing: bool,
    /// Cells that are being entered for those who left them.
    pub entering: usize,
    /// Until when it waits for space on the disk.
    try_until: Option<Instant>,
    /// The document was found after a restart, and its editors may still come back.
    pub recovered: bool,
}

impl Saving {
    pub fn busy(&self) -> bool {
        self.in_flight
    }

    /// Whether storing failed so often that waiting for it is in vain.
    pub fn gave_up(&self) -> bool {
        if self.problem.as_ref().is_some_and(|it| it.code == DISK_FULL) {
            return self.closing && self.try_until.is_none_or(|until| Instant::now() >= until);
        }
        self.failures >= LAST_TRIES
    }

    /// Whose callback the final save goes to (spec 6.7).
    pub fn changer(&self) -> Option<Changer> {
        self.last_changer
            .clone()
            .or_else(|| self.last_editor.clone())
    }

    /// What no snapshot holds is gone with the engine process; gives what that is. The document counts
    /// as changed all the same: its integrator must not hear that it was not.
    pub fn engine_died(&mut self, snapshot_exists: bool) -> Option<Changed> {
        self.unforced &= snapshot_exists;
        self.dirty = false;
        self.due = None;
        self.force_due = None;
        if self.recording {
            return self.unsaved.take();
        }
        self.in_flight = false;
        let lost = self.all_unsaved();
        (self.unsaved, self.being_saved) = (None, None);
        lost
    }

    /// Notes what the snapshot that is now in the journal took.
    fn count_cost(&mut self) {
        if let (Some(begun), Some(how)) = (self.begun_at.take(), self.how.take()) {
            let took = begun.elapsed();
            self.cost = Some(Cost { took, how });
        }
    }

    /// Changes that are in the engine alone, as far as is known.
    fn all_unsaved(&self) -> Option<Changed> {
        match (self.being_saved.clone(), self.unsaved.clone()) {
            (Some(changed), others) => Some(changed.and(others)),
            (None, changed) => changed,
        }
    }
}

/// A time as callbacks and browsers get it.
pub(crate) fn rfc3339(unix: i64) -> String {
    OffsetDateTime::from_unix_timestamp(unix)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

impl Session {
    /// Takes up a record that an earlier session or run left.
    pub fn resume_record(&mut self, recovered: bool) {
        let Some(record) = &self.record else { return };
        let keys = &self.services.keys;
        let open = |sealed: &str| match unseal(keys, sealed) {
            Ok(opening) => Some(opening),
            Err(refusal) => {
                tracing::error!(key = %record.key, code = refusal.code,
                    "a record of the journal was sealed with another secret");
                None
            }
        };
        let user = |opening: Verified<Opening>| {
            let user = record
                .last_user
                .clone()
                .unwrap_or_else(|| opening.get().user.id.clone());
            (opening, user)
        };
        self.saving.changed = record.changed;
        self.saving.changes = Changes::resume(record.changes.clone());
        self.saving.unforced = record.changed;
        self.saving.stored_unix = Some(record.updated);
        self.saving.last_changer = record.last_changer.as_deref().and_then(open).map(user);
        self.saving.last_editor = open(&record.opening).map(user);
        self.saving.recovered = recovered;
        let phase = record.phase;
        if let Some(lost) = record.unsaved.clone() {
            // The process ended before a snapshot held them.
            self.lose_changes(Some(lost));
        }
        match phase {
            Phase::Open | Phase::Saving => self.editors_left_at = Some(Instant::now()),
            Phase::Delivering => self.deliver(),
            Phase::Delivered | Phase::Forgotten => {}
        }
    }

    /// The time from a change to its snapshot.
    fn interval(&self) -> Duration {
        let config = &self.services.config;
        let fixed = config.snapshot_after;
        fixed.unwrap_or_else(|| interval(self.saving.cost))
    }

    /// A change was made: it is to be stored soon.
    pub fn touch(&mut self, changer: Changer) {
        self.note_change(&changer);
        let interval = self.interval();
        let saving = &mut self.saving;
        saving.changed = true;
        saving.unforced = true;
        saving.changes.add(&changer, self.services.now());
        if let Some(every) = self.services.config.force_save_every {
            saving
                .force_due
                .get_or_insert_with(|| Instant::now() + every);
        }
        saving.last_changer = Some(changer);
        saving.due.get_or_insert_with(|| Instant::now() + interval);
        if !saving.dirty {
            saving.dirty = true;
            if !saving.in_flight {
                self.tell_save();
            }
        }
    }

    /// Notes in the journal that there are changes which no snapshot holds, if that is new. Until it is
    /// there, none of them is acknowledged: whatever happens, it is known that they were.
    fn note_change(&mut self, (opening, user): &Changer) {
        let name = match opening.get().user.name.trim() {
            "" => user,
            name => name,
        };
        let new = match &mut self.saving.unsaved {
            Some(unsaved) => unsaved.add(name),
            none => {
                *none = Some(Changed::new(self.services.now(), name));
                true
            }
        };
        let unsaved = self.saving.all_unsaved();
        let Some(record) = self.record.as_mut().filter(|_| new) else {
            return;
        };
        record.changed = true;
        record.unsaved = unsaved;
        record.last_changer = Some(seal(&self.services.keys, opening));
        record.last_user = Some(user.clone());
        let (store, record) = (self.services.store.clone(), record.clone());
        let noted = self
            .journal
            .then(async move { store.save_session(&record).await });
        self.saving.marking += 1;
        self.start(async move { Op::Noted(noted.await) });
    }

    pub fn on_noted(&mut self, noted: Result<(), StoreError>) {
        if let Err(error) = noted {
            tracing::error!(key = %self.key, code = error.code(), message = %error.message(),
                "unsaved changes could not be noted in the journal");
        }
        self.saving.marking = self.saving.marking.saturating_sub(1);
        if self.saving.marking == 0 {
            for participant in &mut self.participants {
                if std::mem::take(&mut participant.ack_due) {
                    let seq = participant.applied;
                    participant.send(ToBrowser::Ack { seq });
                }
            }
        }
    }

    /// Changes are lost: that is noted and logged, and everybody is told who is here or returns.
    pub fn lose_changes(&mut self, lost: Option<Changed>) {
        let Some(lost) = lost else { return };
        let seconds = self.services.now().saturating_sub(lost.since);
        tracing::error!(key = %self.key, seconds, people = lost.by.len(),
            "changes are lost that no snapshot held");
        self.saving.losses += 1;
        if let Some(record) = &mut self.record {
            record.unsaved = None;
            record.lost = Some(lost.and(record.lost.take()));
        }
        self.save_record();
    }

    /// Stores the document as it is now, if it was changed since the last time.
    pub fn snapshot(&mut self) {
        if !self.saving.dirty || self.saving.in_flight {
            return;
        }
        let Some(record) = &self.record else {
            self.saving.due = None;
            return;
        };
        let Some(document) = self.document() else {
            return;
        };
        let Ok(file_type) = FileType::parse(&record.file_type) else {
            return;
        };
        let last = record.snapshot.as_ref().unwrap_or(&record.original).clone();
        let extension = file_type.saved_as().extension();
        self.saving.dirty = false;
        self.saving.due = None;
        self.saving.in_flight = true;
        self.saving.being_saved = self.saving.unsaved.take();
        self.saving.begun += 1;
        self.saving.begun_at = Some(Instant::now());
        self.tell_save();
        let services = self.services.clone();
        let number = self.document_number;
        self.start(async move {
            let result = async {
                room_for_copy(&services, &last).await?;
                store_copy(&services, &document, extension).await
            };
            let result = result.await;
            Op::Stored {
                document: number,
                result,
            }
        });
    }

    pub fn on_stored(&mut self, number: u64, result: Result<(BlobId, Snapshot), Problem>) {
        if number != self.document_number || !self.saving.in_flight {
            return;
        }
        match result {
            Ok((snapshot, how)) => {
                self.saving.how = Some(how);
                self.tell_dialect();
                self.record_snapshot(snapshot);
            }
            Err(problem) => self.settle_snapshot(Err(problem)),
        }
    }

    /// If a text of values was saved with letters that its encoding does not have, it has another one.
    fn tell_dialect(&mut self) {
        let dialect = self.document().and_then(|document| document.dialect());
        if let (Some(before), Some(now)) = (self.dialect, dialect)
            && before.encoding() != now.encoding()
        {
            let problem = Problem::recoded(before.encoding().0);
            self.tell_all(&ToBrowser::notice(&problem));
        }
        self.dialect = dialect.or(self.dialect);
    }

    /// Names a snapshot in the journal. From here on the session's record has it, since its file is
    /// there; it counts as stored when the journal says so, too.
    fn record_snapshot(&mut self, snapshot: BlobId) {
        let Some(record) = &mut self.record else {
            return self.settle_snapshot(Ok(()));
        };
        self.saving.recording = true;
        let before = record.snapshot.replace(snapshot.clone());
        record.unsaved.clone_from(&self.saving.unsaved);
        record.changed = true;
        record.changes = self.saving.changes.list().to_vec();
        record.updated = self.services.now();
        if let Some((opening, user)) = &self.saving.last_changer {
            record.last_changer = Some(seal(&self.services.keys, opening));
            record.last_user = Some(user.clone());
        }
        let (store, record, old) = (self.services.store.clone(), record.clone(), before.clone());
        let written = self.journal.then(async move {
            store.save_session(&record).await?;
            if let Some(old) = old
                && let Err(error) = store.delete(&old).await
            {
                tracing::warn!(key = %record.key, error = %error.message(), "an old snapshot stays behind");
            }
            Ok(())
        });
        self.start(async move {
            Op::Recorded {
                snapshot,
                before,
                result: written.await.map_err(|error| Problem::of(&error)),
            }
        });
    }

    pub fn on_recorded(
        &mut self,
        snapshot: &BlobId,
        before: Option<BlobId>,
        result: Result<(), Problem>,
    ) {
        if result.is_err()
            && let Some(record) = &mut self.record
            && record.snapshot.as_ref() == Some(snapshot)
        {
            record.snapshot = before;
        }
        // Also when the engine died meanwhile: its heir has loaded this snapshot, so that what a failure
        // takes back is in the heir, and is to be stored again.
        if std::mem::take(&mut self.saving.recording) {
            self.settle_snapshot(result);
        }
    }

    /// A snapshot has come to its end.
    fn settle_snapshot(&mut self, result: Result<(), Problem>) {
        self.saving.in_flight = false;
        let stored = result.is_ok();
        match result {
            Ok(()) => {
                self.saving.failures = 0;
                self.saving.problem = None;
                self.saving.count_cost();
                self.saving.being_saved = None;
                self.saving.stored_unix = Some(self.services.now());
            }
            Err(problem) => {
                tracing::error!(key = %self.key, code = problem.code, message = %problem.message,
                    "a snapshot failed");
                self.saving.failures += 1;
                self.saving.unsaved = self.saving.all_unsaved();
                self.saving.being_saved = None;
                self.saving.problem = Some(problem);
                self.saving.dirty = true;
                let wait = self.services.config.snapshot_after.unwrap_or(LONGEST);
                self.saving.due = Some(Instant::now() + wait);
            }
        }
        self.tell_save();
        self.settle_forced(stored);
        self.go_on_closing();
    }

    /// A cell was entered for someone who left it: only now is its text in the document.
    pub fn on_entered(&mut self, by: Option<Box<Changer>>) {
        self.saving.entering = self.saving.entering.saturating_sub(1);
        if let Some(by) = by
            && matches!(self.engine, Engine::Open(_))
        {
            self.touch(*by);
        }
        self.go_on_closing();
    }

    /// The next step of the final save, if it has begun and nothing is under way that it waits for.
    fn go_on_closing(&mut self) {
        let saving = &self.saving;
        if !saving.closing || saving.in_flight || saving.entering > 0 {
            return;
        }
        if !saving.dirty || saving.gave_up() {
            self.finish_close();
        } else if saving.failures == 0 {
            self.snapshot();
        }
    }

    /// When the final save begins, if nobody who may edit comes back.
    pub fn close_due(&self) -> Option<Instant> {
        let open = self
            .record
            .as_ref()
            .is_some_and(|record| record.phase == Phase::Open);
        if !open || self.saving.closing {
            return None;
        }
        let config = &self.services.config;
        let wait = if self.saving.recovered {
            config.recover_within
        } else {
            config.save_after
        };
        self.editors_left_at.map(|at| at + wait)
    }

    /// The final save.
    pub fn close(&mut self) {
        tracing::info!(key = %self.key, "the final save begins");
        // What failed while it was edited does not count.
        self.saving.failures = 0;
        self.saving.try_until = Some(Instant::now() + self.services.config.full_disk_wait);
        self.saving.closing = true;
        self.saving.recovered = false;
        if self.saving.entering > 0 {
            return;
        }
        if self.saving.dirty && matches!(self.engine, Engine::Open(_)) {
            self.snapshot();
        }
        if !self.saving.in_flight {
            self.finish_close();
        }
    }

    pub fn finish_close(&mut self) {
        if self.saving.dirty {
            // The last snapshot has to do.
            let lost = self.saving.all_unsaved();
            (self.saving.unsaved, self.saving.dirty) = (None, false);
            self.lose_changes(lost);
        }
        self.saving.closing = false;
        self.saving.due = None;
        self.saving.force_due = None;
        self.editors_left_at = None;
        if self.participants.is_empty()
            && let Engine::Open(document) = std::mem::replace(&mut self.engine, Engine::Absent)
        {
            self.document_number += 1;
            self.start(async move {
                document.close().await;
                Op::Nothing
            });
        }
        let Some(record) = &mut self.record else {
            return;
        };
        if self.saving.changed && record.snapshot.is_some() {
            record.phase = Phase::Delivering;
            record.attempts = 0;
            record.next_attempt = None;
            self.save_record();
            self.deliver();
        } else if self.saving.changed {
            self.save_failed();
        } else if let Some((opening, user)) = self.saving.last_editor.take() {
            let calls_back = opening
                .get()
                .callback_url
                .as_deref()
                .is_some_and(|url| !url.is_empty());
            if calls_back {
                self.call_back_closed(opening, &user);
            } else {
                self.forget_unless_read();
            }
        } else {
            self.forget_unless_read();
        }
    }

    /// Nothing is owed of a document that was not changed. As long as others read it, its record says what
    /// the engine has open, for those who edit it next; the last of them to leave closes it.
    fn forget_unless_read(&mut self) {
        if matches!(self.engine, Engine::Absent) {
            self.forget_record();
        }
    }

    /// Status 3: there are changes, and no snapshot of them could be made. The original is kept.
    fn save_failed(&mut self) {
        tracing::error!(key = %self.key, "a changed document could not be saved");
        if let Some((opening, user)) = self.saving.changer() {
            self.call_back_failed(opening, &user);
        }
        if let Some(record) = &mut self.record {
            record.phase = Phase::Forgotten;
        }
        self.save_record();
    }

    /// Writes the record; a failure is logged, since what it would say is also in memory. What is put
    /// into the journal after that is done after it.
    pub fn save_record(&mut self) {
        let Some(record) = self.record.clone() else {
            return;
        };
        let store = self.services.store.clone();
        self.write(async move {
            if let Err(error) = store.save_session(&record).await {
                tracing::error!(key = %record.key, error = %error.message(), "the journal cannot be written");
            }
        });
    }

    /// Nothing of this key is owed to anybody any more.
    pub fn forget_record(&mut self) {
        self.record = None;
        self.saving = Saving::default();
        let (store, key) = (self.services.store.clone(), self.key.clone());
        self.write(async move {
            if let Err(error) = store.remove_session(&key).await {
                tracing::error!(%key, error = %error.message(), "a record could not be removed");
            }
        });
    }

    fn write(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        let written = self.journal.then(async move {
            work.await;
            Ok(())
        });
        self.writing += 1;
        self.start(async move {
            if let Err(error) = written.await {
                tracing::error!(error = %error.message(), "the journal cannot be written");
            }
            Op::Written
        });
    }

    pub fn save_report(&self) -> SaveReport {
        let saving = &self.saving;
        let problem = saving.problem.as_ref().or(self.delivery.problem.as_ref());
        let state = if problem.is_some() {
            SaveState::Failed
        } else if saving.in_flight {
            SaveState::Saving
        } else if saving.dirty {
            SaveState::Unsaved
        } else {
            SaveState::Saved
        };
        SaveReport {
            state,
            at: saving.stored_unix.map(rfc3339),
            message: problem.map(|p| p.message.clone()),
            hint: problem.map(|p| p.hint.clone()),
        }
    }

    pub fn tell_save(&mut self) {
        let report = self.save_report();
        self.tell_all(&ToBrowser::Save(report));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ch3_a_dead_engine_leaves_a_changed_document_changed() {
        let changed = || Saving {
            dirty: true,
            changed: true,
            unforced: true,
            in_flight: true,
            being_saved: Some(Changed::new(5, "Ann")),
            unsaved: Some(Changed::new(9, "Ben")),
            ..Saving::default()
        };
        let lost = Changed {
            since: 5,
            by: vec!["Ann".into(), "Ben".into()],
        };
        let mut saving = changed();
        assert_eq!(saving.engine_died(true), Some(lost.clone()));
        assert!(saving.changed && saving.unforced && !saving.dirty && !saving.busy());
        let mut saving = changed();
        assert_eq!(saving.engine_died(false), Some(lost));
        assert!(
            saving.changed && !saving.unforced,
            "nothing is left to give"
        );
        assert_eq!(saving.engine_died(false), None, "it is told once");
        let mut saving = changed();
        saving.unforced = false;
        saving.engine_died(true);
        assert!(!saving.unforced, "the integrator has it already");
    }

    #[test]
    fn ch4_what_a_snapshot_holds_that_is_being_named_is_not_lost() {
        let mut saving = Saving {
            in_flight: true,
            recording: true,
            being_saved: Some(Changed::new(5, "Ann")),
            unsaved: Some(Changed::new(9, "Ben")),
            ..Saving::default()
        };
        assert_eq!(saving.engine_died(true), Some(Changed::new(9, "Ben")));
        assert!(saving.busy());
    }
}
