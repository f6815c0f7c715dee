//! `recto token new-secret`

use std::process::ExitCode;

use anyhow::bail;

use super::print;
use crate::args::token::NewSecret;
use crate::secret;

/// Makes a secret, and prints it or writes it to a new file.
pub fn run(args: &NewSecret) -> anyhow::Result<ExitCode> {
    match &args.out {
        None => print(&format!("{}\n", secret::new()))?,
        Some(file) => {
            if file.exists() {
                bail!(
                    "The file {} exists already, and a secret in it may be in use. Name a new file.",
                    file.display()
                );
            }
            secret::made_once(file)?;
            print(&format!(
                "The secret is in {}, readable by its owner only. Give the same one to the document server and to the back end of the application.\n",
                file.display()
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
