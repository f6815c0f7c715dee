//! The last callbacks of each document, in memory, for the administrator to look at.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use recto_docs_api::{Callback, Explain, Status};
use recto_fetch::{CallbackError, Delivered, DeliveryObserver};
use recto_token::{Keys, Opening, Verified};
use serde::Serialize;
use serde_json::Value;

use crate::metrics::Metrics;
use crate::redact;
use crate::request_id::Reference;

/// Callbacks that are kept of one document.
pub const PER_DOCUMENT: usize = 20;
/// Callbacks that are kept in all.
pub const IN_ALL: usize = 500;
/// Bytes of a callback from which on it is shown, and not kept to be sent again.
const LARGE: usize = 64 << 10;
/// Bytes of all callbacks that are kept.
const BUDGET: usize = 8 << 20;

/// One attempt, as it is shown: no token, no signature, no query of an address.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Names this attempt.
    pub id: String,
    /// When it ended, in milliseconds since 1970.
    pub at: u64,
    /// Whose document it is; left out for the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The document's key.
    pub key: String,
    /// The callback's status.
    pub status: u8,
    /// The address that it was sent to.
    pub address: Option<String>,
    /// The callback's members, without what quotes the document.
    pub fields: Value,
    /// `taken`, or the code of what is wrong.
    pub outcome: &'static str,
    /// What is wrong.
    pub message: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// What came back.
    pub answer: Option<Answer>,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// Counts attempts at the same callback, from 1.
    pub attempt: u32,
    /// Requests of this attempt: one for each secret that was tried.
    pub requests: u32,
    /// The attempt that the administrator sent again by this one.
    pub replay_of: Option<String>,
    /// Whether it can be sent again.
    pub replayable: bool,
}

/// What an integrator answered.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The beginning of the body.
    pub body: String,
    /// Whether there was more.
    pub cut: bool,
}

struct Entry {
    shown: Shown,
    /// To send it again.
    original: Option<Box<(Verified<Opening>, Callback)>>,
    bytes: usize,
    /// Whether the session will try again by itself.
    goes_on: bool,
}

/// Keeps the callbacks of one tenant within bounds, and counts them.
pub struct CallbackLog {
    entries: Mutex<VecDeque<Entry>>,
    tenant: Option<String>,
    keys: Arc<Keys>,
    metrics: Metrics,
}

impl CallbackLog {
    pub fn new(tenant: Option<String>, keys: Arc<Keys>, metrics: Metrics) -> Self {
        Self {
            entries: Mutex::default(),
            tenant,
            keys,
            metrics,
        }
    }

    /// The newest first; of one document, if a key is given.
    pub fn list(&self, key: Option<&str>) -> Vec<Shown> {
        let entries = self.lock();
        let shown = entries.iter().rev().map(|entry| &entry.shown);
        shown
            .filter(|shown| key.is_none_or(|key| shown.key == key))
            .cloned()
            .collect()
    }

    /// What was sent; `None` if it is not known any more, or was too large to be kept.
    pub fn original(&self, id: &str) -> Option<(Verified<Opening>, Callback)> {
        let entries = self.lock();
        let entry = entries.iter().find(|entry| entry.shown.id == id)?;
        entry.original.as_deref().cloned()
    }

    /// Writes down an attempt that the administrator made.
    pub fn replayed(
        &self,
        opening: &Verified<Opening>,
        callback: &Callback,
        delivered: &Delivered,
        of: String,
    ) -> Shown {
        self.metrics.delivered(callback.status, delivered);
        self.add(opening, callback, delivered, Some(of))
    }

    fn add(
        &self,
        opening: &Verified<Opening>,
        callback: &Callback,
        delivered: &Delivered,
        replay_of: Option<String>,
    ) -> Shown {
        let mut fields = serde_json::to_value(callback).unwrap_or_default();
        let bytes = fields.to_string().len();
        leave_out_places(&mut fields);
        let replayable = bytes < LARGE && opening.callback_url.is_some();
        let error = delivered.result.as_ref().err();
        let key = callback.key.as_str();
        let mut entries = self.lock();
        let attempt = if replay_of.is_some() {
            1
        } else {
            next_attempt(&entries, key, callback.status)
        };
        let shown = Shown {
            id: Reference::new().0,
            at: unix_milliseconds(),
            tenant: self.tenant.clone(),
            key: key.to_owned(),
            status: callback.status.into(),
            address: opening.callback_url.as_deref().map(redact::address),
            fields: redact::value(&fields, &self.keys),
            outcome: error.map_or("taken", Explain::code),
            message: error.map(Explain::message),
            hint: error.map(Explain::hint),
            answer: delivered.status.map(|status| Answer {
                status,
                body: redact::text(&String::from_utf8_lossy(&delivered.answer), &self.keys),
                cut: delivered.cut,
            }),
            took: u64::try_from(delivered.took.as_millis()).unwrap_or(u64::MAX),
            attempt,
            requests: delivered.requests,
            replay_of,
            replayable,
        };
        entries.push_back(Entry {
            goes_on: error.is_some_and(CallbackError::retryable) && shown.replay_of.is_none(),
            original: replayable.then(|| Box::new((opening.clone(), callback.clone()))),
            bytes: bytes.min(LARGE) + shown.answer.as_ref().map_or(0, |a| a.body.len()),
            shown: shown.clone(),
        });
        trim(&mut entries, key);
        shown
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        // It is whole whenever the lock is free, even if a holder panicked.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DeliveryObserver for CallbackLog {
    fn delivered(&self, opening: &Verified<Opening>, callback: &Callback, delivered: &Delivered) {
        self.metrics.delivered(callback.status, delivered);
        self.add(opening, callback, delivered, None);
    }
}

/// Places quote the document, which the administrator may have no right to see.
fn leave_out_places(fields: &mut Value) {
    let lost = fields.get_mut("lost").and_then(Value::as_array_mut);
    for lost in lost.into_iter().flatten().filter_map(Value::as_object_mut) {
        lost.remove("places");
    }
}

/// The session sends a callback again until it is taken: the one before tells how often it has.
fn next_attempt(entries: &VecDeque<Entry>, key: &str, status: Status) -> u32 {
    let before = entries
        .iter()
        .rev()
        .find(|entry| entry.shown.key == key && entry.shown.replay_of.is_none());
    match before {
        Some(entry) if entry.goes_on && entry.shown.status == u8::from(status) => {
            entry.shown.attempt + 1
        }
        _ => 1,
    }
}

/// Lets go of the oldest: of this document first, then of all.
fn trim(entries: &mut VecDeque<Entry>, key: &str) {
    let of_document = entries.iter().filter(|e| e.shown.key == key).count();
    if of_document > PER_DOCUMENT
        && let Some(oldest) = entries.iter().position(|e| e.shown.key == key)
    {
        entries.remove(oldest);
    }
    let mut bytes: usize = entries.iter().map(|entry| entry.bytes).sum();
    while entries.len() > IN_ALL || bytes > BUDGET {
        let Some(oldest) = entries.pop_front() else {
            break;
        };
        bytes -= oldest.bytes;
    }
}

fn unix_milliseconds() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
