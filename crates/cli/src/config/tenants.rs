//! Tenants: whose keys and allow-lists count on which host.

use std::path::PathBuf;

use anyhow::{Context, bail};
use ipnet::IpNet;
use recto_fetch::{Authorities, HostPattern, Policy, UrlPattern};
use recto_server::TenantConfig;
use recto_token::{Keys, PublicUrl, Tenants};
use serde::Deserialize;

use super::{Environment, File, outgoing};
use crate::keys::{self, Places};

/// A `[[tenant]]` of `recto.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    name: String,
    jwt_secret_file: Option<PathBuf>,
    jwt_keys_file: Option<PathBuf>,
    #[serde(default)]
    allow_network: Vec<IpNet>,
    #[serde(default)]
    allow_host: Vec<HostPattern>,
    #[serde(default)]
    only_allowed: bool,
    #[serde(default)]
    unsigned_host: Vec<HostPattern>,
    #[serde(default)]
    unsigned_url: Vec<UrlPattern>,
    ca_file: Option<PathBuf>,
    public_url: Option<PublicUrl>,
    frame_ancestors: Option<String>,
}

/// What of the configuration says whether there are tenants, and whether all others are served too.
pub struct Asked {
    entries: Vec<Entry>,
    base_domain: Option<String>,
    /// Whether requests to a host of no tenant are the default's.
    pub default: bool,
}

impl Asked {
    /// Takes it from the file.
    pub fn take(file: &mut File) -> Self {
        Self {
            entries: std::mem::take(&mut file.tenant),
            base_domain: file.base_domain.take(),
            default: file.default_tenant.unwrap_or(true),
        }
    }

    /// Refuses what contradicts itself. `tokens` is whether tokens are required.
    pub fn check(&self, tokens: bool) -> anyhow::Result<()> {
        if self.entries.is_empty() {
            if self.base_domain.is_some() || !self.default {
                bail!(
                    "base_domain or default_tenant is set, and there is no [[tenant]] that it could mean. Add one, or leave both out."
                );
            }
        } else if !tokens {
            bail!(
                "Tokens are off and there are tenants, who are told apart by their keys. Leave out jwt_enabled and JWT_ENABLED, or every [[tenant]]."
            );
        }
        Ok(())
    }

    /// A failure to find the default's keys, for administrators who may not want a default.
    pub fn explained<T>(&self, found: anyhow::Result<T>) -> anyhow::Result<T> {
        if self.entries.is_empty() {
            return found;
        }
        found.context("Requests to no tenant's host go to the default, whose keys can't be used; set default_tenant = false if there is none")
    }

    /// All tenants with their keys and with what else they have. `default` has the keys of the default,
    /// `only_allowed` is that of the whole server, and `authorities` are those that it trusts anyway.
    pub fn tenants(
        &self,
        default: Option<Keys>,
        only_allowed: bool,
        authorities: &Authorities,
    ) -> anyhow::Result<(Tenants, Vec<TenantConfig>)> {
        let mut all: Vec<(String, Keys)> = Vec::new();
        let mut own = Vec::new();
        for entry in &self.entries {
            let name = self.name(entry)?;
            if let Some((other, _)) = all.iter().find(|(other, _)| self.is_same(other, &name)) {
                if *other == name {
                    bail!(
                        "There are two tenants of the name {name}. Give each [[tenant]] another one."
                    );
                }
                bail!("The tenants {other} and {name} have the same host. Leave out one of them.");
            }
            let keys = entry
                .keys(&name)
                .with_context(|| format!("The tenant {name} can't be served"))?;
            if let Some((other, _)) = all.iter().find(|(_, other)| other.overlaps(&keys)) {
                bail!(
                    "The tenants {other} and {name} have the same key, so each could sign for the other. Give each a key of its own."
                );
            }
            if default
                .as_ref()
                .is_some_and(|default| default.overlaps(&keys))
            {
                bail!(
                    "The tenant {name} has the same key as the default, so each could sign for the other. Give it a key of its own, or set default_tenant = false and leave out the default's."
                );
            }
            own.push(
                entry
                    .own(&name, only_allowed, authorities)
                    .with_context(|| format!("The tenant {name} can't be served"))?,
            );
            all.push((name, keys));
        }
        let mut tenants = match default {
            Some(keys) => Tenants::only(keys),
            None => Tenants::without_default(),
        };
        if let Some(domain) = &self.base_domain {
            tenants = tenants.with_base_domain(&checked_name("base_domain", domain)?);
        }
        for (name, keys) in all {
            tenants = tenants.with(&name, keys);
        }
        Ok((tenants, own))
    }

    fn name(&self, entry: &Entry) -> anyhow::Result<String> {
        let name = checked_name("name of a [[tenant]]", &entry.name)?;
        let domain = self.base_domain.as_deref().map(str::to_ascii_lowercase);
        if domain.is_some_and(|domain| domain == name) {
            bail!(
                "The tenant {name} has the name of base_domain, which is in front of no tenant. Give the tenant its label, or leave base_domain out."
            );
        }
        Ok(name)
    }

    /// Whether two names are of one host.
    fn is_same(&self, one: &str, other: &str) -> bool {
        let host = |name: &str| match &self.base_domain {
            Some(domain) if !name.contains('.') => {
                format!("{name}.{}", domain.to_ascii_lowercase())
            }
            _ => name.to_owned(),
        };
        host(one) == host(other)
    }
}

impl Entry {
    fn keys(&self, name: &str) -> anyhow::Result<Keys> {
        match (&self.jwt_secret_file, &self.jwt_keys_file) {
            (None, None) => bail!(
                "it has no keys. Give it a jwt_secret_file or a jwt_keys_file; `recto token new-secret --out {name}.secret` makes a secret."
            ),
            (Some(_), Some(_)) => bail!(
                "it has both jwt_secret_file and jwt_keys_file, so it is not clear which counts. Leave out one of them."
            ),
            (secret, keys) => {
                let places = Places {
                    configured_secret: secret.clone(),
                    keys_file: keys.clone(),
                    ..Places::default()
                };
                Ok(keys::find(&places, &Environment::default())?.keys)
            }
        }
    }

    /// Its lists are its own: what the server's top level allows is the default's.
    fn own(
        &self,
        name: &str,
        only_allowed: bool,
        authorities: &Authorities,
    ) -> anyhow::Result<TenantConfig> {
        let policy = Policy {
            networks: self.allow_network.clone(),
            hosts: self.allow_host.clone(),
            only_listed: self.only_allowed || only_allowed,
            unsigned: self.unsigned_host.clone(),
            unsigned_urls: self.unsigned_url.clone(),
        };
        outgoing::check(&policy)?;
        let mut config = TenantConfig {
            policy,
            authorities: outgoing::authorities(self.ca_file.as_deref())?.and(authorities),
            public_url: self.public_url.clone(),
            ..TenantConfig::bare(name)
        };
        if let Some(sources) = &self.frame_ancestors {
            config.frame_ancestors = sources.parse()?;
        }
        Ok(config)
    }
}

/// A host or a label in small letters.
fn checked_name(what: &str, text: &str) -> anyhow::Result<String> {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    if !text.split('.').all(is_label) {
        bail!(
            "The {what} is {text:?}, which is not a host. Give a host such as docs.example, without scheme, port and path, or the label in front of base_domain."
        );
    }
    Ok(text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
