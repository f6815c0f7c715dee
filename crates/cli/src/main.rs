//! The one binary of Recto.
#![forbid(unsafe_code)]

fn main() {}
