//! Downloads from web applications that attack: addresses, redirects, bodies, credentials.

mod common;

use std::process::Command;
use std::time::Duration;

use axum::body::Body;
use axum::http::header;
use bytes::Bytes;
use common::{
    NOW, Names, Site, answer, code, config, download, fetcher, fetcher_with, gzip, public_only,
    redirect, secret,
};
use futures::stream;
use recto_docs_api::Explain;
use recto_fetch::{AddressClass, Cause, FetchConfig, FetchError, Policy};
use recto_token::verify_download;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn s1_no_spelling_of_the_own_machine_is_contacted() {
    let site = Site::start(|_, _| answer(200, "PK")).await;
    let fetcher = fetcher(public_only());
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[2002:7f00:1::]",
        "[64:ff9b::7f00:1]",
        "localhost",
        "integrator.test",
    ] {
        let url = site.url_at(host, "/a");
        assert_eq!(
            code(&fetcher, &url).await,
            "fetch.forbidden_address",
            "{host}"
        );
        assert_eq!(
            fetcher.check(&url).await.unwrap_err().code(),
            "fetch.forbidden_address",
            "{host}"
        );
    }
    assert!(site.seen().is_empty());
}

#[tokio::test]
async fn s2_a_name_that_turns_private_after_the_check_is_not_contacted() {
    let site = Site::start(|_, _| answer(200, "PK")).await;
    let names = Names::default().with("rebind.test", &[&["93.184.216.34"], &["127.0.0.1"]]);
    let fetcher = fetcher_with(public_only(), names);
    let url = site.url_at("rebind.test", "/a");
    fetcher.check(&url).await.unwrap();
    let error = download(&fetcher, &url).await.unwrap_err();
    assert!(
        matches!(
            error,
            FetchError::ForbiddenAddress {
                class: AddressClass::Loopback,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(site.seen().is_empty());
}

#[tokio::test]
async fn s3_each_hop_is_judged() {
    // 127.0.0.1 is permitted, where the redirects start; where they lead is not
    let only_home = FetchConfig {
        policy: Policy::with_networks(vec!["127.0.0.1/32".parse().unwrap()]),
        ..config()
    };
    let names = Names::default()
        .with("integrator.test", &[&["127.0.0.1"]])
        .with("inside.test", &[&["10.0.0.1"]]);
    let site = Site::start(|seen, _| redirect(302, &seen.path["/?to=".len()..])).await;
    let fetcher = fetcher_with(only_home, names);
    let port = site.address.port();
    for (to, expected) in [
        (
            format!("http://127.0.0.2:{port}/"),
            "fetch.forbidden_address",
        ),
        (format!("http://[::1]:{port}/"), "fetch.forbidden_address"),
        ("http://inside.test/".into(), "fetch.forbidden_address"),
        ("//169.254.169.254/latest".into(), "fetch.forbidden_address"),
        ("file:///etc/passwd".into(), "fetch.scheme"),
        ("gopher://inside.test/".into(), "fetch.scheme"),
        ("ftp://inside.test/".into(), "fetch.scheme"),
        (
            "http://user:pass@integrator.test/".into(),
            "fetch.credentials",
        ),
        ("http://".into(), "fetch.invalid_address"),
    ] {
        let url = site.url_at("integrator.test", &format!("/?to={to}"));
        assert_eq!(code(&fetcher, &url).await, expected, "{to}");
    }
}

#[tokio::test]
async fn s3_redirects_end() {
    let site = Site::start(|seen, _| {
        let left: u32 = seen.path[1..].parse().unwrap();
        if left == 0 {
            answer(200, "PK")
        } else {
            redirect(307, format!("/{}", left - 1))
        }
    })
    .await;
    let fetcher = fetcher(config());
    assert_eq!(code(&fetcher, &site.url("/5")).await, "ok");
    assert_eq!(code(&fetcher, &site.url("/6")).await, "fetch.redirect");
}

/// Checks that a fetcher that takes so many bytes refuses what the site sends.
async fn assert_too_large(max_bytes: u64, site: &Site) {
    let limited = FetchConfig {
        max_bytes,
        ..config()
    };
    assert_eq!(
        code(&fetcher(limited), &site.url("/a")).await,
        "fetch.too_large"
    );
}

#[tokio::test]
async fn s5_a_declared_length_over_the_limit_ends_it_at_once() {
    let site = Site::start(|_, _| {
        let mut response = answer(
            200,
            Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>()),
        );
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, "1001".parse().unwrap());
        response
    })
    .await;
    assert_too_large(1000, &site).await;
    assert_eq!(site.seen().len(), 1);
}

#[tokio::test]
async fn s5_an_endless_body_ends_at_the_limit() {
    let site = Site::start(|_, _| {
        let chunk = Bytes::from(vec![7_u8; 10_000]);
        let endless = stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()));
        answer(200, Body::from_stream(endless))
    })
    .await;
    assert_too_large(1_000_000, &site).await;
    assert_eq!(site.seen().len(), 1);
}

#[tokio::test]
async fn s5_the_limit_itself_is_permitted() {
    let site = Site::start(|seen, _| {
        let length: usize = seen.path[1..].parse().unwrap();
        answer(200, vec![7_u8; length])
    })
    .await;
    let limited = fetcher(FetchConfig {
        max_bytes: 1000,
        ..config()
    });
    assert_eq!(code(&limited, &site.url("/1000")).await, "ok");
    assert_eq!(code(&limited, &site.url("/1001")).await, "fetch.too_large");
}

#[tokio::test]
async fn s5_a_gzip_bomb_ends_at_the_limit() {
    let bomb = gzip(&vec![0_u8; 20_000_000]);
    assert!(bomb.len() < 100_000);
    let site = Site::start(move |_, _| {
        let mut response = answer(200, bomb.clone());
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
        response
    })
    .await;
    assert_too_large(1_000_000, &site).await;
    let seen = site.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].headers[header::ACCEPT_ENCODING], "identity");
}

#[tokio::test]
async fn s5_silence_ends_at_the_idle_limit() {
    let silent_after = |start: &'static [u8]| {
        let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(start))]);
        let silence = stream::pending();
        answer(
            200,
            Body::from_stream(futures::StreamExt::chain(first, silence)),
        )
    };
    let site = Site::start(move |_, _| silent_after(b"PK")).await;
    let impatient = FetchConfig {
        idle_timeout: Duration::from_millis(100),
        ..config()
    };
    let error = download(&fetcher(impatient), &site.url("/a"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "fetch.timeout");
    assert!(
        error
            .message()
            .contains("0.1 s (waiting for the next bytes)")
    );
    assert_eq!(site.seen().len(), 1, "a time limit is final");
}

#[tokio::test]
async fn s5_a_trickle_ends_at_the_total_limit() {
    let site = Site::start(|_, _| {
        let trickle = stream::unfold((), |()| async {
            tokio::task::yield_now().await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b"x")), ()))
        });
        answer(200, Body::from_stream(trickle))
    })
    .await;
    let impatient = FetchConfig {
        max_bytes: u64::MAX,
        total_timeout: Duration::from_millis(200),
        ..config()
    };
    let error = download(&fetcher(impatient), &site.url("/a"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "fetch.timeout");
    assert!(
        error.message().contains("0.2 s (in all)"),
        "{}",
        error.message()
    );
}

/// A server that sends these bytes to everyone and hangs up.
async fn raw(bytes: &'static [u8]) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = [0_u8; 4096];
            let _ = connection.read(&mut request).await;
            let _ = connection.write_all(bytes).await;
        }
    });
    address
}

#[tokio::test]
async fn s5_half_a_body_is_no_file() {
    for bytes in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nPK"[..],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nPK",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999999\r\n\r\nPK",
        b"nonsense",
        b"",
    ] {
        let address = raw(bytes).await;
        let error = download(&fetcher(config()), &format!("http://{address}/"))
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                FetchError::Unreachable {
                    cause: Cause::Broken,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn s6_proxy_variables_are_ignored() {
    const INSIDE: &str = "RECTO_TEST_BEHIND_PROXY";
    if std::env::var_os(INSIDE).is_some() {
        let site = Site::start(|_, _| answer(200, "PK")).await;
        let url = site.url_at("integrator.test", "/a");
        assert_eq!(code(&fetcher(config()), &url).await, "ok");
        return;
    }
    let mut inside = Command::new(std::env::current_exe().unwrap());
    inside
        .args(["--exact", "s6_proxy_variables_are_ignored"])
        .env(INSIDE, "1");
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        // port 1: nothing listens there
        inside.env(variable, "http://127.0.0.1:1");
    }
    let output = inside.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[tokio::test]
async fn s7_an_allowed_network_does_not_switch_the_guard_off() {
    let site = Site::start(|_, _| answer(200, "PK")).await;
    let fetcher = fetcher(config());
    assert_eq!(code(&fetcher, &site.url("/a")).await, "ok");
    assert_eq!(
        code(&fetcher, &site.url_at("integrator.test", "/a")).await,
        "ok"
    );
    for host in ["[::1]", "10.0.0.1", "169.254.169.254", "0.0.0.0"] {
        assert_eq!(
            code(&fetcher, &site.url_at(host, "/a")).await,
            "fetch.forbidden_address",
            "{host}"
        );
    }
}

#[tokio::test]
async fn s8_a_third_host_gets_no_token() {
    let third = Site::start(|_, _| answer(200, "PK")).await;
    let there = third.url_at("third.test", "/stolen");
    let home = Site::start(move |_, _| redirect(302, &there)).await;
    let url = home.url_at("integrator.test", "/a");
    download(&fetcher(config()), &url).await.unwrap();
    assert!(home.seen()[0].authorization().is_some());
    assert_eq!(third.seen()[0].authorization(), None);
    assert_eq!(third.seen()[0].headers.get(header::REFERER), None);
    assert_eq!(third.seen()[0].headers.get(header::COOKIE), None);
}

#[tokio::test]
async fn s8_another_port_or_name_of_the_same_machine_is_a_third_host() {
    let site = Site::start(|seen, _| match seen.path.as_str() {
        "/start" => {
            let port = seen.headers[header::HOST].to_str().unwrap();
            let port = port.rsplit(':').next().unwrap();
            redirect(302, format!("http://third.test:{port}/end"))
        }
        _ => answer(200, "PK"),
    })
    .await;
    let url = site.url_at("integrator.test", "/start");
    download(&fetcher(config()), &url).await.unwrap();
    let seen = site.seen();
    assert_eq!(seen[1].path, "/end");
    assert_eq!(seen[1].authorization(), None);
}

#[tokio::test]
async fn s8_within_the_origin_each_hop_is_signed_for_its_own_address() {
    let site = Site::start(|seen, _| match seen.path.as_str() {
        "/start" => redirect(301, "/end?x=1"),
        _ => answer(200, "PK"),
    })
    .await;
    let url = site.url("/start");
    download(&fetcher(config()), &url).await.unwrap();
    let seen = site.seen();
    let claims =
        |n: usize, url: &str| verify_download(&secret(), seen[n].authorization(), url, NOW);
    assert!(claims(0, &url).is_ok());
    assert!(claims(1, &site.url("/end?x=1")).is_ok());
    assert!(claims(1, &url).is_err());
}

#[tokio::test]
async fn s8_nothing_is_signed_on_a_way_that_a_third_host_chose() {
    let home_again = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let back = home_again.clone();
    let third = Site::start(move |_, _| redirect(302, back.get().unwrap())).await;
    let there = third.url_at("third.test", "/");
    let home = Site::start(move |seen, _| match seen.path.as_str() {
        "/start" => redirect(302, &there),
        _ => answer(200, "PK"),
    })
    .await;
    home_again
        .set(home.url_at("integrator.test", "/delete-all"))
        .unwrap();
    let url = home.url_at("integrator.test", "/start");
    download(&fetcher(config()), &url).await.unwrap();
    let seen = home.seen();
    assert_eq!(seen[1].path, "/delete-all");
    assert_eq!(seen[1].authorization(), None);
}
