//! Tallies: running totals of measures by org unit, form and day. Each is the sum of the contributions of the records there, and
//! is moved in the transaction that moves a record.

use std::collections::BTreeMap;

use sync_core::{
    id::{Day, FormId, MeasureId, UnitCode},
    merge::Contribution,
};

use super::{ReadTx, StoreError, WriteTx, rows::Insert};

const MOVE: Insert = Insert {
    head: "INSERT INTO tallies (org_unit, form, on_day, measure, value) VALUES",
    columns: 5,
    tail: "ON CONFLICT (org_unit, form, on_day, measure) DO UPDATE SET value = tallies.value + excluded.value",
};
const OF_UNIT: &str = "SELECT form, on_day, measure, value FROM tallies WHERE org_unit = $1";
const CLEAR: &str = "DELETE FROM tallies WHERE org_unit = $1";

/// Which tally of an org unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TallyKey {
    pub form: FormId,
    pub on: Day,
    pub measure: MeasureId,
}

/// By how much the tallies of one org unit move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moves(BTreeMap<TallyKey, i64>);

impl Moves {
    /// Adds what a record of `form` contributes.
    pub(crate) fn add(&mut self, form: &FormId, contribution: &Contribution) {
        self.shift(form, contribution, 1);
    }

    /// Takes away what a record of `form` contributed.
    pub(crate) fn take(&mut self, form: &FormId, contribution: &Contribution) {
        self.shift(form, contribution, -1);
    }

    fn shift(&mut self, form: &FormId, Contribution { on, measures }: &Contribution, sign: i64) {
        for (measure, value) in measures {
            let key = TallyKey { form: form.clone(), on: *on, measure: measure.clone() };
            let moved = self.0.entry(key).or_default();
            *moved = moved.saturating_add(value.saturating_mul(sign));
        }
    }

    /// The tallies that these moves make of nothing; none is zero.
    pub(crate) fn totals(mut self) -> BTreeMap<TallyKey, i64> {
        self.0.retain(|_, value| *value != 0);
        self.0
    }
}

/// Moves the tallies of an org unit.
pub(crate) async fn shift(tx: &mut WriteTx, unit: &UnitCode, moves: Moves) -> Result<(), StoreError> {
    let moved: Vec<_> = moves.totals().into_iter().collect();
    MOVE.rows(tx, &moved, |q, (key, value)| {
        let q = q.bind(unit.to_string()).bind(key.form.to_string()).bind(key.on.to_string());
        q.bind(key.measure.to_string()).bind(*value)
    })
    .await
}

/// The tallies of an org unit; those that are zero are left out.
pub(crate) async fn of_unit(tx: &mut ReadTx, unit: &UnitCode) -> Result<BTreeMap<TallyKey, i64>, StoreError> {
    let found: Vec<(String, String, String, i64)> =
        sqlx::query_as(OF_UNIT).bind(unit.as_str()).fetch_all(tx.conn()).await?;
    let mut tallies = BTreeMap::new();
    for (form, on, measure, value) in found.into_iter().filter(|(.., value)| *value != 0) {
        let key = TallyKey {
            form: form.parse().map_err(StoreError::damaged)?,
            on: on.parse().map_err(StoreError::damaged)?,
            measure: measure.parse().map_err(StoreError::damaged)?,
        };
        tallies.insert(key, value);
    }
    Ok(tallies)
}

/// Removes the tallies of an org unit, to be computed anew.
pub(crate) async fn clear(tx: &mut WriteTx, unit: &UnitCode) -> Result<(), StoreError> {
    sqlx::query(CLEAR).bind(unit.as_str()).execute(tx.conn()).await?;
    Ok(())
}
