//! The WebSocket under the live protocol: the handshake, and a gate before what is read.
//!
//! axum's own sets one limit for the whole life of a socket. Here the gate is narrow until it is known
//! who is on the other side, and a large message begins only when the server has room for all of it.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_util::sync::PollSemaphore;

/// Largest message of a browser: a pasted picture in base64.
pub(crate) const MAX_MESSAGE: usize = LARGEST as usize * UNIT;
/// Messages up to about this size take no room of the server. Those who may not change a document have
/// no larger ones to send.
pub(crate) const USUAL_MESSAGE: usize = 256 << 10;
/// What may be read of the next messages before the one before them is taken, and what surrounds a
/// message.
const AHEAD: usize = 192 << 10;
/// Room is counted in so many bytes.
const UNIT: usize = 1024;
/// As much is needed for the largest message.
const LARGEST: u32 = 16 << 10;

/// Room for so many bytes of large messages.
pub(crate) fn room_for_large(bytes: usize) -> Arc<Semaphore> {
    // Without room for one, none would ever be read.
    Arc::new(Semaphore::new(bytes.max(MAX_MESSAGE) / UNIT))
}

/// A WebSocket with its gate.
pub(crate) type Socket = WebSocketStream<Gated<TokioIo<Upgraded>>>;

/// A request that wants to become a WebSocket.
pub(crate) struct Upgrade {
    accept: HeaderValue,
    on_upgrade: OnUpgrade,
}

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let refuse = |why: &'static str| (StatusCode::BAD_REQUEST, why).into_response();
        let wants = parts.method == Method::GET
            && parts.version == Version::HTTP_11
            && has(&parts.headers, &header::CONNECTION, "upgrade")
            && has(&parts.headers, &header::UPGRADE, "websocket")
            && has(&parts.headers, &header::SEC_WEBSOCKET_VERSION, "13");
        if !wants {
            return Err(refuse(
                "This address is for a WebSocket. Behind a proxy, let it pass on Upgrade and Connection.",
            ));
        }
        let key = parts.headers.get(header::SEC_WEBSOCKET_KEY);
        let accept = key
            .and_then(|key| HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok())
            .ok_or_else(|| refuse("Sec-WebSocket-Key is missing."))?;
        let on_upgrade = parts
            .extensions
            .remove::<OnUpgrade>()
            .ok_or_else(|| refuse("This connection can't become a WebSocket."))?;
        Ok(Self { accept, on_upgrade })
    }
}

/// Whether one of the words in a header is this one.
fn has(headers: &HeaderMap, name: &header::HeaderName, word: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|found| found.trim().eq_ignore_ascii_case(word))
}

impl Upgrade {
    /// Answers the handshake, and has the socket served once it is one. `before` bytes may be read until
    /// the gate is opened; large messages share `room`.
    pub fn accept<F>(
        self,
        before: usize,
        room: Arc<Semaphore>,
        serve: impl FnOnce(Socket, Gate) -> F + Send + 'static,
    ) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let on_upgrade = self.on_upgrade;
        tokio::spawn(async move {
            // A client that is gone by now needs no answer.
            let Ok(upgraded) = on_upgrade.await else {
                return;
            };
            let gate = Gate::new(before);
            let io = Gated {
                io: TokioIo::new(upgraded),
                gate: gate.clone(),
                room: PollSemaphore::new(room),
            };
            let config = WebSocketConfig::default()
                .max_message_size(Some(MAX_MESSAGE))
                .max_frame_size(Some(MAX_MESSAGE));
            let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
            serve(socket, gate).await;
        });
        let headers = [
            (header::CONNECTION, HeaderValue::from_static("upgrade")),
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (header::SEC_WEBSOCKET_ACCEPT, self.accept),
        ];
        (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
    }
}

/// How much may be read until a message is whole.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Passed>);

struct Passed {
    most: AtomicUsize,
    /// Bytes since the last message that was whole.
    read: AtomicUsize,
    shut: AtomicBool,
    /// The room of the message that is being read, if it is large.
    room: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Gate {
    fn new(most: usize) -> Self {
        Self(Arc::new(Passed {
            most: AtomicUsize::new(most),
            read: AtomicUsize::new(0),
            shut: AtomicBool::new(false),
            room: Mutex::default(),
        }))
    }

    /// Lets messages of this size through from now on.
    pub fn open(&self, largest: usize) {
        self.0.most.store(largest + AHEAD, Ordering::Relaxed);
    }

    /// Whether more came than was let through.
    pub fn is_shut(&self) -> bool {
        self.0.shut.load(Ordering::Relaxed)
    }

    /// A message of so many bytes is whole. Gives its share of the room for large ones, which it needs
    /// as long as it lasts.
    pub fn whole(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        self.0.read.store(0, Ordering::Relaxed);
        self.room().take()?.split(bytes.div_ceil(UNIT))
    }

    /// A control frame was taken, which may come within a message.
    pub fn control(&self, bytes: usize) {
        // Its head and the mask of a client.
        let frame = bytes + 6;
        let read = self.0.read.load(Ordering::Relaxed);
        self.0
            .read
            .store(read.saturating_sub(frame), Ordering::Relaxed);
    }

    /// Whether a message has begun and is not whole.
    pub fn has_begun(&self) -> bool {
        self.0.read.load(Ordering::Relaxed) > 0
    }

    fn needs_room(&self) -> bool {
        self.0.read.load(Ordering::Relaxed) >= USUAL_MESSAGE && self.room().is_none()
    }

    fn room(&self) -> MutexGuard<'_, Option<OwnedSemaphorePermit>> {
        self.0.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass(&self, bytes: usize) -> io::Result<()> {
        let read = self.0.read.load(Ordering::Relaxed).saturating_add(bytes);
        self.0.read.store(read, Ordering::Relaxed);
        if self.is_shut() || read >= self.0.most.load(Ordering::Relaxed) {
            self.0.shut.store(true, Ordering::Relaxed);
            return Err(io::Error::other("more was sent than may be read"));
        }
        Ok(())
    }
}

/// A connection that is read through a gate.
pub(crate) struct Gated<T> {
    io: T,
    gate: Gate,
    room: PollSemaphore,
}

impl<T: AsyncRead + Unpin> AsyncRead for Gated<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.gate.needs_room() {
            // All of it at once: messages that have a part each would wait for each other. It is never
            // closed.
            let room = ready!(self.room.poll_acquire_many(context, LARGEST));
            *self.gate.room() = room;
        }
        let before = into.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(context, into))?;
        Poll::Ready(self.gate.pass(into.filled().len() - before))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Gated<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tokio::io::AsyncReadExt;

    use super::*;

    fn gated(bytes: &[u8], room: &Arc<Semaphore>, gate: &Gate) -> Gated<std::io::Cursor<Vec<u8>>> {
        Gated {
            io: std::io::Cursor::new(bytes.to_vec()),
            gate: gate.clone(),
            room: PollSemaphore::new(room.clone()),
        }
    }

    #[tokio::test]
    async fn l5_a_gate_lets_so_much_through_until_it_is_opened() {
        let room = room_for_large(0);
        let gate = Gate::new(10);
        let mut socket = gated(&[7; 100], &room, &gate);
        let mut four = [0; 4];
        socket.read_exact(&mut four).await.unwrap();
        gate.open(1000);
        socket.read_exact(&mut [0; 50]).await.unwrap();

        let gate = Gate::new(10);
        let mut socket = gated(&[7; 100], &room, &gate);
        socket.read_exact(&mut four).await.unwrap();
        assert!(!gate.is_shut());
        assert!(socket.read_exact(&mut [0; 6]).await.is_err());
        assert!(gate.is_shut());
        assert!(socket.read_exact(&mut four).await.is_err());
    }

    #[test]
    fn l5_pings_do_not_hide_a_message_that_is_not_whole() {
        let gate = Gate::new(1000);
        gate.pass(6 + 6).unwrap();
        gate.control(0);
        gate.control(0);
        assert!(!gate.has_begun(), "two pings");
        gate.pass(7 + 6).unwrap();
        gate.control(0);
        assert!(gate.has_begun(), "a fragment of one byte, and a ping");
        gate.pass(20).unwrap();
        assert!(gate.whole(20).is_none(), "small ones need no room");
        assert!(!gate.has_begun());
    }

    #[tokio::test]
    async fn l3_a_large_message_waits_until_there_is_room_for_all_of_it() {
        let room = room_for_large(MAX_MESSAGE);
        let large = vec![7; 1 << 20];
        let (one, two) = (Gate::new(0), Gate::new(0));
        one.open(MAX_MESSAGE);
        two.open(MAX_MESSAGE);
        let mut first = gated(&large, &room, &one);
        let mut second = gated(&large, &room, &two);
        let mut half = vec![0; 1 << 19];
        first.read_exact(&mut half[..USUAL_MESSAGE]).await.unwrap();
        assert_eq!(room.available_permits(), MAX_MESSAGE / UNIT);
        first.read_exact(&mut half).await.unwrap();
        assert_eq!(room.available_permits(), 0);
        second.read_exact(&mut half[..USUAL_MESSAGE]).await.unwrap();
        assert!(second.read_exact(&mut half).now_or_never().is_none());
        // What is whole keeps what it needs, and a part does not suffice for another.
        let share = one.whole(1 << 20).unwrap();
        assert_eq!(share.num_permits(), 1024);
        assert!(second.read_exact(&mut half).now_or_never().is_none());
        drop(share);
        second.read_exact(&mut half).await.unwrap();
        drop(second);
        drop(two);
        assert_eq!(room.available_permits(), MAX_MESSAGE / UNIT, "it broke off");
    }
}
