//! The audit log: every administrative act, in order, each entry bound to the one before it.
//!
//! An entry's hash is the SHA-256 of the hash before it and of all that the entry says. How many entries there are, and the
//! last hash, stand in `store_meta` besides. So whoever alters, removes, adds or reorders entries is found by
//! [`super::Store::verify`]; whoever also computes every later hash and the head again is not. Entries are never changed.

use std::fmt;

use sha2::{Digest, Sha256};
use sync_core::id::{UnitCode, Username};

use super::{ReadTx, Store, StoreError, WriteTx, people, rows};
use crate::auth::{By, Principal};

const BEGIN: &str = "INSERT INTO store_meta (key, value) VALUES ('audit_head', $1) ON CONFLICT (key) DO NOTHING";
// Writing it as it is locks the row, so that no two servers add the same number.
const LOCK_HEAD: &str = "UPDATE store_meta SET value = value WHERE key = 'audit_head' RETURNING value";
const HEAD: &str = "SELECT value FROM store_meta WHERE key = 'audit_head'";
const SET_HEAD: &str = "UPDATE store_meta SET value = $1 WHERE key = 'audit_head'";
const ADD: &str = "INSERT INTO audit (number, at_ms, by_user, act, org_unit, subject, detail, hash) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const COUNT: &str = "SELECT COUNT(*) FROM audit";
const AFTER: &str = "SELECT number, at_ms, by_user, act, org_unit, subject, detail, hash FROM audit WHERE number > $1 \
                     ORDER BY number LIMIT $2";
const PAGE: &str = "SELECT a.number, a.at_ms, a.by_user, a.act, a.org_unit, a.subject, a.detail, a.hash FROM audit a \
                    WHERE a.number < $1 AND ($2 = '' OR a.act = $2) AND ($3 = '' OR a.by_user = $3) \
                    AND ($4 = '' OR a.subject = $4) AND ($5 = 1 OR a.by_user = $6 OR a.org_unit IN \
                    (SELECT v.code FROM grants g JOIN org_units t ON t.code = g.org_unit \
                    JOIN org_units v ON SUBSTR(v.path, 1, LENGTH(t.path)) = t.path \
                    WHERE g.username = $6 AND g.role = 'administrator')) \
                    ORDER BY a.number DESC LIMIT $7";

/// Entries that are read at once when the log is proved.
const CHUNK: i64 = 1_000;

/// Something that was done, to be noted.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    act: &'static str,
    unit: Option<String>,
    subject: String,
    detail: serde_json::Value,
}

impl Deed {
    /// An act, as a word that does not change (`unit_added`), and what it was done to: a username, a device's id, …
    pub fn new(act: &'static str, subject: impl fmt::Display) -> Self {
        Self { act, unit: None, subject: subject.to_string(), detail: serde_json::json!({}) }
    }

    /// The unit that it was done in: its administrators may read of it.
    pub fn within(self, unit: &UnitCode) -> Self {
        Self { unit: Some(unit.to_string()), ..self }
    }

    /// What else there is to say: an object that holds nothing secret, and nothing typed into a record.
    pub fn with(self, detail: serde_json::Value) -> Self {
        Self { detail, ..self }
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number: 1, 2, 3, …
    pub number: i64,
    /// When, ms.
    pub at_ms: i64,
    /// Who; `None` for the operator.
    pub by: Option<String>,
    /// What was done.
    pub act: String,
    /// Where.
    pub unit: Option<String>,
    /// To what.
    pub subject: String,
    /// What else there is to say: a JSON object.
    pub detail: String,
}

/// How far the log has come.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Head {
    count: i64,
    hash: Vec<u8>,
}

impl Head {
    fn none() -> Self {
        Self { count: 0, hash: vec![0; 32] }
    }

    fn write(&self) -> String {
        let hex: String = self.hash.iter().map(|b| format!("{b:02x}")).collect();
        format!("{}:{hex}", self.count)
    }

    fn read(text: &str) -> Option<Self> {
        let (count, hex) = text.split_once(':')?;
        if hex.len() != 64 || !hex.is_ascii() {
            return None;
        }
        let byte = |i: usize| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok();
        Some(Self { count: count.parse().ok()?, hash: (0..32).map(byte).collect::<Option<_>>()? })
    }

    /// The hash of an entry that follows.
    fn then(&self, entry: &Entry) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(&self.hash);
        hash.update(entry.number.to_be_bytes());
        hash.update(entry.at_ms.to_be_bytes());
        let Entry { by, act, unit, subject, detail, .. } = entry;
        for part in [by.as_deref(), Some(act), unit.as_deref(), Some(subject), Some(detail)] {
            // Lengths go first, so that nothing can move from one part to the next.
            hash.update(part.map_or(-1, |text| rows::number(text.len() as u64)).to_be_bytes());
            hash.update(part.unwrap_or_default());
        }
        hash.finalize().to_vec()
    }
}

impl Store {
    /// [`Store::write`] for what somebody does by a role of theirs: it is read again in the transaction that does the work, and nobody
    /// can take it away before that ends.
    ///
    /// # Errors
    /// [`StoreError::RightsChanged`], or as of [`Store::write`].
    pub async fn act<T, E: From<StoreError> + std::error::Error + 'static>(
        &self,
        by: &By,
        work: impl AsyncFnOnce(&mut WriteTx) -> Result<T, E> + Clone,
    ) -> Result<T, E> {
        self.write(async |tx: &mut WriteTx| {
            confirm(tx, by).await?;
            work.clone()(tx).await
        })
        .await
    }
}

/// Sees to it that the right of `by`, which was read when their request began, still reaches all that it reached then, and keeps it
/// so until the transaction ends.
///
/// # Errors
/// [`StoreError::RightsChanged`].
pub(crate) async fn confirm(tx: &mut WriteTx, by: &By) -> Result<(), StoreError> {
    let (Some(user), Some(tops), Some(right)) = (by.username(), by.tops(), by.right()) else { return Ok(()) };
    let grants = people::grants_kept(tx, user).await?;
    let now = Principal::narrowed(user.clone(), grants, right.most).tops(right.roles);
    if !tops.iter().all(|top| now.iter().any(|now| now.covers(top))) {
        return Err(StoreError::RightsChanged);
    }
    tx.note_confirmed(user.clone());
    Ok(())
}

/// Notes what was done, in the transaction that does it. Whoever acts by a role must have been confirmed in it.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn note(tx: &mut WriteTx, by: &By, deed: Deed) -> Result<(), StoreError> {
    if by.right().is_some() && tx.confirmed() != by.username() {
        return Err(StoreError::damaged("an act whose right was not read again"));
    }
    sqlx::query(BEGIN).bind(Head::none().write()).execute(tx.conn()).await?;
    let head: String = sqlx::query_scalar(LOCK_HEAD).fetch_one(tx.conn()).await?;
    let head = Head::read(&head).ok_or_else(|| StoreError::damaged("the head of the audit log"))?;
    let entry = Entry {
        number: head.count + 1,
        at_ms: by.at().0,
        by: by.username().map(ToString::to_string),
        act: deed.act.to_owned(),
        unit: deed.unit,
        subject: deed.subject,
        detail: deed.detail.to_string(),
    };
    let head = Head { count: entry.number, hash: head.then(&entry) };
    let query = sqlx::query(ADD).bind(entry.number).bind(entry.at_ms).bind(entry.by).bind(entry.act).bind(entry.unit);
    query.bind(entry.subject).bind(entry.detail).bind(head.hash.clone()).execute(tx.conn()).await?;
    sqlx::query(SET_HEAD).bind(head.write()).execute(tx.conn()).await?;
    Ok(())
}

/// Which entries to list. What is `None` does not narrow.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter<'a> {
    /// Those of one act.
    pub act: Option<&'a str>,
    /// Those of one person.
    pub by: Option<&'a Username>,
    /// Those about one thing.
    pub subject: Option<&'a str>,
}

/// The entries before number `before`, newest first, at most `limit`: all of them, or those that an administrator may see:
/// their own, and those of their units.
///
/// # Errors
/// [`StoreError`].
pub async fn page(
    tx: &mut ReadTx,
    reader: &Username,
    sees_all: bool,
    filter: &AuditFilter<'_>,
    before: i64,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let query = sqlx::query_as(PAGE)
        .bind(before)
        .bind(filter.act.unwrap_or_default())
        .bind(filter.by.map_or("", |user| user.as_str()))
        .bind(filter.subject.unwrap_or_default())
        .bind(i64::from(sees_all))
        .bind(reader.as_str())
        .bind(limit);
    let found: Vec<Row> = query.fetch_all(tx.conn()).await?;
    Ok(found.into_iter().map(|row| read(row).0).collect())
}

/// What reading the log from its first entry to its last proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Entries that there are.
    pub entries: i64,
    /// The number and flaw of the first that is not what was written; `None` if the log is whole.
    pub flaw: Option<(i64, &'static str)>,
}

/// Proves the log.
///
/// # Errors
/// [`StoreError`].
pub async fn prove(tx: &mut ReadTx) -> Result<Proof, StoreError> {
    let entries: i64 = sqlx::query_scalar(COUNT).fetch_one(tx.conn()).await?;
    Ok(Proof { entries, flaw: first_flaw(tx).await? })
}

pub(super) async fn first_flaw(tx: &mut ReadTx) -> Result<Option<(i64, &'static str)>, StoreError> {
    let kept: Option<String> = sqlx::query_scalar(HEAD).fetch_optional(tx.conn()).await?;
    let mut head = Head::none();
    loop {
        let rows: Vec<Row> = sqlx::query_as(AFTER).bind(head.count).bind(CHUNK).fetch_all(tx.conn()).await?;
        if rows.is_empty() {
            break;
        }
        for (entry, hash) in rows.into_iter().map(read) {
            let next = head.count + 1;
            if entry.number != next {
                return Ok(Some((next, "is missing")));
            }
            if head.then(&entry) != hash {
                return Ok(Some((next, "was altered, or the one before it")));
            }
            head = Head { count: next, hash };
        }
    }
    let kept = match kept.as_deref().map(Head::read) {
        None => Head::none(),
        Some(Some(kept)) => kept,
        Some(None) => return Ok(Some((head.count, "is the last, and the head is no head"))),
    };
    Ok(match kept.count.cmp(&head.count) {
        _ if kept == head => None,
        std::cmp::Ordering::Greater => Some((head.count + 1, "is missing")),
        std::cmp::Ordering::Less => Some((kept.count + 1, "was added")),
        std::cmp::Ordering::Equal => Some((head.count, "was altered")),
    })
}

type Row = (i64, i64, Option<String>, String, Option<String>, String, String, Vec<u8>);

fn read((number, at_ms, by, act, unit, subject, detail, hash): Row) -> (Entry, Vec<u8>) {
    (Entry { number, at_ms, by, act, unit, subject, detail }, hash)
}
