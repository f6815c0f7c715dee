//! An integrator that has the new secret already, or not yet.

mod common;

use std::sync::Arc;

use common::{NOW, Names, Site, answer, config, download, opening};
use recto_docs_api::{Callback, DocumentKey, Status};
use recto_fetch::{FetchError, Fetcher};
use recto_token::{Key, KeyRing, Keys, Secret, verify_callback, verify_download};

const OLD: &str = "an old secret for tests that is long enough";
const NEW: &str = "the new secret for tests, long enough as well";

fn fetcher(retires: i64) -> Fetcher {
    let old = Key::secret(Secret::from(OLD)).retires(retires);
    let ring = KeyRing::new(vec![old, Key::secret(Secret::from(NEW))]).unwrap();
    let keys = Keys::from_rings(ring.clone(), ring.clone(), &ring, &ring).unwrap();
    Fetcher::with_lookup(
        config(),
        Some(Arc::new(keys)),
        Arc::new(|| NOW),
        Arc::new(Names::default()),
    )
    .unwrap()
}

/// An integrator with one secret, which refuses by `status` and `body`.
async fn integrator(secret: &'static str, status: u16, body: &'static str) -> Site {
    Site::start(move |seen, _| {
        let secret = Secret::from(secret);
        let header = seen.authorization();
        let good = if seen.path == "/callback" {
            let body = serde_json::from_slice(&seen.body).unwrap();
            verify_callback(&secret, &body, header, NOW).is_ok()
        } else {
            let url = format!(
                "http://{}{}",
                seen.headers["host"].to_str().unwrap(),
                seen.path
            );
            verify_download(&secret, header, &url, NOW).is_ok()
        };
        match (good, seen.path.as_str()) {
            (true, "/callback") => answer(200, r#"{"error":0}"#),
            (true, _) => answer(200, "PK a document"),
            (false, _) => answer(status, body),
        }
    })
    .await
}

async fn call_back(fetcher: &Fetcher, site: &Site) -> bool {
    let callback = Callback::new(DocumentKey::try_from("k1").unwrap(), Status::Closed);
    let opening = opening("http://unused.test/", Some(&site.url("/callback")));
    fetcher.callback(&opening, &callback).await.is_ok()
}

#[tokio::test]
async fn while_both_are_in_force_each_integrator_gets_what_it_can_verify() {
    for secret in [OLD, NEW] {
        for (status, body) in [
            (403, ""),
            (401, ""),
            (500, r#"{"error":1}"#),
            (200, r#"{"error":1}"#),
        ] {
            let site = integrator(secret, status, body).await;
            assert!(
                call_back(&fetcher(NOW + 60), &site).await,
                "{secret} {status}"
            );
        }
        let site = integrator(secret, 403, "").await;
        assert!(
            download(&fetcher(NOW + 60), &site.url("/file.docx"))
                .await
                .is_ok(),
            "{secret}"
        );
    }
}

#[tokio::test]
async fn t15_after_the_overlap_nothing_is_signed_with_the_old_secret() {
    let site = integrator(OLD, 403, "").await;
    assert!(!call_back(&fetcher(NOW), &site).await);
    assert_eq!(site.seen().len(), 1);
    let refused = download(&fetcher(NOW), &site.url("/file.docx")).await;
    assert!(
        matches!(refused, Err(FetchError::Status { status: 403, .. })),
        "{refused:?}"
    );
    let site = integrator(NEW, 403, "").await;
    assert!(call_back(&fetcher(NOW), &site).await);
}
