//! The rights with which versions of the history are looked at.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, command as order, new_key, sign};
use crate::rights::tries;

#[tokio::test]
async fn p7_what_was_lowered_is_lowered_for_versions_of_the_history_too() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("old.txt", "An older text");
    let key = new_key("p7-version");
    let ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let bob = Browser::open(&server, &integrator.signed(&key, "u2", "Bob")).await;
    let look = async |by: &Browser| {
        let mut data =
            json!({ "version": 1, "key": "old", "url": integrator.url("/files/old.txt") });
        data["token"] = sign(&data, 300).into();
        let mut browser = Browser::connect(&server, &key).await;
        let session = &by.opened["session"];
        browser
            .say(&json!({ "type": "open", "version": data, "session": session }))
            .await;
        browser
    };
    let (mut hers, mut his) = (look(&ann).await, look(&bob).await);
    let version = hers.until_opened().await["session"].clone();
    his.until_opened().await;
    assert_eq!(tries(&mut hers, "copy").await, "yes");

    // Who looks at one already, and not the others who do.
    let fields = json!({
        "c": "permissions", "key": key, "users": ["u1"],
        "permissions": { "copy": false, "download": false },
    });
    assert_eq!(order(&server, &fields).await["error"], 0);
    let rights = hers.until("rights").await;
    assert_eq!(
        (&rights["copy"], &rights["download"], &rights["print"]),
        (&json!(false), &json!(false), &json!(true))
    );
    assert_eq!(tries(&mut hers, "copy").await, "no");
    assert_eq!(tries(&mut his, "copy").await, "yes");
    // Who opens one with the session token of before.
    let mut again = look(&ann).await;
    let opened = again.until_opened().await;
    assert_eq!(
        (&opened["copy"], &opened["download"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(tries(&mut again, "copy").await, "no");
    // And a user who comes back to one with the token for it.
    let key_of_version = |token: &Value| {
        let claims = token.as_str().unwrap().split('.').nth(1).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(claims).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        claims["aud"].as_str().unwrap().to_owned()
    };
    let of_version = key_of_version(&version);
    let back = json!({ "session": version, "participant": "none" });
    let returned = Browser::come_back(&server, &of_version, &back, 0).await;
    assert_eq!(returned.opened["copy"], false);

    let drop = json!({ "c": "drop", "key": key, "users": ["u1"] });
    assert_eq!(order(&server, &drop).await["error"], 0);
    for mut looking in [hers, again, returned] {
        assert_eq!(looking.ending().await.code(), "session.dropped");
    }
    let open = json!({ "type": "open", "config": {}, "session": version });
    let refused = Browser::refused(&server, &of_version, &open).await;
    assert_eq!(refused.code(), "session.dropped");
    assert_eq!(tries(&mut his, "copy").await, "yes");
    his.leave().await;
    bob.leave().await;
}
