//! Names to addresses, filtered: what is left is what is connected to.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{Forbidden, Policy};

/// Finds the addresses of a host name. Injected, so that a test can be the name server.
pub trait Lookup: Send + Sync {
    /// The addresses of `host`, in the order in which they are to be tried.
    fn lookup(&self, host: String)
    -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

/// The operating system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(
        &self,
        host: String,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Why a name yields no address that may be contacted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("the name cannot be resolved: {0}")]
    Unknown(#[source] io::Error),
    #[error("the name resolves to {why}")]
    Forbidden { address: IpAddr, why: Forbidden },
}

/// Resolves names for the HTTP client and for checks ahead of a request.
#[derive(Clone)]
pub(crate) struct GuardedResolver {
    lookup: Arc<dyn Lookup>,
    policy: Arc<Policy>,
}

impl GuardedResolver {
    pub(crate) fn new(lookup: Arc<dyn Lookup>, policy: Arc<Policy>) -> Self {
        Self { lookup, policy }
    }

    /// The permitted addresses of a name, at least one.
    pub(crate) async fn permitted(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        let found = self
            .lookup
            .lookup(host.to_owned())
            .await
            .map_err(ResolveError::Unknown)?;
        let mut refused = None;
        let mut permitted = Vec::with_capacity(found.len());
        for address in found {
            match self.policy.judge(Some(host), address) {
                Ok(()) => permitted.push(address),
                Err(why) => {
                    refused = refused.or(Some(ResolveError::Forbidden { address, why }));
                }
            }
        }
        if permitted.is_empty() {
            Err(refused.unwrap_or_else(|| {
                ResolveError::Unknown(io::Error::new(
                    io::ErrorKind::NotFound,
                    "the name has no address",
                ))
            }))
        } else {
            Ok(permitted)
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let permitted = this.permitted(name.as_str()).await?;
            // port 0: the client puts in the port of the URL
            let addresses = permitted.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use std::sync::Mutex;

    /// Answers one list after the other.
    struct Script(Mutex<VecDeque<Vec<&'static str>>>);

    impl Lookup for Script {
        fn lookup(
            &self,
            _host: String,
        ) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
            let next = self.0.lock().unwrap().pop_front().unwrap_or_default();
            Box::pin(async move { Ok(next.iter().map(|ip| ip.parse().unwrap()).collect()) })
        }
    }

    fn resolver(answers: &[&[&'static str]]) -> GuardedResolver {
        let script = answers.iter().map(|list| list.to_vec()).collect();
        GuardedResolver::new(
            Arc::new(Script(Mutex::new(script))),
            Arc::new(Policy::default()),
        )
    }

    async fn connected(resolver: &GuardedResolver) -> Result<Vec<String>, String> {
        match resolver.resolve("files.example".parse().unwrap()).await {
            Ok(addresses) => Ok(addresses.map(|a| a.ip().to_string()).collect()),
            Err(e) => Err(e.to_string()),
        }
    }

    #[tokio::test]
    async fn s2_the_second_answer_is_judged_like_the_first() {
        let resolver = resolver(&[&["93.184.216.34"], &["127.0.0.1"]]);
        assert_eq!(connected(&resolver).await, Ok(vec!["93.184.216.34".into()]));
        assert_eq!(
            connected(&resolver).await,
            Err("the name resolves to a loopback address".into())
        );
    }

    #[tokio::test]
    async fn s2_forbidden_addresses_are_taken_out_of_a_mixed_answer() {
        let resolver = resolver(&[&["10.0.0.1", "93.184.216.34", "::1"]]);
        assert_eq!(connected(&resolver).await, Ok(vec!["93.184.216.34".into()]));
    }

    #[tokio::test]
    async fn a_name_without_addresses_is_unknown() {
        let resolver = resolver(&[&[]]);
        assert!(
            connected(&resolver)
                .await
                .unwrap_err()
                .contains("cannot be resolved")
        );
    }
}
