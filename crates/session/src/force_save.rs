//! Saving on demand: the integrator gets the file while it is edited (spec/tokens.md 6.4).

use recto_docs_api::{Action, ActionKind, Callback, FileType, ForceSaveKind, Status};
use recto_store::Phase;
use recto_token::{Opening, Verified};

use crate::actor::Session;
use crate::participant::Changer;

/// How an order to save now is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForceSaving {
    /// A callback follows.
    Started,
    /// Nothing was changed since the file was given away the last time.
    Unchanged,
    /// The last changer's config named no callback address, or can't be read any more.
    NoCallback,
}

/// A save on demand that was accepted.
pub(crate) struct ForceSave {
    kind: ForceSaveKind,
    /// Who pressed the button; their callback address gets the file, otherwise that of the last changer.
    by: Option<Changer>,
    userdata: Option<String>,
    /// The number of the snapshot that holds what is to be saved.
    snapshot: u64,
}

impl Session {
    /// The integrator wants the file.
    pub fn force_save(&mut self, userdata: Option<String>) -> ForceSaving {
        if !self.can_force_save() {
            return ForceSaving::Unchanged;
        }
        if !self.saving.changer().is_some_and(|it| calls_back(&it)) {
            return ForceSaving::NoCallback;
        }
        self.begin_force_save(ForceSaveKind::Command, None, userdata);
        ForceSaving::Started
    }

    /// The time has come to give the integrator what was changed, if that has not happened meanwhile.
    pub fn force_save_by_clock(&mut self) {
        if self.can_force_save() && self.saving.changer().is_some_and(|it| calls_back(&it)) {
            self.begin_force_save(ForceSaveKind::Timer, None, None);
        }
    }

    /// A participant pressed the save button: what they sent before that is stored, and the integrator gets
    /// it if they want it at once.
    pub fn on_save(&mut self, id: &str) {
        let Some(participant) = self.participant(id) else {
            return;
        };
        if !participant.may_change() {
            // Theirs is nothing to save, and the snapshots' pace is no matter of theirs.
            return;
        }
        if participant.under_way > 0 {
            participant.wants_save = true;
            return;
        }
        let by = participant.changer();
        let forced = by.0.get().force_save && calls_back(&by);
        if forced && self.can_force_save() {
            self.begin_force_save(ForceSaveKind::Button, Some(by), None);
        } else {
            self.snapshot();
        }
    }

    fn can_force_save(&self) -> bool {
        let open = |phase| phase == Phase::Open;
        self.saving.unforced && self.record.as_ref().is_some_and(|r| open(r.phase))
    }

    fn begin_force_save(
        &mut self,
        kind: ForceSaveKind,
        by: Option<Changer>,
        userdata: Option<String>,
    ) {
        self.saving.unforced = false;
        let mut forced = ForceSave {
            kind,
            by,
            userdata,
            snapshot: self.saving.begun,
        };
        if self.saving.dirty {
            forced.snapshot += 1;
            self.saving.forced.push(forced);
            // Waits if one is under way; see `settle_forced`.
            self.snapshot();
        } else if self.saving.busy() {
            self.saving.forced.push(forced);
        } else {
            self.send_forced(forced);
        }
    }

    /// A snapshot was stored or failed: this is what waited for it.
    pub fn settle_forced(&mut self, stored: bool) {
        let number = self.saving.begun;
        let all = std::mem::take(&mut self.saving.forced);
        let (ready, later): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|it| it.snapshot <= number);
        self.saving.forced = later;
        for forced in ready {
            if stored {
                self.send_forced(forced);
            } else {
                self.tell_force_save_failed(forced);
            }
        }
        if !self.saving.forced.is_empty() {
            self.snapshot();
        }
    }

    /// What waits for a snapshot of an engine process that died does so in vain.
    pub fn fail_forced(&mut self) {
        for forced in std::mem::take(&mut self.saving.forced) {
            self.tell_force_save_failed(forced);
        }
    }

    /// The integrator has not received what was sent on demand. It is not sent again; the changes are
    /// there for the next order.
    pub fn force_save_again(&mut self) {
        self.saving.unforced = self.saving.changed;
    }

    /// Status 6: the file as the last snapshot has it.
    fn send_forced(&mut self, forced: ForceSave) {
        let file = self.record.as_ref().and_then(|record| {
            let file_type = FileType::parse(&record.file_type).ok()?.saved_as();
            Some((record.snapshot.clone()?, file_type))
        });
        let Some((blob, file_type)) = file else {
            return self.tell_force_save_failed(forced);
        };
        let callback = Callback::new(self.key.clone(), Status::ForceSaved);
        let Some((opening, mut callback)) = self.forced_callback(forced, callback) else {
            return;
        };
        if opening_calls_back(&opening) {
            callback.filetype = Some(file_type.extension().into());
            callback.lost = self.lost();
            self.draft(opening, callback, blob, file_type);
        }
    }

    /// Status 7: there is no file to give.
    fn tell_force_save_failed(&mut self, forced: ForceSave) {
        tracing::error!(key = %self.key, kind = ?forced.kind, "a save on demand failed: the document could not be stored");
        self.force_save_again();
        let callback = Callback::new(self.key.clone(), Status::ForceSaveFailed);
        if let Some((opening, callback)) = self.forced_callback(forced, callback) {
            self.queue_callback(opening, callback);
        }
    }

    fn forced_callback(
        &self,
        forced: ForceSave,
        mut callback: Callback,
    ) -> Option<(Verified<Opening>, Callback)> {
        let last = self.saving.changer()?;
        callback.users = Some(vec![last.1.clone()]);
        callback.actions = forced.by.as_ref().map(|(_, user)| {
            vec![Action {
                kind: ActionKind::ForceSaved,
                userid: user.clone(),
            }]
        });
        callback.userdata = forced.userdata;
        let stored = self.saving.stored_unix;
        callback.lastsave = Some(crate::saving::rfc3339(
            stored.unwrap_or_else(|| self.services.now()),
        ));
        callback.forcesavetype = Some(forced.kind);
        let (opening, _) = forced.by.unwrap_or(last);
        Some((opening, callback))
    }
}

fn calls_back((opening, _): &Changer) -> bool {
    opening_calls_back(opening)
}

fn opening_calls_back(opening: &Verified<Opening>) -> bool {
    let url = opening.get().callback_url.as_deref();
    url.is_some_and(|url| !url.is_empty())
}
