//! `recto demo`

use anyhow::Context;
use recto_portal::PortalConfig;
use recto_server::Server;
use tokio::sync::watch;
use url::Url;

use super::asked_to_stop;
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
        // The portal is on this machine, which the address guard would refuse otherwise.
        allow_network: vec!["127.0.0.0/8".parse()?],
        secret_file: Some(secret_file.clone()),
        ..Serve::default()
    };
    let nothing = config::Environment::default();
    let config = config::server(serve, &nothing)?;
    eprintln!("Starting the engine …");
    let server = Server::start(config).await?;
    let address = server.address().context("the address is not known")?;
    let portal_url = Url::parse(&format!("http://{}", args.portal_listen))?;
    let portal = PortalConfig {
        listen: args.portal_listen,
        data: args.data.join("portal"),
        document_server: Url::parse(&format!("http://{address}"))?,
        public_url: portal_url.clone(),
        secret: secret::checked(secret::find(Some(&secret_file), None, &nothing)?)?,
        samples: args.samples,
    };
    let (stop, stopped) = watch::channel(false);
    let wait = |mut stopped: watch::Receiver<bool>| async move {
        // A closed channel means the same as a message: the process ends.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let server = tokio::spawn(server.run(wait(stopped.clone())));
    let portal = tokio::spawn(recto_portal::run(portal, wait(stopped)));
    eprintln!(
        "\n  Recto is ready.\n\n    Open   {portal_url}\n    Users  ada, bruno (may edit), vera (may view); the password of each is recto-demo\n    Stop   Ctrl+C\n"
    );
    let ended = tokio::select! {
        () = asked_to_stop() => Ok(()),
        result = server_or_portal(server, portal) => result,
    };
    eprintln!("Storing what is open …");
    stop.send_replace(true);
    ended
}

async fn server_or_portal(
    server: tokio::task::JoinHandle<Result<(), recto_server::ServerError>>,
    portal: tokio::task::JoinHandle<Result<(), recto_portal::PortalError>>,
) -> anyhow::Result<()> {
    tokio::select! {
        result = server => Ok(result??),
        result = portal => Ok(result??),
    }
}
