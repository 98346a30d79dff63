//! Pairs of records that look alike, and those that somebody has told apart.

use sync_core::id::{Day, RecordId, Username};

use super::{ReadTx, StoreError, WriteTx, rows, unit::UnitPath};

macro_rules! pairs {
    ($told_apart:literal) => {
        concat!(
            "SELECT a.on_day, a.org_unit, a.form, a.id, a.worker, a.created_ms, a.fields, \
                     b.id, b.worker, b.created_ms, b.fields FROM org_units u JOIN records a ON a.org_unit = u.code \
                     JOIN records b ON b.org_unit = a.org_unit AND b.on_day = a.on_day AND b.form = a.form AND b.id > a.id \
                     WHERE u.path >= $1 AND u.path < $2 AND a.on_day >= $3 AND a.on_day <= $4 \
                     AND a.status <> 'void' AND b.status <> 'void' AND ",
            $told_apart,
            " (SELECT 1 FROM distinct_records d WHERE d.one_record = a.id AND d.other_record = b.id) \
                     AND (a.on_day > $5 OR (a.on_day = $5 AND (a.id > $6 OR (a.id = $6 AND b.id > $7)))) \
                     ORDER BY a.on_day, a.id, b.id LIMIT $8"
        )
    };
}

/// By day and name, along the index of days: pairs are formed only within one unit, day and form.
const PAIRS: &str = pairs!("NOT EXISTS");
const PAIRS_TOLD_APART: &str = pairs!("EXISTS");
const TAKE_BACK: &str = "DELETE FROM distinct_records WHERE one_record = $1 AND other_record = $2";
const TELL_APART: &str = "INSERT INTO distinct_records (one_record, other_record, by_user, at_ms) VALUES ($1, $2, $3, $4) \
                          ON CONFLICT (one_record, other_record) DO NOTHING";

/// One of two records of the same unit, form and day.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    /// The record.
    pub id: RecordId,
    /// Who did the work.
    pub worker: Username,
    /// When it was written, by the device's clock, ms.
    pub created_ms: i64,
    /// The values shown, as JSON.
    pub values: serde_json::Value,
}

/// Two records of the same unit, form and day, neither of them void.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The day.
    pub on: String,
    /// The unit's code.
    pub unit: String,
    /// The form's id.
    pub form: String,
    /// The one of the lesser name.
    pub one: Twin,
    /// The other.
    pub other: Twin,
}

/// The pairs behind `after` (a day, and two records' names) that nobody has told apart, or only those that somebody has, in a unit
/// and all below it, from one day to another, both included; at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn pairs(
    tx: &mut ReadTx,
    top: &UnitPath,
    (from, to): (Day, Day),
    told_apart: bool,
    after: &(String, Vec<u8>, Vec<u8>),
    limit: i64,
) -> Result<Vec<Pair>, StoreError> {
    type Row = (String, String, String, Vec<u8>, String, i64, String, Vec<u8>, String, i64, String);
    let query = sqlx::query_as(if told_apart { PAIRS_TOLD_APART } else { PAIRS });
    let query = query.bind(top.as_str()).bind(top.end()).bind(from.to_string()).bind(to.to_string());
    let query = query.bind(after.0.as_str()).bind(after.1.clone()).bind(after.2.clone()).bind(limit);
    let found: Vec<Row> = query.fetch_all(tx.conn()).await?;
    let twin = |id: Vec<u8>, worker: String, created_ms, values: String| {
        let values = serde_json::from_str(&values).map_err(StoreError::damaged)?;
        Ok::<_, StoreError>(Twin { id: rows::record(&id)?, worker: rows::username(&worker)?, created_ms, values })
    };
    let pair = |(on, unit, form, id, worker, created, values, id2, worker2, created2, values2): Row| {
        let (one, other) = (twin(id, worker, created, values)?, twin(id2, worker2, created2, values2)?);
        Ok(Pair { on, unit, form, one, other })
    };
    found.into_iter().map(pair).collect()
}

/// Notes that two records are two; returns whether that was not noted before.
pub(crate) async fn tell_apart(
    tx: &mut WriteTx,
    one: RecordId,
    other: RecordId,
    by: Option<&Username>,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let [one, other] = in_order(one, other);
    let query = sqlx::query(TELL_APART).bind(one).bind(other);
    let query = query.bind(by.map(ToString::to_string)).bind(now_ms);
    Ok(query.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Takes back that two records are two; returns whether that was noted.
pub(crate) async fn take_back(tx: &mut WriteTx, one: RecordId, other: RecordId) -> Result<bool, StoreError> {
    let [one, other] = in_order(one, other);
    Ok(sqlx::query(TAKE_BACK).bind(one).bind(other).execute(tx.conn()).await?.rows_affected() == 1)
}

fn in_order(one: RecordId, other: RecordId) -> [Vec<u8>; 2] {
    let mut pair = [one, other].map(|record| record.as_bytes().to_vec());
    pair.sort_unstable();
    pair
}
