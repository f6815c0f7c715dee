//! What the operator may open and close, each tenant for itself.

mod common;

use std::sync::Arc;

use common::{
    NOW, Names, Site, answer, code, config, download, fetcher, fetcher_with, opening, public_only,
    secret,
};
use http::HeaderName;
use recto_docs_api::{Callback, DocumentKey, Explain, Status};
use recto_fetch::{Authorities, FetchConfig, HostPattern, Policy};
use recto_token::{Keys, Secret, verify_callback, verify_download};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

const OTHER: &str = "another tenant's secret that is long enough";

fn hosts(list: &[&str]) -> Vec<HostPattern> {
    list.iter().map(|text| text.parse().unwrap()).collect()
}

fn with(policy: Policy) -> FetchConfig {
    FetchConfig { policy, ..config() }
}

fn names() -> Names {
    Names::default()
        .with("integrator.test", &[&["127.0.0.1"]])
        .with("files.apps.test", &[&["127.0.0.1"]])
        .with("meta.apps.test", &[&["169.254.169.254"]])
        .with("third.test", &[&["127.0.0.1"]])
}

#[tokio::test]
async fn s7_an_allowed_host_does_not_switch_the_guard_off() {
    let site = Site::start(|_, _| answer(200, "PK")).await;
    let policy = Policy {
        hosts: hosts(&["integrator.test", "*.apps.test"]),
        ..Policy::default()
    };
    let fetcher = fetcher_with(with(policy), names());
    for (host, expected) in [
        ("integrator.test", "ok"),
        ("files.apps.test", "ok"),
        ("meta.apps.test", "fetch.forbidden_address"),
        ("third.test", "fetch.forbidden_address"),
        ("127.0.0.1", "fetch.forbidden_address"),
        ("localhost", "fetch.unreachable"),
    ] {
        assert_eq!(
            code(&fetcher, &site.url_at(host, "/a")).await,
            expected,
            "{host}"
        );
    }
}

#[tokio::test]
async fn s7_an_allowed_host_does_not_open_what_it_redirects_to() {
    let inner = Site::start(|_, _| answer(200, "PK")).await;
    let there = inner.url_at("third.test", "/secret");
    let site = Site::start(move |_, _| common::redirect(302, &there)).await;
    let policy = Policy {
        hosts: hosts(&["integrator.test"]),
        ..Policy::default()
    };
    let fetcher = fetcher_with(with(policy), names());
    let url = site.url_at("integrator.test", "/a");
    assert_eq!(code(&fetcher, &url).await, "fetch.forbidden_address");
    assert!(inner.seen().is_empty());
}

#[tokio::test]
async fn s7_each_tenant_has_a_list_of_its_own() {
    let site = Site::start(|_, _| answer(200, "PK")).await;
    let url = site.url_at("integrator.test", "/a");
    let base = fetcher_with(public_only(), names());
    let tenant = |policy, secret: &str| {
        let keys = Arc::new(Keys::from_secret(Secret::from(secret)));
        base.for_tenant(policy, Authorities::default(), Some(keys))
            .unwrap()
    };
    let one = tenant(
        Policy {
            hosts: hosts(&["integrator.test"]),
            ..Policy::default()
        },
        OTHER,
    );
    let two = tenant(Policy::default(), OTHER);
    assert_eq!(code(&one, &url).await, "ok");
    assert_eq!(code(&two, &url).await, "fetch.forbidden_address");
    assert_eq!(code(&base, &url).await, "fetch.forbidden_address");
    // It is signed with the tenant's own secret.
    let sent = site.seen();
    let header = sent[0].authorization();
    assert!(verify_download(&Secret::from(OTHER), header, &url, NOW).is_ok());
    assert!(verify_download(&secret(), header, &url, NOW).is_err());
}

#[tokio::test]
async fn s7_only_what_is_listed_is_contacted_if_that_is_wanted() {
    let site = Site::start(|_, _| answer(200, "PK")).await;
    let policy = Policy {
        hosts: hosts(&["integrator.test"]),
        only_listed: true,
        ..Policy::default()
    };
    let public = names().with("public.test", &[&["93.184.216.34"]]);
    let fetcher = fetcher_with(with(policy), public);
    assert_eq!(
        code(&fetcher, &site.url_at("integrator.test", "/a")).await,
        "ok"
    );
    for host in ["public.test", "93.184.216.34"] {
        let url = site.url_at(host, "/a");
        assert_eq!(code(&fetcher, &url).await, "fetch.not_listed", "{host}");
        let opening = opening(&url, Some(&url));
        let callback = Callback::new(DocumentKey::try_from("k1").unwrap(), Status::Closed);
        let error = fetcher.callback(&opening, &callback).await.unwrap_err();
        assert_eq!(error.code(), "callback.not_listed", "{host}");
    }
}

#[tokio::test]
async fn s8_an_excluded_host_gets_no_token() {
    let site = Site::start(|seen, _| match seen.path.as_str() {
        "/refused" => answer(403, ""),
        "/callback" => answer(200, r#"{"error":0}"#),
        _ => answer(200, "PK"),
    })
    .await;
    let fetcher = fetcher_with(
        with(Policy {
            unsigned: hosts(&["*.apps.test"]),
            ..config().policy
        }),
        names(),
    );
    download(&fetcher, &site.url_at("integrator.test", "/a"))
        .await
        .unwrap();
    download(&fetcher, &site.url_at("files.apps.test", "/a"))
        .await
        .unwrap();
    let url = site.url_at("files.apps.test", "/callback");
    let callback = Callback::new(DocumentKey::try_from("k1").unwrap(), Status::Closed);
    fetcher
        .callback(&opening(&url, Some(&url)), &callback)
        .await
        .unwrap();
    let seen = site.seen();
    assert!(seen[0].authorization().is_some());
    assert_eq!(seen[1].authorization(), None);
    assert_eq!(seen[2].authorization(), None);
    let body: Value = serde_json::from_slice(&seen[2].body).unwrap();
    assert_eq!(body, serde_json::to_value(&callback).unwrap());

    let url = site.url_at("files.apps.test", "/refused");
    let error = download(&fetcher, &url).await.unwrap_err();
    assert!(error.hint().contains("unsigned_host"), "{}", error.hint());
}

/// Stores refuse a request that carries two signatures.
#[tokio::test]
async fn s8_an_address_with_a_signature_of_its_own_gets_no_token() {
    let site = Site::start(|seen, _| match seen.authorization() {
        Some(_) if seen.path.contains("X-Amz-Signature") => answer(400, "two signatures"),
        _ => answer(200, "PK"),
    })
    .await;
    let signed = site.url_at("integrator.test", "/a?X-Amz-Date=1&X-Amz-Signature=ff");
    let error = download(&fetcher(config()), &signed).await.unwrap_err();
    assert!(error.hint().contains("unsigned_url"), "{}", error.hint());
    let fetcher = fetcher_with(
        with(Policy {
            unsigned_urls: vec!["X-Amz-Signature=".parse().unwrap()],
            ..config().policy
        }),
        names(),
    );
    assert_eq!(code(&fetcher, &signed).await, "ok");
    let other = site.url_at("integrator.test", "/a");
    assert_eq!(code(&fetcher, &other).await, "ok");
    let tokens: Vec<bool> = site
        .seen()
        .iter()
        .map(|seen| seen.authorization().is_some())
        .collect();
    assert_eq!(tokens, [true, false, true]);
}

#[tokio::test]
async fn the_header_has_the_name_and_the_prefix_that_were_set() {
    let site = Site::start(|_, _| answer(200, r#"{"error":0}"#)).await;
    let fetcher = fetcher(FetchConfig {
        token_header: HeaderName::from_static("authorizationjwt"),
        token_prefix: "Token ".into(),
        ..config()
    });
    let url = site.url("/a");
    download(&fetcher, &url).await.unwrap();
    let callback = Callback::new(DocumentKey::try_from("k1").unwrap(), Status::Closed);
    fetcher
        .callback(&opening(&url, Some(&url)), &callback)
        .await
        .unwrap();
    for seen in site.seen() {
        assert_eq!(seen.authorization(), None);
        let header = seen.headers["authorizationjwt"].to_str().unwrap();
        assert!(header.starts_with("Token eyJ"), "{header}");
    }
    // The body's token does not depend on it.
    let body: Value = serde_json::from_slice(&site.seen()[1].body).unwrap();
    assert!(verify_callback(&secret(), &body, None, NOW).is_ok());
}

/// A site whose certificate is signed by nobody known; gives its port and that certificate.
async fn private_site() -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(vec!["integrator.test".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
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
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nPK";
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (port, made.cert.pem())
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_and_no_other() {
    let (port, pem) = private_site().await;
    let (_, another) = private_site().await;
    let url = format!("https://integrator.test:{port}/a");
    let trusting = |pem: &str| FetchConfig {
        authorities: Authorities::from_pem(pem.as_bytes()).unwrap(),
        ..config()
    };
    let error = download(&fetcher(config()), &url).await.unwrap_err();
    assert!(error.message().contains("TLS with"), "{error}");
    assert!(error.hint().contains("--ca-file"), "{}", error.hint());
    assert_eq!(
        code(&fetcher(trusting(&another)), &url).await,
        "fetch.unreachable"
    );
    assert_eq!(code(&fetcher(trusting(&pem)), &url).await, "ok");
    let both = format!("{another}{pem}");
    assert_eq!(code(&fetcher(trusting(&both)), &url).await, "ok");
    // Trust in a certificate is no trust in another name.
    let names = Names::default().with("other.test", &[&["127.0.0.1"]]);
    let fetcher = fetcher_with(trusting(&pem), names);
    assert_eq!(
        code(&fetcher, &format!("https://other.test:{port}/a")).await,
        "fetch.unreachable"
    );
}

#[tokio::test]
async fn verification_can_be_switched_off_and_nothing_else_with_it() {
    let (port, _) = private_site().await;
    let url = format!("https://integrator.test:{port}/a");
    let insecure = FetchConfig {
        insecure_tls: true,
        ..config()
    };
    assert_eq!(code(&fetcher(insecure.clone()), &url).await, "ok");
    let insecure = FetchConfig {
        policy: Policy::default(),
        ..insecure
    };
    assert_eq!(
        code(&fetcher(insecure), &url).await,
        "fetch.forbidden_address"
    );
}
