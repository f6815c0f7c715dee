//! A server that answers as the tables say, unless it is told to err.

mod services;
mod sockets;
mod verify;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get, post};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Whose answers it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    Onlyoffice,
    /// With Recto's deliberate differences, explanations and protocol.
    Recto,
}

/// What it does wrongly, or in an unusual way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Takes `bearer` for `Bearer`.
    LowerCaseBearer,
    /// Another tolerance than 60 s for `exp`.
    Tolerance(i64),
    /// Answers with the key of the body after a good token.
    UnsignedKey,
    /// Takes `payload` beside a config.
    AlienClaims,
    /// As Recto, refuses with ONLYOFFICE's bare text.
    NothingNamed,
    /// As Recto, names something wrong.
    WrongNamed,
    /// Has no WebSocket.
    NoWebSocket,
    /// Reads tokens from `AuthorizationJwt`.
    Header,
    /// Its clock differs by so many seconds.
    Clock(i64),
    /// Carries out commands without a token.
    TokensOff,
    /// Tells everything that it was sent, and its secret.
    Echo,
    /// Never answers to docbuilder.
    Silent,
}

#[derive(Clone, Copy)]
pub struct Ways {
    pub flavour: Flavour,
    pub fault: Option<Fault>,
}

impl Ways {
    pub fn has(self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    pub fn is_recto(self) -> bool {
        self.flavour == Flavour::Recto
    }

    /// Unix seconds by its clock.
    pub fn now(self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let ahead = match self.fault {
            Some(Fault::Clock(ahead)) => ahead,
            _ => 0,
        };
        i64::try_from(since.as_secs()).unwrap() + ahead
    }
}

/// The server; it ends with the value.
pub struct Fake {
    pub url: String,
    task: JoinHandle<()>,
}

impl Fake {
    pub async fn start(flavour: Flavour, fault: Option<Fault>) -> Self {
        let ways = Arc::new(Ways { flavour, fault });
        let mut app = Router::new()
            .route("/healthcheck", get(|| async { "true" }))
            .route("/command", post(services::command))
            .route("/coauthoring/CommandService.ashx", any(services::command))
            .route("/converter", post(services::converter))
            .route("/ConvertService.ashx", post(services::converter))
            .route("/docbuilder", post(services::docbuilder))
            .route("/cache/files/x", get(services::result));
        if ways.is_recto() {
            app = app.route("/doc/{key}/live", get(sockets::recto));
        } else {
            app = app.route("/doc/{key}/c/", get(sockets::onlyoffice));
        }
        if ways.has(Fault::NoWebSocket) {
            app = Router::new()
                .route("/healthcheck", get(|| async { "true" }))
                .route("/command", post(services::command));
        }
        let app = app
            .fallback(services::others)
            .method_not_allowed_fallback(services::others)
            .layer(from_fn_with_state(ways.clone(), dated))
            .with_state(ways);
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .await
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, task }
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Dates an answer by the server's own clock.
async fn dated(State(ways): State<Arc<Ways>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let date = time::OffsetDateTime::from_unix_timestamp(ways.now()).unwrap();
    let date = date
        .format(&time::format_description::well_known::Rfc2822)
        .unwrap()
        .replace("+0000", "GMT");
    let date = HeaderValue::from_str(&date).unwrap();
    response.headers_mut().insert(header::DATE, date);
    response
}
