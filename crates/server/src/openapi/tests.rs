use serde_json::Value;

use super::*;

fn json() -> Value {
    serde_json::to_value(description()).unwrap()
}

#[test]
fn the_interface_is_this() {
    let description = json();
    let list: Vec<String> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, item)| {
            let methods: Vec<_> = item.as_object().unwrap().keys().cloned().collect();
            format!("{} {path}", methods.join(","))
        })
        .collect();
    insta::assert_snapshot!(list.join("\n"), @"
    get /
    get,post /ConvertService.ashx
    get /cache/files/{id}/{name}
    get /callbacks
    get /callbacks.json
    get /callbacks/
    get /callbacks/assets/{path}
    post /callbacks/replay
    get,post /coauthoring/CommandService.ashx
    post /command
    post /converter
    post /doc/{key}/goodbye
    get /doc/{key}/live
    post /docbuilder
    get /docs
    get /docs/
    get /docs/{path}
    get,post /downloadas/{key}
    get,post /downloadfile/{key}
    get /favicon.ico
    get /healthcheck
    get /info/deaths.json
    get /info/info.json
    get /metrics
    get /openapi.json
    get,post /printfile/{key}/{name}
    get,post /savefile/{key}
    get /token
    get /token/
    get /token/assets/{path}
    post /token/explain
    get,post /upload/{key}
    get /web-apps/apps/api/documents/api.js
    get /web-apps/apps/api/documents/cache-scripts.html
    get /web-apps/apps/api/documents/preload.html
    get /web-apps/apps/editor/{path}
    ");
}

#[test]
fn it_is_openapi_and_says_who_may_ask() {
    let description = json();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(description["info"]["license"]["name"], "MPL-2.0");
    let replay = &description["paths"]["/callbacks/replay"]["post"];
    assert_eq!(replay["tags"][0], "administrators");
    assert!(replay["responses"]["401"].is_object() && replay["requestBody"].is_object());
    let file = &description["paths"]["/cache/files/{id}/{name}"]["get"];
    assert_eq!(file["parameters"][0]["name"], "id");
    assert_eq!(file["parameters"][0]["required"], true);
    let names: Vec<_> = description["paths"]["/command"]["post"]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| parameter["in"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["query"]);
}
