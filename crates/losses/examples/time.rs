//! How long a scan takes: `cargo run --release -p recto-losses --example time -- FILE…`.
#![allow(missing_docs, reason = "an example")]

use std::fs::File;
use std::io::BufReader;
use std::time::{Duration, Instant};

use recto_docs_api::FileType;
use recto_losses::{Options, scan};

/// The shortest of some runs is the one that was disturbed least.
const RUNS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args_os().skip(1).map(std::path::PathBuf::from) {
        let extension = path.extension().and_then(|it| it.to_str());
        let file_type = FileType::parse(extension.unwrap_or_default())?;
        let bytes = std::fs::metadata(&path)?.len();
        let mut best = Duration::MAX;
        let mut kinds = 0;
        for _ in 0..RUNS {
            let file = BufReader::new(File::open(&path)?);
            let begun = Instant::now();
            kinds = scan(file, file_type, &Options::default())?.losses.len();
            best = best.min(begun.elapsed());
        }
        println!(
            "{}: {bytes} bytes, {:.1} ms, {kinds} kinds",
            path.display(),
            best.as_secs_f64() * 1000.0
        );
    }
    Ok(())
}
