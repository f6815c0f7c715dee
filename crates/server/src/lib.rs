//! HTTP and WebSocket endpoints of the document server: one endpoint a file, and thin.
#![forbid(unsafe_code)]

mod admin;
mod callback_log;
mod client;
mod config;
mod connections;
mod endpoints;
mod health;
mod listener;
mod metrics;
mod openapi;
mod origin;
mod redact;
mod request_id;
mod server;
mod service;
mod socket;
mod statistics;
mod tenants;
mod tidy_path;
mod watchdog;

pub use admin::{AdminPassword, PasswordError};
pub use client::{ForwardedHeader, TrustedProxy, TrustedProxyError, UnknownForwardedHeader};
pub use config::{
    FrameAncestors, FrameAncestorsError, HttpConfig, Refusals, ServerConfig, TenantConfig, Tokens,
    UnknownRefusals,
};
pub use server::{Server, ServerError};
