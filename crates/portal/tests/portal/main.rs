//! The portal through its routes, with a document server of the test's own on a real socket.

mod callbacks;
mod downloads;
mod forms;
mod pages;
mod rights;
mod support;
mod uploads;
mod versions;
