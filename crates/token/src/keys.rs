//! Which key signs what.

use crate::{Secret, jws::mac};

/// The keys of a document server.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Verifies what integrators sign: configs and requests.
    pub inbox: Secret,
    /// Signs requests to integrators: downloads and callbacks.
    pub outbox: Secret,
    /// Signs what only this server reads again: session tokens and the journal.
    pub session: Secret,
    /// Signs links to saved documents.
    pub links: Secret,
}

impl Keys {
    /// Keys from the one secret that most integrators share with the server.
    ///
    /// The session and link keys are derived from it, each for its own purpose:
    /// what is signed with one of them is no valid token for anything else.
    pub fn from_secret(secret: Secret) -> Self {
        Self {
            session: derive(&secret, "session"),
            links: derive(&secret, "links"),
            outbox: secret.clone(),
            inbox: secret,
        }
    }

    /// Keys from separate secrets.
    ///
    /// The session and link keys are derived all the same, so that setting the
    /// same secret several times does no harm.
    pub fn separate(inbox: Secret, outbox: Secret, session: &Secret, links: &Secret) -> Self {
        Self {
            inbox,
            outbox,
            session: derive(session, "session"),
            links: derive(links, "links"),
        }
    }

    /// The key that seals the journal.
    pub(crate) fn journal(&self) -> Secret {
        derive(&self.session, "journal")
    }
}

fn derive(secret: &Secret, purpose: &str) -> Secret {
    let context = format!("recto key derivation v1: {purpose}");
    Secret::from(mac(secret, context.as_bytes()).to_vec())
}
