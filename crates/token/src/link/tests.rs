use proptest::prelude::*;

use super::*;
use crate::{
    Secret,
    testing::{NOW, keys, lines},
};

fn split(query: &str) -> (String, String) {
    let (expires, sig) = query.split_once('&').unwrap();
    (
        expires.strip_prefix("expires=").unwrap().to_owned(),
        sig.strip_prefix("sig=").unwrap().to_owned(),
    )
}

#[test]
fn f5_links_are_bound_to_path_and_time() {
    let path = "/cache/files/5f/Report.docx";
    let (expires, sig) = split(&sign_link(&keys(), path, NOW + 900));
    let verify = |path: &str, expires: &str, sig: &str, now| {
        verify_link(&keys(), path, expires, sig, now).map_err(|r| r.code)
    };
    assert_eq!(verify(path, &expires, &sig, NOW), Ok(()));
    assert_eq!(verify(path, &expires, &sig, NOW + 899), Ok(()));
    assert_eq!(
        verify(path, &expires, &sig, NOW + 900),
        Err("token.expired")
    );
    assert_eq!(
        verify("/cache/files/5f/Other.docx", &expires, &sig, NOW),
        Err("token.signature")
    );
    let later = (NOW + 9000).to_string();
    assert_eq!(verify(path, &later, &sig, NOW), Err("token.signature"));
    for expires in [
        "",
        "x",
        "1e9",
        &format!("+{expires}"),
        &format!("0{expires}"),
        "99999999999999999999",
    ] {
        assert_eq!(
            verify(path, expires, &sig, NOW),
            Err("token.signature"),
            "{expires}"
        );
    }
    assert_eq!(verify(path, &expires, "", NOW), Err("token.signature"));
    let foreign = Keys::from_secret(Secret::from("the secret of another tenant, long"));
    assert!(verify_link(&foreign, path, &expires, &sig, NOW).is_err());
}

/// The path comes last in what is signed, so no path can pass for another time.
#[test]
fn f5_parts_cannot_flow_into_each_other() {
    let (_, sig) = split(&sign_link(&keys(), "/a", 12));
    for path in ["2\n/a", "2/a"] {
        assert!(verify_link(&keys(), path, "1", &sig, 0).is_err());
    }
}

#[test]
fn sentences() {
    let (expires, sig) = split(&sign_link(&keys(), "/a", NOW));
    insta::assert_snapshot!(lines(&verify_link(&keys(), "/a", &expires, &sig, NOW + 5).unwrap_err()), @r#"
        token.expired "token:jwt expired"
        The link expired 5 seconds ago, at 2026-11-24T10:00:00Z.
        Fetch the file as soon as the callback arrives, before it is answered.
    "#);
    insta::assert_snapshot!(lines(&verify_link(&keys(), "/b", &expires, &sig, NOW).unwrap_err()), @r#"
        token.signature "token:invalid signature"
        The link was not signed by this server, or was changed afterwards.
        Use the link exactly as the callback or answer gave it, with its whole query.
    "#);
}

proptest! {
    #[test]
    fn what_is_signed_verifies(path in "/[ -~]{0,60}", expires in 1i64..=i64::MAX) {
        let (text, sig) = split(&sign_link(&keys(), &path, expires));
        prop_assert!(verify_link(&keys(), &path, &text, &sig, expires - 1).is_ok());
        prop_assert!(!sig.contains(['=', '+', '/', '&']));
    }
}
