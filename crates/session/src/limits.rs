//! What participants, documents and tenants may use at most, and what they are told beyond it.

use std::time::Duration;

use crate::problem::Problem;

/// Limits of sessions; `docs/development/limits.md` lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Messages with a value out of bounds before a connection is ended; one is forgiven each minute. Default 16.
    pub refused_messages: u32,
    /// Inputs of one participant that the engine has not carried out. Default 64.
    pub inputs_under_way: u32,
    /// Their bytes. Default 32 MiB.
    pub bytes_under_way: u32,
    /// Messages of one connection in a second, on average. Default 1000.
    pub messages_per_second: u32,
    /// Questions of one participant that the engine has not answered. Default 8.
    pub questions: usize,
    /// How long a copy in another format may take to be made. Default 2 min.
    pub export_seconds: Duration,
    /// Participants of one document. Default 200.
    pub participants: usize,
    /// Of them, those whom only editors can be; at most half. Default 50.
    pub kept_for_editors: usize,
    /// How long a document that opens with a password waits for it. Default 5 min.
    pub password_seconds: Duration,
    /// Passwords that may be tried in a minute for one document. Default 10.
    pub password_tries: usize,
    /// Views that one token opens. Default 20.
    pub views_of_token: usize,
    /// Bytes of a tenant's results beyond which no participant gets another copy. Default 10 GiB.
    pub results_bytes: u64,
    /// Open documents of one tenant. Default 1000.
    pub documents_of_tenant: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            refused_messages: 16,
            inputs_under_way: 64,
            bytes_under_way: 32 << 20,
            messages_per_second: 1000,
            questions: 8,
            export_seconds: Duration::from_secs(120),
            participants: 200,
            kept_for_editors: 50,
            password_seconds: Duration::from_secs(300),
            password_tries: 10,
            views_of_token: 20,
            results_bytes: 10 << 30,
            documents_of_tenant: 1000,
        }
    }
}

/// Too many users, as an ONLYOFFICE editor has it.
const USERS: i32 = -22;

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

    /// The first message was too large: nobody is told more before it is known
    /// who they are.
    pub fn first_message() -> Self {
        Self::new(
            "live.first_message",
            -1,
            "The first message on the WebSocket was larger than the config of a document can be.",
            "Sign a smaller config, or let the server's administrator raise first_message_bytes in [limits].",
        )
    }

    /// There is a limit on participants.
    pub fn document_full() -> Self {
        Self::new(
            "session.full",
            USERS,
            "As many people as may have this document open at the same time do.",
            "Try again when somebody has left.",
        )
    }

    /// There is a limit on views of one token.
    pub fn token_used_up() -> Self {
        Self::new(
            "session.token_views",
            USERS,
            "This document is already open as many times as one signed config may open it.",
            "Close other tabs with this document, or load the application's page again, which signs a new config.",
        )
    }

    /// The same participant has come once more, over another connection.
    pub fn replaced() -> Self {
        Self::new(
            "session.replaced",
            -1,
            "This document was opened again with the same session.",
            "Go on in the tab that you opened last.",
        )
    }

    /// There is a limit on documents of a tenant.
    pub fn tenant_full() -> Self {
        Self::new(
            "tenant.full",
            USERS,
            "This application has as many documents open as it may have at the same time.",
            "Try again when others have closed theirs, or ask the server's administrator for more.",
        )
    }

    /// There is a limit on a tenant's results.
    pub fn results_full() -> Self {
        Self::new(
            "tenant.results_full",
            -101,
            "The document server keeps as many copies for this application as it may.",
            "Try again in an hour, when older copies are gone, or ask the server's administrator for more room.",
        )
    }

    /// There is a limit on documents of the server.
    pub fn server_full() -> Self {
        Self::new(
            "server.full",
            USERS,
            "The document server has as many documents open as it can bear.",
            "Try again in a moment; the administrator can raise the limit.",
        )
    }

    /// The right to copy is missing, and with it that to cut.
    pub fn no_copy() -> Self {
        Self::new(
            "rights.no_copy",
            -23,
            "You may not copy from this document, so nothing can be cut.",
            "Use the Delete key, or ask the owner of the document for the right to copy.",
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
        insta::assert_snapshot!(Problem::first_message(), @"The first message on the WebSocket was larger than the config of a document can be. Sign a smaller config, or let the server's administrator raise first_message_bytes in [limits].");
        insta::assert_snapshot!(Problem::document_full(), @"As many people as may have this document open at the same time do. Try again when somebody has left.");
        insta::assert_snapshot!(Problem::token_used_up(), @"This document is already open as many times as one signed config may open it. Close other tabs with this document, or load the application's page again, which signs a new config.");
        insta::assert_snapshot!(Problem::replaced(), @"This document was opened again with the same session. Go on in the tab that you opened last.");
        insta::assert_snapshot!(Problem::tenant_full(), @"This application has as many documents open as it may have at the same time. Try again when others have closed theirs, or ask the server's administrator for more.");
        insta::assert_snapshot!(Problem::results_full(), @"The document server keeps as many copies for this application as it may. Try again in an hour, when older copies are gone, or ask the server's administrator for more room.");
        insta::assert_snapshot!(Problem::server_full(), @"The document server has as many documents open as it can bear. Try again in a moment; the administrator can raise the limit.");
        insta::assert_snapshot!(Problem::no_copy(), @"You may not copy from this document, so nothing can be cut. Use the Delete key, or ask the owner of the document for the right to copy.");
        insta::assert_snapshot!(Problem::misbehaved(), @"This connection sent too many messages with values that are out of bounds, so it was ended. Use the editor page of this server, of this version: clear the browser's cache.");
    }
}
