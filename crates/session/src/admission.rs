//! Who may still come in: nobody fills a document or a server for the others.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::actor::Session;
use crate::messages::Join;
use crate::participant::Participant;
use crate::problem::Problem;

/// Tells the tokens that documents were opened with apart, without keeping them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenId([u8; 32]);

impl TokenId {
    /// The one of this token. Its signature may be written in several ways, so it does not count.
    pub fn of(token: &str) -> Self {
        let signed = token.rsplit_once('.').map_or(token, |(signed, _)| signed);
        Self(Sha256::digest(signed).into())
    }

    /// The bytes by which a session token names it.
    pub fn bytes(self) -> [u8; 32] {
        self.0
    }
}

impl From<[u8; 32]> for TokenId {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("TokenId")
    }
}

/// One who left, and whose view the engine still makes or has still to end. They count as long as it
/// does, against the same limits as those who are here: those who come and go again and again keep the
/// engine no busier than those who stay.
#[derive(Debug, Clone, Copy)]
pub struct Departing {
    token: Option<TokenId>,
    came_to_change: bool,
}

impl Departing {
    /// None for one without a view.
    pub fn of(participant: &Participant) -> Option<Self> {
        let has_view = participant.view.is_some() || participant.view_in_the_making.is_some();
        has_view.then(|| Self {
            token: participant.token,
            came_to_change: participant.came_to_change(),
        })
    }
}

impl Session {
    /// Whether this participant comes back, rather than being one more.
    pub fn comes_back(&self, join: &Join) -> bool {
        join.returning.as_ref().is_some_and(|returning| {
            returning.resumes
                && self
                    .participants
                    .iter()
                    .any(|p| p.id == returning.participant)
        })
    }

    /// Whether one more fits in.
    pub fn room_for(&self, join: &Join) -> Result<(), Problem> {
        let limits = &self.services.config.limits;
        if self.participants.len() + self.parked.len() >= limits.participants {
            return Err(Problem::document_full());
        }
        // Links to read are given to many, so they leave room for those who write.
        let viewers = self.participants.iter().filter(|p| !p.came_to_change());
        let parked = self.parked.iter().filter(|join| !join.may_change());
        let kept = limits.kept_for_editors.min(limits.participants / 2);
        if !join.may_change() && viewers.count() + parked.count() >= limits.participants - kept {
            return Err(Problem::document_full());
        }
        let leaving = |one: &dyn Fn(&Departing) -> bool| {
            let departing = self.departing.values();
            departing.filter(|it| one(it)).count()
        };
        if leaving(&|_| true) >= limits.participants
            || (!join.may_change()
                && leaving(&|it| !it.came_to_change) >= limits.participants - kept)
        {
            return Err(Problem::document_full());
        }
        let Some(token) = join.token else {
            return Ok(());
        };
        if leaving(&|it| it.token == Some(token)) >= limits.views_of_token {
            return Err(Problem::token_used_up());
        }
        let parked = self.parked.iter().map(|join| join.token);
        let views = self.participants.iter().map(|p| p.token).chain(parked);
        if views.filter(|other| *other == Some(token)).count() >= limits.views_of_token {
            return Err(Problem::token_used_up());
        }
        Ok(())
    }
}
