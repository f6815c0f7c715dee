//! Addresses that a document server is to fetch.

use std::net::{Ipv4Addr, Ipv6Addr};

use ::url::{Host, Url};

use super::{Finding, catalogue, report::Report};
use crate::json::cut;

/// An address as it may be shown: without query and user, which may be
/// credentials.
pub(super) fn shown(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.has_host() => {
            format!("{}{}", url.origin().ascii_serialization(), url.path())
        }
        _ => cut(text.split(['?', '#']).next().unwrap_or_default()),
    }
}

/// Judges an address that is at a path.
pub(super) fn check(text: &str, path: &str, report: &mut Report) {
    let finding = |entry| Finding::new(entry).at(path).found(shown(text));
    if text != text.trim() {
        report.add(
            finding(&catalogue::URL_SCHEME)
                .says("There is white space around the address.")
                .hint("Remove it."),
        );
    }
    entities(text, path, report);
    let parsed = Url::parse(text.trim());
    let url = match parsed {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => url,
        Ok(url) => {
            // "localhost:8080/x" has the scheme "localhost".
            let bare = text.contains(':') && !text.contains("://");
            let says = if bare && !matches!(url.scheme(), "data" | "file" | "blob" | "javascript") {
                "The address has no scheme.".to_owned()
            } else {
                format!(
                    "The address has the scheme {}, which a document server does not fetch.",
                    url.scheme()
                )
            };
            report.add(
                finding(&catalogue::URL_SCHEME)
                    .says(says)
                    .expected("https://…"),
            );
            if bare && is_loopback_name(url.scheme()) {
                report.add(finding(&catalogue::URL_LOOPBACK));
            }
            return;
        }
        Err(_) => {
            let says = if text.starts_with('/') || !text.contains("//") {
                "The address is relative, and the document server does not know to what."
            } else {
                "The address cannot be read."
            };
            report.add(
                finding(&catalogue::URL_SCHEME)
                    .says(says)
                    .expected("https://…"),
            );
            return;
        }
    };
    match host(&url) {
        Reach::Loopback => report.add(finding(&catalogue::URL_LOOPBACK)),
        Reach::Private => report.add(finding(&catalogue::URL_PRIVATE)),
        Reach::Public => {}
    }
    if url.path().contains("//") {
        report.add(finding(&catalogue::URL_DOUBLE_SLASH));
    }
}

/// Reports what an escape for HTML or JSON left in a text.
pub(super) fn entities(text: &str, path: &str, report: &mut Report) {
    let entity = [
        "&amp;", "&quot;", "&#039;", "&#39;", "&#x27;", "&#34;", "&lt;", "&gt;", "&apos;",
    ]
    .into_iter()
    .find(|entity| text.contains(entity));
    if let Some(entity) = entity {
        report.add(
            Finding::new(&catalogue::HTML_ENTITIES)
                .says(format!(
                    "The value has \"{entity}\" in it: it was escaped for HTML."
                ))
                .at(path)
                .expected(match entity {
                    "&amp;" => "&",
                    "&lt;" => "<",
                    "&gt;" => ">",
                    "&quot;" | "&#34;" => "\"",
                    _ => "'",
                })
                .found(entity),
        );
    } else if text.contains("\\/") {
        report.add(
            Finding::new(&catalogue::HTML_ENTITIES)
                .says("The value has \"\\/\" in it: it was escaped twice.")
                .hint("Encode the config as JSON once, as a whole, and no part of it before.")
                .at(path)
                .expected("/")
                .found("\\/"),
        );
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Loopback,
    Private,
    Public,
}

fn is_loopback_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// How far the host of an address can be reached.
pub(super) fn host(url: &Url) -> Reach {
    match url.host() {
        Some(Host::Domain(name)) if is_loopback_name(name) => Reach::Loopback,
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let local = [
                ".local",
                ".internal",
                ".lan",
                ".home.arpa",
                ".intranet",
                ".corp",
                ".home",
            ]
            .iter()
            .any(|end| name.ends_with(end));
            if local || !name.contains('.') {
                Reach::Private
            } else {
                Reach::Public
            }
        }
        Some(Host::Ipv4(address)) => v4(address),
        Some(Host::Ipv6(address)) => v6(address),
        None => Reach::Public,
    }
}

fn v4(address: Ipv4Addr) -> Reach {
    let [a, b, ..] = address.octets();
    if address.is_loopback() || address.is_unspecified() {
        Reach::Loopback
    } else if address.is_private()
        || address.is_link_local()
        || (a == 100 && (64..128).contains(&b))
    {
        Reach::Private
    } else {
        Reach::Public
    }
}

fn v6(address: Ipv6Addr) -> Reach {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return v4(mapped);
    }
    if address.is_loopback() || address.is_unspecified() {
        Reach::Loopback
    } else if address.is_unique_local() || address.is_unicast_link_local() {
        Reach::Private
    } else {
        Reach::Public
    }
}
