//! The async client: what the rest of Recto sees of the engine.

mod archive;
mod cgroup;
mod comments;
mod convert;
mod csv;
mod dialect;
mod document;
mod folder;
mod fonts;
mod frames;
mod launcher;
mod link;
mod memory;
mod page;
mod parts;
mod pixels;
mod pool;
mod process;
mod queue;
mod records;
mod saved;
mod second;
mod sheet;
mod snapshot;
mod usage;
mod waiting;

use std::path::Path;
use std::sync::{Arc, Mutex, Weak};

use recto_docs_api::Password;

pub use convert::{ConvertOptions, Converted};
pub use dialect::Dialect;
pub use document::{Document, DocumentInfo, Effect, MissingFont, Selection, ViewOptions};
pub use link::{Painted, Pending};
pub use parts::PartNotice;
pub use pixels::{TilePixels, TileRequest};
pub use queue::Events;
pub use second::SecondFile;
pub use snapshot::{Foreground, Snapshot};

use crate::config::EngineConfig;
use crate::error::{EngineError, OpenError};
use crate::event::Death;
use crate::{formats, version};
use cgroup::Groups;
use launcher::Launcher;
use link::{Link, lock};
use pool::Pool;

/// What keeps a kit away from the system, as the first kit reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isolation {
    /// Files outside of its own folder are closed to it.
    pub landlock: bool,
    /// System calls outside of an allow-list fail.
    pub seccomp: bool,
    /// It has users, processes, mounts and network of its own.
    pub namespaces: bool,
}

/// How a document is to be opened.
#[derive(Debug, Clone, Copy)]
pub struct OpenOptions<'a> {
    /// The file's extension, without a dot.
    pub file_type: &'a str,
    /// What its users call it, which its fields and functions show; any text.
    pub title: &'a str,
    /// Opens a file that is protected.
    pub password: Option<&'a Password>,
    /// How a text of values is saved, if that is known already; as it is written if it is not.
    pub dialect: Option<Dialect>,
}

impl<'a> OpenOptions<'a> {
    /// A file of this type that has no title, and no password.
    pub fn untitled(file_type: &'a str) -> Self {
        Self {
            file_type,
            title: "",
            password: None,
            dialect: None,
        }
    }
}

/// The engine: a launcher, a pool of warmed kits, and the documents that are open.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    config: EngineConfig,
    pool: Pool,
    isolation: Isolation,
    version: String,
    notices: Vec<PartNotice>,
    open: Mutex<Vec<Weak<Link>>>,
    groups: Option<Arc<Groups>>,
    snapshots: snapshot::Counts,
}

impl Engine {
    /// Starts the engine and waits for the first kit that has really loaded documents.
    pub async fn start(config: EngineConfig) -> Result<Self, EngineError> {
        // What is not told here, the kit tells when it has loaded the library.
        if let Some(version) = version::installed(&config.install) {
            version::check(&version)?;
        }
        let notices = parts::check(&config.install)?;
        for notice in &notices {
            tracing::warn!("{notice}");
        }
        folder::prepare_work(&config.work)?;
        let config = EngineConfig {
            work: config.work.canonicalize()?,
            ..config
        };
        let groups = Groups::of_this_process();
        let launcher = Launcher::start(config.clone(), groups.clone()).await?;
        let first = pool::start_kit(&config, &launcher).await?;
        let ready = &first.ready;
        let isolation = Isolation {
            landlock: ready.landlock,
            seccomp: ready.seccomp,
            namespaces: ready.namespaces,
        };
        let version = ready.version.clone();
        tracing::info!(%version, ?isolation, "the document engine is ready");
        let pool = Pool::start(config.clone(), launcher, first);
        Ok(Self(Arc::new(Inner {
            config,
            pool,
            isolation,
            version,
            notices,
            open: Mutex::default(),
            groups,
            snapshots: snapshot::Counts::default(),
        })))
    }

    /// Opens a copy of `file` in a warmed kit. The events end with [`Event::Died`](crate::Event::Died).
    pub async fn open(
        &self,
        file: &Path,
        options: OpenOptions<'_>,
    ) -> Result<(Document, Events), OpenError> {
        let kind = formats::opened_as(options.file_type)
            .ok_or_else(|| OpenError::Type(options.file_type.to_owned()))?;
        let limit = self.0.config.load_limit;
        archive::check(file, options.file_type, kind).await?;
        let protected = saved::protection(file, options.file_type).await?;
        let kit = self.0.pool.take().await?;
        let opened = Document::open(Arc::clone(&kit), file, options, protected, kind, limit).await;
        match opened {
            Ok(opened) => {
                let mut open = lock(&self.0.open);
                open.retain(|kit| kit.upgrade().is_some_and(|kit| kit.alive()));
                open.push(Arc::downgrade(&kit));
                Ok(opened)
            }
            Err(error) => {
                // It may be in any state, and LibreOffice is known to crash after a failed load.
                kit.kill(Death::Stopped);
                Err(error)
            }
        }
    }

    /// Whether documents can be opened: a kit is warmed, or will be as soon as it is its turn. A storm of
    /// openings and conversions may leave none warm for a while; it is starts that fail again and again
    /// that say that the engine is broken.
    pub fn ready(&self) -> bool {
        self.0.pool.serves()
    }

    /// Starts of kits that have failed since the last one that did not.
    pub fn failed_starts(&self) -> usize {
        self.0.pool.failed()
    }

    /// Kits that are warmed and wait for a document.
    pub fn warm_kits(&self) -> usize {
        self.0.pool.warm()
    }

    /// What isolates the kits.
    pub fn isolation(&self) -> Isolation {
        self.0.isolation
    }

    /// LibreOffice's product name and version.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// What is to be said of the parts that LibreOffice is installed with.
    pub fn part_notices(&self) -> &[PartNotice] {
        &self.0.notices
    }

    /// The kits of open documents and of conversions.
    pub fn kit_pids(&self) -> Vec<u32> {
        self.documents()
            .iter()
            .filter(|kit| kit.alive())
            .map(|kit| kit.ready.pid)
            .collect()
    }

    /// Ends every kit. Open documents report that they died.
    pub async fn stop(&self) {
        for kit in self.documents() {
            kit.kill(Death::Stopped);
            kit.gone().await;
        }
        self.0.pool.stop().await;
        folder::remove_kits(&self.0.config.work);
        if let Some(groups) = &self.0.groups {
            groups.sweep();
        }
    }

    fn documents(&self) -> Vec<Arc<Link>> {
        lock(&self.0.open)
            .iter()
            .filter_map(Weak::upgrade)
            .collect()
    }
}
