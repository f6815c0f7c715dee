//! Where the shared secret comes from.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use rand::RngCore;
use recto_docs_api::Explain;
use recto_token::{Secret, check_secret};

use crate::config::Environment;

/// The secret from a flag's file, else from the environment, else from the configuration file.
pub fn find(
    file: Option<&Path>,
    configured: Option<&Path>,
    environment: &Environment,
) -> anyhow::Result<Secret> {
    find_text(file, configured, environment).map(Secret::from)
}

/// The same as text, for writing it into a file of keys.
pub fn find_text(
    file: Option<&Path>,
    configured: Option<&Path>,
    environment: &Environment,
) -> anyhow::Result<String> {
    if let Some(file) = file {
        return text(file);
    }
    match (&environment.jwt_secret, &environment.jwt_secret_file) {
        (Some(_), Some(_)) => bail!(
            "Both JWT_SECRET and JWT_SECRET_FILE are set, so it is not clear which secret counts. Unset one of them."
        ),
        (Some(secret), None) => Ok(secret.clone()),
        (None, Some(file)) => text(file),
        (None, None) => match configured {
            Some(file) => text(file),
            None => bail!(
                "No secret is set, and tokens are required. Set JWT_SECRET or JWT_SECRET_FILE to the secret that your application signs with; `openssl rand -hex 32` makes one."
            ),
        },
    }
}

/// The same secret, if it is fit for use; a weak one is warned of.
pub fn checked(secret: Secret) -> anyhow::Result<Secret> {
    match check_secret(&secret) {
        Ok(None) => {}
        Ok(Some(warning)) => eprintln!("WARNING: {} {}", warning.message(), warning.hint()),
        Err(error) => bail!("{} {}", error.message(), error.hint()),
    }
    Ok(secret)
}

/// What a secret file holds; one line end after it does not belong to it, as editors put one there.
pub fn text(file: &Path) -> anyhow::Result<String> {
    let mut text = std::fs::read_to_string(file).with_context(|| {
        format!(
            "The secret file {} can't be read. Check its path and rights",
            file.display()
        )
    })?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    if text.trim() != text {
        eprintln!(
            "WARNING: The secret in {} begins or ends with white space, which counts as a part of it. Remove it if it is not meant.",
            file.display()
        );
    }
    Ok(text)
}

/// A secret of 256 random bits, as 64 hex digits.
pub fn new() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

/// Makes a secret of 256 bits in `file`, readable by its owner only, unless there is one.
pub fn made_once(file: &Path) -> anyhow::Result<()> {
    if file.exists() {
        return Ok(());
    }
    let text = new() + "\n";
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut open| open.write_all(text.as_bytes()))
        .with_context(|| {
            format!(
                "The secret can't be written to {}. Check the folder's rights",
                file.display()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(secret: Option<&str>, file: Option<&Path>) -> Environment {
        Environment {
            jwt_secret: secret.map(str::to_owned),
            jwt_secret_file: file.map(Path::to_owned),
            ..Environment::default()
        }
    }

    #[test]
    fn a_file_is_read_without_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "0123456789abcdef0123456789abcdef\n").unwrap();
        assert_eq!(
            find(Some(&file), None, &environment(None, None))
                .unwrap()
                .len(),
            32
        );
    }

    #[test]
    fn a_secret_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        made_once(&file).unwrap();
        let first = std::fs::read(&file).unwrap();
        made_once(&file).unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), first);
        assert_eq!(first.len(), 65);
    }

    #[test]
    fn refusals_say_what_to_do() {
        let nothing = find(None, None, &environment(None, None)).unwrap_err();
        insta::assert_snapshot!(nothing, @"No secret is set, and tokens are required. Set JWT_SECRET or JWT_SECRET_FILE to the secret that your application signs with; `openssl rand -hex 32` makes one.");
        let both = find(None, None, &environment(Some("a"), Some(Path::new("b")))).unwrap_err();
        insta::assert_snapshot!(both, @"Both JWT_SECRET and JWT_SECRET_FILE are set, so it is not clear which secret counts. Unset one of them.");
    }

    #[test]
    fn t11_default_secrets_are_refused() {
        for secret in ["", "secret", "verysecretstring"] {
            assert!(checked(Secret::from(secret)).is_err(), "{secret:?}");
        }
    }
}
