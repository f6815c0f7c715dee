//! What the document server is told when it starts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use axum::http::HeaderName;
use recto_convert::ConvertConfig;
use recto_engine::EngineConfig;
use recto_fetch::{Authorities, FetchConfig, Policy};
use recto_session::SessionConfig;
use recto_token::{Keys, PublicUrl, Tenants};
use serde::Deserialize;

use crate::admin::AdminPassword;
use crate::client::{ForwardedHeader, TrustedProxy};

/// Configuration of one document server.
pub struct ServerConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Folder for everything that must survive.
    pub data: PathBuf,
    /// Address at which browsers and integrators reach this server. Every link begins with it.
    /// Without one, the server listens on a loopback address only, and that is it.
    pub public_url: Option<PublicUrl>,
    /// Proxies that are believed about whom they speak for.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// Which header those proxies write.
    pub forwarded_header: ForwardedHeader,
    /// Limits and rules of outgoing requests. Their largest download is the sessions'.
    pub outgoing: FetchConfig,
    /// Whether requests are authorised by tokens.
    pub tokens: Tokens,
    /// What tenants have of their own; what stands beside this is the default's, where a tenant can
    /// have its own. One that is not in the list has nothing but its keys.
    pub tenants: Vec<TenantConfig>,
    /// Name of the header that tokens come in.
    pub token_header: HeaderName,
    /// What a token follows in that header, with its blank; empty if nothing.
    pub token_prefix: String,
    /// Pages that may embed the editor.
    pub frame_ancestors: FrameAncestors,
    /// How much a browser is told of a refused opening.
    pub refusals: Refusals,
    /// Where the administrator's pages are, if not beside everything else.
    pub admin_listen: Option<SocketAddr>,
    /// Opens the administrator's pages from anywhere; without one they are there for this machine only.
    pub admin_password: Option<AdminPassword>,
    /// Times and limits of connections.
    pub http: HttpConfig,
    /// Times and limits of sessions.
    pub session: SessionConfig,
    /// Times and limits of conversions.
    pub convert: ConvertConfig,
    /// The engine.
    pub engine: EngineConfig,
    /// Documents that may be open at the same time, of all tenants. Default 2000.
    pub documents: usize,
    /// Live connections that may be open before it is known whose they are. Default 512.
    pub unauthenticated_sockets: usize,
    /// Bytes that are read of such a socket. Default 256 KiB.
    pub first_message_bytes: usize,
    /// Bytes of large messages of browsers, from their first until the engine has carried them out; at
    /// least one of the largest. Default 512 MiB.
    pub large_message_bytes: usize,
    /// How long the store or the task of a document may owe an answer before the server counts as
    /// unhealthy. Default 15 s.
    pub answer_within: Duration,
    /// How long a stop may take: what is not stored by then is not waited for. Default 50 s.
    pub stop_within: Duration,
    /// The limits in force by their names, as the metrics show them.
    pub limits: Vec<(&'static str, u64)>,
}

/// Times and limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct HttpConfig {
    /// Connections in all. Default 4096.
    pub connections: usize,
    /// Connections of one client: one address, or a /64 of IPv6; behind a trusted proxy its requests and
    /// `WebSockets` under way. Default 512, since a whole company may have one address.
    pub client_connections: usize,
    /// Time for the head of a request, from the connection or the answer before. Default 75 s: proxies keep
    /// idle connections for 60.
    pub header_time: Duration,
    /// Time for the body of a request. Default 60 s.
    pub body_time: Duration,
    /// How long a client may take nothing of what it is sent. Default 60 s.
    pub write_time: Duration,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connections: 4096,
            client_connections: 512,
            header_time: Duration::from_secs(75),
            body_time: Duration::from_secs(60),
            write_time: Duration::from_secs(60),
        }
    }
}

/// Whether requests are authorised by tokens.
pub enum Tokens {
    /// Every config must be signed with a key of its tenant.
    Required(Tenants),
    /// Anybody may open anything; the keys sign only what the server hands out itself.
    Off(Keys),
}

impl Tokens {
    /// Whose keys there are, and whether tokens are required.
    pub(crate) fn into_tenants(self) -> (Tenants, bool) {
        match self {
            Self::Required(tenants) => (tenants, true),
            Self::Off(keys) => (Tenants::only(keys), false),
        }
    }
}

/// What one tenant has of its own, beside its keys.
#[derive(Clone, Debug)]
pub struct TenantConfig {
    /// Its name, as in [`Tenants`].
    pub name: String,
    /// Where requests on its behalf may go, and where they are signed.
    pub policy: Policy,
    /// Authorities of certificates that are trusted on its behalf.
    pub authorities: Authorities,
    /// As [`ServerConfig::public_url`]; without one, the server's at the tenant's own host.
    pub public_url: Option<PublicUrl>,
    /// As [`ServerConfig::frame_ancestors`].
    pub frame_ancestors: FrameAncestors,
}

impl TenantConfig {
    /// A tenant of this name that has nothing of its own: it may contact public addresses.
    pub fn bare(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            policy: Policy::default(),
            authorities: Authorities::default(),
            public_url: None,
            frame_ancestors: FrameAncestors::default(),
        }
    }
}

/// How much a browser is told of a refused opening. The log has all of it either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Refusals {
    /// All that it takes to fix it: the place, what was expected, what was found.
    Full,
    /// The code and a general sentence.
    Code,
}

impl Refusals {
    /// What suits a server that listens there and is reached at this address: developers who try things on
    /// their own machine want to know, and nobody else reaches it.
    pub fn suited_to(listen: SocketAddr, public: Option<&PublicUrl>) -> Self {
        let from_elsewhere = public.is_some_and(|url| url.loopback_port().is_none());
        if listen.ip().to_canonical().is_loopback() && !from_elsewhere {
            Self::Full
        } else {
            Self::Code
        }
    }
}

/// Sources of a `frame-ancestors` directive, such as `https://app.example 'self'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameAncestors(String);

/// A text that is no list of sources: it could end the directive and begin another one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "frame_ancestors has {0:?}, which is no source of a frame-ancestors directive. Give addresses such as https://app.example with blanks between them, or *, 'self' or 'none'."
)]
pub struct FrameAncestorsError(String);

impl FrameAncestors {
    /// As it stands in the directive.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for FrameAncestors {
    fn default() -> Self {
        Self("*".into())
    }
}

impl FromStr for FrameAncestors {
    type Err = FrameAncestorsError;

    fn from_str(text: &str) -> Result<Self, FrameAncestorsError> {
        let sources: Vec<&str> = text.split_ascii_whitespace().collect();
        let is_source = |source: &str| {
            matches!(source, "'self'" | "'none'")
                || source
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"*.:/-_[]".contains(&byte))
        };
        match sources.iter().find(|source| !is_source(source)) {
            Some(wrong) => Err(FrameAncestorsError((*wrong).to_owned())),
            None if sources.is_empty() => Err(FrameAncestorsError(text.to_owned())),
            None => Ok(Self(sources.join(" "))),
        }
    }
}

/// Neither `full` nor `code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no such way to tell of refusals. Give full or code.")]
pub struct UnknownRefusals;

impl FromStr for Refusals {
    type Err = UnknownRefusals;

    fn from_str(text: &str) -> Result<Self, UnknownRefusals> {
        match text {
            "full" => Ok(Self::Full),
            "code" => Ok(Self::Code),
            _ => Err(UnknownRefusals),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w2_a_list_of_sources_cannot_begin_another_directive() {
        let read = |text: &str| text.parse::<FrameAncestors>().map(|read| read.0);
        assert_eq!(read(" * "), Ok("*".into()));
        assert_eq!(
            read("https://app.example  https://*.example:8443\t'self'"),
            Ok("https://app.example https://*.example:8443 'self'".into())
        );
        for wrong in [
            "",
            " ",
            "*; script-src *",
            "https://a.example,https://b.example",
            "'unsafe-inline'",
            "https://é.example",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        insta::assert_snapshot!(read("*; script-src *").unwrap_err(), @r#"frame_ancestors has "*;", which is no source of a frame-ancestors directive. Give addresses such as https://app.example with blanks between them, or *, 'self' or 'none'."#);
    }

    #[test]
    fn only_this_machine_is_told_all_by_default() {
        for (listen, public, refusals) in [
            ("127.0.0.1:8080", None, Refusals::Full),
            ("[::1]:8080", Some("http://localhost:8080"), Refusals::Full),
            // A proxy on the same machine.
            (
                "127.0.0.1:8080",
                Some("https://docs.example"),
                Refusals::Code,
            ),
            ("0.0.0.0:8080", None, Refusals::Code),
            (
                "0.0.0.0:8080",
                Some("http://localhost:8080"),
                Refusals::Code,
            ),
            ("[::]:8080", None, Refusals::Code),
            ("10.0.0.3:8080", None, Refusals::Code),
        ] {
            let public = public.map(|url| url.parse().unwrap());
            let suited = Refusals::suited_to(listen.parse().unwrap(), public.as_ref());
            assert_eq!(suited, refusals, "{listen} {public:?}");
        }
    }
}
