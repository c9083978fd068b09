//! Where clients find each broker through us: one listener for each address that a response told, opened on demand.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, TcpListener};

use kohort::protocol::endpoints::Endpoint;

/// More brokers than this are not listened for: some peer makes addresses up.
const MAX_LISTENERS: usize = 1000;
/// How many ports behind the last one are tried before any free one is taken.
const NEAR: u16 = 50;

/// A listener that was just opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) listener: TcpListener,
    pub(super) upstream: Endpoint,
}

#[derive(Debug)]
pub(super) struct Addresses {
    ip: IpAddr,
    next_port: u16,
    ports: BTreeMap<Endpoint, u16>,
}

impl Addresses {
    /// `listen` is where connections to `upstream` come in already.
    pub(super) fn new(listen: SocketAddr, upstream: Endpoint) -> Self {
        Self {
            ip: listen.ip(),
            next_port: listen.port().wrapping_add(1),
            ports: BTreeMap::from([(upstream, listen.port())]),
        }
    }

    /// The port that stands for a broker, and its listener if it is new.
    ///
    /// # Errors
    /// Says why there is none.
    pub(super) fn port(&mut self, upstream: &Endpoint) -> Result<(u16, Option<Opened>), String> {
        if let Some(port) = self.ports.get(upstream) {
            return Ok((*port, None));
        }
        if self.ports.len() >= MAX_LISTENERS {
            return Err(format!("more than {MAX_LISTENERS} brokers"));
        }
        let listener = self.bind().map_err(|error| format!("no port is free: {error}"))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        self.next_port = address.port().wrapping_add(1);
        self.ports.insert(upstream.clone(), address.port());
        let opened = Opened {
            listener,
            upstream: upstream.clone(),
        };
        Ok((address.port(), Some(opened)))
    }

    /// The next port if it is free, so that addresses can be guessed; any other if not.
    fn bind(&self) -> std::io::Result<TcpListener> {
        let near = (0..NEAR).map(|step| self.next_port.wrapping_add(step));
        let bound = near
            .filter(|port| *port > 1023)
            .find_map(|port| TcpListener::bind((self.ip, port)).ok());
        let listener = bound.map_or_else(|| TcpListener::bind((self.ip, 0)), Ok)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    }
}

/// Reads `host:port`, also with an IPv6 address in brackets.
///
/// # Errors
/// Says what is missing.
pub(crate) fn parse(text: &str) -> Result<Endpoint, String> {
    let wrong = || "it is not HOST:PORT, such as localhost:9092".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?;
    if host.is_empty() {
        return Err(wrong());
    }
    Ok(Endpoint {
        host: host.to_owned(),
        port,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(port: u16) -> Endpoint {
        Endpoint {
            host: "broker".to_owned(),
            port,
        }
    }

    #[test]
    fn each_broker_has_one_port() {
        let main = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = main.local_addr().unwrap();
        let mut addresses = Addresses::new(listen, endpoint(1));
        assert!(matches!(addresses.port(&endpoint(1)), Ok((port, None)) if port == listen.port()));
        let (port, opened) = addresses.port(&endpoint(2)).unwrap();
        assert!(opened.is_some_and(|opened| opened.upstream == endpoint(2)) && port != listen.port());
        assert!(matches!(addresses.port(&endpoint(2)), Ok((again, None)) if again == port));
    }

    #[test]
    fn addresses_as_people_write_them() {
        assert_eq!(parse("localhost:9092").unwrap().host, "localhost");
        assert_eq!(parse("[::1]:9092").unwrap().host, "::1");
        for wrong in ["localhost", ":9092", "localhost:0", "localhost:x"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
