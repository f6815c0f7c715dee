//! Which keys sign and verify what.

use crate::{Key, KeyError, KeyRing, KeyState, Secret, jws::mac};

/// The keys of a document server, a ring for each purpose.
#[derive(Clone, Debug)]
pub struct Keys {
    inbox: KeyRing,
    outbox: KeyRing,
    session: KeyRing,
    links: KeyRing,
    journal: KeyRing,
    outgoing_life: i64,
}

impl Keys {
    /// Life of a token for an outgoing request in seconds, unless another one is
    /// set: 5 minutes, as in ONLYOFFICE's server.
    pub const OUTGOING_LIFE: i64 = 300;

    /// Keys from the one secret that most integrators share with the server.
    ///
    /// The session and link keys are derived from it, each for its own purpose:
    /// what is signed with one of them is no valid token for anything else.
    pub fn from_secret(secret: Secret) -> Self {
        let ring = KeyRing::from(secret);
        Self::derive(ring.clone(), ring.clone(), &ring, &ring)
    }

    /// Keys from separate secrets.
    ///
    /// The session and link keys are derived anyway, so that setting the
    /// same secret several times does no harm.
    pub fn separate(inbox: Secret, outbox: Secret, session: &Secret, links: &Secret) -> Self {
        Self::derive(
            inbox.into(),
            outbox.into(),
            &session.clone().into(),
            &links.clone().into(),
        )
    }

    /// Keys that verify what integrators sign, and sign nothing: for a tool that
    /// is no server.
    pub fn verifying(inbox: KeyRing) -> Self {
        let nothing = KeyRing::from(Secret::from(""));
        Self::derive(inbox, nothing.clone(), &nothing, &nothing)
    }

    /// Keys from a ring for each purpose, so that an old and a new key overlap.
    ///
    /// The inbox may have public keys, of integrators that share no secret; what signs needs at least one secret. The
    /// session and link keys are derived here too, and keep the ids and the time
    /// of those that they are made from. Links and the journal on disk are
    /// signed with the first secret, whenever it may be used, and the journal is
    /// read with all of them.
    pub fn from_rings(
        inbox: KeyRing,
        outbox: KeyRing,
        session: &KeyRing,
        links: &KeyRing,
    ) -> Result<Self, KeyError> {
        let signs = |ring: &KeyRing| ring.keys().iter().any(Key::can_sign);
        if [&outbox, session, links].into_iter().all(signs) {
            Ok(Self::derive(inbox, outbox, session, links))
        } else {
            Err(KeyError::NoSecret)
        }
    }

    fn derive(inbox: KeyRing, outbox: KeyRing, session: &KeyRing, links: &KeyRing) -> Self {
        let session = session.derived(|secret| derive(secret, "session"));
        Self {
            journal: session
                .derived(|secret| derive(secret, "journal"))
                .timeless(),
            links: links.derived(|secret| derive(secret, "links")),
            session,
            outbox,
            inbox,
            outgoing_life: Self::OUTGOING_LIFE,
        }
    }

    /// The keys of a tenant of this name: those that sign what only this server
    /// reads are derived from the name, too.
    pub(crate) fn of_tenant(self, name: &str) -> Self {
        let bound =
            |ring: &KeyRing| ring.derived(|secret| derive(secret, &format!("tenant {name}")));
        Self {
            session: bound(&self.session),
            links: bound(&self.links),
            journal: bound(&self.journal),
            ..self
        }
    }

    /// Whether an integrator's signature could count with both: whether any key
    /// that verifies or signs is the same, whatever its id and its time.
    pub fn overlaps(&self, other: &Self) -> bool {
        let all = |keys: &'_ Self| -> Vec<Key> {
            let both = keys.inbox.keys().iter().chain(keys.outbox.keys());
            both.cloned().collect()
        };
        let others = all(other);
        all(self)
            .iter()
            .any(|key| others.iter().any(|other| key.is_same(other)))
    }

    /// Sets the life of tokens for outgoing requests, in seconds.
    #[must_use]
    pub fn with_outgoing_life(mut self, seconds: i64) -> Self {
        self.outgoing_life = seconds;
        self
    }

    pub(crate) fn outgoing_life(&self) -> i64 {
        self.outgoing_life
    }

    /// The same keys once for each secret that may sign requests to integrators
    /// now, the preferred one first; at least one.
    ///
    /// While secrets are rotated, nobody knows which of them an integrator has
    /// already: what one refuses may be signed with the next.
    pub fn signers(&self, now: i64) -> Vec<Self> {
        let mut signers: Vec<_> = self
            .outbox
            .keys()
            .iter()
            .filter(|key| key.can_sign() && key.state(now) == KeyState::Usable)
            .map(|key| Self {
                outbox: KeyRing::from(key.clone()),
                ..self.clone()
            })
            .collect();
        if signers.is_empty() {
            signers.push(self.clone());
        }
        signers
    }

    /// What verifies configs and requests of integrators.
    pub fn inbox(&self) -> &KeyRing {
        &self.inbox
    }

    /// What signs requests to integrators: downloads and callbacks.
    pub fn outbox(&self) -> &KeyRing {
        &self.outbox
    }

    /// A foreign text with `[secret]` wherever a shared secret is in it: an error page of an
    /// application may print its settings.
    pub fn hidden_in(&self, text: &str) -> String {
        let secrets = self.inbox.secrets().chain(self.outbox.secrets());
        secrets
            .filter_map(|secret| std::str::from_utf8(secret.bytes()).ok())
            .filter(|secret| !secret.is_empty())
            .fold(text.to_owned(), |text, secret| {
                text.replace(secret, "[secret]")
            })
    }

    /// What signs and verifies session tokens.
    pub(crate) fn session(&self) -> &KeyRing {
        &self.session
    }

    /// What signs and verifies links to saved documents.
    pub(crate) fn links(&self) -> &KeyRing {
        &self.links
    }

    /// What seals the journal.
    pub(crate) fn journal(&self) -> &KeyRing {
        &self.journal
    }
}

/// An empty secret gives an empty one, which verifies nothing.
fn derive(secret: &Secret, purpose: &str) -> Secret {
    if secret.is_empty() {
        return secret.clone();
    }
    let context = format!("recto key derivation v1: {purpose}");
    Secret::from(mac(secret, context.as_bytes()).to_vec())
}

#[cfg(test)]
mod tests;
