//! A small document manager: the integrator's side, to use and to copy from.
#![forbid(unsafe_code)]
