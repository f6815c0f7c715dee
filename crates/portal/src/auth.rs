//! Passwords and the limit on guessing them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;

/// Argon2id with the crate's recommended costs, as a PHC string.
pub(crate) fn hash_password(password: &str) -> Result<String, PasswordError> {
    let mut raw = [0_u8; 16];
    OsRng.try_fill_bytes(&mut raw)?;
    let salt = SaltString::from_b64(&STANDARD_NO_PAD.encode(raw))?;
    Ok(Argon2::default()
        .hash_password(password.as_bytes(), &salt)?
        .to_string())
}

/// Why no hash could be made.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The hash function refused its input.
    #[error("a password could not be hashed: {0}")]
    Hash(argon2::password_hash::Error),
    /// The system gave no random bytes.
    #[error("the system's random numbers are not available: {0}")]
    Random(#[from] rand::rand_core::OsError),
}

impl From<argon2::password_hash::Error> for PasswordError {
    fn from(error: argon2::password_hash::Error) -> Self {
        Self::Hash(error)
    }
}

/// Checks a password. For an unknown user it does the same work, so that the time taken does not
/// tell which users exist.
pub(crate) fn password_matches(password: &str, hash: Option<&str>) -> bool {
    let Some(parsed) = hash.and_then(|hash| PasswordHash::new(hash).ok()) else {
        let _ = hash_password(password);
        return false;
    };
    Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok()
}

/// Failed sign-ins in a sliding window: few for one user from one address, more for one address,
/// and a bound on one user from everywhere.
#[derive(Default)]
pub(crate) struct SignInLimit {
    failures: Mutex<HashMap<Bucket, Vec<i64>>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Bucket {
    UserAt(String, Option<IpAddr>),
    Address(Option<IpAddr>),
    User(String),
}

/// Seconds in which failures count.
const WINDOW: i64 = 300;
/// More buckets than this are never kept: old ones go first.
const MOST_BUCKETS: usize = 10_000;

impl Bucket {
    fn limit(&self) -> usize {
        match self {
            Self::UserAt(..) => 5,
            Self::Address(_) => 30,
            Self::User(_) => 50,
        }
    }

    fn all(user: &str, address: Option<IpAddr>) -> [Self; 3] {
        let user: String = user.chars().take(64).flat_map(char::to_lowercase).collect();
        [
            Self::UserAt(user.clone(), address),
            Self::Address(address),
            Self::User(user),
        ]
    }
}

impl SignInLimit {
    /// Counts an attempt before its password is looked at, so that attempts made at the same time
    /// count as well. `Err` has the seconds until the next attempt is allowed.
    pub(crate) fn begin(&self, user: &str, address: Option<IpAddr>, now: i64) -> Result<(), i64> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let buckets = Bucket::all(user, address);
        for bucket in &buckets {
            if let Some(times) = failures.get_mut(bucket) {
                times.retain(|time| now - time < WINDOW);
                if times.len() >= bucket.limit() {
                    let oldest = times.first().copied().unwrap_or(now);
                    return Err((oldest + WINDOW - now).max(1));
                }
            }
        }
        if failures.len() >= MOST_BUCKETS {
            failures.retain(|_, times| times.last().is_some_and(|time| now - time < WINDOW));
            if failures.len() >= MOST_BUCKETS {
                failures.clear();
            }
        }
        for bucket in buckets {
            failures.entry(bucket).or_default().push(now);
        }
        Ok(())
    }

    /// The attempt was right: it does not count as a failure, nor do earlier slips of this user here.
    pub(crate) fn succeeded(&self, user: &str, address: Option<IpAddr>) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let [user_at, address, user] = Bucket::all(user, address);
        failures.remove(&user_at);
        for bucket in [address, user] {
            if let Some(times) = failures.get_mut(&bucket) {
                times.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let hash = hash_password("recto-demo").expect("hashes");
        assert!(hash.starts_with("$argon2id$"));
        assert!(password_matches("recto-demo", Some(&hash)));
        assert!(!password_matches("recto-dem0", Some(&hash)));
        assert!(!password_matches("recto-demo", None));
    }

    #[test]
    fn w4_the_sixth_wrong_password_must_wait_and_the_window_slides() {
        let limit = SignInLimit::default();
        for second in 0..5 {
            assert_eq!(limit.begin("ada", None, second), Ok(()));
        }
        assert_eq!(limit.begin("Ada", None, 10), Err(290));
        assert_eq!(limit.begin("bruno", None, 10), Ok(()));
        assert_eq!(limit.begin("ada", None, 300), Ok(()));
    }

    #[test]
    fn w4_many_names_from_one_address_are_limited_too() {
        let limit = SignInLimit::default();
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        for number in 0..30 {
            assert_eq!(limit.begin(&format!("user{number}"), address, 0), Ok(()));
        }
        assert_eq!(limit.begin("somebody", address, 1), Err(299));
        assert_eq!(
            limit.begin("somebody", Some(IpAddr::from([192, 0, 2, 2])), 1),
            Ok(())
        );
    }

    #[test]
    fn w4_a_right_password_clears_earlier_slips() {
        let limit = SignInLimit::default();
        for _ in 0..4 {
            assert_eq!(limit.begin("ada", None, 0), Ok(()));
        }
        assert_eq!(limit.begin("ada", None, 0), Ok(()));
        limit.succeeded("ada", None);
        assert_eq!(limit.begin("ada", None, 0), Ok(()));
    }
}
