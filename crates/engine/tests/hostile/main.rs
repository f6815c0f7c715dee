//! Kits that a document has taken over, and that speak to the server as an attacker would.

#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use recto_engine::{Death, Event, Input, ViewOptions, ViewRights};
use support::{LIMIT, editor, start, text, words};

/// What the attacker's kits do, one each, and how they end.
const ATTACKS: [(&str, Death); 23] = [
    ("a_view_that_there_is", Death::Broken),
    ("endless_names_of_states", Death::Broken),
    ("a_long_state", Death::Broken),
    ("a_frame_of_64_mebibytes", Death::Broken),
    ("an_answer_of_64_mebibytes", Death::Broken),
    ("a_huge_announcement", Death::Broken),
    ("a_flood_of_small_reports", Death::Broken),
    ("a_flood_of_large_reports", Death::Broken),
    ("a_flood_of_links", Death::Broken),
    ("a_flood_of_frames", Death::Broken),
    ("too_many_reports", Death::Broken),
    ("too_many_parts", Death::Broken),
    ("too_long_names_of_parts", Death::Broken),
    ("an_answer_that_nobody_asked_for", Death::Broken),
    ("an_answer_twice", Death::Broken),
    ("an_answer_of_another_kind", Death::Broken),
    ("a_failure_in_many_words", Death::Broken),
    ("another_start", Death::Broken),
    ("a_frame_of_no_kind", Death::Broken),
    ("nonsense", Death::Broken),
    ("deep_json", Death::Broken),
    ("no_answer", Death::Hung),
    ("a_frame_byte_by_byte", Death::Hung),
];

/// How much the server's memory may grow by one of them, in KiB.
const MOST: u64 = 32 << 10;

/// A figure of this process, in KiB.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.unwrap().split_whitespace().next();
    number.unwrap().parse().unwrap()
}

fn typed(text: &str) -> Input {
    Input::Text { text: text.into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_hostile_kit_ends_its_own_document_and_nothing_else() {
    let fixture = start(|config| {
        let real = std::mem::replace(
            &mut config.kit_command,
            env!("CARGO_BIN_EXE_recto-hostile-kit").into(),
        );
        config.kit_args = vec![real.into()];
        config
            .kit_args
            .extend(ATTACKS.map(|(attack, _)| attack.into()));
        config.hang_limit = Duration::from_secs(5);
        // So that a flood is one on a busy machine, too.
        config.reports_per_second = 1000;
        config.report_bytes_per_second = 512 << 10;
    })
    .await;
    let source = fixture.write("text.fodt", text(&["Hello"]));
    let (other, _other_events) = fixture.open(&source).await;
    let bob = editor(&other, "Bob").await;
    for (attack, end) in ATTACKS {
        let (victim, mut events) = fixture.open(&source).await;
        // Sets the highest mark back to what is in use.
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = memory("VmRSS:");
        let ann = victim
            .create_view(ViewOptions {
                author: "Ann".into(),
                lang: "en".into(),
                rights: ViewRights::edit(),
            })
            .await;
        if let Ok(ann) = ann {
            let lost = tokio::time::timeout(LIMIT, victim.input(ann, typed("lost")));
            // It may have been answered before the attack was noticed.
            let _ = lost.await.expect("an answer or the end");
        }
        // Nobody takes the events before it has ended.
        let dead = async {
            while fixture.engine.kit_pids().contains(&victim.kit_pid()) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LIMIT, dead)
            .await
            .expect("it is killed");
        let grown = memory("VmHWM:").saturating_sub(before);
        println!("{attack}: {grown} KiB");
        assert!(grown < MOST, "{attack}: {grown} KiB");
        let mut last = None;
        while let Some(event) = events.recv().await {
            last = Some(event);
        }
        assert_eq!(last, Some(Event::Died { reason: end }), "{attack}");
        other.input(bob, typed("x")).await.unwrap();
    }
    let saved = fixture.path("saved.odt");
    other.save_copy("odt", &saved).await.unwrap();
    let all = format!("{}Hello", "x".repeat(ATTACKS.len()));
    assert!(words(&saved, "content.xml").contains(&all));
    // What was attacked opens again, in a kit of ours.
    let (again, _events) = fixture.open(&source).await;
    editor(&again, "Ann").await;
}
