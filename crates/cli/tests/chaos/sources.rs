//! Sources of documents that are broken, each in its own way.

use std::net::SocketAddr;
use std::time::Duration;

use rand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Longer than the server waits for a source.
const HANG: Duration = Duration::from_secs(600);

/// The ways.
const WAYS: [&str; 4] = ["error", "hang", "reset", "truncated"];

/// Listens on a free port until the runtime ends.
pub async fn broken_sources() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(socket));
        }
    });
    address
}

/// The address of a file that does not come.
pub fn some_broken(sources: SocketAddr, random: &mut impl Rng) -> String {
    let way = WAYS[random.random_range(0..WAYS.len())];
    format!("http://{sources}/{way}/text.txt")
}

async fn answer(mut socket: TcpStream) {
    let mut head = vec![0; 4096];
    let read = socket.read(&mut head).await.unwrap_or(0);
    let head = String::from_utf8_lossy(&head[..read]).into_owned();
    let answer = match head.split('/').nth(1).unwrap_or_default() {
        "hang" => return tokio::time::sleep(HANG).await,
        // Closed with what was sent still unread, which resets the connection.
        "reset" => {
            let _ = socket.set_zero_linger();
            return;
        }
        "truncated" => "HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\nOnly so much",
        _ => "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n",
    };
    let _ = socket.write_all(answer.as_bytes()).await;
}
