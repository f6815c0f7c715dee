//! `recto token …`, as a person calls it.

#![allow(
    missing_docs,
    clippy::missing_panics_doc,
    reason = "tests are named after what they prove"
)]

mod explain;
mod rotate;
mod sign;
mod verify;

use std::io::Write;
use std::process::{Command, Stdio};

/// The token that started it all: rightly made, and empty.
pub const EMPTY: &str =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.5IuXpdN4fObi2fx6W5CGCNoz6SJXz8Kvjc1n15krGFo";

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// What a command did: its exit code and what it wrote.
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs `recto token` with these arguments and this standard input.
pub fn token(arguments: &[&str], input: &str) -> Done {
    let mut child = Command::new(env!("CARGO_BIN_EXE_recto"))
        .arg("token")
        .args(arguments)
        .env_remove("JWT_SECRET")
        .env_remove("JWT_SECRET_FILE")
        .env_remove("JWT_KEYS_FILE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Done {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}
