//! What the sandbox permits, tried from the inside: every attempt is one that works without it.

use std::ffi::{CString, c_int};
use std::fs::{File, Metadata};
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use super::{Forked, Places, exit, fork, process, set_environment};
use crate::config::Limits;

/// What is put in force before anything is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layers {
    /// Nothing, which shows that an attempt can succeed.
    None,
    /// All but namespaces.
    Plain,
    /// Everything.
    Jail,
}

/// What is attacked: what a server has and a kit must not reach.
#[derive(Debug)]
pub(crate) struct Prey {
    /// A process of the same user.
    pub pid: i32,
    /// A folder with files of the same user, one for each attempt, which has its name.
    pub folder: PathBuf,
    /// Where somebody listens, as host and port.
    pub address: String,
}

/// Enters the sandbox of a kit in `dir` and prints, as JSON, what was permitted. The exit code.
pub(crate) fn probe(layers: &str, dir: &Path, install: &Path, prey: &Prey) -> i32 {
    match enter(layers, dir, install) {
        Ok((places, facts)) => {
            println!("{}", report(&places, prey, &facts));
            0
        }
        Err(error) => {
            eprintln!("The sandbox was not entered: {error}");
            1
        }
    }
}

fn enter(layers: &str, dir: &Path, install: &Path) -> Result<(Places, Value), String> {
    let layers = match layers {
        "none" => Layers::None,
        "plain" => Layers::Plain,
        "jail" => Layers::Jail,
        other => return Err(format!("there is no {other:?}")),
    };
    if layers == Layers::None {
        return Ok((Places::outside(dir), json!({})));
    }
    let jail = layers == Layers::Jail;
    let entered = super::enter(dir, install, &Limits::default(), jail)?;
    set_environment(&[]);
    let facts = json!({ "namespaces": entered.namespaces, "landlock": entered.landlock });
    Ok((entered.places, facts))
}

/// `tried` has one word for each attempt, `why` the system's own.
fn report(places: &Places, prey: &Prey, facts: &Value) -> Value {
    let (mut tried, mut why) = (Map::new(), Map::new());
    let attempts = files(places, prey)
        .into_iter()
        .chain(connections(prey))
        .chain(processes(prey));
    for (name, outcome) in attempts {
        let word = if outcome.is_ok() {
            "permitted"
        } else {
            "denied"
        };
        tried.insert(name.into(), json!(word));
        if let Err(error) = outcome {
            why.insert(name.into(), json!(error.to_string()));
        }
    }
    json!({ "facts": facts, "tried": tried, "why": why })
}

type Attempt = (&'static str, io::Result<()>);

fn files(places: &Places, prey: &Prey) -> Vec<Attempt> {
    let theirs = |name: &str| prey.folder.join(name);
    let own = |name: &str| places.doc.join(name);
    let rooted = format!("/recto-probe-{}", std::process::id());
    let append = |path: PathBuf| File::options().append(true).open(path);
    let environment = std::fs::read("/proc/self/environ")
        .and_then(|bytes| some(bytes.iter().filter(|byte| **byte != 0).count()));
    let attempts = vec![
        ("read", done(std::fs::read(theirs("read")))),
        ("list", done(std::fs::read_dir(&prey.folder))),
        ("passwd", done(std::fs::read("/etc/passwd"))),
        (
            "others_environment",
            done(std::fs::read(format!("/proc/{}/environ", prey.pid))),
        ),
        ("own_environment", environment),
        ("own_variables", some(std::env::vars_os().count())),
        ("append", done(append(theirs("append")))),
        ("create", done(File::create(theirs("created")))),
        ("create_in_root", done(File::create(&rooted))),
        ("make_dir", done(std::fs::create_dir(theirs("made")))),
        ("remove", done(std::fs::remove_file(theirs("remove")))),
        (
            "take_away",
            done(std::fs::rename(theirs("take_away"), own("taken"))),
        ),
        (
            "hard_link",
            done(std::fs::hard_link(theirs("hard_link"), own("hard"))),
        ),
        (
            "soft_link",
            done(std::os::unix::fs::symlink("/etc/passwd", own("soft"))),
        ),
        ("pipe", fifo(&own("pipe"))),
        ("truncate", truncate(&theirs("truncate"))),
        ("own_file", done(std::fs::write(own("own"), "x"))),
        (
            "own_temporary",
            done(std::fs::write(places.tmp.join("own"), "x")),
        ),
    ];
    let _ = std::fs::remove_file(rooted);
    attempts
}

fn connections(prey: &Prey) -> Vec<Attempt> {
    vec![
        ("tcp", done(TcpStream::connect(&prey.address))),
        ("listen", done(TcpListener::bind("127.0.0.1:0"))),
        ("udp", done(UdpSocket::bind("127.0.0.1:0"))),
        ("unix", done(UnixStream::pair())),
    ]
}

fn processes(prey: &Prey) -> Vec<Attempt> {
    let pid = prey.pid;
    let forked = match fork() {
        Ok(Forked::Child) => exit(0),
        Ok(Forked::Parent(child)) => {
            process::wait(child);
            Ok(())
        }
        Err(error) => Err(error),
    };
    let thread = std::thread::Builder::new()
        .spawn(|| ())
        .map(std::thread::JoinHandle::join);
    let too_much = usize::try_from(Limits::default().address_space).unwrap_or(usize::MAX);
    let mut hoard: Vec<u8> = Vec::new();
    let hoarded = hoard.try_reserve_exact(too_much).map_err(io::Error::other);
    // SAFETY: signal 0 only asks whether one may be sent, and the other calls take no pointers.
    let (kill, unshare) = unsafe { (libc::kill(pid, 0), libc::unshare(libc::CLONE_FILES)) };
    vec![
        ("execute", done(Command::new("/bin/true").status())),
        ("fork", forked),
        ("thread", done(thread)),
        ("memory", hoarded),
        ("kill", called(kill)),
        ("unshare", called(unshare)),
    ]
}

fn done<T>(result: io::Result<T>) -> io::Result<()> {
    result.map(|_| ())
}

fn some(count: usize) -> io::Result<()> {
    if count == 0 {
        return Err(io::Error::other("nothing is there"));
    }
    Ok(())
}

fn called(result: c_int) -> io::Result<()> {
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

fn c_path(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(io::Error::other)
}

/// What a call changed of a file: a call that is answered and does nothing is no success.
fn effect(
    path: &Path,
    call: impl FnOnce(&CString) -> c_int,
    works: impl FnOnce(&Metadata) -> bool,
) -> io::Result<()> {
    called(call(&c_path(path)?))?;
    if works(&std::fs::metadata(path)?) {
        return Ok(());
    }
    Err(io::Error::other("it had no effect"))
}

fn fifo(path: &Path) -> io::Result<()> {
    // SAFETY: a path that ends with a zero.
    effect(
        path,
        |path| unsafe { libc::mkfifo(path.as_ptr(), 0o600) },
        |_| true,
    )
}

fn truncate(path: &Path) -> io::Result<()> {
    // SAFETY: a path that ends with a zero.
    let call = |path: &CString| unsafe { libc::truncate(path.as_ptr(), 0) };
    effect(path, call, |file| file.size() == 0)
}
