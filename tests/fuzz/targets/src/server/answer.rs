//! What every answer of the server must be.

use axum::http::StatusCode;
use serde_json::Value as Json;

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub kind: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// Holds it to what the API promises: no fault of the server's, and a problem with a code whenever something is wrong.
    pub(super) fn must_be_good(&self, asked: &str) {
        let shown = || format!("{asked}\n{} {}\n{}", self.status, self.kind, String::from_utf8_lossy(&self.body));
        assert!(!self.status.is_server_error(), "the server failed: {}", shown());
        if self.status.is_client_error() {
            assert_eq!(self.kind, "application/problem+json", "{}", shown());
            let problem: Json =
                serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", shown()));
            let code = problem["code"].as_str().unwrap_or_default();
            assert!(!code.is_empty() && problem["status"] == self.status.as_u16(), "no code: {}", shown());
        } else if self.kind.starts_with("application/json") {
            let read: Result<Json, _> = serde_json::from_slice(&self.body);
            assert!(read.is_ok(), "no JSON: {}", shown());
        }
    }

    /// The code of a problem, or nothing.
    pub(super) fn code(&self) -> String {
        let problem: Json = serde_json::from_slice(&self.body).unwrap_or_default();
        problem["code"].as_str().unwrap_or_default().to_owned()
    }
}
