//! What a kit takes of the machine and the kernel does not limit by itself: its folder, its threads, and
//! what it and its copy take together.

use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::link::Link;
use crate::config::Limits;
use crate::event::Death;

/// How often it is looked at. A disk takes about a gigabyte meanwhile.
const PACE: Duration = Duration::from_secs(1);
/// LibreOffice makes no folders deeper than this, and a path reaches them.
const DEEPEST: usize = 32;
/// A kit, and the copy that saves.
const PROCESSES: usize = 2;
/// Of more processes than this none is looked at.
const MOST_LOOKED_AT: usize = 16;

/// What a kit has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    /// Bytes on the disk.
    Bytes,
    /// Files and folders, or folders that nobody may look into.
    Files,
    Threads,
    /// Processes: the kit, and a copy that saves.
    Processes,
    /// Memory of both.
    Memory,
}

/// Kills the kit when it takes more than its share.
pub(super) async fn watch(link: Arc<Link>, limits: Limits) {
    let mut limits = limits;
    if !link.ready.namespaces {
        limits.folder = limits.folder.saturating_add(limits.temporary);
    }
    loop {
        tokio::select! {
            () = link.gone() => return,
            () = tokio::time::sleep(PACE) => {}
        }
        let folder = link.folder.path().to_owned();
        let (kit, top) = (link.ready.pid, link.pid());
        let looked = tokio::task::spawn_blocking(move || {
            let family = family(kit, top);
            excess(&folder, &family, &limits)
        })
        .await;
        if let Ok(Some(excess)) = looked
            && link.alive()
        {
            tracing::warn!(
                kit,
                ?excess,
                "a kit takes more than its share and is killed"
            );
            link.kill(Death::Greedy);
            return;
        }
    }
}

/// The kit and what it has started, without the two processes of a jail that do nothing. `top` is the
/// outermost process: below it is also what a copy leaves behind.
fn family(kit: u32, top: u32) -> Vec<u32> {
    let mut all = vec![top];
    let mut next = 0;
    while let Some(process) = all.get(next).copied() {
        next += 1;
        if all.len() <= MOST_LOOKED_AT {
            all.extend(children(process));
        }
    }
    if kit != top {
        // The one that waits for the kit, and the first of the process namespace: its other child.
        let first = children(top).into_iter().find(|child| *child != kit);
        all.retain(|process| *process != top && Some(*process) != first);
    }
    all
}

/// What any thread of a process has started.
fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else {
        return Vec::new();
    };
    let lists = threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| {
            let children = list.split_whitespace().map(str::parse);
            children.flatten().collect::<Vec<u32>>()
        })
        .collect()
}

/// What the processes of a kit have too much of, if anything. Looking ends where a limit does.
pub(super) fn excess(folder: &Path, family: &[u32], limits: &Limits) -> Option<Excess> {
    if family.len() > PROCESSES {
        return Some(Excess::Processes);
    }
    if family.iter().filter_map(|it| threads(*it)).sum::<u64>() > limits.threads {
        return Some(Excess::Threads);
    }
    // Alone it has a limit of its own.
    if family.len() > 1 && family.iter().map(|it| memory(*it)).sum::<u64>() > limits.memory {
        return Some(Excess::Memory);
    }
    let mut bytes = family.iter().map(|it| unlinked(*it)).sum::<u64>();
    let mut files = 0;
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                return Some(Excess::Files);
            }
            // Gone meanwhile; or the server itself lacks descriptors, which is no fault of the kit.
            Err(_) => continue,
        };
        for entry in entries.flatten() {
            // Not of what a link points to. What is gone meanwhile takes no room.
            let Ok(file) = entry.metadata() else { continue };
            files += 1;
            bytes += file.blocks() * 512;
            if file.is_dir() {
                folders.push((entry.path(), depth + 1));
            }
            if files > limits.files || depth > DEEPEST {
                return Some(Excess::Files);
            }
            if bytes > limits.folder {
                return Some(Excess::Bytes);
            }
        }
    }
    (bytes > limits.folder).then_some(Excess::Bytes)
}

fn threads(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let count = status
        .lines()
        .find_map(|line| line.strip_prefix("Threads:"))?;
    count.trim().parse().ok()
}

/// The bytes that a process has for itself, and its part of what it shares with others.
fn memory(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let sum = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse().ok());
        number.unwrap_or(0_u64) << 10
    };
    sum("Pss:") + sum("SwapPss:")
}

/// The bytes of files that have no name any more, and are there for as long as they are open.
fn unlinked(pid: u32) -> u64 {
    let Ok(open) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
        return 0;
    };
    let mut seen = HashSet::new();
    open.flatten()
        // Of the file, not of the link to it.
        .filter_map(|entry| std::fs::metadata(entry.path()).ok())
        .filter(|file| file.is_file() && file.nlink() == 0)
        .filter(|file| seen.insert((file.dev(), file.ino())))
        .map(|file| file.blocks() * 512)
        .sum()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::*;

    const LIMITS: Limits = Limits {
        address_space: 0,
        memory: 0,
        cpu_seconds: 0,
        file_size: 0,
        open_files: 0,
        threads: 10_000,
        temporary: 0,
        folder: 1 << 20,
        files: 50,
    };

    fn fill(file: &mut File) {
        file.write_all(&vec![1; 2 << 20]).unwrap();
    }

    #[test]
    fn l8_bytes_files_folders_and_threads_are_counted() {
        let top = tempfile::tempdir().unwrap();
        let me = std::process::id();
        let look = |limits: &Limits| excess(top.path(), &[me], limits);
        assert_eq!(look(&LIMITS), None);

        let path = top.path().join("large");
        let mut file = File::create(&path).unwrap();
        fill(&mut file);
        assert_eq!(look(&LIMITS), Some(Excess::Bytes));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(look(&LIMITS), Some(Excess::Bytes), "it is still open");
        drop(file);
        assert_eq!(look(&LIMITS), None);

        for number in 0..60 {
            File::create(top.path().join(number.to_string())).unwrap();
        }
        assert_eq!(look(&LIMITS), Some(Excess::Files));
        let more = Limits {
            files: 100,
            ..LIMITS
        };
        assert_eq!(look(&more), None);
        std::fs::create_dir_all(top.path().join("deep/".repeat(40))).unwrap();
        assert_eq!(look(&more), Some(Excess::Files));

        let none = Limits {
            threads: 0,
            ..LIMITS
        };
        assert_eq!(look(&none), Some(Excess::Threads));
    }

    #[test]
    fn l8_a_kit_has_one_copy_and_its_memory_counts() {
        let top = tempfile::tempdir().unwrap();
        let me = std::process::id();
        let look = |family: &[u32], limits: &Limits| excess(top.path(), family, limits);
        // What each of a test's threads has started, and what that has.
        let script = "sleep 100 & sleep 100 & echo; wait";
        let mut shell = std::process::Command::new("sh")
            .args(["-c", script])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = [0];
        std::io::Read::read_exact(shell.stdout.as_mut().unwrap(), &mut line).unwrap();
        let found = family(me, me);
        let kit = family(shell.id(), shell.id());
        for process in &kit[1..] {
            let process = rustix::process::Pid::from_raw(process.cast_signed()).unwrap();
            rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
        }
        shell.wait().unwrap();
        assert_eq!(kit.len(), 3, "{kit:?}");
        assert!(kit.iter().all(|it| found.contains(it)), "{found:?}");
        assert_eq!(look(&found, &LIMITS), Some(Excess::Processes));

        let little = Limits {
            memory: 1,
            ..LIMITS
        };
        assert_eq!(
            look(&[me], &little),
            None,
            "alone it has a limit of its own"
        );
        assert_eq!(look(&[me, me], &little), Some(Excess::Memory));
        let much = Limits {
            memory: 1 << 40,
            ..LIMITS
        };
        assert_eq!(look(&[me, me], &much), None);
    }

    #[test]
    fn l8_what_nobody_else_has_open_is_gone() {
        let gone = excess(Path::new("/nowhere"), &[u32::MAX], &LIMITS);
        assert_eq!(gone, None);
    }
}
