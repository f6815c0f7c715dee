//! The server under test: the real binary.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, Weak};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::timeout;

use super::{LONGEST, SECRET};

/// How a server is started.
pub struct Setup {
    args: Vec<String>,
    env: Vec<(&'static str, String)>,
    data: Arc<TempDir>,
}

impl Default for Setup {
    /// Short times, and an integrator on this machine is permitted.
    fn default() -> Self {
        Self::bare()
            .arg("--allow-network", "127.0.0.0/8")
            .arg("--max-document-mib", "1")
            .arg("--snapshot-seconds", "1")
            .arg("--save-seconds", "1")
            .arg("--return-seconds", "2")
            .arg("--recover-seconds", "2")
    }
}

impl Setup {
    /// The server's own defaults, on a free port.
    pub fn bare() -> Self {
        let data = Arc::new(tempfile::tempdir().unwrap());
        let folder = data.path().to_str().unwrap();
        Self {
            args: ["--listen", "127.0.0.1:0", "--data", folder]
                .map(String::from)
                .into(),
            env: vec![("JWT_SECRET", SECRET.into())],
            data,
        }
    }

    /// Sets a flag.
    pub fn arg(mut self, name: &str, value: &str) -> Self {
        if let Some(at) = self.args.iter().position(|arg| arg == name) {
            self.args[at + 1] = value.into();
        } else {
            self.args.extend([name.into(), value.into()]);
        }
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &'static str, value: &str) -> Self {
        self = self.without_env(name);
        self.env.push((name, value.into()));
        self
    }

    /// Leaves an environment variable unset.
    pub fn without_env(mut self, name: &str) -> Self {
        self.env.retain(|(known, _)| *known != name);
        self
    }

    /// Writes its `recto.toml`.
    pub fn file(self, text: &str) -> Self {
        std::fs::write(self.data.path().join("recto.toml"), text).unwrap();
        self
    }

    /// The folder that survives a restart.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recto"));
        command
            .arg("serve")
            .args(&self.args)
            .env_clear()
            .envs(
                std::env::vars_os()
                    .filter(|(name, _)| matches!(name.to_str(), Some("PATH" | "HOME" | "TMPDIR"))),
            )
            // Each language takes time at the start.
            .env("RECTO_LANGUAGES", "en-US")
            .envs(self.env.iter().map(|(name, value)| (*name, value)))
            // No recto.toml is found by chance.
            .current_dir(self.data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }
}

/// A process that is killed with the value.
struct Running(Mutex<Child>);

impl Running {
    fn kill(&self) {
        let mut child = self.0.lock().unwrap();
        // It may have ended already.
        let _ = child.kill();
        child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A running server; it is killed with the value.
pub struct Server {
    child: Running,
    address: SocketAddr,
    log: watch::Receiver<String>,
    /// Held, since the folder goes with it.
    _data: Arc<TempDir>,
}

impl Drop for Server {
    /// A test that fails shows what the server has to say.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.log());
        }
    }
}

/// What the server writes before its address.
const LISTENS: &str = "Recto serves documents at http://";

impl Server {
    /// The server that tests share which leave it as they found it. It ends with its last user.
    pub async fn shared() -> Arc<Self> {
        static SHARED: tokio::sync::Mutex<Weak<Server>> =
            tokio::sync::Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(server) = shared.upgrade() {
            return server;
        }
        let server = Arc::new(Self::start(&Setup::default()).await);
        *shared = Arc::downgrade(&server);
        server
    }

    /// Starts a server and waits until it listens.
    pub async fn start(setup: &Setup) -> Self {
        let mut child = setup.command().spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let child = Running(Mutex::new(child));
        let (lines, mut log) = watch::channel(String::new());
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).split(b'\n') {
                let Ok(line) = line else { return };
                lines.send_modify(|log| {
                    log.push_str(&String::from_utf8_lossy(&line));
                    log.push('\n');
                });
            }
        });
        let seen = timeout(LONGEST, log.wait_for(|log| log.contains(LISTENS)))
            .await
            .is_ok_and(|seen| seen.is_ok());
        let text = log.borrow().clone();
        assert!(seen, "the server did not start:\n{text}");
        let (_, after) = text.split_once(LISTENS).unwrap();
        let address = after.lines().next().unwrap().trim().parse().unwrap();
        Self {
            child,
            address,
            log,
            _data: setup.data.clone(),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of one of its pages.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything it has written so far.
    pub fn log(&self) -> String {
        self.log.borrow().clone()
    }

    /// Waits until the log holds what is looked for, and gives it.
    pub async fn logged(&self, what: impl Fn(&str) -> bool) -> String {
        let mut log = self.log.clone();
        let seen = timeout(LONGEST, log.wait_for(|log| what(log)))
            .await
            .is_ok_and(|seen| seen.is_ok());
        let log = log.borrow().clone();
        assert!(
            seen,
            "the log does not hold what the test waits for:\n{log}"
        );
        log
    }

    /// The engine process that loaded a document last.
    pub async fn kit_of(&self, key: &str) -> i32 {
        let find = |log: &str| {
            log.lines()
                .rev()
                .find(|line| {
                    line.contains("document loaded") && line.contains(&format!("key={key} "))
                })
                .and_then(|line| {
                    line.split_once("kit=")?
                        .1
                        .split_whitespace()
                        .next()?
                        .parse()
                        .ok()
                })
        };
        find(&self.logged(|log| find(log).is_some()).await).unwrap()
    }

    /// Process id.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.0.lock().unwrap().id()).unwrap()
    }

    /// Memory that is its own, in bytes.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let kib: u64 = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .unwrap();
        kib << 10
    }

    /// Whether it still holds a connection to a client's address.
    pub fn connected_to(&self, client: SocketAddr) -> bool {
        // The kernel's table gives each side as `address:port` in hexadecimal; a connection that the
        // process has let go has the inode 0.
        let port = format!(":{:04X}", client.port());
        let own = format!(":{:04X}", self.address.port());
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        table.lines().skip(1).any(|line| {
            let fields: Vec<_> = line.split_whitespace().collect();
            fields[1].ends_with(&own) && fields[2].ends_with(&port) && fields[9] != "0"
        })
    }

    /// Sends SIGKILL and waits for the end: the server has no chance to store anything.
    pub fn kill(&self) {
        self.child.kill();
    }

    /// Sends SIGTERM and waits for the end.
    pub async fn stop(&self) -> ExitStatus {
        kill(self.pid(), Signal::TERM);
        // The process that writes the log has ended when it is closed.
        let mut closed = self.log.clone();
        timeout(LONGEST, async { while closed.changed().await.is_ok() {} })
            .await
            .expect("the server did not stop");
        self.child.0.lock().unwrap().wait().unwrap()
    }
}

/// Sends a signal to a process that exists.
pub fn kill(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

/// Runs a server that is expected to refuse to start; gives its exit code and what it wrote.
pub fn run_to_end(setup: &Setup) -> (Option<i32>, String) {
    let mut child = setup.command().spawn().unwrap();
    let mut text = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    (child.wait().unwrap().code(), text)
}
