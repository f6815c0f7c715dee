//! The server's keys: from one secret, from a file of keys, or from an ONLYOFFICE server's `local.json`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use http::HeaderName;
use recto_docs_api::Explain;
use recto_fetch::UrlPattern;
use recto_token::{CLOCK_TOLERANCE, Key, KeyRing, Keys, LocalJson, Secret};

use crate::config::Environment;
use crate::config::headers::Said;
use crate::keys_file::{self, KeysFile};
use crate::secret;

/// Where the keys are, as flags, environment and configuration file have it.
#[derive(Debug, Default)]
pub struct Places {
    /// A file with the one secret, from a flag.
    pub secret_file: Option<PathBuf>,
    /// The same from the configuration file.
    pub configured_secret: Option<PathBuf>,
    /// A file of keys.
    pub keys_file: Option<PathBuf>,
    /// An ONLYOFFICE server's configuration.
    pub local_json: Option<PathBuf>,
}

/// Keys, and what else their place says.
pub struct Found {
    /// The keys.
    pub keys: Keys,
    /// What a `local.json` says of the header of incoming tokens.
    pub incoming: Said,
    /// What it says of that of outgoing ones.
    pub outgoing: Said,
    /// What the addresses contain that it has requests sent to without a token.
    pub unsigned_url: Option<UrlPattern>,
}

impl From<Keys> for Found {
    fn from(keys: Keys) -> Self {
        Self {
            keys,
            incoming: Said::default(),
            outgoing: Said::default(),
            unsigned_url: None,
        }
    }
}

/// The keys, from the one place that is given.
pub fn find(places: &Places, environment: &Environment) -> anyhow::Result<Found> {
    let secret = places.secret_file.is_some()
        || environment.jwt_secret.is_some()
        || environment.jwt_secret_file.is_some();
    match (&places.keys_file, &places.local_json) {
        (Some(_), Some(_)) => bail!(
            "Both a file of keys and a local.json are given, so it is not clear which counts. Leave out one of them."
        ),
        (Some(_), None) | (None, Some(_)) if secret => bail!(
            "Both a secret and a file with keys are given, so it is not clear which counts. Leave out --secret-file, JWT_SECRET and JWT_SECRET_FILE, or the file."
        ),
        (Some(path), None) => Ok(from_file(path, &keys_file::read(path)?)?.into()),
        (None, Some(path)) => from_local_json(path),
        (None, None) => {
            let found = secret::find(
                places.secret_file.as_deref(),
                places.configured_secret.as_deref(),
                environment,
            )?;
            Ok(Keys::from_secret(secret::checked(found)?).into())
        }
    }
}

/// Refuses keys for a server that has none beside its tenants'.
pub fn none(places: &Places, environment: &Environment) -> anyhow::Result<()> {
    let files = [
        &places.secret_file,
        &places.configured_secret,
        &places.keys_file,
        &places.local_json,
        &environment.jwt_secret_file,
    ];
    if environment.jwt_secret.is_some() || files.into_iter().any(Option::is_some) {
        bail!(
            "default_tenant is false and there are keys for it, so it is not clear what is meant. Leave default_tenant out, or the keys that are no tenant's: JWT_SECRET, JWT_SECRET_FILE, JWT_KEYS_FILE, RECTO_LOCAL_JSON, and the flags and settings of these."
        );
    }
    Ok(())
}

fn from_file(path: &Path, file: &KeysFile) -> anyhow::Result<Keys> {
    let mut inbox = Vec::new();
    for entry in &file.key {
        let mut keys = match (&entry.secret, &entry.public_key_file) {
            (Some(secret), _) => {
                let secret = secret::checked(Secret::from(secret.as_str()))
                    .with_context(|| format!("The key {} can't be used", entry.id))?;
                vec![Key::secret(secret)]
            }
            (None, Some(public)) => {
                // A name without a folder is that of a file beside the file of keys.
                let public = path.parent().unwrap_or(Path::new(".")).join(public);
                let text = secret::text(&public)?;
                let keys = Key::from_file_text(&text).map_err(|error| {
                    explained(&error).context(format!("The key {} can't be used", entry.id))
                })?;
                if keys.iter().any(Key::can_sign) {
                    bail!(
                        "The file {} has neither a public key in PEM form nor a JWK set. Give the application's public key, as \"openssl pkey -pubout\" writes it.",
                        public.display()
                    );
                }
                keys
            }
            (None, None) => Vec::new(),
        };
        if let [key] = keys.as_mut_slice()
            && key.id().is_none()
        {
            *key = key
                .clone()
                .with_id(&entry.id)
                .map_err(|error| explained(&error))?;
        }
        inbox.extend(keys.into_iter().map(|mut key| {
            if let Some(time) = entry.not_before {
                key = key.not_before(time);
            }
            if let Some(time) = entry.retires {
                key = key.retires(time);
            }
            key
        }));
    }
    let ring = |keys| KeyRing::new(keys).map_err(|error| explained(&error));
    let secrets = ring(inbox.iter().filter(|key| key.can_sign()).cloned().collect())
        .with_context(|| format!("The file of keys {} has no secret", path.display()))?;
    Keys::from_rings(ring(inbox)?, secrets.clone(), &secrets, &secrets)
        .map_err(|error| explained(&error))
}

fn from_local_json(path: &Path) -> anyhow::Result<Found> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!(
            "The file {} can't be read. Check its path and rights",
            path.display()
        )
    })?;
    let at = || format!("{} can't be used", path.display());
    let settings = LocalJson::parse(&text)
        .map_err(|error| explained(&error))
        .with_context(at)?;
    let keys = settings
        .keys(&|file| std::fs::read_to_string(file))
        .map_err(|error| explained(&error))
        .with_context(at)?;
    for secret in keys.inbox().keys().iter().chain(keys.outbox().keys()) {
        check(secret).with_context(at)?;
    }
    if !(settings.browser_tokens && settings.inbox_tokens && settings.outbox_tokens) {
        eprintln!(
            "WARNING: {} switches tokens off, at least in part, but Recto still requires them. Set JWT_ENABLED=false if that is not wanted.",
            path.display()
        );
    }
    if settings.clock_tolerance != CLOCK_TOLERANCE {
        eprintln!(
            "WARNING: {} permits clocks to differ by {} seconds, and Recto permits {CLOCK_TOLERANCE}. Keep both clocks right with NTP.",
            path.display(),
            settings.clock_tolerance
        );
    }
    let said = |header: String, prefix: String| -> anyhow::Result<Said> {
        header.parse::<HeaderName>().with_context(|| {
            format!("{} names a header that can't be one. Use letters and hyphens, such as AuthorizationJwt", path.display())
        })?;
        Ok(Said {
            header: Some(header),
            prefix: Some(prefix),
        })
    };
    let unsigned = settings
        .unsigned_urls
        .as_deref()
        .map(str::parse::<UrlPattern>);
    Ok(Found {
        keys,
        incoming: said(settings.inbox_header, settings.inbox_prefix)?,
        outgoing: said(settings.outbox_header, settings.outbox_prefix)?,
        unsigned_url: unsigned.transpose().with_context(at)?,
    })
}

/// Refuses a key that anybody knows.
fn check(key: &Key) -> anyhow::Result<()> {
    match key.check() {
        Ok(None) => {}
        Ok(Some(warning)) => eprintln!("WARNING: {} {}", warning.message(), warning.hint()),
        Err(error) => return Err(explained(&error)),
    }
    Ok(())
}

fn explained(error: &impl Explain) -> anyhow::Error {
    anyhow::anyhow!("{} {}", error.message(), error.hint())
}

#[cfg(test)]
mod tests;
