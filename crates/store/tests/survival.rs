//! What the store promises across crashes, restarts and concurrent use.

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use futures::TryStreamExt;
use recto_docs_api::Explain;
use recto_store::{BLOB_GRACE, BlobId, Phase, ResultRecord, Store, Swept, new_id};

use common::{CREATED, key, put, record, result};

async fn content(store: &Store, id: &BlobId) -> Vec<u8> {
    let (length, stream) = store.read(id).await.unwrap();
    let bytes: Vec<bytes::Bytes> = stream.try_collect().await.unwrap();
    let bytes = bytes.concat();
    assert_eq!(length, bytes.len() as u64);
    bytes
}

fn unix(time: SystemTime) -> i64 {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(seconds.as_secs()).unwrap()
}

fn now() -> i64 {
    unix(SystemTime::now())
}

/// Unix seconds at which every blob written so far is past its grace.
fn after_grace() -> i64 {
    unix(SystemTime::now() + BLOB_GRACE + Duration::from_secs(10))
}

/// Opens a store whose last user is being dropped: the operating system frees the lock when the
/// last handle is gone.
async fn reopen(dir: &Path) -> Store {
    Store::open(dir).await.unwrap()
}

#[tokio::test]
async fn what_was_written_is_there_after_a_drop_without_closing() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let store = Store::open(&data).await.unwrap();
    // larger than a part, so that it is written in several
    let large: Vec<u8> = (0..3_500_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let original = put(&store, dir.path(), &large).await;
    let snapshot = put(&store, dir.path(), b"edited").await;
    let mut session = record("k1", original.clone());
    session.snapshot = Some(snapshot.clone());
    store.save_session(&session).await.unwrap();
    let outcome = result(&snapshot, CREATED);
    store.add_result(&outcome).await.unwrap();
    drop(store);

    let store = reopen(&data).await;
    assert_eq!(store.session(&key("k1")).await.unwrap(), Some(session));
    assert_eq!(store.result(&outcome.id).await.unwrap(), Some(outcome));
    assert_eq!(content(&store, &original).await, large);
    assert_eq!(content(&store, &snapshot).await, b"edited");
}

#[tokio::test]
async fn what_a_killed_process_leaves_behind_opens() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let blob = put(&store, dir.path(), b"x").await;
    store.save_session(&record("k1", blob)).await.unwrap();
    // what a process that is killed now would leave: the files as they are, the log not merged
    let copy = tempfile::tempdir().unwrap();
    for name in ["journal.db", "journal.db-wal"] {
        std::fs::copy(dir.path().join(name), copy.path().join(name)).unwrap();
    }
    let found = Store::open(copy.path()).await.unwrap();
    assert!(found.session(&key("k1")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_half_written_file_is_no_blob_and_is_gone_after_a_start() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let id: BlobId = new_id().parse().unwrap();
    let half_written = dir.path().join("blobs").join(format!("{id}#1"));
    std::fs::write(&half_written, b"half").unwrap();
    assert_eq!(
        store.read(&id).await.err().map(|e| e.code()),
        Some("store.not_found")
    );
    assert_eq!(store.sweep(after_grace()).await.unwrap(), Swept::default());
    drop(store);

    let store = reopen(dir.path()).await;
    assert!(!half_written.exists());
    assert_eq!(
        store.read(&id).await.err().map(|e| e.code()),
        Some("store.not_found")
    );
}

#[tokio::test]
async fn a_missing_source_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let error = store.put_file(&dir.path().join("none")).await.unwrap_err();
    assert_eq!(error.code(), "store.files");
    // a folder opens but cannot be read
    assert!(store.put_file(dir.path()).await.is_err());
    let left = std::fs::read_dir(dir.path().join("blobs")).unwrap().count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_blob_comes_out_as_it_went_in() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    // a part is 1 MiB
    for size in [0, 1, 1 << 20, (1 << 20) + 1] {
        let bytes = vec![7_u8; size];
        let id = put(&store, dir.path(), &bytes).await;
        let to = dir.path().join("out");
        let length = store.get_file(&id, &to).await.unwrap();
        assert_eq!(length, bytes.len() as u64);
        assert_eq!(std::fs::read(&to).unwrap(), bytes);
        assert_eq!(content(&store, &id).await, bytes);
    }
}

#[tokio::test]
async fn a_record_names_only_blobs_that_are_there() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let nowhere: BlobId = new_id().parse().unwrap();
    let there = put(&store, dir.path(), b"x").await;
    let code = |e: recto_store::StoreError| e.code();
    assert_eq!(
        store
            .save_session(&record("k1", nowhere.clone()))
            .await
            .map_err(code),
        Err("store.not_found")
    );
    let mut session = record("k1", there.clone());
    session.snapshot = Some(nowhere.clone());
    assert_eq!(
        store.save_session(&session).await.map_err(code),
        Err("store.not_found")
    );
    assert_eq!(
        store.add_result(&result(&nowhere, 1)).await.map_err(code),
        Err("store.not_found")
    );
    assert_eq!(store.session(&key("k1")).await.unwrap(), None);

    store
        .save_session(&record("k1", there.clone()))
        .await
        .unwrap();
    assert!(!store.delete(&there).await.unwrap());
    assert_eq!(content(&store, &there).await, b"x");
}

#[tokio::test]
async fn f1_a_result_id_from_outside_is_never_a_path() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let blob = put(&store, dir.path(), b"x").await;
    for id in [
        "",
        "../journal.db",
        "%2e%2e",
        "' OR 1=1 --",
        &"a".repeat(5000),
    ] {
        assert_eq!(store.result(id).await.unwrap(), None, "{id}");
        let bad = ResultRecord {
            id: id.into(),
            ..result(&blob, 1)
        };
        assert_eq!(
            store.add_result(&bad).await.unwrap_err().code(),
            "store.bad_id"
        );
    }
}

#[tokio::test]
async fn a_removed_session_takes_along_what_only_it_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let own = put(&store, dir.path(), b"own").await;
    let shared = put(&store, dir.path(), b"shared").await;
    let saved = put(&store, dir.path(), b"saved").await;
    let mut first = record("k1", own.clone());
    first.snapshot = Some(saved.clone());
    store.save_session(&first).await.unwrap();
    let mut second = record("k2", shared.clone());
    second.snapshot = Some(shared.clone());
    store.save_session(&second).await.unwrap();
    store.add_result(&result(&saved, 1)).await.unwrap();

    store.remove_session(&key("k1")).await.unwrap();
    store.remove_session(&key("never-there")).await.unwrap();
    assert_eq!(store.session(&key("k1")).await.unwrap(), None);
    assert!(store.read(&own).await.is_err());
    assert_eq!(content(&store, &saved).await, b"saved");
    assert_eq!(content(&store, &shared).await, b"shared");
}

#[tokio::test]
async fn f5_a_forgotten_file_is_listed_and_goes_with_its_links() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let original = put(&store, dir.path(), b"original").await;
    let saved = put(&store, dir.path(), b"saved").await;
    let mut forgotten = record("k1", original.clone());
    forgotten.phase = Phase::Forgotten;
    forgotten.snapshot = Some(saved.clone());
    let mut without_file = record("k2", original.clone());
    without_file.phase = Phase::Forgotten;
    let open = record("k3", original.clone());
    for record in [&forgotten, &without_file, &open] {
        store.save_session(record).await.unwrap();
    }
    let link = result(&saved, CREATED);
    store.add_result(&link).await.unwrap();
    assert_eq!(store.forgotten().await.unwrap(), [key("k1")]);

    store.remove_session_and_results(&key("k1")).await.unwrap();
    assert_eq!(store.forgotten().await.unwrap(), []);
    assert_eq!(store.result(&link.id).await.unwrap(), None);
    assert!(store.read(&saved).await.is_err());
    assert_eq!(
        content(&store, &original).await,
        b"original",
        "others name it"
    );
}

#[tokio::test]
async fn f5_an_expired_result_is_swept_and_its_file_too() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let now = after_grace();
    let (old, new) = (
        put(&store, dir.path(), b"old").await,
        put(&store, dir.path(), b"new").await,
    );
    let (expired, valid) = (result(&old, now - 1), result(&new, now));
    store.add_result(&expired).await.unwrap();
    store.add_result(&valid).await.unwrap();
    assert_eq!(
        store.sweep(now).await.unwrap(),
        Swept {
            results: 1,
            blobs: 1
        }
    );
    assert_eq!(store.result(&expired.id).await.unwrap(), None);
    assert!(store.read(&old).await.is_err());
    assert_eq!(store.result(&valid.id).await.unwrap(), Some(valid));
    assert_eq!(content(&store, &new).await, b"new");
}

#[tokio::test]
async fn a_result_that_waits_for_its_integrator_outlives_its_expiry() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let original = put(&store, dir.path(), b"original").await;
    let saved = put(&store, dir.path(), b"saved").await;
    let waiting = result(&saved, CREATED);
    store.add_result(&waiting).await.unwrap();
    let mut session = record("k1", original);
    session.result = Some(waiting.id.clone());
    session.phase = Phase::Forgotten;
    store.save_session(&session).await.unwrap();

    assert_eq!(store.sweep(after_grace()).await.unwrap(), Swept::default());
    assert_eq!(content(&store, &saved).await, b"saved");

    store.remove_session(&key("k1")).await.unwrap();
    assert_eq!(
        store.sweep(after_grace()).await.unwrap(),
        Swept {
            results: 1,
            blobs: 1
        }
    );
}

#[tokio::test]
async fn a_young_blob_that_nothing_names_yet_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let fresh = put(&store, dir.path(), b"fresh").await;
    assert_eq!(store.sweep(now()).await.unwrap(), Swept::default());
    assert_eq!(content(&store, &fresh).await, b"fresh");
    assert_eq!(store.sweep(after_grace()).await.unwrap().blobs, 1);
    assert!(store.read(&fresh).await.is_err());
}

#[tokio::test]
async fn unfinished_sessions_are_those_to_take_up_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let blob = put(&store, dir.path(), b"x").await;
    for (age, (name, phase)) in [
        ("d", Phase::Delivering),
        ("o", Phase::Open),
        ("s", Phase::Saving),
        ("done", Phase::Delivered),
        ("kept", Phase::Forgotten),
    ]
    .into_iter()
    .enumerate()
    {
        let mut session = record(name, blob.clone());
        session.phase = phase;
        session.created -= i64::try_from(age).unwrap();
        store.save_session(&session).await.unwrap();
        assert_eq!(
            store.session(&key(name)).await.unwrap().map(|s| s.phase),
            Some(phase)
        );
    }
    let unfinished = store.unfinished().await.unwrap();
    let names: Vec<_> = unfinished.iter().map(|s| s.key.to_string()).collect();
    assert_eq!(names, ["s", "o", "d"]);
}

#[tokio::test]
async fn what_is_not_understood_is_an_error_not_a_guess() {
    for (column, value, expected) in [
        (
            "phase",
            "frozen",
            "The journal's entry k1 has the unknown phase “frozen”.",
        ),
        (
            "original",
            "../../etc/passwd",
            "The journal's entry k1 has a file name that is not an id.",
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let blob = put(&store, dir.path(), b"x").await;
        store.save_session(&record("k1", blob)).await.unwrap();
        let file = format!("sqlite://{}", dir.path().join("journal.db").display());
        let database = sqlx::SqlitePool::connect(&file).await.unwrap();
        sqlx::query(&format!("UPDATE sessions SET {column} = ?"))
            .bind(value)
            .execute(&database)
            .await
            .unwrap();

        let error = store.session(&key("k1")).await.unwrap_err();
        assert_eq!(error.code(), "store.damaged");
        assert_eq!(error.message(), expected);
        assert!(store.unfinished().await.is_err());
    }
}

#[tokio::test]
async fn a_folder_belongs_to_one_process() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let error = Store::open(dir.path()).await.unwrap_err();
    assert_eq!(error.code(), "store.locked");
    drop(store);
    reopen(dir.path()).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_folder_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    Store::open(&data).await.unwrap();
    for folder in [data.clone(), data.join("blobs")] {
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writers_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let young = now();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..24_u8 {
        let (store, path) = (store.clone(), dir.path().to_path_buf());
        tasks.spawn(async move {
            let name = format!("k{n}");
            let blob = put(&store, &path, &vec![n; 4096]).await;
            let mut session = record(&name, blob);
            store.save_session(&session).await.unwrap();
            // within the grace, so nobody's blob is taken before it is named
            store.sweep(young).await.unwrap();
            session.attempts = u32::from(n);
            store.save_session(&session).await.unwrap();
            if n.is_multiple_of(3) {
                store.remove_session(&session.key).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let sessions = store.unfinished().await.unwrap();
    assert_eq!(sessions.len(), 16);
    for session in sessions {
        let n: u8 = session.key.to_string()[1..].parse().unwrap();
        assert_eq!(session.attempts, u32::from(n));
        assert_eq!(content(&store, &session.original).await, vec![n; 4096]);
    }
}

/// In the process that will be killed: writes without end, and says on standard output what the
/// store has acknowledged.
async fn write_until_killed(dir: &Path) {
    let store = Store::open(&dir.join("data")).await.unwrap();
    for n in 0_u64.. {
        let blob = put(&store, dir, n.to_string().repeat(100_000).as_bytes()).await;
        store
            .save_session(&record(&format!("k{n}"), blob))
            .await
            .unwrap();
        println!("acknowledged {n}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    const INSIDE: &str = "RECTO_TEST_KILLED_IN";
    if let Some(dir) = std::env::var_os(INSIDE) {
        return write_until_killed(Path::new(&dir)).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "what_was_acknowledged_survives_a_kill",
            "--nocapture",
        ])
        .env(INSIDE, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = 0_u64;
    for line in lines.map_while(Result::ok) {
        // the first one shares its line with the test's name
        if line.contains("acknowledged ") {
            acknowledged += 1;
        }
        if acknowledged == 20 {
            // after this the loop reads on to what was said before the end
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged >= 20);

    let store = Store::open(&dir.path().join("data")).await.unwrap();
    for n in 0..acknowledged {
        let session = store
            .session(&key(&format!("k{n}")))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            content(&store, &session.original).await,
            n.to_string().repeat(100_000).into_bytes()
        );
    }
    for session in store.unfinished().await.unwrap() {
        content(&store, &session.original).await;
    }
}
