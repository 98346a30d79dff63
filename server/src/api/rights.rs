//! The one table of operations: which there are, and who may call each. The router and the document are both made from it,
//! so no operation can exist without its row.
//!
//! | who | what the frame sees to before the operation begins | what the operation sees to |
//! |---|---|---|
//! | [`Who::Anybody`] | nothing | that the secret in the request is good |
//! | [`Who::User`] | a token or a session | |
//! | [`Who::Role`] | a token or a session, and one of the roles anywhere | [`Caller::reaches`](super::caller::Caller::reaches): the role where it matters |
//!
//! Which parts of a record a change may touch is decided by `sync_core::gate`, whoever brings it.

use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{ApiState, docs, enrol, record, records, summary};
use super::{
    admit_held, comment_record, duplicates, held, refused, reject_held, review_record, set_fields, tell_apart,
};
use crate::auth::Role;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody: what the request needs, it carries.
    Anybody,
    /// Every user, with whatever roles or none: it concerns themselves.
    User,
    /// Users who have one of these roles.
    Role(&'static [Role], Scope),
}

/// Where the role must be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// On the unit that the request names, or above it. Elsewhere: 403 `unit_forbidden`.
    Unit,
    /// On the unit of the thing that the request names. Elsewhere the thing is not there: 404.
    Thing,
    /// Anywhere: what is listed lies in the units where it is had.
    List,
    /// On the root of a tree: it concerns everybody. Elsewhere: 403 `role_missing`.
    Root,
}

/// One operation and who may call it.
pub(super) struct Row {
    pub who: Who,
    pub routes: UtoipaMethodRouter<ApiState>,
}

/// Any role will do: reading.
const ANY: &[Role] = &Role::ALL;

/// Writing values.
const WRITERS: &[Role] = &[Role::Recorder, Role::Reviewer, Role::Administrator];
/// Saying what counts.
const REVIEWERS: &[Role] = &[Role::Reviewer, Role::Administrator];

/// Deciding about held changes.
const DECIDERS: &[Role] = &[Role::Administrator];

/// Every operation.
pub(super) fn table() -> Vec<Row> {
    let row = |who, routes| Row { who, routes };
    vec![
        row(Who::Anybody, routes!(docs::document::handle)),
        row(Who::Anybody, routes!(docs::page::handle)),
        row(Who::Anybody, routes!(docs::script::handle)),
        row(Who::Anybody, routes!(enrol::handle)),
        row(Who::Role(ANY, Scope::Unit), routes!(summary::handle)),
        row(Who::Role(ANY, Scope::List), routes!(records::handle)),
        row(Who::Role(ANY, Scope::Thing), routes!(record::handle)),
        // Working on records.
        row(Who::Role(REVIEWERS, Scope::Thing), routes!(review_record::handle)),
        row(Who::Role(ANY, Scope::Thing), routes!(comment_record::handle)),
        row(Who::Role(WRITERS, Scope::Thing), routes!(set_fields::handle)),
        row(Who::Role(REVIEWERS, Scope::List), routes!(held::handle)),
        row(Who::Role(DECIDERS, Scope::Thing), routes!(admit_held::handle)),
        row(Who::Role(DECIDERS, Scope::Thing), routes!(reject_held::handle)),
        row(Who::Role(REVIEWERS, Scope::List), routes!(refused::handle)),
        row(Who::Role(REVIEWERS, Scope::Unit), routes!(duplicates::handle)),
        row(Who::Role(REVIEWERS, Scope::Thing), routes!(tell_apart::handle)),
    ]
}
