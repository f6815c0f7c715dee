//! The life of one open document.
#![forbid(unsafe_code)]
