//! Who calls an operation, and where the operation's right reaches for them.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use sync_core::id::{UnitCode, Username};

use super::Problem;
use crate::{
    auth::{By, Principal, Role, SecretHash, Token},
    clock,
    store::{
        ReadTx, Store, StoreError,
        people::PlacedGrant,
        unit::{self, PlacedUnit, UnitPath},
    },
};

/// Whoever calls an operation; put into the request by its guard.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    principal: Arc<Principal>,
    /// The roles of which the operation's right asks for one.
    roles: &'static [Role],
    shown: Shown,
}

/// What a caller has shown.
#[derive(Clone, Debug)]
pub(super) enum Shown {
    /// An API token: it is a program.
    Token(Token),
    /// A session's cookie.
    Session(SecretHash),
}

impl Caller {
    pub(super) fn new(principal: Principal, roles: &'static [Role], shown: Shown) -> Self {
        Self { principal: Arc::new(principal), roles, shown }
    }

    /// Who the caller is by now; `None` if what they have shown is worth nothing any more. Does not count as a use of a session.
    pub(super) async fn again(&self, store: &Store) -> Result<Option<Principal>, StoreError> {
        match &self.shown {
            Shown::Token(token) => Principal::of_token(store, token, clock::now()).await,
            Shown::Session(hash) => Principal::of_session_unused(store, *hash, clock::now()).await,
        }
    }

    /// The caller as one who acts now, as far as the operation's right reaches.
    pub(super) fn by(&self) -> By {
        By::role(&self.principal, self.roles, clock::now())
    }

    /// What they may do where.
    pub(super) fn grants(&self) -> &[PlacedGrant] {
        &self.principal.grants
    }

    /// The session that they call in; `None` if it is a program.
    pub(super) fn session(&self) -> Option<SecretHash> {
        match self.shown {
            Shown::Session(hash) => Some(hash),
            Shown::Token(_) => None,
        }
    }

    pub(super) fn username(&self) -> &Username {
        &self.principal.username
    }

    /// Whether the caller has one of the operation's roles on the unit at `path`.
    pub(super) fn reaches(&self, path: &UnitPath) -> bool {
        self.principal.has_any(self.roles, path)
    }

    /// The unit that parameter `name` names, if the operation's right reaches it.
    ///
    /// # Errors
    /// 404 `unit_unknown`, 403 `unit_forbidden`.
    pub(super) async fn unit(&self, tx: &mut ReadTx, name: &str, code: &UnitCode) -> Result<PlacedUnit, Problem> {
        let Some(unit) = unit::find(tx, code).await? else {
            let detail = format!("{name}: there is no org unit `{code}`");
            return Err(Problem::new(StatusCode::NOT_FOUND, "unit_unknown", detail));
        };
        if self.reaches(&unit.path) {
            return Ok(unit);
        }
        let detail = format!("{name}: {} has no role on `{code}` that permits this", self.username());
        Err(Problem::new(StatusCode::FORBIDDEN, "unit_forbidden", detail))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let admitted = parts.extensions.get::<Self>();
        admitted.cloned().ok_or_else(|| Problem::internal("an operation for anybody asks who calls"))
    }
}
