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

/// Which header the trusted proxies write. The other one may be a client's own, so it is not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, and `X-Forwarded-Host` with it.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Neither `x-forwarded-for` nor `forwarded`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Recto reads no such header of a proxy. Give x-forwarded-for or forwarded, whichever the proxy writes."
)]
pub struct UnknownForwardedHeader;

impl FromStr for ForwardedHeader {
    type Err = UnknownForwardedHeader;

    fn from_str(text: &str) -> Result<Self, UnknownForwardedHeader> {
        match text {
            "x-forwarded-for" => Ok(Self::XForwardedFor),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err(UnknownForwardedHeader),
        }
    }
}

/// The proxies that are believed, and where they say whom they speak for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    trusted: Arc<[TrustedProxy]>,
    header: ForwardedHeader,
}

impl Proxies {
    pub fn new(trusted: &[TrustedProxy], header: ForwardedHeader) -> Self {
        Self {
            trusted: trusted.into(),
            header,
        }
    }

    /// Whether connections from there are a proxy's.
    pub fn has(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        let mut trusted = self.trusted.iter();
        trusted.any(|TrustedProxy(net)| net.contains(&ip))
    }

    /// Where the hops said that their clients are, the nearest first, and which host the nearest was asked for.
    fn told<'h>(&self, headers: &'h HeaderMap) -> (Vec<Option<IpAddr>>, Option<&'h str>) {
        match self.header {
            ForwardedHeader::XForwardedFor => {
                let hops = elements(headers, "x-forwarded-for", Quotes::Ordinary);
                let hosts = elements(headers, "x-forwarded-host", Quotes::Ordinary);
                let addresses = hops.into_iter().map(node_address);
                (addresses.collect(), hosts.first().copied().and_then(text))
            }
            ForwardedHeader::Forwarded => {
                let hops = elements(headers, "forwarded", Quotes::Enclose);
                let host = hops.first().and_then(|nearest| parameter(nearest, "host"));
                let addresses = hops
                    .iter()
                    .map(|hop| parameter(hop, "for").and_then(node_address));
                (addresses.collect(), host.and_then(text))
            }
        }
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
        let (hops, called) = proxies.told(headers);
        let mut address = proxy;
        for hop in hops {
            let Some(ip) = hop else { break };
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

/// Whether quotation marks enclose what does not separate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Enclose,
    Ordinary,
}

/// The elements of a list in a header, that of the nearest proxy first. What stands before them may be
/// anything that a client wrote, so they are read from the end.
fn elements<'h>(headers: &'h HeaderMap, name: &str, quotes: Quotes) -> Vec<&'h [u8]> {
    headers
        .get_all(name)
        .iter()
        .rev()
        .flat_map(|value| split_from_end(value.as_bytes(), b',', quotes))
        .take(MOST_HOPS)
        .collect()
}

/// The parts between separators, the last first.
fn split_from_end(text: &[u8], at: u8, quotes: Quotes) -> impl Iterator<Item = &[u8]> {
    let mut inside = false;
    text.rsplit(move |&byte| {
        inside ^= byte == b'"' && quotes == Quotes::Enclose;
        byte == at && !inside
    })
    .map(<[u8]>::trim_ascii)
}

/// A parameter of an element of `Forwarded` (RFC 7239). The first counts: what the client called the
/// host may follow it.
fn parameter<'h>(element: &'h [u8], name: &str) -> Option<&'h [u8]> {
    let values = split_from_end(element, b';', Quotes::Enclose).filter_map(|pair| {
        let equals = pair.iter().position(|&byte| byte == b'=')?;
        let (key, value) = pair.split_at(equals);
        let is_it = key.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
        is_it.then(|| value[1..].trim_ascii())
    });
    values.last()
}

/// A value without its quotation marks, if it is text.
fn text(value: &[u8]) -> Option<&str> {
    Some(str::from_utf8(value).ok()?.trim_matches('"'))
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:4711`.
fn node_address(node: &[u8]) -> Option<IpAddr> {
    let node = text(node)?;
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
        client_told_by(ForwardedHeader::XForwardedFor, peer, trusted, pairs)
    }

    fn client_told_by(
        header: ForwardedHeader,
        peer: &str,
        trusted: &[&str],
        pairs: &[(&'static str, &str)],
    ) -> (String, String) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let value = axum::http::HeaderValue::from_bytes(value.as_bytes());
            headers.append(*name, value.unwrap());
        }
        let trusted: Vec<_> = trusted.iter().map(|it| it.parse().unwrap()).collect();
        let peer = peer.parse().unwrap();
        let client = Client::of(Some(peer), &headers, &Proxies::new(&trusted, header));
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
    fn l2_what_a_client_wrote_does_not_hide_what_the_proxy_adds() {
        for junk in [
            "\"",
            "203.0.113.9, \"",
            "\"203.0.113.9",
            "é",
            "a\"é;for=",
            ",",
        ] {
            let junk_and = |hop: &str| format!("{junk}, {hop}");
            let behind = |header, pairs: &[(&'static str, &str)]| {
                client_told_by(header, "127.0.0.1", &["127.0.0.1", "10.1.2.3"], pairs)
            };
            let found = ("198.51.100.7".to_owned(), "docs.example".to_owned());
            assert_eq!(
                behind(
                    ForwardedHeader::XForwardedFor,
                    &[
                        ("x-forwarded-for", &junk_and("198.51.100.7, 10.1.2.3")),
                        ("x-forwarded-host", &junk_and("docs.example")),
                    ]
                ),
                found,
                "{junk}"
            );
            let hops = "for=\"198.51.100.7:80\", for=10.1.2.3;host=\"docs.example\"";
            assert_eq!(
                behind(
                    ForwardedHeader::Forwarded,
                    &[("forwarded", &junk_and(hops))]
                ),
                found,
                "{junk}"
            );
        }
    }

    #[test]
    fn l2_only_the_header_that_the_proxy_writes_is_read() {
        let both = [
            ("host", "inner"),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-host", "x.example"),
            (
                "forwarded",
                "for=203.0.113.9, for=\"[2001:db8::7]:4711\";proto=https;host=\"docs.example:444\"",
            ),
        ];
        let told = |header, pairs: &[_]| client_told_by(header, "127.0.0.1", &["127.0.0.1"], pairs);
        let found = |address: &str, host: &str| (address.to_owned(), host.to_owned());
        let (x, standard) = (ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded);
        assert_eq!(told(x, &both), found("192.0.2.1", "x.example"));
        assert_eq!(
            told(standard, &both),
            found("2001:db8::7", "docs.example:444")
        );
        // A proxy that wrote nothing is the client.
        assert_eq!(told(standard, &both[..3]), found("127.0.0.1", "inner"));
        assert_eq!(told(x, &both[3..]), found("127.0.0.1", ""));
        for (text, header) in [("x-forwarded-for", x), ("forwarded", standard)] {
            assert_eq!(text.parse(), Ok(header));
        }
        insta::assert_snapshot!("x-real-ip".parse::<ForwardedHeader>().unwrap_err(), @"Recto reads no such header of a proxy. Give x-forwarded-for or forwarded, whichever the proxy writes.");
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
