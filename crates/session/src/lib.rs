//! The life of one open document: participants, rights, tiles, snapshots, saving and callbacks.
//!
//! One task owns one document key. The web side joins participants to it and carries messages;
//! everything that decides anything is here.
#![forbid(unsafe_code)]

mod actor;
mod acts;
mod admission;
mod callbacks;
mod chat;
mod config;
mod credit;
mod deaths;
mod download;
mod engine_side;
mod force_save;
mod forgotten;
mod history;
mod inputs;
mod insert;
mod interval;
mod journal;
mod limits;
mod links;
mod loading;
mod losses;
mod membership;
mod messages;
mod orders;
mod overview;
mod painting;
mod participant;
mod password;
mod problem;
mod registry;
mod rights;
mod saving;
mod second;
mod storing;
mod suspects;
mod tiles;
mod watch;
mod ways;
pub mod wire;

pub use admission::TokenId;
pub use config::{Services, SessionConfig};
pub use force_save::ForceSaving;
pub use forgotten::keep_for_absent;
pub use limits::Limits;
pub use overview::{Overview, State};
pub use participant::{Inlet, Outgoing, Outlet, Returning, outlet};
pub use problem::Problem;
pub use registry::{Joined, Room, Sessions};
pub use second::Purpose;
pub use watch::{Hang, Watch};
