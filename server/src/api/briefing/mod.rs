//! Briefings: what a unit or a worker did in a period, for the console and as a Word document; and their templates.

pub(super) mod again;
pub(super) mod list_templates;
pub(super) mod put_template;
pub(super) mod read;
pub(super) mod read_template;
pub(super) mod restore_template;
mod shown;
#[cfg(test)]
mod tests;
pub(super) mod word;

use sync_core::id::{Day, UnitCode};

use super::{ApiState, Problem, caller::Caller, parameters::Parameters};
use crate::{
    briefing::{self, Asked, Briefing, Earlier, Language},
    clock,
    report::Period,
    store::ReadTx,
};

/// What is asked for, as the query says it.
async fn asked(tx: &mut ReadTx, caller: &Caller, query: &Parameters) -> Result<Asked, Problem> {
    let code: UnitCode = query.required("unit")?;
    let (from, to): (Day, Day) = (query.required("from")?, query.required("to")?);
    let language = query.word("language", &Language::WORDS)?.unwrap_or(Language::Zh);
    let worker = query.optional("worker")?;
    let period = period(from, to)?;
    Ok(Asked { unit: caller.unit(tx, "unit", &code).await?, period, language, worker })
}

fn period(from: Day, to: Day) -> Result<Period, Problem> {
    if to < from {
        return Err(Problem::parameter("to", format_args!("{to} is before {from}")));
    }
    Ok(Period { from, to })
}

/// Makes a briefing. Each keeps a snapshot and a template busy for a while: so only so many are made at a time, and the others wait.
async fn make(
    state: &ApiState,
    asked: impl AsyncFnOnce(&mut ReadTx) -> Result<Asked, Problem>,
    earlier: Option<Earlier>,
) -> Result<(Asked, Briefing), Problem> {
    let turns = if earlier.is_some() { &state.briefings.again } else { &state.briefings.now };
    let _turn = turns.acquire().await.map_err(Problem::internal)?;
    let mut tx = state.store.read().await?;
    let asked = asked(&mut tx).await?;
    let made = briefing::make(&state.store, &mut tx, asked.clone(), clock::now(), earlier).await?;
    Ok((asked, made))
}
