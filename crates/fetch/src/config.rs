//! Limits of outgoing requests.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderName};

use crate::{Authorities, Policy};

/// What outgoing requests may do. The defaults are those that integrators know from the Docs API.
#[derive(Clone, Debug)]
pub struct FetchConfig {
    /// Name of the header that carries a token.
    pub token_header: HeaderName,
    /// What the token follows in that header, with its blank.
    pub token_prefix: String,
    /// Where requests may go, and where they are signed.
    pub policy: Policy,
    /// Certificate authorities that are trusted beside the system's.
    pub authorities: Authorities,
    /// Whether any certificate is accepted. Then anyone in between can read and change
    /// documents, and every request is warned of.
    pub insecure_tls: bool,
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
            token_prefix: "Bearer ".into(),
            policy: Policy::default(),
            authorities: Authorities::default(),
            insecure_tls: false,
            max_bytes: 100 * 1024 * 1024,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(120),
            total_timeout: Duration::from_secs(120),
            callback_timeout: Duration::from_secs(600),
            retry_delay: Duration::from_secs(1),
        }
    }
}
