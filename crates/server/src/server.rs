//! Starting and stopping.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::FutureExt;
use futures::future::BoxFuture;
use recto_docs_api::Explain;
use recto_engine::Engine;
use recto_fetch::{FetchConfig, Fetcher};
use recto_store::{Store, StoreError};
use recto_token::{PublicUrl, PublicUrlError, Tenants};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::admin::Admin;
use crate::client::{Proxies, TrustedProxy};
use crate::config::{ServerConfig, TenantConfig};
use crate::endpoints::{Shared, router, sample, two_routers};
use crate::listener::Front;
use crate::metrics::Metrics;
use crate::origin::Origins;
use crate::request_id::traced;
use crate::statistics::Statistics;
use crate::tenants::{Common, Own, Served};
use crate::watchdog::{Watchdog, watch as watch_all};

/// How often expired results and old records are removed, and connections counted.
const SWEEP: Duration = Duration::from_secs(60);
/// How long the engine may take to end its kits.
const ENGINE_STOP: Duration = Duration::from_secs(5);

/// Why a server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The data folder cannot be used.
    #[error(
        "The data folder {path} can't be used: {reason}. Choose another with --data, or fix its permissions."
    )]
    Data {
        /// The folder.
        path: std::path::PathBuf,
        /// What the system said. It stands in the sentence, so it is no `source`: that would be said twice.
        reason: std::io::Error,
    },
    /// Nobody said where links begin, and others reach it.
    #[error(
        "Recto listens on {0}, where others reach it, and nobody told it the address that they use. Set public_url (--public-url or RECTO_PUBLIC_URL) to the address under which browsers and applications reach it, such as https://docs.example, or listen on 127.0.0.1."
    )]
    NoPublicUrl(SocketAddr),
    /// There is a proxy, and nobody said where it is found.
    #[error(
        "There are trusted_proxies, and nobody told Recto the address at which they are reached. Set public_url (--public-url or RECTO_PUBLIC_URL) to the address under which browsers and applications reach the proxy, such as https://docs.example."
    )]
    ProxyWithoutPublicUrl,
    /// The address of a tenant.
    #[error(transparent)]
    PublicUrl(#[from] PublicUrlError),
    /// The address is taken or not permitted.
    #[error(
        "Recto can't listen on {address}: {reason}. Choose another address with --listen, or stop what uses this one."
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A part of the server did not start.
    #[error("{message} {hint}")]
    Part {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Documents could not be stored in the time that a stop may take.
    #[error(
        "The server was stopped before everything was stored; documents that were left as their last snapshots have them: {documents}. Look in the log for what hung, and give it more time by stop_seconds in [limits]."
    )]
    Overdue {
        /// How many documents.
        documents: usize,
    },
}

impl ServerError {
    fn part(error: &impl Explain) -> Self {
        Self::Part {
            message: error.message(),
            hint: error.hint(),
        }
    }
}

/// A document server that listens, and is ready to serve.
pub struct Server {
    listener: TcpListener,
    /// Of the administrator's pages, if they have one of their own.
    admin_listener: Option<TcpListener>,
    shared: Arc<Shared>,
    front: Front,
    recovered: usize,
    stop_within: Duration,
}

impl Server {
    /// Starts every part, and takes up what an earlier run left unfinished.
    pub async fn start(config: ServerConfig) -> Result<Self, ServerError> {
        std::fs::create_dir_all(&config.data).map_err(data_error(&config.data))?;
        let (listener, listens) = listen(config.listen).await?;
        let admin_listener = match config.admin_listen {
            Some(address) => Some(listen(address).await?.0),
            None => None,
        };
        let (tenants, tokens) = config.tokens.into_tenants();
        let own = |name: Option<&str>| match name {
            None => TenantConfig {
                name: String::new(),
                policy: config.outgoing.policy.clone(),
                authorities: config.outgoing.authorities.clone(),
                public_url: config.public_url.clone(),
                frame_ancestors: config.frame_ancestors.clone(),
            },
            Some(name) => {
                let mut all = config.tenants.iter();
                let own = all.find(|tenant| tenant.name == name);
                own.cloned().unwrap_or_else(|| TenantConfig::bare(name))
            }
        };
        a_proxy_is_somewhere(config.public_url.as_ref(), &config.trusted_proxies)?;
        let public = public_urls(&tenants, &own, config.public_url.as_ref(), listens)?
            .ok_or(ServerError::NoPublicUrl(config.listen))?;
        let origins = Arc::new(Origins::new(public.values(), listens));
        let (store, scratch) = open_data(&config.data).await?;
        let clock: Arc<dyn Fn() -> i64 + Send + Sync> = Arc::new(unix_now);
        let fetch = FetchConfig {
            max_bytes: config.session.max_bytes,
            ..config.outgoing.clone()
        };
        // Each tenant's is made of it. It signs nothing itself.
        let fetcher =
            Fetcher::new(fetch, None, clock.clone()).map_err(|e| ServerError::part(&e))?;
        let engine = Engine::start(config.engine)
            .await
            .map_err(|e| ServerError::part(&e))?;
        let metrics = Metrics::new(env!("CARGO_PKG_VERSION"), engine.version());
        metrics.limited_by(&config.limits);
        let proxies = Proxies::new(&config.trusted_proxies, config.forwarded_header);
        let front = Front::new(config.http, proxies, metrics.clone());
        let watchdog = Watchdog::new(config.answer_within, config.session.reserve_bytes);
        let common = Common {
            engine: engine.clone(),
            store: store.clone(),
            scratch,
            clock: clock.clone(),
            session: Arc::new(config.session),
            documents: Arc::new(Semaphore::new(config.documents)),
            convert: config.convert,
            metrics: metrics.clone(),
        };
        let tenants = Served::new(tenants, &common, |name, keys| {
            let public = public.get(&name.map(str::to_owned)).cloned();
            let own = own(name);
            let keys = tokens.then(|| keys.clone());
            Ok::<_, ServerError>(Own {
                fetcher: fetcher
                    .for_tenant(own.policy, own.authorities, keys)
                    .map_err(|e| ServerError::part(&e))?,
                public: public.ok_or(ServerError::NoPublicUrl(config.listen))?,
                frame_ancestors: own.frame_ancestors,
            })
        })?;
        let recovered = tenants
            .recover(&store, clock())
            .await
            .map_err(|e| ServerError::part(&e))?;
        let shared = Arc::new(Shared {
            tenants,
            engine,
            store,
            clock,
            tokens,
            token_header: config.token_header,
            token_prefix: config.token_prefix,
            frame_ancestors: config.frame_ancestors,
            refusals: config.refusals,
            large_messages: crate::socket::room_for_large(config.large_message_bytes),
            unauthenticated: Arc::new(Semaphore::new(config.unauthenticated_sockets)),
            first_message_bytes: config.first_message_bytes,
            admin: Arc::new(Admin::new(config.admin_password, origins.clone())),
            origins,
            metrics,
            statistics: Statistics::default(),
            watchdog,
        });
        Ok(Self {
            listener,
            admin_listener,
            shared,
            front,
            recovered,
            stop_within: config.stop_within,
        })
    }

    /// Where it listens: the port is known even if any was asked for.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Where the administrator's pages are, if they have an address of their own.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_listener.as_ref()?.local_addr().ok()
    }

    /// The engine that it opens documents with.
    pub fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    /// Documents that an earlier run left unfinished.
    pub fn recovered(&self) -> usize {
        self.recovered
    }

    /// Serves until `shutdown` completes; then stores every open document, as long as that takes no more
    /// than [`ServerConfig::stop_within`].
    pub async fn run(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServerError> {
        let stopping_all = self.shared.clone();
        let engine = self.shared.engine.clone();
        let sweeper = tokio::spawn(sweep(self.shared.clone()));
        let watchdog = tokio::spawn(watch_all(self.shared.clone()));
        let overdue = overdue(self.shared.clone(), self.stop_within);
        let (stopping, mut stopped) = watch::channel(false);
        let stop_begun = stopped.clone();
        let stop = async move {
            shutdown.await;
            stopping.send_replace(true);
            stopping_all.tenants.stop().await;
        };
        let (app, admin) = match self.admin_listener {
            None => (router(self.shared), None),
            Some(listener) => {
                let (app, admin) = two_routers(self.shared);
                (app, Some((listener, admin)))
            }
        };
        let everybody = self.front.clone().serve(self.listener, traced(app), stop);
        let administrator = async move {
            let Some((listener, app)) = admin else { return };
            let stop = async move {
                // A closed channel means the same as a message.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            let front = self.front.with_places_of_its_own();
            front.serve(listener, traced(app), stop).await;
        };
        let served = async { tokio::join!(everybody, administrator) };
        let result = tokio::select! {
            _ = served => Ok(()),
            documents = overdue(stop_begun) => Err(ServerError::Overdue { documents }),
        };
        sweeper.abort();
        watchdog.abort();
        // Kits end with this process in any case.
        let _ = tokio::time::timeout(ENGINE_STOP, engine.stop()).await;
        result
    }
}

/// Completes when a stop that began takes too long; gives the number of documents that are still open.
fn overdue(
    shared: Arc<Shared>,
    limit: Duration,
) -> impl FnOnce(watch::Receiver<bool>) -> BoxFuture<'static, usize> {
    move |mut begun| {
        async move {
            // A closed channel means the same as a message.
            let _ = begun.wait_for(|begun| *begun).await;
            tokio::time::sleep(limit).await;
            let mut documents = 0;
            for tenant in shared.tenants.all() {
                for key in tenant.sessions.keys() {
                    documents += 1;
                    tracing::error!(%key, tenant = tenant.name.as_deref(), seconds = limit.as_secs(),
                        "a document was not stored in the time that a stop may take");
                }
            }
            documents
        }
        .boxed()
    }
}

/// Refuses proxies that are nowhere: links could not lead to them.
fn a_proxy_is_somewhere(
    public: Option<&PublicUrl>,
    proxies: &[TrustedProxy],
) -> Result<(), ServerError> {
    if public.is_none() && !proxies.is_empty() {
        return Err(ServerError::ProxyWithoutPublicUrl);
    }
    Ok(())
}

/// Where links of each tenant begin: at its own address, or else at the server's, at its own host. None
/// of it comes from a request (attack L2). `None` if somebody has none.
fn public_urls(
    tenants: &Tenants,
    own: &impl Fn(Option<&str>) -> TenantConfig,
    configured: Option<&PublicUrl>,
    listens: SocketAddr,
) -> Result<Option<BTreeMap<Option<String>, PublicUrl>>, PublicUrlError> {
    let servers = configured
        .cloned()
        .or_else(|| PublicUrl::of_listener(listens));
    let mut all = BTreeMap::new();
    for tenant in tenants.all() {
        let url = match (own(tenant.name).public_url, &servers, tenant.name) {
            (Some(url), _, _) => url,
            (None, Some(servers), None) => servers.clone(),
            (None, Some(servers), Some(name)) => servers.at_host(&tenants.host_of(name))?,
            (None, None, _) => return Ok(None),
        };
        all.insert(tenant.name.map(str::to_owned), url);
    }
    Ok(Some(all))
}

fn data_error(path: &Path) -> impl FnOnce(std::io::Error) -> ServerError {
    let path = path.to_owned();
    move |reason| ServerError::Data { path, reason }
}

/// The store, and an empty folder for files on their way.
async fn open_data(data: &Path) -> Result<(Store, PathBuf), ServerError> {
    let store = Store::open(&data.join("store"))
        .await
        .map_err(|e| ServerError::part(&e))?;
    // Files on their way are worth nothing after a restart. The store is locked by now, so they
    // are not those of another server that runs on this folder.
    let scratch = data.join("scratch");
    emptied(&scratch).map_err(data_error(&scratch))?;
    Ok((store, scratch))
}

fn emptied(folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)
}

/// Listens, and says where: the port is chosen by the system if it is 0.
async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServerError> {
    let error = |reason| ServerError::Listen { address, reason };
    let listener = TcpListener::bind(address).await.map_err(error)?;
    let listens = listener.local_addr().map_err(error)?;
    Ok((listener, listens))
}

async fn sweep(shared: Arc<Shared>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        sample(&shared).await;
        for tenant in shared.tenants.all() {
            told(tenant.sessions.sweep().await);
        }
        told(shared.store.sweep(shared.now()).await);
    }
}

fn told<T>(swept: Result<T, StoreError>) {
    if let Err(error) = swept {
        tracing::error!(code = error.code(), message = %error.message(), "sweeping failed");
    }
}

fn unix_now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
