//! Changes: the truth. Everything else in the store that concerns records can be computed from this table.

use std::collections::BTreeMap;

use sqlx::{Any, any::AnyArguments, query::QueryAs};
use sync_core::id::{ActorKey, ChangeHash, Digest, RecordId, UnitCode};

use super::{
    ReadTx, StoreError, WriteTx,
    devices::DeviceId,
    rows::{self, Insert, KeysOfUnit, Listing, keys_of_unit},
};

const ADD: Insert = Insert {
    head: "INSERT INTO changes (org_unit, position, hash, record, actor, device, received_ms, digest, raw) VALUES",
    columns: 9,
    tail: "",
};
const LOCATE_IN_UNIT: KeysOfUnit = keys_of_unit!("SELECT hash, org_unit, record, position FROM changes WHERE", "hash");
const LOCATE: Listing =
    Listing { head: "SELECT hash, org_unit, record, position FROM changes WHERE hash IN", tail: "" };
const OF_RECORDS: Listing = Listing {
    head: "SELECT record, raw FROM changes WHERE org_unit = ? AND position <= ? AND record IN",
    tail: "ORDER BY record, position",
};
const OF_RECORD: &str = "SELECT c.raw, c.received_ms, d.id, d.name FROM changes c LEFT JOIN actors a ON a.actor = c.actor \
                         LEFT JOIN devices d ON d.id = a.device WHERE c.org_unit = $1 AND c.record = $2 ORDER BY c.position";
const AT: Listing =
    Listing { head: "SELECT position, hash, actor FROM changes WHERE org_unit = ? AND position IN", tail: "" };
const DIGEST_AT: &str = "SELECT digest FROM changes WHERE org_unit = $1 AND position = $2";

/// What is looked up of several changes at a time.
#[cfg(test)]
pub(super) const LISTINGS: [&Listing; 4] = [&LOCATE_IN_UNIT.sqlite, &LOCATE, &OF_RECORDS, &AT];
/// What SQLite must not be asked.
#[cfg(test)]
pub(super) const OF_OTHERS: &Listing = &LOCATE_IN_UNIT.postgres;

/// Where a stored change stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Its feed.
    pub unit: UnitCode,
    /// Its record.
    pub record: RecordId,
    /// Its position.
    pub position: u64,
}

/// A change about to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewChange {
    pub unit: UnitCode,
    pub position: u64,
    pub hash: ChangeHash,
    pub record: RecordId,
    pub actor: ActorKey,
    pub device: Option<DeviceId>,
    /// Of the feed up to and including this position.
    pub digest: Digest,
    pub raw: Vec<u8>,
}

/// The chunks of each record's changes, each behind those it builds on.
pub type Chunks = BTreeMap<RecordId, Vec<Vec<u8>>>;

/// Stores changes.
pub(crate) async fn add(tx: &mut WriteTx, changes: &[NewChange], now_ms: i64) -> Result<(), StoreError> {
    ADD.rows(tx, changes, |q, change| {
        let q = q.bind(change.unit.to_string()).bind(rows::number(change.position)).bind(change.hash.0.to_vec());
        let q = q.bind(change.record.as_bytes().to_vec()).bind(change.actor.0.to_vec());
        let q = q.bind(change.device.as_ref().map(ToString::to_string)).bind(now_ms);
        q.bind(change.digest.to_bytes().to_vec()).bind(change.raw.clone())
    })
    .await
}

/// A stored change of a record, and what is known of its way here.
#[derive(Clone, Debug)]
pub struct StoredChange {
    /// The chunk.
    pub raw: Vec<u8>,
    /// When it came, ms.
    pub received_ms: i64,
    /// The device that it was written on; `None` if that is none, or unknown.
    pub device: Option<NamedDevice>,
}

/// A device, as people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedDevice {
    /// Its id.
    pub id: String,
    /// What its user calls it.
    pub name: String,
}

type LocatedRow = (Vec<u8>, String, Vec<u8>, i64);

/// Where these changes stand, as far as they are stored in this feed.
///
/// # Errors
/// [`StoreError`].
pub async fn locate(
    tx: &mut ReadTx,
    unit: &UnitCode,
    hashes: &[ChangeHash],
) -> Result<BTreeMap<ChangeHash, Located>, StoreError> {
    let mut found = BTreeMap::new();
    for (sql, stretch) in LOCATE_IN_UNIT.of(tx.engine()).stretches(tx.engine(), hashes) {
        found.extend(read_located(tx, sqlx::query_as(sql).bind(unit.as_str()), stretch).await?);
    }
    Ok(found)
}

/// Where these changes stand, as far as they are stored, in whichever feed: a look into every shard, if there are several.
///
/// # Errors
/// [`StoreError`].
pub async fn locate_anywhere(
    tx: &mut ReadTx,
    hashes: &[ChangeHash],
) -> Result<BTreeMap<ChangeHash, Located>, StoreError> {
    let mut found = BTreeMap::new();
    for (sql, stretch) in LOCATE.stretches(tx.engine(), hashes) {
        found.extend(read_located(tx, sqlx::query_as(sql), stretch).await?);
    }
    Ok(found)
}

async fn read_located(
    tx: &mut ReadTx,
    query: QueryAs<'_, Any, LocatedRow, AnyArguments>,
    hashes: Vec<&ChangeHash>,
) -> Result<Vec<(ChangeHash, Located)>, StoreError> {
    let query = hashes.into_iter().fold(query, |q, hash| q.bind(hash.0.to_vec()));
    query.fetch_all(tx.conn()).await?.into_iter().map(located).collect()
}

fn located((hash, unit, record, position): LocatedRow) -> Result<(ChangeHash, Located), StoreError> {
    let (unit, record) = (rows::unit(&unit)?, rows::record(&record)?);
    Ok((rows::hash(&hash)?, Located { unit, record, position: rows::unsigned(position)? }))
}

/// The chunks of these records of one org unit. Ask for few at a time: a record can have 2 MiB of them.
///
/// # Errors
/// [`StoreError`].
pub async fn of_records(tx: &mut ReadTx, unit: &UnitCode, records: &[RecordId]) -> Result<Chunks, StoreError> {
    of_records_upto(tx, unit, records, None).await
}

/// The same; of the changes up to a position alone, if one is given.
pub(crate) async fn of_records_upto(
    tx: &mut ReadTx,
    unit: &UnitCode,
    records: &[RecordId],
    upto: Option<u64>,
) -> Result<Chunks, StoreError> {
    let mut chunks = Chunks::new();
    for (sql, stretch) in OF_RECORDS.stretches(tx.engine(), records) {
        let query = sqlx::query_as(sql).bind(unit.as_str()).bind(rows::number(upto.unwrap_or(u64::MAX)));
        let query = stretch.into_iter().fold(query, |q, record| q.bind(record.as_bytes().to_vec()));
        let stored: Vec<(Vec<u8>, Vec<u8>)> = query.fetch_all(tx.conn()).await?;
        for (record, raw) in stored {
            chunks.entry(rows::record(&record)?).or_default().push(raw);
        }
    }
    Ok(chunks)
}

/// The changes of one record, each behind those it builds on.
///
/// # Errors
/// [`StoreError`].
pub async fn of_record(tx: &mut ReadTx, unit: &UnitCode, record: &RecordId) -> Result<Vec<StoredChange>, StoreError> {
    type Row = (Vec<u8>, i64, Option<String>, Option<String>);
    let query = sqlx::query_as(OF_RECORD).bind(unit.as_str()).bind(record.as_bytes().to_vec());
    let found: Vec<Row> = query.fetch_all(tx.conn()).await?;
    let stored = |(raw, received_ms, id, name): Row| {
        let device = id.zip(name).map(|(id, name)| NamedDevice { id, name });
        StoredChange { raw, received_ms, device }
    };
    Ok(found.into_iter().map(stored).collect())
}

/// The names and authors of the changes at these positions of a feed, as far as there are any.
///
/// # Errors
/// [`StoreError`].
pub async fn at_positions(
    tx: &mut ReadTx,
    unit: &UnitCode,
    positions: &[u64],
) -> Result<BTreeMap<u64, (ChangeHash, ActorKey)>, StoreError> {
    let mut found = BTreeMap::new();
    for (sql, stretch) in AT.stretches(tx.engine(), positions) {
        let query = sqlx::query_as(sql).bind(unit.as_str());
        let query = stretch.into_iter().fold(query, |q, position| q.bind(rows::number(*position)));
        let stored: Vec<(i64, Vec<u8>, Vec<u8>)> = query.fetch_all(tx.conn()).await?;
        for (position, hash, actor) in stored {
            found.insert(rows::unsigned(position)?, (rows::hash(&hash)?, rows::actor(&actor)?));
        }
    }
    Ok(found)
}

/// The digest of a feed up to and including a position; `None` beyond its head.
///
/// # Errors
/// [`StoreError`].
pub async fn digest_at(tx: &mut ReadTx, unit: &UnitCode, position: u64) -> Result<Option<Digest>, StoreError> {
    if position == 0 {
        return Ok(Some(Digest::default()));
    }
    let query = sqlx::query_scalar(DIGEST_AT).bind(unit.as_str()).bind(rows::number(position));
    let digest: Option<Vec<u8>> = query.fetch_optional(tx.conn()).await?;
    digest.map(|digest| rows::digest(&digest)).transpose()
}
