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
    /// The one of this token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("TokenId")
    }
}

impl Session {
    /// Which token a view counts for. One that was opened with another's session counts for the token
    /// of that other.
    pub fn token_of(&self, join: &Join) -> Option<TokenId> {
        let Some(returning) = &join.returning else {
            return join.token;
        };
        let opener = self
            .participants
            .iter()
            .find(|p| p.id == returning.participant);
        opener
            .and_then(|opener| opener.token)
            .or_else(|| Some(TokenId::of(&returning.participant)))
    }

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
        let Some(token) = self.token_of(join) else {
            return Ok(());
        };
        let parked = self.parked.iter().map(|join| self.token_of(join));
        let views = self.participants.iter().map(|p| p.token).chain(parked);
        if views.filter(|other| *other == Some(token)).count() >= limits.views_of_token {
            return Err(Problem::token_used_up());
        }
        Ok(())
    }
}
