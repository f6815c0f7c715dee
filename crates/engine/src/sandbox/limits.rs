//! Resource limits.

use rustix::process::{Resource, Rlimit, setrlimit};

use super::process;
use crate::config::Limits;

/// The processes of a jail beside the kit itself.
const OTHERS: u64 = 2;

/// Hard limits: without capabilities they cannot be raised again. `jailed` says whether the kit has
/// a user namespace of its own, in which threads are counted for it alone.
pub(super) fn apply(limits: &Limits, jailed: bool) -> Result<(), String> {
    let mut all = vec![
        (Resource::As, limits.address_space),
        (Resource::Cpu, limits.cpu_seconds),
        (Resource::Fsize, limits.file_size),
        (Resource::Nofile, limits.open_files),
        // A core file would hold the document.
        (Resource::Core, 0),
    ];
    if jailed && counts_by_namespace() {
        all.push((Resource::Nproc, limits.threads + OTHERS));
    }
    for (resource, value) in all {
        let limit = Rlimit {
            current: Some(value),
            maximum: Some(value),
        };
        setrlimit(resource, limit).map_err(|error| format!("setrlimit {resource:?}: {error}"))?;
    }
    Ok(())
}

/// Whether processes are counted for each user namespace, as since Linux 5.14. Before, and without a
/// namespace, the server's own threads and all kits would count.
pub(super) fn counts_by_namespace() -> bool {
    let release = process::kernel_release();
    let mut numbers = release
        .split(|letter: char| !letter.is_ascii_digit())
        .map(|number| number.parse::<u32>().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(5), Some(14))
}
