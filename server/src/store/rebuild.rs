//! Repairing the tables: everything that can be computed from the changes is computed again and replaced.

use std::collections::BTreeSet;

use serde::Serialize;
use sync_core::id::{RecordId, UnitCode};

use super::{
    LostCommit, Store, StoreError, WriteTx,
    attention::{self, OpenRecords},
    catalog::Directory,
    feeds,
    recompute::{self, RECORDS},
    records, rows,
    tallies::{self, Moves},
};

const SET_DIGEST: &str = "UPDATE changes SET digest = $3 WHERE org_unit = $1 AND position = $2";

/// What [`Store::rebuild`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Feeds whose tables were made anew.
    pub feeds: usize,
    /// Records that have a row now.
    pub records: usize,
    /// Records that cannot be put together from their changes, with the reason; they have no row.
    pub failed: Vec<(RecordId, String)>,
}

impl Store {
    /// Makes the rows of records, tallies, heads and digests anew. One transaction for each org unit, so that the store can be
    /// used meanwhile and nobody sees it half done.
    ///
    /// # Errors
    /// [`StoreError`]; what was rebuilt before stays.
    pub async fn rebuild(&self) -> Result<Rebuilt, StoreError> {
        let units = recompute::units(&mut self.read().await?).await?;
        let mut rebuilt = Rebuilt::default();
        for unit in units {
            let work = async |tx: &mut WriteTx| rebuild_unit(tx, &unit).await;
            let (records, failed) = self.run_tx(LostCommit::Repeat, work).await?;
            rebuilt.feeds += 1;
            rebuilt.records += records;
            rebuilt.failed.extend(failed);
        }
        Ok(rebuilt)
    }
}

/// Rebuilds one unit; returns how many records have a row now, and which cannot have one.
async fn rebuild_unit(tx: &mut WriteTx, unit: &UnitCode) -> Result<(usize, Vec<(RecordId, String)>), StoreError> {
    feeds::lock(tx, &BTreeSet::from([unit.clone()])).await?;
    let (mut rebuilt, mut failed) = (0, Vec::new());
    let scan = recompute::scan(tx, unit).await?;
    for flaw in &scan.flaws {
        if let Some(digest) = flaw.digest {
            let query = sqlx::query(SET_DIGEST).bind(unit.as_str()).bind(rows::number(flaw.position));
            query.bind(digest.to_bytes().to_vec()).execute(tx.conn()).await?;
        }
    }
    feeds::advance(tx, &[(unit.clone(), scan.head)]).await?;
    records::clear(tx, unit).await?;
    tallies::clear(tx, unit).await?;
    attention::clear(tx, unit).await?;
    let directory = Directory::current(tx).await?;
    let (mut moves, mut open) = (Moves::default(), OpenRecords::default());
    let all: Vec<(RecordId, u64)> = scan.last.into_iter().collect();
    for some in all.chunks(RECORDS) {
        let mut right = Vec::with_capacity(some.len());
        for (id, recomputed) in recompute::rows(tx, unit, some, &directory).await? {
            match recomputed {
                Ok((columns, row)) => {
                    if let Some(contribution) = &row.contribution {
                        moves.add(&row.form, &row.worker, contribution);
                    }
                    open = open.plus(OpenRecords::of(&columns));
                    right.push(columns);
                }
                Err(error) => failed.push((id, error)),
            }
        }
        rebuilt += right.len();
        records::put(tx, unit, &right).await?;
    }
    tallies::shift(tx, unit, moves).await?;
    attention::shift(tx, unit, open).await?;
    Ok((rebuilt, failed))
}
