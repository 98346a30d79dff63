//! Deciding about held changes: what the operations that do so share.

use axum::http::StatusCode;
use serde::Serialize;
use sync_core::id::ChangeHash;
use utoipa::ToSchema;

use super::{ApiState, Problem, caller::Caller, dictate};
use crate::{
    admin::AdminError,
    auth::By,
    clock,
    report::foresee,
    store::{ReadTx, held_read, record_read, unit},
};

/// What was decided, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DecidedHeld {
    #[schema(value_type = String)]
    pub change: ChangeHash,
    /// `accepted`; `parked` or `held`: it is let in as soon as what it waits for is here; `rejected`.
    pub outcome: &'static str,
    /// Why it is not in yet.
    pub detail: Option<String>,
}

/// The caller as the one who decides about a held change: their right must reach the unit that the change was sent for, and the
/// one in which its record lies.
pub(super) async fn decider(state: &ApiState, caller: &Caller, hash: ChangeHash) -> Result<By, Problem> {
    let mut tx = state.store.read().await?;
    let unknown = || problem_of(AdminError::HeldUnknown(hash));
    let home = held_read::home(&mut tx, &hash).await?.ok_or_else(unknown)?;
    let mut paths = vec![home.path.clone()];
    paths.extend(record_path(&mut tx, &home).await?);
    if !paths.iter().all(|path| caller.reaches(path)) {
        return Err(unknown());
    }
    Ok(By::user(caller.username().clone(), paths, clock::now()))
}

async fn record_path(tx: &mut ReadTx, home: &held_read::HeldHome) -> Result<Option<unit::UnitPath>, Problem> {
    if let Some(record) = &home.record
        && let Some(row) = record_read::one(tx, record).await?
    {
        return Ok(Some(row.path));
    }
    // A record that would begin with it says itself where it lies.
    let raw = home.raw.clone();
    let foreseen = tokio::task::spawn_blocking(move || foresee(&raw, &[])).await.map_err(Problem::internal)?;
    let Some(foreseen) = foreseen else { return Ok(None) };
    Ok(unit::find(tx, &foreseen.unit).await?.map(|unit| unit.path))
}

/// The problem that stands for why nothing was decided.
pub(super) fn problem_of(error: AdminError) -> Problem {
    let (code, detail) = (error.code(), error.to_string());
    let status = match error {
        AdminError::Store(error) => return error.into(),
        AdminError::Ingest(error) => return dictate::problem_of(error),
        AdminError::HeldUnknown(_) => StatusCode::NOT_FOUND,
        AdminError::Inadmissible { .. } => StatusCode::CONFLICT,
        AdminError::RejectionReason { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        other => return Problem::internal(other),
    };
    Problem::new(status, code, detail)
}
