//! Devices that were told that a change is parked or held, besides the one that brought it first: after a restore several may give
//! back the same. What becomes of it they hear, too.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::id::ChangeHash;

use super::{
    ReadTx, StoreError, WriteTx,
    devices::DeviceId,
    rows::{self, Insert, Listing},
};

const ADD: Insert =
    Insert { head: "INSERT INTO also_told (hash, device) VALUES", columns: 2, tail: "ON CONFLICT DO NOTHING" };
const OF: Listing = Listing { head: "SELECT hash, device FROM also_told WHERE hash IN", tail: "" };
const REMOVE: Listing = Listing { head: "DELETE FROM also_told WHERE hash IN", tail: "" };

/// Notes devices, each with the change that it was told of.
pub(crate) async fn add(tx: &mut WriteTx, told: &[(ChangeHash, DeviceId)]) -> Result<(), StoreError> {
    ADD.rows(tx, told, |q, (hash, device)| q.bind(hash.0.to_vec()).bind(device.as_str().to_owned())).await
}

/// The devices that were told of these changes.
pub(crate) async fn of(
    tx: &mut ReadTx,
    hashes: &[ChangeHash],
) -> Result<BTreeMap<ChangeHash, BTreeSet<DeviceId>>, StoreError> {
    let mut found: BTreeMap<ChangeHash, BTreeSet<DeviceId>> = BTreeMap::new();
    for (sql, stretch) in OF.stretches(tx.engine(), hashes) {
        let query = stretch.into_iter().fold(sqlx::query_as(sql), |q, hash| q.bind(hash.0.to_vec()));
        let told: Vec<(Vec<u8>, String)> = query.fetch_all(tx.conn()).await?;
        for (hash, device) in told {
            found.entry(rows::hash(&hash)?).or_default().insert(DeviceId::new(device));
        }
    }
    Ok(found)
}

/// Forgets who was told of these changes, whose fate is no question any more.
pub(crate) async fn remove(tx: &mut WriteTx, hashes: &[ChangeHash]) -> Result<(), StoreError> {
    for (sql, stretch) in REMOVE.stretches(tx.engine(), hashes) {
        let query = stretch.into_iter().fold(sqlx::query(sql), |q, hash| q.bind(hash.0.to_vec()));
        query.execute(tx.conn()).await?;
    }
    Ok(())
}
