//! The guard before every operation: who calls, whether they may at all, and whether the query holds nothing that the
//! operation does not describe.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::{
    ApiState, Problem,
    caller::Caller,
    parameters::Parameters,
    rights::{Scope, Who},
};
use crate::{
    auth::{Principal, Token},
    clock,
};

/// What a guard knows of its operation.
#[derive(Debug)]
pub(super) struct Guard {
    pub who: Who,
    /// The parameters that its query may hold.
    pub query: Vec<String>,
}

/// Lets a request through to its operation, or answers in its place.
pub(super) async fn admit(
    State((state, guard)): State<(ApiState, Arc<Guard>)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let roles: &'static [_] = match guard.who {
        Who::Anybody => {
            check_query(&request, &guard)?;
            return Ok(next.run(request).await);
        }
        Who::User => &[],
        Who::Role(roles, _) => roles,
    };
    let principal = principal(&state, request.headers()).await?;
    if let Who::Role(_, scope) = guard.who {
        let has = match scope {
            Scope::Root => principal.has_any_on_root(roles),
            Scope::Unit | Scope::Thing | Scope::List => principal.has_any_somewhere(roles),
        };
        if !has {
            let detail = format!("{} has no role that permits this", principal.username);
            return Err(Problem::new(StatusCode::FORBIDDEN, "role_missing", detail));
        }
    }
    check_query(&request, &guard)?;
    request.extensions_mut().insert(Caller::new(principal, roles));
    Ok(next.run(request).await)
}

fn check_query(request: &Request, guard: &Guard) -> Result<(), Problem> {
    let known: Vec<&str> = guard.query.iter().map(String::as_str).collect();
    Parameters::of(request.uri())?.only(&known)
}

/// The user whose credential the request shows.
async fn principal(state: &ApiState, headers: &HeaderMap) -> Result<Principal, Problem> {
    let unauthorized = |code, detail: &str| Problem::new(StatusCode::UNAUTHORIZED, code, detail);
    let missing = || unauthorized("credential_missing", "send an API token: Authorization: Bearer TOKEN");
    let unknown = || unauthorized("token_unknown", "the token is not, or no longer, valid here");
    let header = headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
    let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    let token = Token::read(token.trim()).ok_or_else(unknown)?;
    Principal::of_token(&state.store, &token, clock::now()).await?.ok_or_else(unknown)
}
