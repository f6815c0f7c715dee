//! Guarded outgoing requests: downloads and callbacks.
#![forbid(unsafe_code)]
