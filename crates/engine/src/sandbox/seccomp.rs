//! The filters of system calls. What is not on the list of [`super::calls`] fails with EPERM, which
//! LibreOffice takes well, and the kernel notes it in the system's log.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};

use super::calls::{ALLOWED, ALLOWED_HERE, ATTEMPTED, FCNTLS, IOCTLS, PRCTLS, PRETENDED};
use super::process::COPY;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// In force for the calling thread and all that it starts. The process must be the kit itself: it
/// may send signals to itself only. `copies` says whether it may make copies of itself.
pub(super) fn restrict(copies: bool) -> Result<(), String> {
    let failed = |error: BackendError| format!("seccomp: {error}");
    let refused = |number: i32| SeccompAction::Errno(number.unsigned_abs());
    let [quiet, logged] = [0, libc::SECCOMP_FILTER_FLAG_LOG];
    // The strictest answer of all filters holds, so the first three take back what the list permits.
    let quietly = [
        // A filter cannot see its flags: it is said not to exist, and the C library uses clone.
        (whatever(&[libc::SYS_clone3]), refused(libc::ENOSYS)),
        (whatever(PRETENDED), refused(0)),
        (expected(copies).map_err(failed)?, refused(libc::EPERM)),
    ];
    for (rules, answer) in quietly {
        apply(rules, SeccompAction::Allow, answer, quiet)?;
    }
    let allowed = allowed(std::process::id(), copies).map_err(failed)?;
    apply(allowed, refused(libc::EPERM), SeccompAction::Allow, logged)
}

/// What LibreOffice tries of itself, which would fill the log: networking, printers' programs, and
/// more open files.
fn expected(copies: bool) -> Result<Rules, BackendError> {
    let mut rules = whatever(ATTEMPTED);
    let thread = libc::CLONE_THREAD as u64;
    let mut process = vec![masked(0, thread, 0)?];
    if copies {
        let length = SeccompCmpArgLen::Qword;
        process.push(SeccompCondition::new(0, length, SeccompCmpOp::Ne, COPY)?);
    }
    let process = SeccompRule::new(process)?;
    rules.insert(libc::SYS_clone, vec![process]);
    let length = SeccompCmpArgLen::Qword;
    let set = SeccompCondition::new(2, length, SeccompCmpOp::Ne, 0)?;
    rules.insert(libc::SYS_prlimit64, vec![SeccompRule::new(vec![set])?]);
    Ok(rules)
}

fn allowed(pid: u32, copies: bool) -> Result<Rules, BackendError> {
    let mut rules = Rules::new();
    for calls in [ALLOWED, ALLOWED_HERE, PRETENDED, ATTEMPTED] {
        rules.extend(whatever(calls));
    }
    // Threads: what is neither one nor a copy is taken back.
    rules.extend(whatever(&[libc::SYS_clone3, libc::SYS_clone]));
    for (call, argument, values) in [
        (libc::SYS_ioctl, 1, IOCTLS),
        (libc::SYS_prctl, 0, PRCTLS),
        (libc::SYS_fcntl, 1, FCNTLS),
        // Its own limits; that they are set is taken back.
        (libc::SYS_prlimit64, 0, &[0][..]),
        // `abort` and LibreOffice's handlers signal themselves.
        (libc::SYS_tgkill, 0, &[u64::from(pid)][..]),
    ] {
        let rule = |value: &u64| SeccompRule::new(vec![equal(argument, *value)?]);
        rules.insert(call, values.iter().map(rule).collect::<Result<_, _>>()?);
    }
    if copies {
        // A copy ends with the kit, and by its own clock.
        let dies = libc::PR_SET_PDEATHSIG as u64;
        let dies = SeccompRule::new(vec![equal(0, dies)?, equal(1, libc::SIGKILL as u64)?])?;
        rules.entry(libc::SYS_prctl).or_default().push(dies);
        let clock = SeccompRule::new(vec![equal(0, libc::ITIMER_REAL as u64)?])?;
        rules.insert(libc::SYS_setitimer, vec![clock]);
    }
    rules.insert(libc::SYS_openat, opening(2)?);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, opening(1)?);
    Ok(rules)
}

/// A file may be emptied by opening it only if it is opened for writing: that it is emptied, older
/// versions of Landlock do not see.
fn opening(flags: u8) -> Result<Vec<SeccompRule>, BackendError> {
    let (mode, empty) = (libc::O_ACCMODE as u64, libc::O_TRUNC as u64);
    [
        masked(flags, empty, 0)?,
        masked(flags, mode, libc::O_WRONLY as u64)?,
        masked(flags, mode, libc::O_RDWR as u64)?,
    ]
    .into_iter()
    .map(|condition| SeccompRule::new(vec![condition]))
    .collect()
}

fn whatever(calls: &[i64]) -> Rules {
    calls.iter().map(|call| (*call, Vec::new())).collect()
}

fn equal(argument: u8, value: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
}

fn masked(argument: u8, mask: u64, value: u64) -> Result<SeccompCondition, BackendError> {
    let operator = SeccompCmpOp::MaskedEq(mask);
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, operator, value)
}

/// Puts a filter in force. A kernel that does not know the flags does without.
fn apply(
    rules: Rules,
    otherwise: SeccompAction,
    matching: SeccompAction,
    flags: libc::c_ulong,
) -> Result<(), String> {
    let compile = || -> Result<BpfProgram, BackendError> {
        let arch = std::env::consts::ARCH.try_into()?;
        SeccompFilter::new(rules, otherwise, matching, arch)?.try_into()
    };
    let program = compile().map_err(|error| format!("seccomp: {error}"))?;
    let filter = libc::sock_fprog {
        len: u16::try_from(program.len()).map_err(|error| format!("seccomp: {error}"))?,
        filter: program.as_ptr().cast::<libc::sock_filter>().cast_mut(),
    };
    let set = |flags: libc::c_ulong| {
        // SAFETY: the program is laid out as the kernel's and outlives the call, which copies it.
        let result = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                flags,
                &raw const filter,
            )
        };
        if result == 0 {
            return Ok(());
        }
        Err(std::io::Error::last_os_error())
    };
    set(flags)
        .or_else(|_| set(0))
        .map_err(|error| format!("seccomp: {error}"))
}
