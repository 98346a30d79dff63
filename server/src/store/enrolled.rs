//! Devices as administrators see them: enrolled, listed, revoked.

use sqlx::AssertSqlSafe;
use sync_core::id::Username;

use super::{ReadTx, StoreError, WriteTx, people::seen_from, rows, statement::Values, unit::UnitPath};
use crate::auth::SecretHash;

const ADD: &str =
    "INSERT INTO devices (id, username, name, token_hash, public_key, enrolled_ms) VALUES ($1, $2, $3, $4, $5, $6)";
const PAGE: &str = "SELECT d.id, d.username, d.name, d.enrolled_ms, d.revoked_ms, d.last_seen_ms, d.skew_ms, d.waiting, d.app \
                    FROM devices d WHERE ($1 = '' OR d.username = $1) \
                    AND (d.enrolled_ms > $2 OR (d.enrolled_ms = $2 AND d.id > $3))";
const ENROLLED: &str = "SELECT enrolled_ms FROM devices WHERE id = $1";
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
}

/// The place of a device in the list: when it was enrolled, and its id.
pub(crate) type DevicePosition = (i64, String);

/// The devices behind `after`, oldest first; at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn page(
    tx: &mut ReadTx,
    filter: &DeviceFilter<'_>,
    (enrolled_ms, id): &DevicePosition,
    limit: i64,
) -> Result<Vec<EnrolledDevice>, StoreError> {
    type Row = (String, String, String, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<String>);
    let seen = seen_from(filter.tops, "d.username", 5);
    let sql = format!("{PAGE} AND {seen} ORDER BY d.enrolled_ms, d.id LIMIT $4");
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(filter.user.map_or("", |user| user.as_str()).to_owned());
    let query = query.bind(*enrolled_ms).bind(id.clone()).bind(limit);
    let ends = filter.tops.into_iter().flatten().flat_map(|top| [top.as_str().to_owned(), top.end()]);
    let rows: Vec<Row> = ends.fold(query, |q, end| q.bind(end)).fetch_all(tx.conn()).await?;
    let read = |(id, username, name, enrolled_ms, revoked_ms, last_seen_ms, skew_ms, waiting, app): Row| {
        let username = rows::username(&username)?;
        Ok(EnrolledDevice { id, username, name, enrolled_ms, revoked_ms, last_seen_ms, skew_ms, waiting, app })
    };
    rows.into_iter().map(read).collect()
}

/// How many devices have not synced for [`SILENT_DAYS`], or never: of users with a role on a unit below `top`, or of all.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn silent(tx: &mut ReadTx, top: Option<&UnitPath>, now_ms: i64) -> Result<i64, StoreError> {
    let mut values = Values::default();
    let since = values.mark(now_ms.saturating_sub(SILENT_DAYS * DAY_MS));
    let mut sql = format!("SELECT COUNT(*) FROM devices d WHERE {SILENT} {since})");
    if let Some(top) = top {
        let (begin, end) = (values.mark(top.as_str()), values.mark(top.end()));
        sql.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM grants g JOIN org_units o ON o.code = g.org_unit \
             WHERE g.username = d.username AND o.path >= {begin} AND o.path < {end})"
        ));
    }
    Ok(values.number(tx, sql).await?.unwrap_or_default())
}

/// The place of a device in the list; `None` if there is no such device.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn position_of(tx: &mut ReadTx, id: &str) -> Result<Option<DevicePosition>, StoreError> {
    let enrolled: Option<i64> = sqlx::query_scalar(ENROLLED).bind(id).fetch_optional(tx.conn()).await?;
    Ok(enrolled.map(|at| (at, id.to_owned())))
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
