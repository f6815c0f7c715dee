//! From which page a request comes.

use std::collections::HashSet;
use std::net::SocketAddr;

use axum::http::{HeaderMap, Uri, header};
use recto_token::PublicUrl;

/// Where this server's own pages are, which only the configuration decides (attack L2).
#[derive(Debug, Default)]
pub(crate) struct Origins {
    origins: HashSet<String>,
    paths: Vec<String>,
}

impl Origins {
    /// Those of the addresses under which the server is reached; on the machine itself also by each of
    /// its own names.
    pub fn new<'p>(public: impl Iterator<Item = &'p PublicUrl>, listens: SocketAddr) -> Self {
        let mut origins = HashSet::new();
        let mut ports = HashSet::new();
        if listens.ip().to_canonical().is_loopback() {
            ports.insert(listens.port());
        }
        let mut paths = Vec::new();
        for url in public {
            paths.push(url.path().to_owned());
            origins.insert(url.origin().to_owned());
            ports.extend(url.loopback_port());
        }
        for port in ports {
            let names = ["localhost", "127.0.0.1", "[::1]"];
            let urls = names.map(|name| format!("http://{name}:{port}").parse::<PublicUrl>());
            origins.extend(
                urls.into_iter()
                    .flatten()
                    .map(|url| url.origin().to_owned()),
            );
        }
        paths.sort();
        paths.dedup();
        Self { origins, paths }
    }

    /// What stands in front of the paths of its pages, such as `/office`.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// Whether a request comes from a page of this server (attack W2). A browser says from which page
    /// it comes; a client that is no browser says nothing, and needs no page to be led by.
    pub fn has(&self, headers: &HeaderMap) -> bool {
        match headers.get(header::ORIGIN) {
            None => true,
            Some(origin) => origin
                .to_str()
                .is_ok_and(|origin| self.origins.contains(origin)),
        }
    }
}

/// Whether a request comes from a page of the very host that it was sent to, or from no page. That
/// suffices where a browser's own password for that host is asked for besides, or a host is demanded
/// that no foreign name can lead to.
pub(crate) fn is_of_host(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.parse::<Uri>().ok());
    let authority = origin.as_ref().and_then(Uri::authority);
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    match (authority, host) {
        (Some(origin), Some(host)) => origin.as_str().eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(public: &[&str], listens: &str, origin: &str) -> bool {
        let public: Vec<PublicUrl> = public.iter().map(|it| it.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        headers.insert("host", "evil.example".parse().unwrap());
        headers.insert("x-forwarded-host", "evil.example".parse().unwrap());
        headers.insert("origin", origin.parse().unwrap());
        Origins::new(public.iter(), listens.parse().unwrap()).has(&headers)
    }

    #[test]
    fn w2_l2_only_the_configuration_says_which_pages_are_ours() {
        let public = ["https://docs.example/office/", "https://acme.example:8443"];
        for ours in ["https://docs.example", "https://acme.example:8443"] {
            assert!(own(&public, "0.0.0.0:8080", ours), "{ours}");
        }
        for foreign in [
            "https://evil.example",
            "http://docs.example",
            "https://docs.example:8443",
            "https://docs.example@evil.example",
            "https://docs.example/office",
            "http://localhost:8080",
            "null",
            "",
        ] {
            assert!(!own(&public, "0.0.0.0:8080", foreign), "{foreign}");
        }
    }

    #[test]
    fn the_machine_itself_is_reached_by_each_of_its_names() {
        for ours in [
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
        ] {
            assert!(own(&["http://127.0.0.1:8080"], "127.0.0.1:8080", ours));
            assert!(own(&["https://docs.example"], "127.0.0.1:8080", ours));
            // As from outside of a container.
            assert!(own(&["http://localhost:8080"], "0.0.0.0:80", ours));
        }
        assert!(own(
            &["http://localhost"],
            "0.0.0.0:8080",
            "http://localhost"
        ));
        assert!(!own(
            &["http://127.0.0.1:8080"],
            "127.0.0.1:8080",
            "http://localhost:8081"
        ));
    }
}
