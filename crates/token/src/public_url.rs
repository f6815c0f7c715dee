//! Where this server is found.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::Deserialize;
use url::{Host, Url};

/// Longest address of a server, in bytes.
const MAX: usize = 1024;

/// The address under which browsers and integrators reach this server, such as `https://docs.example`
/// or `https://example.com/office`.
///
/// Every link that the server hands out begins with it, and only the configuration makes one: no
/// request decides what a signed link, or the link of somebody else, points at.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicUrl {
    /// Without a slash at its end.
    url: String,
    /// Where its path begins.
    path: usize,
}

/// A text that is no address of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The public_url {given:?} {what}. Give the address under which browsers reach Recto, such as https://docs.example or https://example.com/office/."
)]
pub struct PublicUrlError {
    given: String,
    what: &'static str,
}

impl PublicUrl {
    /// That of a server that listens on a loopback address, where nobody but this machine reaches it;
    /// `None` for one that others reach, by a name which only its administrator knows.
    pub fn of_listener(listens: SocketAddr) -> Option<Self> {
        let ip = listens.ip().to_canonical();
        if !ip.is_loopback() {
            return None;
        }
        let address = SocketAddr::new(ip, listens.port());
        format!("http://{address}").parse().ok()
    }

    /// The same address at another host of this server.
    pub fn at_host(&self, host: &str) -> Result<Self, PublicUrlError> {
        let wrong = || error(host, "is no host");
        let mut url = Url::parse(&self.url).map_err(|_| wrong())?;
        url.set_host(Some(host)).map_err(|_| wrong())?;
        Self::try_from(url)
    }

    /// The address of a page. `path` begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Scheme, host and port, as a browser writes them in `Origin`.
    pub fn origin(&self) -> &str {
        &self.url[..self.path]
    }

    /// The path in front of those of the server, such as `/office`; empty at the root of a host.
    pub fn path(&self) -> &str {
        &self.url[self.path..]
    }

    /// The port, if the host is a name or an address of the machine itself.
    pub fn loopback_port(&self) -> Option<u16> {
        let url = Url::parse(&self.url).ok()?;
        let own = match url.host()? {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.to_canonical().is_loopback(),
        };
        own.then(|| url.port_or_known_default()).flatten()
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        if text.len() > MAX {
            let start: String = text.chars().take(40).collect();
            return Err(error(&start, "is too long"));
        }
        // In front of an @ there may be a password.
        let shown = text.rsplit('@').next().unwrap_or_default();
        let url = Url::parse(text).map_err(|_| error(shown, "is no address"))?;
        Self::try_from(url)
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = PublicUrlError;

    fn try_from(text: String) -> Result<Self, PublicUrlError> {
        text.parse()
    }
}

impl TryFrom<Url> for PublicUrl {
    type Error = PublicUrlError;

    fn try_from(url: Url) -> Result<Self, PublicUrlError> {
        let wrong = |what| Err(error(url.as_str(), what));
        if !matches!(url.scheme(), "http" | "https") {
            return wrong("begins with neither http:// nor https://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            // What stands there may be a password, and is not repeated.
            return Err(error(
                url.host_str().unwrap_or_default(),
                "has a user or a password in front of the host",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return wrong("has a query or a fragment, after which no path can follow");
        }
        match url.host() {
            None => return wrong("has no host"),
            Some(Host::Ipv4(ip)) if ip.is_unspecified() => {
                return wrong("is where a server listens, and not where anybody reaches it");
            }
            Some(Host::Ipv6(ip)) if ip.to_canonical().is_unspecified() => {
                return wrong("is where a server listens, and not where anybody reaches it");
            }
            Some(_) => {}
        }
        let path = url.path().trim_end_matches('/');
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
        if !path.chars().all(plain) || path.contains("//") {
            return wrong("has a path with other characters than letters, digits and - . _ ~");
        }
        let origin = url.origin().ascii_serialization();
        Ok(Self {
            url: format!("{origin}{path}"),
            path: origin.len(),
        })
    }
}

fn error(given: &str, what: &'static str) -> PublicUrlError {
    PublicUrlError {
        given: given.into(),
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> PublicUrl {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_an_origin_and_a_path() {
        for (text, origin, path) in [
            ("https://Docs.Example", "https://docs.example", ""),
            ("https://docs.example:443/", "https://docs.example", ""),
            ("http://docs.example:8080", "http://docs.example:8080", ""),
            (
                "https://example.com/office/",
                "https://example.com",
                "/office",
            ),
            ("https://example.com/a/b", "https://example.com", "/a/b"),
            ("http://[::1]:80/", "http://[::1]", ""),
            (
                "https://bücher.example",
                "https://xn--bcher-kva.example",
                "",
            ),
        ] {
            let read = read(text);
            assert_eq!((read.origin(), read.path()), (origin, path), "{text}");
            assert_eq!(read.at("/x?y"), format!("{origin}{path}/x?y"));
            assert_eq!(read.to_string(), format!("{origin}{path}"));
        }
    }

    #[test]
    fn l2_what_no_link_can_begin_with_is_refused() {
        for wrong in [
            "",
            "docs.example",
            "ftp://docs.example",
            "https://",
            "https://user:hidden@docs.example",
            "https://user:hidden@",
            "https:// user:hidden@docs.example",
            "https://docs.example?x",
            "https://docs.example/#x",
            "http://0.0.0.0:8080",
            "http://[::]:8080",
            "https://docs.example/a b",
            "https://docs.example/a//b",
            "https://docs.example/{key}",
            &format!("https://docs.example/{}", "a".repeat(MAX)),
        ] {
            let refused = wrong.parse::<PublicUrl>().unwrap_err().to_string();
            assert!(!refused.contains("hidden"), "{refused}");
            assert!(refused.len() < 400, "{refused}");
        }
        insta::assert_snapshot!("http://0.0.0.0:8080".parse::<PublicUrl>().unwrap_err(), @r#"The public_url "http://0.0.0.0:8080/" is where a server listens, and not where anybody reaches it. Give the address under which browsers reach Recto, such as https://docs.example or https://example.com/office/."#);
        insta::assert_snapshot!("docs.example".parse::<PublicUrl>().unwrap_err(), @r#"The public_url "docs.example" is no address. Give the address under which browsers reach Recto, such as https://docs.example or https://example.com/office/."#);
    }

    #[test]
    fn only_a_loopback_listener_has_one_by_itself() {
        let of = |text: &str| {
            PublicUrl::of_listener(text.parse().unwrap()).map(|it| it.origin().to_owned())
        };
        assert_eq!(of("127.0.0.1:8080"), Some("http://127.0.0.1:8080".into()));
        assert_eq!(of("[::1]:8080"), Some("http://[::1]:8080".into()));
        assert_eq!(
            of("[::ffff:127.0.0.1]:81"),
            Some("http://127.0.0.1:81".into())
        );
        for open in ["0.0.0.0:8080", "[::]:8080", "10.0.0.3:8080"] {
            assert_eq!(of(open), None, "{open}");
        }
    }

    #[test]
    fn another_host_keeps_scheme_port_and_path() {
        let url = read("https://docs.example:8443/office/");
        let other = url.at_host("acme.docs.example").unwrap();
        assert_eq!(other.to_string(), "https://acme.docs.example:8443/office");
        assert!(url.at_host("a b").is_err());
    }

    #[test]
    fn the_machine_itself_is_known_by_several_names() {
        assert_eq!(read("http://localhost:8080").loopback_port(), Some(8080));
        assert_eq!(read("http://127.0.0.1").loopback_port(), Some(80));
        assert_eq!(read("http://[::1]:9").loopback_port(), Some(9));
        assert_eq!(read("https://docs.example").loopback_port(), None);
    }
}
