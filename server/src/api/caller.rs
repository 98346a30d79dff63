//! Who calls an operation, and where the operation's right reaches for them.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use sync_core::id::{UnitCode, Username};

use super::Problem;
use crate::{
    auth::{By, Principal, Role, SecretHash},
    clock,
    store::{
        ReadTx,
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
    /// The session that they call in; `None` if it is a program.
    session: Option<SecretHash>,
}

impl Caller {
    pub(super) fn new(principal: Principal, roles: &'static [Role], session: Option<SecretHash>) -> Self {
        Self { principal: Arc::new(principal), roles, session }
    }

    /// The caller as one who acts now, as far as the operation's right reaches.
    pub(super) fn by(&self) -> By {
        By::user(self.username().clone(), self.principal.tops(self.roles), clock::now())
    }

    /// What they may do where.
    pub(super) fn grants(&self) -> &[PlacedGrant] {
        &self.principal.grants
    }

    pub(super) fn session(&self) -> Option<SecretHash> {
        self.session
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
