//! Files: reading what LibreOffice consists of, writing its own folders, nothing else. And no TCP,
//! no abstract sockets of others, no signals to others.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope,
};

use super::{Places, paths};

/// The newest version whose rights are asked for; older kernels enforce those that they know.
const NEWEST: ABI = ABI::V6;

/// Whether any of it is enforced by this kernel.
pub(super) fn restrict(readable: &[PathBuf], places: &Places) -> Result<bool, String> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let device = AccessFs::ReadFile | AccessFs::WriteFile;
    // Folders and plain files: no devices, sockets, pipes or links, and nothing to execute.
    let own = read
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Refer;
    let rules = || -> Result<_, landlock::RulesetError> {
        let mut rules = Ruleset::default()
            .handle_access(AccessFs::from_all(NEWEST))?
            .handle_access(AccessNet::from_all(NEWEST))?
            .scope(Scope::AbstractUnixSocket | Scope::Signal)?
            .create()?;
        let mut allow = |path: &Path, access: BitFlags<AccessFs>| {
            // What is not there needs no rule.
            let Ok(opened) = PathFd::new(path) else {
                return Ok(());
            };
            let access = if path.is_dir() {
                access
            } else {
                access & AccessFs::from_file(NEWEST)
            };
            (&mut rules)
                .add_rule(PathBeneath::new(opened, access))
                .map(|_| ())
        };
        for path in readable {
            allow(path, read)?;
        }
        for path in paths::DEVICES {
            allow(Path::new(path), device)?;
        }
        allow(Path::new("/proc/self"), read)?;
        for path in [&places.doc, &places.tmp, &places.profile] {
            allow(path, own)?;
        }
        rules.restrict_self()
    };
    let status = rules().map_err(|error| format!("Landlock: {error}"))?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}
