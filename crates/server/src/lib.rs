//! HTTP and WebSocket endpoints of the document server.
#![forbid(unsafe_code)]
