//! `host:port`, as users write it and brokers advertise it.

use core::fmt;

use crate::error::shortened;

/// Where a broker listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// A host name or an IP address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Address {
    /// Reads `host:port`, or `[v6]:port`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some((host, port)) = text.rsplit_once(':') else {
            return Err(format!(
                "\"{}\" has no port: write it as host:port",
                shortened(text)
            ));
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        if bare.is_none() && host.contains(':') {
            let text = shortened(text);
            return Err(format!(
                "\"{text}\": write an IPv6 address as [address]:port, and no scheme before it"
            ));
        }
        let host = bare.unwrap_or(host);
        match port.parse() {
            Ok(port) if port > 0 && !host.is_empty() => Ok(Self {
                host: host.to_owned(),
                port,
            }),
            _ => Err(format!(
                "\"{}\" is no host:port with a port from 1 to 65535",
                shortened(text)
            )),
        }
    }

    /// An address that a broker advertised, unless nobody can connect to it.
    #[must_use]
    pub fn advertised(host: &str, port: i32) -> Option<Self> {
        let port = u16::try_from(port).ok().filter(|port| *port > 0)?;
        let host = (!host.is_empty()).then(|| host.to_owned())?;
        Some(Self { host, port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = shortened(&self.host);
        match host.contains(':') {
            true => write!(f, "[{host}]:{}", self.port),
            false => write!(f, "{host}:{}", self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_users_write_them() {
        for (text, shown) in [
            ("localhost:9092", "localhost:9092"),
            (" [::1]:9092 ", "[::1]:9092"),
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), shown);
        }
        for text in [
            "localhost",
            "localhost:",
            ":9092",
            "localhost:0",
            "h:70000",
            "::1:9092",
            "http://h:9092",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_a_broker_advertises_is_not_trusted() {
        assert!(Address::advertised("", 9092).is_none());
        assert!(Address::advertised("b", -1).is_none());
        assert!(Address::advertised("b", 70_000).is_none());
        let hostile = Address::advertised("b\r\n\u{1b}[2J", 1).unwrap();
        assert!(!hostile.to_string().contains(['\r', '\u{1b}']));
    }
}
