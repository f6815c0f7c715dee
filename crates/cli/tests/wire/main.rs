//! The real binary in a process of its own, seen from outside: by browsers that speak the live
//! protocol, and by an application that signs configs and takes callbacks.
#![allow(missing_docs, reason = "tests are named after what they prove")]

mod addresses;
mod authorities;
mod border;
mod callbacks;
mod commands;
mod common;
mod connections;
mod conversion;
mod credit;
mod cut;
mod deaths;
mod disk;
mod doors;
mod exports;
mod forgotten;
mod goodbye;
mod keys;
mod leaving;
mod losses;
mod opening;
mod operations;
mod people;
mod proxies;
mod recovery;
mod refusals;
mod rights;
mod saving;
mod second;
mod services;
mod start;
mod tell;
mod tenants;
mod tokens;
mod versions;
mod web;
