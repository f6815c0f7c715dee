//! Who takes part: joining, returning, leaving, and what the others see of it.

use recto_engine::{ViewEvent, ViewId};
use recto_store::Phase;
use tokio::time::Instant;

use crate::actor::{Engine, Session};
use crate::admission::Departing;
use crate::messages::{Join, Joining};
use crate::participant::{Ending, Outlet, Participant, user_id};
use crate::problem::Problem;
use crate::rights::Rights;
use crate::tiles::TileQueue;
use crate::wire::{Presence, Stage, ToBrowser};

impl Session {
    pub fn on_join(&mut self, join: Join) {
        if self.stopped.is_some() {
            let _ = join.reply.send(Err(Problem::stopping()));
            return;
        }
        if let Some(returning) = &join.returning
            && self.dropped.refuses(
                &returning.participant,
                &user_id(join.opening.get(), &returning.participant),
            )
        {
            let _ = join.reply.send(Err(Problem::dropped()));
            return;
        }
        self.give_place_to(&join);
        if !self.comes_back(&join)
            && let Err(problem) = self.room_for(&join)
        {
            let _ = join.reply.send(Err(problem));
            return;
        }
        let token = join.token;
        if let Some(record) = &self.record {
            match record.phase {
                Phase::Delivering if self.delivery.in_flight() => {
                    join.outlet.send(ToBrowser::Progress {
                        stage: Stage::Delivering,
                    });
                    let wait = self.services.config.delivery_wait;
                    self.parked_until
                        .get_or_insert_with(|| Instant::now() + wait);
                    self.parked.push(join);
                    return;
                }
                Phase::Delivered if self.still_closed() => {
                    let _ = join.reply.send(Err(Problem::version_changed()));
                    return;
                }
                // Others still read what was delivered: it goes on from there.
                Phase::Delivered if matches!(self.engine, Engine::Open(_)) => self.edit_anew(),
                Phase::Delivered => self.forget_record(),
                Phase::Saving | Phase::Delivering | Phase::Forgotten => self.reopen(),
                Phase::Open => {}
            }
        }
        self.saving.recovered = false;
        let with_session = join.returning.is_some();
        let returning = join
            .returning
            .filter(|returning| returning.resumes)
            .map(|returning| returning.participant)
            .filter(|id| self.participants.iter().any(|p| p.id == *id));
        let id = if let Some(id) = returning {
            self.take_back(&id, join.outlet);
            id
        } else {
            let id = recto_store::new_id();
            let mut participant = Participant::new(
                id.clone(),
                join.opening,
                self.joined_ever,
                join.outlet,
                &self.services.config.limits,
            );
            participant.token = token;
            let (user, opening) = (&participant.user_id, participant.opening.get());
            if !join.changed.is_empty() {
                participant.rights = Rights::changed(opening, &join.changed);
            } else if with_session {
                participant.rights = self.changed_rights.on_return(user, opening);
            }
            participant.rights =
                self.held_to_reading(participant.opening.get(), participant.rights.clone());
            self.joined_ever += 1;
            self.dropped.admitted(&participant.id, &participant.user_id);
            if participant.may_change() {
                self.editors_left_at = None;
                self.saving.closing = false;
            }
            self.participants.push(participant);
            self.welcome(&id);
            id
        };
        let Some(credit) = self.participant(&id).map(|p| p.credit.clone()) else {
            return;
        };
        let _ = join.reply.send(Ok(Joining {
            participant: id,
            credit,
        }));
    }

    /// A join that waits is void when the same participant comes once more.
    fn give_place_to(&mut self, newer: &Join) {
        let resumed = |join: &Join| {
            let returning = join.returning.as_ref().filter(|it| it.resumes)?;
            Some(returning.participant.clone())
        };
        let Some(participant) = resumed(newer) else {
            return;
        };
        let same = |join: &mut Join| resumed(join).as_ref() == Some(&participant);
        for older in self.parked.extract_if(.., same) {
            older.outlet.close();
            let _ = older.reply.send(Err(Problem::replaced()));
        }
    }

    /// A participant whose connection was lost, or replaced by another tab's, is here again.
    fn take_back(&mut self, id: &str, outlet: Outlet) {
        let Some(participant) = self.participant(id) else {
            return;
        };
        if let Some(old) = participant.outlet.replace(outlet) {
            old.close();
        }
        participant.lost_at = None;
        participant.ending = Ending::Loss;
        participant.tiles = TileQueue::default();
        participant.waits_for_room = false;
        if participant.view.is_some() && matches!(self.engine, Engine::Open(_)) {
            self.send_opened(id, false);
            let Some(participant) = self.participant(id) else {
                return;
            };
            let events: Vec<_> = participant.last_events.values().cloned().collect();
            for event in events {
                participant.send(ToBrowser::View(event));
            }
            self.tell_presence();
        } else {
            self.welcome(id);
        }
    }

    /// A participant is gone for good.
    pub fn leave(&mut self, id: &str) {
        let Some(index) = self.participants.iter().position(|p| p.id == id) else {
            return;
        };
        let participant = self.participants.remove(index);
        if let Some(departing) = Departing::of(&participant)
            && self.document().is_some()
        {
            self.departing.insert(participant.id.clone(), departing);
        }
        self.suspects.forget(id);
        if let Some(outlet) = &participant.outlet {
            outlet.close();
        }
        if let (Some(view), Some(document)) = (participant.view, self.document()) {
            let enters = participant.in_cell && participant.may_change();
            let enters = enters.then(|| participant.changer());
            self.close_view(document, participant.id.clone(), view, enters);
        }
        if let Some(view) = participant.view {
            for other in &mut self.participants {
                other.forget_peer(view);
            }
        }
        for painting in self.paintings.values_mut() {
            painting.waiting.retain(|waiting| waiting != id);
        }
        if participant.may_change() {
            self.stops_editing((participant.opening, participant.user_id));
        } else if self.participants.is_empty() && self.editors_left_at.is_none() {
            // Only viewers were here: nothing to save, but the record is to be closed.
            self.editors_left_at = Some(Instant::now());
        }
        if self.participants.is_empty() && matches!(self.engine, Engine::Locked(_)) {
            self.engine = Engine::Absent;
            self.question.until = None;
        }
        self.tell_presence();
    }

    /// Whom this participant is shown.
    pub fn presences(&self, viewer: &Participant) -> Vec<Presence> {
        self.participants
            .iter()
            .filter(|other| viewer.sees(other))
            .filter_map(Participant::presence)
            .collect()
    }

    pub fn tell_presence(&mut self) {
        let lists: Vec<_> = self
            .participants
            .iter()
            .map(|viewer| self.presences(viewer))
            .collect();
        for (participant, list) in self.participants.iter_mut().zip(lists) {
            participant.send(ToBrowser::Participants { list });
        }
    }

    /// Whether the participant of this view is shown what an event tells of.
    pub fn is_shown(&self, view: ViewId, event: &ViewEvent) -> bool {
        let of = |view| self.participants.iter().find(|p| p.view == Some(view));
        match (of(view), event.peer()) {
            (_, None) => true,
            // A view may have a caret before it is known whose it is.
            (Some(viewer), Some(peer)) => of(peer).map_or_else(
                || viewer.rights.shows_everybody(),
                |other| viewer.sees(other),
            ),
            (None, Some(_)) => false,
        }
    }
}
