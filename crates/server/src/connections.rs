//! Who is connected: how many in all, and how many of one client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::client::network;
use crate::config::HttpConfig;

/// Why a connection is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// There are too many in all.
    All,
    /// There are too many of this client.
    Client,
}

impl Full {
    /// For log and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::All => "http.connections",
            Self::Client => "http.client_connections",
        }
    }
}

/// The connections that are open. Clones share them.
#[derive(Clone)]
pub(crate) struct Connections(Arc<Inner>);

struct Inner {
    most: usize,
    most_of_client: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: usize,
    /// A client without connections is not here, so there are never more entries than connections.
    of_clients: HashMap<IpAddr, usize>,
}

/// A place among them, which is free again when the value is dropped.
pub(crate) struct Seat {
    among: Arc<Inner>,
    /// Of the connection itself, which one of a proxy's requests has not.
    counts: bool,
    client: Option<IpAddr>,
}

impl Connections {
    /// None yet.
    pub fn new(config: &HttpConfig) -> Self {
        Self(Arc::new(Inner {
            most: config.connections,
            most_of_client: config.client_connections,
            open: Mutex::default(),
        }))
    }

    /// A place for a connection; `client` is `None` for that of a proxy, which speaks for many.
    pub fn take(&self, client: Option<IpAddr>) -> Result<Seat, Full> {
        self.seat(true, client)
    }

    /// A place for what a client does through a proxy.
    pub fn take_behind_proxy(&self, client: IpAddr) -> Result<Seat, Full> {
        self.seat(false, Some(client))
    }

    fn seat(&self, counts: bool, client: Option<IpAddr>) -> Result<Seat, Full> {
        let client = client.map(network);
        let mut open = self.0.open();
        if counts && open.all >= self.0.most {
            return Err(Full::All);
        }
        if let Some(client) = client {
            let of_client = open.of_clients.get(&client).copied().unwrap_or_default();
            if of_client >= self.0.most_of_client {
                return Err(Full::Client);
            }
            open.of_clients.insert(client, of_client + 1);
        }
        open.all += usize::from(counts);
        drop(open);
        Ok(Seat {
            among: self.0.clone(),
            counts,
            client,
        })
    }
}

impl Inner {
    fn open(&self) -> MutexGuard<'_, Open> {
        // The numbers are whole whenever the lock is free, even if a holder panicked.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.among.open();
        open.all -= usize::from(self.counts);
        if let Some(client) = self.client
            && let Some(number) = open.of_clients.get_mut(&client)
        {
            *number -= 1;
            if *number == 0 {
                open.of_clients.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(connections: usize, client_connections: usize) -> Connections {
        Connections::new(&HttpConfig {
            connections,
            client_connections,
            ..HttpConfig::default()
        })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn l5_a_client_has_so_many_places_and_all_together_so_many() {
        let connections = with(4, 2);
        let take = |text: &str| connections.take(Some(ip(text)));
        let first = take("192.0.2.1").ok().unwrap();
        let _second = take("192.0.2.1").ok().unwrap();
        assert_eq!(take("192.0.2.1").err(), Some(Full::Client));
        // A /64 of IPv6 is one client.
        let _third = take("2001:db8::1").ok().unwrap();
        let fourth = take("2001:db8::2").ok().unwrap();
        assert_eq!(take("192.0.2.9").err(), Some(Full::All));
        drop(fourth);
        assert!(take("192.0.2.9").is_ok());
        drop(first);
        assert!(take("192.0.2.1").is_ok());
    }

    #[test]
    fn l5_behind_a_proxy_each_client_is_counted_and_the_proxy_is_not() {
        let connections = with(10, 1);
        let _proxy = connections.take(None).ok().unwrap();
        let _again = connections.take(None).ok().unwrap();
        let behind = |text: &str| connections.take_behind_proxy(ip(text));
        let one = behind("192.0.2.1").ok().unwrap();
        assert_eq!(behind("192.0.2.1").err(), Some(Full::Client));
        assert!(behind("192.0.2.2").is_ok());
        drop(one);
        assert!(behind("192.0.2.1").is_ok());
        assert_eq!(connections.0.open().all, 2);
        assert!(connections.0.open().of_clients.is_empty());
    }
}
