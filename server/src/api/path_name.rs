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
        let found = raw(parts, state).await?;
        read(&found, 0).map(Self)
    }
}

/// What the two parameters of the path name.
#[derive(Clone, Debug)]
pub(super) struct PathNames<T, U>(pub T, pub U);

impl<S: Send + Sync, T: FromStr<Err: Display>, U: FromStr<Err: Display>> FromRequestParts<S> for PathNames<T, U> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = raw(parts, state).await?;
        Ok(Self(read(&found, 0)?, read(&found, 1)?))
    }
}

async fn raw<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<RawPathParams, Problem> {
    let found = RawPathParams::from_request_parts(parts, state).await;
    found.map_err(|e| Problem::parameter("path", e.body_text()))
}

fn read<T: FromStr<Err: Display>>(found: &RawPathParams, index: usize) -> Result<T, Problem> {
    match found.iter().nth(index) {
        Some((name, text)) => text.parse().map_err(|e| Problem::parameter(name, e)),
        None => Err(Problem::internal("an operation asks for more parameters than its path has")),
    }
}
