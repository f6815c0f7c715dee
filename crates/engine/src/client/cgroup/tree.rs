//! The kernel's file system of control groups.

use std::fs::OpenOptions;
use std::io::{Result, Write};
use std::path::{Component, Path, PathBuf};

/// What is done with groups.
pub(super) trait Tree: Send + Sync {
    fn make(&self, group: &Path) -> Result<()>;
    /// Fails while a process is in it.
    fn remove(&self, group: &Path) -> Result<()>;
    fn read(&self, file: &Path) -> Result<String>;
    fn write(&self, file: &Path, value: &str) -> Result<()>;
    /// The groups in one.
    fn inner(&self, group: &Path) -> Result<Vec<PathBuf>>;
}

pub(super) struct Kernel;

impl Tree for Kernel {
    fn make(&self, group: &Path) -> Result<()> {
        std::fs::create_dir(group)
    }

    fn remove(&self, group: &Path) -> Result<()> {
        // Its files go with it.
        std::fs::remove_dir(group)
    }

    fn read(&self, file: &Path) -> Result<String> {
        std::fs::read_to_string(file)
    }

    fn write(&self, file: &Path, value: &str) -> Result<()> {
        // The kernel makes the files.
        let mut file = OpenOptions::new().write(true).open(file)?;
        file.write_all(value.as_bytes())
    }

    fn inner(&self, group: &Path) -> Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(group)?.flatten();
        let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        Ok(folders.map(|entry| entry.path()).collect())
    }
}

/// The folder of the group in which this process is.
pub(super) fn own() -> Option<PathBuf> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    find(&groups, &mounts)
}

/// The same, by what `/proc/self/cgroup` and `/proc/self/mountinfo` say.
pub(super) fn find(groups: &str, mounts: &str) -> Option<PathBuf> {
    let group = Path::new(groups.lines().find_map(|line| line.strip_prefix("0::"))?);
    mounts.lines().find_map(|line| {
        let (mount, system) = line.split_once(" - ")?;
        if !system.starts_with("cgroup2 ") {
            return None;
        }
        let mut fields = mount.split(' ').skip(3);
        let (root, place) = (fields.next()?, fields.next()?);
        let below = group.strip_prefix(root).ok()?;
        let plain = |path: &Path| {
            path.components()
                .all(|part| !matches!(part, Component::ParentDir))
        };
        // A space in the name of a mount is told as `\040`; nobody mounts control groups there.
        (plain(below) && !place.contains('\\')).then(|| Path::new(place).join(below))
    })
}
