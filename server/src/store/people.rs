//! Users, and what they may do where.

use sqlx::AssertSqlSafe;
use sync_core::id::{UnitCode, Username};

use super::{
    ReadTx, StoreError, WriteTx,
    rows::{self, Listing},
    unit::UnitPath,
};
use crate::auth::Role;

const FIND: &str = "SELECT name FROM users WHERE username = $1";
const GRANTS_OF: Listing = Listing {
    head: "SELECT g.username, g.org_unit, g.role, u.path FROM grants g JOIN org_units u ON u.code = g.org_unit \
           WHERE g.username IN",
    tail: "ORDER BY g.username, g.org_unit, g.role",
};
/// LOWER knows the letters of ASCII alone on both databases; what people type in Chinese or Tibetan has no case.
const PAGE: &str = "SELECT p.username, p.name FROM users p WHERE p.username > $1 AND ($2 = '' \
                    OR REPLACE(LOWER(p.username), $2, '') <> LOWER(p.username) \
                    OR REPLACE(LOWER(p.name), $2, '') <> LOWER(p.name))";
const ADD: &str =
    "INSERT INTO users (username, name, created_ms) VALUES ($1, $2, $3) ON CONFLICT (username) DO NOTHING";
const RENAME: &str = "UPDATE users SET name = $2 WHERE username = $1";
const GRANTS: &str = "SELECT g.org_unit, g.role, u.path FROM grants g JOIN org_units u ON u.code = g.org_unit \
                      WHERE g.username = $1 ORDER BY g.org_unit, g.role";
const ANY_WITH: &str = "SELECT username FROM grants WHERE role = $1 LIMIT 1";
const GRANT: &str = "INSERT INTO grants (username, org_unit, role) VALUES ($1, $2, $3) \
                     ON CONFLICT (username, org_unit, role) DO NOTHING";
const WITHDRAW: &str = "DELETE FROM grants WHERE username = $1 AND org_unit = $2 AND role = $3";

/// A role somewhere in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedGrant {
    /// The unit that it is granted on.
    pub unit: UnitCode,
    /// Where that stands.
    pub path: UnitPath,
    /// The role.
    pub role: Role,
}

/// The name of a user, as people write it; `None` if there is no such user.
///
/// # Errors
/// [`StoreError`].
pub async fn name_of(tx: &mut ReadTx, user: &Username) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(FIND).bind(user.as_str()).fetch_optional(tx.conn()).await?)
}

/// Which users to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct PeopleFilter<'a> {
    /// Those with a role on a unit below one of these, and those with none anywhere; `None`: all.
    pub tops: Option<&'a [UnitPath]>,
    /// A part of the username or the name, whatever the case of its ASCII letters.
    pub text: &'a str,
}

/// The users behind `after`, by username, with their names; at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn page(
    tx: &mut ReadTx,
    filter: &PeopleFilter<'_>,
    after: Option<&Username>,
    limit: i64,
) -> Result<Vec<(Username, String)>, StoreError> {
    let seen = seen_from(filter.tops, "p.username", 4);
    let sql = format!("{PAGE} AND {seen} ORDER BY p.username LIMIT $3");
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(after.map_or("", |user| user.as_str()));
    let query = query.bind(rows::text(&filter.text.to_ascii_lowercase())).bind(limit);
    let ends = filter.tops.into_iter().flatten().flat_map(|top| [top.as_str().to_owned(), top.end()]);
    let rows: Vec<(String, String)> = ends.fold(query, |q, end| q.bind(end)).fetch_all(tx.conn()).await?;
    rows.into_iter().map(|(user, name)| Ok((rows::username(&user)?, name))).collect()
}

/// The condition under which the user in `column` is one that an administrator of `tops` may know of: they have a role on a unit
/// there, or none anywhere. The ends of the tops' subtrees are the values `$first` and those that follow.
pub(super) fn seen_from(tops: Option<&[UnitPath]>, column: &str, first: usize) -> String {
    let Some(tops) = tops else { return "1 = 1".to_owned() };
    let below = |at: usize| format!("(o.path >= ${} AND o.path < ${})", first + 2 * at, first + 2 * at + 1);
    let below: Vec<String> = (0..tops.len()).map(below).collect();
    let below = if below.is_empty() { "1 = 0".to_owned() } else { below.join(" OR ") };
    format!(
        "(NOT EXISTS (SELECT 1 FROM grants g WHERE g.username = {column}) OR EXISTS (SELECT 1 FROM grants g \
         JOIN org_units o ON o.code = g.org_unit WHERE g.username = {column} AND ({below})))"
    )
}

/// What these users may do where, by user and unit.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn grants_of_all(
    tx: &mut ReadTx,
    users: &[Username],
) -> Result<Vec<(Username, PlacedGrant)>, StoreError> {
    let mut grants = Vec::new();
    for (sql, stretch) in GRANTS_OF.stretches(tx.engine(), users) {
        let query = stretch.into_iter().fold(sqlx::query_as(sql), |q, user| q.bind(user.as_str()));
        let found: Vec<GrantRow> = query.fetch_all(tx.conn()).await?;
        for row in found {
            grants.push(read_grant(row)?);
        }
    }
    Ok(grants)
}

type GrantRow = (String, String, String, String);

fn read_grant((user, unit, word, path): GrantRow) -> Result<(Username, PlacedGrant), StoreError> {
    let grant = PlacedGrant { unit: rows::unit(&unit)?, path: UnitPath::from_store(path)?, role: role(&word)? };
    Ok((rows::username(&user)?, grant))
}

/// Adds a user; returns whether the username was free.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn add(tx: &mut WriteTx, user: &Username, name: &str, now_ms: i64) -> Result<bool, StoreError> {
    let query = sqlx::query(ADD).bind(user.as_str()).bind(name).bind(now_ms);
    Ok(query.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Gives a user another name to be shown.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn rename(tx: &mut WriteTx, user: &Username, name: &str) -> Result<(), StoreError> {
    sqlx::query(RENAME).bind(user.as_str()).bind(name).execute(tx.conn()).await?;
    Ok(())
}

/// What a user may do where, by unit.
///
/// # Errors
/// [`StoreError`].
pub async fn grants_of(tx: &mut ReadTx, user: &Username) -> Result<Vec<PlacedGrant>, StoreError> {
    read_grants(sqlx::query_as(GRANTS).bind(user.as_str()).fetch_all(tx.conn()).await?)
}

fn read_grants(rows: Vec<(String, String, String)>) -> Result<Vec<PlacedGrant>, StoreError> {
    let read = |(unit, word, path): (String, String, String)| {
        let unit = unit.parse().map_err(StoreError::damaged)?;
        Ok(PlacedGrant { unit, path: UnitPath::from_store(path)?, role: role(&word)? })
    };
    rows.into_iter().map(read).collect()
}

/// The same, in a transaction until whose end nobody else can take any of it away.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn grants_kept(tx: &mut WriteTx, user: &Username) -> Result<Vec<PlacedGrant>, StoreError> {
    let Some(lock) = tx.engine().lock_grants() else { return grants_of(tx, user).await };
    let query = sqlx::query_as(AssertSqlSafe(format!("{GRANTS} {lock}"))).bind(user.as_str());
    read_grants(query.fetch_all(tx.conn()).await?)
}

/// Whether anybody has this role anywhere.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn any_with(tx: &mut ReadTx, role: Role) -> Result<bool, StoreError> {
    Ok(sqlx::query(ANY_WITH).bind(role.word()).fetch_optional(tx.conn()).await?.is_some())
}

/// Grants a role; returns whether it was not granted before.
///
/// # Errors
/// [`StoreError`], also when there is no such user or unit.
pub(crate) async fn grant(tx: &mut WriteTx, user: &Username, unit: &UnitCode, role: Role) -> Result<bool, StoreError> {
    let query = sqlx::query(GRANT).bind(user.as_str()).bind(unit.as_str()).bind(role.word());
    Ok(query.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Takes a role back; returns whether it was granted.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn withdraw(
    tx: &mut WriteTx,
    user: &Username,
    unit: &UnitCode,
    role: Role,
) -> Result<bool, StoreError> {
    let query = sqlx::query(WITHDRAW).bind(user.as_str()).bind(unit.as_str()).bind(role.word());
    Ok(query.execute(tx.conn()).await?.rows_affected() == 1)
}

pub(super) fn role(word: &str) -> Result<Role, StoreError> {
    Role::from_word(word).ok_or_else(|| StoreError::damaged("the role of a grant"))
}
