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

/// How a kit makes a copy of itself to save: no shared memory, no namespaces, and another value than
/// the C library's `fork` uses, so that LibreOffice's own attempts to start programs stay refused.
pub(super) const COPY: u64 = libc::CLONE_UNTRACED as u64 | libc::SIGCHLD as u64;

/// Makes a copy of a kit, which has the calling thread and no other. The copy must allocate nothing and
/// call nothing of LibreOffice's until the caller has found that each other thread slept at that moment,
/// outside of any lock of the C library. The kernel collects the copy when it ends: it leaves no zombie,
/// and nobody waits for it.
pub(crate) fn copy_self() -> std::io::Result<Forked> {
    let none = 0_usize;
    // SAFETY: the default treatment of a signal that nothing here handles.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    // SAFETY: without a stack of its own the copy goes on like one made by `fork`, but no handlers of
    // `fork` run. They would keep the C library's locks from being held by other threads: those that
    // there are hold none, or the copy ends before it needs any, as said above.
    match unsafe { libc::syscall(libc::SYS_clone, COPY, none, none, none, none) } {
        -1 => Err(std::io::Error::last_os_error()),
        0 => Ok(Forked::Child),
        child => Ok(Forked::Parent(i32::try_from(child).unwrap_or(i32::MAX))),
    }
}

/// What a copy does first: it ends with `parent`, and after so many seconds in any case, and `socket`
/// is the parent's alone.
pub(crate) fn be_copy(parent: u32, seconds: u64, socket: std::os::fd::RawFd) {
    die_with_parent(Some(parent));
    let limit = libc::itimerval {
        it_interval: libc::timeval {
            tv_sec: 0,
            tv_usec: 0,
        },
        it_value: libc::timeval {
            tv_sec: libc::time_t::try_from(seconds.max(1)).unwrap_or(libc::time_t::MAX),
            tv_usec: 0,
        },
    };
    // SAFETY: local values that outlive the calls, which take no lock; nothing in this process uses the
    // socket any more.
    unsafe {
        libc::signal(libc::SIGALRM, libc::SIG_DFL);
        let mut alarm: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut alarm);
        libc::sigaddset(&raw mut alarm, libc::SIGALRM);
        libc::sigprocmask(libc::SIG_UNBLOCK, &raw const alarm, std::ptr::null_mut());
        libc::setitimer(libc::ITIMER_REAL, &raw const limit, std::ptr::null_mut());
        libc::close(socket);
    }
}

/// Ends the process at once. LibreOffice's exit handlers must not run: they take seconds and crash.
pub(crate) fn exit(code: i32) -> ! {
    // SAFETY: has no preconditions.
    unsafe { libc::_exit(code) }
}

/// What a shell has for a process that a signal ended: this and the signal's number.
const SIGNALLED: i32 = 128;

/// The exit code of a child; as a shell has it when it was killed.
pub(super) fn wait(child: i32) -> i32 {
    let mut status = 0;
    // SAFETY: a pointer to a local.
    while unsafe { libc::waitpid(child, &raw mut status, 0) } == -1 {
        if std::io::Error::last_os_error().kind() != std::io::ErrorKind::Interrupted {
            return 100;
        }
    }
    code_of(status)
}

/// Collects a child that has ended: its id, and its exit code as a shell has it.
pub(crate) fn reap() -> Option<(i32, i32)> {
    let mut status = 0;
    // SAFETY: a pointer to a local.
    let child = unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) };
    (child > 0).then(|| (child, code_of(status)))
}

fn code_of(status: i32) -> i32 {
    if libc::WIFSIGNALED(status) {
        SIGNALLED + libc::WTERMSIG(status)
    } else {
        libc::WEXITSTATUS(status)
    }
}

/// The signal that such an exit code tells of.
pub(crate) fn signal_of(code: i32) -> Option<i32> {
    (code > SIGNALLED).then(|| code - SIGNALLED)
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

/// Blocks from this size on get memory of their own, in bytes: pictures, but not tiles of the usual size.
#[cfg(target_env = "gnu")]
const LARGE: std::ffi::c_int = 1 << 20;

/// Keeps the sizes at which memory is taken from and given back to the kernel: they would grow with the
/// largest block that was ever freed, and pictures would stay in the heap.
pub(crate) fn fix_memory_sizes() {
    // SAFETY: numbers only.
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, LARGE);
    };
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
