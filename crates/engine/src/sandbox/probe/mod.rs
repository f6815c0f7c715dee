//! What the sandbox permits, tried from the inside: every attempt is one that works without it.

mod files;
mod processes;

use std::ffi::c_int;
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::{Places, set_environment};
use crate::config::Limits;

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

/// One thing that was tried, and whether it worked.
type Attempt = (&'static str, io::Result<()>);

/// Enters the sandbox of a kit in `dir`, as far as `layers` says, and prints as JSON what was
/// permitted. The exit code.
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
    let limits = Limits::default();
    let jail = match layers {
        // Shows that each attempt can succeed.
        "none" => return Ok((Places::outside(dir), json!({}))),
        // What is left where the kernel's Landlock knows neither signals nor metadata.
        "filter" => {
            super::enter_filter(&limits)?;
            set_environment(&[]);
            return Ok((Places::outside(dir), json!({})));
        }
        "plain" => false,
        "jail" => true,
        other => return Err(format!("there is no {other:?}")),
    };
    let entered = super::enter(dir, &super::readable(install, &[]), &limits, jail, None)?;
    set_environment(&[]);
    let facts = json!({ "namespaces": entered.namespaces, "landlock": entered.landlock });
    Ok((entered.places, facts))
}

/// `tried` has one word for each attempt, `why` the system's own.
fn report(places: &Places, prey: &Prey, facts: &Value) -> Value {
    let (mut tried, mut why) = (Map::new(), Map::new());
    let attempts = files::content(places, prey)
        .into_iter()
        .chain(files::metadata(places, prey))
        .chain(connections(prey))
        .chain(processes::others(prey))
        .chain(processes::own());
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

fn connections(prey: &Prey) -> Vec<Attempt> {
    vec![
        ("tcp", done(TcpStream::connect(&prey.address))),
        ("listen", done(TcpListener::bind("127.0.0.1:0"))),
        ("udp", done(UdpSocket::bind("127.0.0.1:0"))),
        ("unix", done(UnixStream::pair())),
    ]
}

fn done<T>(result: io::Result<T>) -> io::Result<()> {
    result.map(|_| ())
}

/// The outcome of a call of the C library that says -1 when it fails.
fn called(result: c_int) -> io::Result<()> {
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// A call that is answered and does nothing is no success.
fn effect(works: bool) -> io::Result<()> {
    if works {
        return Ok(());
    }
    Err(io::Error::other("it had no effect"))
}
