//! What the server's own requests may do.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use recto_fetch::{Authorities, FetchConfig, Policy};

use super::File;
use crate::args::Serve;

/// The part of the configuration that says so: lists come whole from the flags or from the file.
pub fn config(args: &Serve, file: &File) -> anyhow::Result<FetchConfig> {
    let defaults = FetchConfig::default();
    let seconds = |flag: Option<u64>, file: Option<u64>, default: Duration| {
        flag.or(file).map_or(default, Duration::from_secs)
    };
    let download = seconds(
        args.download_seconds,
        file.download_seconds,
        defaults.total_timeout,
    );
    let policy = Policy {
        networks: stronger(&args.allow_network, &file.allow_network),
        hosts: stronger(&args.allow_host, &file.allow_host),
        only_listed: args.only_allowed || file.only_allowed,
        unsigned: stronger(&args.unsigned_host, &file.unsigned_host),
        unsigned_urls: stronger(&args.unsigned_url, &file.unsigned_url),
    };
    // A configuration that has only tenants may have no list for anybody else.
    if file.default_tenant.unwrap_or(true) {
        check(&policy)?;
    }
    Ok(FetchConfig {
        policy,
        authorities: authorities(args.ca_file.as_deref().or(file.ca_file.as_deref()))?,
        insecure_tls: args.insecure_tls || file.insecure_tls,
        connect_timeout: seconds(
            args.connect_seconds,
            file.connect_seconds,
            defaults.connect_timeout,
        ),
        idle_timeout: download,
        total_timeout: download,
        callback_timeout: seconds(
            args.callback_seconds,
            file.callback_seconds,
            defaults.callback_timeout,
        ),
        ..defaults
    })
}

/// Refuses rules by which nothing could be fetched.
pub fn check(policy: &Policy) -> anyhow::Result<()> {
    if policy.only_listed && policy.networks.is_empty() && policy.hosts.is_empty() {
        bail!(
            "only_allowed is set and no host or network is allowed, so no document could be fetched. Name them with allow_host and allow_network, or leave only_allowed out."
        );
    }
    Ok(())
}

/// A flag replaces what the file says.
pub fn stronger<T: Clone>(flags: &[T], file: &[T]) -> Vec<T> {
    if flags.is_empty() { file } else { flags }.to_vec()
}

/// The certificates of a file, if there is one.
pub fn authorities(file: Option<&Path>) -> anyhow::Result<Authorities> {
    let Some(file) = file else {
        return Ok(Authorities::default());
    };
    let path = file.display();
    let text = std::fs::read(file).with_context(|| {
        format!("The certificates in {path} can't be read. Check its path and rights")
    })?;
    Authorities::from_pem(&text).with_context(|| format!("{path} can't be used as ca_file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_flag_is_stronger_than_the_file_here_too() {
        let file = file(
            "allow_host = [\"files.lan\"]\nunsigned_host = [\"*.s3.example\"]\nunsigned_url = [\"X-Amz-Signature=\"]\ndownload_seconds = 7\nallow_network = [\"10.0.0.0/8\"]",
        );
        let args = Serve {
            allow_host: vec!["other.lan".parse().unwrap()],
            callback_seconds: Some(9),
            ..Serve::default()
        };
        let config = config(&args, &file).unwrap();
        let shown = |hosts: &[recto_fetch::HostPattern]| -> Vec<String> {
            hosts.iter().map(ToString::to_string).collect()
        };
        assert_eq!(shown(&config.policy.hosts), ["other.lan"]);
        assert_eq!(shown(&config.policy.unsigned), ["*.s3.example"]);
        assert_eq!(config.policy.unsigned_urls.len(), 1);
        assert_eq!(config.policy.networks.len(), 1);
        assert_eq!(config.total_timeout, Duration::from_secs(7));
        assert_eq!(config.idle_timeout, Duration::from_secs(7));
        assert_eq!(config.callback_timeout, Duration::from_secs(9));
        assert_eq!(config.connect_timeout, Duration::from_secs(10));
        assert!(!config.insecure_tls && !config.policy.only_listed);
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let said = |args: &Serve, text: &str| {
            format!("{:#}", config(args, &file(text)).map(|_| ()).unwrap_err())
        };
        let nothing = Serve::default();
        insta::assert_snapshot!(said(&nothing, "only_allowed = true"), @"only_allowed is set and no host or network is allowed, so no document could be fetched. Name them with allow_host and allow_network, or leave only_allowed out.");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let args = Serve {
            ca_file: Some(path.clone()),
            ..Serve::default()
        };
        assert!(said(&args, "").contains("can't be read. Check its path and rights"));
        std::fs::write(&path, "nonsense").unwrap();
        let error = said(&args, "").replace(&path.display().to_string(), "ca.pem");
        insta::assert_snapshot!(error, @"ca.pem can't be used as ca_file: It holds no certificate in PEM. Give the certificate of the authority, which begins with -----BEGIN CERTIFICATE-----.");
        let error = toml::from_str::<File>("allow_host = [\"10.0.0.1\"]")
            .map(|_| ())
            .unwrap_err();
        assert!(
            error.to_string().contains("\"10.0.0.1\" names no host"),
            "{error}"
        );
    }
}
