//! What moving a unit would change.

use sync_core::id::Username;

use super::{
    ReadTx, StoreError, people,
    rows::{self, Listing},
    unit::UnitPath,
};
use crate::auth::Role;

const UNITS: &str = "SELECT COUNT(*) FROM org_units WHERE path >= $1 AND path < $2";
const RECORDS: &str = "SELECT COUNT(*) FROM records r WHERE r.org_unit IN \
                       (SELECT v.code FROM org_units v WHERE v.path >= $1 AND v.path < $2)";
const GRANTED: Listing = Listing {
    head: "SELECT DISTINCT g.username, p.name, g.role FROM grants g JOIN users p ON p.username = g.username \
           WHERE g.org_unit IN",
    tail: "ORDER BY 1, 3",
};

/// Somebody's role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRole {
    /// The user.
    pub username: Username,
    /// Their name.
    pub name: String,
    /// The role.
    pub role: Role,
}

/// How many units lie at and below `top`.
///
/// # Errors
/// [`StoreError`].
pub async fn units(tx: &mut ReadTx, top: &UnitPath) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(UNITS).bind(top.as_str()).bind(top.end()).fetch_one(tx.conn()).await?)
}

/// How many records lie at and below `top`.
///
/// # Errors
/// [`StoreError`].
pub async fn records(tx: &mut ReadTx, top: &UnitPath) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(RECORDS).bind(top.as_str()).bind(top.end()).fetch_one(tx.conn()).await?)
}

/// Who has which role on the unit at `path`, by a grant there or above: by username and role.
///
/// # Errors
/// [`StoreError`].
pub async fn reaching(tx: &mut ReadTx, path: &UnitPath) -> Result<Vec<NamedRole>, StoreError> {
    let codes: Vec<&str> = path.as_str().split('/').filter(|code| !code.is_empty()).collect();
    let mut found: Vec<NamedRole> = Vec::new();
    for (sql, stretch) in GRANTED.stretches(tx.engine(), &codes) {
        let query = stretch.into_iter().fold(sqlx::query_as(sql), |q, code| q.bind((*code).to_owned()));
        let rows: Vec<(String, String, String)> = query.fetch_all(tx.conn()).await?;
        for (username, name, role) in rows {
            let one = NamedRole { username: rows::username(&username)?, name, role: people::role(&role)? };
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    Ok(found)
}
