//! Files that no integrator took: they are listed, given and deleted by commands (spec/tokens.md 7.1).

use futures::FutureExt;
use recto_docs_api::{DocumentKey, Explain, FileType};
use recto_store::{Phase, SessionRecord, Store, StoreError};
use tokio::sync::oneshot;

use crate::actor::Session;
use crate::links::make_link;
use crate::messages::Op;
use crate::orders::Order;
use crate::registry::Sessions;
use crate::saving::Saving;

impl Sessions {
    /// The keys of forgotten files, the oldest first. One that is open again is none.
    pub async fn forgotten(&self) -> Result<Vec<DocumentKey>, StoreError> {
        self.services().store.forgotten().await
    }

    /// A link to a forgotten file, which lives as long as that of a callback; `None` if there is no such
    /// file.
    pub async fn forgotten_link(&self, key: &DocumentKey) -> Result<Option<String>, StoreError> {
        let services = self.services();
        let Some(record) = services.store.session(key).await?.filter(is_forgotten) else {
            return Ok(None);
        };
        let (Some(blob), Ok(file_type)) = (record.snapshot, FileType::parse(&record.file_type))
        else {
            return Ok(None);
        };
        match make_link(services, blob, file_type.saved_as()).await {
            Ok(link) => Ok(Some(link)),
            // Opened again or deleted meanwhile.
            Err(StoreError::NoBlob(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes a forgotten file with its record and its links; false if there is none.
    pub async fn delete_forgotten(&self, key: &DocumentKey) -> Result<bool, StoreError> {
        let record = self.services().store.session(key).await?;
        if !record.is_some_and(|record| is_forgotten(&record)) {
            return Ok(false);
        }
        // By its session, so that nobody opens what is being deleted.
        self.order_anyway(key, |reply| Order::DeleteForgotten { reply })
            .await
            .unwrap_or(Ok(false))
    }
}

fn is_forgotten(record: &SessionRecord) -> bool {
    record.phase == Phase::Forgotten && record.snapshot.is_some()
}

impl Session {
    /// Deletes the forgotten file; the answer follows.
    pub fn delete_forgotten(&mut self, reply: oneshot::Sender<Result<bool, StoreError>>) {
        // A session that was made for this ends with it.
        self.visited = true;
        let now = self.services.now();
        let Some(record) = self.record.as_mut().filter(|it| is_forgotten(it)) else {
            let _ = reply.send(Ok(false));
            return;
        };
        let before = Box::new(record.clone());
        let (store, key) = (self.services.store.clone(), self.key.clone());
        let deleted = if self.participants.is_empty() && self.parked.is_empty() {
            // Who opens the key from now on gets a document of its own.
            self.record = None;
            self.saving = Saving::default();
            self.journal
                .then(async move { store.remove_session_and_results(&key).await })
                .boxed()
        } else {
            // Viewers still look at it: it is as if its integrator had taken it.
            record.phase = Phase::Delivered;
            record.updated = now;
            let record = record.clone();
            self.journal
                .then(async move { store.save_session(&record).await })
                .boxed()
        };
        self.start(async move {
            Op::ForgottenDeleted {
                record: before,
                result: deleted.await,
                reply,
            }
        });
    }

    pub fn on_forgotten_deleted(
        &mut self,
        before: Box<SessionRecord>,
        result: Result<(), StoreError>,
        reply: oneshot::Sender<Result<bool, StoreError>>,
    ) {
        let result = result.map(|()| true);
        log_failure(&self.key, &result);
        match (&result, &mut self.record) {
            (Ok(_), _) => {
                tracing::info!(key = %self.key, "the integrator had a forgotten file deleted");
                if self
                    .record
                    .as_ref()
                    .is_some_and(|it| it.phase == Phase::Delivered)
                {
                    self.saving.changed = false;
                    self.saving.unforced = false;
                    self.delivery.problem = None;
                    self.tell_save();
                }
            }
            // It is still there, unless somebody has opened its key meanwhile.
            (Err(_), Some(record)) if record.phase == Phase::Delivered => {
                record.phase = before.phase;
            }
            (Err(_), None) if self.participants.is_empty() => self.record = Some(*before),
            (Err(_), _) => {}
        }
        let _ = reply.send(result);
    }
}

/// Keeps as forgotten what is still owed to tenants that are no longer served: nobody has the keys to
/// tell them. They find it when they are served again. Gives the number of such documents.
///
/// `served` has `None` for the default, `now` is in Unix seconds.
pub async fn keep_for_absent(
    store: &Store,
    served: &[Option<&str>],
    now: i64,
) -> Result<usize, StoreError> {
    let mut kept = 0;
    for tenant in store.tenants().await? {
        if served.contains(&tenant.as_deref()) {
            continue;
        }
        let store = store.for_tenant(tenant.as_deref());
        for mut record in store.unfinished().await? {
            if !record.changed || record.snapshot.is_none() {
                // The integrator has what there is.
                store.remove_session(&record.key).await?;
                continue;
            }
            tracing::error!(key = %record.key, tenant = tenant.as_deref().unwrap_or("(the default)"),
                "the document is kept as forgotten: its tenant is no longer in the configuration");
            record.phase = Phase::Forgotten;
            record.updated = now;
            store.save_session(&record).await?;
            kept += 1;
        }
        for key in store.delivered_before(i64::MAX).await? {
            store.remove_session(&key).await?;
        }
    }
    Ok(kept)
}

/// A failure of the store, for the log.
fn log_failure(key: &DocumentKey, result: &Result<bool, StoreError>) {
    if let Err(error) = result {
        tracing::error!(%key, code = error.code(), message = %error.message(), "a forgotten file could not be deleted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_owed_to_a_tenant_that_was_removed_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).await.unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "content").unwrap();
        let (gone, served) = (
            store.for_tenant(Some("gone")),
            store.for_tenant(Some("served")),
        );
        let key = |name: &str| DocumentKey::try_from(name).unwrap();
        for store in [&gone, &served] {
            for (name, phase, changed) in [
                ("owed", Phase::Delivering, true),
                ("open", Phase::Open, true),
                ("looked-at", Phase::Open, false),
                ("taken", Phase::Delivered, true),
            ] {
                let blob = store.put_file(&file).await.unwrap();
                let record = SessionRecord {
                    key: key(name),
                    opening: String::new(),
                    last_changer: None,
                    last_user: None,
                    file_type: "txt".into(),
                    snapshot: changed.then(|| blob.clone()),
                    original: blob,
                    changed,
                    changes: Vec::new(),
                    unsaved: None,
                    lost: None,
                    losses: None,
                    phase,
                    attempts: 0,
                    next_attempt: None,
                    result: None,
                    created: 1,
                    updated: 1,
                    generation: 0,
                };
                store.save_session(&record).await.unwrap();
            }
        }
        let kept = keep_for_absent(&store, &[None, Some("served")], 2).await;
        assert_eq!(kept.unwrap(), 2);
        let mut forgotten = gone.forgotten().await.unwrap();
        forgotten.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        assert_eq!(forgotten, [key("open"), key("owed")]);
        assert!(gone.session(&key("looked-at")).await.unwrap().is_none());
        assert!(gone.session(&key("taken")).await.unwrap().is_none());
        assert_eq!(served.unfinished().await.unwrap().len(), 3);
        assert!(served.forgotten().await.unwrap().is_empty());
        // Once is enough.
        let kept = keep_for_absent(&store, &[Some("served")], 3).await;
        assert_eq!(kept.unwrap(), 0);
    }
}
