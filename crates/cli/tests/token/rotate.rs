//! `recto token rotate`

use std::path::Path;

use super::{SECRET, token};

fn keys(path: &Path) -> Vec<toml::Table> {
    let text = std::fs::read_to_string(path).unwrap();
    let file: toml::Table = text.parse().unwrap();
    file["key"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_table().unwrap().clone())
        .collect()
}

#[test]
fn a_rotation_from_start_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, SECRET).unwrap();
    let path = folder.path().join("keys.toml");
    let file = path.to_str().unwrap();
    let rotate = |more: &[&str]| token(&[&["rotate", "--keys", file], more].concat(), "");

    let started = rotate(&[
        "--secret-file",
        secret.to_str().unwrap(),
        "--now",
        "1000000",
        "--overlap",
        "2h",
    ]);
    assert_eq!(started.code, Some(0), "{}", started.err);
    let both = keys(&path);
    assert_eq!(both.len(), 2);
    assert_eq!(both[0]["secret"].as_str(), Some(SECRET));
    assert_eq!(both[0]["retires"].as_integer(), Some(1_007_200));
    assert!(both[1].get("retires").is_none());
    let new = both[1]["secret"].as_str().unwrap();
    assert!(
        !started.out.contains(SECRET) && !started.out.contains(new),
        "{}",
        started.out
    );
    assert!(started.out.contains(both[1]["id"].as_str().unwrap()));

    let again = rotate(&["--now", "1000100"]);
    assert_eq!(again.code, Some(2), "one at a time");
    assert_eq!(keys(&path), both);

    let finished = rotate(&["--finish", "--now", "1000200"]);
    assert_eq!(finished.code, Some(0), "{}", finished.err);
    let left = keys(&path);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["secret"].as_str(), Some(new));
    assert_eq!(rotate(&["--finish"]).code, Some(2), "nothing is under way");

    // One that has ended by itself makes room for the next.
    assert_eq!(rotate(&["--now", "2000000"]).code, Some(0));
    let next = rotate(&["--now", "2100000"]);
    assert_eq!(next.code, Some(0), "{}", next.err);
    assert_eq!(keys(&path).len(), 2);
}

#[test]
fn the_words_of_a_rotation() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, SECRET).unwrap();
    let path = folder.path().join("keys.toml");
    let file = path.to_str().unwrap();
    let clean = |text: String, new: &str| text.replace(file, "KEYS").replace(new, "FINGERPRINT");
    let done = token(
        &[
            "rotate",
            "--keys",
            file,
            "--secret-file",
            secret.to_str().unwrap(),
            "--now",
            "1000000",
        ],
        "",
    );
    let new = recto_token::Secret::from(keys(&path)[1]["secret"].as_str().unwrap()).fingerprint();
    insta::assert_snapshot!(clean(done.out, &new), @r#"
    KEYS has the new key k1000000 (fingerprint FINGERPRINT).

    1. Restart the document server, so that it reads the file. From then on it accepts tokens by both keys, and signs with the old one: first (fingerprint 10784b51).
    2. Within 24 hours, put the new secret into the application's settings. It is the value of `secret` under the id k1000000 in the file.
    3. Run `recto token rotate --finish --keys KEYS` and restart the document server: it then signs with the new key and refuses the old one. Callbacks that the application refuses in between are delivered again.
    "#);
    let again = token(&["rotate", "--keys", file, "--now", "1000000"], "");
    insta::assert_snapshot!(clean(again.err, &new), @"recto: A rotation is under way already. Give the application the new secret and run this with --finish, or wait until the old one has ended.");
    let done = token(
        &["rotate", "--keys", file, "--finish", "--now", "1000000"],
        "",
    );
    insta::assert_snapshot!(clean(done.out, &new), @"The old key first (fingerprint 10784b51) is removed, and k1000000 (fingerprint FINGERPRINT) signs. Restart the document server.");
}
