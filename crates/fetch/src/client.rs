//! The HTTP client behind downloads and callbacks.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use recto_token::{Keys, sign_body, sign_header};
use reqwest::{Client, Response, redirect};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::error::{causes, find};
use crate::resolver::{GuardedResolver, ResolveError};
use crate::target::Target;
use crate::{
    Authorities, Cause, DeliveryObserver, FetchConfig, FetchError, Lookup, Policy, SystemLookup,
};

/// Tells the time in Unix seconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Makes Recto's own requests. Clones share the client.
#[derive(Clone)]
pub struct Fetcher {
    pub(crate) client: Client,
    pub(crate) policy: Arc<Policy>,
    pub(crate) config: Arc<FetchConfig>,
    pub(crate) observer: Option<Arc<dyn DeliveryObserver>>,
    resolver: GuardedResolver,
    lookup: Arc<dyn Lookup>,
    keys: Option<Arc<Keys>>,
    clock: Clock,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher")
            .field("config", &self.config)
            .field("signs", &self.keys.is_some())
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A fetcher that signs its requests when it has keys.
    pub fn new(
        config: FetchConfig,
        keys: Option<Arc<Keys>>,
        clock: Clock,
    ) -> Result<Self, FetchError> {
        Self::with_lookup(config, keys, clock, Arc::new(SystemLookup))
    }

    /// The same with a resolver of one's own; what it answers is filtered anyway.
    pub fn with_lookup(
        config: FetchConfig,
        keys: Option<Arc<Keys>>,
        clock: Clock,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, FetchError> {
        let policy = Arc::new(config.policy.clone());
        let resolver = GuardedResolver::new(lookup.clone(), policy.clone());
        let mut client = Client::builder();
        for authority in &config.authorities.0 {
            client = client.add_root_certificate(authority.clone());
        }
        let client = client
            .danger_accept_invalid_certs(config.insecure_tls)
            .user_agent(concat!("Recto/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            // a proxy would resolve the name itself, past the guard
            .no_proxy()
            // PHP's `apache_request_headers()` keeps names as they were sent, and applications look for
            // `Authorization` in it; HTTP/2 has lower case only
            .http1_only()
            .http1_title_case_headers()
            // each request resolves again and is judged again
            .pool_max_idle_per_host(0)
            .connect_timeout(config.connect_timeout)
            .dns_resolver(Arc::new(resolver.clone()))
            .build()
            .map_err(|e| FetchError::Setup(innermost(&e)))?;
        Ok(Self {
            client,
            policy,
            config: Arc::new(config),
            observer: None,
            resolver,
            lookup,
            keys,
            clock,
        })
    }

    /// The same, with somebody who is told how every callback ends.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn DeliveryObserver>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The same for another tenant: with its own policy, authorities and keys.
    pub fn for_tenant(
        &self,
        policy: Policy,
        authorities: Authorities,
        keys: Option<Arc<Keys>>,
    ) -> Result<Self, FetchError> {
        let config = FetchConfig {
            policy,
            authorities,
            ..(*self.config).clone()
        };
        let mut other = Self::with_lookup(config, keys, self.clock.clone(), self.lookup.clone())?;
        other.observer.clone_from(&self.observer);
        Ok(other)
    }

    /// Checks that an address may be fetched at all: its form, and that its host is or resolves to
    /// a permitted address. A later request is judged again.
    pub async fn check(&self, url: &str) -> Result<(), FetchError> {
        let target = Target::parse(url, &self.policy)?;
        if let Some(name) = target.name() {
            let deadline = Instant::now() + self.config.connect_timeout;
            let resolving = self.resolver.permitted(name);
            timeout_at(deadline, resolving)
                .await
                .map_err(|_| FetchError::Timeout {
                    origin: target.origin(),
                    what: "resolving the name",
                    limit: self.config.connect_timeout,
                })?
                .map_err(|e| unresolved(&e, &target))?;
        }
        Ok(())
    }

    /// What requests may be signed with, the preferred one first: one for each secret in force, and
    /// one that signs nothing if tokens are switched off.
    pub(crate) fn signers(&self) -> Vec<Signer> {
        let Some(keys) = &self.keys else {
            return vec![Signer(None)];
        };
        let now = (self.clock)();
        keys.signers(now)
            .into_iter()
            .map(|keys| Signer(Some((keys, now))))
            .collect()
    }

    /// Whether requests to a target carry a token.
    pub(crate) fn signs_for(&self, signer: &Signer, target: &Target) -> bool {
        signer.signs() && self.policy.signs_for(target.url())
    }

    /// Warns of a request whose receiver is not verified.
    pub(crate) fn warn_of(&self, target: &Target) {
        if self.config.insecure_tls && target.url().scheme() == "https" {
            tracing::warn!(
                origin = target.origin(),
                "certificates are not verified: anyone in between can read and change what is sent"
            );
        }
    }

    /// The header that carries the token over a payload, unless there is none for this target.
    pub(crate) fn authorization(
        &self,
        signer: &Signer,
        target: &Target,
        payload: &Value,
    ) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !self.signs_for(signer, target) {
            return headers;
        }
        if let Signer(Some((keys, now))) = signer {
            let token = sign_header(keys, payload, *now);
            // a token is of the base64url alphabet and dots, and the prefix was checked
            if let Ok(mut value) =
                HeaderValue::try_from(format!("{}{token}", self.config.token_prefix))
            {
                value.set_sensitive(true);
                headers.insert(self.config.token_header.clone(), value);
            }
        }
        headers
    }
}

/// Keys and the time to sign with; nothing if tokens are switched off.
pub(crate) struct Signer(Option<(Keys, i64)>);

impl Signer {
    /// Whether it signs at all.
    pub(crate) fn signs(&self) -> bool {
        self.0.is_some()
    }

    /// The token for a body.
    pub(crate) fn body_token(&self, fields: &Value) -> Option<String> {
        self.0
            .as_ref()
            .map(|(keys, now)| sign_body(keys, fields, *now))
    }
}

/// The time that is left of a request, for each of its steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    deadline: Instant,
    total: Duration,
    idle: Duration,
    connect: Duration,
}

impl Limits {
    /// Those of a download.
    pub(crate) fn download(config: &FetchConfig) -> Self {
        Self {
            deadline: Instant::now() + config.total_timeout,
            total: config.total_timeout,
            idle: config.idle_timeout,
            connect: config.connect_timeout,
        }
    }

    /// Those of a callback: the integrator may be silent for as long as it works.
    pub(crate) fn callback(config: &FetchConfig) -> Self {
        Self {
            deadline: Instant::now() + config.callback_timeout,
            total: config.callback_timeout,
            idle: config.callback_timeout,
            connect: config.connect_timeout,
        }
    }

    /// Waits for a step of a request, no longer than the idle limit and the deadline permit.
    pub(crate) async fn step<T>(
        &self,
        target: &Target,
        step: impl Future<Output = Result<T, reqwest::Error>>,
    ) -> Result<T, FetchError> {
        let idle = Instant::now() + self.idle;
        match timeout_at(idle.min(self.deadline), step).await {
            Ok(done) => done.map_err(|e| self.network(&e, target)),
            Err(_) if idle < self.deadline => Err(FetchError::Timeout {
                origin: target.origin(),
                what: "waiting for the next bytes",
                limit: self.idle,
            }),
            Err(_) => Err(self.expired(target)),
        }
    }

    /// Waits for a pause; an error if the deadline would pass meanwhile.
    pub(crate) async fn pause(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        if until >= self.deadline {
            return false;
        }
        tokio::time::sleep_until(until).await;
        true
    }

    fn expired(&self, target: &Target) -> FetchError {
        FetchError::Timeout {
            origin: target.origin(),
            what: "in all",
            limit: self.total,
        }
    }

    /// What the client reported, in our words.
    fn network(self, error: &reqwest::Error, target: &Target) -> FetchError {
        if let Some(e) = find::<ResolveError>(error) {
            return unresolved(e, target);
        }
        let origin = target.origin();
        if error.is_timeout() {
            // the only limit that the client itself keeps is the one for connecting
            return FetchError::Timeout {
                origin,
                what: "connecting",
                limit: self.connect,
            };
        }
        FetchError::Unreachable {
            origin,
            cause: cause_of(error),
            detail: innermost(error),
        }
    }
}

/// Whether an answer is one of the redirects that carry an address.
pub(crate) fn is_redirect(response: &Response) -> bool {
    matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn unresolved(error: &ResolveError, target: &Target) -> FetchError {
    match error {
        ResolveError::Forbidden { address, why } => {
            FetchError::forbidden(target.name().unwrap_or_default().to_owned(), *address, *why)
        }
        ResolveError::Unknown(e) => FetchError::Unreachable {
            origin: target.origin(),
            cause: Cause::Name,
            detail: e.to_string(),
        },
    }
}

fn cause_of(error: &reqwest::Error) -> Cause {
    let kinds: Vec<io::ErrorKind> = causes(error)
        .filter_map(|e| e.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .collect();
    if kinds.contains(&io::ErrorKind::ConnectionRefused) {
        Cause::Refused
    } else if error.is_connect() && kinds.contains(&io::ErrorKind::InvalidData) {
        // while connecting only the TLS layer reads data
        Cause::Tls
    } else if error.is_connect() {
        Cause::Other
    } else {
        Cause::Broken
    }
}

/// The words of the deepest cause; the outer ones repeat the address.
fn innermost(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .filter(|deepest| !deepest.is::<reqwest::Error>())
        .map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}
