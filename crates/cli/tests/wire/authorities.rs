//! A site whose certificate is signed by nobody whom everybody knows.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::common::{Server, Setup, body, new_key, post};

/// Serves a text by TLS on a port of its own; gives its address and its certificate.
async fn private_site() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/a.txt", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust us ends it here.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let answer =
                    "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nHello.";
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (url, made.cert.pem())
}

async fn converted(server: &Server, url: &str) -> Value {
    let fields = json!({
        "key": new_key("authority"), "url": url, "filetype": "txt", "outputtype": "pdf",
    });
    post(server, "/converter", &body(&fields)).await.1
}

/// `SSL_CERT_FILE` stands for the system's store, which no test may change.
#[tokio::test]
async fn a_private_authority_is_trusted_by_file_and_by_the_systems_store() {
    let (url, pem) = private_site().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, pem).unwrap();
    let path = path.to_str().unwrap();

    let refused = converted(&*Server::shared().await, &url).await;
    assert_eq!(refused["code"], "fetch.unreachable", "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("TLS with"));
    for setup in [
        Setup::default().env("SSL_CERT_FILE", path),
        Setup::default().arg("--ca-file", path),
    ] {
        let server = Server::start(&setup).await;
        let answer = converted(&server, &url).await;
        assert_eq!(answer["endConvert"], true, "{answer}");
    }
}
