//! A shared secret that is ready for HMAC.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Algorithm;
use crate::Secret;

/// A secret with the state of HMAC-SHA256 after its key, which is the same for
/// each token. Both are overwritten in memory when they are dropped.
#[derive(Clone)]
pub(super) struct Shared {
    secret: Secret,
    /// In a box, so that moving the key leaves no copy of it behind.
    hs256: Option<Box<Hmac<Sha256>>>,
}

impl Shared {
    pub(super) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Whether the secret made the HMAC `signature`; takes the same time
    /// wherever they differ.
    pub(super) fn fits(&self, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> bool {
        match (algorithm, &self.hs256) {
            (Algorithm::Hs256, Some(state)) => {
                let mut mac = Hmac::clone(state);
                mac.update(input);
                mac.verify_slice(signature).is_ok()
            }
            _ => algorithm.hmac_fits(self.secret.bytes(), input, signature),
        }
    }
}

impl From<Secret> for Shared {
    fn from(secret: Secret) -> Self {
        Self {
            hs256: Hmac::new_from_slice(secret.bytes()).ok().map(Box::new),
            secret,
        }
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.secret == other.secret
    }
}

impl Eq for Shared {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zeroize::ZeroizeOnDrop;

    use super::*;

    /// HMAC keeps nothing but two such hashes and a buffer like theirs.
    #[test]
    fn the_state_is_overwritten() {
        fn overwritten<T: ZeroizeOnDrop>() {}
        overwritten::<Sha256>();
    }

    proptest! {
        #[test]
        fn the_kept_state_judges_as_the_secret_does(
            secret in proptest::collection::vec(any::<u8>(), 0..150),
            input in proptest::collection::vec(any::<u8>(), 0..300),
            at in 0_usize..32,
            flip in 0_u8..2,
            length in 31_usize..34,
        ) {
            let shared = Shared::from(Secret::from(secret.clone()));
            let mac = <Hmac<Sha256>>::new_from_slice(&secret).unwrap();
            let mut signature = mac.chain_update(&input).finalize().into_bytes().to_vec();
            signature[at] ^= flip;
            signature.resize(length, 0);
            let fits = shared.fits(Algorithm::Hs256, &input, &signature);
            prop_assert_eq!(fits, flip == 0 && length == 32);
            prop_assert_eq!(fits, Algorithm::Hs256.hmac_fits(&secret, &input, &signature));
        }
    }
}
