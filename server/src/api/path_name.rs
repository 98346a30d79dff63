//! The name in an operation's path, read.

use std::{fmt::Display, str::FromStr};

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};

use super::Problem;

/// What the one parameter of the path names.
#[derive(Clone, Debug)]
pub(super) struct PathName<T>(pub T);

impl<S: Send + Sync, T: FromStr<Err: Display>> FromRequestParts<S> for PathName<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = |e: &dyn Display| Problem::parameter("path", e);
        let found = RawPathParams::from_request_parts(parts, state).await.map_err(|e| wrong(&e.body_text()))?;
        match found.iter().next() {
            Some((name, text)) => text.parse().map(Self).map_err(|e| Problem::parameter(name, e)),
            None => Err(Problem::internal("an operation without a parameter in its path asks for it")),
        }
    }
}
