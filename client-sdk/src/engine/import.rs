//! Many records at once: the good rows are kept, the bad ones named, and no row is ever half there.

use serde::Serialize;
use sync_core::replica::Write;

use super::{Engine, NewRecord};
use crate::{Clock, Error, Store, Transport, portable::MaybeSend};

/// Records in one transaction.
const BATCH_RECORDS: usize = 100;

/// One row to be imported.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRow {
    /// Where it stands in its file, from 1.
    pub line: u64,
    /// What it says.
    pub record: NewRecord,
}

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// Where it stands in its file, from 1.
    pub line: u64,
    /// What is wrong: fields and rules, or why the line cannot be read.
    pub error: String,
}

/// What became of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Records that are on disk.
    pub imported: u64,
    /// Rows that were left out, by line.
    pub bad: Vec<BadRow>,
    /// Why the import stopped before the end of the file, if it did.
    #[serde(skip)]
    pub stopped: Option<Error>,
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Makes a record of every good row. A store that fails in the middle (a full disk) stops the import; what the report counts
    /// is saved all the same.
    ///
    /// # Errors
    /// When no row can be good: [`Error::NotEnrolled`], [`Error::NoCatalog`].
    pub async fn import(
        &self,
        rows: impl IntoIterator<Item = Result<ImportRow, BadRow>, IntoIter: MaybeSend>,
    ) -> Result<ImportReport, Error> {
        let identity = self.identity().await?;
        let known = self.known().await?;
        let mut report = ImportReport::default();
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut writes: Vec<Write> = Vec::new();
            let mut made = 0;
            for row in rows.by_ref().take(BATCH_RECORDS) {
                let line = row.as_ref().map_or(0, |row| row.line);
                match row.map(|row| self.make(&identity, &known, &row.record)) {
                    Ok(Ok((record, _))) => {
                        writes.extend(record);
                        made += 1;
                    }
                    Ok(Err(error)) => report.bad.push(BadRow { line, error: error.to_string() }),
                    Err(bad) => report.bad.push(bad),
                }
            }
            if let Err(error) = self.keep(writes).await {
                report.stopped = Some(error);
                break;
            }
            report.imported += made;
        }
        self.bell.notify_one();
        Ok(report)
    }

    async fn keep(&self, writes: Vec<Write>) -> Result<(), Error> {
        let right = self.store.exclusive().await?;
        Ok(self.store.commit(&right, writes).await?)
    }
}
