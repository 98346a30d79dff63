//! Pairs of records that look alike, and those that somebody has told apart.

use sync_core::id::{Day, RecordId, Username};

use super::{ReadTx, StoreError, WriteTx, rows, unit::UnitPath};

/// By day and name, along the index of days: pairs are formed only within one unit, day and form.
const PAIRS: &str = "SELECT a.on_day, a.org_unit, a.form, a.id, a.worker, a.created_ms, a.fields, \
                     b.id, b.worker, b.created_ms, b.fields FROM org_units u JOIN records a ON a.org_unit = u.code \
                     JOIN records b ON b.org_unit = a.org_unit AND b.on_day = a.on_day AND b.form = a.form AND b.id > a.id \
                     WHERE u.path >= $1 AND u.path < $2 AND a.on_day >= $3 AND a.on_day <= $4 \
                     AND a.status <> 'void' AND b.status <> 'void' AND NOT EXISTS (SELECT 1 FROM distinct_records d \
                     WHERE d.one_record = a.id AND d.other_record = b.id) \
                     AND (a.on_day > $5 OR (a.on_day = $5 AND (a.id > $6 OR (a.id = $6 AND b.id > $7)))) \
                     ORDER BY a.on_day, a.id, b.id LIMIT $8";
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

/// The pairs behind `after` (a day, and two records' names) that nobody has told apart, in a unit and all below it, from one day
/// to another, both included; at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn pairs(
    tx: &mut ReadTx,
    top: &UnitPath,
    (from, to): (Day, Day),
    after: &(String, Vec<u8>, Vec<u8>),
    limit: i64,
) -> Result<Vec<Pair>, StoreError> {
    type Row = (String, String, String, Vec<u8>, String, i64, String, Vec<u8>, String, i64, String);
    let query = sqlx::query_as(PAIRS).bind(top.as_str()).bind(top.end()).bind(from.to_string()).bind(to.to_string());
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
    let mut pair = [*one.as_bytes(), *other.as_bytes()];
    pair.sort_unstable();
    let query = sqlx::query(TELL_APART).bind(pair[0].to_vec()).bind(pair[1].to_vec());
    let query = query.bind(by.map(ToString::to_string)).bind(now_ms);
    Ok(query.execute(tx.conn()).await?.rows_affected() == 1)
}
