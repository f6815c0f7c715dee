//! The folder of one kit: `doc`, `tmp`, `profile`, and `root` as mount point for its jail.

use std::os::unix::fs::PermissionsExt;
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
        let path = self.path.clone();
        let removed = tokio::task::spawn_blocking(move || remove_tree(&path)).await;
        if let Ok(Err(error)) = removed {
            tracing::warn!(%error, "a kit's folder could not be removed");
        }
    }
}

impl Drop for KitFolder {
    fn drop(&mut self) {
        // Usually removed already, when the kit's end was seen.
        let _ = remove_tree(&self.path);
    }
}

/// Removes the folders of kits, all of which have ended.
pub(crate) fn remove_kits(work: &Path) {
    let Ok(entries) = std::fs::read_dir(work) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            let _ = remove_tree(&entry.path());
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
            let removed = remove_tree(&entry.path());
            // A kit's folder is in nobody's way; the launcher's is made anew.
            if let Err(error) = removed {
                if name == LAUNCHER {
                    return Err(error);
                }
                tracing::warn!(%error, "an earlier kit's folder could not be removed");
            }
        }
    }
    for name in [LAUNCHER, LAUNCHER_PROFILE, LAUNCHER_SCRATCH] {
        create_private(&work.join(name))?;
    }
    write_profile(&work.join(LAUNCHER_PROFILE))
}

/// Removes a folder that a kit wrote to, which may have made folders in folders until no path reaches
/// them, or such that may not be read. So nothing here goes into depth: what is in a folder is moved
/// up before the folder is removed. No process writes there any more.
fn remove_tree(top: &Path) -> std::io::Result<()> {
    loop {
        let mut folders: u64 = 0;
        for (path, is_folder) in entries(top)? {
            if !is_folder {
                there(std::fs::remove_file(path))?;
                continue;
            }
            folders += 1;
            there(open_up(&path))?;
            for (inner, is_folder) in entries(&path)? {
                if is_folder {
                    there(open_up(&inner))?;
                    // No name that there may be, from a removal that was cut short or of the kit's.
                    let name = format!("moved-{:032x}", rand::random::<u128>());
                    there(std::fs::rename(inner, top.join(name)))?;
                } else {
                    there(std::fs::remove_file(inner))?;
                }
            }
            there(std::fs::remove_dir(path))?;
        }
        if folders == 0 {
            return there(std::fs::remove_dir(top));
        }
    }
}

/// What is in a folder, and whether it is one itself. Nothing if the folder is gone: the same may be
/// removed twice at a time.
fn entries(folder: &Path) -> std::io::Result<impl Iterator<Item = (PathBuf, bool)> + use<>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        entries => Some(entries?),
    };
    let known = |entry: std::fs::DirEntry| Some((entry.path(), entry.file_type().ok()?.is_dir()));
    Ok(entries.into_iter().flatten().flatten().filter_map(known))
}

/// What is gone need not be removed.
fn there(result: std::io::Result<()>) -> std::io::Result<()> {
    result.or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}

fn open_up(folder: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l8_a_removal_that_was_cut_short_does_not_keep_the_server_from_starting() {
        let work = tempfile::tempdir().unwrap();
        let folder = KitFolder::create(work.path()).unwrap();
        for number in 0..20 {
            let moved = folder.path().join(format!("moved-{number}"));
            std::fs::create_dir_all(moved.join("a/b")).unwrap();
            std::fs::write(moved.join("a/b/file"), "x").unwrap();
        }
        prepare_work(work.path()).unwrap();
        assert!(!folder.path().exists());
    }

    #[test]
    fn l8_a_tree_of_any_depth_that_may_not_be_read_is_removed() {
        let work = tempfile::tempdir().unwrap();
        let folder = KitFolder::create(work.path()).unwrap();
        // Each is moved into a new one, since no path would reach the lowest.
        let (top, next) = (folder.doc().join("top"), folder.doc().join("next"));
        create_private(&top).unwrap();
        std::fs::write(top.join("file"), "x").unwrap();
        for _ in 0..5_000 {
            create_private(&next).unwrap();
            std::fs::rename(&top, next.join("top")).unwrap();
            std::fs::rename(&next, &top).unwrap();
        }
        let closed = std::fs::Permissions::from_mode(0o000);
        std::fs::set_permissions(&top, closed).unwrap();
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
    }
}
