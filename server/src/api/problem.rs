//! What every request that fails is answered with: `application/problem+json` (RFC 9457) with a stable code.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{admin::AdminError, briefing::BriefingError, ingest::IngestError, store::StoreError};

/// A problem, as sent:
///
/// ```json
/// {"type":"urn:cairn:problem:unit_unknown","title":"Not Found","status":404,
///  "code":"unit_unknown","detail":"unit: there is no org unit `nowhere`"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    retry_after_seconds: Option<u64>,
    rows: Vec<BadRow>,
}

/// A row of a table that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BadRow {
    /// The line that it begins on; the first is 1.
    pub line: u64,
    /// The kind, as a word that does not change.
    pub code: &'static str,
    /// What is wrong with it, for people.
    pub detail: String,
}

/// What every request that fails is answered with (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemJson<'a> {
    /// Names the kind: `urn:cairn:problem:` and the code.
    r#type: String,
    /// The status in words.
    title: &'a str,
    /// The status.
    status: u16,
    /// The kind, as a word that does not change.
    code: &'a str,
    /// What was wrong, for people.
    detail: &'a str,
    /// Of a table: each bad row.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    rows: &'a [BadRow],
}

impl Problem {
    /// A problem of this status, code and explanation. The explanation may repeat what the request said, never what the
    /// store holds.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), retry_after_seconds: None, rows: Vec::new() }
    }

    /// A parameter of the query that is wrong: 400 `parameter_invalid`.
    pub fn parameter(name: &str, what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parameter_invalid", format!("{name}: {what}"))
    }

    /// A parameter of the query that must be given and is not: 400 `parameter_missing`.
    pub fn missing(name: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parameter_missing", format!("{name}: must be given"))
    }

    /// Too many requests of one kind: 429, to be tried again after some seconds.
    pub fn too_many(code: &'static str, detail: impl Into<String>, after_seconds: u64) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail);
        Self { retry_after_seconds: Some(after_seconds), ..problem }
    }

    /// The server's own fault: 500 `internal`. The cause is logged, not sent.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed; the cause is in its log")
    }

    /// The stable word for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What was wrong, for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let detail = match error {
            StoreError::Busy => "the store is busy: try again",
            StoreError::RightsChanged => {
                let detail = "the caller's rights have changed meanwhile: nothing was done";
                return Self::new(StatusCode::FORBIDDEN, error.code(), detail);
            }
            StoreError::DiskFull => "the server's disk is full: nothing was stored, try again later",
            other => return Self::internal(other),
        };
        tracing::error!(%error, "the store cannot be written to");
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), detail);
        Self { retry_after_seconds: Some(5), ..problem }
    }
}

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        use AdminError as E;
        let code = error.code();
        let error = match error {
            E::Store(error) | E::Ingest(IngestError::Store(error)) => return error.into(),
            other => other,
        };
        let status = match &error {
            E::Ingest(IngestError::Stopped) => StatusCode::SERVICE_UNAVAILABLE,
            E::Ingest(IngestError::TooMuch) => StatusCode::PAYLOAD_TOO_LARGE,
            E::UnitForbidden(_) | E::UserForbidden(_) | E::PasswordWrong => StatusCode::FORBIDDEN,
            E::UnitUnknown(_) | E::UserUnknown(_) | E::GrantUnknown { .. } | E::DeviceUnknown(_) => {
                StatusCode::NOT_FOUND
            }
            E::TokenUnknown(_) | E::HeldUnknown(_) | E::NotToldApart { .. } | E::SecondFactorMissing => {
                StatusCode::NOT_FOUND
            }
            E::UnitExists(_) | E::UserExists(_) | E::GrantExists { .. } | E::DeviceRevoked(_) => StatusCode::CONFLICT,
            E::FormVersionExists { .. } | E::UnitBelowItself(_) | E::Inadmissible { .. } => StatusCode::CONFLICT,
            E::SecondFactorExists | E::SetUpAlready | E::UnitMissing => StatusCode::CONFLICT,
            E::CodeExpired | E::CodeUsed => StatusCode::GONE,
            _ => StatusCode::BAD_REQUEST,
        };
        let detail = error.to_string();
        let rows = match error {
            E::Rows(rows) => rows,
            _ => Vec::new(),
        };
        Self { rows, ..Self::new(status, code, detail) }
    }
}

impl From<BriefingError> for Problem {
    fn from(error: BriefingError) -> Self {
        use BriefingError as E;
        let status = match &error {
            E::Template(_) | E::TooLarge { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            E::UserUnknown(_) => StatusCode::NOT_FOUND,
            E::PositionElsewhere { .. } | E::PositionTwice { .. } => StatusCode::BAD_REQUEST,
            E::PositionUnknown { .. } | E::EpochUnknown => StatusCode::CONFLICT,
            E::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if let E::Store(error) = error {
            return error.into();
        }
        Self::new(status, error.code(), error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let json = ProblemJson {
            r#type: format!("urn:cairn:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Problem"),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            rows: &self.rows,
        };
        let body = serde_json::to_vec(&json).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
