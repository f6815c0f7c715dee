//! What a kit may do and what it may not, attempt by attempt, and who says so.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::prey::probe;

/// What is in force around the probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    None,
    Filter,
    Plain,
    Jail,
}

impl Tier {
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Filter => "filter",
            Self::Plain => "plain",
            Self::Jail => "jail",
        }
    }
}

/// Attempts that must fail in every sandbox and succeed without one.
const FORBIDDEN: &[&str] = &[
    "append",
    "chmod",
    "chown",
    "create",
    "create_in_root",
    "execute",
    "fchmod",
    "fchmodat",
    "fchown",
    "fchownat",
    "fork",
    "futimens",
    "hard_link",
    "kill",
    "lease",
    "list",
    "listen",
    "make_dir",
    "memory",
    "memory_file",
    "others_environment",
    "outlive",
    "own_environment",
    "own_limit",
    "own_variables",
    "passwd",
    "pidfd",
    "pipe",
    "priority",
    "prlimit",
    "read",
    "remove",
    "signal_by_descriptor",
    "soft_link",
    "take_away",
    "tcp",
    "tgkill",
    "truncate",
    "truncate_by_opening",
    "udp",
    "unix",
    "unshare",
    "utimensat",
];

/// What LibreOffice cannot do without.
const NEEDED: &[&str] = &[
    "own_file",
    "own_limit_read",
    "own_signal",
    "own_temporary",
    "thread",
];

/// What ends with the kit, and is counted, in a jail alone; without one and without a control group it
/// is not permitted.
const OF_A_JAIL: &[&str] = &["copy"];

/// Where only the filter of system calls is in force, these depend on what it leaves to Landlock.
const LEFT_TO_LANDLOCK: &[&str] = &[
    "append",
    "create",
    "create_in_root",
    "list",
    "make_dir",
    "others_environment",
    "passwd",
    "read",
    "remove",
    "take_away",
];

/// Without a sandbox only the superuser succeeds with these.
const OF_THE_SUPERUSER: &[&str] = &["create_in_root"];

/// Everything that is wrong with a report, one sentence each. An attempt that was not made is as
/// wrong as one that succeeded, and so is one that no table names.
pub fn judge(report: &Value, tier: Tier) -> Vec<String> {
    let expected = |name: &str| match name {
        name if tier == Tier::Filter && LEFT_TO_LANDLOCK.contains(&name) => {
            json!(report["tried"][name].as_str().unwrap_or("tried"))
        }
        name if OF_A_JAIL.contains(&name) && tier == Tier::Jail => json!("permitted"),
        name if OF_A_JAIL.contains(&name) => json!("denied"),
        name if FORBIDDEN.contains(&name) => json!("denied"),
        name if NEEDED.contains(&name) => json!("permitted"),
        _ => json!("in no table"),
    };
    let known = FORBIDDEN.iter().chain(NEEDED).chain(OF_A_JAIL).copied();
    let tried = report["tried"].as_object().into_iter().flatten();
    let names: BTreeSet<&str> = known.chain(tried.map(|(name, _)| name.as_str())).collect();
    let mut complaints: Vec<_> = names
        .into_iter()
        .filter(|name| report["tried"][name] != expected(name))
        .map(|name| {
            let found = &report["tried"][name];
            format!("{name} is {found}, not {}", expected(name))
        })
        .collect();
    let facts = match tier {
        Tier::None | Tier::Filter => json!({}),
        Tier::Plain => json!({ "namespaces": false, "landlock": true }),
        // The jail alone is enough where the kernel has no Landlock.
        Tier::Jail => json!({ "namespaces": true, "landlock": report["facts"]["landlock"] }),
    };
    if report["facts"] != facts {
        complaints.push(format!("in force is {}", report["facts"]));
    }
    complaints
}

/// With nothing in force every forbidden attempt succeeds, so that each of them is a real one, and
/// the judge says so of each.
pub fn rejects_what_is_not_enclosed() {
    let report = probe(Tier::None);
    let superuser = rustix::process::geteuid().is_root();
    let mut forbidden: Vec<_> = FORBIDDEN.iter().chain(OF_A_JAIL).collect();
    forbidden.sort_unstable();
    let expected: Vec<_> = forbidden
        .into_iter()
        .filter(|name| superuser || !OF_THE_SUPERUSER.contains(name))
        .map(|name| format!("{name} is \"permitted\", not \"denied\""))
        .collect();
    assert_eq!(judge(&report, Tier::None), expected, "{}", report["why"]);
}

pub fn wants_every_attempt_and_no_other() {
    let mut report = enclosed();
    assert_eq!(judge(&report, Tier::Plain), [""; 0]);

    report["tried"]["fork"] = json!("forked");
    report["tried"]["teleport"] = json!("denied");
    report["tried"]["own_file"] = json!("denied");
    report["tried"].as_object_mut().unwrap().remove("kill");
    report["facts"]["landlock"] = json!(false);
    insta::assert_snapshot!(judge(&report, Tier::Plain).join("\n"), @r#"
    fork is "forked", not "denied"
    kill is null, not "denied"
    own_file is "denied", not "permitted"
    teleport is "denied", not "in no table"
    in force is {"landlock":false,"namespaces":false}
    "#);
    assert_eq!(
        judge(&json!({}), Tier::Plain).len(),
        FORBIDDEN.len() + NEEDED.len() + OF_A_JAIL.len() + 1
    );
}

/// A report without fault.
fn enclosed() -> Value {
    let word = |names: &[&str], word: &str| -> serde_json::Map<String, Value> {
        names
            .iter()
            .map(|name| ((*name).to_owned(), json!(word)))
            .collect()
    };
    let mut tried = word(FORBIDDEN, "denied");
    tried.extend(word(OF_A_JAIL, "denied"));
    tried.extend(word(NEEDED, "permitted"));
    json!({ "facts": { "namespaces": false, "landlock": true }, "tried": tried })
}
