//! What survives the death of the server, of an engine process and of a connection.

use axum::http::StatusCode;
use rustix::process::Signal;
use serde_json::json;

use crate::common::{Answer, Browser, Integrator, Server, Setup, kill, new_key};

/// The same server again, at the same address and on the same data.
async fn restarted(server: Server, setup: Setup) -> (Server, Setup) {
    server.kill();
    let address = server.address().to_string();
    drop(server);
    let setup = setup.arg("--listen", &address);
    (Server::start(&setup).await, setup)
}

async fn saved_text(integrator: &Integrator) -> String {
    let saved = integrator.called_with(2).await;
    let answer = reqwest::get(saved.body["url"].as_str().unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

#[tokio::test]
async fn what_was_saved_survives_the_server() {
    let setup = Setup::default();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("killed");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    // Not asked for: a snapshot follows every change.
    ann.types("Survives. ").await;
    ann.until_saved().await;
    let (server, setup) = restarted(server, setup).await;
    server
        .logged(|log| log.contains("Documents found from an earlier run: 1."))
        .await;
    // Nobody comes back.
    let text = saved_text(&integrator).await;
    assert!(text.contains("Survives. The first line"), "{text}");
    server
        .logged(|log| log.contains(&format!("callback accepted key={key} status=2")))
        .await;
    // And it is delivered once.
    let (server, _setup) = restarted(server, setup).await;
    assert!(!server.log().contains("earlier run"), "{}", server.log());
}

#[tokio::test]
async fn a_delivery_that_is_due_survives_the_server() {
    let setup = Setup::default();
    let server = Server::start(&setup).await;
    let mut integrator = Integrator::start().await;
    let key = new_key("due");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    integrator.called_with(1).await;
    integrator.down();
    ann.types("Undelivered. ").await;
    ann.leave().await;
    let failed = |log: &str| {
        log.lines().any(|line| {
            line.contains("a callback failed") && line.contains(&key) && line.contains("status=2")
        })
    };
    server.logged(failed).await;
    integrator.up().await;
    let (_server, _setup) = restarted(server, setup).await;
    let text = saved_text(&integrator).await;
    assert!(text.contains("Undelivered. The first line"), "{text}");
}

#[tokio::test]
async fn a_browser_goes_on_after_a_restart_and_nothing_is_applied_twice() {
    let setup = Setup::default().arg("--recover-seconds", "60");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("goes-on");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Before. ").await;
    ann.saves().await;
    let before = ann.opened.clone();
    let (server, _setup) = restarted(server, setup).await;
    let mut ann = Browser::come_back(&server, &key, &before, 2).await;
    assert_eq!(
        (&ann.opened["fresh"], &ann.opened["access"]),
        (&json!(true), &json!("edit"))
    );
    assert_eq!(ann.opened["user"], before["user"]);
    assert_eq!(ann.opened["save"]["state"], "saved");
    // What was not confirmed is sent again, numbered on from what the server says.
    let text = json!({ "kind": "text", "text": "After. " });
    let seq = ann.input(text.clone()).await;
    ann.numbered(seq, text.clone()).await;
    ann.until_applied(seq).await;
    ann.numbered(seq, text).await;
    ann.until_applied(seq).await;
    // A second loss, right after: this time the server is still there.
    let opened = ann.opened.clone();
    drop(ann);
    let ann = Browser::come_back(&server, &key, &opened, seq).await;
    assert_eq!(
        (&ann.opened["fresh"], &ann.opened["applied"]),
        (&json!(false), &json!(seq))
    );
    ann.leave().await;
    let text = saved_text(&integrator).await;
    assert_eq!(text.matches("Before. ").count(), 1, "{text}");
    assert_eq!(text.matches("After. ").count(), 1, "{text}");
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_stores_what_is_open() {
    let setup = Setup::default().arg("--snapshot-seconds", "600");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("stopped");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Stored at the end. ").await;
    let stopped = server.stop();
    let told = async {
        let failed = ann.until("failed").await;
        assert_eq!(
            (&failed["code"], &failed["fatal"]),
            (&json!("server.stopping"), &json!(false))
        );
        ann.ending().await;
    };
    let (status, ()) = tokio::join!(stopped, told);
    assert_eq!(status.code(), Some(0), "{}", server.log());
    let (_server, _setup) = restarted(server, setup).await;
    let text = saved_text(&integrator).await;
    assert!(text.contains("Stored at the end. The first line"), "{text}");
}

#[tokio::test]
async fn a_lost_connection_is_waited_for_and_then_counts_as_left() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("lost");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut ben = Browser::open(&server, &integrator.signed(&key, "u2", "Ben")).await;
    ann.types("Lost. ").await;
    drop(ann);
    ben.until_that(|m| m["type"] == "participants" && m["list"][0]["online"] == false)
        .await;
    let gone = ben
        .until_that(|m| m["type"] == "participants" && m["list"].as_array().unwrap().len() == 1)
        .await;
    assert_eq!(gone["list"][0]["userId"], "u2");
    drop(ben);
    let told = [
        integrator.called().await,
        integrator.called().await,
        integrator.called().await,
        integrator.called().await,
    ];
    let told: Vec<_> = told
        .iter()
        .map(|called| (called.status(), called.body["actions"][0].clone()))
        .collect();
    let action = |kind: u8, user: &str| json!({ "type": kind, "userid": user });
    assert_eq!(
        told,
        [
            (1, action(1, "u1")),
            (1, action(1, "u2")),
            (1, action(0, "u1")),
            (2, action(0, "u2"))
        ]
    );
    // A user who comes back too late opens the key that was saved.
    integrator.answer_next([Answer(StatusCode::OK, r#"{"error":0}"#)]);
}

/// The process that started another, if that exists.
fn parent(pid: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(')')?;
    after.split_whitespace().nth(1)?.parse().ok()
}

/// All processes that descend from this one.
fn descendants(ancestor: i32) -> Vec<i32> {
    let all = std::fs::read_dir("/proc").unwrap();
    let pids = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let mut at = *pid;
        while let Some(up) = parent(at) {
            if up == ancestor {
                return true;
            }
            at = up;
        }
        false
    })
    .collect()
}

/// Whether a process is there and no zombie.
fn alive(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn c6_the_death_of_an_engine_process_costs_one_document_a_moment() {
    let server = Server::start(&Setup::default()).await;
    let integrator = Integrator::start().await;
    let (key, other) = (new_key("c6"), new_key("c6-other"));
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut ben = Browser::open(&server, &integrator.signed(&other, "u2", "Ben")).await;
    ann.types("Before. ").await;
    ann.saves().await;
    ben.types("Undisturbed. ").await;
    let (hers, his) = (server.kit_of(&key).await, server.kit_of(&other).await);
    assert_ne!(hers, his);
    kill(hers, Signal::KILL);
    let stage = ann.until("progress").await;
    assert_eq!(stage["stage"], "recovering");
    let opened = ann.until_opened().await;
    assert_eq!(
        (&opened["fresh"], &opened["applied"]),
        (&json!(true), &json!(1))
    );
    assert_ne!(server.kit_of(&key).await, hers);
    ann.types("After. ").await;
    ann.saves().await;

    // Now all that wait ready die with it. What starts them lives: Ben's process is its child.
    let hers = server.kit_of(&key).await;
    let mut doomed = descendants(server.pid());
    // The first process of Ben's jail is a sibling of his kit, and all in the jail ends with it.
    let jail = parent(his).unwrap();
    doomed.retain(|pid| {
        parent(*pid) != Some(jail) && !descendants(*pid).contains(&his) && alive(*pid)
    });
    assert!(doomed.contains(&hers), "{doomed:?} without {hers}");
    for pid in doomed {
        // One may be the child of another that has died by now.
        if alive(pid) {
            kill(pid, Signal::KILL);
        }
    }
    let opened = ann.until_opened().await;
    assert_eq!(opened["fresh"], true);
    ann.types("Again. ").await;
    ann.leave().await;
    let text = saved_text(&integrator).await;
    for part in ["Before. ", "After. ", "Again. ", "The first line"] {
        assert_eq!(text.matches(part).count(), 1, "{part}: {text}");
    }

    // Ben has noticed nothing: same process, and his second input is confirmed as such.
    ben.types("Still. ").await;
    assert_eq!(server.kit_of(&other).await, his, "{}", server.log());
    ben.leave().await;
    let text = saved_text(&integrator).await;
    assert!(
        text.contains("Undisturbed. Still. The first line"),
        "{text}"
    );
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
