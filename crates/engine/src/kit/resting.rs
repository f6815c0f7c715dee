//! Whether the other threads of a kit sleep, so that it can be copied without them.

use std::fs::read_to_string;
use std::path::Path;

/// Threads that wait for a condition and hold nothing: LibreOffice's timers.
const RESTING: &[&str] = &["salhelper::Time"];
/// So the C library waits for a condition; for a lock it is `FUTEX_WAIT`.
const CONDITION: libc::c_int = libc::FUTEX_WAIT_BITSET;
/// What is said of how a futex is waited for: whether it is private, and by which clock.
const HOW: libc::c_int = libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME;

/// A thread that sleeps. Two that are equal are one that has not run in between.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rest {
    thread: String,
    /// How often it has gone to sleep, and been sent to sleep.
    switches: [u64; 2],
}

/// The threads beside the first one, if each is known to rest. None where that cannot be read.
pub(super) fn others() -> Option<Vec<Rest>> {
    let first = std::process::id().to_string();
    let mut all = Vec::new();
    for thread in std::fs::read_dir("/proc/self/task").ok()? {
        let thread = thread.ok()?;
        if thread.file_name() != *first {
            all.push(rest(&thread.path(), RESTING)?);
        }
    }
    all.sort_by(|one, other| one.thread.cmp(&other.thread));
    Some(all)
}

/// The thread of a folder in `/proc/self/task`, if it has one of the names and rests.
fn rest(folder: &Path, names: &[&str]) -> Option<Rest> {
    let status = read_to_string(folder.join("status")).ok()?;
    let field = |name: &str| {
        let mut lines = status.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
    };
    if !names.contains(&field("Name")?) || !field("State")?.starts_with('S') {
        return None;
    }
    // Not every system tells the call; that it sleeps must do there.
    if let Ok(call) = read_to_string(folder.join("syscall"))
        && !waits_for_condition(&call)
    {
        return None;
    }
    Some(Rest {
        thread: folder.file_name()?.to_str()?.to_owned(),
        switches: [
            field("voluntary_ctxt_switches")?.parse().ok()?,
            field("nonvoluntary_ctxt_switches")?.parse().ok()?,
        ],
    })
}

/// What the system tells of a call: its number, its arguments and two addresses; or that it runs.
fn waits_for_condition(call: &str) -> bool {
    let mut words = call.split_whitespace();
    let number = words.next().and_then(|word| word.parse().ok());
    let operation = words.nth(1).and_then(|word| word.strip_prefix("0x"));
    let operation = operation.and_then(|word| libc::c_int::from_str_radix(word, 16).ok());
    number == Some(libc::SYS_futex) && operation.is_some_and(|it| it & !HOW == CONDITION)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::path::PathBuf;
    use std::sync::mpsc::channel;
    use std::sync::{Arc, Condvar, Mutex};
    use std::time::{Duration, Instant};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);
    const NAME: &str = "resting";

    /// A thread that sends its folder and then sleeps.
    fn thread(sleeps: impl FnOnce() + Send + 'static) -> PathBuf {
        let (tells, told) = channel();
        let run = move || {
            let id = rustix::thread::gettid().as_raw_nonzero();
            tells.send(id).unwrap();
            sleeps();
        };
        std::thread::Builder::new()
            .name(NAME.into())
            .spawn(run)
            .unwrap();
        Path::new("/proc/self/task").join(told.recv().unwrap().to_string())
    }

    fn until<T>(found: impl Fn() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = found() {
                return found;
            }
            assert!(begun.elapsed() < LIMIT);
            std::thread::yield_now();
        }
    }

    #[test]
    fn fk9_a_thread_rests_only_while_it_waits_for_a_condition_and_has_not_run() {
        let state = Arc::new((Mutex::new(0), Condvar::new()));
        let of_thread = Arc::clone(&state);
        let folder = thread(move || {
            let (rounds, woken) = &*of_thread;
            let mut rounds = rounds.lock().unwrap();
            while *rounds < 2 {
                rounds = woken.wait(rounds).unwrap();
            }
        });
        let rests = || rest(&folder, &[NAME]);
        let before = until(rests);
        assert_eq!(rests().as_ref(), Some(&before), "it has not run");
        assert_eq!(rest(&folder, RESTING), None, "it has another name");
        *state.0.lock().unwrap() += 1;
        state.1.notify_all();
        // It waits again, as before, but has run.
        until(|| rests().filter(|now| *now != before));
        *state.0.lock().unwrap() += 1;
        state.1.notify_all();
        until(|| rests().is_none().then_some(()));
    }

    #[test]
    fn fk9_a_thread_that_waits_for_something_else_does_not_rest() {
        let (mut reads, writes) = std::io::pipe().unwrap();
        let folder = thread(move || {
            let _ = reads.read(&mut [0]);
        });
        until(|| {
            let status = read_to_string(folder.join("status")).ok()?;
            status.contains("State:\tS").then_some(())
        });
        assert_eq!(rest(&folder, &[NAME]), None);
        drop(writes);
    }

    #[test]
    fn fk9_a_wait_for_a_lock_is_none_for_a_condition() {
        let futex = |operation: i32| {
            format!(
                "{} 0x7f10 {operation:#x} 0x0 0x0 0x0 0xffffffff 0x7ffe 0x7f11\n",
                libc::SYS_futex
            )
        };
        assert!(waits_for_condition(&futex(0x189)), "until a time of day");
        assert!(waits_for_condition(&futex(0x89)), "for a while");
        assert!(!waits_for_condition(&futex(0x80)), "for a lock");
        assert!(!waits_for_condition("running\n"));
        assert!(!waits_for_condition("-1 0x7ffe 0x7f11\n"));
        assert!(!waits_for_condition(""));
    }
}
