//! HTTP and WebSocket endpoints of the document server: one endpoint a file, and thin.
#![forbid(unsafe_code)]

mod config;
mod endpoints;
mod origin;
mod server;

pub use config::{ServerConfig, Tokens};
pub use server::{Server, ServerError};
