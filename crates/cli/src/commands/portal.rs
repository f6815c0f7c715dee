//! `recto portal`

use std::net::SocketAddr;

use anyhow::bail;
use recto_portal::PortalConfig;
use url::Url;

use super::asked_to_stop;
use crate::args::Portal;
use crate::{config, secret};

/// The address of a portal that listens there: the one that was given by a flag, or that on which it
/// listens if it is one that somebody can call.
pub fn reached_at(listen: SocketAddr, given: Option<Url>, flag: &str) -> anyhow::Result<Url> {
    match given {
        Some(url) => Ok(url),
        None if listen.ip().to_canonical().is_unspecified() => bail!(
            "The portal listens on {listen}, and nobody told it the address that others use. Set {flag} to the address under which browsers and the document server reach it, such as https://files.example."
        ),
        None => Ok(Url::parse(&format!("http://{listen}"))?),
    }
}

/// Runs the portal until it is asked to stop.
pub async fn run(args: Portal) -> anyhow::Result<()> {
    let environment = config::Environment::of_process();
    let secret = secret::find(args.secret_file.as_deref(), None, &environment)?;
    let secret = secret::checked(secret)?;
    let public_url = reached_at(args.listen, args.public_url, "--public-url")?;
    eprintln!(
        "Secret: {} bytes, fingerprint {}; the document server must print the same.",
        secret.len(),
        secret.fingerprint()
    );
    eprintln!("The portal is at {public_url}");
    let config = PortalConfig {
        listen: args.listen,
        data: args.data,
        document_server: args.document_server,
        public_url,
        secret,
        samples: args.samples,
    };
    recto_portal::run(config, asked_to_stop()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portal_that_listens_everywhere_has_to_know_its_address() {
        let at = |listen: &str, given: Option<&str>| {
            let given = given.map(|url| Url::parse(url).unwrap());
            reached_at(listen.parse().unwrap(), given, "--public-url")
        };
        let url = at("127.0.0.1:8081", None).unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1:8081/");
        let url = at("0.0.0.0:8081", Some("https://files.example")).unwrap();
        assert_eq!(url.as_str(), "https://files.example/");
        insta::assert_snapshot!(at("0.0.0.0:8081", None).unwrap_err(), @"The portal listens on 0.0.0.0:8081, and nobody told it the address that others use. Set --public-url to the address under which browsers and the document server reach it, such as https://files.example.");
    }
}
