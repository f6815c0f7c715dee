//! What participants, documents and tenants may use at most, and what they are told beyond it.

use crate::problem::Problem;

/// Limits of sessions; `docs/development/limits.md` lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Messages with a value out of bounds before a connection is ended. Default 16.
    pub refused_messages: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            refused_messages: 16,
        }
    }
}

impl Problem {
    /// A message is not one of the live protocol.
    pub fn unreadable() -> Self {
        Self::new(
            "live.unreadable",
            -1,
            "The editor sent a message that this server does not know.",
            "Use the editor page of this server, of this version: clear the browser's cache.",
        )
    }

    /// A message has a value that is out of bounds. `kind` is its name, one of the protocol's.
    pub fn out_of_bounds(kind: &str) -> Self {
        Self::new(
            "live.out_of_bounds",
            -1,
            &format!(
                "The editor sent a {kind:?} message with a value that is out of bounds, so it was not followed."
            ),
            "Use the editor page of this server, of this version: clear the browser's cache.",
        )
    }

    /// A connection went on sending values out of bounds.
    pub fn misbehaved() -> Self {
        Self::new(
            "live.misbehaved",
            -1,
            "This connection sent too many messages with values that are out of bounds, so it was ended.",
            "Use the editor page of this server, of this version: clear the browser's cache.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        insta::assert_snapshot!(Problem::unreadable(), @"The editor sent a message that this server does not know. Use the editor page of this server, of this version: clear the browser's cache.");
        insta::assert_snapshot!(Problem::out_of_bounds("viewport"), @r#"The editor sent a "viewport" message with a value that is out of bounds, so it was not followed. Use the editor page of this server, of this version: clear the browser's cache."#);
        insta::assert_snapshot!(Problem::misbehaved(), @"This connection sent too many messages with values that are out of bounds, so it was ended. Use the editor page of this server, of this version: clear the browser's cache.");
    }
}
