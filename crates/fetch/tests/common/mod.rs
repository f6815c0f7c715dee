//! A web application to fetch from, and names that lead to it.

// each test file uses its own part of this
#![allow(dead_code)]

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use recto_docs_api::{Access, DocumentKey, Explain, FileType, Permissions};
use recto_fetch::{Downloaded, FetchConfig, FetchError, Fetcher, Lookup, Policy};
use recto_token::{Keys, Opening, Participant, Secret, Verified};
use tokio::net::TcpListener;

pub const NOW: i64 = 1_700_000_000;
const SECRET: &str = "a secret for tests that is long enough";

pub fn secret() -> Secret {
    Secret::from(SECRET)
}

/// A request as the site got it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn authorization(&self) -> Option<&str> {
        let value = self.headers.get(header::AUTHORIZATION)?;
        Some(value.to_str().unwrap())
    }
}

/// A web application on a loopback address. Stops when dropped.
pub struct Site {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Site {
    /// Answers every request by `answer`, which also gets its number, from 0.
    pub async fn start(answer: impl Fn(&Seen, usize) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (record, answer) = (seen.clone(), Arc::new(answer));
        let app = axum::Router::new().fallback(move |request: Request| {
            let (record, answer) = (record.clone(), answer.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
                let request = Seen {
                    method: parts.method,
                    path: parts.uri.to_string(),
                    headers: parts.headers,
                    body,
                };
                let number = {
                    let mut record = record.lock().unwrap();
                    record.push(request.clone());
                    record.len() - 1
                };
                answer(&request, number)
            }
        });
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            address,
            seen,
            task,
        }
    }

    /// An address of the site, by number.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// An address of the site, by a name of [`Names`].
    pub fn url_at(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.address.port())
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

pub fn redirect(status: u16, location: impl AsRef<str>) -> Response {
    Response::builder()
        .status(status)
        .header(header::LOCATION, location.as_ref())
        .body(Body::empty())
        .unwrap()
}

pub fn answer(status: u16, body: impl Into<Body>) -> Response {
    Response::builder()
        .status(status)
        .body(body.into())
        .unwrap()
}

/// A name server: each name has answers, given one after the other, the last forever.
#[derive(Default)]
pub struct Names(Mutex<HashMap<String, Vec<Vec<IpAddr>>>>);

impl Names {
    pub fn with(self, name: &str, answers: &[&[&str]]) -> Self {
        let mut answers: Vec<Vec<IpAddr>> = answers
            .iter()
            .map(|list| list.iter().map(|ip| ip.parse().unwrap()).collect())
            .collect();
        answers.reverse();
        self.0.lock().unwrap().insert(name.into(), answers);
        self
    }
}

impl Lookup for Names {
    fn lookup(
        &self,
        host: String,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let mut names = self.0.lock().unwrap();
        let found = match names.get_mut(&host) {
            Some(answers) if answers.len() > 1 => answers.pop(),
            Some(answers) => answers.first().cloned(),
            None => None,
        };
        Box::pin(async move { found.ok_or_else(|| io::Error::other("no such name")) })
    }
}

/// Limits that no test reaches by accident, loopback allowed, and no pause between attempts.
pub fn config() -> FetchConfig {
    FetchConfig {
        policy: Policy::with_networks(vec!["127.0.0.0/8".parse().unwrap()]),
        retry_delay: Duration::ZERO,
        ..FetchConfig::default()
    }
}

/// The same without the allowed network.
pub fn public_only() -> FetchConfig {
    FetchConfig {
        policy: Policy::with_networks(Vec::new()),
        ..config()
    }
}

pub fn fetcher(config: FetchConfig) -> Fetcher {
    let names = Names::default()
        .with("integrator.test", &[&["127.0.0.1"]])
        .with("third.test", &[&["127.0.0.1"]])
        .with("localhost", &[&["::1", "127.0.0.1"]]);
    fetcher_with(config, names)
}

pub fn fetcher_with(config: FetchConfig, names: Names) -> Fetcher {
    let keys = Arc::new(Keys::from_secret(secret()));
    Fetcher::with_lookup(config, Some(keys), Arc::new(|| NOW), Arc::new(names)).unwrap()
}

pub fn opening(url: &str, callback_url: Option<&str>) -> Verified<Opening> {
    Verified::with_tokens_off(Opening {
        key: DocumentKey::try_from("k1").unwrap(),
        url: url.into(),
        title: "Report.docx".into(),
        file_type: FileType::parse("docx").unwrap(),
        callback_url: callback_url.map(Into::into),
        user: Participant {
            id: "u1".into(),
            name: "Ann".into(),
            group: None,
            signed: true,
        },
        lang: None,
        access: Access::Edit,
        permissions: Permissions::default(),
        force_save: false,
        losses: None,
        version_of: None,
        previous: None,
    })
}

/// A folder, and the path in it that a download goes to.
pub struct Place {
    _dir: tempfile::TempDir,
    pub file: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("document");
        Self { _dir: dir, file }
    }
}

/// Downloads into a folder of its own.
pub async fn download(fetcher: &Fetcher, url: &str) -> Result<Downloaded, FetchError> {
    let place = Place::new();
    let done = fetcher.download(&opening(url, None), &place.file).await;
    assert_eq!(
        done.is_ok(),
        place.file.exists(),
        "a file stays behind exactly when the download succeeds"
    );
    done
}

/// How a download ends: `ok`, or the error's code.
pub async fn code(fetcher: &Fetcher, url: &str) -> &'static str {
    match download(fetcher, url).await {
        Ok(_) => "ok",
        Err(e) => e.code(),
    }
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}
