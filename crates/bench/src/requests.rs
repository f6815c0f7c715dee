//! Commands a second over 16 connections, beside a plain server in Node in the same run.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use recto_token::{Secret, sign_config};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::integrator::{SECRET, now};
use crate::report::{Figures, Report};
use crate::server::Server;

const CONNECTIONS: usize = 16;
/// Time of one measurement; the best of three counts, since the machine does other things too.
const ROUND: Duration = Duration::from_secs(4);
const ROUNDS: usize = 3;
/// What is not measured, at the start of each.
const WARM: Duration = Duration::from_millis(500);

/// Adds its lines.
pub async fn measure(server: &Server, report: &mut Report) -> anyhow::Result<()> {
    eprintln!("sending commands over {CONNECTIONS} connections …");
    let node = Node::start().await?;
    let (mut own, mut theirs) = (Rate::default(), Rate::default());
    for _ in 0..ROUNDS {
        own = own.better(rate(server.address()).await?);
        theirs = theirs.better(rate(&node.address).await?);
    }
    let what = format!("command with a token, {CONNECTIONS} connections");
    report.rate(
        &what,
        own.a_second,
        "ONLYOFFICE 9.3",
        Some(2198.0),
        Some(10.0),
    );
    report.rate(
        "the same",
        own.a_second,
        "Node's http with fast-jwt, one process",
        Some(theirs.a_second),
        None,
    );
    report.times(
        "time of one of them",
        &own.times,
        "ONLYOFFICE 9.3",
        Some(Duration::from_micros(6900)),
        None,
    );
    report.times(
        "the same in Node, for comparison",
        &theirs.times,
        "",
        None,
        None,
    );
    Ok(())
}

#[derive(Default)]
struct Rate {
    a_second: f64,
    times: Figures,
}

impl Rate {
    fn better(self, other: Self) -> Self {
        if other.a_second > self.a_second {
            other
        } else {
            self
        }
    }
}

/// The request, byte for byte: what the client costs is taken from the same processors.
fn request(address: &str) -> Vec<u8> {
    let fields = json!({ "c": "version" });
    let token = sign_config(&Secret::from(SECRET), &fields, now(), 3600);
    let body = json!({ "token": token }).to_string();
    format!(
        "POST /command HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn rate(address: &str) -> anyhow::Result<Rate> {
    let request = request(address);
    let begin = Instant::now() + WARM;
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (address, request) = (address.to_owned(), request.clone());
        clients.spawn(async move { client(&address, &request, begin).await });
    }
    let mut all = Rate::default();
    while let Some(times) = clients.join_next().await {
        for time in times?? {
            all.times.add(time);
            all.a_second += 1.0 / ROUND.as_secs_f64();
        }
    }
    Ok(all)
}

/// The times of one connection, one request after the other.
async fn client(address: &str, request: &[u8], begin: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut times = Vec::new();
    let mut answer = Vec::new();
    loop {
        let sent = Instant::now();
        stream.write_all(request).await?;
        receive(&mut stream, &mut answer).await?;
        if sent.duration_since(begin) >= ROUND {
            return Ok(times);
        }
        if sent >= begin {
            times.push(sent.elapsed());
        }
    }
}

/// One whole answer, which must be the one to a good token.
async fn receive(stream: &mut TcpStream, answer: &mut Vec<u8>) -> anyhow::Result<()> {
    answer.clear();
    loop {
        if stream.read_buf(answer).await? == 0 {
            bail!("The server closed the connection.");
        }
        let Some(end) = answer.windows(4).position(|part| part == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(&answer[..end])?.to_ascii_lowercase();
        let length: usize = head
            .split("content-length:")
            .nth(1)
            .and_then(|rest| rest.lines().next()?.trim().parse().ok())
            .context("The answer has no length.")?;
        if answer.len() < end + 4 + length {
            continue;
        }
        let body = std::str::from_utf8(&answer[end + 4..])?;
        if !body.contains("\"error\":0") {
            bail!("The answer to a command was {body}");
        }
        return Ok(());
    }
}

/// The server in Node; it ends with the value.
struct Node {
    _child: Child,
    address: String,
}

impl Node {
    async fn start() -> anyhow::Result<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/node/server.mjs");
        let mut child = Command::new("node")
            .args([script, SECRET])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("Node can't be started")?;
        let out = child.stdout.take().context("Node has no output")?;
        let port = BufReader::new(out).lines().next_line().await?;
        let port =
            port.context("Node's server did not start; `make bench` installs what it needs")?;
        Ok(Self {
            _child: child,
            address: format!("127.0.0.1:{port}"),
        })
    }
}
