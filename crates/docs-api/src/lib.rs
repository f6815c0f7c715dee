//! The wire types of the Docs API and their rules.
#![forbid(unsafe_code)]
