//! `recto portal`

use recto_portal::PortalConfig;
use url::Url;

use super::asked_to_stop;
use crate::args::Portal;
use crate::{config, secret};

/// Runs the portal until it is asked to stop.
pub async fn run(args: Portal) -> anyhow::Result<()> {
    let environment = config::Environment::of_process();
    let secret = secret::find(args.secret_file.as_deref(), None, &environment)?;
    let secret = secret::checked(secret)?;
    let public_url = match args.public_url {
        Some(url) => url,
        None => Url::parse(&format!("http://{}", args.listen))?,
    };
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
