//! A launcher some of whose kits are an attacker's: `recto-hostile-kit REAL_KIT ATTACK… --zygote`.
//!
//! Its first kit is a real one; the next ones behave until they get an input, and then make the
//! attacks that were named, one each; those after them are real ones again.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::process::{Command, Stdio};

use rustix::net::{AddressFamily, SocketFlags, SocketType};
use rustix::process::{Pid, PidfdFlags};
use serde_json::{Value, json};

#[path = "../../src/fds.rs"]
mod fds;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match &args[..] {
        [flag, attack] if flag == "--attack" => be_a_kit(attack),
        [real, attacks @ .., how] => launch(real, attacks, how),
        _ => Err("the arguments are in the source".into()),
    }
}

fn launch(real: &str, attacks: &[String], how: &str) -> Result<(), Failure> {
    let control = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    let kind = SocketType::SEQPACKET;
    let (ours, theirs) =
        rustix::net::socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)?;
    let mut launcher = Command::new(real)
        .arg(how)
        .stdin(Stdio::from(theirs))
        .spawn()?;
    let mut kits: Vec<std::process::Child> = Vec::new();
    // The first order is to prepare.
    let mut number = -1;
    loop {
        let (order, given) = fds::receive(control.as_fd())?;
        if order.is_empty() {
            break;
        }
        if order.starts_with(b"{\"Fate\"") {
            // It is asked how a kit has ended: nobody knows.
            fds::send(control.as_fd(), br#"{"Fate":null}"#, &[])?;
            continue;
        }
        number += 1;
        let attack = usize::try_from(number - 2)
            .ok()
            .and_then(|at| attacks.get(at));
        if let Some(attack) = attack {
            let Ok([socket, _memory]) = <[OwnedFd; 2]>::try_from(given) else {
                return Err("a kit needs a socket and memory".into());
            };
            let kit = Command::new(std::env::current_exe()?)
                .args(["--attack", attack])
                .stdin(Stdio::from(socket))
                .spawn()?;
            let pid = Pid::from_child(&kit);
            let process = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
            let answer = json!({ "Spawned": { "pid": kit.id() } }).to_string();
            fds::send(control.as_fd(), answer.as_bytes(), &[process.as_fd()])?;
            kits.push(kit);
        } else {
            let given: Vec<_> = given.iter().map(AsFd::as_fd).collect();
            fds::send(ours.as_fd(), &order, &given)?;
            let (answer, with) = fds::receive(ours.as_fd())?;
            let with: Vec<_> = with.iter().map(AsFd::as_fd).collect();
            fds::send(control.as_fd(), &answer, &with)?;
        }
    }
    for kit in &mut kits {
        let _ = kit.kill();
        let _ = kit.wait();
    }
    let _ = launcher.kill();
    let _ = launcher.wait();
    Ok(())
}

struct Kit(File);

impl Kit {
    fn send(&mut self, sort: u8, body: &[u8]) -> Result<(), Failure> {
        self.announce(sort, u32::try_from(body.len())?)?;
        Ok(self.0.write_all(body)?)
    }

    fn announce(&mut self, sort: u8, length: u32) -> Result<(), Failure> {
        self.0.write_all(&length.to_le_bytes())?;
        Ok(self.0.write_all(&[sort])?)
    }

    fn answer(&mut self, id: &Value, answer: &Value) -> Result<(), Failure> {
        let body = json!({ "id": id, "answer": answer }).to_string();
        self.send(b'A', body.as_bytes())
    }

    fn report(&mut self, reports: &Value) -> Result<(), Failure> {
        self.send(b'R', reports.to_string().as_bytes())
    }

    fn request(&mut self) -> Result<Value, Failure> {
        let mut head = [0; 4];
        self.0.read_exact(&mut head)?;
        let mut body = vec![0; u32::from_le_bytes(head) as usize];
        self.0.read_exact(&mut body)?;
        Ok(serde_json::from_slice(&body)?)
    }
}

fn callback(kind: i32, payload: &str) -> Value {
    json!({ "Callback": { "view": 1, "kind": kind, "payload": payload } })
}

const LINK: i32 = 7;
const STATE: i32 = 8;
const CARET: i32 = 1;
const FORMULA: i32 = 19;

fn be_a_kit(attack: &str) -> Result<(), Failure> {
    let socket = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    assert!(socket.as_raw_fd() > 2);
    let mut kit = Kit(File::from(socket));
    let ready = json!({ "Ok": {
        "pid": std::process::id(), "version": "Evil 1.0",
        "landlock": true, "seccomp": true, "namespaces": true,
    } });
    kit.send(b'S', ready.to_string().as_bytes())?;
    loop {
        let request = kit.request()?;
        let (id, call) = (&request["id"], &request["call"]);
        let is = |name: &str| call.get(name).is_some();
        if is("Load") {
            let size = json!({ "width": 12_000, "height": 16_000, "parts": [["", false]] });
            kit.answer(
                id,
                &json!({ "Ok": { "Loaded": { "kind": 0, "keeper": 0, "size": size, "fonts": [] } } }),
            )?;
        } else if is("CreateView") {
            let view = i32::from(attack != "a_view_that_there_is");
            kit.answer(id, &json!({ "Ok": { "View": view } }))?;
        } else if is("Input") {
            make(&mut kit, attack, id)?;
        } else {
            kit.answer(id, &json!({ "Ok": "Done" }))?;
        }
    }
}

fn make(kit: &mut Kit, attack: &str, id: &Value) -> Result<(), Failure> {
    let long = "x".repeat(700 << 10);
    match attack {
        "endless_names_of_states" => {
            for frame in 0_u64.. {
                let value = "v".repeat(1000);
                let state = |name| callback(STATE, &format!(".uno:X{frame}n{name}={value}"));
                kit.report(&(0..500).map(state).collect())?;
            }
        }
        "a_long_state" => kit.report(&json!([callback(STATE, &format!(".uno:Bold={long}"))]))?,
        "a_frame_of_64_mebibytes" => kit.send(b'R', &vec![b' '; 64 << 20])?,
        "an_answer_of_64_mebibytes" => kit.send(b'A', &vec![b' '; 64 << 20])?,
        "a_huge_announcement" => kit.announce(b'R', u32::MAX)?,
        "a_flood_of_small_reports" => loop {
            let caret = callback(CARET, "1, 2, 3, 4");
            kit.report(&(0..1000).map(|_| caret.clone()).collect())?;
        },
        "a_flood_of_large_reports" => loop {
            let formula = "=".repeat(120 << 10);
            kit.report(&(0..7).map(|_| callback(FORMULA, &formula)).collect())?;
        },
        "a_flood_of_links" => loop {
            let link = callback(LINK, &format!("https://x/{}", "y".repeat(8000)));
            kit.report(&(0..100).map(|_| link.clone()).collect())?;
        },
        "a_flood_of_frames" => loop {
            kit.report(&json!([]))?;
        },
        "too_many_reports" => {
            let one = json!({ "Invalidated": { "payload": "" } });
            kit.report(&(0..20_000).map(|_| one.clone()).collect())?;
        }
        "too_many_parts" => {
            let parts: Vec<Value> = (0..60_000).map(|_| json!(["", false])).collect();
            kit.report(&json!([{ "Size": { "width": 1, "height": 1, "parts": parts } }]))?;
        }
        "too_long_names_of_parts" => {
            let parts = [json!([long, false])];
            kit.report(&json!([{ "Size": { "width": -1, "height": i64::MAX, "parts": parts } }]))?;
        }
        "an_answer_that_nobody_asked_for" => kit.answer(&json!(4711), &json!({ "Ok": "Done" }))?,
        "an_answer_twice" => {
            kit.answer(id, &json!({ "Ok": "Done" }))?;
            kit.answer(id, &json!({ "Ok": "Done" }))?;
        }
        "an_answer_of_another_kind" => kit.answer(id, &json!({ "Ok": { "View": 7 } }))?,
        "a_failure_in_many_words" => kit.answer(id, &json!({ "Err": "x".repeat(5000) }))?,
        "another_start" => kit.send(b'S', b"{}")?,
        "a_frame_of_no_kind" => kit.send(b'?', b"{}")?,
        "nonsense" => kit.send(b'R', b"\xff\x00 hello")?,
        "deep_json" => kit.send(b'R', "[".repeat(1 << 20).as_bytes())?,
        "no_answer" => loop {
            // Its reports are no sign of life for ever.
            std::thread::park();
        },
        "a_frame_byte_by_byte" => {
            kit.announce(b'R', 1 << 20)?;
            loop {
                kit.0.write_all(b" ")?;
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        }
        other => return Err(format!("there is no attack {other}").into()),
    }
    // What is left of it is read and thrown away by nobody: it stays until it is killed.
    std::thread::park();
    Ok(())
}
