//! The processes on the other side: the launcher and the kits that it forks.
//!
//! Nothing here is async: LibreOffice has the main thread and calls back.

mod background;
mod canvas;
mod clipboard;
mod comments;
mod dialogs;
mod dispatch;
mod fonts;
mod form;
mod in_place;
mod launcher;
mod main_loop;
mod mouse;
mod queue;
mod reports;
mod resting;
mod review;
mod second;
mod socket;
mod tracking;
mod warm_up;

use std::ffi::OsString;
use std::path::Path;

use crate::sandbox::{self, Prey};

/// The entry point of `recto kit …`. Never returns. It must run before any thread or runtime
/// exists, because it forks. Its standard input is the server's socket.
///
/// `args` are the arguments after `kit`: `--zygote` to prepare LibreOffice before kits are forked,
/// `--single` to let every kit prepare itself, `--probe LAYERS FOLDER PROGRAM_FOLDER PID FILES ADDRESS`
/// to enter the sandbox and print what it permits.
pub fn kit_main(args: impl IntoIterator<Item = OsString>) -> ! {
    let args: Vec<_> = args
        .into_iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let code = match args[..] {
        ["--zygote"] => launcher::run(true),
        ["--single"] => launcher::run(false),
        ["--probe", layers, dir, install, pid, folder, address] => {
            let prey = Prey {
                pid: pid.parse().unwrap_or_default(),
                folder: folder.into(),
                address: address.into(),
            };
            sandbox::probe(layers, Path::new(dir), Path::new(install), &prey)
        }
        _ => {
            eprintln!("This command is for the document server, which starts it by itself.");
            2
        }
    };
    sandbox::exit(code)
}
