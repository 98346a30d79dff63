//! A server's *no*: `application/problem+json`, or as much of it as there is.

use core::fmt;

use serde::Deserialize;

use super::{Enrolled, Reply, TransportError};

/// The media type of a problem.
const PROBLEM: &str = "application/problem+json";
/// Characters of a server's text that are shown.
const SHOWN_CHARS_MAX: usize = 300;

/// Why the server did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The stable word for it, where the server gave one.
    pub code: Option<String>,
    /// What people can read.
    pub detail: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    title: Option<String>,
    code: Option<String>,
    detail: Option<String>,
}

impl Problem {
    /// The problem that a reply is about.
    #[must_use]
    pub fn of(reply: &Reply) -> Self {
        let body = match reply.content_type.as_deref() {
            Some(PROBLEM) => serde_json::from_slice::<Body>(&reply.body).unwrap_or_default(),
            _ => Body::default(),
        };
        let detail = body.detail.or(body.title).unwrap_or_else(|| format!("HTTP status {}", reply.status));
        Self { status: reply.status, code: body.code, detail: one_line(&detail) }
    }

    /// Whether the server may answer the same request later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500..=599)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Reply {
    /// Reads the answer to an enrolment.
    ///
    /// # Errors
    /// [`TransportError::Refused`] when the server said no, [`TransportError::NotAServer`] when it was not a Cairn server.
    pub fn enrolled(&self) -> Result<Enrolled, TransportError> {
        let known = |kind: &str| self.content_type.as_deref() == Some(kind);
        match self.status {
            200..=299 if known("application/json") => serde_json::from_slice(&self.body)
                .map_err(|_| TransportError::NotAServer("an answer of another shape".into())),
            400..=599 if known(PROBLEM) => Err(TransportError::Refused(Problem::of(self))),
            500..=599 => Err(TransportError::Refused(Problem::of(self))),
            status => Err(TransportError::NotAServer(format!("HTTP status {status}"))),
        }
    }
}

/// Foreign text on one line, cut, without control characters.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    words.join(" ").chars().take(SHOWN_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, content_type: &str, body: &str) -> Reply {
        Reply { status, content_type: Some(content_type.into()), retry_after: None, body: body.into() }
    }

    #[test]
    fn a_problem_is_read_from_whatever_there_is() {
        let json = r#"{"type":"x","title":"t","status":409,"code":"stale_reference","detail":"position 5\nof feed"}"#;
        let problem = Problem::of(&reply(409, PROBLEM, json));
        assert_eq!((problem.code.as_deref(), problem.detail.as_str()), (Some("stale_reference"), "position 5 of feed"));
        let page = Problem::of(&reply(502, "text/html", "<html>"));
        assert_eq!((page.code, page.detail.as_str()), (None, "HTTP status 502"));
        assert_eq!(Problem::of(&reply(400, PROBLEM, "]")).detail, "HTTP status 400");
    }

    #[test]
    fn an_enrolment_is_answered_by_a_server_or_by_nobody() {
        let good = r#"{"device":"d1","token":"t","username":"doctor-03","name":"医生 03","server_key":""}"#;
        assert_eq!(reply(201, "application/json", good).enrolled().unwrap().username.as_str(), "doctor-03");
        let expired = r#"{"code":"code_expired","detail":"the code has expired"}"#;
        let error = reply(410, PROBLEM, expired).enrolled().unwrap_err();
        assert_eq!((error.code(), error.is_passing()), ("code_expired", false));
        assert_eq!(error.to_string(), "the server said: the code has expired");
        for portal in [reply(200, "text/html", "<html>"), reply(302, "text/html", ""), reply(404, "text/html", "")] {
            assert_eq!(portal.enrolled().unwrap_err().code(), "not_a_server");
        }
        assert!(reply(503, "text/html", "").enrolled().unwrap_err().is_passing());
    }
}
