//! How much a browser is told of what went wrong.

use super::ToBrowser;

/// The texts of the library that ONLYOFFICE verifies tokens with. They say no more than the code
/// does; what Recto adds of its own names fields.
const LIBRARY: [&str; 12] = [
    "invalid algorithm",
    "invalid exp value",
    "invalid nbf value",
    "invalid signature",
    "invalid token",
    "jwt expired",
    "jwt malformed",
    "jwt must be a string",
    "jwt must be provided",
    "jwt not active",
    "jwt signature is required",
    "secret or public key must be provided",
];

const GENERAL_HINT: &str = "Tell the administrator of the application the code and the reference.";

impl ToBrowser {
    /// The same, with the id under which the log speaks of it, if it tells of an end.
    #[must_use]
    pub fn with_request(mut self, id: &str) -> Self {
        match &mut self {
            Self::Refused(refused) => refused.request = Some(id.to_owned()),
            Self::Failed { request, .. } => *request = Some(id.to_owned()),
            _ => {}
        }
        self
    }

    /// The same without what helps an attacker as much as an administrator: values of the token or the
    /// config, names of fields, addresses. The code stays.
    #[must_use]
    pub fn in_general(mut self) -> Self {
        match &mut self {
            Self::Refused(refused) => {
                let what = if refused.details.code.starts_with("config.") {
                    "config"
                } else {
                    "token"
                };
                refused.general = true;
                let details = &mut refused.details;
                details.message =
                    format!("The document can't be opened, because its {what} was refused.");
                GENERAL_HINT.clone_into(&mut details.hint);
                details.path = None;
                details.expected = None;
                details.found = None;
                details.docs = "";
                let description = &mut details.wire.description;
                if let Some(text) = description.strip_prefix("token:")
                    && !LIBRARY.contains(&text)
                {
                    description.truncate("token:".len());
                }
            }
            // These speak of addresses in the server's network.
            Self::Failed {
                code,
                message,
                hint,
                general,
                ..
            } if code.starts_with("fetch.") => {
                *general = true;
                "The document can't be opened, because its file could not be fetched."
                    .clone_into(message);
                GENERAL_HINT.clone_into(hint);
            }
            // Of a second file, the same may be said.
            Self::Taken {
                problem: Some(told),
                ..
            } if told.code.starts_with("fetch.") => {
                "The document that the application gave could not be fetched."
                    .clone_into(&mut told.message);
                GENERAL_HINT.clone_into(&mut told.hint);
            }
            Self::Taken {
                problem: Some(told),
                ..
            } if told.code.starts_with("token.") || told.code.starts_with("config.") => {
                "The document that the application gave was refused.".clone_into(&mut told.message);
                GENERAL_HINT.clone_into(&mut told.hint);
            }
            _ => {}
        }
        self
    }
}

#[cfg(test)]
mod tests;
