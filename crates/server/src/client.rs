//! Who sent a request, and which host they called.
//!
//! What a proxy in front says counts when the connection comes from one that is trusted, and from
//! nobody else. It decides who is counted and logged, and whose keys count; never where a link leads,
//! nor whether a page is one of ours.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use axum::middleware::map_request;
use ipnet::IpNet;
use serde::Deserialize;

/// Proxies in a row that are looked through.
const MOST_HOPS: usize = 16;

/// A network, or one address, whose connections come from a proxy that says whom it speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TrustedProxy(IpNet);

/// A text that names no network of proxies.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustedProxyError {
    /// Neither an address nor a network.
    #[error(
        "trusted_proxies has {0:?}, which is no address or network. Give those of your proxy, such as 127.0.0.1 or 10.1.0.0/16."
    )]
    NoNetwork(String),
    /// All there is.
    #[error(
        "trusted_proxies has {0:?}, which is everybody, so anybody could say who they are. Give the address of your proxy, such as 127.0.0.1."
    )]
    Everybody(String),
}

impl FromStr for TrustedProxy {
    type Err = TrustedProxyError;

    fn from_str(text: &str) -> Result<Self, TrustedProxyError> {
        let text = text.trim();
        let one = |ip: IpAddr| IpNet::from(ip.to_canonical());
        let network = text
            .parse::<IpNet>()
            .or_else(|_| text.parse().map(one))
            .map_err(|_| TrustedProxyError::NoNetwork(text.chars().take(60).collect()))?;
        if network.prefix_len() == 0 {
            return Err(TrustedProxyError::Everybody(text.into()));
        }
        Ok(Self(network))
    }
}

impl TryFrom<String> for TrustedProxy {
    type Error = TrustedProxyError;

    fn try_from(text: String) -> Result<Self, TrustedProxyError> {
        text.parse()
    }
}

/// The proxies that are believed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies(Arc<[TrustedProxy]>);

impl Proxies {
    pub fn new(trusted: &[TrustedProxy]) -> Self {
        Self(trusted.into())
    }

    /// Whether connections from there are a proxy's.
    pub fn has(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|TrustedProxy(net)| net.contains(&ip))
    }
}

/// Who sent a request, as an endpoint asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Client {
    /// Where they are, as far as this is known.
    pub address: Option<IpAddr>,
    /// The host that they called, with its port. Anybody can write it, so it grants nothing; whose keys
    /// count follows from it.
    pub host: Option<String>,
}

impl Client {
    fn of(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &Proxies) -> Self {
        let peer = peer.map(|ip| ip.to_canonical());
        let host = || headers.get(header::HOST)?.to_str().ok();
        let Some(proxy) = peer.filter(|peer| proxies.has(*peer)) else {
            return Self {
                address: peer,
                host: authority(host()),
            };
        };
        let told = |name: &str| headers.contains_key(name);
        // A proxy that writes the one may pass on what a client wrote in the other.
        let (addresses, called) = if told("x-forwarded-for") || told("x-forwarded-host") {
            let all = elements(headers, "x-forwarded-for");
            let hosts = elements(headers, "x-forwarded-host");
            (all, hosts.first().copied())
        } else {
            let all = elements(headers, "forwarded");
            let hosts = all.first().and_then(|nearest| parameter(nearest, "host"));
            let all = all
                .iter()
                .map(|it| parameter(it, "for").unwrap_or_default());
            (all.collect(), hosts)
        };
        let mut address = proxy;
        for node in addresses.into_iter().take(MOST_HOPS) {
            let Some(ip) = node_address(node) else { break };
            address = ip;
            if !proxies.has(ip) {
                break;
            }
        }
        Self {
            address: Some(address),
            host: authority(called).or_else(|| authority(host())),
        }
    }

    /// The host, with its port.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }
}

/// Whose address it is when clients are counted: of IPv6, a whole /64 belongs to one.
pub(crate) fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// What no link is built from has to be an authority anyway: it is logged, and compared.
fn authority(host: Option<&str>) -> Option<String> {
    let host = host?;
    (host.len() <= 300 && !host.contains('@') && host.parse::<Authority>().is_ok())
        .then(|| host.to_owned())
}

/// The elements of a list in a header, that of the nearest proxy first.
fn elements<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    let mut all: Vec<&str> = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| split(value, ','))
        .collect();
    all.reverse();
    all.truncate(MOST_HOPS);
    all
}

/// Parts that are not in quotation marks.
fn split(text: &str, at: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c: char| {
        quoted ^= c == '"';
        c == at && !quoted
    })
    .map(str::trim)
}

/// A parameter of an element of `Forwarded` (RFC 7239).
fn parameter<'h>(element: &'h str, name: &str) -> Option<&'h str> {
    split(element, ';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let is_it = key.trim().eq_ignore_ascii_case(name);
        is_it.then(|| value.trim().trim_matches('"'))
    })
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:4711`.
fn node_address(node: &str) -> Option<IpAddr> {
    let node = node.trim().trim_matches('"');
    let bare = || node.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    node.parse::<IpAddr>()
        .ok()
        .or_else(|| node.parse::<SocketAddr>().ok().map(|it| it.ip()))
        .or_else(bare)
        .map(|ip: IpAddr| ip.to_canonical())
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

/// Finds out who sends each request.
pub(crate) fn identified(router: Router, proxies: Proxies) -> Router {
    router.layer(map_request(move |mut request: Request| {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(address)| address.ip());
        let client = Client::of(peer, request.headers(), &proxies);
        request.extensions_mut().insert(client);
        std::future::ready(request)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, trusted: &[&str], pairs: &[(&'static str, &str)]) -> (String, String) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        let trusted: Vec<_> = trusted.iter().map(|it| it.parse().unwrap()).collect();
        let peer = peer.parse().unwrap();
        let client = Client::of(Some(peer), &headers, &Proxies::new(&trusted));
        (
            client.address.unwrap().to_string(),
            client.host.unwrap_or_default(),
        )
    }

    #[test]
    fn l2_a_client_cannot_say_who_they_are() {
        let forged = [
            ("host", "docs.example"),
            ("x-forwarded-for", "192.0.2.66"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "for=192.0.2.66;host=evil.example"),
        ];
        let own = ("198.51.100.7".to_owned(), "docs.example".to_owned());
        assert_eq!(client("198.51.100.7", &[], &forged), own);
        assert_eq!(client("198.51.100.7", &["127.0.0.1"], &forged), own);
        assert_eq!(client("::ffff:198.51.100.7", &["10.0.0.0/8"], &forged), own);
    }

    #[test]
    fn l2_a_proxy_is_believed_about_the_connection_that_it_saw_and_no_further() {
        let behind = |pairs: &[(&'static str, &str)]| {
            client("127.0.0.1", &["127.0.0.1", "10.1.0.0/16"], pairs)
        };
        let found = |address: &str, host: &str| (address.to_owned(), host.to_owned());
        assert_eq!(
            behind(&[
                ("host", "inner:8080"),
                // The client wrote the first, each proxy one more.
                ("x-forwarded-for", "203.0.113.9, 198.51.100.7, 10.1.2.3"),
                ("x-forwarded-host", "evil.example, docs.example"),
                ("forwarded", "for=203.0.113.9;host=evil.example"),
            ]),
            found("198.51.100.7", "docs.example")
        );
        assert_eq!(
            behind(&[
                ("x-forwarded-for", "203.0.113.9"),
                ("x-forwarded-for", "2001:db8::7"),
            ]),
            found("2001:db8::7", "")
        );
        assert_eq!(
            behind(&[
                ("host", "inner"),
                (
                    "forwarded",
                    "for=203.0.113.9, for=\"[2001:db8::7]:4711\";proto=https;host=\"docs.example:444\""
                ),
            ]),
            found("2001:db8::7", "docs.example:444")
        );
        // What cannot be read is not looked behind.
        assert_eq!(
            behind(&[("x-forwarded-for", "203.0.113.9, unknown")]),
            found("127.0.0.1", "")
        );
        assert_eq!(behind(&[("host", "a@b")]), found("127.0.0.1", ""));
        let many = "10.1.0.1, ".repeat(1000) + "10.1.0.1";
        assert_eq!(behind(&[("x-forwarded-for", &many)]), found("10.1.0.1", ""));
    }

    #[test]
    fn proxies_are_named_by_address_or_network() {
        let read = |text: &str| text.parse::<TrustedProxy>();
        assert!(read("127.0.0.1").is_ok() && read("::1").is_ok() && read("10.0.0.0/8").is_ok());
        insta::assert_snapshot!(read("proxy.lan").unwrap_err(), @r#"trusted_proxies has "proxy.lan", which is no address or network. Give those of your proxy, such as 127.0.0.1 or 10.1.0.0/16."#);
        insta::assert_snapshot!(read("0.0.0.0/0").unwrap_err(), @r#"trusted_proxies has "0.0.0.0/0", which is everybody, so anybody could say who they are. Give the address of your proxy, such as 127.0.0.1."#);
    }

    #[test]
    fn one_client_may_have_many_addresses_of_ipv6() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
