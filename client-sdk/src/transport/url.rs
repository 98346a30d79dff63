//! A server's address.

use core::{fmt, str::FromStr};

use thiserror::Error;

/// The address of a server, without a slash at its end: `https://cairn.example`, `http://10.0.0.2:8080/cairn`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct ServerUrl(String);

/// A text that is not a server's address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not a server's address: expected something like https://cairn.example")]
pub struct InvalidUrl(String);

impl ServerUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of `path`, which begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl FromStr for ServerUrl {
    type Err = InvalidUrl;
    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let bad = || InvalidUrl(text.chars().take(120).collect());
        let trimmed = text.trim().trim_end_matches('/');
        let rest = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://")).ok_or_else(bad)?;
        let host = rest.split('/').next().unwrap_or_default();
        let name = match host.strip_prefix('[') {
            Some(v6) => {
                v6.split_once(']').filter(|(_, port)| port.is_empty() || port.starts_with(':')).ok_or_else(bad)?.0
            }
            None => host.rsplit_once(':').map_or(host, |(name, _)| name),
        };
        let port_ok = match host.rsplit_once(':') {
            Some((_, port)) if !host.ends_with(']') => port.parse::<u16>().is_ok_and(|p| p > 0),
            _ => true,
        };
        let plain = trimmed.bytes().all(|b| b.is_ascii_graphic() && !b"?#@\\\"<>^`{|}".contains(&b));
        if name.is_empty() || !port_ok || !plain { Err(bad()) } else { Ok(Self(trimmed.to_owned())) }
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_or_named() {
        for good in [
            "https://a.example",
            "http://127.0.0.1:8080/",
            " http://[::1]:80 ",
            "https://a.example/cairn/",
            "http://[::1]",
        ] {
            assert!(good.parse::<ServerUrl>().is_ok(), "{good}");
        }
        assert_eq!("http://a:1/x/".parse::<ServerUrl>().unwrap().join("/sync/v1"), "http://a:1/x/sync/v1");
        for bad in [
            "",
            "a.example",
            "ftp://a",
            "http://",
            "http://:80",
            "http://a:99999",
            "http://u@a",
            "http://a?x",
            "http://a b",
        ] {
            assert!(bad.parse::<ServerUrl>().unwrap_err().to_string().contains("server's address"), "{bad}");
        }
    }
}
