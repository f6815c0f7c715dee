//! What participants write to each other beside the document.

use std::collections::VecDeque;

use serde::Serialize;

use crate::actor::Session;
use crate::saving::rfc3339;
use crate::wire::ToBrowser;

/// Messages that somebody who comes later can read.
const KEPT: usize = 200;
/// The longest message in characters; more is cut off.
const LONGEST: usize = 2000;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// The integrator's id of who wrote it.
    pub user_id: String,
    /// The name that the others see.
    pub name: String,
    /// The participant's colour, `#rrggbb`.
    pub color: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// What.
    pub text: String,
}

impl ChatMessage {
    /// How many bytes it takes.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>() + self.user_id.len() + self.name.len() + self.at.len() + self.text.len()
    }
}

/// The messages of one session; they end with it.
#[derive(Default)]
pub(crate) struct Chat(VecDeque<ChatMessage>);

impl Chat {
    fn add(&mut self, message: ChatMessage) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(message);
    }

    pub fn all(&self) -> Vec<ChatMessage> {
        self.0.iter().cloned().collect()
    }
}

impl Session {
    /// Somebody writes to the others: to those who may write too, as in ONLYOFFICE (spec/tokens.md 8.2).
    pub fn on_chat(&mut self, id: &str, text: &str) {
        let at = rfc3339(self.services.now());
        let Some(participant) = self.participant(id) else {
            return;
        };
        let text: String = text.trim().chars().take(LONGEST).collect();
        if text.is_empty() || !participant.rights.may_chat() {
            return;
        }
        let message = ChatMessage {
            user_id: participant.user_id.clone(),
            name: participant.name.clone(),
            color: participant.color.to_owned(),
            at,
            text,
        };
        self.chat.add(message.clone());
        for participant in &mut self.participants {
            if participant.rights.may_chat() {
                participant.send(ToBrowser::Chat {
                    messages: vec![message.clone()],
                });
            }
        }
    }
}
