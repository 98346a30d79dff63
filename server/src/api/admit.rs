//! The guard before every operation: who calls, whether they may at all, and whether the query holds nothing that the
//! operation does not describe.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::{
    ApiState, Problem,
    caller::{Caller, Shown},
    cookie,
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
        Who::Anybody | Who::Device => {
            check_query(&request, &guard)?;
            return Ok(next.run(request).await);
        }
        Who::User | Who::Session => &[],
        Who::Role(roles, _) => roles,
    };
    let (principal, shown) = authenticate(&state, request.method(), request.headers()).await?;
    if guard.who == Who::Session && matches!(shown, Shown::Token(_)) {
        let detail = "this is for people who have logged in, not for programs with a token";
        return Err(Problem::new(StatusCode::FORBIDDEN, "session_needed", detail));
    }
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
    request.extensions_mut().insert(Caller::new(principal, roles, shown));
    Ok(next.run(request).await)
}

fn check_query(request: &Request, guard: &Guard) -> Result<(), Problem> {
    let known: Vec<&str> = guard.query.iter().map(String::as_str).collect();
    Parameters::of(request.uri())?.only(&known)
}

/// The user whose credential the request shows, and what that is.
async fn authenticate(state: &ApiState, method: &Method, headers: &HeaderMap) -> Result<(Principal, Shown), Problem> {
    let unauthorized = |code, detail: &str| Problem::new(StatusCode::UNAUTHORIZED, code, detail);
    let missing = || unauthorized("credential_missing", "log in, or send an API token: Authorization: Bearer TOKEN");
    let unknown = || unauthorized("token_unknown", "the token is not, or no longer, valid here");
    if let Some(header) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(missing());
        }
        let token = Token::read(token.trim()).ok_or_else(unknown)?;
        let principal = Principal::of_token(&state.store, &token, clock::now()).await?.ok_or_else(unknown)?;
        return Ok((principal, Shown::Token(token)));
    }
    let over = || unauthorized("session_unknown", "the session is over: log in again");
    let token = cookie::read(headers).ok_or_else(missing)?;
    if !method.is_safe() {
        cookie::check_origin(headers)?;
    }
    let hash = token.hash();
    let principal = Principal::of_session(&state.store, hash, clock::now()).await?.ok_or_else(over)?;
    Ok((principal, Shown::Session(hash)))
}
