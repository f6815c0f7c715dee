//! Compares a server that speaks the Docs API with what an ONLYOFFICE server 9.3 was seen to answer.
//!
//! The cases are data, in the folder `cases`: how a request and its tokens are built, what ONLYOFFICE
//! answers, and, where Recto answers otherwise on purpose, what it answers and why. [`run`] asks them
//! of a server and gives a [`Report`].
//!
//! A tool that tests must not share mistakes with what it tests. So nothing of Recto's is used here:
//! tokens are put together from bytes, the wrong ones too, and judged by the server alone.
#![forbid(unsafe_code)]

mod case;
mod clock;
mod forge;
mod integrator;
mod judge;
mod live;
mod report;
mod request;
mod run;
mod runner;
mod server;
mod story;
mod template;

pub use case::{Case, CaseError, Difference, Expected, HttpAnswer, cases};
pub use forge::Secret;
pub use report::{Counts, Report, Row, Verdict};
pub use run::{Options, Progress, RunError, run};
pub use server::{Listen, ServerInfo, ServerKind, Target};

#[cfg(test)]
mod tests;
