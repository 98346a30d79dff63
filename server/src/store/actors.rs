//! Who stands behind an actor: the first device that pushed one of its changes, and so that device's user.

use std::collections::BTreeMap;

use sync_core::id::{ActorKey, Username};

use super::{
    ReadTx, StoreError, WriteTx,
    devices::DeviceId,
    rows::{self, Insert, Listing},
};

const FIND: Listing = Listing {
    head: "SELECT a.actor, a.username, a.device, d.revoked_ms FROM actors a LEFT JOIN devices d ON d.id = a.device \
           WHERE a.actor IN",
    tail: "",
};
const BEHIND_DEVICE: &str = "SELECT username, revoked_ms FROM devices WHERE id = $1";
const BIND: Insert = Insert { head: "INSERT INTO actors (actor, username, device) VALUES", columns: 3, tail: "" };

/// Who stands behind an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standee {
    /// The person.
    pub user: Username,
    /// The device; `None` when only the person is known, as after a restore.
    pub device: Option<DeviceId>,
    /// Whether the device was revoked.
    pub device_revoked: bool,
}

/// Who stands behind each of these actors, as far as it is known.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut ReadTx, actors: &[ActorKey]) -> Result<BTreeMap<ActorKey, Standee>, StoreError> {
    type Row = (Vec<u8>, String, Option<String>, Option<i64>);
    let mut found = BTreeMap::new();
    for (sql, stretch) in FIND.stretches(tx.engine(), actors) {
        let query = stretch.into_iter().fold(sqlx::query_as(sql), |q, actor| q.bind(actor.0.to_vec()));
        let known: Vec<Row> = query.fetch_all(tx.conn()).await?;
        for (actor, user, device, revoked) in known {
            let standee = Standee {
                user: rows::username(&user)?,
                device: device.map(DeviceId::new),
                device_revoked: revoked.is_some(),
            };
            found.insert(rows::actor(&actor)?, standee);
        }
    }
    Ok(found)
}

/// Who stands behind what a device pushes in its own name.
pub(crate) async fn behind_device(tx: &mut ReadTx, device: &DeviceId) -> Result<Option<Standee>, StoreError> {
    let row: Option<(String, Option<i64>)> =
        sqlx::query_as(BEHIND_DEVICE).bind(device.as_str()).fetch_optional(tx.conn()).await?;
    let standee = |(user, revoked): (String, Option<i64>)| {
        let device_revoked = revoked.is_some();
        Ok(Standee { user: rows::username(&user)?, device: Some(device.clone()), device_revoked })
    };
    row.map(standee).transpose()
}

/// Notes who stands behind actors that nobody stood behind so far. Where somebody else has done so meanwhile, what was judged by
/// this is void: it is done again.
pub(crate) async fn bind(tx: &mut WriteTx, actors: &[(ActorKey, Standee)]) -> Result<(), StoreError> {
    BIND.rows(tx, actors, |q, (actor, by)| {
        q.bind(actor.0.to_vec()).bind(by.user.to_string()).bind(by.device.as_ref().map(ToString::to_string))
    })
    .await
}
