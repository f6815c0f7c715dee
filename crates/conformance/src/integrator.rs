//! An application of our own, for the rows in which the server fetches files and sends callbacks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use url::Url;

/// What the document holds.
pub(crate) const CONTENT: &str = "The first line of a conformance run.\n";
/// What a server needs at most for a callback: it waits for a lost editor, and converts.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request that the server made.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The value of the header that carries tokens.
    pub header: Option<String>,
    /// The body; null for a download.
    pub body: Value,
    /// Name in the path.
    pub name: String,
}

/// A listening application; it ends with the value.
pub(crate) struct Integrator {
    /// Address at which the server reaches it, without a slash at its end.
    base: String,
    state: Arc<Place>,
    callbacks: mpsc::UnboundedReceiver<Asked>,
    task: JoinHandle<()>,
}

struct Place {
    header: String,
    fetched: Mutex<Vec<Asked>>,
    called: mpsc::UnboundedSender<Asked>,
    refuse: std::sync::atomic::AtomicBool,
}

impl Integrator {
    /// Listens. `header` carries tokens; `base` is its address for the server if it is another one.
    pub async fn start(
        listen: SocketAddr,
        base: Option<&Url>,
        header: &str,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let base = match base {
            Some(base) => base.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", listener.local_addr()?),
        };
        let (called, callbacks) = mpsc::unbounded_channel();
        let state = Arc::new(Place {
            header: header.to_owned(),
            fetched: Mutex::default(),
            called,
            refuse: false.into(),
        });
        let app = Router::new()
            .route("/files/{name}", get(file))
            .route("/callback/{name}", post(callback))
            .with_state(Arc::clone(&state));
        let task = tokio::spawn(async move {
            // It ends with the task.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            base,
            state,
            callbacks,
            task,
        })
    }

    /// Address of a document.
    pub fn file(&self, name: &str) -> String {
        format!("{}/files/{name}.txt", self.base)
    }

    /// Address for the callbacks of a document.
    pub fn callback(&self, name: &str) -> String {
        format!("{}/callback/{name}", self.base)
    }

    /// The first download of a document.
    pub fn fetched(&self, name: &str) -> Option<Asked> {
        let fetched = self.state.fetched.lock();
        let fetched = fetched.unwrap_or_else(std::sync::PoisonError::into_inner);
        let name = format!("{name}.txt");
        fetched.iter().find(|asked| asked.name == name).cloned()
    }

    /// The next callback that has not been taken.
    pub async fn called(&mut self) -> Option<Asked> {
        tokio::time::timeout(PATIENCE, self.callbacks.recv())
            .await
            .ok()
            .flatten()
    }

    /// Whether it refuses callbacks from now on.
    pub fn refuse(&self, refuse: bool) {
        let flag = &self.state.refuse;
        flag.store(refuse, std::sync::atomic::Ordering::Release);
    }
}

impl Drop for Integrator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn token(state: &Place, headers: &HeaderMap) -> Option<String> {
    let value = headers.get(&state.header)?.to_str().ok()?;
    Some(value.to_owned())
}

async fn file(
    State(state): State<Arc<Place>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let asked = Asked {
        header: token(&state, &headers),
        body: Value::Null,
        name,
    };
    let fetched = state.fetched.lock();
    fetched
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .push(asked);
    ([("content-type", "text/plain; charset=utf-8")], CONTENT)
}

async fn callback(
    State(state): State<Arc<Place>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Json<Value> {
    let asked = Asked {
        header: token(&state, &headers),
        body,
        name,
    };
    let error = i32::from(state.refuse.load(std::sync::atomic::Ordering::Acquire));
    // Nobody listens any more at the end of a run.
    let _ = state.called.send(asked);
    Json(json!({ "error": error }))
}
