//! Nobody waits in the store for somebody who isn't polled.

mod common;

use std::time::Duration;

use futures::{FutureExt, poll};
use recto_store::{Phase, Store};
use tokio::time::timeout;

use common::{CREATED, key, put, record, result};

/// Only a test that fails waits so long.
const LONGEST: Duration = Duration::from_secs(60);
/// More operations than the journal has connections.
const MANY: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ch1_an_operation_that_nobody_polls_holds_up_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let store = &Store::open(&dir.path().join("store")).await.unwrap();
    let blob = &put(store, dir.path(), b"content").await;
    let record = &record("k", blob.clone());
    store.save_session(record).await.unwrap();
    // Begun and then left alone, as by a task that waits for something else.
    let mut left = Vec::new();
    for number in 0..MANY {
        left.push(match number % 3 {
            0 => async { store.add_result(&result(blob, CREATED)).await.map(drop) }.boxed(),
            1 => async { store.save_session(record).await }.boxed(),
            _ => async { store.session(&record.key).await.map(drop) }.boxed(),
        });
    }
    for operation in &mut left {
        assert!(poll!(operation).is_pending());
    }
    let others = async {
        store.save_session(record).await.unwrap();
        store.add_result(&result(blob, CREATED)).await.unwrap();
        assert!(store.session(&record.key).await.unwrap().is_some());
        store.remove_session(&key("other")).await.unwrap();
        assert!(!store.delete(blob).await.unwrap(), "a record names it");
        store.sweep(CREATED + 1).await.unwrap();
    };
    let done = timeout(LONGEST, others).await;
    done.expect("what nobody polls holds neither the lock nor a connection");
    drop(left);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ch1_an_operation_whose_caller_went_away_is_done_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("store")).await.unwrap();
    let blob = put(&store, dir.path(), b"content").await;
    let mut record = record("k", blob);
    store.save_session(&record).await.unwrap();
    record.phase = Phase::Delivering;
    let mut begun = store.save_session(&record).boxed();
    assert!(poll!(&mut begun).is_pending());
    drop(begun);
    let written = async {
        while store.session(&record.key).await.unwrap().unwrap().phase != Phase::Delivering {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONGEST, written).await.expect("it is written");
}
