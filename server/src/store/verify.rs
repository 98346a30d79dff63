//! Proving the tables: everything that can be computed from the changes is computed again and compared.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;
use sync_core::{
    crdt::Change,
    id::{ChangeHash, RecordId, UnitCode},
};

use super::{
    ReadTx, Store, StoreError,
    attention::{self, OpenRecords},
    audit,
    catalog::Directory,
    feeds, month_totals,
    recompute::{self, RECORDS},
    records, rows,
    tallies::{self, Moves, TallyKey},
};

/// Differences that are listed; what goes beyond is only counted.
pub const LISTED_MAX: usize = 1_000;

const KEPT: &str = "SELECT 'parked', hash, raw FROM parked UNION ALL SELECT 'held', hash, raw FROM held";
const STRAY: &str = "SELECT DISTINCT o.hash FROM parked_on o LEFT JOIN parked p ON p.hash = o.hash \
                     LEFT JOIN held h ON h.hash = o.hash WHERE p.hash IS NULL AND h.hash IS NULL";
const FORGOTTEN: &str = "SELECT p.hash FROM parked p LEFT JOIN parked_on o ON o.hash = p.hash WHERE o.hash IS NULL";

/// Something that the store says and its changes do not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its kind: `change`, `feed`, `record`, `tally`, `kept` or `audit`.
    pub kind: &'static str,
    /// What it is about. Names and numbers only, never a value that somebody typed.
    pub subject: String,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.kind, self.subject, self.what)
    }
}

/// What [`Store::verify`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Feeds read.
    pub feeds: usize,
    /// Changes read.
    pub changes: u64,
    /// Records computed.
    pub records: usize,
    /// What differs; at most [`LISTED_MAX`].
    pub differences: Vec<Difference>,
    /// How many more differ.
    pub unlisted: usize,
}

impl Verified {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty()
    }

    fn note(&mut self, kind: &'static str, subject: impl fmt::Display, what: impl fmt::Display) {
        if self.differences.len() < LISTED_MAX {
            let (subject, what) = (subject.to_string(), what.to_string());
            self.differences.push(Difference { kind, subject, what });
        } else {
            self.unlisted += 1;
        }
    }
}

impl Store {
    /// Computes every record's row, every tally, every feed's positions and digests, and the hash of everything that is kept,
    /// from the changes; and compares. Of the audit log it finds the first entry that is not what was written. Reads one snapshot, so it may run while the store is written to.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read at all.
    pub async fn verify(&self) -> Result<Verified, StoreError> {
        let mut tx = self.read().await?;
        let mut found = Verified::default();
        for unit in recompute::units(&mut tx).await? {
            verify_unit(&mut tx, &unit, &mut found).await?;
        }
        verify_kept(&mut tx, &mut found).await?;
        if let Some((number, what)) = audit::prove(&mut tx).await?.flaw {
            found.note("audit", format_args!("entry {number}"), what);
        }
        Ok(found)
    }
}

async fn verify_unit(tx: &mut ReadTx, unit: &UnitCode, found: &mut Verified) -> Result<(), StoreError> {
    let scan = recompute::scan(tx, unit).await?;
    found.feeds += 1;
    found.changes += scan.head.head;
    for flaw in &scan.flaws {
        found.note("change", format_args!("{unit}/{}", flaw.position), flaw.what);
    }
    let noted = feeds::heads(tx, std::slice::from_ref(unit)).await?.remove(unit).unwrap_or_default();
    if noted.head != scan.head.head {
        found.note("feed", unit, format_args!("head is {}, should be {}", noted.head, scan.head.head));
    }
    if noted.digest != scan.head.digest {
        found.note("feed", unit, "its digest is wrong");
    }
    let directory = Directory::current(tx).await?;
    let (mut moves, mut open) = (Moves::default(), OpenRecords::default());
    let records: Vec<(RecordId, u64)> = scan.last.iter().map(|(id, last)| (*id, *last)).collect();
    for some in records.chunks(RECORDS) {
        let ids: Vec<RecordId> = some.iter().map(|(id, _)| *id).collect();
        let mut stored = records::get(tx, unit, &ids).await?;
        for (id, recomputed) in recompute::rows(tx, unit, some, &directory).await? {
            found.records += 1;
            match (recomputed, stored.remove(&id)) {
                (Ok((right, made_of)), row) => {
                    if let Some(contribution) = &made_of.contribution {
                        moves.add(&made_of.form, &made_of.worker, contribution);
                    }
                    open = open.plus(OpenRecords::of(&right));
                    match row {
                        Some(row) if row == right => {}
                        Some(row) => {
                            found.note("record", id, format_args!("wrong in {}", row.differing(&right).join(", ")));
                        }
                        None => found.note("record", id, "has no row"),
                    }
                }
                (Err(error), _) => found.note("record", id, error),
            }
        }
    }
    for id in records::ids(tx, unit).await? {
        if !scan.last.contains_key(&id) {
            found.note("record", id, "has a row and no changes");
        }
    }
    let stored = attention::open_records_of(tx, unit).await?;
    if stored != open {
        found.note("tally", format_args!("{unit}/open"), format_args!("is {stored:?}, should be {open:?}"));
    }
    let (right, stored) = (moves.totals(), tallies::of_unit(tx, unit).await?);
    compare(unit, &right.forms, &stored.forms, found);
    compare(unit, &right.workers, &stored.workers, found);
    let (right, stored) = (month_totals::of_days(&right), month_totals::of_unit(tx, unit).await?);
    compare(format_args!("{unit}/month"), &right.forms, &stored.forms, found);
    compare(format_args!("{unit}/month"), &right.workers, &stored.workers, found);
    Ok(())
}

/// Notes the tallies that are not what they should be.
fn compare<T: Ord + fmt::Display>(
    of: impl fmt::Display,
    right: &BTreeMap<TallyKey<T>, i64>,
    stored: &BTreeMap<TallyKey<T>, i64>,
    found: &mut Verified,
) {
    let keys: BTreeSet<_> = right.keys().chain(stored.keys()).collect();
    for key in keys {
        let (right, stored) = (right.get(key).unwrap_or(&0), stored.get(key).unwrap_or(&0));
        if right != stored {
            let subject = format!("{of}/{}/{}/{}", key.of, key.on, key.measure);
            found.note("tally", subject, format_args!("is {stored}, should be {right}"));
        }
    }
}

/// Checks what is kept outside of the feeds.
async fn verify_kept(tx: &mut ReadTx, found: &mut Verified) -> Result<(), StoreError> {
    let kept: Vec<(String, Vec<u8>, Vec<u8>)> = sqlx::query_as(KEPT).fetch_all(tx.conn()).await?;
    for (place, hash, raw) in kept {
        let hash = rows::hash(&hash)?;
        if Change::from_store(&raw).map(|change| change.hash()).ok() != Some(hash) {
            found.note("kept", hash, format_args!("is {place}, and its bytes do not have its hash"));
        }
    }
    let names = |found: Vec<Vec<u8>>| found.iter().map(|hash| rows::hash(hash)).collect::<Result<Vec<ChangeHash>, _>>();
    let stray = sqlx::query_scalar(STRAY).fetch_all(tx.conn()).await?;
    for hash in names(stray)? {
        found.note("kept", hash, "is noted as waiting and not kept");
    }
    let forgotten = sqlx::query_scalar(FORGOTTEN).fetch_all(tx.conn()).await?;
    for hash in names(forgotten)? {
        found.note("kept", hash, "is parked and waits for nothing");
    }
    Ok(())
}
