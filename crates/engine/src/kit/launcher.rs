//! The launcher: prepares LibreOffice and forks kits. It has one thread, and no document ever
//! reaches it.

use std::collections::VecDeque;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags};

use super::{canvas::Canvas, main_loop, socket::Socket};
use crate::config::Limits;
use crate::fds;
use crate::lok::{Fontconfig, Library};
use crate::protocol::{Order, OrderAnswer};
use crate::sandbox::{self, Forked};

struct Launcher {
    control: OwnedFd,
    library: Library,
    fonts: Option<Fontconfig>,
    readable: Vec<PathBuf>,
    namespaces: bool,
    fates: Fates,
}

/// How the last kits ended.
#[derive(Default)]
struct Fates(VecDeque<(i32, i32)>);

impl Fates {
    /// Kits whose ends are remembered.
    const MOST: usize = 64;
    /// A kit's socket closes a little before it has ended: how often that is looked at again, and after
    /// how long.
    const LOOKS: u32 = 20;
    const PAUSE: Duration = Duration::from_millis(5);

    /// Collects those that have ended.
    fn collect(&mut self) {
        while let Some(ended) = sandbox::reap() {
            if self.0.len() >= Self::MOST {
                self.0.pop_front();
            }
            self.0.push_back(ended);
        }
    }

    /// The signal that ended a kit. The newest of a number counts.
    fn of(&mut self, pid: u32) -> Option<i32> {
        for _ in 0..Self::LOOKS {
            let ended = self.0.iter().rev().find(|(of, _)| of.unsigned_abs() == pid);
            if let Some((_, code)) = ended {
                return sandbox::signal_of(*code);
            }
            std::thread::sleep(Self::PAUSE);
            self.collect();
        }
        None
    }
}

/// Serves until the server is gone. The exit code.
pub(super) fn run(prepare: bool) -> i32 {
    match serve(prepare) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("The launcher stops: {error}");
            1
        }
    }
}

fn serve(prepare: bool) -> std::io::Result<()> {
    sandbox::fix_memory_sizes();
    // What a terminal sends is for the server, which still needs its kits to save.
    let _ = rustix::process::setsid();
    let control = take_control()?;
    let (bytes, _) = fds::receive(control.as_fd())?;
    let launcher = match serde_json::from_slice(&bytes)? {
        Order::Prepare {
            install,
            profile,
            scratch,
            namespaces,
            readable,
        } => {
            let readable = sandbox::readable(Path::new(&install), &readable);
            // Before LibreOffice is loaded, while forking is cheap.
            let namespaces = namespaces && sandbox::jail_works(Path::new(&scratch), &readable);
            prepare_library(&install, &profile, prepare)
                .map(|library| (library, readable, namespaces))
        }
        Order::Spawn { .. } | Order::Fate { .. } => Err("the first order is to prepare".to_owned()),
    };
    let (library, readable, namespaces) = match launcher {
        Ok(launcher) => launcher,
        Err(why) => return answer(&control, &OrderAnswer::Failed(why), None),
    };
    // Fonts are looked for once: kits, which may not write to the cache, have what was found.
    let fonts = Fontconfig::load();
    if let Some(fonts) = fonts {
        fonts.begin();
    }
    answer(&control, &OrderAnswer::Prepared, None)?;
    let mut launcher = Launcher {
        control,
        library,
        fonts,
        readable,
        namespaces,
        fates: Fates::default(),
    };
    loop {
        let pause = Timespec {
            tv_sec: 1,
            tv_nsec: 0,
        };
        let mut ready = [PollFd::new(&launcher.control, PollFlags::IN)];
        let ready = rustix::io::retry_on_intr(|| rustix::event::poll(&mut ready, Some(&pause)))?;
        launcher.fates.collect();
        if ready == 0 {
            continue;
        }
        let (bytes, given) = fds::receive(launcher.control.as_fd())?;
        if bytes.is_empty() {
            return Ok(());
        }
        match serde_json::from_slice(&bytes)? {
            Order::Spawn { dir, limits, group } => {
                launcher = launcher.spawn(&dir, &limits, group.as_deref(), given)?;
            }
            Order::Fate { pid } => {
                let signal = launcher.fates.of(pid);
                answer(&launcher.control, &OrderAnswer::Fate(signal), None)?;
            }
            Order::Prepare { .. } => {}
        }
    }
}

/// Standard input is the server's socket; afterwards it is the null device, as for any daemon.
fn take_control() -> std::io::Result<OwnedFd> {
    let control = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    let null = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    Ok(control)
}

fn prepare_library(install: &str, profile: &str, prepare: bool) -> Result<Library, String> {
    let library = Library::load(install)?;
    if prepare {
        library.prepare(&main_loop::folder_url(Path::new(profile)))?;
    }
    Ok(library)
}

impl Launcher {
    /// Forks a kit. Returns in the launcher only.
    fn spawn(
        self,
        dir: &str,
        limits: &Limits,
        group: Option<&str>,
        given: Vec<OwnedFd>,
    ) -> std::io::Result<Self> {
        let Ok([socket, memory]) = <[OwnedFd; 2]>::try_from(given) else {
            let why = OrderAnswer::Failed("a kit needs a socket and memory".into());
            answer(&self.control, &why, None)?;
            return Ok(self);
        };
        let parent = std::process::id();
        match sandbox::fork() {
            Ok(Forked::Child) => {
                sandbox::die_with_parent(Some(parent));
                // A session of its own is what the kernel shares processors out by, where no control
                // group does: a kit with many busy threads counts as one.
                let _ = rustix::process::setsid();
                let why = self.become_kit(Path::new(dir), limits, group, socket, memory);
                eprintln!("A kit stops: {why}");
                sandbox::exit(3)
            }
            Ok(Forked::Parent(child)) => {
                // Not reaped before the next turn: the id still means this child.
                let process = Pid::from_raw(child)
                    .ok_or(rustix::io::Errno::SRCH)
                    .and_then(|child| rustix::process::pidfd_open(child, PidfdFlags::empty()))?;
                let pid = child.unsigned_abs();
                answer(&self.control, &OrderAnswer::Spawned { pid }, Some(&process))?;
            }
            Err(error) => {
                answer(&self.control, &OrderAnswer::Failed(error.to_string()), None)?;
            }
        }
        Ok(self)
    }

    /// Only returns when the kit cannot go on.
    fn become_kit(
        self,
        dir: &Path,
        limits: &Limits,
        group: Option<&str>,
        socket: OwnedFd,
        memory: OwnedFd,
    ) -> String {
        // A kit must not reach the launcher, or it could order further kits.
        drop(self.control);
        let run = || -> Result<(), String> {
            let canvas = Canvas::map(&memory).map_err(|error| error.to_string())?;
            drop(memory);
            let socket = Socket::new(socket).map_err(|error| error.to_string())?;
            // Before it has any process of its own: those are then in the group from their beginning.
            let joined = group.map(|group| sandbox::join_group(Path::new(group)));
            let entered = joined.transpose().and_then(|group| {
                sandbox::enter(dir, &self.readable, limits, self.namespaces, group)
            });
            let entered = entered.inspect_err(|why| socket.start(&Err(why.clone())))?;
            main_loop::run(self.library, self.fonts, entered, socket, canvas)
        };
        run().err().unwrap_or_else(|| "LibreOffice ended".into())
    }
}

fn answer(to: &OwnedFd, answer: &OrderAnswer, with: Option<&OwnedFd>) -> std::io::Result<()> {
    let with: Vec<_> = with.into_iter().map(AsFd::as_fd).collect();
    fds::send(to.as_fd(), &serde_json::to_vec(answer)?, &with)
}
