//! What an integrator's back end asks of the server.

use recto_token::{Secret, sign_config};
use serde_json::{Value, json};

use super::{SECRET, Server, now};

/// Posts a body, and gives status and answer.
pub async fn post(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    post_at(server, &server.address().to_string(), path, body).await
}

/// Posts a body to one of the server's names.
pub async fn post_at(server: &Server, host: &str, path: &str, body: &Value) -> (u16, Value) {
    let answer = reqwest::Client::new()
        .post(server.url(path))
        .header("host", host)
        .header("accept", "application/json")
        .json(body)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Fetches a link of the server from one of its names, whichever name the link has.
pub async fn get_at(server: &Server, host: &str, link: &str) -> (u16, String) {
    let (_, after) = link.split_once("://").unwrap();
    let (_, path) = after.split_once('/').unwrap();
    let request = reqwest::Client::new().get(server.url(&format!("/{path}")));
    let answer = request.header("host", host).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Fetches an address, and gives status and text.
pub async fn get(url: &str) -> (u16, String) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// A token over the fields of a request.
pub fn sign(fields: &Value, ttl: i64) -> String {
    sign_config(&Secret::from(SECRET), fields, now(), ttl)
}

/// The body of a request with such a token.
pub fn body(fields: &Value) -> Value {
    json!({ "token": sign(fields, 300) })
}

/// Gives a signed command that is answered with status 200, and returns the answer.
pub async fn command(server: &Server, fields: &Value) -> Value {
    let (status, answer) = post(server, "/command", &body(fields)).await;
    assert_eq!(status, 200, "{fields} {answer}");
    answer
}
