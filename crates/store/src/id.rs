//! Names that the store gives: 128 random bits, never derived from anything outside.

use std::fmt;
use std::str::FromStr;

/// Hexadecimal digits of an id.
const LENGTH: usize = 32;

/// A new id for a blob or a result: 128 bits from the thread's cryptographic generator, in hex.
pub fn new_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Whether a text has the form of [`new_id`]'s: exactly 32 lower-case hexadecimal digits.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == LENGTH
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The name of a stored file. Only 32 lower-case hexadecimal digits are one, so that no id can be
/// a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId(String);

impl BlobId {
    pub(crate) fn random() -> Self {
        Self(new_id())
    }

    /// The id as it is in the journal and in the blob folder.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is not an id of this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id of the store is 32 lower-case hexadecimal digits")]
pub struct IdError;

impl FromStr for BlobId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if is_id(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError)
        }
    }
}

impl TryFrom<String> for BlobId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        if is_id(&text) {
            Ok(Self(text))
        } else {
            Err(IdError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn f1_an_id_is_never_a_path() {
        for bad in [
            "",
            "..",
            "../journal.db",
            "%2e%2e%2f",
            "/etc/passwd",
            "0123456789abcdef0123456789abcde",
            "0123456789abcdef0123456789abcdef0",
            "0123456789ABCDEF0123456789ABCDEF",
            "0123456789abcdef0123456789abcde\0",
            "0123456789abcdef/123456789abcdef",
            "0123456789abcdef0123456789abcdé",
        ] {
            assert_eq!(bad.parse::<BlobId>(), Err(IdError), "{bad:?}");
        }
    }

    #[test]
    fn w6_ids_differ_and_are_well_formed() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| new_id()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| is_id(id)));
    }

    proptest! {
        #[test]
        fn only_hexadecimal_digits_parse(text in "\\PC{0,40}") {
            if let Ok(id) = text.parse::<BlobId>() {
                prop_assert!(u128::from_str_radix(id.as_str(), 16).is_ok());
                prop_assert_eq!(id.as_str().len(), 32);
            }
        }

        #[test]
        fn what_is_displayed_parses_back(bits: u128) {
            let id: BlobId = format!("{bits:032x}").parse()?;
            prop_assert_eq!(id.to_string().parse::<BlobId>()?, id);
        }
    }
}
