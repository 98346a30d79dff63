//! The cookie of a session: kept from scripts (`HttpOnly`) and from other sites (`SameSite=Strict`), and marked `Secure` where
//! the page that asks for it came over TLS.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::Problem;
use crate::auth::{SESSION_MS, Token};

/// Its name.
pub(super) const NAME: &str = "cairn_session";

/// What the cookie of a request holds; `None` if there is none that can be a session's.
pub(super) fn read(headers: &HeaderMap) -> Option<Token> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).and_then(|(_, value)| Token::read(value))
}

/// Sets it.
pub(super) fn set(token: &Token, headers: &HeaderMap) -> Option<HeaderValue> {
    write(token.reveal(), SESSION_MS / 1000, headers)
}

/// Removes it.
pub(super) fn clear(headers: &HeaderMap) -> Option<HeaderValue> {
    write("", 0, headers)
}

fn write(value: &str, seconds: i64, headers: &HeaderMap) -> Option<HeaderValue> {
    let secure = if origin(headers).is_some_and(|origin| origin.starts_with("https://")) { "; Secure" } else { "" };
    let cookie = format!("{NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&cookie).ok()
}

/// Sees to it that a write comes from the server's own pages. Browsers say where a request comes from; one that does not is
/// not believed.
///
/// # Errors
/// 403 `origin_forbidden`.
pub(super) fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_own = match (text("sec-fetch-site"), origin(headers)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            origin.split_once("://").zip(text("host")).is_some_and(|((_, from), host)| from == host)
        }
        (None, None) => false,
    };
    if is_own {
        return Ok(());
    }
    let detail = "a write in a session must come from the server's own pages";
    Err(Problem::new(StatusCode::FORBIDDEN, "origin_forbidden", detail))
}

/// Where the server's own pages are for whoever asks: `https://cairn.example`. Known where a proxy says it, or the page that asks, or
/// where nothing else can be: browsers tell where a request comes from over TLS or on the same machine alone.
pub(super) fn own_origin(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_host = |host: &&str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        (1..=255).contains(&host.len()) && host.bytes().all(is_part)
    };
    let host = text("host").filter(is_host)?;
    let said = text("x-forwarded-proto").filter(|proto| ["http", "https"].contains(proto));
    let page = text("origin").or_else(|| text("referer")).and_then(|page| page.split_once("://"));
    let of_page = page.filter(|(_, rest)| rest.split('/').next() == Some(host)).map(|(proto, _)| proto);
    let of_page = of_page.filter(|proto| ["http", "https"].contains(proto));
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&name);
    let known = match (is_here, text("sec-fetch-site")) {
        (true, _) => Some("http"),
        (false, Some(_)) => Some("https"),
        (false, None) => None,
    };
    said.or(of_page).or(known).map(|proto| format!("{proto}://{host}"))
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_the_servers_own_pages_write() {
        let host = ("host", "cairn.example");
        for (pairs, fine) in [
            (vec![host, ("sec-fetch-site", "same-origin")], true),
            (vec![host, ("origin", "https://cairn.example")], true),
            (vec![host, ("origin", "https://evil.example")], false),
            (vec![host, ("origin", "https://cairn.example"), ("sec-fetch-site", "cross-site")], false),
            (vec![host, ("sec-fetch-site", "same-site")], false),
            (vec![host, ("origin", "null")], false),
            (vec![host], false),
            (vec![("origin", "null")], false),
        ] {
            assert_eq!(check_origin(&headers(&pairs)).is_ok(), fine, "{pairs:?}");
        }
    }

    #[test]
    fn where_the_servers_pages_are_is_known_or_not_told() {
        let host = ("host", "cairn.example");
        for (pairs, known) in [
            (vec![host], None),
            (vec![], None),
            (vec![host, ("x-forwarded-proto", "https")], Some("https://cairn.example")),
            (vec![host, ("referer", "http://cairn.example/console")], Some("http://cairn.example")),
            (vec![host, ("referer", "http://evil.example/console")], None),
            (vec![host, ("sec-fetch-site", "none")], Some("https://cairn.example")),
            (vec![("host", "127.0.0.1:8090")], Some("http://127.0.0.1:8090")),
            (vec![("host", "a\"b"), ("sec-fetch-site", "none")], None),
        ] {
            assert_eq!(own_origin(&headers(&pairs)).as_deref(), known, "{pairs:?}");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let token = Token::draw().unwrap();
        let cookies = format!("theme=dark; {NAME}={}; x=y", token.reveal());
        assert!(read(&headers(&[("cookie", &cookies)])).unwrap() == token);
        for bad in ["", "cairn_session=", "cairn_session", "xcairn_session=aaaaaaaaaaaaaaaaaaaaaa"] {
            assert!(read(&headers(&[("cookie", bad)])).is_none(), "{bad}");
        }
        let plain = set(&token, &headers(&[])).unwrap();
        assert!(
            plain.to_str().unwrap().contains("HttpOnly; SameSite=Strict")
                && !plain.to_str().unwrap().contains("Secure")
        );
        assert!(set(&token, &headers(&[("origin", "https://a")])).unwrap().to_str().unwrap().ends_with("; Secure"));
    }
}
