//! The one table of operations: which there are, and who may call each. The router and the document are both made from it,
//! so no operation can exist without its row.
//!
//! | who | what the frame sees to before the operation begins | what the operation sees to |
//! |---|---|---|
//! | [`Who::Anybody`] | nothing | that the secret in the request is good |
//! | [`Who::User`] | a token or a session | |
//! | [`Who::Session`] | a session | |
//! | [`Who::Device`] | nothing | that the token is a device's: [`crate::sync`] |
//! | [`Who::Role`] | a token or a session, and one of the roles anywhere | [`Caller::reaches`](super::caller::Caller::reaches): the role where it matters |
//!
//! Which parts of a record a change may touch is decided by `sync_core::gate`, whoever brings it.

use axum::extract::DefaultBodyLimit;
use sync_core::form::FORM_BYTES_MAX;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{
    ApiState, attention, audit, briefing, comment_record, compare_record, devices, docs, duplicates, enrol, export,
    forms, held, live, record, records, refused, review_record, review_records, session, set_fields, summary, system,
    take_back, tell_apart, units, users, verify_audit,
};
use crate::{auth::Role, briefing::SOURCE_BYTES_MAX};

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody: what the request needs, it carries.
    Anybody,
    /// Every user, with whatever roles or none: it concerns themselves.
    User,
    /// Every user who has logged in, but no program: it concerns how they log in.
    Session,
    /// Devices, by a token of their own; of a revoked one everything is held, and it reads nothing.
    Device,
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

/// Bytes of a table to be imported: some 10,000 rows.
const TABLE_BYTES_MAX: usize = 1 << 20;

/// Bytes of a briefing's positions: some 4,000 units.
const POSITIONS_BYTES_MAX: usize = 256 << 10;
/// Bytes of a template in JSON: whatever is in it may be written as `\u….`.
const TEMPLATE_BYTES_MAX: usize = 6 * SOURCE_BYTES_MAX + 1024;

/// A route whose body may be larger than others.
fn large((schemas, paths, methods): UtoipaMethodRouter<ApiState>, bytes: usize) -> UtoipaMethodRouter<ApiState> {
    (schemas, paths, methods.route_layer(DefaultBodyLimit::max(bytes)))
}

/// The routes that are no operations of the API, and so stand in no document of it: the sync protocol, the health checks, and the
/// web apps, of whose files the pages stand for all.
pub(super) const BESIDE: [(&str, &str, Who); 6] = [
    ("GET", "/", Who::Anybody),
    ("GET", "/console", Who::Anybody),
    ("POST", "/sync/v1", Who::Device),
    ("GET", "/sync/v1/live", Who::Device),
    ("GET", "/healthz", Who::Anybody),
    ("GET", "/readyz", Who::Anybody),
];

/// Any role will do: reading.
const ANY: &[Role] = &Role::ALL;

/// Administrators alone: running things.
fn administrator(scope: Scope) -> Who {
    Who::Role(&[Role::Administrator], scope)
}

/// Writing values.
const WRITERS: &[Role] = &[Role::Recorder, Role::Reviewer, Role::Administrator];
/// Saying what counts.
const REVIEWERS: &[Role] = &[Role::Reviewer, Role::Administrator];

/// Every operation.
pub(super) fn table() -> Vec<Row> {
    let row = |who, routes| Row { who, routes };
    vec![
        row(Who::Anybody, routes!(docs::document::handle)),
        row(Who::Anybody, routes!(docs::page::handle)),
        row(Who::Anybody, routes!(docs::script::handle)),
        row(Who::Anybody, routes!(session::setup_state::handle)),
        row(Who::Anybody, routes!(session::set_up::handle)),
        row(Who::Anybody, routes!(session::log_in::handle)),
        row(Who::User, routes!(session::who_am_i::handle)),
        row(Who::User, routes!(session::log_out::handle)),
        row(Who::Anybody, routes!(session::set_password::handle)),
        row(Who::Session, routes!(session::change_password::handle)),
        row(Who::Session, routes!(session::begin_second_factor::handle)),
        row(Who::Session, routes!(session::confirm_second_factor::handle)),
        row(Who::Session, routes!(session::remove_second_factor::handle)),
        row(administrator(Scope::List), routes!(users::list::handle)),
        row(administrator(Scope::Unit), routes!(users::add::handle)),
        row(administrator(Scope::Thing), routes!(users::read::handle)),
        row(administrator(Scope::Thing), routes!(users::rename::handle)),
        row(administrator(Scope::Unit), routes!(users::add_grant::handle)),
        row(administrator(Scope::Unit), routes!(users::remove_grant::handle)),
        row(administrator(Scope::Thing), routes!(users::make_code::handle)),
        row(administrator(Scope::Thing), routes!(users::list_tokens::handle)),
        row(administrator(Scope::Thing), routes!(users::make_token::handle)),
        row(administrator(Scope::Thing), routes!(users::revoke_token::handle)),
        row(administrator(Scope::Thing), routes!(users::reset_second_factor::handle)),
        row(Who::Anybody, routes!(enrol::handle)),
        row(administrator(Scope::List), routes!(devices::list::handle)),
        row(administrator(Scope::Thing), routes!(devices::revoke::handle)),
        row(Who::User, routes!(units::list::handle)),
        row(administrator(Scope::Unit), routes!(units::add::handle)),
        row(administrator(Scope::Unit), routes!(units::change::handle)),
        row(administrator(Scope::Unit), routes!(units::preview_move::handle)),
        row(administrator(Scope::Unit), large(routes!(units::import::handle), TABLE_BYTES_MAX)),
        row(Who::User, routes!(forms::list::handle)),
        row(Who::User, routes!(forms::read::handle)),
        row(administrator(Scope::Root), large(routes!(forms::add::handle), FORM_BYTES_MAX)),
        row(administrator(Scope::List), routes!(held::list::handle)),
        row(administrator(Scope::Thing), routes!(held::read::handle)),
        row(administrator(Scope::Thing), routes!(held::admit::handle)),
        row(administrator(Scope::Thing), routes!(held::reject::handle)),
        row(administrator(Scope::List), routes!(refused::handle)),
        row(administrator(Scope::List), routes!(audit::handle)),
        row(administrator(Scope::Root), routes!(verify_audit::handle)),
        row(administrator(Scope::Root), routes!(system::handle)),
        row(Who::Role(ANY, Scope::List), routes!(live::handle)),
        row(Who::Role(ANY, Scope::Unit), routes!(summary::handle)),
        row(Who::Role(ANY, Scope::Unit), routes!(attention::handle)),
        row(Who::Role(ANY, Scope::Unit), routes!(briefing::read::handle)),
        row(Who::Role(ANY, Scope::Unit), large(routes!(briefing::again::handle), POSITIONS_BYTES_MAX)),
        row(Who::Role(ANY, Scope::Unit), routes!(briefing::word::handle)),
        row(Who::User, routes!(briefing::list_templates::handle)),
        row(Who::User, routes!(briefing::read_template::handle)),
        row(administrator(Scope::Root), large(routes!(briefing::put_template::handle), TEMPLATE_BYTES_MAX)),
        row(administrator(Scope::Root), routes!(briefing::restore_template::handle)),
        row(Who::Role(ANY, Scope::List), routes!(records::handle)),
        row(Who::Role(ANY, Scope::List), routes!(export::csv::handle)),
        row(Who::Role(ANY, Scope::List), routes!(export::xlsx::handle)),
        row(Who::Role(ANY, Scope::Thing), routes!(record::handle)),
        row(Who::Role(ANY, Scope::Thing), routes!(compare_record::handle)),
        // Working on records.
        row(Who::Role(REVIEWERS, Scope::Thing), routes!(review_record::handle)),
        row(Who::Role(REVIEWERS, Scope::List), routes!(review_records::handle)),
        row(Who::Role(ANY, Scope::Thing), routes!(comment_record::handle)),
        row(Who::Role(WRITERS, Scope::Thing), routes!(set_fields::handle)),
        row(Who::Role(REVIEWERS, Scope::Unit), routes!(duplicates::handle)),
        row(Who::Role(REVIEWERS, Scope::Thing), routes!(tell_apart::handle)),
        row(Who::Role(REVIEWERS, Scope::Thing), routes!(take_back::handle)),
    ]
}
