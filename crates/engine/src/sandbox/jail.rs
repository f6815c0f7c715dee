//! Namespaces: a process tree, network, users and a root folder of the kit's own.

use std::ffi::CString;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::fs::StatVfsMountFlags;
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};
use rustix::thread::UnshareFlags;

use super::process::{self, Forked};
use super::{die_with_parent, exit, fork, paths};
use crate::config::Limits;

const TMPFS_OPTIONS: &std::ffi::CStr = c"size=16m,mode=755";

/// Enters a jail and returns, in a new process within, this process's id as seen from outside and what
/// the system says of it. The old process waits and ends with it.
pub(super) fn enter(
    dir: &Path,
    readable: &[PathBuf],
    limits: &Limits,
) -> Result<(u32, Option<File>), String> {
    let (user, group) = (
        rustix::process::getuid().as_raw(),
        rustix::process::getgid().as_raw(),
    );
    let spaces = UnshareFlags::NEWUSER
        | UnshareFlags::NEWNS
        | UnshareFlags::NEWNET
        | UnshareFlags::NEWIPC
        | UnshareFlags::NEWUTS
        | UnshareFlags::NEWPID;
    // SAFETY: none of these flags detaches memory or descriptors from other threads.
    unsafe { rustix::thread::unshare_unsafe(spaces) }.map_err(|error| failed("unshare", &error))?;
    write("/proc/self/setgroups", "deny")?;
    write("/proc/self/uid_map", &format!("{user} {user} 1"))?;
    write("/proc/self/gid_map", &format!("{group} {group} 1"))?;
    // The first process of a process namespace ignores signals that it did not ask for, even its
    // own abort. So that is not the kit but one that does nothing. With it ends the whole namespace.
    // It waits for the end of a pipe rather than for a signal, because its parent may be killed
    // before a signal was asked for.
    let (lifeline, held) = std::io::pipe().map_err(|error| failed("pipe", &error))?;
    match fork().map_err(|error| failed("fork", &error))? {
        Forked::Parent(_) => {}
        Forked::Child => {
            drop(held);
            keep_only(&lifeline);
            let _ = rustix::io::retry_on_intr(|| {
                rustix::io::read(rustix::stdio::stdin(), &mut [0_u8; 1])
            });
            exit(0);
        }
    }
    drop(lifeline);
    let (mut reader, mut writer) = std::io::pipe().map_err(|error| failed("pipe", &error))?;
    let pid = match fork().map_err(|error| failed("fork", &error))? {
        Forked::Parent(child) => {
            drop(reader);
            let _ = writer.write_all(&child.to_le_bytes());
            drop(writer);
            // The kit's socket must close when the kit ends, not when this process does.
            keep_only(&held);
            exit(process::wait(child));
        }
        Forked::Child => {
            drop(writer);
            drop(held);
            let mut pid = [0; 4];
            reader
                .read_exact(&mut pid)
                .map_err(|error| failed("pipe", &error))?;
            u32::from_le_bytes(pid)
        }
    };
    // The parent is in another process namespace and cannot be checked by its id.
    die_with_parent(None);
    // The jail may have no `/proc`.
    let status = super::own_status();
    build(dir, readable, limits)?;
    Ok((pid, status))
}

fn build(dir: &Path, readable: &[PathBuf], limits: &Limits) -> Result<(), String> {
    let private = MountPropagationFlags::REC | MountPropagationFlags::PRIVATE;
    rustix::mount::mount_change("/", private).map_err(|error| failed("private", &error))?;
    let root = dir.join("root");
    let plain = MountFlags::NOSUID | MountFlags::NODEV;
    rustix::mount::mount("tmpfs", &root, "tmpfs", plain, TMPFS_OPTIONS)
        .map_err(|error| failed("tmpfs", &error))?;
    for path in paths::DEVICES {
        bind(Path::new(path), &inside(&root, Path::new(path)), None)?;
    }
    bind(&dir.join("doc"), &root.join("doc"), Some(plain))?;
    temporary(dir, &root, limits)?;
    // Afterwards, because a folder of fonts may lie below the system's own folder for temporary files.
    for path in readable {
        bind(path, &inside(&root, path), Some(MountFlags::RDONLY | plain))?;
    }
    // Where `/lib` is a link into `/usr`, as the dynamic linker's own paths expect.
    for name in ["lib", "lib64"] {
        let outer = Path::new("/").join(name);
        if let Ok(target) = std::fs::read_link(&outer) {
            let _ = symlink(target, root.join(name));
        }
    }
    let proc = root.join("proc");
    make_dir(&proc)?;
    let hidden = plain | MountFlags::NOEXEC;
    // Containers often forbid it; LibreOffice does without.
    let _ = rustix::mount::mount("proc", &proc, "proc", hidden, None);
    let old = root.join("old");
    make_dir(&old)?;
    rustix::process::pivot_root(&root, &old).map_err(|error| failed("pivot_root", &error))?;
    rustix::process::chdir("/").map_err(|error| failed("chdir", &error))?;
    rustix::mount::unmount("/old", UnmountFlags::DETACH)
        .map_err(|error| failed("umount", &error))?;
    std::fs::remove_dir("/old").map_err(|error| failed("rmdir", &error))?;
    rustix::mount::mount_remount("/", MountFlags::RDONLY | plain, TMPFS_OPTIONS)
        .map_err(|error| failed("read-only root", &error))
}

/// Makes a file system of a fixed size for temporary files and settings: what a kit writes there can
/// fill neither the disk nor memory.
fn temporary(dir: &Path, root: &Path, limits: &Limits) -> Result<(), String> {
    let own = root.join("own");
    make_dir(&own)?;
    let plain = MountFlags::NOSUID | MountFlags::NODEV;
    let options = format!(
        "size={},nr_inodes={},mode=700",
        limits.temporary, limits.files
    );
    let options = CString::new(options).map_err(|error| failed("options", &error))?;
    rustix::mount::mount("tmpfs", &own, "tmpfs", plain, options.as_c_str())
        .map_err(|error| failed("tmpfs", &error))?;
    for name in ["tmp", "profile"] {
        copy(&dir.join(name), &own.join(name)).map_err(|error| failed("copy", &error))?;
        bind(&own.join(name), &root.join(name), Some(plain))?;
    }
    rustix::mount::unmount(&own, UnmountFlags::DETACH).map_err(|error| failed("umount", &error))?;
    std::fs::remove_dir(&own).map_err(|error| failed("rmdir", &error))
}

/// Copies a folder that the server filled.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return std::fs::copy(from, to).map(|_| ());
    }
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let name = entry?.file_name();
        copy(&from.join(&name), &to.join(&name))?;
    }
    Ok(())
}

/// Shows `from` at `to`, with `flags` when they are to be changed.
fn bind(from: &Path, to: &Path, flags: Option<MountFlags>) -> Result<(), String> {
    if from.is_dir() {
        make_dir(to)?;
    } else {
        to.parent().map_or(Ok(()), make_dir)?;
        File::create(to).map_err(|error| failed("create", &error))?;
    }
    rustix::mount::mount_bind_recursive(from, to).map_err(|error| failed("bind", &error))?;
    if let Some(mut flags) = flags {
        // What its file system forbids already can't be permitted from a user namespace.
        let there = rustix::fs::statvfs(from).map_err(|error| failed("statvfs", &error))?;
        if there.f_flag.contains(StatVfsMountFlags::NOEXEC) {
            flags |= MountFlags::NOEXEC;
        }
        rustix::mount::mount_remount(to, MountFlags::BIND | flags, c"")
            .map_err(|error| failed("remount", &error))?;
    }
    Ok(())
}

fn inside(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

fn make_dir(path: &Path) -> Result<(), String> {
    std::fs::create_dir_all(path).map_err(|error| failed("mkdir", &error))
}

fn write(path: &str, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| failed(path, &error))
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> String {
    format!("{what}: {error}")
}

/// Leaves one descriptor, as standard input, to a process that does nothing any more but wait.
fn keep_only(kept: &impl std::os::fd::AsFd) {
    let _ = rustix::stdio::dup2_stdin(kept);
    // SAFETY: this process uses no other descriptor from here on.
    unsafe { libc::syscall(libc::SYS_close_range, 1, libc::c_uint::MAX, 0) };
}
