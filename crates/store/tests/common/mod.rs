//! What the tests of the store put into it.
#![allow(dead_code, reason = "each test program uses its part")]

use std::path::Path;

use recto_docs_api::DocumentKey;
use recto_store::{BlobId, Changed, Phase, ResultRecord, SessionRecord, Store, new_id};

/// When the records of these tests were made, in Unix seconds.
pub const CREATED: i64 = 1_700_000_000;

/// A document key.
pub fn key(text: &str) -> DocumentKey {
    DocumentKey::try_from(text).unwrap()
}

/// A record of an open session.
pub fn record(name: &str, original: BlobId) -> SessionRecord {
    SessionRecord {
        key: key(name),
        opening: "sealed opening".into(),
        last_changer: Some("sealed changer".into()),
        last_user: Some("u1".into()),
        file_type: "docx".into(),
        original,
        snapshot: None,
        changed: true,
        changes: vec![recto_docs_api::HistoryChange {
            document_sha256: None,
            created: "2026-11-24 10:00:00".into(),
            user: recto_docs_api::HistoryUser {
                id: "u1".into(),
                name: "Ann".into(),
            },
        }],
        unsaved: Some(Changed::new(CREATED, "Ann").and(Some(Changed::new(CREATED + 1, "Ben")))),
        lost: None,
        losses: Some(recto_docs_api::LossReport {
            losses: vec![recto_docs_api::Lost {
                kind: "macros".into(),
                rank: recto_docs_api::LossRank::Function,
                count: 1,
                places: Vec::new(),
            }],
            complete: true,
        }),
        phase: Phase::Open,
        attempts: 2,
        next_attempt: Some(CREATED + 4),
        result: None,
        created: CREATED,
        updated: CREATED + 1,
        generation: 7,
    }
}

/// A result that gives a blob away.
pub fn result(blob: &BlobId, expires: i64) -> ResultRecord {
    ResultRecord {
        id: new_id(),
        blob: blob.clone(),
        file_name: "Bericht ü.docx".into(),
        mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document".into(),
        expires,
    }
}

/// Stores a file of this content.
pub async fn put(store: &Store, dir: &Path, content: &[u8]) -> BlobId {
    let file = dir.join(new_id());
    tokio::fs::write(&file, content).await.unwrap();
    store.put_file(&file).await.unwrap()
}
