//! Several customers on one server, each with keys of its own.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::{KeyRing, Keys, Refusal, json};

/// The keys of each tenant.
///
/// A tenant has a name, and is found by the host of the request: the name
/// itself, or the name as the label in front of the base domain, as ONLYOFFICE's
/// server does it. When the host is nobody's, the tenant is that whose key the
/// token names (`kid`). Else it is the default, if there is one.
///
/// A `kid` never leads away from the tenant of the host: what comes to the host
/// of one tenant is verified with its keys, whatever the token says.
#[derive(Clone, Debug, Default)]
pub struct Tenants {
    default: Option<Arc<Keys>>,
    base_domain: Option<String>,
    by_name: BTreeMap<String, Arc<Keys>>,
}

/// A tenant that was found.
#[derive(Clone, Debug)]
pub struct Tenant<'t> {
    /// Its name; `None` for the default.
    ///
    /// Everything that is kept for the tenant is kept under it, so that the same
    /// document key of two tenants is two documents.
    pub name: Option<&'t str>,
    /// Its keys.
    pub keys: &'t Arc<Keys>,
}

impl Tenants {
    /// One set of keys for everybody.
    pub fn only(keys: Keys) -> Self {
        Self {
            default: Some(Arc::new(keys)),
            ..Self::default()
        }
    }

    /// No default: requests of no known tenant are refused.
    pub fn without_default() -> Self {
        Self::default()
    }

    /// Tenants are the labels in front of this domain, too.
    #[must_use]
    pub fn with_base_domain(mut self, domain: &str) -> Self {
        self.base_domain = Some(host_name(domain));
        self
    }

    /// Adds a tenant, or replaces it. The name is a host without a port, or the
    /// label in front of the base domain.
    ///
    /// What only this server reads is bound to the name: a session token, a link
    /// or a journal of one tenant is void for another one, whatever their secrets.
    #[must_use]
    pub fn with(mut self, name: &str, keys: Keys) -> Self {
        let name = host_name(name);
        let keys = keys.of_tenant(&name);
        self.by_name.insert(name, Arc::new(keys));
        self
    }

    /// Everybody that is served: the default first, if there is one, then the
    /// others by name.
    pub fn all(&self) -> impl Iterator<Item = Tenant<'_>> {
        let default = self.default.iter().map(|keys| Tenant { name: None, keys });
        default.chain(self.by_name.iter().map(|(name, keys)| Tenant {
            name: Some(name),
            keys,
        }))
    }

    /// The host of a tenant of this name.
    pub fn host_of(&self, name: &str) -> String {
        match &self.base_domain {
            Some(domain) if !name.contains('.') => format!("{name}.{domain}"),
            _ => name.to_owned(),
        }
    }

    /// The tenant of a request. `host` is the host that the browser or the
    /// integrator called, with or without a port; `token` is the token of the
    /// request, of which the `kid` is read, unverified.
    pub fn find(&self, host: Option<&str>, token: Option<&str>) -> Result<Tenant<'_>, Refusal> {
        host.and_then(|host| self.by_host(host))
            .or_else(|| self.by_kid(&kid(token?)?))
            .or_else(|| {
                self.default
                    .as_ref()
                    .map(|keys| Tenant { name: None, keys })
            })
            .ok_or_else(|| Refusal::unknown_tenant(host))
    }

    /// The tenant that a host names; `None` if it is nobody's, or the default's.
    pub fn by_host(&self, host: &str) -> Option<Tenant<'_>> {
        let host = host_name(host);
        let label = self
            .base_domain
            .as_deref()
            .and_then(|domain| host.strip_suffix(domain)?.strip_suffix('.'))
            .filter(|label| !label.contains('.'));
        [Some(host.as_str()), label]
            .into_iter()
            .flatten()
            .find_map(|name| self.by_name.get_key_value(name))
            .map(|(name, keys)| Tenant {
                name: Some(name),
                keys,
            })
    }

    /// The one tenant that has an inbox key of this id; `None` if several have.
    fn by_kid(&self, kid: &str) -> Option<Tenant<'_>> {
        let has = |ring: &KeyRing| ring.keys().iter().any(|key| key.id() == Some(kid));
        let mut found = self.by_name.iter().filter(|(_, keys)| has(keys.inbox()));
        let (name, keys) = found.next()?;
        found.next().is_none().then_some(Tenant {
            name: Some(name),
            keys,
        })
    }
}

/// The `kid` of a token, which anybody may have written.
fn kid(token: &str) -> Option<String> {
    /// A header is short; more than this is no honest one.
    const MAX: usize = 4096;
    let header = token
        .split('.')
        .next()
        .filter(|header| header.len() <= MAX)?;
    let header = URL_SAFE_NO_PAD.decode(header).ok()?;
    match json::parse(&header, 8).ok()?.get("kid") {
        Some(Value::String(kid)) => Some(kid.clone()),
        _ => None,
    }
}

/// A host in small letters, without its port and without a dot at its end.
fn host_name(host: &str) -> String {
    let host = host.trim();
    let name = match host.rsplit_once(':') {
        // The colons of a bare IPv6 address are no port.
        Some((name, port))
            if port.bytes().all(|byte| byte.is_ascii_digit())
                && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
