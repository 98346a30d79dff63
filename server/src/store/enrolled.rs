//! Devices as administrators see them: enrolled, listed, revoked.

use sync_core::id::Username;

use super::{ReadTx, StoreError, WriteTx, people::seen_from, rows, statement::Values, unit::UnitPath};
use crate::auth::SecretHash;

const ADD: &str =
    "INSERT INTO devices (id, username, name, token_hash, public_key, enrolled_ms) VALUES ($1, $2, $3, $4, $5, $6)";
const PAGE: &str = "SELECT d.id, d.username, p.name, d.name, d.enrolled_ms, d.revoked_ms, d.last_seen_ms, d.skew_ms, \
                    d.waiting, d.app FROM devices d JOIN users p ON p.username = d.username WHERE";
const REVOKE: &str = "UPDATE devices SET revoked_ms = $2 WHERE id = $1 AND revoked_ms IS NULL";
const USER: &str = "SELECT username FROM devices WHERE id = $1";

/// Days after which a device that has not synced counts as silent.
pub const SILENT_DAYS: i64 = 14;
const SILENT: &str = "d.revoked_ms IS NULL AND (d.last_seen_ms IS NULL OR d.last_seen_ms <";
const DAY_MS: i64 = 86_400_000;

/// A device to be enrolled.
#[derive(Debug)]
pub(crate) struct NewDevice<'a> {
    pub id: &'a str,
    pub username: &'a Username,
    pub name: &'a str,
    pub token: SecretHash,
    pub public_key: [u8; 32],
    pub now_ms: i64,
}

/// A device, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolledDevice {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub username: Username,
    /// That user's name.
    pub name_of_user: String,
    /// What its user calls it.
    pub name: String,
    /// When it was enrolled, ms.
    pub enrolled_ms: i64,
    /// When it was revoked, ms.
    pub revoked_ms: Option<i64>,
    /// When it last synced, ms.
    pub last_seen_ms: Option<i64>,
    /// How far its clock was ahead of the server's then, ms.
    pub skew_ms: Option<i64>,
    /// How many changes waited on it then.
    pub waiting: Option<i64>,
    /// Which app it ran then.
    pub app: Option<String>,
}

/// Adds a device.
///
/// # Errors
/// [`StoreError`], also when there is no such user.
pub(crate) async fn add(tx: &mut WriteTx, device: &NewDevice<'_>) -> Result<(), StoreError> {
    let query = sqlx::query(ADD)
        .bind(device.id)
        .bind(device.username.as_str())
        .bind(device.name)
        .bind(device.token.0.to_vec())
        .bind(device.public_key.to_vec())
        .bind(device.now_ms);
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Which devices to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeviceFilter<'a> {
    /// Of users with a role on a unit below one of these, or with none anywhere; `None`: of all.
    pub tops: Option<&'a [UnitPath]>,
    /// Of one user.
    pub user: Option<&'a Username>,
    /// Of users with a role on a unit at or below this one.
    pub below: Option<&'a UnitPath>,
    /// Not revoked, and not seen since this time, ms, or never.
    pub unseen_since_ms: Option<i64>,
    /// What they are sorted by.
    pub order: DeviceOrder,
}

/// What devices are sorted by, and then by their ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceOrder {
    /// When they were enrolled, the oldest first.
    #[default]
    Enrolled,
    /// When they were last seen: those that never were first, then the longest silent.
    LastSeen,
}

impl DeviceOrder {
    /// What of a device's row it sorts by.
    fn column(self) -> &'static str {
        match self {
            Self::Enrolled => "d.enrolled_ms",
            Self::LastSeen => "COALESCE(d.last_seen_ms, -1)",
        }
    }

    /// Where a device stands in the list, as it was when it was read.
    #[must_use]
    pub fn position_of(self, device: &EnrolledDevice) -> DevicePosition {
        let at = match self {
            Self::Enrolled => device.enrolled_ms,
            Self::LastSeen => device.last_seen_ms.unwrap_or(-1),
        };
        DevicePosition { at, id: device.id.clone() }
    }
}

/// The place of a device in the list: by its order, and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevicePosition {
    /// The time that it is sorted by, ms.
    pub at: i64,
    /// The device.
    pub id: String,
}

/// The devices behind `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn page(
    tx: &mut ReadTx,
    filter: &DeviceFilter<'_>,
    after: Option<&DevicePosition>,
    limit: i64,
) -> Result<Vec<EnrolledDevice>, StoreError> {
    type Row =
        (String, String, String, String, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<String>);
    let mut values = Values::default();
    // The tops stand first, as the condition counts them.
    let seen = seen_from(filter.tops, "d.username", 1);
    for top in filter.tops.into_iter().flatten() {
        values.mark(top.as_str());
        values.mark(top.end());
    }
    let (mut sql, column) = (format!("{PAGE} {seen}"), filter.order.column());
    if let Some(user) = filter.user {
        sql.push_str(&format!(" AND d.username = {}", values.mark(user.as_str())));
    }
    if let Some(top) = filter.below {
        sql.push_str(&of_users_below(top, &mut values));
    }
    if let Some(since) = filter.unseen_since_ms {
        sql.push_str(&format!(" AND {SILENT} {})", values.mark(since)));
    }
    if let Some(after) = after {
        let (at, id) = (values.mark(after.at), values.mark(after.id.as_str()));
        sql.push_str(&format!(" AND ({column} > {at} OR ({column} = {at} AND d.id > {id}))"));
    }
    sql.push_str(&format!(" ORDER BY {column}, d.id LIMIT {}", values.mark(limit)));
    let rows: Vec<Row> = values.rows(tx, sql).await?;
    let read =
        |(id, username, name_of_user, name, enrolled_ms, revoked_ms, last_seen_ms, skew_ms, waiting, app): Row| {
            let username = rows::username(&username)?;
            Ok(EnrolledDevice {
                id,
                username,
                name_of_user,
                name,
                enrolled_ms,
                revoked_ms,
                last_seen_ms,
                skew_ms,
                waiting,
                app,
            })
        };
    rows.into_iter().map(read).collect()
}

/// The condition that a device's user has a role at or below a unit.
fn of_users_below(top: &UnitPath, values: &mut Values) -> String {
    let (begin, end) = (values.mark(top.as_str()), values.mark(top.end()));
    format!(
        " AND EXISTS (SELECT 1 FROM grants g JOIN org_units o ON o.code = g.org_unit \
         WHERE g.username = d.username AND o.path >= {begin} AND o.path < {end})"
    )
}

/// Since when a device must not have been seen to be silent for `days`, ms.
#[must_use]
pub fn silent_since(now_ms: i64, days: i64) -> i64 {
    now_ms.saturating_sub(days.saturating_mul(DAY_MS))
}

/// How many devices have not synced for [`SILENT_DAYS`], or never: of users with a role on a unit below `top`, or of all.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn silent(tx: &mut ReadTx, top: Option<&UnitPath>, now_ms: i64) -> Result<i64, StoreError> {
    let mut values = Values::default();
    let since = values.mark(silent_since(now_ms, SILENT_DAYS));
    let mut sql = format!("SELECT COUNT(*) FROM devices d WHERE {SILENT} {since})");
    if let Some(top) = top {
        sql.push_str(&of_users_below(top, &mut values));
    }
    Ok(values.number(tx, sql).await?.unwrap_or_default())
}

/// Revokes a device; returns whether it was not revoked before.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn revoke(tx: &mut WriteTx, id: &str, now_ms: i64) -> Result<bool, StoreError> {
    Ok(sqlx::query(REVOKE).bind(id).bind(now_ms).execute(tx.conn()).await?.rows_affected() == 1)
}

/// Whose a device is; `None` if there is no such device.
///
/// # Errors
/// [`StoreError`].
pub async fn user_of(tx: &mut ReadTx, id: &str) -> Result<Option<Username>, StoreError> {
    let user: Option<String> = sqlx::query_scalar(USER).bind(id).fetch_optional(tx.conn()).await?;
    user.map(|user| user.parse().map_err(StoreError::damaged)).transpose()
}
