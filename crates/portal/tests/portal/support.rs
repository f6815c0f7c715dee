//! A portal in a temporary folder, a browser with cookies, and a document server that delivers files.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path as UrlPath, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use recto_portal::{Portal, PortalConfig, SAMPLE_PASSWORD};
use recto_token::{Keys, RequestParts, Secret, Service, sign_body, sign_header, verify_request};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Barrier;
use tower::ServiceExt;
use url::Url;
use url::form_urlencoded;

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub const PUBLIC: &str = "http://portal.example:8081";
pub const NOW: i64 = 1_795_500_000;

pub fn docx() -> &'static [u8] {
    include_bytes!("../../blank/blank.docx")
}

pub fn xlsx() -> &'static [u8] {
    include_bytes!("../../blank/blank.xlsx")
}

/// Another valid docx: trailing bytes after a zip's end do not change what it is.
pub fn changed_docx(mark: &str) -> Vec<u8> {
    [docx(), mark.as_bytes()].concat()
}

type Stored = (StatusCode, Vec<u8>);

/// A document server that delivers whatever a test puts there, and counts how often it was asked.
#[derive(Clone, Default)]
pub struct DocumentServer {
    files: Arc<Mutex<HashMap<String, Stored>>>,
    pub fetched: Arc<AtomicUsize>,
    /// The commands that were answered, as their tokens have them.
    pub commands: Arc<Mutex<Vec<Value>>>,
    /// Answers commands only when so many are waiting; at once if it is not set.
    pub together: Arc<Mutex<Option<Arc<Barrier>>>>,
}

impl DocumentServer {
    async fn start() -> (Self, Url) {
        let server = Self::default();
        let router = Router::new()
            .route(
                "/cache/files/{id}/{name}",
                get(
                    async |State(server): State<Self>,
                           UrlPath((id, _)): UrlPath<(String, String)>| {
                        server.deliver(&id)
                    },
                ),
            )
            .route(
                "/command",
                post(async |State(server): State<Self>, body: Bytes| {
                    let parts = RequestParts {
                        body: &body,
                        query: &[],
                        header: None,
                        prefix: "Bearer ",
                    };
                    let keys = Keys::from_secret(Secret::from(SECRET));
                    let command = verify_request(&keys, Service::Command, &parts, NOW)
                        .expect("a command that the shared secret signed");
                    let command = Value::Object(command.into_inner());
                    let together = server.together.lock().expect("not poisoned").clone();
                    if let Some(together) = together {
                        together.wait().await;
                    }
                    server.commands.lock().expect("not poisoned").push(command);
                    Json(json!({ "error": 0 }))
                }),
            )
            .with_state(server.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"))
            .parse()
            .expect("valid");
        tokio::spawn(async move { axum::serve(listener, router).await });
        (server, url)
    }

    fn deliver(&self, id: &str) -> Stored {
        self.fetched.fetch_add(1, Ordering::SeqCst);
        self.files
            .lock()
            .expect("not poisoned")
            .get(id)
            .cloned()
            .unwrap_or((StatusCode::NOT_FOUND, Vec::new()))
    }

    pub fn put(&self, id: &str, content: &[u8]) {
        self.answer(id, StatusCode::OK, content);
    }

    pub fn answer(&self, id: &str, status: StatusCode, content: &[u8]) {
        self.files
            .lock()
            .expect("not poisoned")
            .insert(id.to_owned(), (status, content.to_vec()));
    }
}

pub struct Stage {
    pub router: Router,
    pub documents: DocumentServer,
    pub documents_url: Url,
    pub folder: TempDir,
    pub clock: Arc<AtomicI64>,
}

/// What a request was answered with.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    pub fn location(&self) -> &str {
        self.headers
            .get(LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl Stage {
    pub async fn new() -> Self {
        Self::with_samples(true).await
    }

    pub async fn with_samples(samples: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let given = folder.path().join("samples");
        std::fs::create_dir(&given).expect("a folder");
        if samples {
            std::fs::write(given.join("Welcome.docx"), docx()).expect("writes");
        }
        let (documents, documents_url) = DocumentServer::start().await;
        let clock = Arc::new(AtomicI64::new(NOW));
        let router = start(folder.path(), &documents_url, Some(given), &clock).await;
        Self {
            router,
            documents,
            documents_url,
            folder,
            clock,
        }
    }

    /// The portal as it is after a restart.
    pub async fn restarted(self) -> Self {
        let router = start(self.folder.path(), &self.documents_url, None, &self.clock).await;
        Self { router, ..self }
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser {
            stage: self,
            cookies: BTreeMap::new(),
        }
    }

    pub async fn signed_in(&self, user: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let answer = browser.sign_in(user, SAMPLE_PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        browser
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("reads").to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    fn keys() -> Keys {
        Keys::from_secret(Secret::from(SECRET))
    }

    /// A callback as a document server sends it: signed in the header and in the body.
    pub async fn callback(&self, file: &str, fields: &Value) -> Answer {
        let now = self.clock.load(Ordering::SeqCst);
        let mut body = fields.clone();
        body["token"] = json!(sign_body(&Self::keys(), fields, now));
        let header = sign_header(&Self::keys(), fields, now);
        self.raw_callback(file, &body, Some(&format!("Bearer {header}")))
            .await
    }

    pub async fn raw_callback(
        &self,
        file: &str,
        body: &Value,
        authorization: Option<&str>,
    ) -> Answer {
        let mut request = Request::post(format!("/integration/callback/{file}"))
            .header(CONTENT_TYPE, "application/json");
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        self.send(request.body(Body::from(body.to_string())).expect("valid"))
            .await
    }

    /// Fetches an address of the integration as the document server does.
    pub async fn fetch_signed(&self, url: &str) -> Answer {
        let header = sign_header(
            &Self::keys(),
            &json!({ "url": url }),
            self.clock.load(Ordering::SeqCst),
        );
        let path = url.strip_prefix(PUBLIC).expect("an address of the portal");
        self.send(
            Request::get(path)
                .header(AUTHORIZATION, format!("Bearer {header}"))
                .body(Body::empty())
                .expect("valid"),
        )
        .await
    }

    /// Where the test's document server has a result.
    pub fn result_url(&self, id: &str) -> String {
        self.documents_url
            .join(&format!("cache/files/{id}/output.docx?expires=1&sig=s"))
            .expect("valid")
            .to_string()
    }

    /// How many contents lie on disk.
    pub fn contents(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("data/files"))
            .expect("lists")
            .count()
    }
}

async fn start(
    folder: &Path,
    document_server: &Url,
    samples: Option<std::path::PathBuf>,
    clock: &Arc<AtomicI64>,
) -> Router {
    let config = PortalConfig {
        listen: "127.0.0.1:0".parse().expect("valid"),
        data: folder.join("data"),
        document_server: document_server.clone(),
        public_url: PUBLIC.parse().expect("valid"),
        secret: Secret::from(SECRET),
        samples,
    };
    let clock = Arc::clone(clock);
    Portal::with_clock(config, Arc::new(move || clock.load(Ordering::SeqCst)))
        .await
        .expect("starts")
        .router()
}

/// Cookies and forms, as a browser handles them.
pub struct Browser<'s> {
    pub stage: &'s Stage,
    pub cookies: BTreeMap<String, String>,
}

impl Browser<'_> {
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let jar = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ");
        if !jar.is_empty() {
            request
                .headers_mut()
                .insert(COOKIE, jar.parse().expect("valid"));
        }
        let answer = self.stage.send(request).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let text = cookie.to_str().expect("ASCII");
            let (name, value) = text
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a pair");
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("valid"))
            .await
    }

    /// The form token of a page.
    pub async fn token(&mut self, path: &str) -> String {
        let page = self.get(path).await.text();
        let start = page.find("name=\"csrf\" value=\"").expect("a form") + 19;
        page[start..start + 64].to_owned()
    }

    /// Sends a form without a token.
    pub async fn post_plain(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).expect("valid"))
            .await
    }

    /// Sends a form with the token of the file list, or of the sign-in page before signing in.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = if self.cookies.contains_key("recto_session") {
            "/files"
        } else {
            "/sign-in"
        };
        let token = self.token(page).await;
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post_plain(path, &all).await
    }

    pub async fn sign_in(&mut self, user: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("user", user), ("password", password)])
            .await
    }

    pub async fn upload(&mut self, name: &str, content: &[u8]) -> Answer {
        let token = self.token("/files").await;
        self.upload_with(&token, name, content).await
    }

    pub async fn upload_with(&mut self, token: &str, name: &str, content: &[u8]) -> Answer {
        let mut body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--edge\r\nContent-Disposition: \
             form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: application/octet-stream\r\n\r\n",
            name.replace('"', "%22")
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::post("/files/upload")
            .header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request.body(Body::from(body)).expect("valid"))
            .await
    }

    /// The id of the file that the list shows under this name.
    pub async fn file(&mut self, name: &str) -> Option<String> {
        let page = self.get("/files").await.text();
        let row = page
            .split("data-testid=\"file-row\"")
            .find(|row| row.contains(&format!("data-name=\"{name}\"")))?;
        let id = row.split("data-id=\"").nth(1)?;
        id.split('"').next().map(str::to_owned)
    }

    /// The configuration that the editor page carries.
    pub async fn config(&mut self, file: &str) -> Value {
        let page = self.get(&format!("/files/{file}/edit")).await.text();
        let (_, rest) = page
            .split_once("id=\"editor-config\"")
            .expect("a configuration");
        let (_, rest) = rest.split_once('>').expect("an element");
        serde_json::from_str(rest.split("</script>").next().expect("an end")).expect("JSON")
    }

    /// The document key that the editor page opens with.
    pub async fn key(&mut self, file: &str) -> String {
        self.config(file).await["document"]["key"]
            .as_str()
            .expect("a key")
            .to_owned()
    }

    /// Numbers of the versions that the page lists, newest first.
    pub async fn version_numbers(&mut self, file: &str) -> Vec<i64> {
        let page = self.get(&format!("/files/{file}/versions")).await.text();
        page.split("data-version=\"")
            .skip(1)
            .map(|rest| {
                rest.split('"')
                    .next()
                    .and_then(|number| number.parse().ok())
                    .expect("a number")
            })
            .collect()
    }

    pub async fn version(&mut self, file: &str, number: i64) -> Vec<u8> {
        let answer = self
            .get(&format!("/files/{file}/versions/{number}/download"))
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.bytes
    }
}
