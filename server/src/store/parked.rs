//! Parked changes: what they build on is missing. They are tried again when it arrives.
//!
//! What a change waits for stands in `parked_on`, which also names changes in `held` that will be tried again by themselves:
//! those beyond the number that may be parked, and those that a person has admitted while something is still missing.

use sync_core::id::{ActorKey, ChangeHash, UnitCode, Username};

use super::{
    ReadTx, StoreError, WriteTx,
    devices::DeviceId,
    rows::{self, Insert, Listing},
};

const ADD: Insert = Insert {
    head: "INSERT INTO parked (hash, org_unit, actor, device, author, received_ms, raw) VALUES",
    columns: 7,
    tail: "ON CONFLICT (hash) DO NOTHING",
};
const GET: Listing = Listing { head: "SELECT hash, org_unit, device, author, raw FROM parked WHERE hash IN", tail: "" };
const PROVE: &str = "UPDATE parked SET author = $2 WHERE hash = $1";
const REMOVE: Listing = Listing { head: "DELETE FROM parked WHERE hash IN", tail: "" };
const COUNT: &str = "SELECT COUNT(*) FROM parked WHERE device = $1";
const WAIT: Insert =
    Insert { head: "INSERT INTO parked_on (missing, hash) VALUES", columns: 2, tail: "ON CONFLICT DO NOTHING" };
const UNWAIT: Listing = Listing { head: "DELETE FROM parked_on WHERE hash IN", tail: "" };
const WAITING_FOR: Listing = Listing { head: "SELECT DISTINCT hash FROM parked_on WHERE missing IN", tail: "" };
const ARRIVED: &str =
    "SELECT DISTINCT o.missing FROM parked_on o JOIN changes c ON c.hash = o.missing ORDER BY o.missing LIMIT $1";

/// Who brought a change that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Carrier {
    /// The device.
    pub device: Option<DeviceId>,
    /// Whose it was proven to be: of the device's own user, or of whom a voucher named. `None` if nothing proved it.
    pub author: Option<Username>,
}

impl Carrier {
    /// From its two columns.
    pub(super) fn read(device: Option<String>, author: Option<String>) -> Result<Self, StoreError> {
        let author = author.as_deref().map(rows::username).transpose()?;
        Ok(Self { device: device.map(DeviceId::new), author })
    }
}

/// A parked change.
#[derive(Clone, Debug)]
pub(crate) struct ParkedChange {
    pub hash: ChangeHash,
    /// The feed it was sent for.
    pub unit: UnitCode,
    pub carrier: Carrier,
    pub raw: Vec<u8>,
}

/// Parks changes.
pub(crate) async fn add(tx: &mut WriteTx, changes: &[(ParkedChange, ActorKey)], now_ms: i64) -> Result<(), StoreError> {
    ADD.rows(tx, changes, |q, (change, actor)| {
        let q = q.bind(change.hash.0.to_vec()).bind(change.unit.to_string()).bind(actor.0.to_vec());
        let q = q.bind(change.carrier.device.as_ref().map(ToString::to_string));
        q.bind(change.carrier.author.as_ref().map(ToString::to_string)).bind(now_ms).bind(change.raw.clone())
    })
    .await
}

/// Those of these changes that are parked.
pub(crate) async fn get(tx: &mut ReadTx, hashes: &[ChangeHash]) -> Result<Vec<ParkedChange>, StoreError> {
    type Row = (Vec<u8>, String, Option<String>, Option<String>, Vec<u8>);
    let mut found = Vec::new();
    for (sql, stretch) in GET.stretches(tx.engine(), hashes) {
        let query = stretch.into_iter().fold(sqlx::query_as(sql), |q, hash| q.bind(hash.0.to_vec()));
        let parked: Vec<Row> = query.fetch_all(tx.conn()).await?;
        for (hash, unit, device, author, raw) in parked {
            let (hash, unit) = (rows::hash(&hash)?, rows::unit(&unit)?);
            found.push(ParkedChange { hash, unit, carrier: Carrier::read(device, author)?, raw });
        }
    }
    Ok(found)
}

/// Notes whose changes are, as far as they are parked, now that it is proven.
pub(crate) async fn prove(tx: &mut WriteTx, authors: &[(ChangeHash, Username)]) -> Result<(), StoreError> {
    for (hash, author) in authors {
        sqlx::query(PROVE).bind(hash.0.to_vec()).bind(author.as_str()).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Takes changes out of parking.
pub(crate) async fn remove(tx: &mut WriteTx, hashes: &[ChangeHash]) -> Result<(), StoreError> {
    delete(tx, &REMOVE, hashes).await
}

/// The number of changes of a device that are parked.
pub(crate) async fn count(tx: &mut ReadTx, device: &DeviceId) -> Result<usize, StoreError> {
    let count: i64 = sqlx::query_scalar(COUNT).bind(device.as_str()).fetch_one(tx.conn()).await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Notes what changes wait for now, each as (missing, waiting), in place of what they waited for before.
pub(crate) async fn wait(
    tx: &mut WriteTx,
    waiting: &[ChangeHash],
    missing: &[(ChangeHash, ChangeHash)],
) -> Result<(), StoreError> {
    unwait(tx, waiting).await?;
    WAIT.rows(tx, missing, |q, (missing, hash)| q.bind(missing.0.to_vec()).bind(hash.0.to_vec())).await
}

/// Notes that changes wait for nothing any more.
pub(crate) async fn unwait(tx: &mut WriteTx, hashes: &[ChangeHash]) -> Result<(), StoreError> {
    delete(tx, &UNWAIT, hashes).await
}

/// The changes that wait for any of these.
pub(crate) async fn waiting_for(tx: &mut ReadTx, missing: &[ChangeHash]) -> Result<Vec<ChangeHash>, StoreError> {
    let mut found = Vec::new();
    for (sql, stretch) in WAITING_FOR.stretches(tx.engine(), missing) {
        let query = stretch.into_iter().fold(sqlx::query_scalar(sql), |q, hash| q.bind(hash.0.to_vec()));
        let waiting: Vec<Vec<u8>> = query.fetch_all(tx.conn()).await?;
        for hash in waiting {
            found.push(rows::hash(&hash)?);
        }
    }
    Ok(found)
}

/// Stored changes for which something still waits, at most `limit`: work that was left for later.
pub(crate) async fn arrived(tx: &mut ReadTx, limit: usize) -> Result<Vec<ChangeHash>, StoreError> {
    let query = sqlx::query_scalar(ARRIVED).bind(rows::number(limit as u64));
    let found: Vec<Vec<u8>> = query.fetch_all(tx.conn()).await?;
    found.iter().map(|hash| rows::hash(hash)).collect()
}

async fn delete(tx: &mut WriteTx, listing: &Listing, hashes: &[ChangeHash]) -> Result<(), StoreError> {
    for (sql, stretch) in listing.stretches(tx.engine(), hashes) {
        let query = stretch.into_iter().fold(sqlx::query(sql), |q, hash| q.bind(hash.0.to_vec()));
        query.execute(tx.conn()).await?;
    }
    Ok(())
}
