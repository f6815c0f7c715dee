//! A small document manager: users, files, rights and versions around a Recto document server.
//!
//! It is the demonstration, and the example to copy: everything that concerns the Docs API is in
//! [`integration`], apart from the pages.
#![forbid(unsafe_code)]

mod auth;
mod clock;
mod csrf;
mod i18n;
pub mod integration;
mod names;
mod pages;
mod seed;
mod storage;
mod text;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use recto_docs_api::Explain;
use recto_sdk::{Integrator, Secret};
use recto_token::check_secret;
use tokio::net::TcpListener;
use url::Url;

pub use auth::PasswordError;
pub use clock::Clock;
pub use seed::SAMPLE_PASSWORD;

/// How large a file may be, in bytes: what a document server takes by default.
pub const MAX_FILE_BYTES: u64 = 100 * 1024 * 1024;

/// What the portal needs to know to start.
#[derive(Debug)]
pub struct PortalConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The folder for the database and the files; made when it is missing.
    pub data: PathBuf,
    /// The document server's address as browsers reach it.
    pub document_server: Url,
    /// The portal's address as the document server reaches it.
    pub public_url: Url,
    /// The secret that the portal shares with the document server.
    pub secret: Secret,
    /// A folder with `Welcome.docx`, `Budget.xlsx`, `Slides.pptx` and `Form.docx`, taken in at the first start.
    pub samples: Option<PathBuf>,
}

/// Why the portal could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// The address cannot be listened on.
    #[error(
        "The portal cannot listen on {address}: {source}. Stop what uses that address, or choose another one."
    )]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The data folder cannot be used.
    #[error(
        "The portal cannot use its data folder: {reason}. Check that the folder is writable and holds only the portal's data."
    )]
    Data {
        /// What went wrong there.
        reason: String,
    },
    /// The sample accounts could not be made.
    #[error(
        "The sample accounts could not be made: {0}. Try again, and check the machine if it stays so."
    )]
    Samples(#[from] PasswordError),
    /// The secret protects nothing.
    #[error("{} {}", .0.message(), .0.hint())]
    Secret(#[from] recto_token::SecretError),
    /// An address in the configuration cannot be used.
    #[error(
        "The address {url} cannot be used for {purpose}. Give a full http or https address without user name, query and fragment."
    )]
    Address {
        /// The address given, without any user name or password.
        url: String,
        /// Which setting it is.
        purpose: &'static str,
    },
    /// The client for fetching saved documents could not be made.
    #[error("The HTTP client cannot be started: {0}. Check the machine's certificate store.")]
    Client(#[from] reqwest::Error),
    /// Serving ended with an error.
    #[error("The portal stopped serving: {0}. Start it again.")]
    Serve(#[source] std::io::Error),
}

impl From<storage::StorageError> for PortalError {
    fn from(error: storage::StorageError) -> Self {
        Self::Data {
            reason: error.to_string(),
        }
    }
}

/// What every handler shares.
#[derive(Clone)]
struct App {
    storage: storage::Storage,
    settings: Arc<Settings>,
    sign_in_limit: Arc<auth::SignInLimit>,
    clock: Clock,
    /// For fetching saved documents. It follows no redirect: the address it is given was checked,
    /// and one that an answer names would not be.
    http: reqwest::Client,
}

struct Settings {
    document_server: Url,
    public_url: Url,
    integrator: Integrator,
}

impl App {
    fn now(&self) -> i64 {
        (self.clock)()
    }
}

/// A portal whose data folder is open and whose sample accounts exist.
pub struct Portal {
    app: App,
    listen: SocketAddr,
}

impl Portal {
    /// Opens the data folder; at the first start, makes the sample accounts and takes in the sample files.
    pub async fn new(config: PortalConfig) -> Result<Self, PortalError> {
        Self::with_clock(config, clock::system()).await
    }

    /// The same, with another source of time.
    pub async fn with_clock(config: PortalConfig, clock: Clock) -> Result<Self, PortalError> {
        if let Some(warning) = check_secret(&config.secret)? {
            tracing::warn!(
                reason = warning.message(),
                hint = warning.hint(),
                "the secret is weak"
            );
        }
        let document_server = base(&config.document_server, "the document server")?;
        let settings = Settings {
            integrator: Integrator::new(config.secret, document_server.clone())?,
            document_server,
            public_url: base(&config.public_url, "the portal")?,
        };
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(60))
            .timeout(Duration::from_secs(120))
            .build()?;
        let app = App {
            storage: storage::Storage::open(&config.data).await?,
            settings: Arc::new(settings),
            sign_in_limit: Arc::default(),
            clock,
            http,
        };
        seed::first_start(&app, config.samples.as_deref()).await?;
        Ok(Self {
            app,
            listen: config.listen,
        })
    }

    /// All routes, for serving or for testing without a network.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(integration::routes())
            .merge(pages::routes(self.app.clone()))
            .with_state(self.app.clone())
    }

    /// Takes the address that the configuration names; [`BoundPortal::address`] tells the port.
    pub async fn bind(self) -> Result<BoundPortal, PortalError> {
        let address = self.listen;
        let failed = |source| PortalError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(BoundPortal {
            portal: self,
            listener,
            address,
        })
    }
}

/// A portal with its address taken.
pub struct BoundPortal {
    portal: Portal,
    listener: TcpListener,
    address: SocketAddr,
}

impl BoundPortal {
    /// The address listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` resolves.
    pub async fn serve(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), PortalError> {
        let service = self
            .portal
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(self.listener, service)
            .with_graceful_shutdown(shutdown)
            .await
            .map_err(PortalError::Serve)
    }
}

/// Opens, binds and serves until `shutdown` resolves.
pub async fn run(
    config: PortalConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), PortalError> {
    Portal::new(config)
        .await?
        .bind()
        .await?
        .serve(shutdown)
        .await
}

/// An address to put paths under: http(s), nothing secret in it, ending in a slash.
fn base(url: &Url, purpose: &'static str) -> Result<Url, PortalError> {
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let mut base = url.clone();
    if !plain {
        let _ = base.set_username("");
        let _ = base.set_password(None);
        base.set_query(None);
        base.set_fragment(None);
        return Err(PortalError::Address {
            url: base.to_string(),
            purpose,
        });
    }
    if !base.path().ends_with('/') {
        let path = format!("{}/", base.path());
        base.set_path(&path);
    }
    Ok(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(document_server: &str, secret: &str) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let config = PortalConfig {
            listen: ([127, 0, 0, 1], 0).into(),
            data: folder.path().to_path_buf(),
            document_server: document_server.parse().expect("a URL"),
            public_url: "http://127.0.0.1:8081".parse().expect("a URL"),
            secret: Secret::from(secret),
            samples: None,
        };
        match Portal::new(config).await {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[tokio::test]
    async fn a_configuration_that_cannot_work_is_refused_at_the_start() {
        let secret = "0123456789abcdef0123456789abcdef";
        insta::assert_snapshot!(refused("ftp://user:pw@docs.example/?a=b", secret).await, @"The address ftp://docs.example/ cannot be used for the document server. Give a full http or https address without user name, query and fragment.");
        assert_eq!(
            refused("https://docs.example/recto", secret).await,
            "accepted"
        );
    }

    #[tokio::test]
    async fn t11_a_default_secret_is_refused_at_the_start() {
        assert!(
            refused("http://docs.example", "secret")
                .await
                .contains("openssl rand -hex 32")
        );
    }

    #[tokio::test]
    async fn a_taken_port_is_told_with_the_address() {
        let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = taken.local_addr().expect("an address");
        let folder = tempfile::tempdir().expect("a folder");
        let config = PortalConfig {
            listen: address,
            data: folder.path().to_path_buf(),
            document_server: "http://127.0.0.1:8080".parse().expect("a URL"),
            public_url: "http://127.0.0.1:8081".parse().expect("a URL"),
            secret: Secret::from("0123456789abcdef0123456789abcdef"),
            samples: None,
        };
        let error = run(config, std::future::pending())
            .await
            .expect_err("taken");
        assert!(
            error
                .to_string()
                .starts_with(&format!("The portal cannot listen on {address}: "))
        );
    }
}
