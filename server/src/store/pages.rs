//! Reading feeds: pages of changes, what a record's readers have already, and names alone for comparing.

use sync_core::{
    id::{ActorKey, ChangeHash, RecordId, UnitCode},
    wire::Known,
};

use super::{
    ReadTx, StoreError,
    devices::DeviceId,
    rows::{self, Listing},
};

const UP: &str = "SELECT position, hash, record, actor, raw FROM changes \
                  WHERE org_unit = $1 AND position > $2 AND device IS DISTINCT FROM $3 ORDER BY position LIMIT $4";
const DOWN: &str = "SELECT position, hash, record, actor, raw FROM changes \
                    WHERE org_unit = $1 AND position <= $2 ORDER BY position DESC LIMIT $3";
const NAMES: &str =
    "SELECT position, hash FROM changes WHERE org_unit = $1 AND position > $2 ORDER BY position LIMIT $3";
const NAMED: &str =
    "SELECT position, hash, record, actor, raw FROM changes WHERE hash >= $2 AND hash <= $3 AND org_unit = $1";
const KNOWN: Listing = Listing {
    head: "SELECT position, hash, actor, device FROM changes \
           WHERE org_unit = ? AND position > ? AND position <= ? AND record IN",
    tail: "ORDER BY position",
};

/// A change as it stands in a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    /// Its position.
    pub position: u64,
    /// Its name.
    pub hash: ChangeHash,
    /// Its record.
    pub record: RecordId,
    /// Its author.
    pub actor: ActorKey,
    /// The chunk.
    pub raw: Vec<u8>,
}

type Row = (i64, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

/// The next changes of a feed behind position `after`, at most `limit`, without those that `device` pushed.
///
/// # Errors
/// [`StoreError`].
pub async fn upwards(
    tx: &mut ReadTx,
    unit: &UnitCode,
    after: u64,
    device: &DeviceId,
    limit: usize,
) -> Result<Vec<FeedEntry>, StoreError> {
    let query = sqlx::query_as(UP).bind(unit.as_str()).bind(rows::number(after)).bind(device.as_str());
    let found: Vec<Row> = query.bind(rows::number(limit as u64)).fetch_all(tx.conn()).await?;
    found.into_iter().map(entry).collect()
}

/// The changes of a feed from position `from` downwards, newest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn downwards(
    tx: &mut ReadTx,
    unit: &UnitCode,
    from: u64,
    limit: usize,
) -> Result<Vec<FeedEntry>, StoreError> {
    let query = sqlx::query_as(DOWN).bind(unit.as_str()).bind(rows::number(from));
    let found: Vec<Row> = query.bind(rows::number(limit as u64)).fetch_all(tx.conn()).await?;
    found.into_iter().map(entry).collect()
}

/// The change of a feed whose hash begins with `prefix`, big-endian, if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn named(tx: &mut ReadTx, unit: &UnitCode, prefix: u64) -> Result<Option<FeedEntry>, StoreError> {
    let bound = |rest: u8| {
        let mut hash = [rest; 32];
        hash[..8].copy_from_slice(&prefix.to_be_bytes());
        hash.to_vec()
    };
    let query = sqlx::query_as(NAMED).bind(unit.as_str()).bind(bound(0)).bind(bound(0xff));
    let found: Option<Row> = query.fetch_optional(tx.conn()).await?;
    found.map(entry).transpose()
}

/// The names of the changes of a feed behind position `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn names(
    tx: &mut ReadTx,
    unit: &UnitCode,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, ChangeHash)>, StoreError> {
    let query = sqlx::query_as(NAMES).bind(unit.as_str()).bind(rows::number(after)).bind(rows::number(limit as u64));
    let found: Vec<(i64, Vec<u8>)> = query.fetch_all(tx.conn()).await?;
    found.into_iter().map(|(position, hash)| Ok((rows::unsigned(position)?, rows::hash(&hash)?))).collect()
}

/// The changes of these records at positions above `above` and up to `upto`, with the device that pushed each.
///
/// # Errors
/// [`StoreError`].
pub async fn known(
    tx: &mut ReadTx,
    unit: &UnitCode,
    records: &[RecordId],
    (above, upto): (u64, u64),
) -> Result<Vec<(Known, Option<DeviceId>)>, StoreError> {
    type Row = (i64, Vec<u8>, Vec<u8>, Option<String>);
    let mut known = Vec::new();
    for (sql, stretch) in KNOWN.stretches(tx.engine(), records) {
        let query = sqlx::query_as(sql).bind(unit.as_str()).bind(rows::number(above)).bind(rows::number(upto));
        let query = stretch.into_iter().fold(query, |q, record| q.bind(record.as_bytes().to_vec()));
        let found: Vec<Row> = query.fetch_all(tx.conn()).await?;
        for (position, hash, actor, device) in found {
            let position = rows::unsigned(position)?;
            let one = Known { position, hash: rows::hash(&hash)?, actor: rows::actor(&actor)? };
            known.push((one, device.map(DeviceId::new)));
        }
    }
    Ok(known)
}

fn entry((position, hash, record, actor, raw): Row) -> Result<FeedEntry, StoreError> {
    Ok(FeedEntry {
        position: rows::unsigned(position)?,
        hash: rows::hash(&hash)?,
        record: rows::record(&record)?,
        actor: rows::actor(&actor)?,
        raw,
    })
}
