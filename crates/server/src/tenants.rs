//! Whom the server serves, and what each of them has of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use recto_convert::{ConvertConfig, Converter};
use recto_engine::Engine;
use recto_fetch::{Clock, Fetcher};
use recto_session::{Overview, Services, SessionConfig, Sessions};
use recto_store::{Store, StoreError};
use recto_token::{Keys, PublicUrl, Refusal, Tenants};
use tokio::sync::Semaphore;

use crate::callback_log::CallbackLog;
use crate::client::Client;
use crate::config::FrameAncestors;
use crate::metrics::Metrics;
use crate::statistics::Statistics;

/// One tenant, or the default.
pub(crate) struct Tenant {
    /// Its name; `None` for the default.
    pub name: Option<String>,
    pub keys: Arc<Keys>,
    pub sessions: Sessions,
    pub converter: Converter,
    pub frame_ancestors: FrameAncestors,
    pub metrics: Metrics,
    pub statistics: Statistics,
    pub callbacks: Arc<CallbackLog>,
}

/// What a tenant has of its own, beside its keys and its name.
pub(crate) struct Own {
    pub fetcher: Fetcher,
    pub public: PublicUrl,
    pub frame_ancestors: FrameAncestors,
}

/// What all tenants share.
pub(crate) struct Common {
    pub engine: Engine,
    pub store: Store,
    pub scratch: PathBuf,
    pub clock: Clock,
    pub session: Arc<SessionConfig>,
    /// Room for open documents.
    pub documents: Arc<Semaphore>,
    pub convert: ConvertConfig,
    pub metrics: Metrics,
}

/// All tenants. A request belongs to one of them, or is refused.
pub(crate) struct Served {
    tenants: Tenants,
    by_name: BTreeMap<Option<String>, Arc<Tenant>>,
}

impl Tenant {
    fn new(name: Option<&str>, keys: &Arc<Keys>, own: Own, common: &Common, all: &Served) -> Self {
        let store = common.store.for_tenant(name);
        let metrics = match name {
            Some(name) => common.metrics.of_tenant(name),
            None => common.metrics.clone(),
        };
        let callbacks = Arc::new(CallbackLog::new(
            name.map(str::to_owned),
            keys.clone(),
            metrics.clone(),
        ));
        let fetcher = own.fetcher.observed_by(callbacks.clone());
        let converting = recto_convert::Services {
            engine: common.engine.clone(),
            store: store.clone(),
            fetcher: fetcher.clone(),
            keys: keys.clone(),
            public: own.public.clone(),
            scratch: common.scratch.clone(),
            clock: common.clock.clone(),
        };
        // How much is converted at once is one limit for all.
        let converter = match all.all().next() {
            Some(other) => other.converter.for_tenant(converting),
            None => Converter::new(converting, common.convert.clone()),
        };
        let sessions = Sessions::new(Services {
            engine: common.engine.clone(),
            store,
            fetcher,
            keys: keys.clone(),
            public: own.public,
            scratch: common.scratch.clone(),
            clock: common.clock.clone(),
            config: common.session.clone(),
            documents: common.documents.clone(),
        });
        Self {
            name: name.map(str::to_owned),
            keys: keys.clone(),
            sessions,
            converter,
            frame_ancestors: own.frame_ancestors,
            metrics,
            statistics: Statistics::default(),
            callbacks,
        }
    }
}

impl Served {
    /// Everybody whose keys there are. `own` says what else a tenant of this name has.
    pub fn new<E>(
        tenants: Tenants,
        common: &Common,
        mut own: impl FnMut(Option<&str>, &Arc<Keys>) -> Result<Own, E>,
    ) -> Result<Self, E> {
        let mut served = Self {
            tenants: Tenants::without_default(),
            by_name: BTreeMap::new(),
        };
        for found in tenants.all() {
            let own = own(found.name, found.keys)?;
            let tenant = Tenant::new(found.name, found.keys, own, common, &served);
            served.by_name.insert(tenant.name.clone(), Arc::new(tenant));
        }
        served.tenants = tenants;
        Ok(served)
    }

    /// Whose a request is: that of the host that it came to, else that whose key its token names, else
    /// the default's.
    pub fn find(&self, host: Option<&str>, token: Option<&str>) -> Result<&Arc<Tenant>, Refusal> {
        let found = self.tenants.find(host, token)?;
        // Both maps have the same names.
        self.named(found.name)
            .ok_or_else(|| Refusal::unknown_tenant(host))
    }

    /// The tenant whose host a request came to; `None` if it is nobody's in particular.
    pub fn by_host(&self, client: &Client) -> Option<&Arc<Tenant>> {
        self.named(self.tenants.by_host(client.host()?)?.name)
    }

    /// The tenant of a name; `None` is the default's.
    pub fn named(&self, name: Option<&str>) -> Option<&Arc<Tenant>> {
        self.by_name.get(&name.map(str::to_owned))
    }

    /// All of them, the default first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Tenant>> {
        self.by_name.values()
    }

    /// What is open, tenant by tenant.
    pub async fn overview(&self) -> Vec<(&Arc<Tenant>, Vec<Overview>)> {
        let each = self
            .all()
            .map(|tenant| async move { (tenant, tenant.sessions.overview().await) });
        futures::future::join_all(each).await
    }

    /// Takes up what an earlier run left unfinished; gives the number of documents.
    pub async fn recover(&self, store: &Store, now: i64) -> Result<usize, StoreError> {
        let names: Vec<_> = self.all().map(|tenant| tenant.name.as_deref()).collect();
        recto_session::keep_for_absent(store, &names, now).await?;
        let mut recovered = 0;
        for tenant in self.all() {
            recovered += tenant.sessions.recover().await?;
        }
        Ok(recovered)
    }

    /// Stores every open document, and ends all that goes on.
    pub async fn stop(&self) {
        // The end of conversions is common to all.
        if let Some(first) = self.all().next() {
            first.converter.stop();
        }
        let each = self.all().map(|tenant| tenant.sessions.stop());
        futures::future::join_all(each).await;
    }
}
