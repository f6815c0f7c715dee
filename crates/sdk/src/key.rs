//! Document keys.

use recto_docs_api::DocumentKey;
use sha2::{Digest, Sha256};

/// Makes the key of one revision of one file.
///
/// `file` is the application's id of the file, and `revision` is what changes
/// whenever its content does: a version number, an `ETag`, a hash. Never the time
/// at which the page was built: all who open a revision must get the same key,
/// or they do not write together. `installation` tells applications apart that
/// share a document server, for example by their host name.
///
/// Texts of letters, digits, `_` and `-` stay readable; from all others the key
/// is a hash, so that it is a valid key for whatever they hold, and no two
/// revisions ever share one.
pub fn document_key(installation: &str, file: &str, revision: &str) -> DocumentKey {
    let parts = [installation, file, revision];
    let plain = |part: &&str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let readable = parts.join(".");
    if parts.iter().all(plain)
        && let Ok(key) = DocumentKey::try_from(readable)
    {
        return key;
    }
    let mut hash = Sha256::new();
    for part in parts {
        // With its length in front, no part can be taken for a piece of another.
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let key = format!("sha256={}", hex::encode(hash.finalize()));
    match DocumentKey::try_from(key) {
        Ok(key) => key,
        Err(_) => unreachable!("71 characters of the permitted ones are a key"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn simple_ids_stay_readable() {
        assert_eq!(document_key("shop", "17", "3").as_str(), "shop.17.3");
    }

    #[test]
    fn what_no_key_may_hold_is_hashed() {
        for file in ["Ümläut.docx", "{B1-4}", "a/b", "", &"x".repeat(200)] {
            let key = document_key("shop", file, "3");
            assert!(key.as_str().starts_with("sha256="), "{key}");
            assert_eq!(key, document_key("shop", file, "3"));
            assert_ne!(key, document_key("shop", file, "4"));
        }
    }

    proptest! {
        #[test]
        fn two_revisions_never_share_a_key(
            one in [".{0,8}", "[a-c.]{0,4}", ".{0,3}"],
            other in [".{0,8}", "[a-c.]{0,4}", ".{0,3}"],
        ) {
            let key = |p: &[String; 3]| document_key(&p[0], &p[1], &p[2]);
            prop_assert_eq!(key(&one) == key(&other), one == other);
        }
    }
}
