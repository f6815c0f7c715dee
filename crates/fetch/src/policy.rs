//! Where requests may go, and where they are signed.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use url::{Host, Url};

use crate::{AddressClass, UrlPattern};

/// A host by its name, or all below a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    /// In lower case and ASCII, without a dot at either end.
    name: String,
    /// Whether hosts below that name are meant, and not itself.
    below: bool,
}

/// A text that is no [`HostPattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} names no host. Give a name such as files.example.com, or *.example.com for all below it; an address goes into allow_network."
)]
pub struct HostPatternError(String);

impl HostPattern {
    fn matches(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        if !self.below {
            return host.eq_ignore_ascii_case(&self.name);
        }
        let Some(cut) = host.len().checked_sub(self.name.len() + 1) else {
            return false;
        };
        // A name is ASCII by now, and another text does not end in one.
        host.is_char_boundary(cut)
            && cut > 0
            && host[cut..]
                .strip_prefix('.')
                .is_some_and(|end| end.eq_ignore_ascii_case(&self.name))
    }
}

impl FromStr for HostPattern {
    type Err = HostPatternError;

    fn from_str(text: &str) -> Result<Self, HostPatternError> {
        let wrong = || HostPatternError(text.to_owned());
        let (below, name) = match text.trim().strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text.trim()),
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        if name.is_empty() || name.contains(['*', '/', ':', '@', '?', '#', '%']) {
            return Err(wrong());
        }
        match Host::parse(name) {
            Ok(Host::Domain(name)) => Ok(Self { name, below }),
            Ok(Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => Err(wrong()),
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.below { "*." } else { "" };
        write!(f, "{star}{}", self.name)
    }
}

impl<'de> Deserialize<'de> for HostPattern {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Why an address may not be contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// It is not of the public internet.
    Class(AddressClass),
    /// Only what is listed may be contacted, and it is not.
    NotListed,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class(class) => class.fmt(f),
            Self::NotListed => f.write_str("an address that is not listed"),
        }
    }
}

/// Where the requests of one tenant may go, and where they are signed.
///
/// Without anything listed, the public internet may be contacted. A network or a host that is listed
/// opens itself and nothing else: there is no way to switch the filter off. What decides is the address
/// that is connected to, after the name was resolved, on every hop of a redirect.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Networks that may be contacted although they are not globally routable.
    pub networks: Vec<IpNet>,
    /// Hosts that may be contacted although their names lead to private or loopback addresses. Cloud
    /// metadata, link-local, multicast and reserved addresses are opened by their network alone.
    pub hosts: Vec<HostPattern>,
    /// Whether nothing else may be contacted, public or not.
    pub only_listed: bool,
    /// Hosts that requests are sent to without a token, since they refuse what they do not know.
    pub unsigned: Vec<HostPattern>,
    /// Addresses that requests are sent to without a token, since they carry a signature already.
    pub unsigned_urls: Vec<UrlPattern>,
}

impl Policy {
    /// One that lets the public internet and these networks pass.
    pub fn with_networks(networks: Vec<IpNet>) -> Self {
        Self {
            networks,
            ..Self::default()
        }
    }

    /// Lets an address pass, or says why not. `name` is the host's name, unless it was an address.
    pub fn judge(&self, name: Option<&str>, address: IpAddr) -> Result<(), Forbidden> {
        let network = self.has_network(address);
        let host = name.is_some_and(|name| listed(&self.hosts, name));
        if let Some(class) = AddressClass::of(address)
            && !network
            && !(host && opened_by_name(class))
        {
            return Err(Forbidden::Class(class));
        }
        if self.only_listed && !network && !host {
            return Err(Forbidden::NotListed);
        }
        Ok(())
    }

    /// Whether requests to an address are signed.
    pub fn signs_for(&self, url: &Url) -> bool {
        let host = url
            .domain()
            .is_some_and(|name| listed(&self.unsigned, name));
        let address = url.as_str();
        !host && !self.unsigned_urls.iter().any(|one| one.matches(address))
    }

    fn has_network(&self, address: IpAddr) -> bool {
        // a mapped address is connected to as the IPv4 address that it is
        let plain = address.to_canonical();
        self.networks
            .iter()
            .any(|net| net.contains(&address) || net.contains(&plain))
    }
}

fn listed(hosts: &[HostPattern], name: &str) -> bool {
    hosts.iter().any(|host| host.matches(name))
}

/// Those who name a host mean an application in their network or on their machine. Where machines get
/// their credentials they hardly mean, and the other classes have no applications.
fn opened_by_name(class: AddressClass) -> bool {
    matches!(
        class,
        AddressClass::Private | AddressClass::SharedCarrier | AddressClass::Loopback
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hosts(list: &[&str]) -> Vec<HostPattern> {
        list.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn s7_an_allowed_network_opens_itself_and_nothing_else() {
        let policy = Policy::with_networks(vec!["10.1.0.0/16".parse().unwrap()]);
        let judge = |text: &str| policy.judge(None, text.parse().unwrap());
        let forbidden = |class| Err(Forbidden::Class(class));
        assert_eq!(judge("10.1.2.3"), Ok(()));
        assert_eq!(judge("::ffff:10.1.2.3"), Ok(()));
        assert_eq!(judge("10.2.0.1"), forbidden(AddressClass::Private));
        assert_eq!(judge("127.0.0.1"), forbidden(AddressClass::Loopback));
        assert_eq!(judge("::10.1.2.3"), forbidden(AddressClass::Private));
        assert_eq!(judge("8.8.8.8"), Ok(()));
    }

    #[test]
    fn s7_an_allowed_host_opens_private_addresses_for_its_name_alone() {
        let policy = Policy {
            hosts: hosts(&["files.lan", "*.apps.lan"]),
            ..Policy::default()
        };
        let judge = |name: &str, address: &str| policy.judge(Some(name), address.parse().unwrap());
        for name in [
            "files.lan",
            "FILES.LAN",
            "files.lan.",
            "a.apps.lan",
            "a.b.apps.lan",
        ] {
            for address in ["10.0.0.1", "fd00::1", "127.0.0.1", "100.64.0.1", "8.8.8.8"] {
                assert_eq!(judge(name, address), Ok(()), "{name} {address}");
            }
            for address in [
                "169.254.169.254",
                "169.254.0.1",
                "0.0.0.0",
                "224.0.0.1",
                "240.0.0.1",
                "64:ff9b::1",
            ] {
                assert!(judge(name, address).is_err(), "{name} {address}");
            }
        }
        for name in [
            "lan",
            "apps.lan",
            "xfiles.lan",
            "a.files.lan",
            "files.lan.evil.example",
            "xapps.lan",
            ".apps.lan",
            "élan",
        ] {
            assert!(judge(name, "10.0.0.1").is_err(), "{name}");
            assert_eq!(judge(name, "8.8.8.8"), Ok(()), "{name}");
        }
        assert!(policy.judge(None, "10.0.0.1".parse().unwrap()).is_err());
    }

    #[test]
    fn s7_what_is_not_listed_can_be_closed_too() {
        let policy = Policy {
            networks: vec!["192.0.2.0/24".parse().unwrap()],
            hosts: hosts(&["files.example"]),
            only_listed: true,
            ..Policy::default()
        };
        let judge = |name, address: &str| policy.judge(name, address.parse().unwrap());
        assert_eq!(judge(Some("files.example"), "8.8.8.8"), Ok(()));
        assert_eq!(judge(None, "192.0.2.7"), Ok(()));
        assert_eq!(
            judge(Some("other.example"), "8.8.8.8"),
            Err(Forbidden::NotListed)
        );
        assert_eq!(judge(None, "8.8.8.8"), Err(Forbidden::NotListed));
    }

    #[test]
    fn patterns_are_names() {
        for (text, shown) in [
            (" Files.Example. ", "files.example"),
            ("*.Example.com", "*.example.com"),
            ("dåta.example", "xn--dta-ula.example"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(text.parse::<HostPattern>().unwrap().to_string(), shown);
        }
        for wrong in [
            "",
            "*",
            "*.",
            "a.*.b",
            "10.0.0.1",
            "*.10.0.0.1",
            "0x7f000001",
            "[::1]",
            "a:80",
            "http://a",
            "a/b",
            "u@a",
        ] {
            assert!(wrong.parse::<HostPattern>().is_err(), "{wrong}");
        }
        let error = "https://files.example".parse::<HostPattern>().unwrap_err();
        insta::assert_snapshot!(error, @r#""https://files.example" names no host. Give a name such as files.example.com, or *.example.com for all below it; an address goes into allow_network."#);
    }

    proptest! {
        #[test]
        fn matching_never_panics_and_needs_the_whole_end(host in "\\PC{0,40}") {
            let below: HostPattern = "*.apps.lan".parse().unwrap();
            if below.matches(&host) {
                let host = host.to_ascii_lowercase();
                let host = host.strip_suffix('.').unwrap_or(&host);
                prop_assert!(host.ends_with(".apps.lan"));
            }
        }
    }
}
