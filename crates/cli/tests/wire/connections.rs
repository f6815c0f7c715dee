//! Many connections, and slow ones.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::common::{LONGEST, Server, Setup, get};

/// A server with these limits.
async fn limited(limits: &str, top: &str) -> Server {
    let setup = Setup::default();
    let text = format!("{top}\n[limits]\n{limits}\n");
    std::fs::write(setup.data().join("recto.toml"), text).unwrap();
    Server::start(&setup).await
}

/// A connection of a client that is not where the test itself is.
async fn connect(server: &Server, last: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let own = SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0));
    socket.bind(own).unwrap();
    socket.connect(server.address()).await.unwrap()
}

/// What comes until the server ends the connection.
async fn to_its_end(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let reading = async {
        let mut some = vec![0; 1 << 16];
        // An end and a reset are the same here.
        while let Ok(number @ 1..) = stream.read(&mut some).await {
            all.extend_from_slice(&some[..number]);
        }
    };
    let ended = timeout(LONGEST, reading).await;
    assert!(ended.is_ok(), "the connection was not ended");
    String::from_utf8_lossy(&all).into_owned()
}

/// Whether the server answers on a connection.
async fn is_served(stream: &mut TcpStream) -> bool {
    let asked = stream
        .write_all(b"GET /healthcheck HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    let mut start = [0; 12];
    let answer = timeout(LONGEST, stream.read_exact(&mut start)).await;
    let answer = answer.expect("neither an answer nor an end");
    asked.is_ok() && answer.is_ok() && start == *b"HTTP/1.1 200"
}

async fn until_served(server: &Server, last: u8) {
    let serving = async { while !is_served(&mut connect(server, last).await).await {} };
    timeout(LONGEST, serving).await.expect("no place is free");
}

#[tokio::test]
async fn l5_a_thousand_idle_sockets_of_one_client_take_nobody_elses_place() {
    let server = limited("client_connections = 100", "").await;
    let before = server.memory();
    let mut idle = Vec::new();
    for _ in 0..1000 {
        idle.push(connect(&server, 2).await);
    }
    // The server takes them in the order in which they come: the first hundred stay.
    for stream in &mut idle[100..] {
        assert_eq!(to_its_end(stream).await, "");
    }
    assert!(is_served(&mut idle[0]).await && is_served(&mut idle[99]).await);
    assert_eq!(get(&server.url("/healthcheck")).await, (200, "true".into()));
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 32 << 20, "{} KiB", grown >> 10);
    let (_, metrics) = get(&server.url("/metrics")).await;
    let line = "recto_limit_refusals_total{code=\"http.client_connections\"} 900";
    assert!(metrics.lines().any(|found| found == line), "{metrics}");
    drop(idle);
    until_served(&server, 2).await;
}

#[tokio::test]
async fn l5_beyond_all_places_nobody_is_let_in_until_one_is_free() {
    let server = limited("connections = 64", "").await;
    let mut idle = Vec::new();
    for client in 0..64 {
        idle.push(connect(&server, 2 + client).await);
    }
    assert_eq!(to_its_end(&mut connect(&server, 200).await).await, "");
    assert!(is_served(&mut idle[63]).await);
    idle.truncate(32);
    until_served(&server, 200).await;
}

#[tokio::test]
async fn l5_who_sends_a_request_slowly_or_reads_no_answer_is_let_go() {
    let limits = "header_seconds = 1\nbody_seconds = 1\nwrite_seconds = 1";
    let server = limited(limits, "").await;
    for (begun, answered) in [
        ("", ""),
        ("GET /healthcheck HTTP/1.1\r\nhost: loc", ""),
        // One more request is waited for no longer than the first.
        (
            "GET /healthcheck HTTP/1.1\r\nhost: localhost\r\n\r\n",
            "HTTP/1.1 200",
        ),
        (
            "POST /command HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{\"c\":",
            "HTTP/1.1 400",
        ),
    ] {
        let mut stream = connect(&server, 2).await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        let answer = to_its_end(&mut stream).await;
        assert!(answer.starts_with(answered), "{begun:?} {answer:?}");
    }
    // Some answers are sent, and nobody takes them.
    let mut deaf = connect(&server, 2).await;
    let client = deaf.local_addr().unwrap();
    let ask = "GET /web-apps/apps/api/documents/api.js HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let asking = async {
        while server.connected_to(client) {
            // It is full at some time; then the server has to see for itself that nothing is taken.
            let write = deaf.write_all(ask.as_bytes());
            if timeout(std::time::Duration::from_millis(50), write)
                .await
                .is_ok_and(|it| it.is_err())
            {
                break;
            }
        }
    };
    timeout(LONGEST, asking).await.expect("it was not let go");
    assert_eq!(get(&server.url("/healthcheck")).await.0, 200);
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A live connection of what sends these headers, or the status of the answer that refuses it.
async fn open(server: &Server, headers: &[(&'static str, &str)]) -> Result<Socket, u16> {
    let url = format!("ws://{}/doc/any/live", server.address());
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn l5_behind_a_proxy_each_client_has_places_of_its_own() {
    let top = "public_url = \"http://localhost:8080\"\ntrusted_proxies = [\"127.0.0.1\"]";
    let server = limited("client_connections = 8", top).await;
    // What a client wrote itself stands in front of what the proxy adds.
    let open = async |client: &str| {
        let forwarded = format!("\"203.0.113.7, {client}");
        open(&server, &[("x-forwarded-for", &forwarded)]).await
    };
    let mut sockets = Vec::new();
    for _ in 0..8 {
        sockets.push(open("192.0.2.1").await.unwrap());
    }
    assert_eq!(open("192.0.2.1").await.err(), Some(429));
    assert!(open("192.0.2.2").await.is_ok());
    // All of a /64 are one client.
    for host in 0..8 {
        sockets.push(open(&format!("2001:db8::{host}")).await.unwrap());
    }
    assert_eq!(open("2001:db8::ffff").await.err(), Some(429));
    sockets.clear();
    let again = async { while open("192.0.2.1").await.is_err() {} };
    timeout(LONGEST, again).await.expect("no place is free");
}

#[tokio::test]
async fn l2_a_client_has_no_places_under_names_that_the_proxy_did_not_write() {
    let top = "public_url = \"http://localhost:8080\"\ntrusted_proxies = [\"127.0.0.1\"]\nforwarded_header = \"forwarded\"";
    let server = limited("client_connections = 8", top).await;
    let open = async |own: u8| {
        let own = format!("203.0.113.{own}");
        let forwarded = format!("for={own}, for=192.0.2.1");
        open(
            &server,
            &[("x-forwarded-for", &own), ("forwarded", &forwarded)],
        )
        .await
    };
    let mut sockets = Vec::new();
    for own in 0..8 {
        sockets.push(open(own).await.unwrap());
    }
    assert_eq!(open(8).await.err(), Some(429));
}
