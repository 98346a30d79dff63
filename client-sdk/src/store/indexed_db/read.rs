//! Every question that is asked of the database. Whatever a question needs is requested at once, and waited for once.

use std::collections::BTreeSet;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbCursor, IdbDatabase, IdbIndex, IdbKeyRange, IdbObjectStore};

use sync_core::{
    id::{ActorKey, ChangeHash, DraftId, RecordId, UnitCode},
    replica::{ChangeRow, ChangeState, Draft, FeedState, VouchedRun},
    wire::Author,
};

use super::{
    json, order,
    schema::{
        AUTHORS, CHANGES, DRAFTS, FEEDS, OF_RECORD, ORDER, ORPHAN, PLACE, RECORDS, REPLICA, UNPLACED, UNSETTLED,
        VOUCHERS, WAITING,
    },
    transaction::{Transaction, all_answered, answered, failed},
    values::{self, RecordValue},
};
use crate::store::{Placed, RecordFilter, StoreError, Summary};

type Read<T> = Result<T, StoreError>;

/// Rows of the outbox that are read at first; then twice as many, and so on.
const OUTBOX_ROWS: u32 = 32;
/// Summaries that are read at a time while a filter looks for some.
const SUMMARIES: u32 = 500;

fn reading(database: &IdbDatabase, table: &str) -> Read<(Transaction, IdbObjectStore)> {
    let transaction = Transaction::reading(database, &[table])?;
    let store = transaction.store(table)?;
    Ok((transaction, store))
}

fn thrown<T>(result: Result<T, JsValue>) -> Read<T> {
    result.map_err(|error| failed(&error))
}

fn index(database: &IdbDatabase, table: &str, name: &str) -> Read<(Transaction, IdbIndex)> {
    let (transaction, store) = reading(database, table)?;
    Ok((transaction, thrown(store.index(name))?))
}

/// A value of the table `replica`.
pub(super) async fn word(database: &IdbDatabase, key: &str) -> Read<JsValue> {
    let (_open, store) = reading(database, REPLICA)?;
    answered(&thrown(store.get(&key.into()))?).await
}

/// The same, where it is a text.
pub(super) async fn text(database: &IdbDatabase, key: &str, what: &'static str) -> Read<Option<String>> {
    let value = word(database, key).await?;
    if value.is_undefined() { Ok(None) } else { values::read_text(&value, what).map(Some) }
}

pub(super) async fn feeds(database: &IdbDatabase) -> Read<Vec<FeedState>> {
    let (_open, store) = reading(database, FEEDS)?;
    let found = answered(&thrown(store.get_all())?).await?;
    Array::from(&found).iter().map(|row| json::read_feed(&values::read_text(&row, "a feed")?)).collect()
}

pub(super) async fn changes<'h>(
    database: &IdbDatabase,
    hashes: impl Iterator<Item = &'h ChangeHash>,
) -> Read<Vec<ChangeRow>> {
    let wanted: BTreeSet<&ChangeHash> = hashes.collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let (_open, store) = reading(database, CHANGES)?;
    let requests: Vec<_> = wanted.iter().map(|hash| thrown(store.get(&values::bytes(&hash.0)))).collect::<Read<_>>()?;
    let found = all_answered(&requests).await?;
    found.iter().filter(|row| !row.is_undefined()).map(values::read_change).collect()
}

pub(super) async fn changes_of_records(database: &IdbDatabase, records: &[RecordId]) -> Read<Vec<ChangeRow>> {
    let (_open, index) = index(database, CHANGES, OF_RECORD)?;
    let wanted: BTreeSet<&RecordId> = records.iter().collect();
    let all = |id: &&RecordId| thrown(index.get_all_with_key(&values::bytes(id.as_bytes())));
    let requests: Vec<_> = wanted.iter().map(all).collect::<Read<_>>()?;
    let mut rows = Vec::new();
    for found in all_answered(&requests).await? {
        rows.extend(read_changes(&found)?);
    }
    Ok(rows)
}

fn read_changes(found: &JsValue) -> Read<Vec<ChangeRow>> {
    Array::from(found).iter().map(|row| values::read_change(&row)).collect()
}

pub(super) async fn changes_of_feed(database: &IdbDatabase, unit: &UnitCode) -> Read<Vec<ChangeRow>> {
    let (_open, index) = index(database, CHANGES, PLACE)?;
    // A list is greater than all numbers.
    let unit = JsValue::from_str(unit.as_str());
    let end = Array::of2(&unit, &Array::new());
    let range = thrown(IdbKeyRange::bound(&Array::of1(&unit), &end))?;
    read_changes(&answered(&thrown(index.get_all_with_key(&range))?).await?)
}

pub(super) async fn stored_in_feed(database: &IdbDatabase, unit: &UnitCode) -> Read<Vec<ChangeHash>> {
    let rows = changes_of_feed(database, unit).await?;
    Ok(rows.into_iter().filter(|row| row.state == ChangeState::Stored).map(|row| row.hash).collect())
}

pub(super) async fn orphans(database: &IdbDatabase) -> Read<Vec<ChangeRow>> {
    all_of(database, ORPHAN).await
}

pub(super) async fn unsettled(database: &IdbDatabase) -> Read<Vec<ChangeRow>> {
    all_of(database, UNSETTLED).await
}

async fn all_of(database: &IdbDatabase, name: &str) -> Read<Vec<ChangeRow>> {
    let (_open, index) = index(database, CHANGES, name)?;
    read_changes(&answered(&thrown(index.get_all())?).await?)
}

pub(super) async fn outbox(database: &IdbDatabase, bytes: u32, most: usize) -> Read<Vec<ChangeRow>> {
    let (_open, index) = index(database, CHANGES, WAITING)?;
    let mut rows: Vec<ChangeRow> = Vec::new();
    let (mut after, mut sum, mut asked) = (0, 0usize, OUTBOX_ROWS);
    while rows.len() < most {
        let range = thrown(IdbKeyRange::lower_bound_with_open(&values::number(after).into(), true))?;
        let found = Array::from(&answered(&thrown(index.get_all_with_key_and_limit(&range, asked))?).await?);
        for value in found.iter() {
            let row = values::read_change(&value)?;
            sum += row.raw.len();
            if rows.len() == most || (sum > bytes as usize && !rows.is_empty()) {
                return Ok(rows);
            }
            after = values::read_made(&value)?;
            rows.push(row);
        }
        if found.length() < asked {
            break;
        }
        asked = asked.saturating_mul(2);
    }
    Ok(rows)
}

async fn length(index: &IdbIndex) -> Read<u32> {
    let number = answered(&thrown(index.count())?).await?;
    Ok(u32::try_from(values::read_number(&number, "a count")?).unwrap_or(u32::MAX))
}

pub(super) async fn waiting(database: &IdbDatabase) -> Read<u32> {
    let (_open, index) = index(database, CHANGES, WAITING)?;
    length(&index).await
}

pub(super) async fn lacks_positions(database: &IdbDatabase) -> Read<bool> {
    let (_open, index) = index(database, CHANGES, UNPLACED)?;
    Ok(length(&index).await? > 0)
}

pub(super) async fn at_positions(database: &IdbDatabase, places: &[(UnitCode, u64)]) -> Read<Placed> {
    let (_open, index) = index(database, CHANGES, PLACE)?;
    let wanted: BTreeSet<&(UnitCode, u64)> = places.iter().filter(|(_, position)| *position > 0).collect();
    let get = |(unit, position): &&(UnitCode, u64)| {
        thrown(index.get(&Array::of2(&unit.as_str().into(), &values::number(*position).into())))
    };
    let requests: Vec<_> = wanted.iter().map(get).collect::<Read<_>>()?;
    let mut placed = Placed::new();
    for (place, found) in wanted.into_iter().zip(all_answered(&requests).await?) {
        if !found.is_undefined() {
            let row = values::read_change(&found)?;
            placed.insert(place.clone(), (row.hash, row.actor));
        }
    }
    Ok(placed)
}

pub(super) async fn vouched(database: &IdbDatabase, hashes: &[ChangeHash]) -> Read<Vec<VouchedRun>> {
    let wanted: BTreeSet<&ChangeHash> = hashes.iter().collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    // Asked only when changes are given back to a server that has lost them: all are looked through, so that receiving them
    // costs no index.
    let (_open, store) = reading(database, VOUCHERS)?;
    let all = Array::from(&answered(&thrown(store.get_all())?).await?);
    let mut runs = all.iter().map(|value| values::read_voucher(&value)).collect::<Read<Vec<_>>>()?;
    runs.retain(|(_, run)| run.changes.iter().any(|(hash, _)| wanted.contains(hash)));
    runs.sort_unstable_by_key(|(made, _)| core::cmp::Reverse(*made));
    Ok(runs.into_iter().map(|(_, run)| run).collect())
}

pub(super) async fn authors(database: &IdbDatabase, actors: &[ActorKey]) -> Read<Vec<Author>> {
    let (_open, store) = reading(database, AUTHORS)?;
    let wanted: BTreeSet<&ActorKey> = actors.iter().collect();
    let requests: Vec<_> =
        wanted.iter().map(|actor| thrown(store.get(&values::bytes(&actor.0)))).collect::<Read<_>>()?;
    let mut authors = Vec::new();
    for (actor, found) in wanted.into_iter().zip(all_answered(&requests).await?) {
        if !found.is_undefined() {
            let damaged = StoreError::Damaged { what: "an author" };
            let user = values::read_text(&found, "an author")?.parse().map_err(|_| damaged)?;
            authors.push(Author { actor: *actor, user });
        }
    }
    Ok(authors)
}

fn read_record(value: &JsValue) -> Read<Summary> {
    json::read_summary(&values::read_text(&value.unchecked_ref::<RecordValue>().summary(), "a record's summary")?)
}

pub(super) async fn record(database: &IdbDatabase, id: RecordId) -> Read<Option<Summary>> {
    let (_open, store) = reading(database, RECORDS)?;
    let found = answered(&thrown(store.get(&values::bytes(id.as_bytes())))?).await?;
    if found.is_undefined() { Ok(None) } else { read_record(&found).map(Some) }
}

pub(super) async fn records_named(database: &IdbDatabase, prefix: &str, limit: usize) -> Read<Vec<RecordId>> {
    let Some((least, greatest)) = order::names(prefix) else { return Ok(Vec::new()) };
    let (_open, store) = reading(database, RECORDS)?;
    let range = thrown(IdbKeyRange::bound(&values::bytes(&least), &values::bytes(&greatest)))?;
    let found = answered(&thrown(store.get_all_keys_with_key(&range))?).await?;
    let read = |key: JsValue| {
        let damaged = || StoreError::Damaged { what: "a record" };
        RecordId::try_from(Uint8Array::new(&key).to_vec().as_slice()).map_err(|_| damaged())
    };
    let ids = Array::from(&found).iter().map(read).collect::<Read<Vec<_>>>()?;
    Ok(ids.into_iter().filter(|id| order::is_named(*id, prefix)).take(limit).collect())
}

pub(super) async fn records(database: &IdbDatabase, filter: &RecordFilter) -> Read<Vec<Summary>> {
    let mut records = Vec::new();
    let limit = filter.limit.unwrap_or(u32::MAX) as usize;
    let (_open, index) = index(database, RECORDS, ORDER)?;
    let (mut from, to) = order::range(filter.from, filter.to);
    let mut left_out = filter.offset;
    if filter.only_by_day() && filter.offset > 0 {
        // The browser goes to the first row by itself.
        let Some(key) = advanced(&index, &range(&from, &to, false)?, filter.offset).await? else { return Ok(records) };
        from = key;
        left_out = 0;
    }
    let rows = if filter.only_by_day() { SUMMARIES.min(filter.limit.unwrap_or(SUMMARIES).max(1)) } else { SUMMARIES };
    let mut walk = Walk { index, from, to, rows, begun: false };
    while records.len() < limit {
        let Some(found) = walk.next().await? else { break };
        for record in found.into_iter().filter(|record| filter.lets_through(record)) {
            if left_out > 0 {
                left_out -= 1;
            } else if records.len() < limit {
                records.push(record);
            }
        }
    }
    Ok(records)
}

pub(super) async fn count(database: &IdbDatabase, filter: &RecordFilter) -> Read<u32> {
    let (_open, index) = index(database, RECORDS, ORDER)?;
    let (from, to) = order::range(filter.from, filter.to);
    if filter.only_by_day() {
        let count = answered(&thrown(index.count_with_key(&range(&from, &to, false)?.into()))?).await?;
        return Ok(u32::try_from(values::read_number(&count, "a count")?).unwrap_or(u32::MAX));
    }
    let mut walk = Walk { index, from, to, rows: SUMMARIES, begun: false };
    let mut count = 0;
    while let Some(found) = walk.next().await? {
        count += found.iter().filter(|record| filter.lets_through(record)).count();
    }
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

fn range(from: &[u8], to: &[u8], behind: bool) -> Read<IdbKeyRange> {
    thrown(IdbKeyRange::bound_with_lower_open(&values::bytes(from), &values::bytes(to), behind))
}

/// Goes through the summaries in a list's order, some rows at a time.
struct Walk {
    index: IdbIndex,
    from: Vec<u8>,
    to: Vec<u8>,
    rows: u32,
    begun: bool,
}

impl Walk {
    async fn next(&mut self) -> Read<Option<Vec<Summary>>> {
        let range = range(&self.from, &self.to, self.begun)?;
        let found = Array::from(&answered(&thrown(self.index.get_all_with_key_and_limit(&range, self.rows))?).await?);
        if found.length() == 0 {
            return Ok(None);
        }
        let last = found.get(found.length() - 1);
        self.from = values::read_bytes(&last.unchecked_ref::<RecordValue>().order(), "a record's summary")?;
        self.begun = true;
        found.iter().map(|value| read_record(&value)).collect::<Read<_>>().map(Some)
    }
}

/// The key of the row that has `rows` before it in the range.
async fn advanced(index: &IdbIndex, range: &IdbKeyRange, rows: u32) -> Read<Option<Vec<u8>>> {
    let request = thrown(index.open_key_cursor_with_range(range))?;
    let cursor = answered(&request).await?;
    let Ok(cursor) = cursor.dyn_into::<IdbCursor>() else { return Ok(None) };
    thrown(cursor.advance(rows))?;
    match answered(&request).await?.dyn_into::<IdbCursor>() {
        Ok(cursor) => Ok(Some(Uint8Array::new(&thrown(cursor.key())?).to_vec())),
        Err(_) => Ok(None),
    }
}

pub(super) async fn drafts(database: &IdbDatabase) -> Read<Vec<Draft>> {
    let (_open, store) = reading(database, DRAFTS)?;
    let found = Array::from(&answered(&thrown(store.get_all())?).await?);
    let mut drafts = found.iter().map(|row| read_draft(&row)).collect::<Read<Vec<_>>>()?;
    drafts.sort_by_key(|draft| core::cmp::Reverse((draft.updated, draft.id)));
    Ok(drafts)
}

pub(super) async fn draft(database: &IdbDatabase, id: DraftId) -> Read<Option<Draft>> {
    let (_open, store) = reading(database, DRAFTS)?;
    let found = answered(&thrown(store.get(&values::bytes(id.as_bytes())))?).await?;
    if found.is_undefined() { Ok(None) } else { read_draft(&found).map(Some) }
}

fn read_draft(row: &JsValue) -> Read<Draft> {
    json::read_draft(&values::read_text(row, "a draft")?)
}
