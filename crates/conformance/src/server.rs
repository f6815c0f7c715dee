//! The server that is asked.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::forge::Secret;

/// The server that is asked.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its address; a path in front of its own paths is kept.
    pub url: Url,
    /// The secret that it shares with applications.
    pub secret: Secret,
    /// Name of the header that carries tokens, `Authorization` by default.
    pub header: String,
    /// A file that the server can fetch, for the rows that convert one.
    pub file: Option<Url>,
    /// Where the built-in application listens, for the rows in which the server fetches documents and
    /// sends callbacks; they are skipped without it.
    pub listen: Option<Listen>,
}

/// Where the built-in application listens.
#[derive(Clone, Debug)]
pub struct Listen {
    /// Address and port; port 0 is any that is free.
    pub address: SocketAddr,
    /// Address at which the server reaches it, if it is another one.
    pub url: Option<Url>,
}

/// What kind of server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerKind {
    /// Recto: it speaks Recto's live protocol.
    Recto,
    /// ONLYOFFICE, or something that speaks socket.io as it does.
    Onlyoffice,
    /// Neither.
    Other,
}

/// Which server was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerInfo {
    /// Its address, without credentials.
    pub url: String,
    /// What kind it is.
    pub kind: ServerKind,
    /// Its version, as it answers to the command `version`.
    pub version: Option<String>,
}

impl fmt::Display for ServerInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ServerKind::Recto => "Recto",
            ServerKind::Onlyoffice => "ONLYOFFICE",
            ServerKind::Other => "A server",
        })?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        write!(f, " at {}", self.url)
    }
}

/// An address without credentials and query.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Addresses that cannot have them have none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}
