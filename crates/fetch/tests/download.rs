//! Downloads from a web application that behaves or errs.

mod common;

use std::time::Duration;

use axum::http::header;
use common::{
    NOW, Place, Site, answer, code, config, download, fetcher, gzip, opening, redirect, secret,
};
use recto_docs_api::Explain;
use recto_fetch::{Cause, FetchConfig, FetchError, Fetcher};
use recto_token::{Verified, verify_download};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_file_arrives_whole_with_its_beginning_and_hash() {
    let content: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let body = content.clone();
    let site = Site::start(move |_, _| answer(200, body.clone())).await;
    let place = Place::new();
    let done = fetcher(config())
        .download(&opening(&site.url("/a.docx"), None), &place.file)
        .await
        .unwrap();
    assert_eq!(done.bytes, 300_000);
    assert_eq!(done.head, content[..4096]);
    assert_eq!(done.sha256, <[u8; 32]>::from(Sha256::digest(&content)));
    assert_eq!(std::fs::read(&place.file).unwrap(), content);
}

#[tokio::test]
async fn the_request_is_signed_over_the_address_as_the_integrator_wrote_it() {
    let site = Site::start(|_, _| answer(200, "PK")).await;
    let url = site.url_at("Integrator.TEST", "/get?id=%7e ü&token=x#part");
    download(&fetcher(config()), &url).await.unwrap();
    let seen = site.seen();
    assert_eq!(seen[0].path, "/get?id=%7e%20%C3%BC&token=x");
    let header = seen[0].authorization().unwrap();
    assert!(header.starts_with("Bearer "));
    let verified = verify_download(&secret(), Some(header), &url, NOW).unwrap();
    assert_eq!(*verified, url);
}

#[tokio::test]
async fn with_tokens_off_nothing_is_signed() {
    let site = Site::start(|_, _| answer(200, "PK")).await;
    let fetcher = Fetcher::new(config(), None, std::sync::Arc::new(|| NOW)).unwrap();
    download(&fetcher, &site.url("/a")).await.unwrap();
    assert_eq!(site.seen()[0].authorization(), None);
}

#[tokio::test]
async fn a_server_that_compresses_unasked_is_understood_or_named() {
    let site = Site::start(move |seen, _| {
        let encoding = &seen.path[1..];
        let mut response = answer(200, gzip(b"PK content"));
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, encoding.parse().unwrap());
        response
    })
    .await;
    let fetcher = fetcher(config());
    let done = download(&fetcher, &site.url("/gzip")).await.unwrap();
    assert_eq!(done.head, b"PK content");
    assert_eq!(code(&fetcher, &site.url("/br")).await, "fetch.encoding");
}

#[tokio::test]
async fn what_may_pass_is_tried_three_times() {
    let site = Site::start(|_, number| {
        if number < 2 {
            answer(503, "")
        } else {
            answer(200, "PK")
        }
    })
    .await;
    assert_eq!(code(&fetcher(config()), &site.url("/a")).await, "ok");
    assert_eq!(site.seen().len(), 3);

    let broken = Site::start(|_, _| answer(500, "")).await;
    assert_eq!(
        code(&fetcher(config()), &broken.url("/a")).await,
        "fetch.status"
    );
    assert_eq!(broken.seen().len(), 3);
}

#[tokio::test]
async fn what_will_not_pass_is_tried_once() {
    for status in [204, 304, 400, 401, 403, 404, 410, 429] {
        let site = Site::start(move |_, _| answer(status, "")).await;
        let error = download(&fetcher(config()), &site.url("/a"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "fetch.status");
        assert!(error.message().contains(&status.to_string()));
        assert_eq!(site.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_retry_that_would_pass_the_deadline_is_not_made() {
    let site = Site::start(|_, _| answer(503, "")).await;
    let patient = FetchConfig {
        retry_delay: Duration::from_secs(3600),
        ..config()
    };
    assert_eq!(
        code(&fetcher(patient), &site.url("/a")).await,
        "fetch.status"
    );
    assert_eq!(site.seen().len(), 1);
}

#[tokio::test]
async fn a_login_page_is_not_taken_for_a_document() {
    let site = Site::start(|seen, _| match seen.path.as_str() {
        "/a" => redirect(302, "/login?next=/a"),
        _ => answer(200, "<!DOCTYPE html><title>Log in</title>"),
    })
    .await;
    let error = download(&fetcher(config()), &site.url("/a"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "fetch.html_instead");
    assert!(error.message().contains("after a redirect"));
    assert!(error.hint().contains("without the browser's cookies"));
}

#[tokio::test]
async fn an_empty_file_is_named() {
    let site = Site::start(|_, _| answer(200, "")).await;
    assert_eq!(
        code(&fetcher(config()), &site.url("/a")).await,
        "fetch.empty"
    );
}

#[tokio::test]
async fn obstacles_of_the_network_are_told_apart() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let plain = Site::start(|_, _| answer(200, "PK")).await;
    let fetcher = fetcher(config());
    for (url, expected) in [
        (format!("http://{closed}/"), Cause::Refused),
        ("http://nowhere.test/".into(), Cause::Name),
        (format!("https://{}/", plain.address), Cause::Tls),
    ] {
        match download(&fetcher, &url).await {
            Err(FetchError::Unreachable { cause, .. }) => assert_eq!(cause, expected, "{url}"),
            other => panic!("{url}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn t19_no_error_shows_path_query_or_token() {
    let site = Site::start(|_, _| answer(403, "")).await;
    let url = site.url_at("integrator.test", "/private-path?token=querysecret");
    let error = download(&fetcher(config()), &url).await.unwrap_err();
    let header = site.seen()[0].authorization().unwrap().to_owned();
    let shown = format!("{error} {error:?} {} {}", error.message(), error.hint());
    for secret in [
        "private-path",
        "querysecret",
        header.trim_start_matches("Bearer "),
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn the_file_of_a_conversion_is_fetched_by_the_same_rules() {
    let site = Site::start(|seen, _| match &*seen.path {
        "/gone" => answer(404, ""),
        "/page" => answer(200, "<!doctype html><html>"),
        _ => answer(200, "PK"),
    })
    .await;
    let place = Place::new();
    let fetch = async |path: &str| {
        let parameters = json!({
            "url": site.url(path), "filetype": "docx", "outputtype": "pdf",
        });
        let parameters = Verified::with_tokens_off(parameters.as_object().unwrap().clone());
        let conversion = recto_token::conversion(&parameters).unwrap();
        fetcher(config())
            .download_source(&conversion, &place.file)
            .await
    };
    assert_eq!(fetch("/a").await.unwrap().bytes, 2);
    let seen = site.seen();
    let header = seen[0].authorization().unwrap();
    verify_download(&secret(), Some(header), &site.url("/a"), NOW).unwrap();
    let gone = fetch("/gone").await.unwrap_err();
    assert!(
        gone.message_of_source()
            .starts_with("The address of the file to convert (url) gives no file"),
        "{}",
        gone.message_of_source()
    );
    assert_eq!(
        fetch("/page").await.unwrap_err().code(),
        "fetch.html_instead"
    );
}
