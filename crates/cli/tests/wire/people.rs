//! Whom a participant is shown.

use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, new_key, signed};

/// A config for a user of a group, which sees only users of these groups.
fn config(integrator: &Integrator, key: &str, name: &str, group: &str, sees: &Value) -> Value {
    let mut config = integrator.config(key, name, name);
    config["editorConfig"]["user"]["group"] = group.into();
    if !sees.is_null() {
        config["document"]["permissions"]["userInfoGroups"] = sees.clone();
    }
    signed(config)
}

/// The ids of the users in a list of participants.
fn users(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one["userId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn users_of_other_groups_are_neither_named_nor_placed() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("people");
    let server = &server;
    let open = |name: &str, group: &str, sees: Value| {
        let config = config(&integrator, &key, name, group, &sees);
        async move { Browser::open(server, &config).await }
    };
    let mut eve = open("Eve", "Sales", Value::Null).await;
    let mut lea = open("Lea", "Law", Value::Null).await;
    let mut vera = open("Vera", "Sales", json!(["Law"])).await;
    assert_eq!(users(&vera.opened["participants"]), ["Lea", "Vera"]);
    let (hidden, shown) = (eve.opened["view"].clone(), lea.opened["view"].clone());
    eve.types("By Eve. ").await;
    lea.types("By Lea. ").await;
    let mut passed = vera
        .all_until(|m| m["type"] == "peerCaret" && m["view"] == shown)
        .await;
    vera.say(&json!({ "type": "ping" })).await;
    passed.extend(vera.all_until(|m| m["type"] == "pong").await);
    assert!(!passed.iter().any(|m| m["view"] == hidden), "{passed:#?}");
    // The others see everybody. What Lea was told of Eve before may have passed while she typed.
    eve.types("More. ").await;
    let caret = |m: &Value| m["type"] == "peerCaret" && m["view"] == hidden;
    lea.until_that(caret).await;
    // A list that is told later is no longer than the first.
    eve.leave().await;
    lea.leave().await;
    let told = vera
        .all_until(|m| m["type"] == "participants" && users(&m["list"]) == ["Vera"])
        .await;
    let lists = told.iter().filter(|m| m["type"] == "participants");
    for list in lists {
        assert!(!users(&list["list"]).contains(&"Eve"), "{list}");
    }
}
