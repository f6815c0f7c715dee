//! `recto serve`

use anyhow::Context;
use recto_server::{Server, Tokens};

use super::{asked_to_stop_twice, may_open_many_files};
use crate::args::Serve;
use crate::config;

/// Runs the document server until it is asked to stop.
pub async fn run(args: Serve) -> anyhow::Result<()> {
    let environment = config::Environment::of_process();
    for sentence in environment.not_followed() {
        eprintln!("WARNING: {sentence}");
    }
    let config = config::server(args, &environment)?;
    match &config.tokens {
        Tokens::Required(tenants) => {
            let keys = tenants.all().flat_map(|tenant| {
                let keys = tenant.keys.inbox().keys();
                keys.iter().map(move |key| (tenant.name, key))
            });
            for (tenant, key) in keys {
                let times = [("from", key.begins()), ("until", key.ends())]
                    .into_iter()
                    .filter_map(|(word, time)| Some(format!(", {word} {}", time?)))
                    .collect::<String>();
                eprintln!(
                    "Tokens are required. {}Key{}: {}, fingerprint {}{times}.",
                    tenant
                        .map(|name| format!("Tenant {name}. "))
                        .unwrap_or_default(),
                    key.id().map(|id| format!(" {id}")).unwrap_or_default(),
                    key.algorithm(),
                    key.fingerprint()
                );
            }
        }
        Tokens::Off(_) => {
            eprintln!(
                "WARNING: Tokens are off, so anybody who reaches this server can use it. Set JWT_ENABLED=true and a secret."
            );
        }
    }
    if config.outgoing.insecure_tls {
        eprintln!(
            "WARNING: Certificates of integrators are not verified, so anyone in between can read and change documents and callbacks. Leave insecure_tls out, and give the authority's certificate with --ca-file."
        );
    }
    eprintln!("Starting the engine …");
    may_open_many_files();
    let server = Server::start(config).await?;
    let (stop, at_once) = asked_to_stop_twice();
    report(&server).context("the address is not known")?;
    tokio::select! {
        ended = server.run(stop) => ended?,
        () = at_once => anyhow::bail!("The server was asked to stop a second time and did not wait for the documents to be stored. They are kept as their last snapshots have them"),
    }
    Ok(())
}

fn report(server: &Server) -> Option<()> {
    let engine = server.engine();
    let isolation = engine.isolation();
    let word = |on: bool| if on { "on" } else { "OFF" };
    eprintln!(
        "Engine: {}. Isolation: Landlock {}, seccomp {}, namespaces {}.",
        engine.version(),
        word(isolation.landlock),
        word(isolation.seccomp),
        word(isolation.namespaces)
    );
    for notice in engine.part_notices() {
        eprintln!("WARNING: {notice}");
    }
    if server.recovered() > 0 {
        eprintln!(
            "Documents found from an earlier run: {}.",
            server.recovered()
        );
    }
    if let Some(address) = server.admin_address() {
        eprintln!("The administrator's pages are at http://{address}");
    }
    eprintln!("Recto serves documents at http://{}", server.address()?);
    Some(())
}
