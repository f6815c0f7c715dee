//! Guarded outgoing requests: downloads and callbacks.
//!
//! Every address that Recto contacts was written by somebody else. So the guard judges what is
//! really connected to: an address given as a number before the request, a name by what it resolves
//! to, at the moment of connecting and on every hop of a redirect. What is not globally routable is
//! refused unless the operator allowed its network.
#![forbid(unsafe_code)]

mod address;
mod callback;
mod callback_error;
mod client;
mod config;
mod delivery;
mod download;
mod error;
mod pattern;
mod policy;
mod resolver;
mod target;
mod tls;

pub use address::AddressClass;
pub use callback_error::{Answer, CallbackError};
pub use client::{Clock, Fetcher};
pub use config::FetchConfig;
pub use delivery::{ANSWER_KEPT, Delivered, DeliveryObserver};
pub use download::Downloaded;
pub use error::{Cause, FetchError, TokenSent};
pub use pattern::{UrlPattern, UrlPatternError};
pub use policy::{Forbidden, HostPattern, HostPatternError, Policy};
pub use resolver::{Lookup, SystemLookup};
pub use tls::{Authorities, AuthoritiesError};
