//! Bodies that are not JSON say so.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};

use super::Problem;

/// A CSV table: the body, if its Content-Type says that it is one.
#[derive(Clone, Debug)]
pub(super) struct Csv(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Csv {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let given =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = given.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("text/csv") {
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", "send Content-Type: text/csv"));
        }
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| {
            let is_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            let code = if is_large { "body_too_large" } else { "body_malformed" };
            Problem::new(rejection.status(), code, rejection.body_text())
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, extract::DefaultBodyLimit, routing::post};
    use tower::ServiceExt;

    use super::*;

    /// It was answered in plain text, without a code.
    #[tokio::test]
    async fn a_table_that_is_too_large_is_answered_with_a_problem() {
        let router = Router::new().route("/", post(async |Csv(_): Csv| ())).layer(DefaultBodyLimit::max(8));
        let ask = async |body: &'static str| {
            let request = Request::post("/").header(header::CONTENT_TYPE, "text/csv").body(Body::from(body)).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            (answer.status().as_u16(), answer.headers().get(header::CONTENT_TYPE).cloned())
        };
        assert_eq!(ask("12345678").await, (200, None));
        assert_eq!(ask("123456789").await, (413, Some("application/problem+json".parse().unwrap())));
    }
}
