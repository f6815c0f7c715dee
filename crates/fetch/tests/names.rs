//! The names of headers as a bare socket sees them: PHP's `apache_request_headers()` keeps them as they
//! were sent, and applications look for `Authorization` in what it returns.

mod common;

use std::sync::Arc;

use common::{config, download, fetcher, opening};
use recto_docs_api::{Callback, DocumentKey, Status};
use recto_fetch::{Authorities, FetchConfig, Fetcher};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Reads a request's head as it is on the wire, and answers it.
async fn head(mut stream: impl AsyncRead + AsyncWrite + Unpin, body: &str) -> String {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0, "it ended");
    }
    let length = body.len();
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await.unwrap();
    let text = String::from_utf8_lossy(&bytes);
    text.split_once("\r\n\r\n").unwrap().0.to_owned()
}

/// A bare socket that takes one request.
async fn socket(body: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = tokio::spawn(async move { head(listener.accept().await.unwrap().0, body).await });
    (format!("http://integrator.test:{port}/a"), seen)
}

/// The first line, and the names of the headers, sorted.
fn names(head: &str) -> String {
    let mut lines = head.lines();
    let first = lines.next().unwrap();
    let mut names: Vec<&str> = lines.map(|line| line.split_once(':').unwrap().0).collect();
    names.sort_unstable();
    format!("{first}: {}", names.join(", "))
}

async fn call_back(fetcher: &Fetcher, url: &str) {
    let callback = Callback::new(DocumentKey::try_from("k1").unwrap(), Status::Closed);
    let opening = opening("http://unused.test/", Some(url));
    fetcher.callback(&opening, &callback).await.unwrap();
}

#[tokio::test]
async fn the_headers_of_a_download_have_their_names_in_title_case() {
    let (url, seen) = socket("PK").await;
    download(&fetcher(config()), &url).await.unwrap();
    insta::assert_snapshot!(names(&seen.await.unwrap()), @"GET /a HTTP/1.1: Accept, Accept-Encoding, Authorization, Host, User-Agent");
}

#[tokio::test]
async fn the_headers_of_a_callback_have_their_names_in_title_case() {
    let (url, seen) = socket(r#"{"error":0}"#).await;
    call_back(&fetcher(config()), &url).await;
    insta::assert_snapshot!(names(&seen.await.unwrap()), @"POST /a HTTP/1.1: Accept, Accept-Encoding, Authorization, Content-Length, Content-Type, Host, User-Agent");
}

#[tokio::test]
async fn a_server_that_would_speak_http_2_is_spoken_to_in_http_1() {
    let made = rcgen::generate_simple_self_signed(vec!["integrator.test".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let mut tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        head(acceptor.accept(stream).await.unwrap(), r#"{"error":0}"#).await
    });
    let trusting = FetchConfig {
        authorities: Authorities::from_pem(made.cert.pem().as_bytes()).unwrap(),
        ..config()
    };
    let url = format!("https://integrator.test:{port}/a");
    call_back(&fetcher(trusting), &url).await;
    insta::assert_snapshot!(names(&seen.await.unwrap()), @"POST /a HTTP/1.1: Accept, Accept-Encoding, Authorization, Content-Length, Content-Type, Host, User-Agent");
}
