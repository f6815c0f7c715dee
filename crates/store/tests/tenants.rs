//! What one tenant keeps is not there for another one.

mod common;

use common::{CREATED, key, put, record, result};
use recto_store::{Phase, Store, new_id};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

/// Makes a journal what an earlier version left: without the migrations since and what they made.
const BACK: &str = "
    CREATE TABLE old (
        key TEXT NOT NULL PRIMARY KEY, opening TEXT NOT NULL, last_changer TEXT, last_user TEXT,
        file_type TEXT NOT NULL, original TEXT NOT NULL, snapshot TEXT, changed INTEGER NOT NULL,
        phase TEXT NOT NULL, attempts INTEGER NOT NULL, next_attempt INTEGER, result TEXT,
        base_url TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
        generation INTEGER NOT NULL, changes TEXT NOT NULL DEFAULT '[]'
    ) STRICT;
    INSERT INTO old
        SELECT key, opening, last_changer, last_user, file_type, original, snapshot, changed, phase,
               attempts, next_attempt, result, 'https://docs.example', created, updated, generation, changes
        FROM sessions;
    DROP TABLE sessions;
    ALTER TABLE old RENAME TO sessions;
    DROP INDEX results_by_tenant;
    ALTER TABLE results DROP COLUMN bytes;
    ALTER TABLE results DROP COLUMN tenant;
    DELETE FROM _sqlx_migrations WHERE version >= 3;
";

#[tokio::test]
async fn f5_what_one_tenant_has_another_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("store")).await.unwrap();
    let (a, b) = (
        store.for_tenant(Some("a.example")),
        store.for_tenant(Some("b.example")),
    );
    assert_eq!((a.tenant(), store.tenant()), (Some("a.example"), None));
    let mut made = Vec::new();
    for (store, text) in [(&store, "default"), (&a, "of a"), (&b, "of b")] {
        let blob = put(store, dir.path(), text.as_bytes()).await;
        let mut record = record("same", blob.clone());
        record.last_user = Some(text.into());
        store.save_session(&record).await.unwrap();
        let result = result(&blob, CREATED);
        store.add_result(&result).await.unwrap();
        made.push(result.id);
    }
    for (at, (store, text)) in [(&store, "default"), (&a, "of a"), (&b, "of b")]
        .into_iter()
        .enumerate()
    {
        let found = store.session(&key("same")).await.unwrap().unwrap();
        assert_eq!(found.last_user.as_deref(), Some(text));
        assert_eq!(store.unfinished().await.unwrap(), [found]);
        for (other, id) in made.iter().enumerate() {
            assert_eq!(store.result(id).await.unwrap().is_some(), at == other);
        }
    }
    assert_eq!(
        store.tenants().await.unwrap(),
        [None, Some("a.example".into()), Some("b.example".into())]
    );
    assert_eq!(store.tenant_of_result(&made[0]).await.unwrap(), Some(None));
    assert_eq!(
        b.tenant_of_result(&made[1]).await.unwrap(),
        Some(Some("a.example".into()))
    );
    assert_eq!(store.tenant_of_result(&new_id()).await.unwrap(), None);

    // What ends in one goes on in the others.
    let mut record = a.session(&key("same")).await.unwrap().unwrap();
    record.phase = Phase::Forgotten;
    record.snapshot = Some(record.original.clone());
    a.save_session(&record).await.unwrap();
    assert_eq!(a.forgotten().await.unwrap(), [key("same")]);
    assert!(b.forgotten().await.unwrap().is_empty());
    a.remove_session_and_results(&key("same")).await.unwrap();
    assert!(a.session(&key("same")).await.unwrap().is_none());
    assert!(b.session(&key("same")).await.unwrap().is_some());
    assert!(store.session(&key("same")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_journal_from_before_tenants_is_the_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let store = Store::open(&folder).await.unwrap();
    let original = put(&store, dir.path(), b"before").await;
    store.save_session(&record("old", original)).await.unwrap();
    store.close().await;
    drop(store);
    let options = SqliteConnectOptions::new().filename(folder.join("journal.db"));
    let mut journal = options.connect().await.unwrap();
    sqlx::raw_sql(BACK).execute(&mut journal).await.unwrap();
    journal.close().await.unwrap();
    let store = Store::open(&folder).await.unwrap();
    let found = store.session(&key("old")).await.unwrap().unwrap();
    assert_eq!(found.changes.len(), 1);
    assert_eq!(found.generation, 7);
    assert_eq!(store.tenants().await.unwrap(), [None]);
    let other = store.for_tenant(Some("a.example"));
    assert!(other.session(&key("old")).await.unwrap().is_none());
}
