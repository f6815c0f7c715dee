//! Finds what does not answer any more: the store, or the task of a document.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use recto_docs_api::Explain;
use recto_session::Watch;
use recto_store::StoreError;
use tokio::task::JoinHandle;

use crate::endpoints::Shared;

/// How often everything is asked, at least.
const PACE: Duration = Duration::from_secs(5);
/// A watchdog that has not looked for so many limits is not run itself.
const ASLEEP: u32 = 3;

/// Whether everything answers, as found last.
#[derive(Debug)]
pub struct Watchdog {
    limit: Duration,
    /// Bytes that stay free in the data folder.
    reserve: u64,
    hangs: AtomicBool,
    full: AtomicBool,
    looked: Mutex<Instant>,
}

impl Watchdog {
    /// Everything must answer within `limit`, and `reserve` bytes be free in the data folder.
    pub fn new(limit: Duration, reserve: u64) -> Self {
        Self {
            limit,
            reserve,
            hangs: AtomicBool::new(false),
            full: AtomicBool::new(false),
            looked: Mutex::new(Instant::now()),
        }
    }

    /// Whether everything answers.
    pub fn all_answer(&self) -> bool {
        let looked = *self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        !self.hangs.load(Ordering::Relaxed)
            && looked.elapsed() < self.limit.max(PACE).saturating_mul(ASLEEP)
    }

    /// Whether there is too little space to open a document.
    pub fn disk_is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    fn found(&self, hangs: bool) {
        self.hangs.store(hangs, Ordering::Relaxed);
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// Looks until it is ended.
pub async fn watch(shared: Arc<Shared>) {
    let limit = shared.watchdog.limit;
    let mut ticks = tokio::time::interval((limit / 4).clamp(Duration::from_millis(50), PACE));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut store = None;
    let mut sessions: HashMap<Option<String>, Watch> = HashMap::new();
    let mut known = HashSet::new();
    loop {
        ticks.tick().await;
        let mut hanging = HashSet::new();
        if let Some(since) = ask(&shared, &mut store).await.filter(|it| *it > limit) {
            hanging.insert((None, None));
            if !known.contains(&(None, None)) {
                let (on, held) = shared.store.holder().unwrap_or(("the disk", since));
                tracing::error!(
                    seconds = since.as_secs(),
                    on,
                    held = held.as_secs(),
                    "the data folder does not answer: nothing can be stored or opened"
                );
            }
        }
        for tenant in shared.tenants.all() {
            let watch = sessions.entry(tenant.name.clone()).or_default();
            for hang in tenant.sessions.hanging(watch, limit) {
                let id = (tenant.name.clone(), Some(hang.key.clone()));
                if !known.contains(&id) {
                    tracing::error!(key = %hang.key, tenant = tenant.name.as_deref(),
                        seconds = hang.since.as_secs(), on = hang.on, "a document does not answer");
                }
                hanging.insert(id);
            }
        }
        for (tenant, key) in known.difference(&hanging) {
            if let Some(key) = key {
                tracing::info!(%key, tenant = tenant.as_deref(), "a document answers again");
            } else {
                tracing::info!("the data folder answers again");
            }
        }
        shared.watchdog.found(!hanging.is_empty());
        known = hanging;
    }
}

/// One question at a time: how long the store has owed an answer, if it does.
async fn ask(
    shared: &Shared,
    open: &mut Option<(Instant, JoinHandle<Result<(), StoreError>>)>,
) -> Option<Duration> {
    let (since, answer) = open.get_or_insert_with(|| {
        let (store, reserve) = (shared.store.clone(), shared.watchdog.reserve);
        let question = tokio::spawn(async move {
            store.answer().await?;
            store.room_for(reserve).await
        });
        (Instant::now(), question)
    });
    if !answer.is_finished() {
        return Some(since.elapsed());
    }
    let (_, answer) = open.take()?;
    let failed = answer.await.ok().and_then(Result::err);
    let full = matches!(failed, Some(StoreError::DiskFull(_)));
    let was_full = shared.watchdog.full.swap(full, Ordering::Relaxed);
    match failed {
        Some(error) if !full || !was_full => {
            tracing::error!(code = error.code(), message = %error.message(), hint = %error.hint(),
                "the data folder cannot be used");
        }
        None if was_full => tracing::info!("the data folder has room again"),
        _ => {}
    }
    None
}
