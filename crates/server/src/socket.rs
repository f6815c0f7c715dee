//! The WebSocket under the live protocol: the handshake, and a gate before what is read.
//!
//! axum's own sets one limit for the whole life of a socket. Here the gate is narrow until it is known
//! who is on the other side.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

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
    /// the gate is opened, and messages may have `largest` bytes then.
    pub fn accept<F>(
        self,
        before: usize,
        largest: usize,
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
            let gate = Gate(Arc::new(AtomicUsize::new(before)));
            let io = Gated {
                io: TokioIo::new(upgraded),
                gate: gate.clone(),
            };
            let config = WebSocketConfig::default()
                .max_message_size(Some(largest))
                .max_frame_size(Some(largest));
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

/// How much may still be read.
#[derive(Clone)]
pub(crate) struct Gate(Arc<AtomicUsize>);

impl Gate {
    const OPEN: usize = usize::MAX;

    /// Lets everything through from now on.
    pub fn open(&self) {
        self.0.store(Self::OPEN, Ordering::Relaxed);
    }

    /// Whether more came than was let through.
    pub fn is_shut(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    fn pass(&self, bytes: usize) -> io::Result<()> {
        match self.0.load(Ordering::Relaxed) {
            Self::OPEN => Ok(()),
            left if bytes < left => {
                self.0.store(left - bytes, Ordering::Relaxed);
                Ok(())
            }
            _ => {
                self.0.store(0, Ordering::Relaxed);
                Err(io::Error::other("more was sent than may be read"))
            }
        }
    }
}

/// A connection that is read through a gate.
pub(crate) struct Gated<T> {
    io: T,
    gate: Gate,
}

impl<T: AsyncRead + Unpin> AsyncRead for Gated<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
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
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn l5_a_gate_lets_so_much_through_until_it_is_opened() {
        let gate = Gate(Arc::new(AtomicUsize::new(10)));
        let mut gated = Gated {
            io: &[7; 100][..],
            gate: gate.clone(),
        };
        let mut four = [0; 4];
        gated.read_exact(&mut four).await.unwrap();
        gate.open();
        gated.read_exact(&mut [0; 50]).await.unwrap();

        let gate = Gate(Arc::new(AtomicUsize::new(10)));
        let mut gated = Gated {
            io: &[7; 100][..],
            gate: gate.clone(),
        };
        gated.read_exact(&mut four).await.unwrap();
        assert!(!gate.is_shut());
        assert!(gated.read_exact(&mut [0; 6]).await.is_err());
        assert!(gate.is_shut());
        assert!(gated.read_exact(&mut four).await.is_err());
    }
}
