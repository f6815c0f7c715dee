//! What the document server is told when it starts.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::http::HeaderName;
use ipnet::IpNet;
use recto_engine::EngineConfig;
use recto_session::SessionConfig;
use recto_token::Secret;
use url::Url;

/// Configuration of one document server.
pub struct ServerConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Folder for everything that must survive.
    pub data: PathBuf,
    /// Address under which integrators reach this server, when it differs from the one that browsers
    /// use. Result links begin with it.
    pub public_url: Option<Url>,
    /// Private networks that may be fetched from all the same.
    pub allow_network: Vec<IpNet>,
    /// Whether requests are authorised by tokens.
    pub tokens: Tokens,
    /// Name of the header that outgoing tokens are sent in.
    pub token_header: HeaderName,
    /// Pages that may embed the editor: sources of a `frame-ancestors` directive.
    pub frame_ancestors: String,
    /// Times and limits of sessions.
    pub session: SessionConfig,
    /// The engine.
    pub engine: EngineConfig,
}

/// Whether requests are authorised by tokens.
pub enum Tokens {
    /// Every config must be signed with this secret.
    Required(Secret),
    /// Anybody may open anything; the secret signs only what the server hands out itself.
    Off(Secret),
}
