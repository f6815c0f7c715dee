//! All open sessions of a tenant, by document key.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use recto_docs_api::DocumentKey;
use recto_store::SessionRecord;
use recto_token::{MethodGrant, Opening, Verified, VersionOf};
use serde_json::{Map, Value};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tracing::{Instrument, Span};

use crate::actor;
use crate::admission::TokenId;
use crate::config::Services;
use crate::credit::{Credit, Share};
use crate::force_save::ForceSaving;
use crate::messages::{Command, Join};
use crate::orders::Order;
use crate::participant::{Outlet, Returning, user_id};
use crate::password::Tries;
use crate::problem::Problem;
use crate::second::Purpose;
use crate::watch::Doing;
use crate::wire::{FromBrowser, ToBrowser};

/// Messages that may wait for one session.
const MAILBOX: usize = 1024;
/// How often a join meets a session that is just ending before it gives up.
const TRIES: usize = 8;

/// The sessions of one tenant of this server.
#[derive(Clone)]
pub struct Sessions {
    inner: Arc<Inner>,
}

/// The mailboxes of open documents, and what their tasks are at.
type Active = HashMap<DocumentKey, (mpsc::Sender<Command>, Doing)>;

struct Inner {
    services: Services,
    active: Mutex<Active>,
    /// The versions of a document that somebody has looked at.
    versions: Mutex<HashMap<DocumentKey, HashSet<DocumentKey>>>,
    /// Passwords that were tried.
    tries: Tries,
    stopping: AtomicBool,
}

/// A session's entry among those that are open. It goes with the session, however that ends.
struct Entry {
    sessions: Sessions,
    key: DocumentKey,
    mailbox: mpsc::Sender<Command>,
    _room: Option<OwnedSemaphorePermit>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.sessions.forget(&self.key, &self.mailbox);
    }
}

/// Room for one message.
pub struct Room(Option<Share>);

/// A participant's link to their session.
pub struct Joined {
    participant: String,
    credit: Arc<Credit>,
    outlet: Outlet,
    mailbox: mpsc::Sender<Command>,
}

impl Room {
    /// With what else the message holds until it is done.
    #[must_use]
    pub fn with(self, large: Option<OwnedSemaphorePermit>) -> Self {
        Self(self.0.map(|share| share.with(large)))
    }
}

impl Joined {
    /// Waits until the participant may have this message under way, which had so many bytes.
    pub async fn room(&self, message: &FromBrowser, bytes: usize) -> Room {
        Room(match message {
            FromBrowser::Input { .. } => self.credit.take(bytes).await,
            _ => None,
        })
    }

    /// Hands on a message for which there is room; false when the session has ended.
    pub async fn send(&self, message: FromBrowser, Room(share): Room) -> bool {
        let command = Command::Message {
            participant: self.participant.clone(),
            outlet: self.outlet.clone(),
            message,
            share,
        };
        self.mailbox.send(command).await.is_ok()
    }

    /// Hands on pictures that the integrator signed; false when the session has ended.
    pub async fn insert(&self, id: u64, grant: Verified<MethodGrant>) -> bool {
        let command = Command::Insert {
            participant: self.participant.clone(),
            outlet: self.outlet.clone(),
            id,
            grant: Box::new(grant),
        };
        self.mailbox.send(command).await.is_ok()
    }

    /// Hands on a document that the integrator signed; false when the session has ended.
    pub async fn take(&self, id: u64, grant: Verified<MethodGrant>, purpose: Purpose) -> bool {
        let command = Command::Second {
            participant: self.participant.clone(),
            outlet: self.outlet.clone(),
            id,
            grant: Box::new(grant),
            purpose,
        };
        self.mailbox.send(command).await.is_ok()
    }

    /// Answers the browser itself.
    pub fn answer(&self, message: ToBrowser) {
        self.outlet.send(message);
    }

    /// Tells the browser why its connection is ended, and ends it.
    pub fn fail(&self, problem: &Problem) {
        self.outlet.fail(problem);
    }

    /// The connection ended: on purpose, or it was lost and its participant may return.
    pub async fn ended(self, on_purpose: bool) {
        let command = Command::Ended {
            participant: self.participant,
            outlet: self.outlet,
            on_purpose,
        };
        // A session that has ended needs no word of it.
        let _ = self.mailbox.send(command).await;
    }
}

impl Sessions {
    /// No session yet; call [`Sessions::recover`] before browsers come.
    pub fn new(services: Services) -> Self {
        Self {
            inner: Arc::new(Inner {
                services,
                active: Mutex::default(),
                versions: Mutex::default(),
                tries: Tries::default(),
                stopping: AtomicBool::new(false),
            }),
        }
    }

    /// The times and limits in force.
    pub fn services(&self) -> &Services {
        &self.inner.services
    }

    /// How many documents are open.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Takes up every session that an earlier run of the server left unfinished; gives their number.
    pub async fn recover(&self) -> Result<usize, recto_store::StoreError> {
        let mut count = 0;
        for record in self.inner.services.store.unfinished().await? {
            tracing::info!(key = %record.key, phase = ?record.phase, changed = record.changed,
                "recovering a document that was open when the server stopped");
            count += 1;
            let key = record.key.clone();
            self.mailbox(&key, Some(record));
        }
        Ok(count)
    }

    /// Joins a participant.
    ///
    /// A version of the history is looked at with the rights that its user has in the document now,
    /// and by nobody who was sent away from it.
    pub async fn join(
        &self,
        opening: Verified<Opening>,
        returning: Option<Returning>,
        token: Option<TokenId>,
        outlet: Outlet,
    ) -> Result<Joined, Problem> {
        let Some(of) = opening.version_of.clone() else {
            return self
                .enter(opening, returning, Map::new(), token, outlet)
                .await;
        };
        let version = opening.key.clone();
        let user = user_id(&opening, &of.participant);
        let before = self.standing(&of, &user).await;
        let changed = before.clone().ok_or_else(Problem::dropped)?;
        let joined = self
            .enter(opening, returning, changed, token, outlet)
            .await?;
        self.watch(&of.key, &version);
        // What was ordered before that has reached nobody in the version.
        let after = self.standing(&of, &user).await;
        if after != before {
            let users = Some(vec![user]);
            match after {
                None => self.drop_users(&version, users).await,
                Some(change) => self.change_rights(&version, users, change).await,
            };
        }
        Ok(joined)
    }

    async fn enter(
        &self,
        opening: Verified<Opening>,
        returning: Option<Returning>,
        changed: Map<String, Value>,
        token: Option<TokenId>,
        outlet: Outlet,
    ) -> Result<Joined, Problem> {
        let key = opening.get().key.clone();
        for _ in 0..TRIES {
            if self.inner.stopping.load(Ordering::Acquire) {
                return Err(Problem::stopping());
            }
            let mailbox = self.admitted(&key)?;
            let (reply, answer) = oneshot::channel();
            let join = Join {
                opening: opening.clone(),
                returning: returning.clone(),
                changed: changed.clone(),
                outlet: outlet.clone(),
                token,
                reply,
            };
            if mailbox.send(Command::Join(Box::new(join))).await.is_ok()
                && let Ok(answer) = answer.await
            {
                return answer.map(|joining| Joined {
                    participant: joining.participant,
                    credit: joining.credit,
                    outlet,
                    mailbox,
                });
            }
            self.forget(&key, &mailbox);
        }
        Err(Problem::stopping())
    }

    /// A participant's page was closed; the id comes from a verified session token.
    pub async fn goodbye(&self, key: &DocumentKey, participant: String) {
        let Some((mailbox, _)) = self.lock().get(key).cloned() else {
            return;
        };
        // A session that has ended needs no word of it.
        let _ = mailbox.send(Command::Goodbye { participant }).await;
    }

    /// The ids of those who edit a document, and a callback that tells the same with `userdata`; `None`
    /// if the document is not open.
    pub async fn info(&self, key: &DocumentKey, userdata: Option<String>) -> Option<Vec<String>> {
        self.order(key, |reply| Order::Info { userdata, reply })
            .await
    }

    /// What was changed of a user's rights in a document of which they view a version; `None` if they
    /// were sent away from it. Of a document that is not open, nothing was changed.
    async fn standing(&self, of: &VersionOf, user: &str) -> Option<Map<String, Value>> {
        let order = |reply| Order::Standing {
            participant: of.participant.clone(),
            user: user.to_owned(),
            reply,
        };
        self.order(&of.key, order)
            .await
            .unwrap_or_else(|| Some(Map::new()))
    }

    /// Remembers that what is ordered for a document is to reach those who look at this version of it.
    fn watch(&self, document: &DocumentKey, version: &DocumentKey) {
        let open: HashSet<_> = self.keys().into_iter().collect();
        let mut versions = self.versions();
        for known in versions.values_mut() {
            known.retain(|version| open.contains(version));
        }
        versions.retain(|_, known| !known.is_empty());
        let known = versions.entry(document.clone()).or_default();
        known.insert(version.clone());
    }

    /// The versions of a document that somebody looks at.
    fn versions_of(&self, document: &DocumentKey) -> Vec<DocumentKey> {
        let versions = self.versions();
        let known = versions.get(document).into_iter().flatten();
        known.cloned().collect()
    }

    /// Sends users away from a document, or everybody: their connections end, and their session
    /// tokens do not let them come back. `None` if the document is not open.
    ///
    /// Those who look at versions of it are sent away from them, too.
    pub async fn drop_users(&self, key: &DocumentKey, users: Option<Vec<String>>) -> Option<()> {
        for version in self.versions_of(key) {
            let users = users.clone();
            self.order(&version, |reply| Order::Drop { users, reply })
                .await;
        }
        self.order(key, |reply| Order::Drop { users, reply }).await
    }

    /// Gives users of a document, or everybody, other permissions than those that were signed when they
    /// opened it; never more. `None` if the document is not open.
    pub async fn change_rights(
        &self,
        key: &DocumentKey,
        users: Option<Vec<String>>,
        permissions: Map<String, Value>,
    ) -> Option<()> {
        for version in self.versions_of(key) {
            let (users, permissions) = (users.clone(), permissions.clone());
            self.order(&version, |reply| Order::Permissions {
                users,
                permissions,
                reply,
            })
            .await;
        }
        self.order(key, |reply| Order::Permissions {
            users,
            permissions,
            reply,
        })
        .await
    }

    /// The integrator does not have the file that it is just being given, whatever it will answer. `None`
    /// if the document is not open, nor on its way.
    pub async fn take_back_saved(&self, key: &DocumentKey) -> Option<()> {
        self.order(key, |reply| Order::NotSaved { reply }).await
    }

    /// Shows another title to everybody who has a document open or opens it while others have it. `None`
    /// if it is not open.
    pub async fn rename(&self, key: &DocumentKey, title: String) -> Option<()> {
        self.order(key, |reply| Order::Title { title, reply }).await
    }

    /// Gives the integrator the file as it is now, by a callback that repeats `userdata`. `None` if the
    /// document is not open.
    pub async fn force_save(
        &self,
        key: &DocumentKey,
        userdata: Option<String>,
    ) -> Option<ForceSaving> {
        self.order(key, |reply| Order::ForceSave { userdata, reply })
            .await
    }

    /// Gives an order also for a document that is not open.
    pub(crate) async fn order_anyway<T>(
        &self,
        key: &DocumentKey,
        order: impl Fn(oneshot::Sender<T>) -> Order,
    ) -> Option<T> {
        for _ in 0..TRIES {
            let mailbox = self.mailbox(key, None);
            let (reply, answer) = oneshot::channel();
            if mailbox.send(Command::Order(order(reply))).await.is_ok()
                && let Ok(answer) = answer.await
            {
                return Some(answer);
            }
            self.forget(key, &mailbox);
        }
        None
    }

    /// The keys of all documents that are open.
    pub fn keys(&self) -> Vec<DocumentKey> {
        let active = self.lock();
        let open = active
            .iter()
            .filter(|(_, (mailbox, _))| !mailbox.is_closed());
        open.map(|(key, _)| key.clone()).collect()
    }

    /// The documents that are open now.
    pub(crate) fn open(&self) -> Active {
        self.lock().clone()
    }

    pub(crate) async fn order<T>(
        &self,
        key: &DocumentKey,
        order: impl FnOnce(oneshot::Sender<T>) -> Order,
    ) -> Option<T> {
        let (mailbox, _) = self.lock().get(key).cloned()?;
        let (reply, answer) = oneshot::channel();
        mailbox.send(Command::Order(order(reply))).await.ok()?;
        answer.await.ok()
    }

    /// Stores every open document and ends all sessions.
    pub async fn stop(&self) {
        self.inner.stopping.store(true, Ordering::Release);
        let mailboxes: Vec<_> = self
            .open()
            .into_values()
            .map(|(mailbox, _)| mailbox)
            .collect();
        let waits = mailboxes.into_iter().map(|mailbox| async move {
            let (done, wait) = oneshot::channel();
            if mailbox.send(Command::Stop(done)).await.is_ok() {
                let _ = wait.await;
            }
        });
        futures::future::join_all(waits).await;
    }

    /// Removes records of keys saved long enough ago. What expired is the store's to sweep.
    pub async fn sweep(&self) -> Result<(), recto_store::StoreError> {
        let services = &self.inner.services;
        let now = services.now();
        let closed_for = i64::try_from(services.config.closed_for.as_secs()).unwrap_or(i64::MAX);
        for key in services
            .store
            .delivered_before(now.saturating_sub(closed_for))
            .await?
        {
            if !self.lock().contains_key(&key) {
                services.store.remove_session(&key).await?;
            }
        }
        Ok(())
    }

    /// The session of a key, or a new one if there is room for one more document.
    fn admitted(&self, key: &DocumentKey) -> Result<mpsc::Sender<Command>, Problem> {
        let mut active = self.lock();
        if let Some(mailbox) = open(&active, key) {
            return Ok(mailbox);
        }
        let services = &self.inner.services;
        if active.len() >= services.config.limits.documents_of_tenant {
            return Err(Problem::tenant_full());
        }
        let room = services.documents.clone().try_acquire_owned();
        let room = room.map_err(|_| Problem::server_full())?;
        Ok(self.begin(&mut active, key, None, Some(room)))
    }

    /// The session of a key, or a new one: what is owed to an integrator is done however much is open.
    fn mailbox(&self, key: &DocumentKey, record: Option<SessionRecord>) -> mpsc::Sender<Command> {
        let mut active = self.lock();
        open(&active, key).unwrap_or_else(|| {
            let room = self.inner.services.documents.clone().try_acquire_owned();
            self.begin(&mut active, key, record, room.ok())
        })
    }

    fn begin(
        &self,
        active: &mut Active,
        key: &DocumentKey,
        record: Option<SessionRecord>,
        room: Option<OwnedSemaphorePermit>,
    ) -> mpsc::Sender<Command> {
        let (mailbox, commands) = mpsc::channel(MAILBOX);
        let doing = Doing::default();
        active.insert(key.clone(), (mailbox.clone(), doing.clone()));
        let (sessions, key, own) = (self.clone(), key.clone(), mailbox.clone());
        let services = self.inner.services.clone();
        let tries = self.inner.tries.clone();
        // Two tenants may have documents of one key: a log line says whose it is.
        let span = match services.store.tenant() {
            Some(name) => tracing::info_span!("tenant", name),
            None => Span::none(),
        };
        let session = async move {
            let _entry = Entry {
                sessions,
                key: key.clone(),
                mailbox: own,
                _room: room,
            };
            actor::run(services, key, record, commands, (doing, tries)).await;
        };
        tokio::spawn(session.instrument(span));
        mailbox
    }

    fn forget(&self, key: &DocumentKey, mailbox: &mpsc::Sender<Command>) {
        let mut active = self.lock();
        if active
            .get(key)
            .is_some_and(|(current, _)| current.same_channel(mailbox))
        {
            active.remove(key);
        }
    }

    fn versions(&self) -> MutexGuard<'_, HashMap<DocumentKey, HashSet<DocumentKey>>> {
        // The map is whole whenever the lock is free, even if a holder panicked.
        self.inner
            .versions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Active> {
        // The map is whole whenever the lock is free, even if a holder panicked.
        self.inner
            .active
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The session of a key that has not ended.
fn open(active: &Active, key: &DocumentKey) -> Option<mpsc::Sender<Command>> {
    let (mailbox, _) = active.get(key)?;
    (!mailbox.is_closed()).then(|| mailbox.clone())
}
