//! The command line of `recto check`.

use std::path::PathBuf;

use clap::Args as Group;

/// Options of a check.
#[derive(Debug, Group)]
pub struct Check {
    /// Files and folders to look at; of a folder, all documents in it and in its folders.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Print JSON: a list with an object for each file.
    #[arg(long)]
    pub json: bool,
}
