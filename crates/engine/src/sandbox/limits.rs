//! Resource limits.

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::config::Limits;

/// Hard limits: without capabilities they cannot be raised again.
pub(super) fn apply(limits: &Limits) -> Result<(), String> {
    let all = [
        (Resource::As, limits.address_space),
        (Resource::Cpu, limits.cpu_seconds),
        (Resource::Fsize, limits.file_size),
        (Resource::Nofile, limits.open_files),
        // A core file would hold the document.
        (Resource::Core, 0),
    ];
    for (resource, value) in all {
        let limit = Rlimit { current: Some(value), maximum: Some(value) };
        setrlimit(resource, limit).map_err(|error| format!("setrlimit {resource:?}: {error}"))?;
    }
    Ok(())
}
