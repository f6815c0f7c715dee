//! Memory of processes, from `/proc`.

use std::fs;

/// Resident memory of a process in kB.
pub fn resident(pid: u32) -> anyhow::Result<u32> {
    sum(pid, &["Rss:"])
}

/// Private memory in kB of every engine process that has a document or waits for one: the
/// processes below a server that have no children of their own.
pub fn private_of_kits(server: u32) -> anyhow::Result<Vec<u32>> {
    let kits = kits(server)?.into_iter();
    // A process that ended meanwhile has nothing to say.
    Ok(kits
        .filter_map(|kit| sum(kit, &["Private_Clean:", "Private_Dirty:"]).ok())
        .collect())
}

/// The most resident memory that a process has had so far, in kB.
pub fn peak(pid: u32) -> u32 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// Those processes.
pub fn kits(server: u32) -> anyhow::Result<Vec<u32>> {
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        processes.extend(name.to_str().and_then(|name| name.parse::<u32>().ok()));
    }
    let children = |parent: u32| {
        processes
            .iter()
            .copied()
            .filter(move |pid| parent_of(*pid) == Some(parent))
    };
    let mut kits = Vec::new();
    let mut below: Vec<u32> = children(server).collect();
    while let Some(pid) = below.pop() {
        let own: Vec<u32> = children(pid).collect();
        if own.is_empty() {
            kits.push(pid);
        }
        below.extend(own);
    }
    Ok(kits)
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(')')?;
    after.split_whitespace().nth(1)?.parse().ok()
}

fn sum(pid: u32, names: &[&str]) -> anyhow::Result<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    Ok(text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next()?;
            names
                .contains(&name)
                .then(|| words.next()?.parse::<u32>().ok())
                .flatten()
        })
        .sum())
}
