//! A control group (cgroup v2) for each kit, where the server's own is delegated to it: the kernel then
//! limits what a kit takes in memory and threads with all its processes, and shares processors by kit.

mod tree;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use super::link::lock;
use crate::config::Limits;
use tree::{Kernel, Tree};

/// The server's own, below the one that it was started in: that has groups in it now, and the kernel
/// wants processes in those only.
const SERVER: &str = "recto-server";
/// How those of kits are named, to find those that a crash left behind.
const PREFIX: &str = "recto-kit-";
/// Without these a group limits nothing.
const NEEDED: [&str; 2] = ["memory", "pids"];
/// Beside a kit there are two processes that only wait.
const BESIDE: u64 = 2;
/// Kits share processors equally, and the server comes before any of them.
const KIT_WEIGHT: u32 = 100;
const SERVER_WEIGHT: u32 = 1000;
/// The kernel may take its time to end what is in a group.
const ATTEMPTS: usize = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// What keeps kits from having groups of their own.
#[derive(Debug, thiserror::Error)]
enum Missing {
    #[error("this system has no cgroup v2")]
    Version,
    #[error("the server's control group has no controller `{0}`")]
    Controller(&'static str),
    #[error("the server shares its control group with other processes")]
    Shared,
    #[error("the server may not divide its control group ({0})")]
    Refused(#[from] std::io::Error),
}

/// The groups of kits.
pub(super) struct Groups {
    base: PathBuf,
    tree: Arc<dyn Tree>,
    /// Whether processors are shared by group.
    weights: bool,
    /// Those that were still busy when they were to be removed.
    late: Mutex<Vec<PathBuf>>,
}

impl Groups {
    /// Those of this process. The first call moves it into a group of its own, or says what is missing.
    pub fn of_this_process() -> Option<Arc<Self>> {
        static GROUPS: OnceLock<Option<Arc<Groups>>> = OnceLock::new();
        let prepare = || {
            let tree: Arc<dyn Tree> = Arc::new(Kernel);
            let own = tree::own().ok_or(Missing::Version);
            match own.and_then(|own| Self::prepare(tree, own, std::process::id())) {
                Ok(groups) => {
                    let folder = groups.base.display();
                    tracing::info!(%folder, "each kit gets a control group of its own");
                    Some(Arc::new(groups))
                }
                Err(missing) => {
                    tracing::info!(
                        %missing,
                        "kits get no control groups of their own: the kernel limits the memory of each \
                         process and not that of a kit with its copies, which the server looks at every \
                         second; to give the server what it needs for groups, set Delegate=yes in its \
                         systemd unit"
                    );
                    None
                }
            }
        };
        GROUPS.get_or_init(prepare).clone()
    }

    /// Divides `base`, in which the process `pid` is, and moves that one down. Changes nothing when
    /// that cannot be done.
    fn prepare(tree: Arc<dyn Tree>, base: PathBuf, pid: u32) -> Result<Self, Missing> {
        let listed = tree.read(&base.join("cgroup.controllers"))?;
        let has = |name: &str| listed.split_whitespace().any(|listed| listed == name);
        if let Some(lacking) = NEEDED.into_iter().find(|name| !has(name)) {
            return Err(Missing::Controller(lacking));
        }
        // Another process here would be in the way, and is not ours to move.
        let pid = pid.to_string();
        if tree.read(&base.join("cgroup.procs"))?.trim() != pid {
            return Err(Missing::Shared);
        }
        let server = base.join(SERVER);
        match tree.make(&server) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                if !tree.read(&server.join("cgroup.procs"))?.trim().is_empty() {
                    return Err(Missing::Shared);
                }
            }
            made => made?,
        }
        let mut groups = Self {
            base,
            tree,
            weights: false,
            late: Mutex::default(),
        };
        let divided = groups.divide(&server, &pid, has("cpu"));
        if let Err(error) = divided {
            let _ = groups.write(&groups.base, "cgroup.procs", &pid);
            let _ = groups.tree.remove(&server);
            return Err(error.into());
        }
        Ok(groups)
    }

    fn divide(&mut self, server: &Path, pid: &str, processors: bool) -> std::io::Result<()> {
        self.write(server, "cgroup.procs", pid)?;
        let needed = NEEDED.map(|name| format!("+{name}")).join(" ");
        self.write(&self.base, "cgroup.subtree_control", &needed)?;
        // Refused where some process has priority over all others; the limits work without it.
        self.weights = processors
            && self
                .write(&self.base, "cgroup.subtree_control", "+cpu")
                .and_then(|()| self.write(server, "cpu.weight", &SERVER_WEIGHT.to_string()))
                .is_ok();
        for path in self.tree.inner(&self.base).unwrap_or_default() {
            let name = path.file_name().unwrap_or_default();
            if name.to_string_lossy().starts_with(PREFIX) && !self.removed(&path) {
                lock(&self.late).push(path);
            }
        }
        Ok(())
    }

    /// Makes the group of one kit, with its limits.
    pub fn create(self: &Arc<Self>, limits: &Limits) -> std::io::Result<Group> {
        self.sweep();
        let name = format!("{PREFIX}{:032x}", rand::random::<u128>());
        let path = self.base.join(name);
        self.tree.make(&path)?;
        let group = Group {
            path,
            groups: Arc::clone(self),
        };
        let threads = limits.threads.saturating_add(BESIDE);
        group.set("memory.max", limits.memory)?;
        group.set("memory.oom.group", 1)?;
        group.set("pids.max", threads)?;
        if self.weights {
            group.set("cpu.weight", KIT_WEIGHT.into())?;
        }
        Ok(group)
    }

    /// Tries once more to remove what was busy.
    pub fn sweep(&self) {
        lock(&self.late).retain(|path| !self.removed(path));
    }

    /// Ends what is still in a group, and removes it unless that takes a while.
    fn removed(&self, path: &Path) -> bool {
        // Kernels before 5.14 do not know this.
        let _ = self.write(path, "cgroup.kill", "1");
        match self.tree.remove(path) {
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
            Ok(()) => true,
        }
    }

    fn write(&self, group: &Path, file: &str, value: &str) -> std::io::Result<()> {
        self.tree.write(&group.join(file), value)
    }
}

/// The group of one kit. It is removed when this is dropped.
pub(crate) struct Group {
    path: PathBuf,
    groups: Arc<Groups>,
}

impl Group {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the kernel has killed the kit because it wanted more memory than it may have.
    pub fn out_of_memory(&self) -> bool {
        let events = self.groups.tree.read(&self.path.join("memory.events"));
        events.is_ok_and(|events| {
            let killed = events
                .lines()
                .find_map(|line| line.strip_prefix("oom_kill "));
            killed.is_some_and(|count| count.trim() != "0")
        })
    }

    /// Removes the group of a kit that was killed, as soon as it has ended.
    pub async fn remove(&self) {
        for _ in 0..ATTEMPTS {
            if self.groups.removed(&self.path) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        tracing::warn!("a kit's control group could not be removed yet");
    }

    fn set(&self, file: &str, value: u64) -> std::io::Result<()> {
        self.groups.write(&self.path, file, &value.to_string())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Usually removed already, when the kit's end was seen.
        if !self.groups.removed(&self.path) {
            lock(&self.groups.late).push(std::mem::take(&mut self.path));
        }
    }
}

#[cfg(test)]
mod tests;
