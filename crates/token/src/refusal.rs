//! Why something was refused, as data.

use std::{fmt, ops::Deref};

use recto_docs_api::{Explain, editor_error};
use serde::Serialize;

use crate::{CLOCK_TOLERANCE, claims::utc, explain::catalogue::Entry, json::cut};

/// Why a token, a config or a link was refused.
///
/// The same value becomes the code on the wire, the sentence in the editor, the
/// line in the log and the output of the command line. It never contains a
/// token or a secret. Its fields are those of [`RefusalDetails`]; they are boxed
/// so that a `Result` stays small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Refusal(Box<RefusalDetails>);

/// The fields of a [`Refusal`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusalDetails {
    /// Stable name of the reason, such as `token.signature`.
    pub code: &'static str,
    /// One sentence that says what is wrong.
    pub message: String,
    /// One sentence that says what to do.
    pub hint: String,
    /// Where in the payload, such as `document.permissions.edit`.
    pub path: Option<String>,
    /// What should have been there.
    pub expected: Option<String>,
    /// What was there.
    pub found: Option<String>,
    /// Anchor in the documentation, such as `tokens/signature`.
    pub docs: &'static str,
    /// What an ONLYOFFICE server would say.
    pub wire: Wire,
}

/// Code and description with which ONLYOFFICE's server refuses a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wire {
    /// 4004 access denied, 4005 token expired, 4006 token not acceptable.
    pub code: u16,
    /// The text beside it; integrators' tools look for it.
    pub description: String,
}

impl Deref for Refusal {
    type Target = RefusalDetails;

    fn deref(&self) -> &RefusalDetails {
        &self.0
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.message, self.hint)
    }
}

impl std::error::Error for Refusal {}

impl Explain for Refusal {
    fn code(&self) -> &'static str {
        self.code
    }

    fn message(&self) -> String {
        self.message.clone()
    }

    fn hint(&self) -> String {
        self.hint.clone()
    }

    fn editor_error(&self) -> i32 {
        match (self.code, self.wire.code) {
            ("config.file_type", _) => editor_error::FORMAT,
            (_, 4004) => editor_error::RIGHTS,
            (_, 4005) => editor_error::TOKEN_EXPIRED,
            _ => editor_error::TOKEN,
        }
    }
}

impl Refusal {
    /// A refusal that closes the connection with 4006 and this description.
    pub(crate) fn token(
        entry: &Entry,
        description: impl AsRef<str>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self(Box::new(RefusalDetails {
            code: entry.code,
            message: message.into(),
            hint: hint.into(),
            path: None,
            expected: None,
            found: None,
            docs: entry.docs,
            wire: Wire {
                code: 4006,
                description: format!("token:{}", description.as_ref()),
            },
        }))
    }

    /// The same with 4004, which editors show as a lack of rights.
    pub(crate) fn access(
        entry: &Entry,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let mut refusal = Self::token(entry, "", message, hint);
        refusal.0.wire = Wire {
            code: 4004,
            description: "access deny".to_owned(),
        };
        refusal
    }

    /// A good token, for another document than the one that its connection is for.
    pub fn wrong_document(key: &str) -> Self {
        Self::access(
            &reason::WRONG_DOCUMENT,
            "The token was made for another document than the one that the page opens.",
            "Sign the config after document.key is set, and do not change the key in the browser.",
        )
        .at("document.key")
        .found(key)
    }

    /// Says another thing that is wrong.
    pub(crate) fn and(mut self, hint: &str) -> Self {
        self.0.hint.push(' ');
        self.0.hint.push_str(hint);
        self
    }

    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.0.path = Some(path.into());
        self
    }

    pub(crate) fn expected(mut self, expected: impl AsRef<str>) -> Self {
        self.0.expected = Some(cut(expected.as_ref()));
        self
    }

    pub(crate) fn found(mut self, found: impl AsRef<str>) -> Self {
        self.0.found = Some(cut(found.as_ref()));
        self
    }
}

/// The catalogue's entries of the codes that refusals have.
pub(crate) use crate::explain::catalogue as reason;

/// "1 second", "90 seconds", "3 hours": enough to see what went wrong.
pub(crate) fn span(seconds: i64) -> String {
    let (number, unit) = match seconds {
        ..300 => (seconds, "second"),
        300..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

pub(crate) fn expired(exp: i64, renewed: &str, now: i64) -> Refusal {
    let ago = now.saturating_sub(exp);
    let seconds = if ago < 300 {
        String::new()
    } else {
        format!(" ({ago} seconds)")
    };
    let mut refusal = Refusal::token(
        &reason::EXPIRED,
        "jwt expired",
        format!("The token expired {} ago{seconds}, at {}.", span(ago), utc(exp)),
        format!(
            "Sign a new token {renewed}, with an \"exp\" some minutes ahead, and check that both clocks agree: here it is {}.",
            utc(now)
        ),
    )
    .at("exp")
    .expected(format!("later than {}", now.saturating_sub(CLOCK_TOLERANCE)))
    .found(exp.to_string());
    refusal.0.wire.code = 4005;
    refusal
}

pub(crate) fn not_yet_valid(nbf: i64, now: i64) -> Refusal {
    Refusal::token(
        &reason::NOT_YET_VALID,
        "jwt not active",
        format!(
            "The token becomes valid only in {}, at {}.",
            span(nbf.saturating_sub(now)),
            utc(nbf)
        ),
        format!(
            "Leave out \"nbf\", or correct the clock of the machine that signed the token: here it is {}.",
            utc(now)
        ),
    )
    .at("nbf")
    .expected(format!("at most {}", now.saturating_add(CLOCK_TOLERANCE)))
    .found(nbf.to_string())
}

/// A signature by a key that was taken out of use.
pub(crate) fn key_retired(key: &str, time: i64, next: Option<&str>) -> Refusal {
    let hint = match next {
        Some(next) => format!(
            "Sign with this server's present key, {next}: set it in the back end, and restart that if it reads its settings only then."
        ),
        None => {
            "Set a new secret here and in the back end: no key of this server is in use.".to_owned()
        }
    };
    Refusal::token(
        &reason::KEY_RETIRED,
        "invalid signature",
        format!(
            "The token was signed with the key {key}, which this server has not accepted since {}.",
            utc(time)
        ),
        hint,
    )
    .at("signature")
    .expected("a signature by a key in use")
    .found(format!("a signature by the key {key}"))
}

/// A signature by a key that will be used later.
pub(crate) fn key_not_yet_valid(key: &str, time: i64, now: i64) -> Refusal {
    Refusal::token(
        &reason::KEY_NOT_YET_VALID,
        "invalid signature",
        format!(
            "The token was signed with the key {key}, which this server accepts only from {} on.",
            utc(time)
        ),
        format!(
            "Sign with the present key until then, or correct the server's clock: here it is {}.",
            utc(now)
        ),
    )
    .at("signature")
    .expected("a signature by a key in use")
    .found(format!("a signature by the key {key}"))
}

impl Refusal {
    /// A request to a host that is no tenant's, on a server without a default.
    pub fn unknown_tenant(host: Option<&str>) -> Self {
        Self::token(
            &reason::UNKNOWN_TENANT,
            "invalid signature",
            "The request belongs to no tenant of this server.",
            "Call the server by the host that was set up for the tenant, or name one of the tenant's keys as \"kid\" in the token's header.",
        )
        .at("host")
        .expected("the host of a tenant")
        .found(host.unwrap_or("nothing"))
    }
}

pub(crate) fn link_signature() -> Refusal {
    Refusal::token(
        &reason::SIGNATURE,
        "invalid signature",
        "The link was not signed by this server, or was changed afterwards.",
        "Use the link exactly as the callback or answer gave it, with its whole query.",
    )
}

pub(crate) fn link_expired(expires: i64, now: i64) -> Refusal {
    let mut refusal = Refusal::token(
        &reason::EXPIRED,
        "jwt expired",
        format!(
            "The link expired {} ago, at {}.",
            span(now.saturating_sub(expires)),
            utc(expires)
        ),
        "Fetch the file as soon as the callback arrives, before it is answered.",
    );
    refusal.0.wire.code = 4005;
    refusal
}

#[cfg(test)]
mod catalogue_tests;
#[cfg(test)]
mod tests;
