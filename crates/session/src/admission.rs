//! Who may still come in: nobody fills a document or a server for the others.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::actor::Session;
use crate::messages::Join;
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
        let Some(token) = join.token else {
            return Ok(());
        };
        let parked = self.parked.iter().map(|join| join.token);
        let views = self.participants.iter().map(|p| p.token).chain(parked);
        if views.filter(|other| *other == Some(token)).count() >= limits.views_of_token {
            return Err(Problem::token_used_up());
        }
        Ok(())
    }
}
