//! The headers that tokens come and are sent in.

use anyhow::{Context, bail};
use http::HeaderName;

/// What one place says of such a header.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its name.
    pub header: Option<String>,
    /// The word before a token.
    pub prefix: Option<String>,
}

impl Said {
    /// This, and what another place says beside it.
    pub fn or(self, other: Self) -> Self {
        Self {
            header: self.header.or(other.header),
            prefix: self.prefix.or(other.prefix),
        }
    }

    /// The header, and what stands before a token in it with its blank. `names` are those of the settings.
    pub fn checked(self, names: [&str; 2]) -> anyhow::Result<(HeaderName, String)> {
        let [of_header, of_prefix] = names;
        let header = match self.header.as_deref() {
            None | Some("") => http::header::AUTHORIZATION,
            Some(name) => name.parse().with_context(|| {
                format!("{of_header} is {name:?}, which can't be the name of a header. Use letters and hyphens, such as AuthorizationJwt")
            })?,
        };
        let word = self.prefix.as_deref().unwrap_or("Bearer").trim();
        if !word.bytes().all(|byte| byte.is_ascii_graphic()) {
            bail!(
                "{of_prefix} is {word:?}, which can't precede a token in a header. Give one word in ASCII, such as Bearer, or nothing."
            );
        }
        let blank = if word.is_empty() { "" } else { " " };
        Ok((header, format!("{word}{blank}")))
    }
}
