//! What the sandbox permits, tried from the inside.

use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::config::Limits;
use crate::sandbox::{self, Forked};

/// Enters the sandbox of a kit in `dir` and prints, as JSON, what came of forbidden things.
pub(super) fn run(dir: &Path, install: &Path, namespaces: bool) -> i32 {
    let entered = match sandbox::enter(dir, install, &Limits::default(), namespaces) {
        Ok(entered) => entered,
        Err(error) => {
            eprintln!("The sandbox was not entered: {error}");
            return 1;
        }
    };
    sandbox::set_environment(&[]);
    let fork = match sandbox::fork() {
        Ok(Forked::Child) => sandbox::exit(0),
        Ok(Forked::Parent(_)) => "forked".to_owned(),
        Err(error) => error.to_string(),
    };
    let mut hoard: Vec<u8> = Vec::new();
    let too_much = usize::try_from(Limits::default().address_space).unwrap_or(usize::MAX);
    let report = json!({
        "namespaces": entered.namespaces,
        "landlock": entered.landlock,
        "environment": std::fs::read("/proc/self/environ").map(|read| read.len()).ok(),
        "variables": std::env::vars_os().count(),
        "passwd": outcome(std::fs::read("/etc/passwd")),
        "root": outcome(std::fs::read_dir("/root")),
        "others": outcome(std::fs::read("/proc/1/environ")),
        "write": outcome(std::fs::write("/usr/lib/recto-probe", "x")),
        "write_root": outcome(std::fs::write("/recto-probe", "x")),
        "link": outcome(std::os::unix::fs::symlink("/etc/passwd", entered.places.doc.join("link"))),
        "own": outcome(std::fs::write(entered.places.doc.join("own"), "x")),
        "tcp": outcome(TcpStream::connect("127.0.0.1:9")),
        "udp": outcome(UdpSocket::bind("127.0.0.1:0")),
        "unix": outcome(UnixStream::pair()),
        "execute": outcome(Command::new("/bin/true").status()),
        "fork": fork,
        "memory": outcome(hoard.try_reserve_exact(too_much)),
        "thread": outcome(std::thread::Builder::new().spawn(|| ()).map(std::thread::JoinHandle::join)),
    });
    println!("{report}");
    0
}

fn outcome<T, E: std::fmt::Display>(result: Result<T, E>) -> Value {
    match result {
        Ok(_) => json!("permitted"),
        Err(error) => json!(error.to_string()),
    }
}
