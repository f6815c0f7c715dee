//! What those who stay notice of one who leaves.

use serde_json::json;

use crate::common::{Browser, Integrator, Server, new_key, signed};

#[tokio::test]
async fn ch10_others_keep_their_engine_when_one_who_typed_in_a_table_leaves() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("left-table");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut ben = Browser::open(&server, &integrator.signed(&key, "u2", "Ben")).await;
    let count = |value: u32| json!({ "type": "long", "value": value });
    let table = json!({ "kind": "command", "name": ".uno:InsertTable", "args": { "Columns": count(2), "Rows": count(2) } });
    let seq = ann.input(table).await;
    ann.until_applied(seq).await;
    ann.types("In a cell. ").await;
    ann.leave().await;
    ben.until_that(|m| m["type"] == "participants" && m["list"].as_array().unwrap().len() == 1)
        .await;
    // The view goes after its participant; what Ben types then is taken by the same kit.
    for word in ["One. ", "Two. ", "Three. "] {
        let seq = ben.input(json!({ "kind": "text", "text": word })).await;
        let told = ben
            .all_until(|m| m["type"] == "ack" && m["seq"] == seq)
            .await;
        assert!(told.iter().all(|m| m["type"] != "progress"), "{told:#?}");
    }
    ben.saves().await;
    let died = format!("an engine process died key={key}");
    assert!(!server.log().contains(&died), "{}", server.log());
    ben.leave().await;
    let saved = integrator.called_with(2).await;
    let text = reqwest::get(saved.body["url"].as_str().unwrap()).await;
    let text = text.unwrap().text().await.unwrap();
    assert!(
        text.contains("In a cell. ") && text.contains("Three. "),
        "{text}"
    );
}

#[tokio::test]
async fn what_stands_in_a_cell_that_nobody_entered_is_in_the_file_that_the_last_user_leaves() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("table.csv", "first,1\n");
    let key = new_key("left-cell");
    let mut config = integrator.config(&key, "u1", "Ann");
    config["documentType"] = "cell".into();
    config["document"]["fileType"] = "csv".into();
    config["document"]["url"] = integrator.url("/files/table.csv").into();
    let mut ann = Browser::open(&server, &signed(config)).await;
    ann.types("typed and acknowledged").await;
    // The snapshot is stored while the cell is still being edited, so that it lacks the text.
    ann.saves().await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    let text = reqwest::get(saved.body["url"].as_str().unwrap()).await;
    let text = text.unwrap().text().await.unwrap();
    assert!(text.contains("typed and acknowledged"), "{text}");
}
