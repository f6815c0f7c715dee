//! The one binary of Recto.
#![forbid(unsafe_code)]

mod args;
mod commands;
mod config;
mod secret;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    // An engine process must fork, so it starts before anything that could make a thread.
    let mut own = std::env::args_os();
    if own.nth(1).is_some_and(|first| first == "kit") {
        recto_engine::kit_main(own);
    }
    let args = Args::parse();
    start_log(args.log_json);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!(
                "recto: The system gave no threads: {error}. Raise the limit of processes for this user."
            );
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        match args.command {
            Command::Serve(args) => commands::serve::run(args).await,
            Command::Portal(args) => commands::portal::run(args).await,
            Command::Demo(args) => commands::demo::run(args).await,
        }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("recto: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start_log(json: bool) {
    use tracing_subscriber::EnvFilter;
    let filter =
        EnvFilter::try_from_env("RECTO_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
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
