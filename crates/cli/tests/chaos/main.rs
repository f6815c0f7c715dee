//! Breaks things at random while people write, and compares what is delivered with what was confirmed.
//! The same seed breaks the same things; when exactly, the machine decides too.

#[allow(
    dead_code,
    unused_imports,
    reason = "the doubles of the wire tests, of which these use some"
)]
#[path = "../wire/common/mod.rs"]
mod common;
mod disk;
mod judge;
mod round;
mod sources;
mod typist;

use std::time::{Duration, Instant};

use judge::Findings;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use round::{Fate, Stage};

/// As long as `make chaos` takes by itself.
const MINUTES: u64 = 5;

/// One of each, at a seed that stays the same.
#[tokio::test(flavor = "multi_thread")]
async fn chaos_short_nothing_confirmed_is_lost_unseen() {
    let mut random = StdRng::seed_from_u64(11);
    let mut stage = Stage::start().await;
    let fates = vec![
        Fate {
            kit_killed: true,
            callback_broken: true,
            ..Fate::default()
        },
        Fate {
            kit_stopped: true,
            source_broken: true,
            ..Fate::default()
        },
        Fate {
            abandoned: true,
            ..Fate::default()
        },
    ];
    stage
        .round(&mut random, &fates, Duration::from_secs(6), true)
        .await;
    report(&stage.findings, 11);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: make chaos"]
async fn chaos() {
    let number = |name: &str| std::env::var(name).ok()?.parse().ok();
    let seed = number("SEED").unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    let minutes = number("MINUTES").unwrap_or(MINUTES);
    println!("chaos: SEED={seed} MINUTES={minutes}");
    let mut random = StdRng::seed_from_u64(seed);
    let until = Instant::now() + Duration::from_secs(60 * minutes);
    let mut stage = Stage::start().await;
    while Instant::now() < until {
        let fates: Vec<_> = (0..random.random_range(2..=4))
            .map(|_| Fate::any(&mut random))
            .collect();
        let typing = Duration::from_secs(random.random_range(5..15));
        let kill = random.random_bool(0.5);
        stage.round(&mut random, &fates, typing, kill).await;
        println!(
            "chaos: after {} documents\n{}",
            stage.findings.documents, stage.findings
        );
    }
    let mut findings = stage.findings;
    disk::fills(&mut random, &mut findings).await;
    report(&findings, seed);
}

fn report(findings: &Findings, seed: u64) {
    println!("chaos: SEED={seed}\n{findings}");
    assert!(findings.wrong.is_empty(), "SEED={seed}\n{findings}");
}
