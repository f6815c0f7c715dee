//! What keeps a kit away from everything but its document.
//!
//! Always: no new privileges, no capabilities, resource limits, Landlock for files, seccomp for
//! system calls. Where the system permits it: namespaces with a root of their own.
#![allow(
    unsafe_code,
    reason = "the system calls of a sandbox have no safe form"
)]

mod calls;
mod jail;
mod landlock;
mod limits;
mod paths;
mod probe;
mod process;
mod seccomp;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::config::Limits;

pub(crate) use paths::readable;
pub(crate) use probe::{Prey, probe};
pub(crate) use process::{
    Forked, be_copy, copy_self, die_with_parent, exit, fix_memory_sizes, fork, reap,
    return_free_memory, set_environment, signal_of,
};

/// Where a kit finds its folders. In a jail the paths tell nothing of the system.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub doc: PathBuf,
    pub tmp: PathBuf,
    pub profile: PathBuf,
}

impl Places {
    fn outside(dir: &Path) -> Self {
        Self {
            doc: dir.join("doc"),
            tmp: dir.join("tmp"),
            profile: dir.join("profile"),
        }
    }

    fn jailed() -> Self {
        Self {
            doc: "/doc".into(),
            tmp: "/tmp".into(),
            profile: "/profile".into(),
        }
    }
}

/// What is in force.
#[derive(Debug)]
pub(crate) struct Entered {
    pub places: Places,
    /// As the launcher's process namespace sees it.
    pub pid: u32,
    pub landlock: bool,
    pub namespaces: bool,
    /// What the system says of this process, its threads among it, if it may make copies of itself.
    pub status: Option<File>,
}

/// Encloses this process, which must have one thread, for good. `dir` holds its folders; of everything
/// else it reads `readable` alone. With
/// namespaces it returns in a child of this process; the parent waits for it and ends with it.
///
/// It may make copies of itself only where [`may_copy`] says so; `group` is the control group that it is
/// in, if any.
pub(crate) fn enter(
    dir: &Path,
    readable: &[PathBuf],
    limits: &Limits,
    namespaces: bool,
    group: Option<Group>,
) -> Result<Entered, String> {
    let copies = may_copy(namespaces, limits::counts_by_namespace(), group);
    let (places, pid, status) = if namespaces {
        let (pid, status) = jail::enter(dir, readable, limits)?;
        (Places::jailed(), pid, status)
    } else {
        (Places::outside(dir), std::process::id(), own_status())
    };
    process::drop_privileges()?;
    limits::apply(limits, namespaces)?;
    let landlock = landlock::restrict(readable, &places)?;
    if !landlock && !namespaces {
        return Err("neither Landlock nor namespaces are available".into());
    }
    seccomp::restrict(copies)?;
    Ok(Entered {
        places,
        pid,
        landlock,
        namespaces,
        status: status.filter(|_| copies),
    })
}

/// The control group of a kit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    /// Whether the kernel ends all of it at once, as since Linux 5.14.
    ends: bool,
}

/// Whether copies end with their kit, whatever they do, and the kernel counts them: `counts` says whether
/// it counts the processes of each namespace.
fn may_copy(namespaces: bool, counts: bool, group: Option<Group>) -> bool {
    let end = namespaces || group.is_some_and(|group| group.ends);
    let counted = group.is_some() || (namespaces && counts);
    end && counted
}

/// A file, not a folder: nothing else can be reached from it.
fn own_status() -> Option<File> {
    File::open("/proc/self/status").ok()
}

/// Moves this process into a control group that the server has made.
pub(crate) fn join_group(group: &Path) -> Result<Group, String> {
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(group.join("cgroup.procs"));
    // The process that writes this is the one that moves.
    file.and_then(|mut file| file.write_all(b"0"))
        .map_err(|error| format!("the kit's control group: {error}"))?;
    let ends = group.join("cgroup.kill").exists();
    Ok(Group { ends })
}

/// Only what needs neither Landlock nor namespaces, to see what it is worth by itself.
fn enter_filter(limits: &Limits) -> Result<(), String> {
    process::drop_privileges()?;
    limits::apply(limits, false)?;
    seccomp::restrict(false)
}

/// Whether a jail works here, tried out in a child.
pub(crate) fn jail_works(scratch: &Path, readable: &[PathBuf]) -> bool {
    let dir = scratch.join("probe");
    for name in ["", "doc", "tmp", "root", "profile"] {
        let _ = std::fs::create_dir_all(dir.join(name));
    }
    let works = match fork() {
        Ok(Forked::Child) => {
            let entered = jail::enter(&dir, readable, &Limits::default());
            exit(i32::from(entered.is_err()))
        }
        Ok(Forked::Parent(child)) => process::wait(child) == 0,
        Err(_) => false,
    };
    let _ = std::fs::remove_dir_all(&dir);
    works
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fk6_a_kit_may_copy_itself_only_where_copies_are_counted_and_end_with_it() {
        let [old, current] = [false, true].map(|ends| Some(Group { ends }));
        for (namespaces, counts, group, may) in [
            (false, true, None, false),
            (false, true, current, true),
            // On kernels before 5.14, by versions that have no `cgroup.kill`, or no count.
            (false, false, old, false),
            (true, false, old, true),
            (true, false, None, false),
            (true, true, None, true),
        ] {
            assert_eq!(
                may_copy(namespaces, counts, group),
                may,
                "{namespaces} {counts} {group:?}"
            );
        }
    }
}
