//! The command line of `recto deaths`.

use std::path::PathBuf;

use clap::Args as Group;

/// Options of the list of deaths.
#[derive(Debug, Group)]
pub struct Deaths {
    /// The server's data folder; the server may run.
    #[arg(long, env = "RECTO_DATA", default_value = "data")]
    pub data: PathBuf,
    /// Print JSON: a list with an object for each report.
    #[arg(long)]
    pub json: bool,
}
