//! The file of keys: secrets and public keys, each with the time in which it counts.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

const HEAD: &str = "# The keys of a Recto document server. Anyone who can read this file can sign anything.\n# Times are Unix seconds. The first key that counts signs; all that count are accepted.\n\n";

/// Most keys of a file, as of a ring.
pub const MAX_KEYS: usize = 8;

/// All keys.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysFile {
    /// The keys; the first one that counts signs.
    #[serde(default)]
    pub key: Vec<Entry>,
}

/// One key. It has either a secret or a public key.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its id, the `kid` of tokens.
    pub id: String,
    /// A secret that is shared with an application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// File with an application's public key in PEM form, or with a JWK set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key_file: Option<PathBuf>,
    /// Second from which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<i64>,
    /// Second from which it does not count any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retires: Option<i64>,
}

/// By hand, because a secret must not reach a log.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("not_before", &self.not_before)
            .field("retires", &self.retires)
            .finish_non_exhaustive()
    }
}

/// Reads a file of keys.
pub fn read(path: &Path) -> anyhow::Result<KeysFile> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!(
            "The file of keys {} can't be read. Check its path and rights",
            path.display()
        )
    })?;
    // What the parser says may quote the line, and the line may hold the secret.
    let Ok(file) = toml::from_str::<KeysFile>(&text) else {
        bail!(
            "The file of keys {} is not valid. Each [[key]] needs an id and either a secret or a public_key_file; not_before and retires are Unix seconds.",
            path.display()
        );
    };
    if file.key.is_empty() || file.key.len() > MAX_KEYS {
        bail!(
            "The file of keys {} has {} keys. Give 1 to {MAX_KEYS} of them.",
            path.display(),
            file.key.len()
        );
    }
    for (index, entry) in file.key.iter().enumerate() {
        if entry.id.is_empty() || file.key[..index].iter().any(|other| other.id == entry.id) {
            bail!(
                "The file of keys {} has a key without an id of its own, the {}th one. Give each another id.",
                path.display(),
                index + 1
            );
        }
        if entry.secret.is_some() == entry.public_key_file.is_some() {
            bail!(
                "The key {} in {} does not have exactly one of secret and public_key_file. Give it one.",
                entry.id,
                path.display()
            );
        }
    }
    Ok(file)
}

/// Writes a file of keys so that a reader gets the old or the new one, whole; only its owner
/// may read it.
pub fn write(path: &Path, file: &KeysFile) -> anyhow::Result<()> {
    let text =
        HEAD.to_owned() + &toml::to_string(file).context("The keys can't be written as TOML")?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    let done = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut open| {
            open.write_all(text.as_bytes())?;
            open.sync_all()
        })
        .and_then(|()| std::fs::rename(&beside, path));
    if done.is_err() {
        // It may not have been made at all.
        let _ = std::fs::remove_file(&beside);
    }
    done.with_context(|| {
        format!(
            "The file of keys {} can't be written. Check the folder's rights",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn what_is_written_is_read_and_is_private() {
        let (_folder, path) = written("");
        let keys = KeysFile {
            key: vec![Entry {
                id: "a".to_owned(),
                secret: Some("s".repeat(32)),
                public_key_file: None,
                not_before: None,
                retires: Some(5),
            }],
        };
        write(&path, &keys).unwrap();
        let read = read(&path).unwrap();
        assert_eq!(read.key[0].secret, keys.key[0].secret);
        assert_eq!(read.key[0].retires, Some(5));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!format!("{read:?}").contains("sss"));
    }

    #[test]
    fn t19_a_file_that_is_not_valid_is_not_quoted() {
        for text in [
            "[[key]]\nid = \"a\"\nsecret = \"very-secret-text",
            "[[key]]\nid = \"a\"\nsecret = \"very-secret-text\"\npublic_key_file = \"x\"",
            "[[key]]\nid = \"a\"",
            "[[key]]\nid = \"a\"\nsecret = \"very-secret-text\"\n[[key]]\nid = \"a\"\nsecret = \"b\"",
            "",
        ] {
            let (_folder, path) = written(text);
            let error = format!("{:#}", read(&path).unwrap_err());
            assert!(!error.contains("very-secret-text"), "{error}");
        }
    }
}
