//! Pairs of records that look alike, and those that somebody has told apart.
//!
//! Records are compared only with others of the same unit, day and form. Whoever looks for pairs walks along the index of units
//! and days, and a request examines no more than [`EXAMINED_MAX`] records and compares no more than [`COMPARED_MAX`] pairs of
//! them; behind these the list goes on in the next request. So a request costs the same, however many records there are.

use std::collections::BTreeMap;

use sync_core::{
    id::{Day, FormId, RecordId, UnitCode, Username},
    record::Status,
};

use super::{
    ReadTx, StoreError, WriteTx,
    catalog::Directory,
    record_read::{self, ReadRow},
    rows,
    unit::UnitPath,
};
use crate::report::alike;

/// Records that one request examines; also of how many of one unit and day at least half are compared with each other.
const EXAMINED_MAX: usize = 2_000;
/// Pairs that one request compares.
const COMPARED_MAX: usize = 20_000;
/// Units that one request looks into.
const UNITS_MAX: usize = 250;
/// Pairs that were told apart, of which one request looks whether they are asked for.
const TOLD_APART_MAX: i64 = 200;

/// The records of a unit from one on, in the order of days: along `records_day`. Void ones are passed over by whoever reads them, lest a
/// request go through any number of them.
const WALK: &str = "SELECT r.on_day, r.id, r.form, r.worker, r.created_ms, r.fields, r.status FROM records r \
                    WHERE r.org_unit = $1 AND r.on_day >= $2 AND r.on_day <= $3 AND (r.on_day > $2 OR r.id >= $4) \
                    ORDER BY r.on_day, r.id LIMIT $5";
const IS_TOLD_APART: &str = "SELECT COUNT(*) FROM distinct_records d WHERE d.one_record = $1 AND d.other_record = $2";
const TOLD_APART: &str = "SELECT d.one_record, d.other_record FROM distinct_records d \
                          WHERE d.one_record > $1 OR (d.one_record = $1 AND d.other_record > $2) \
                          ORDER BY d.one_record, d.other_record LIMIT $3";
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
    pub on: Day,
    /// The unit's code.
    pub unit: UnitCode,
    /// The form's id.
    pub form: FormId,
    /// The one of the lesser name.
    pub one: Twin,
    /// The other.
    pub other: Twin,
}

/// Behind which pair the list goes on. With names of zeros: before the first of the unit and day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PairPosition {
    /// The unit.
    pub unit: UnitCode,
    /// The day.
    pub on: Day,
    /// The pair's records.
    pub pair: [[u8; 16]; 2],
}

/// Some pairs of a list.
#[derive(Debug)]
pub(crate) struct PairPage {
    pub pairs: Vec<Pair>,
    /// Behind which place the list goes on; `None` at its end.
    pub next: Option<PairPosition>,
}

/// The pairs behind `after` that look alike and that nobody has told apart, in a unit and all below it, from one day to another,
/// both included, at most `limit`: by the units' codes, then by day. There may be fewer, even none, though the list goes on.
///
/// Where a unit has more than [`EXAMINED_MAX`] records of one day, each is compared with at least half as many behind it.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn alike_pairs(
    tx: &mut ReadTx,
    top: &UnitPath,
    days: (Day, Day),
    after: Option<&PairPosition>,
    limit: usize,
) -> Result<PairPage, StoreError> {
    walk(tx, top, days, after, limit, EXAMINED_MAX).await
}

async fn walk(
    tx: &mut ReadTx,
    top: &UnitPath,
    (from, to): (Day, Day),
    after: Option<&PairPosition>,
    limit: usize,
    examined_max: usize,
) -> Result<PairPage, StoreError> {
    let directory = Directory::current(tx).await?;
    let mut units: Vec<&UnitCode> =
        directory.below(std::slice::from_ref(top)).into_iter().map(|placed| &placed.unit.code).collect();
    units.sort_unstable();
    units.retain(|unit| after.is_none_or(|after| **unit >= after.unit));
    let mut found = Found { pairs: Vec::new(), limit, compared: 0 };
    let mut examined = 0;
    for (at, unit) in units.into_iter().enumerate() {
        let mut place = match after {
            Some(after) if after.unit == *unit && after.on >= from => after.clone(),
            _ => PairPosition { unit: unit.clone(), on: from, pair: [[0; 16]; 2] },
        };
        loop {
            if examined >= examined_max || at >= UNITS_MAX {
                return Ok(PairPage { pairs: found.pairs, next: Some(place) });
            }
            let records = records(tx, &place, to, examined_max).await?;
            examined += records.len();
            let more = records.len() >= examined_max;
            match found.among(tx, &place, records, more).await? {
                Ended::Full(next) => return Ok(PairPage { pairs: found.pairs, next: Some(next) }),
                Ended::At(next) => place = next,
                Ended::Unit => break,
            }
        }
    }
    Ok(PairPage { pairs: found.pairs, next: None })
}

/// A record as it is compared: its day, form, and what is shown of it, whose values are read only if there is another.
struct Compared {
    on: Day,
    form: FormId,
    id: RecordId,
    worker: String,
    created_ms: i64,
    values: String,
    is_void: bool,
}

/// The next records of a place's unit from that place on, at most `limit`.
async fn records(tx: &mut ReadTx, place: &PairPosition, to: Day, limit: usize) -> Result<Vec<Compared>, StoreError> {
    type Row = (String, Vec<u8>, String, String, i64, String, String);
    let query = sqlx::query_as(WALK).bind(place.unit.as_str()).bind(place.on.to_string()).bind(to.to_string());
    let query = query.bind(place.pair[0].to_vec()).bind(rows::number(limit as u64));
    let found: Vec<Row> = query.fetch_all(tx.conn()).await?;
    let compared = |(on, id, form, worker, created_ms, values, status): Row| {
        let (on, form) = (on.parse().map_err(StoreError::damaged)?, form.parse().map_err(StoreError::damaged)?);
        Ok(Compared {
            on,
            form,
            id: rows::record(&id)?,
            worker,
            created_ms,
            values,
            is_void: status == Status::Void.word(),
        })
    };
    found.into_iter().map(compared).collect()
}

/// How far the records of one request reached.
enum Ended {
    /// There is no more of the unit.
    Unit,
    /// It goes on there.
    At(PairPosition),
    /// Enough was found or compared: it goes on there, in another request.
    Full(PairPosition),
}

/// What one request has found.
struct Found {
    pairs: Vec<Pair>,
    limit: usize,
    compared: usize,
}

impl Found {
    /// Adds the pairs behind `place` among `records`, which begin there. `more`: the unit has others behind them.
    async fn among(
        &mut self,
        tx: &mut ReadTx,
        place: &PairPosition,
        records: Vec<Compared>,
        more: bool,
    ) -> Result<Ended, StoreError> {
        // The last day may go on behind these: it is left for the next time, unless it is all there is.
        let last = records.last().filter(|_| more).map(|record| record.on);
        let whole = records.iter().take_while(|record| Some(record.on) != last).count();
        let (firsts, go_on) = match (last, whole) {
            (None, _) => (records.len(), None),
            (Some(_), 0) => {
                (records.len() / 2, records.get(records.len() / 2).map(|next| (next.on, *next.id.as_bytes())))
            }
            (Some(day), _) => (whole, Some((day, [0; 16]))),
        };
        let mut groups: BTreeMap<(Day, &FormId), Vec<usize>> = BTreeMap::new();
        for (at, record) in records.iter().enumerate().filter(|(_, record)| !record.is_void) {
            groups.entry((record.on, &record.form)).or_default().push(at);
        }
        let mut values: Vec<Option<serde_json::Value>> = vec![None; records.len()];
        for (at, one) in records.iter().enumerate().take(firsts).filter(|(_, one)| !one.is_void) {
            let group = groups.get(&(one.on, &one.form)).map_or(&[][..], Vec::as_slice);
            let others = &group[group.partition_point(|other| *other <= at)..];
            for other_at in others.iter().copied() {
                let other = &records[other_at];
                let pair = [*one.id.as_bytes(), *other.id.as_bytes()];
                if one.on == place.on && pair <= place.pair {
                    continue;
                }
                self.compared += 1;
                for side in [at, other_at] {
                    if values[side].is_none() {
                        values[side] = Some(serde_json::from_str(&records[side].values).map_err(StoreError::damaged)?);
                    }
                }
                let both = values[at].as_ref().zip(values[other_at].as_ref()).filter(|(a, b)| alike(a, b));
                if let Some((a, b)) = both
                    && !is_told_apart(tx, one.id, other.id).await?
                {
                    let [one_shown, other_shown] = [(one, a), (other, b)].map(|(record, values)| shown(record, values));
                    let (unit, form) = (place.unit.clone(), one.form.clone());
                    self.pairs.push(Pair { on: one.on, unit, form, one: one_shown?, other: other_shown? });
                }
                if self.pairs.len() >= self.limit || self.compared >= COMPARED_MAX {
                    return Ok(Ended::Full(PairPosition { unit: place.unit.clone(), on: one.on, pair }));
                }
            }
        }
        Ok(match go_on {
            Some((on, one)) => Ended::At(PairPosition { unit: place.unit.clone(), on, pair: [one, [0; 16]] }),
            None => Ended::Unit,
        })
    }
}

fn shown(record: &Compared, values: &serde_json::Value) -> Result<Twin, StoreError> {
    let worker = rows::username(&record.worker)?;
    Ok(Twin { id: record.id, worker, created_ms: record.created_ms, values: values.clone() })
}

async fn is_told_apart(tx: &mut ReadTx, one: RecordId, other: RecordId) -> Result<bool, StoreError> {
    let [one, other] = in_order(one, other);
    let count: i64 = sqlx::query_scalar(IS_TOLD_APART).bind(one).bind(other).fetch_one(tx.conn()).await?;
    Ok(count > 0)
}

/// The pairs behind `after` that somebody has told apart, whatever has become of their values, in a unit and all below it, from one
/// day to another, both included: by the records' names. Of all that was told apart no more than [`TOLD_APART_MAX`] are examined.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn told_apart_pairs(
    tx: &mut ReadTx,
    top: &UnitPath,
    (from, to): (Day, Day),
    after: [[u8; 16]; 2],
) -> Result<(Vec<Pair>, Option<[[u8; 16]; 2]>), StoreError> {
    let query = sqlx::query_as(TOLD_APART).bind(after[0].to_vec()).bind(after[1].to_vec());
    let examined: Vec<(Vec<u8>, Vec<u8>)> = query.bind(TOLD_APART_MAX).fetch_all(tx.conn()).await?;
    let more = examined.len() as i64 >= TOLD_APART_MAX;
    let mut pairs = Vec::new();
    let mut last = None;
    for (one, other) in examined {
        let both = [rows::record(&one)?, rows::record(&other)?];
        last = Some(both.map(|record| *record.as_bytes()));
        let is_asked_for = |row: &ReadRow| {
            top.covers(&row.path)
                && row.on.is_some_and(|on| from <= on && on <= to)
                && row.status != Status::Void.word()
        };
        let Some(one) = record_read::one(tx, &both[0]).await?.filter(is_asked_for) else { continue };
        let Some(other) = record_read::one(tx, &both[1]).await?.filter(is_asked_for) else { continue };
        let Some(on) = one.on.filter(|_| (&one.unit, &one.form, one.on) == (&other.unit, &other.form, other.on)) else {
            continue;
        };
        let (unit, form) = (one.unit.clone(), one.form.clone());
        let [one, other] = [one, other].map(|row| Twin {
            id: row.id,
            worker: row.worker,
            created_ms: row.position.created_ms,
            values: row.values,
        });
        pairs.push(Pair { on, unit, form, one, other });
    }
    Ok((pairs, last.filter(|_| more)))
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sync_core::record::{Value, Values};

    use super::*;
    use crate::{
        auth::Role,
        store::Engine,
        testing::{World, on_both},
    };

    on_both![however_little_a_request_examines_all_pairs_are_found_once];

    async fn however_little_a_request_examines_all_pairs_are_found_once(engine: Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "changdu").await;
        let mut all = Vec::new();
        for unit in ["markam", "riwoqe"] {
            let mut changes = Vec::new();
            for time in 0..24 {
                // On three days, of two kinds that look alike among themselves.
                let (day, kind) = (15 + time % 3, time / 3 % 2);
                let values: Values = [
                    ("on".parse().unwrap(), Value::Text(format!("2021-03-{day}"))),
                    ("place".parse().unwrap(), Value::Text("嘎托镇".into())),
                    ("patients_seen".parse().unwrap(), Value::Integer(100 + 100 * kind)),
                ]
                .into();
                let (record, change) = doctor.record("clinic.outreach", unit, &values, time);
                all.push((unit, day, kind, record.id()));
                changes.push(change);
            }
            world.push(&doctor, unit, &changes.iter().collect::<Vec<_>>()).await;
        }
        let mut expected = BTreeSet::new();
        for one in &all {
            let same =
                all.iter().filter(|other| (one.0, one.1, one.2) == (other.0, other.1, other.2) && one.3 < other.3);
            expected.extend(same.map(|other| (one.3, other.3)));
        }
        assert_eq!(expected.len(), 2 * 3 * 2 * 6);

        let days = ("2021-03-01".parse().unwrap(), "2021-03-31".parse().unwrap());
        let mut tx = world.store.read().await.unwrap();
        let top = Directory::current(&mut tx).await.unwrap().unit(&"changdu".parse().unwrap()).unwrap().path.clone();
        // A day has eight records; of more than are examined at once, each is compared with half as many behind it.
        for (examined, limit) in [(2_000, 100), (2_000, 5), (20, 7), (9, 1), (8, 1_000), (4, 3), (2, 1)] {
            let (mut found, mut after, mut requests) = (Vec::new(), None, 0);
            loop {
                let page = walk(&mut tx, &top, days, after.as_ref(), limit, examined).await.unwrap();
                assert!(page.pairs.len() <= limit);
                found.extend(page.pairs.into_iter().map(|pair| (pair.one.id, pair.other.id)));
                requests += 1;
                assert!(requests < 500, "it goes on for ever: {after:?}");
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            let once: BTreeSet<_> = found.iter().copied().collect();
            assert_eq!(once.len(), found.len(), "a pair twice, at {examined} and {limit}");
            assert!(once.is_subset(&expected));
            assert!(once == expected || examined < 9, "{} of {} at {examined}", once.len(), expected.len());
        }
    }
}
