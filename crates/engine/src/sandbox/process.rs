//! Forking, waiting and giving up privileges.

use std::ffi::c_ulong;

/// Where `fork` returned.
pub(crate) enum Forked {
    /// In the new process.
    Child,
    /// In the old one, with the new one's id.
    Parent(i32),
}

/// Forks. The caller has one thread, or threads that hold no lock which the child needs; that is
/// why kits come from a launcher without a runtime.
pub(crate) fn fork() -> std::io::Result<Forked> {
    // SAFETY: the child of a process with one thread may do whatever the parent could.
    match unsafe { libc::fork() } {
        -1 => Err(std::io::Error::last_os_error()),
        0 => Ok(Forked::Child),
        child => Ok(Forked::Parent(child)),
    }
}

/// Ends the process at once. LibreOffice's exit handlers must not run: they take seconds and crash.
pub(crate) fn exit(code: i32) -> ! {
    // SAFETY: has no preconditions.
    unsafe { libc::_exit(code) }
}

/// The exit code of a child; none when it was killed.
pub(super) fn wait(child: i32) -> Option<i32> {
    let mut status = 0;
    // SAFETY: a pointer to a local.
    while unsafe { libc::waitpid(child, &raw mut status, 0) } == -1 {
        if std::io::Error::last_os_error().kind() != std::io::ErrorKind::Interrupted {
            return None;
        }
    }
    libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status))
}

/// Collects children that have ended.
pub(crate) fn reap() {
    // SAFETY: a null status is permitted.
    while unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) } > 0 {}
}

/// The kernel's version, such as `6.1.0-18-amd64`; empty if it does not say.
pub(super) fn kernel_release() -> String {
    // SAFETY: zeros are a valid value, which the call fills with texts that end with a zero.
    unsafe {
        let mut names: libc::utsname = std::mem::zeroed();
        if libc::uname(&raw mut names) != 0 {
            return String::new();
        }
        std::ffi::CStr::from_ptr(names.release.as_ptr())
            .to_string_lossy()
            .into_owned()
    }
}

/// Gives memory that was freed back to the kernel.
pub(crate) fn return_free_memory() {
    // SAFETY: it takes no pointer and may be called at any time.
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::malloc_trim(0)
    };
}

/// Lets the kernel kill this process when its parent ends.
pub(crate) fn die_with_parent(parent: Option<u32>) {
    let signal = libc::SIGKILL as c_ulong;
    // SAFETY: sets a signal number.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal, 0, 0, 0) };
    // It may have ended before.
    if parent.is_some_and(|parent| parent != std::os::unix::process::parent_id()) {
        exit(1);
    }
}

/// Replaces the environment. Only in a process with one thread.
pub(crate) fn set_environment(variables: &[(&str, &str)]) {
    let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    for name in names {
        // SAFETY: there is no other thread that could read the environment.
        unsafe { std::env::remove_var(name) };
    }
    for (name, value) in variables {
        // SAFETY: as above.
        unsafe { std::env::set_var(name, value) };
    }
}

/// No capabilities now, and none by executing anything.
pub(super) fn drop_privileges() -> Result<(), String> {
    /// `_LINUX_CAPABILITY_VERSION_3`: two words for each set.
    const VERSION: u32 = 0x2008_0522;
    let header = [VERSION, 0];
    let none = [0_u32; 6];
    // SAFETY: header and sets have the layout of version 3.
    unsafe {
        if libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1 as c_ulong, 0, 0, 0) != 0 {
            return Err(format!("no_new_privs: {}", std::io::Error::last_os_error()));
        }
        if libc::syscall(libc::SYS_capset, header.as_ptr(), none.as_ptr()) != 0 {
            return Err(format!("capset: {}", std::io::Error::last_os_error()));
        }
    }
    Ok(())
}
