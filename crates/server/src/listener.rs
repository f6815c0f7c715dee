//! The HTTP server: connections with limits of number, size and time (attack L5).

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http_body::Frame;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Sleep, sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use crate::client::{Client, Proxies};
use crate::config::HttpConfig;
use crate::connections::{Connections, Seat};
use crate::metrics::Metrics;

/// Most bytes of what stands in front of a body. A token has at most 64 KiB, and may stand in the
/// address and in a header.
const MAX_HEAD: usize = 160 << 10;
/// How long to wait when the system has no file left for a connection.
const EXHAUSTED: Duration = Duration::from_millis(500);
/// How long answers may take that are under way when the server ends.
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// The places that a request has among all connections. What outlives it, as a WebSocket does, keeps
/// them.
#[derive(Clone, Default)]
#[expect(dead_code, reason = "they are held, not read")]
pub(crate) struct Seats {
    connection: Option<Arc<Seat>>,
    /// If the connection is a proxy's.
    client: Option<Arc<Seat>>,
}

impl<S: Sync> FromRequestParts<S> for Seats {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

/// What both listeners share.
#[derive(Clone)]
pub(crate) struct Front {
    config: HttpConfig,
    proxies: Proxies,
    connections: Connections,
    metrics: Metrics,
}

impl Front {
    /// Nobody is connected yet.
    pub fn new(config: HttpConfig, proxies: Proxies, metrics: Metrics) -> Self {
        Self {
            config,
            proxies,
            connections: Connections::new(&config),
            metrics,
        }
    }

    /// The same for a listener that has to stay reachable when all places of another are taken.
    pub fn with_places_of_its_own(self) -> Self {
        Self {
            connections: Connections::new(&self.config),
            ..self
        }
    }

    fn refused(&self, code: &'static str) {
        static TOLD: std::sync::Once = std::sync::Once::new();
        self.metrics.beyond_limit(code);
        TOLD.call_once(|| {
            tracing::warn!(
                code,
                "connections are refused beyond a limit; if they come through a proxy, name it in trusted_proxies"
            );
        });
        tracing::debug!(code, "a connection is not taken");
    }

    /// Serves until `stop` completes, and the answers that are under way.
    pub async fn serve(self, listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
        let app = app.layer(from_fn_with_state(self.clone(), seated));
        let app = crate::client::identified(app, self.proxies.clone());
        let (ends, _) = watch::channel(());
        let mut stop = pin!(stop);
        loop {
            let (stream, peer) = tokio::select! {
                biased;
                () = &mut stop => break,
                accepted = listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) if is_of_one(&error) => continue,
                    Err(error) => {
                        tracing::error!(%error, "no connection can be taken");
                        sleep(EXHAUSTED).await;
                        continue;
                    }
                },
            };
            let client = (!self.proxies.has(peer.ip())).then(|| peer.ip());
            match self.connections.take(client) {
                Ok(seat) => self.connected(stream, peer, seat, app.clone(), ends.subscribe()),
                Err(full) => self.refused(full.code()),
            }
        }
        drop(listener);
        ends.send_replace(());
        if timeout(LAST_ANSWERS, ends.closed()).await.is_err() {
            tracing::warn!("the server ends before every answer was read");
        }
    }

    fn connected(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        seat: Seat,
        app: Router,
        mut end: watch::Receiver<()>,
    ) {
        // Without it, answers only come a little later.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.config.write_time));
        let seat = Arc::new(seat);
        let body_time = self.config.body_time;
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(|body| Body::new(InTime::new(body, body_time)));
            let extensions = request.extensions_mut();
            extensions.insert(ConnectInfo(peer));
            extensions.insert(Seats {
                connection: Some(seat.clone()),
                client: None,
            });
            app.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // Also between two requests, and from the connection to the first.
            .header_read_timeout(self.config.header_time)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(Box::pin(stream)), service)
            .with_upgrades();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                // It fails when the sender is gone, which means the same.
                _ = end.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                // Clients come and go.
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

/// Errors of the connection that is taken, rather than of taking connections.
fn is_of_one(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Counts what a client does through a proxy.
async fn seated(
    State(front): State<Front>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    client: Client,
    mut seats: Seats,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(address) = client.address
        && front.proxies.has(peer.ip())
    {
        match front.connections.take_behind_proxy(address) {
            Ok(seat) => seats.client = Some(Arc::new(seat)),
            Err(full) => {
                front.refused(full.code());
                let told =
                    "Too many connections come from this address. Close some, and try again.";
                return (StatusCode::TOO_MANY_REQUESTS, told).into_response();
            }
        }
        request.extensions_mut().insert(seats.clone());
    }
    next.run(request).await
}

/// A body that has to be there in time.
struct InTime {
    body: Incoming,
    limit: Duration,
    /// From the first look at it on.
    end: Option<Pin<Box<Sleep>>>,
}

impl InTime {
    fn new(body: Incoming, limit: Duration) -> Self {
        Self {
            body,
            limit,
            end: None,
        }
    }
}

impl http_body::Body for InTime {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let limit = self.limit;
        let end = self.end.get_or_insert_with(|| Box::pin(sleep(limit)));
        if end.as_mut().poll(cx).is_ready() {
            let late = io::Error::new(io::ErrorKind::TimedOut, "the body took too long");
            return Poll::Ready(Some(Err(axum::Error::new(late))));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
