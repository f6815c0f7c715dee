//! Measures Recto beside the figures of a named alternative.
#![forbid(unsafe_code)]

fn main() {}
