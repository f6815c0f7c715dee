//! The process that kits come from, and the thread that speaks with it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc as sync;
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketFlags, SocketType};
use tokio::sync::oneshot;

use super::cgroup::Groups;
use super::folder::{self, KitFolder};
use super::fonts::Fonts;
use super::link::Parts;
use super::memory::TileMemory;
use super::process::KitProcess;
use crate::config::EngineConfig;
use crate::error::EngineError;
use crate::fds;
use crate::protocol::{Order, OrderAnswer};

/// Preparing LibreOffice takes a second; a machine under load may need many.
const PREPARE_LIMIT: Duration = Duration::from_secs(60);
/// How long the end of a kit is waited for; a launcher that starts another one does not answer.
const FATE_LIMIT: Duration = Duration::from_millis(500);
const SPAWN_LIMIT: Duration = Duration::from_secs(20);

type Orders = sync::Sender<Ask>;

/// What the thread is asked.
enum Ask {
    Spawn(oneshot::Sender<Result<Parts, EngineError>>),
    Fate(u32, oneshot::Sender<Option<i32>>),
}

/// Knows how a kit ended, once it has.
pub(crate) struct Fate {
    pid: u32,
    orders: Weak<Orders>,
}

impl Fate {
    /// The signal that ended the kit, if one did and the launcher says so soon.
    pub(crate) async fn signal(&self) -> Option<i32> {
        let (answer, receiver) = oneshot::channel();
        self.orders
            .upgrade()?
            .send(Ask::Fate(self.pid, answer))
            .ok()?;
        tokio::time::timeout(FATE_LIMIT, receiver)
            .await
            .ok()?
            .ok()?
    }
}

/// Orders kits from a thread that owns the launcher process. Dropping it ends both, and with the
/// launcher every kit.
pub(crate) struct Launcher {
    orders: Arc<Orders>,
    thread: JoinHandle<()>,
}

impl Launcher {
    /// Starts the process and waits until it is prepared.
    pub(crate) async fn start(
        config: EngineConfig,
        groups: Option<Arc<Groups>>,
    ) -> Result<Self, EngineError> {
        let (orders, inbox) = sync::channel::<Ask>();
        let orders = Arc::new(orders);
        let asks = Arc::downgrade(&orders);
        let (prepared, first) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("recto-launcher".into())
            .spawn(move || {
                let mut process = match Process::start(&config) {
                    Ok(process) => {
                        let _ = prepared.send(Ok(()));
                        Some(process)
                    }
                    Err(error) => {
                        let _ = prepared.send(Err(error));
                        return;
                    }
                };
                while let Ok(ask) = inbox.recv() {
                    let answer = match ask {
                        Ask::Spawn(answer) => answer,
                        Ask::Fate(pid, answer) => {
                            let signal = process.as_ref().and_then(|it| it.fate(pid));
                            let _ = answer.send(signal);
                            continue;
                        }
                    };
                    let parts = spawn(&config, groups.as_ref(), &mut process, &asks);
                    if let Err(error) = &parts {
                        // Its kits end with a launcher. It can do nothing about a full disk.
                        let full = error.is_full_disk();
                        tracing::warn!(%error, replaced = !full, "a kit was not started");
                        if !full {
                            process = None;
                        }
                    }
                    let _ = answer.send(parts);
                }
            })?;
        first
            .await
            .map_err(|_| EngineError::NotStarted("its thread ended".into()))??;
        Ok(Self { orders, thread })
    }

    /// Ends the launcher process and waits for it.
    pub(crate) fn stop(self) {
        drop(self.orders);
        let _ = self.thread.join();
    }

    pub(crate) async fn spawn(&self) -> Result<Parts, EngineError> {
        let (answer, receiver) = oneshot::channel();
        let ended = || EngineError::NotStarted("the launcher has ended".into());
        self.orders.send(Ask::Spawn(answer)).map_err(|_| ended())?;
        receiver.await.map_err(|_| ended())?
    }
}

fn spawn(
    config: &EngineConfig,
    groups: Option<&Arc<Groups>>,
    process: &mut Option<Process>,
    asks: &Weak<Orders>,
) -> Result<Parts, EngineError> {
    if process.is_none() {
        *process = Some(Process::start(config)?);
    }
    let Some(running) = process else {
        return Err(EngineError::NotStarted("the launcher has ended".into()));
    };
    running.spawn(config, groups, asks)
}

struct Process {
    child: Child,
    socket: OwnedFd,
}

impl Process {
    fn start(config: &EngineConfig) -> Result<Self, EngineError> {
        let fonts = Fonts::prepare(config)?;
        let flags = SocketFlags::CLOEXEC;
        let kind = SocketType::SEQPACKET;
        let (socket, theirs) =
            rustix::net::socketpair(AddressFamily::UNIX, kind, flags, None).map_err(os)?;
        let profile = config.work.join(folder::LAUNCHER_PROFILE);
        let scratch = config.work.join(folder::LAUNCHER_SCRATCH);
        let child = Command::new(&config.kit_command)
            .args(&config.kit_args)
            .arg(if config.zygote {
                "--zygote"
            } else {
                "--single"
            })
            .current_dir("/")
            // Nothing of ours may reach a kit: no secret, and nothing that a document can expand.
            .env_clear()
            .env("SAL_LOK_OPTIONS", "unipoll")
            .env("LANG", "C.UTF-8")
            .env("HOME", &scratch)
            .env("TMPDIR", &scratch)
            .env("FONTCONFIG_FILE", fonts.config())
            .env("LOK_ALLOWLIST_LANGUAGES", allowed(&config.languages))
            // While it is prepared for being forked, LibreOffice reads the settings of this profile,
            // whatever profile it is given, and a fork keeps them.
            .env("UserInstallation", address(&profile)?)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(if config.engine_messages {
                Stdio::inherit()
            } else {
                Stdio::null()
            })
            .spawn()
            .map_err(|error| EngineError::NotStarted(error.to_string()))?;
        let process = Self { child, socket };
        let order = Order::Prepare {
            install: text(&config.install)?,
            profile: text(&profile)?,
            scratch: text(&scratch)?,
            namespaces: config.namespaces,
            readable: fonts.readable().map(Path::to_owned).collect(),
        };
        match process.order(&order, &[], PREPARE_LIMIT)? {
            (OrderAnswer::Prepared, _) => Ok(process),
            (OrderAnswer::Failed(why), _) => Err(EngineError::NotStarted(why)),
            (OrderAnswer::Spawned { .. } | OrderAnswer::Fate(_), _) => {
                Err(super::link::unexpected())
            }
        }
    }

    fn spawn(
        &self,
        config: &EngineConfig,
        groups: Option<&Arc<Groups>>,
        asks: &Weak<Orders>,
    ) -> Result<Parts, EngineError> {
        // A kit without a group is limited as where none are delegated; no kit at all would help nobody.
        let group = groups.and_then(|groups| {
            let group = groups.create(&config.limits);
            group
                .inspect_err(
                    |error| tracing::warn!(%error, "a kit gets no control group of its own"),
                )
                .ok()
        });
        let folder = KitFolder::create(&config.work)?;
        let memory = TileMemory::new()?;
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let order = Order::Spawn {
            dir: text(folder.path())?,
            limits: config.limits,
            group: group.as_ref().map(|group| text(group.path())).transpose()?,
        };
        let with = [theirs.as_fd(), memory.file()];
        match self.order(&order, &with, SPAWN_LIMIT)? {
            (OrderAnswer::Spawned { pid }, Some(process)) => {
                let process = KitProcess::new(process, pid);
                Ok(Parts {
                    socket: ours,
                    process,
                    fate: Fate {
                        pid,
                        orders: asks.clone(),
                    },
                    memory,
                    folder,
                    group,
                })
            }
            (OrderAnswer::Failed(why), _) => Err(EngineError::NotStarted(why)),
            _ => Err(super::link::unexpected()),
        }
    }

    fn fate(&self, pid: u32) -> Option<i32> {
        match self.order(&Order::Fate { pid }, &[], SPAWN_LIMIT) {
            Ok((OrderAnswer::Fate(signal), _)) => signal,
            _ => None,
        }
    }

    fn order(
        &self,
        order: &Order,
        with: &[BorrowedFd<'_>],
        limit: Duration,
    ) -> Result<(OrderAnswer, Option<OwnedFd>), EngineError> {
        let bytes = serde_json::to_vec(order).map_err(std::io::Error::other)?;
        fds::send(self.socket.as_fd(), &bytes, with)?;
        rustix::net::sockopt::set_socket_timeout(
            &self.socket,
            rustix::net::sockopt::Timeout::Recv,
            Some(limit),
        )
        .map_err(os)?;
        let (bytes, mut fds) = fds::receive(self.socket.as_fd())?;
        if bytes.is_empty() {
            return Err(EngineError::NotStarted("its process ended".into()));
        }
        let answer = serde_json::from_slice(&bytes).map_err(std::io::Error::other)?;
        Ok((answer, fds.pop()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its kits die with it (PR_SET_PDEATHSIG).
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Language tags as LibreOffice wants to be given them.
fn allowed(languages: &[String]) -> String {
    languages.join(" ").replace('-', "_")
}

fn text(path: &Path) -> Result<String, EngineError> {
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| EngineError::NotStarted("a configured path is not Unicode".into()))
}

fn address(path: &Path) -> Result<String, EngineError> {
    url::Url::from_file_path(path)
        .map(String::from)
        .map_err(|()| EngineError::NotStarted("a configured path is not absolute".into()))
}

fn os(error: rustix::io::Errno) -> EngineError {
    EngineError::NotStarted(std::io::Error::from(error).to_string())
}
