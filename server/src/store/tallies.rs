//! Tallies: running totals of measures by org unit, day, and form or worker; and with them the totals of whole months. Each is the sum of
//! the contributions of the records there, and is moved in the transaction that moves a record.

use std::{collections::BTreeMap, str::FromStr};

use sync_core::{
    id::{Day, FormId, InvalidId, MeasureId, UnitCode, Username},
    merge::Contribution,
};

use super::{
    ReadTx, StoreError, WriteTx, month_totals,
    rows::{self, Insert},
};

const MOVE: Insert = Insert {
    head: "INSERT INTO tallies (org_unit, form, on_day, measure, value) VALUES",
    columns: 5,
    tail: "ON CONFLICT (org_unit, form, on_day, measure) DO UPDATE SET value = tallies.value + excluded.value",
};
const MOVE_WORKERS: Insert = Insert {
    head: "INSERT INTO worker_tallies (org_unit, on_day, worker, measure, value) VALUES",
    columns: 5,
    tail: "ON CONFLICT (org_unit, on_day, worker, measure) DO UPDATE SET value = worker_tallies.value + excluded.value",
};
const OF_UNIT: &str = "SELECT form, on_day, measure, value FROM tallies WHERE org_unit = $1";
const WORKERS_OF_UNIT: &str = "SELECT worker, on_day, measure, value FROM worker_tallies WHERE org_unit = $1";
const CLEAR: &str = "DELETE FROM tallies WHERE org_unit = $1";
const CLEAR_WORKERS: &str = "DELETE FROM worker_tallies WHERE org_unit = $1";
const UNITS: &str = "SELECT DISTINCT org_unit FROM records ORDER BY org_unit";
const CONTRIBUTED: &str = "SELECT id, form, worker, contribution FROM records \
                           WHERE org_unit = $1 AND id > $2 AND contribution IS NOT NULL ORDER BY id LIMIT 1000";

/// Which tally of an org unit. `of` is a form or a worker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TallyKey<T> {
    pub of: T,
    pub on: Day,
    pub measure: MeasureId,
}

/// By how much the tallies of one org unit move, or what they are. Those that are 0 count as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moves {
    pub forms: BTreeMap<TallyKey<FormId>, i64>,
    pub workers: BTreeMap<TallyKey<Username>, i64>,
}

impl Moves {
    /// Adds what a record of `form` by `worker` contributes.
    pub(crate) fn add(&mut self, form: &FormId, worker: &Username, contribution: &Contribution) {
        self.shift(form, worker, contribution, 1);
    }

    /// Takes away what a record of `form` by `worker` contributed.
    pub(crate) fn take(&mut self, form: &FormId, worker: &Username, contribution: &Contribution) {
        self.shift(form, worker, contribution, -1);
    }

    fn shift(&mut self, form: &FormId, worker: &Username, Contribution { on, measures }: &Contribution, sign: i64) {
        for (measure, value) in measures {
            let by = value.saturating_mul(sign);
            let moved = self.forms.entry(key(form, *on, measure)).or_default();
            *moved = moved.saturating_add(by);
            let moved = self.workers.entry(key(worker, *on, measure)).or_default();
            *moved = moved.saturating_add(by);
        }
    }

    /// The same without those that are 0.
    pub(crate) fn totals(mut self) -> Self {
        self.forms.retain(|_, value| *value != 0);
        self.workers.retain(|_, value| *value != 0);
        self
    }
}

fn key<T: Clone>(of: &T, on: Day, measure: &MeasureId) -> TallyKey<T> {
    TallyKey { of: of.clone(), on, measure: measure.clone() }
}

/// Moves the tallies of an org unit, and the totals of its months.
pub(crate) async fn shift(tx: &mut WriteTx, unit: &UnitCode, moves: Moves) -> Result<(), StoreError> {
    let moves = moves.totals();
    month_totals::shift(tx, unit, &moves).await?;
    let moved: Vec<_> = moves.forms.into_iter().collect();
    MOVE.rows(tx, &moved, |q, (key, value)| {
        let q = q.bind(unit.to_string()).bind(key.of.to_string()).bind(key.on.to_string());
        q.bind(key.measure.to_string()).bind(*value)
    })
    .await?;
    shift_workers(tx, unit, moves.workers).await
}

async fn shift_workers(
    tx: &mut WriteTx,
    unit: &UnitCode,
    moves: BTreeMap<TallyKey<Username>, i64>,
) -> Result<(), StoreError> {
    let moved: Vec<_> = moves.into_iter().collect();
    MOVE_WORKERS
        .rows(tx, &moved, |q, (key, value)| {
            let q = q.bind(unit.to_string()).bind(key.on.to_string()).bind(key.of.to_string());
            q.bind(key.measure.to_string()).bind(*value)
        })
        .await
}

/// The tallies of an org unit; those that are zero are left out.
pub(crate) async fn of_unit(tx: &mut ReadTx, unit: &UnitCode) -> Result<Moves, StoreError> {
    let forms = sqlx::query_as(OF_UNIT).bind(unit.as_str()).fetch_all(tx.conn()).await?;
    let workers = sqlx::query_as(WORKERS_OF_UNIT).bind(unit.as_str()).fetch_all(tx.conn()).await?;
    let totals = Moves { forms: read(forms)?, workers: read(workers)? };
    Ok(totals.totals())
}

type Row = (String, String, String, i64);

fn read<T: Ord + FromStr<Err = InvalidId>>(rows: Vec<Row>) -> Result<BTreeMap<TallyKey<T>, i64>, StoreError> {
    let read = |(of, on, measure, value): Row| {
        let key = TallyKey { of: of.parse()?, on: on.parse()?, measure: measure.parse()? };
        Ok((key, value))
    };
    rows.into_iter().map(read).collect::<Result<_, InvalidId>>().map_err(StoreError::damaged)
}

/// Removes the tallies of an org unit, to be computed anew.
pub(crate) async fn clear(tx: &mut WriteTx, unit: &UnitCode) -> Result<(), StoreError> {
    for statement in [CLEAR, CLEAR_WORKERS] {
        sqlx::query(statement).bind(unit.as_str()).execute(tx.conn()).await?;
    }
    month_totals::clear(tx, unit).await
}

/// Makes the tallies by worker of what the records' rows say that they contribute, for a store that had none.
pub(super) async fn fill_by_worker(tx: &mut WriteTx) -> Result<(), StoreError> {
    let units: Vec<String> = sqlx::query_scalar(UNITS).fetch_all(tx.conn()).await?;
    for unit in units {
        let unit = rows::unit(&unit)?;
        let (mut moves, mut after) = (Moves::default(), Vec::new());
        loop {
            let query = sqlx::query_as(CONTRIBUTED).bind(unit.as_str()).bind(after.clone());
            let found: Vec<(Vec<u8>, String, String, String)> = query.fetch_all(tx.conn()).await?;
            for (_, form, worker, contribution) in &found {
                let contribution = serde_json::from_str(contribution).map_err(StoreError::damaged)?;
                let form = form.parse().map_err(StoreError::damaged)?;
                moves.add(&form, &rows::username(worker)?, &contribution);
            }
            match found.into_iter().last() {
                Some((id, ..)) => after = id,
                None => break,
            }
        }
        shift_workers(tx, &unit, moves.totals().workers).await?;
    }
    Ok(())
}
