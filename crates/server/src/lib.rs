//! HTTP and WebSocket endpoints of the document server: one endpoint a file, and thin.
#![forbid(unsafe_code)]

mod admin;
mod config;
mod endpoints;
mod origin;
mod request_id;
mod server;
mod service;

pub use admin::{AdminPassword, PasswordError};
pub use config::{Refusals, ServerConfig, Tokens, UnknownRefusals};
pub use server::{Server, ServerError};
