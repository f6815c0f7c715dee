//! A server that cannot be run safely says why and does not start.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use crate::common::{SECRET, Server, Setup, run_to_end};

/// The sentence of a server that refuses to start.
fn refused(setup: &Setup) -> String {
    let (code, text) = run_to_end(setup);
    assert_eq!(code, Some(1), "{text}");
    let sentence = text
        .lines()
        .rev()
        .find(|line| line.starts_with("recto: "))
        .unwrap_or_else(|| panic!("no sentence in {text}"));
    assert!(!text.contains("panicked"), "{text}");
    sentence.replace(&setup.data().display().to_string(), "DATA")
}

fn unset(setup: Setup) -> Setup {
    setup.without_env("JWT_SECRET")
}

#[test]
fn t11_no_secret_and_known_secrets_are_refused() {
    insta::assert_snapshot!(refused(&unset(Setup::bare())), @"recto: No secret is set, and tokens are required. Set JWT_SECRET or JWT_SECRET_FILE to the secret that your application signs with; `openssl rand -hex 32` makes one.");
    insta::assert_snapshot!(refused(&Setup::bare().env("JWT_SECRET", "")), @"recto: The token secret is empty. Make one with \"openssl rand -hex 32\" and set it on both sides, here and in the application that embeds the editor.");
    for known in ["secret", "verysecretstring", "SECRET", "secret\n"] {
        let sentence = refused(&Setup::bare().env("JWT_SECRET", known));
        insta::allow_duplicates! { insta::assert_snapshot!(sentence, @"recto: The token secret is one that manuals and examples print, so anybody can sign with it. Make one with \"openssl rand -hex 32\" and set it on both sides, here and in the application that embeds the editor."); }
    }
}

#[test]
fn a_secret_file_that_cannot_be_read_is_named() {
    let setup = unset(Setup::bare()).env("JWT_SECRET_FILE", "/nowhere/secret");
    insta::assert_snapshot!(refused(&setup), @"recto: The secret file /nowhere/secret can't be read. Check its path and rights: No such file or directory (os error 2)");
    let setup = Setup::bare().env("JWT_SECRET_FILE", "/nowhere/secret");
    insta::assert_snapshot!(refused(&setup), @"recto: Both JWT_SECRET and JWT_SECRET_FILE are set, so it is not clear which secret counts. Unset one of them.");
}

#[test]
fn versions_of_libreoffice_that_do_not_fit_are_refused_with_what_to_do() {
    let refused = |version: &str| {
        let setup = Setup::bare();
        let program = setup.data().join("program");
        std::fs::create_dir_all(&program).unwrap();
        std::fs::write(program.join("libmergedlo.so"), "").unwrap();
        let product = format!("[Bootstrap]\nProductKey=LibreOffice {version}\n");
        std::fs::write(program.join("bootstraprc"), product).unwrap();
        refused(&setup.arg("--office", program.to_str().unwrap()))
    };
    insta::assert_snapshot!(refused("7.4"), @"recto: LibreOffice 7.4 is too old: Recto needs 25.2. Install LibreOffice 25.2: Debian 13 has it, and Debian 12 has it in its backports.");
    insta::assert_snapshot!(refused("26.8"), @"recto: LibreOffice 26.8 is too new: from 26 on it lacks functions that Recto needs. Install LibreOffice 25.2, and pin its version so that updates of the system keep it.");
    // The right version, but of packages that lack most of it.
    insta::assert_snapshot!(refused("25.2"), @"recto: This installation of LibreOffice lacks DATA/program/libswlo.so. Install the full packages libreoffice-writer, -calc, -impress and -draw instead of those that end in -nogui.");
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let sentence = refused(&Setup::bare().arg("--listen", &address)).replace(&address, "ADDRESS");
    insta::assert_snapshot!(sentence, @"recto: Recto can't listen on ADDRESS: Address already in use (os error 98). Choose another address with --listen, or stop what uses this one.");
}

#[test]
fn a_data_folder_that_cannot_be_used_is_named() {
    let setup = Setup::bare();
    let file = setup.data().join("file");
    std::fs::write(&file, "").unwrap();
    let in_file = file.join("data");
    let setup = setup.arg("--data", in_file.to_str().unwrap());
    insta::assert_snapshot!(refused(&setup), @"recto: The data folder DATA/file/data can't be used: Not a directory (os error 20). Choose another with --data, or fix its permissions.");

    // Root may write everywhere, so only others see this one.
    let setup = Setup::bare();
    let locked = setup.data().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o500)).unwrap();
    if std::fs::write(locked.join("probe"), "").is_err() {
        let setup = setup.arg("--data", locked.to_str().unwrap());
        let sentence = refused(&setup);
        assert!(sentence.contains("DATA/locked"), "{sentence}");
    }
}

#[test]
fn a_configuration_file_with_a_mistake_is_named() {
    let setup = Setup::bare();
    let file = setup.data().join("recto.toml");
    std::fs::write(&file, "save_secconds = 3\n").unwrap();
    let (code, text) = run_to_end(&setup);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("recto.toml") && text.contains("save_secconds"),
        "{text}"
    );
    std::fs::write(&file, "listen = 8080\n").unwrap();
    let (code, text) = run_to_end(&setup);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("recto.toml") && text.contains("listen"),
        "{text}"
    );
    std::fs::remove_file(&file).unwrap();
    let setup = setup.arg("--config", "missing.toml");
    insta::assert_snapshot!(refused(&setup), @"recto: The configuration missing.toml can't be read. Check its path and rights: No such file or directory (os error 2)");
}

#[tokio::test]
async fn t10_a_short_secret_is_warned_of_and_no_secret_is_shown() {
    let server = Server::start(&Setup::bare().env("JWT_SECRET", "Sh0rt-but-unknown")).await;
    let log = server.log();
    assert!(
        log.lines()
            .any(|line| line.starts_with("WARNING: ") && line.contains("17 bytes")),
        "{log}"
    );
    assert!(!log.contains("Sh0rt"), "{log}");
    assert_eq!(server.stop().await.code(), Some(0));

    let server = Server::start(&Setup::bare()).await;
    let log = server.log();
    assert!(!log.contains("WARNING"), "{log}");
    assert!(!log.contains(SECRET), "{log}");
    let line = log
        .lines()
        .find(|line| line.contains("Tokens are required. Key: HS256, fingerprint "))
        .unwrap();
    let (_, fingerprint) = line.rsplit_once(' ').unwrap();
    let fingerprint = fingerprint.trim_end_matches('.');
    assert!((4..=16).contains(&fingerprint.len()), "{fingerprint}");
    assert!(
        fingerprint.chars().all(|c| c.is_ascii_hexdigit()),
        "{fingerprint}"
    );
    assert_eq!(server.stop().await.code(), Some(0));
}

#[tokio::test]
async fn a_second_server_on_a_data_folder_leaves_the_first_alone() {
    let setup = Setup::bare();
    let _first = Server::start(&setup).await;
    // A file on its way between store and engine.
    let under_way = setup.data().join("scratch/under-way");
    std::fs::write(&under_way, "").unwrap();
    insta::assert_snapshot!(refused(&setup), @"recto: The data folder DATA/store is in use by another process. Stop the other server, or give this one a folder of its own with --data.");
    assert!(under_way.exists());
}
