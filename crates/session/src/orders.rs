//! What an integrator orders through the command service (spec/tokens.md 7.1).

use std::collections::{HashSet, VecDeque};

use recto_store::StoreError;
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use crate::actor::Session;
use crate::force_save::ForceSaving;
use crate::overview::State;
use crate::problem::Problem;
use crate::wire::ToBrowser;

/// An order. The one who gave it may have gone before it is answered.
pub(crate) enum Order {
    /// Who edits; the integrator is also told by a callback.
    Info {
        userdata: Option<String>,
        reply: oneshot::Sender<Vec<String>>,
    },
    /// These users are to go; without a list, all.
    Drop {
        users: Option<Vec<String>>,
        reply: oneshot::Sender<()>,
    },
    /// Whether a session token of this participant and user still counts, and what was changed of the
    /// user's rights since they were signed; `None` if the user was sent away.
    Standing {
        participant: String,
        user: String,
        reply: oneshot::Sender<Option<Map<String, Value>>>,
    },
    /// The integrator does not want the forgotten file.
    DeleteForgotten {
        reply: oneshot::Sender<Result<bool, StoreError>>,
    },
    /// These users have other permissions from now on; without a list, all.
    Permissions {
        users: Option<Vec<String>>,
        permissions: Map<String, Value>,
        reply: oneshot::Sender<()>,
    },
    /// The integrator does not have the file that it is being given.
    NotSaved { reply: oneshot::Sender<()> },
    /// The document has another title.
    Title {
        title: String,
        reply: oneshot::Sender<()>,
    },
    /// The integrator wants the file as it is now.
    ForceSave {
        userdata: Option<String>,
        reply: oneshot::Sender<ForceSaving>,
    },
    /// The administrator wants to know what is open.
    Overview { reply: oneshot::Sender<State> },
}

impl Session {
    pub fn carry_out(&mut self, order: Order) {
        match order {
            Order::Info { userdata, reply } => {
                let _ = reply.send(self.editors());
                self.call_back_info(userdata);
            }
            Order::Drop { users, reply } => {
                self.drop_users(users.as_deref());
                let _ = reply.send(());
            }
            Order::Standing {
                participant,
                user,
                reply,
            } => {
                let welcome = !self.dropped.refuses(&participant, &user);
                let change = || self.changed_rights.of(&user).cloned().unwrap_or_default();
                let _ = reply.send(welcome.then(change));
            }
            Order::DeleteForgotten { reply } => self.delete_forgotten(reply),
            Order::Permissions {
                users,
                permissions,
                reply,
            } => {
                self.change_rights(users.as_deref(), &permissions);
                let _ = reply.send(());
            }
            Order::NotSaved { reply } => {
                self.delivery.take_back();
                let _ = reply.send(());
            }
            Order::Title { title, reply } => {
                self.title = Some(title.clone());
                self.tell_all(&ToBrowser::Title { title });
                let _ = reply.send(());
            }
            Order::ForceSave { userdata, reply } => {
                let _ = reply.send(self.force_save(userdata));
            }
            Order::Overview { reply } => {
                let _ = reply.send(self.state());
            }
        }
    }

    fn drop_users(&mut self, users: Option<&[String]>) {
        self.dropped.remember(users);
        let gone: Vec<_> = self
            .participants
            .iter()
            .filter(|p| users.is_none_or(|users| users.contains(&p.user_id)))
            .map(|p| p.id.clone())
            .collect();
        let number = gone.len();
        for id in gone {
            if let Some(participant) = self.participant(&id) {
                participant.send(ToBrowser::failed(&Problem::dropped(), true));
            }
            self.leave(&id);
        }
        tracing::info!(key = %self.key, participants = number, "the integrator sent users away");
    }
}

/// Participants who are remembered as having come anew.
const WELCOME: usize = 1024;
/// Users who are remembered as sent away.
const USERS: usize = 10_000;

/// Who was sent away for as long as the session lives. A new config, which the integrator signs, opens
/// the document again; a session token of before does not.
#[derive(Default)]
pub(crate) struct Dropped {
    /// Participants who came after their users were sent away, with the integrator's ids of these; the
    /// newest last.
    welcome: VecDeque<(String, String)>,
    users: HashSet<String>,
    everybody: bool,
}

impl Dropped {
    /// Somebody joined.
    pub fn admitted(&mut self, participant: &str, user: &str) {
        if !self.everybody && !self.users.contains(user) {
            return;
        }
        if self.welcome.len() >= WELCOME {
            // Their session tokens are void; a new config opens the document again.
            self.welcome.pop_front();
        }
        self.welcome
            .push_back((participant.to_owned(), user.to_owned()));
    }

    /// These users were sent away; without a list, all.
    pub fn remember(&mut self, users: Option<&[String]>) {
        if let Some(users) = users {
            self.welcome.retain(|(_, user)| !users.contains(user));
            self.users.extend(users.iter().cloned());
            if self.users.len() > USERS {
                // Rather too many void session tokens than a list without end.
                self.everybody = true;
                self.users.clear();
            }
        } else {
            self.welcome.clear();
            self.everybody = true;
        }
    }

    /// Whether a session token is void: that of a participant who was sent away, or one from before
    /// this session of a user who was.
    pub fn refuses(&self, participant: &str, user: &str) -> bool {
        (self.everybody || self.users.contains(user))
            && !self.welcome.iter().any(|(known, _)| known == participant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn p7_old_session_tokens_of_dropped_users_are_void_and_new_ones_are_not() {
        let mut dropped = Dropped::default();
        dropped.admitted("p1", "ann");
        dropped.admitted("p2", "bob");
        dropped.remember(Some(&users(&["ann"])));
        assert!(dropped.refuses("p1", "ann"));
        assert!(dropped.refuses("p0", "ann"), "from before this session");
        assert!(!dropped.refuses("p2", "bob"));
        assert!(!dropped.refuses("p0", "bob"));
        dropped.admitted("p3", "ann");
        assert!(!dropped.refuses("p3", "ann"), "came with a new config");
        assert!(dropped.refuses("p1", "ann"));
    }

    #[test]
    fn p7_without_a_list_everybody_is_dropped() {
        let mut dropped = Dropped::default();
        dropped.admitted("p1", "ann");
        dropped.remember(None);
        assert!(dropped.refuses("p1", "ann") && dropped.refuses("p9", ""));
        dropped.admitted("p2", "ann");
        assert!(!dropped.refuses("p2", "ann"));
    }

    #[test]
    fn who_was_sent_away_is_remembered_within_bounds() {
        let mut dropped = Dropped::default();
        for n in 0..3 * WELCOME {
            dropped.admitted(&format!("a{n}"), "ann");
        }
        assert!(dropped.welcome.is_empty(), "nobody was sent away yet");
        dropped.remember(Some(&users(&["ann"])));
        for n in 0..3 * WELCOME {
            dropped.admitted(&format!("b{n}"), "ann");
        }
        assert_eq!(dropped.welcome.len(), WELCOME);
        assert!(!dropped.refuses(&format!("b{}", 3 * WELCOME - 1), "ann"));
        assert!(dropped.refuses("b0", "ann") && dropped.refuses("a0", "ann"));
        let many: Vec<_> = (0..=USERS).map(|n| format!("u{n}")).collect();
        dropped.remember(Some(&many));
        assert!(dropped.users.is_empty() && dropped.refuses("p0", "u7"));
    }

    #[test]
    fn an_empty_list_drops_nobody() {
        let mut dropped = Dropped::default();
        dropped.admitted("p1", "ann");
        dropped.remember(Some(&[]));
        assert!(!dropped.refuses("p1", "ann") && !dropped.refuses("p9", "bob"));
    }
}
