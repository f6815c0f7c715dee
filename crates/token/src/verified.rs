//! A value that is known to come from somebody who holds the secret.

use std::ops::Deref;

use serde::Serialize;

/// A value taken from a token whose signature, time and purpose were checked.
///
/// Only this crate can make one. What grants a right, names a file or causes a
/// request takes a `Verified`, so that forgetting the check does not compile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }

    /// Lets a value pass **unchecked**, because the operator switched tokens off.
    ///
    /// The caller logs that it did so.
    pub fn with_tokens_off(value: T) -> Self {
        Self(value)
    }

    /// The value.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// The value, no longer known to be verified.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
