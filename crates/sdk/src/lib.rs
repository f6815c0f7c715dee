//! The integrator's side of the Docs API, for applications in Rust.
//!
//! An application that embeds an editor does four things, and each has a type
//! here: it decides what a user may do ([`Rights`]), names the revision that is
//! opened ([`document_key`]), hands the page a signed config ([`Config`],
//! [`Integrator::sign`]), and takes what the document server sends back
//! ([`Integrator::callback`], [`Integrator::download`]).
//!
//! There is no I/O, and the time is an argument (`now`, Unix seconds). It works
//! with every document server that speaks the Docs API, ONLYOFFICE's included.
#![doc = include_str!("../../../docs/topics/sdk.md")]
#![forbid(unsafe_code)]

mod callback;
mod config;
mod integrator;
mod key;
mod rights;
mod script;

pub use callback::{Accepted, CallbackError, Outcome};
pub use config::{Config, ConfigError};
pub use integrator::{Integrator, SignedConfig};
pub use key::document_key;
pub use recto_docs_api::{Callback, DocumentKey, Explain, FileType, Permissions, Status};
pub use recto_token::{Refusal, Secret, SecretError, Verified};
pub use rights::Rights;
