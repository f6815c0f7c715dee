//! Files that no integrator took: they are listed, given and deleted by commands (spec/tokens.md 7.1).

use recto_docs_api::{DocumentKey, Explain, FileType};
use recto_store::{Phase, SessionRecord, StoreError};

use crate::actor::Session;
use crate::links::make_link;
use crate::orders::Order;
use crate::registry::Sessions;
use crate::saving::Saving;

impl Sessions {
    /// The keys of forgotten files, the oldest first. One that is open again is none.
    pub async fn forgotten(&self) -> Result<Vec<DocumentKey>, StoreError> {
        self.services().store.forgotten().await
    }

    /// A link to a forgotten file, which begins with `base` and lives as long as that of a callback;
    /// `None` if there is no such file.
    pub async fn forgotten_link(
        &self,
        key: &DocumentKey,
        base: &str,
    ) -> Result<Option<String>, StoreError> {
        let services = self.services();
        let Some(record) = services.store.session(key).await?.filter(is_forgotten) else {
            return Ok(None);
        };
        let (Some(blob), Ok(file_type)) = (record.snapshot, FileType::parse(&record.file_type))
        else {
            return Ok(None);
        };
        match make_link(services, base, blob, file_type.saved_as()).await {
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
    pub async fn delete_forgotten(&mut self) -> Result<bool, StoreError> {
        // A session that was made for this ends with it.
        self.visited = true;
        let now = self.services.now();
        let Some(record) = self.record.as_mut().filter(|it| is_forgotten(it)) else {
            return Ok(false);
        };
        if self.participants.is_empty() && self.parked.is_empty() {
            let store = &self.services.store;
            store.remove_session_and_results(&self.key).await?;
            self.record = None;
            self.saving = Saving::default();
        } else {
            // Viewers still look at it: it is as if its integrator had taken it.
            record.phase = Phase::Delivered;
            record.updated = now;
            self.services.store.save_session(record).await?;
            self.saving.changed = false;
            self.saving.unforced = false;
            self.delivery.problem = None;
            self.tell_save();
        }
        tracing::info!(key = %self.key, "the integrator had a forgotten file deleted");
        Ok(true)
    }
}

/// A failure of the store, for the log.
pub(crate) fn log_failure(key: &DocumentKey, result: &Result<bool, StoreError>) {
    if let Err(error) = result {
        tracing::error!(%key, code = error.code(), message = %error.message(), "a forgotten file could not be deleted");
    }
}
