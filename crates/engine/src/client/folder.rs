//! The folder of one kit: `doc`, `tmp`, `profile`, and `root` as mount point for its jail.

use std::path::{Path, PathBuf};

/// How kit folders are named, to find those that a crash left behind.
const PREFIX: &str = "kit-";

pub(crate) struct KitFolder {
    path: PathBuf,
}

impl KitFolder {
    pub(crate) fn create(work: &Path) -> std::io::Result<Self> {
        let path = work.join(format!("{PREFIX}{:032x}", rand::random::<u128>()));
        create_private(&path)?;
        let folder = Self { path };
        for name in ["doc", "tmp", "root", "profile"] {
            create_private(&folder.path.join(name))?;
        }
        write_profile(&folder.path.join("profile"))?;
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn doc(&self) -> PathBuf {
        self.path.join("doc")
    }

    pub(crate) async fn remove(&self) {
        if let Err(error) = tokio::fs::remove_dir_all(&self.path).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a kit's folder could not be removed");
        }
    }
}

impl Drop for KitFolder {
    fn drop(&mut self) {
        // Usually removed already, when the kit's end was seen.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Removes the folders of kits, all of which have ended.
pub(crate) fn remove_kits(work: &Path) {
    let Ok(entries) = std::fs::read_dir(work) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Makes the work folder and removes what kits of an earlier run left in it.
pub(crate) fn prepare_work(work: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(work)?;
    for entry in std::fs::read_dir(work)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = name.to_string_lossy().starts_with(PREFIX) || name == LAUNCHER;
        if ours && entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    for name in [LAUNCHER, LAUNCHER_PROFILE, LAUNCHER_SCRATCH] {
        create_private(&work.join(name))?;
    }
    write_profile(&work.join(LAUNCHER_PROFILE))
}

const LAUNCHER: &str = "launcher";
pub(crate) const LAUNCHER_PROFILE: &str = "launcher/profile";
pub(crate) const LAUNCHER_SCRATCH: &str = "launcher/tmp";
fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(path)
}

/// Settings that are safe whatever the document says: nothing is fetched, no macro runs, no importer is
/// found by a file's content that the list of types leaves out, and no lock file makes the next load
/// read-only.
fn write_profile(profile: &Path) -> std::io::Result<()> {
    let user = profile.join("user");
    create_private(&user)?;
    std::fs::write(
        user.join("registrymodifications.xcu"),
        include_str!("registrymodifications.xcu"),
    )
}
