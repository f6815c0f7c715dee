//! An application that embeds the editor: it serves files, signs configs and takes callbacks.

use std::collections::{HashMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use recto_token::{Secret, sign_config};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::{LONGEST, SECRET, now};

/// What a callback is answered with.
#[derive(Clone)]
pub struct Answer(pub StatusCode, pub &'static str);

/// A callback as it arrived.
#[derive(Clone, Debug)]
pub struct Called {
    /// The path that it came to.
    pub path: String,
    /// The body.
    pub body: Value,
    /// The header that carries the token.
    pub header: Option<String>,
}

impl Called {
    /// `status`
    pub fn status(&self) -> u64 {
        self.body["status"].as_u64().unwrap()
    }
}

#[derive(Default)]
struct Inner {
    files: Mutex<HashMap<String, Vec<u8>>>,
    fetched: Mutex<Vec<(String, Option<String>)>>,
    answers: Mutex<VecDeque<Answer>>,
    taken: Mutex<usize>,
    held: Mutex<Option<oneshot::Receiver<()>>>,
}

/// The application. It has threads of its own, so that it can go down with all its connections.
pub struct Integrator {
    inner: Arc<Inner>,
    called: watch::Sender<Vec<Called>>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

#[derive(Clone)]
struct Shared {
    inner: Arc<Inner>,
    called: watch::Sender<Vec<Called>>,
}

impl Integrator {
    /// Starts it on a free port. It has one file, `text.txt`.
    pub async fn start() -> Self {
        let mut integrator = Self {
            inner: Arc::default(),
            called: watch::Sender::new(Vec::new()),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            runtime: None,
        };
        integrator.serve("text.txt", "The first line\n");
        integrator.up().await;
        integrator
    }

    /// Puts a file there.
    pub fn serve(&self, name: &str, content: impl Into<Vec<u8>>) {
        self.inner
            .files
            .lock()
            .unwrap()
            .insert(name.into(), content.into());
    }

    /// Listens, at the same address as before if there was one.
    pub async fn up(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let app = Router::new()
            .route("/files/{name}", get(file))
            .route("/{callback}", post(callback))
            .with_state(Shared {
                inner: self.inner.clone(),
                called: self.called.clone(),
            });
        let address = self.address;
        self.address = runtime
            .spawn(async move {
                let listener = TcpListener::bind(address).await.unwrap();
                let address = listener.local_addr().unwrap();
                tokio::spawn(async move { axum::serve(listener, app).await });
                address
            })
            .await
            .unwrap();
        self.runtime = Some(runtime);
    }

    /// Goes down: connections are refused from now on, and open ones end.
    pub fn down(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    /// The address of one of its paths.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the next callbacks are answered with, in order; after them `{"error":0}`.
    pub fn answer_next(&self, answers: impl IntoIterator<Item = Answer>) {
        self.inner.answers.lock().unwrap().extend(answers);
    }

    /// Answers the next callback only when what is given is dropped.
    pub fn hold_next(&self) -> oneshot::Sender<()> {
        let (release, held) = oneshot::channel();
        *self.inner.held.lock().unwrap() = Some(held);
        release
    }

    /// The config for a user who may edit `text.txt`, not signed yet.
    pub fn config(&self, key: &str, user: &str, name: &str) -> Value {
        json!({
            "document": {
                "fileType": "txt", "key": key, "title": "Text.txt",
                "url": self.url("/files/text.txt"),
                "permissions": { "edit": true },
            },
            "documentType": "word",
            "editorConfig": {
                "callbackUrl": self.url("/callback"), "mode": "edit", "lang": "en",
                "user": { "id": user, "name": name },
            },
        })
    }

    /// The same config, signed.
    pub fn signed(&self, key: &str, user: &str, name: &str) -> Value {
        signed(self.config(key, user, name))
    }

    /// The next callback that no earlier call has given.
    pub async fn called(&self) -> Called {
        let next = *self.inner.taken.lock().unwrap();
        let mut all = self.called.subscribe();
        let seen = timeout(LONGEST, all.wait_for(|all| all.len() > next))
            .await
            .is_ok_and(|seen| seen.is_ok());
        let all = all.borrow().clone();
        assert!(seen, "no further callback came: {all:?}");
        *self.inner.taken.lock().unwrap() += 1;
        all[next].clone()
    }

    /// The next callback with this status; earlier ones are passed over.
    pub async fn called_with(&self, status: u64) -> Called {
        loop {
            let called = self.called().await;
            if called.status() == status {
                return called;
            }
        }
    }

    /// All callbacks so far.
    pub fn all_called(&self) -> Vec<Called> {
        self.called.borrow().clone()
    }

    /// Which files were fetched, with the header that carried a token.
    pub fn fetched(&self) -> Vec<(String, Option<String>)> {
        self.inner.fetched.lock().unwrap().clone()
    }
}

impl Drop for Integrator {
    fn drop(&mut self) {
        self.down();
    }
}

/// Signs a config for five minutes.
pub fn signed(config: Value) -> Value {
    signed_by(SECRET, config)
}

/// Signs a config with another secret.
pub fn signed_by(secret: &str, mut config: Value) -> Value {
    let token = sign_config(&Secret::from(secret), &config, now(), 300);
    config["token"] = token.into();
    config
}

fn token_header(headers: &HeaderMap) -> Option<String> {
    let header = headers.get(header::AUTHORIZATION)?;
    Some(header.to_str().unwrap().to_owned())
}

async fn file(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let token = token_header(&headers);
    shared
        .inner
        .fetched
        .lock()
        .unwrap()
        .push((name.clone(), token));
    match shared.inner.files.lock().unwrap().get(&name) {
        Some(content) => content.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn callback(
    State(shared): State<Shared>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let called = Called {
        path,
        body: serde_json::from_slice(&body).unwrap(),
        header: token_header(&headers),
    };
    let answer = shared.inner.answers.lock().unwrap().pop_front();
    let Answer(status, text) = answer.unwrap_or(Answer(StatusCode::OK, r#"{"error":0}"#));
    let held = shared.inner.held.lock().unwrap().take();
    shared.called.send_modify(|all| all.push(called));
    if let Some(held) = held {
        // It comes to an end when the other side is dropped.
        let _ = held.await;
    }
    (status, text).into_response()
}
