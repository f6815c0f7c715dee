//! The sandbox, tried from the inside. What this kernel cannot do is listed as ignored, with the
//! reason, and never as passed.

mod attacks;
mod groups;
mod judge;
mod kits;
mod prey;
#[path = "../support/mod.rs"]
mod support;

use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Trial};

use judge::{Tier, judge};

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(groups::INSIDE) {
        run(groups::a_kit_that_hoards_memory());
        return ExitCode::SUCCESS;
    }
    let landlock = Needs::new("no Landlock", landlock_works());
    let namespaces = Needs::new("no namespaces for users", namespaces_work());
    let groups = Needs::new("no delegated control group", groups::delegated());
    let trials = vec![
        trial("l10_the_judge_rejects_what_is_not_enclosed", || {
            judge::rejects_what_is_not_enclosed();
        }),
        trial("l10_the_judge_wants_every_attempt_and_no_other", || {
            judge::wants_every_attempt_and_no_other();
        }),
        landlock.trial("c9_from_inside_without_namespaces", || {
            enclosed(Tier::Plain);
        }),
        namespaces.trial("c9_from_inside_with_namespaces", || enclosed(Tier::Jail)),
        landlock.trial("c9_a_real_kit_is_enclosed_without_namespaces", || {
            run(kits::a_real_kit_is_enclosed(false));
        }),
        // On kernels whose Landlock knows no signals this is all that there is.
        trial(
            "l7_system_calls_alone_keep_off_processes_and_metadata",
            || {
                enclosed(Tier::Filter);
            },
        ),
        namespaces.trial("c9_a_real_kit_is_enclosed_with_namespaces", || {
            run(kits::a_real_kit_is_enclosed(true));
        }),
        landlock.trial("l8_a_greedy_kit_ends_alone_without_namespaces", || {
            run(attacks::l8_a_greedy_kit_ends_alone(false));
        }),
        namespaces.trial("l8_a_greedy_kit_ends_alone_with_namespaces", || {
            run(attacks::l8_a_greedy_kit_ends_alone(true));
        }),
        groups.trial(
            "l8_a_kit_that_hoards_memory_is_ended_by_its_control_group",
            groups::l8_a_kit_that_hoards_memory_is_ended_by_its_control_group,
        ),
        namespaces.trial("c5_the_place_of_the_file_is_not_told", || {
            run(kits::the_place_of_the_file_is_not_told());
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn enclosed(tier: Tier) {
    let report = prey::probe(tier);
    let complaints = judge(&report, tier);
    assert!(
        complaints.is_empty(),
        "{complaints:#?}, {}",
        report["why"].clone()
    );
}

/// Something that a test needs of the kernel, asked without the sandbox's own code.
struct Needs {
    missing: Option<&'static str>,
}

impl Needs {
    fn new(name: &'static str, works: bool) -> Self {
        Self {
            missing: (!works).then_some(name),
        }
    }

    fn trial(&self, name: &str, test: impl FnOnce() + Send + 'static) -> Trial {
        let trial = trial(name, test);
        match self.missing {
            Some(missing) => trial
                .with_kind(format!("not run: {missing} here"))
                .with_ignored_flag(true),
            None => trial,
        }
    }
}

fn trial(name: &str, test: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, || {
        test();
        Ok(())
    })
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Runtime::new().unwrap().block_on(test);
}

fn landlock_works() -> bool {
    use landlock::{ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))
        .is_ok_and(|rules| rules.create().is_ok())
}

fn namespaces_work() -> bool {
    Command::new("unshare")
        .args(["-Urmnp", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"])
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
