//! Asking the cases of a server.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use url::Url;

use crate::case::{CaseError, cases};
use crate::integrator::Integrator;
use crate::report::Report;
use crate::runner::Runner;
use crate::server::Target;
use crate::story::ROWS;

/// How it is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only cases whose id begins with this.
    pub only: Option<String>,
    /// Questions under way at once.
    pub concurrency: usize,
    /// Time for one answer.
    pub timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            only: None,
            concurrency: 4,
            timeout: Duration::from_secs(15),
        }
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows that are done.
    pub done: usize,
    /// All rows.
    pub total: usize,
}

/// Why nothing could be asked.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The compiled-in data is faulty.
    #[error(transparent)]
    Cases(#[from] CaseError),
    /// The address has another scheme.
    #[error(
        "{0} is no address of an HTTP server. Give one that begins with http:// or https://, for example http://127.0.0.1:8080."
    )]
    Address(String),
    /// No answer.
    #[error(
        "{url} can't be reached: {reason}. Check the address, and that the document server runs."
    )]
    Unreachable {
        /// The address.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// An answer that is none of a document server.
    #[error(
        "{url} is not the address of a document server, since its /healthcheck answers with status {status} and neither true nor false. Give the address under which /web-apps/apps/api/documents/api.js is."
    )]
    NoDocumentServer {
        /// The address.
        url: String,
        /// The status of the answer.
        status: u16,
    },
    /// `only` leaves nothing.
    #[error(
        "No case begins with {0:?}. Give the beginning of an id, such as command.token or websocket."
    )]
    NoCase(String),
    /// The built-in application can't listen.
    #[error(
        "The built-in application can't listen on {0}: {1}. Give another address with --listen, such as 127.0.0.1:0."
    )]
    Listen(std::net::SocketAddr, String),
}

/// Asks the cases of a server, and compares.
pub async fn run(
    target: &Target,
    options: &Options,
    progress: &dyn Fn(Progress),
) -> Result<Report, RunError> {
    let mut cases = cases()?;
    let only = options.only.as_deref();
    let told = |id: &str| only.is_none_or(|only| id.starts_with(only));
    let of_story = ROWS.iter().filter(|(id, ..)| told(id)).count();
    cases.retain(|case| told(&case.id));
    if let (Some(only), true, 0) = (only, cases.is_empty(), of_story) {
        return Err(RunError::NoCase(only.to_owned()));
    }
    let mut integrator = match &target.listen {
        Some(listen) => Some(
            Integrator::start(listen.address, listen.url.as_ref(), &target.header)
                .await
                .map_err(|error| RunError::Listen(listen.address, error.to_string()))?,
        ),
        None => None,
    };
    // The built-in application has a file too.
    let mut own = target.clone();
    if let (None, Some(integrator)) = (&own.file, &integrator) {
        own.file = Url::parse(&integrator.file("conformance")).ok();
    }
    let mut runner = Runner::meet(&own, options).await?;
    let (server, notes) = runner.look().await?;
    let total = cases.len() + of_story;
    let runner = &runner;
    let answers = cases.iter().enumerate().map(|(index, case)| async move {
        let row = runner.row(case).await?;
        Ok::<_, RunError>((index, row))
    });
    let mut answers = stream::iter(answers).buffer_unordered(options.concurrency.max(1));
    let mut rows = Vec::with_capacity(total);
    while let Some(answer) = answers.next().await {
        rows.push(answer?);
        progress(Progress {
            done: rows.len(),
            total,
        });
    }
    rows.sort_by_key(|(index, _)| *index);
    let mut rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    if of_story > 0 {
        for row in runner.story(integrator.as_mut(), only).await {
            rows.push(row);
            progress(Progress {
                done: rows.len(),
                total,
            });
        }
    }
    Ok(Report::new(server, notes, rows))
}
