//! Limits of outgoing requests.

use std::time::Duration;

use ipnet::IpNet;
use reqwest::header::{AUTHORIZATION, HeaderName};

/// What outgoing requests may do. The defaults are those that integrators know from the Docs API.
#[derive(Clone, Debug)]
pub struct FetchConfig {
    /// Name of the header that carries a token.
    pub token_header: HeaderName,
    /// Networks that may be contacted although they are not globally routable.
    pub allow_network: Vec<IpNet>,
    /// Bytes that a document may have, after decompression.
    pub max_bytes: u64,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long a download may go without a byte arriving.
    pub idle_timeout: Duration,
    /// How long a download may take as a whole, with all its attempts.
    pub total_timeout: Duration,
    /// How long the integrator may take to answer a callback: it fetches the file meanwhile.
    pub callback_timeout: Duration,
    /// The pause before a failed download is tried again.
    pub retry_delay: Duration,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            token_header: AUTHORIZATION,
            allow_network: Vec::new(),
            max_bytes: 100 * 1024 * 1024,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(120),
            total_timeout: Duration::from_secs(120),
            callback_timeout: Duration::from_secs(600),
            retry_delay: Duration::from_secs(1),
        }
    }
}
