//! The one binary of Recto.
#![forbid(unsafe_code)]

mod args;
mod commands;
mod config;
mod keys;
mod keys_file;
mod secret;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    // An engine process must fork, so it starts before anything that could make a thread.
    let mut own = std::env::args_os();
    if own.nth(1).is_some_and(|first| first == "kit") {
        recto_engine::kit_main(own);
    }
    let args = Args::parse();
    // Somebody who converts one file hears of what fails alone.
    let usual = match args.command {
        Command::Convert(_) | Command::Check(_) => "error",
        _ => "info,sqlx=warn",
    };
    start_log(args.log_json, usual);
    let mut unable = ExitCode::FAILURE;
    let result = match args.command {
        Command::Serve(args) => wait_for(commands::serve::run(*args)),
        Command::Portal(args) => wait_for(commands::portal::run(args)),
        Command::Demo(args) => wait_for(commands::demo::run(args)),
        // 1 says that something was found, so that what can't be carried out needs another code.
        Command::Token(command) => {
            unable = ExitCode::from(2);
            commands::token::run(&command, &config::Environment::of_process())
        }
        Command::Convert(args) => {
            unable = ExitCode::from(2);
            commands::convert::run(&args)
        }
        Command::Check(args) => {
            unable = ExitCode::from(2);
            commands::check::run(&args)
        }
        Command::Deaths(args) => commands::deaths::run(&args),
        Command::Conformance(args) => {
            unable = ExitCode::from(2);
            commands::conformance::run(args, &config::Environment::of_process())
        }
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("recto: {error:#}");
            unable
        }
    }
}

/// Runs a service to its end.
fn wait_for(service: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()
        .context("The system gave no threads. Raise the limit of processes for this user")?;
    let ended = runtime.block_on(service);
    // Whatever still waits for a disk must not hold up the end.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended.map(|()| ExitCode::SUCCESS)
}

fn start_log(json: bool, usual: &str) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("RECTO_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    // Below that level it writes whole frames, with the tokens in them.
    let filter = match "tungstenite=info".parse() {
        Ok(level) => filter.add_directive(level),
        Err(_) => filter,
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if json {
        log.json().init();
    } else {
        log.with_target(false).init();
    }
}
