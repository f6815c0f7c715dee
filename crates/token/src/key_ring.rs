//! Several keys for one purpose, so that an old and a new one overlap.

use crate::{
    Key, KeyError, Secret,
    key::{Algorithm, KeyState},
};

/// The keys of one purpose, the preferred one first.
///
/// To rotate a secret, put the new one in front and let the old one retire when
/// the last token that it signed has expired.
///
/// ```
/// use recto_token::{Key, KeyRing, Keys, Secret};
///
/// # fn main() -> Result<(), recto_token::KeyError> {
/// let new = Key::secret(Secret::from("d1f0… the new secret")).with_id("2026-11")?;
/// let old = Key::secret(Secret::from("77ab… the old secret"))
///     .with_id("2025-11")?
///     .retires(1_795_600_800);
/// let ring = KeyRing::new(vec![new, old])?;
/// let keys = Keys::from_rings(ring.clone(), ring.clone(), &ring, &ring)?;
/// # let _ = keys;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRing(Vec<Key>);

/// Why no key of a ring verifies a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misfit<'k> {
    /// No key takes this algorithm.
    Algorithm,
    /// None of these keys made the signature.
    Signature(Vec<&'k Key>),
    /// This key made it, and is used only later.
    Early(&'k Key, i64),
    /// This key made it, and is used no longer.
    Retired(&'k Key, i64),
}

impl KeyRing {
    /// Most keys of a ring. Each of them may have to be tried for a token.
    pub const MAX: usize = 8;

    /// A ring of 1 to 8 keys, whose ids differ.
    pub fn new(keys: Vec<Key>) -> Result<Self, KeyError> {
        if keys.is_empty() || keys.len() > Self::MAX {
            return Err(KeyError::Count { count: keys.len() });
        }
        let ids: Vec<_> = keys.iter().filter_map(Key::id).collect();
        if (1..ids.len()).any(|last| ids[..last].contains(&ids[last])) {
            return Err(KeyError::SameId);
        }
        Ok(Self(keys))
    }

    /// The keys, the preferred one first.
    pub fn keys(&self) -> &[Key] {
        &self.0
    }

    /// The key that signs now: the first secret that may be used. When none may
    /// be used, the one that may be used longest: a signature that is refused
    /// for its key says what is wrong, and an endless wait does not.
    pub fn signer(&self, now: i64) -> Option<&Key> {
        let secrets = || self.0.iter().filter(|key| key.can_sign());
        let last = |key: &&Key| match key.state(now) {
            KeyState::Usable => i64::MAX,
            KeyState::Retired(time) | KeyState::Early(time) => time,
        };
        secrets()
            .find(|key| key.state(now) == KeyState::Usable)
            .or_else(|| secrets().max_by_key(last))
    }

    /// Whether it has nothing but empty secrets.
    pub(crate) fn is_void(&self) -> bool {
        self.0.iter().all(Key::is_void)
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter().filter_map(Key::as_secret)
    }

    /// The key that made a signature. `kid` is the id that the token names; an
    /// id that no key has is no hint, and all keys are tried.
    pub(crate) fn verify(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        input: &[u8],
        signature: &[u8],
        now: i64,
    ) -> Result<&Key, Misfit<'_>> {
        let named = kid.filter(|kid| self.0.iter().any(|key| key.id() == Some(*kid)));
        let candidates = || {
            self.0.iter().filter(|key| {
                (named.is_none() || key.id() == named) && key.accepts(algorithm) && !key.is_void()
            })
        };
        let mut misfit = None;
        for key in candidates() {
            if key.verifies(algorithm, input, signature) {
                match key.state(now) {
                    KeyState::Usable => return Ok(key),
                    KeyState::Early(time) => misfit = Some(Misfit::Early(key, time)),
                    KeyState::Retired(time) => misfit = Some(Misfit::Retired(key, time)),
                }
            }
        }
        Err(misfit.unwrap_or_else(|| {
            let tried: Vec<_> = candidates().collect();
            if tried.is_empty() {
                Misfit::Algorithm
            } else {
                Misfit::Signature(tried)
            }
        }))
    }

    /// A ring of keys for another purpose, made from the secrets of this one.
    pub(crate) fn derived(&self, derive: impl Fn(&Secret) -> Secret) -> Self {
        Self(
            self.0
                .iter()
                .filter_map(|key| key.derived(&derive))
                .collect(),
        )
    }

    /// The ring without limits in time.
    pub(crate) fn timeless(self) -> Self {
        Self(self.0.into_iter().map(Key::timeless).collect())
    }
}

impl From<Key> for KeyRing {
    fn from(key: Key) -> Self {
        Self(vec![key])
    }
}

impl From<Secret> for KeyRing {
    fn from(secret: Secret) -> Self {
        Self::from(Key::secret(secret))
    }
}

#[cfg(test)]
mod tests;
