//! `recto demo`

use anyhow::Context;
use recto_portal::PortalConfig;
use recto_server::Server;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use super::{asked_to_stop, may_open_many_files, portal};
use crate::args::{Demo, Serve};
use crate::{config, secret};

/// Runs document server and portal in one process, with a secret made on the first start and kept.
pub async fn run(args: Demo) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.data).with_context(|| {
        format!(
            "The folder {} can't be made. Choose another with --data",
            args.data.display()
        )
    })?;
    let secret_file = args.data.join("secret");
    secret::made_once(&secret_file)?;
    let serve = Serve {
        listen: Some(args.listen),
        data: Some(args.data.join("server")),
        public_url: args.public_url.clone(),
        // The portal is on this machine, which the address guard would refuse otherwise.
        allow_network: vec!["127.0.0.0/8".parse()?],
        secret_file: Some(secret_file.clone()),
        ..Serve::default()
    };
    let nothing = config::Environment::default();
    let config = config::server(serve, &nothing)?;
    let portal_url = portal::reached_at(args.portal_listen, args.portal_url, "--portal-url")?;
    eprintln!("Starting the engine …");
    may_open_many_files();
    let server = Server::start(config).await?;
    let address = server.address().context("the address is not known")?;
    let server_url = match args.public_url {
        Some(url) => url.to_string(),
        None => format!("http://{address}"),
    };
    let portal = PortalConfig {
        listen: args.portal_listen,
        data: args.data.join("portal"),
        document_server: Url::parse(&server_url)?,
        public_url: portal_url.clone(),
        secret: secret::checked(secret::find(Some(&secret_file), None, &nothing)?)?,
        samples: args.samples,
    };
    let (stop, stopped) = watch::channel(false);
    let wait = |mut stopped: watch::Receiver<bool>| async move {
        // A closed channel means the same as a message: the process ends.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let mut parts = JoinSet::new();
    let documents = server.run(wait(stopped.clone()));
    parts.spawn(async { documents.await.map_err(anyhow::Error::from) });
    let files = recto_portal::run(portal, wait(stopped));
    parts.spawn(async { files.await.map_err(anyhow::Error::from) });
    let asked = asked_to_stop();
    eprintln!(
        "\n  Recto is ready.\n\n    Open   {portal_url}\n    Tokens {server_url}/token says what is wrong with one\n    Users  ada, bruno (may edit), vera (may view); the password of each is recto-demo\n    Stop   Ctrl+C\n"
    );
    let mut ended = tokio::select! {
        () = asked => Ok(()),
        Some(result) = parts.join_next() => result?,
    };
    eprintln!("Storing what is open …");
    stop.send_replace(true);
    while let Some(result) = parts.join_next().await {
        ended = ended.and(result?);
    }
    ended
}
