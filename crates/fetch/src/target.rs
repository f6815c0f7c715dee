//! What may stand in an address before anything is resolved.

use std::net::IpAddr;

use url::{Host, Url};

use crate::{FetchError, Policy};

/// An address whose form may be requested: http or https, a host, no credentials, and no forbidden
/// number for a host.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    url: Url,
}

impl Target {
    /// Judges an address of the config.
    pub(crate) fn parse(address: &str, policy: &Policy) -> Result<Self, FetchError> {
        let url = Url::parse(address).map_err(|e| FetchError::Invalid {
            reason: e.to_string(),
        })?;
        Self::judge(url, policy)
    }

    /// Judges what a redirect leads to, relative to where it came from.
    pub(crate) fn redirect(&self, location: &str, policy: &Policy) -> Result<Self, FetchError> {
        let url = self.url.join(location).map_err(|e| FetchError::Invalid {
            reason: format!("redirect: {e}"),
        })?;
        if self.url.scheme() == "https" && url.scheme() == "http" {
            return Err(FetchError::Downgrade { to: origin(&url) });
        }
        Self::judge(url, policy)
    }

    fn judge(mut url: Url, policy: &Policy) -> Result<Self, FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Scheme {
                scheme: url.scheme().to_owned(),
            });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::Credentials);
        }
        let literal: Option<IpAddr> = match url.host() {
            None => {
                return Err(FetchError::Invalid {
                    reason: "no host".into(),
                });
            }
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(ip)) => Some(ip.into()),
            Some(Host::Ipv6(ip)) => Some(ip.into()),
        };
        // the client asks the resolver for names only, so numbers are judged here
        if let Some(address) = literal {
            policy
                .judge(None, address)
                .map_err(|why| FetchError::forbidden(address.to_string(), address, why))?;
        }
        url.set_fragment(None);
        Ok(Self { url })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The host's name, when it is not a number.
    pub(crate) fn name(&self) -> Option<&str> {
        match self.url.host() {
            Some(Host::Domain(name)) => Some(name),
            _ => None,
        }
    }

    /// Scheme, host and port: as much of an address as may be shown and logged, since paths and
    /// queries of integrators carry access tokens.
    pub(crate) fn origin(&self) -> String {
        origin(&self.url)
    }

    pub(crate) fn same_origin(&self, other: &Self) -> bool {
        self.url.origin() == other.url.origin()
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AddressClass;
    use proptest::prelude::*;
    use recto_docs_api::Explain;

    fn parse(address: &str) -> Result<Target, FetchError> {
        Target::parse(address, &Policy::default())
    }

    fn class(address: &str) -> Option<AddressClass> {
        match parse(address) {
            Err(FetchError::ForbiddenAddress { class, .. }) => Some(class),
            _ => None,
        }
    }

    #[test]
    fn s1_numbers_are_judged_in_every_notation() {
        use AddressClass as C;
        for (address, expected) in [
            ("http://127.0.0.1/", C::Loopback),
            ("http://127.1/", C::Loopback),
            ("http://2130706433/", C::Loopback),
            ("http://0x7f000001/", C::Loopback),
            ("http://0x7f.0.0.1/", C::Loopback),
            ("http://0177.0.0.01/", C::Loopback),
            ("http://017700000001/", C::Loopback),
            ("http://127.0.0.1./", C::Loopback),
            ("http://%31%32%37.0.0.1/", C::Loopback),
            ("http://１２７.0.0.1/", C::Loopback),
            ("http://①②⑦.0.0.1/", C::Loopback),
            ("http://127。0。0。1/", C::Loopback),
            ("http://0/", C::Unspecified),
            ("http://0.0.0.0:8080/", C::Unspecified),
            ("http://169.254.169.254/latest/meta-data/", C::CloudMetadata),
            ("http://2852039166/", C::CloudMetadata),
            ("http://100.64.0.1/", C::SharedCarrier),
            ("http://[::1]/", C::Loopback),
            ("http://[::]/", C::Unspecified),
            ("http://[::ffff:127.0.0.1]/", C::Loopback),
            ("http://[::ffff:7f00:1]/", C::Loopback),
            ("http://[0:0:0:0:0:ffff:10.0.0.1]/", C::Private),
            ("http://[fd00::1]/", C::Private),
            ("http://[2002:7f00:1::]/", C::Translated),
            ("http://[64:ff9b::7f00:1]/", C::Translated),
            ("HTTPS://192.168.1.1/", C::Private),
            ("http:\\\\127.0.0.1\\x", C::Loopback),
            ("http:/127.0.0.1/", C::Loopback),
        ] {
            assert_eq!(class(address), Some(expected), "{address}");
        }
    }

    #[test]
    fn s3_only_http_and_https() {
        for address in [
            "file:///etc/passwd",
            "gopher://files.example/",
            "ftp://files.example/a.docx",
            "data:text/plain,a",
            "javascript:alert(1)",
        ] {
            let error = parse(address).unwrap_err();
            assert_eq!(error.code(), "fetch.scheme", "{address}");
        }
    }

    #[test]
    fn s3_a_redirect_is_judged_like_an_address() {
        let from = parse("https://files.example/a/b").unwrap();
        let code = |location: &str| {
            from.redirect(location, &Policy::default())
                .map_err(|e| e.code())
                .map(|t| t.url().to_string())
        };
        assert_eq!(code("../c"), Ok("https://files.example/c".into()));
        assert_eq!(code("//cdn.example/c"), Ok("https://cdn.example/c".into()));
        assert_eq!(code("http://files.example/c"), Err("fetch.redirect"));
        assert_eq!(code("https://127.0.0.1/"), Err("fetch.forbidden_address"));
        assert_eq!(code("//[::1]/"), Err("fetch.forbidden_address"));
        assert_eq!(code("file:///etc/passwd"), Err("fetch.scheme"));
        assert_eq!(code("https://a:b@files.example/"), Err("fetch.credentials"));
    }

    #[test]
    fn s4_forms_of_an_address() {
        assert_eq!(
            parse("HTTP://Files.Example/A").unwrap().url().as_str(),
            "http://files.example/A"
        );
        assert_eq!(
            parse("http://api.example@evil.example/")
                .unwrap_err()
                .code(),
            "fetch.credentials"
        );
        assert_eq!(
            parse("http://:pass@files.example/").unwrap_err().code(),
            "fetch.credentials"
        );
        assert_eq!(
            parse("http://files.example./").unwrap().name(),
            Some("files.example.")
        );
        assert_eq!(
            parse("http://dåta.example/ü").unwrap().url().as_str(),
            "http://xn--dta-ula.example/%C3%BC"
        );
        for address in [
            "",
            "files/a.docx",
            "//files.example/a",
            "http://",
            "http://a b/",
        ] {
            assert_eq!(
                parse(address).unwrap_err().code(),
                "fetch.invalid_address",
                "{address}"
            );
        }
    }

    #[test]
    fn what_is_shown_of_an_address_has_no_path_and_no_query() {
        let target = parse("https://files.example:8443/get/tok?token=abc#x").unwrap();
        assert_eq!(target.origin(), "https://files.example:8443");
    }

    proptest! {
        #[test]
        fn s1_no_spelling_of_a_private_number_passes(low in 0u32..0x0100_0000, form in 0usize..4) {
            let bits = 0x0a00_0000 | low;
            let address = match form {
                0 => format!("http://{bits}/"),
                1 => format!("http://0x{bits:x}/"),
                2 => format!("http://0{bits:o}/"),
                _ => format!("http://10.{low}/"),
            };
            prop_assert_eq!(class(&address), Some(AddressClass::Private));
        }

        #[test]
        fn parsing_never_panics(address in "\\PC{0,60}") {
            let _ = parse(&address);
        }
    }
}
