//! Writes the pages on codes into a copy of `docs/`, for `make docs`: `pages DIR`.

use std::{env, error::Error, fs, path::PathBuf};

use recto_token::explain::pages;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("Name a folder.")?);
    for name in pages::names() {
        let file = folder.join(&name).with_extension("md");
        fs::create_dir_all(file.parent().unwrap_or(&folder))?;
        fs::write(file, pages::page(&name).unwrap_or_default())?;
    }
    let summary = folder.join("SUMMARY.md");
    fs::write(&summary, pages::summary(&fs::read_to_string(&summary)?))?;
    Ok(())
}
