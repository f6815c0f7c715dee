//! Certificate authorities of the operator's own.

use reqwest::Certificate;

/// Certificates that are trusted beside those of the system.
#[derive(Clone, Debug, Default)]
pub struct Authorities(pub(crate) Vec<Certificate>);

/// A text without a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "It holds no certificate in PEM. Give the certificate of the authority, which begins with -----BEGIN CERTIFICATE-----."
)]
pub struct AuthoritiesError;

impl Authorities {
    /// These and others.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        self.0.extend(others.0.iter().cloned());
        self
    }

    /// Takes one certificate or several, in PEM.
    pub fn from_pem(text: &[u8]) -> Result<Self, AuthoritiesError> {
        match Certificate::from_pem_bundle(text) {
            Ok(certificates) if !certificates.is_empty() => Ok(Self(certificates)),
            _ => Err(AuthoritiesError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused() {
        for text in [
            "",
            "nonsense",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            assert_eq!(
                Authorities::from_pem(text.as_bytes()).unwrap_err(),
                AuthoritiesError
            );
        }
        insta::assert_snapshot!(AuthoritiesError, @"It holds no certificate in PEM. Give the certificate of the authority, which begins with -----BEGIN CERTIFICATE-----.");
    }
}
