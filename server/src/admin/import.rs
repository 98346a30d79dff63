//! Org units from a table: all of its rows, or none.

use sync_core::replica::{CatalogUnit, UnitKind};

use super::{AdminError, unit};
use crate::{
    api::BadRow,
    auth::By,
    store::{Store, meta},
};

/// The columns of the table.
const COLUMNS: [&str; 4] = ["code", "parent", "kind", "name"];
/// Bad rows that are named. Nothing is added then, so nobody looks beyond the last of them.
const BAD_ROWS_MAX: usize = 100;

/// Adds the org units of a CSV table; returns how many.
///
/// # Errors
/// [`AdminError::Table`] when it is no such table, [`AdminError::Rows`] with each row that cannot be taken: its code is taken or
/// none, its parent is not there, its kind or name is none. [`AdminError::UnitForbidden`] when a row lies beyond the reach of
/// `by`. Nothing was added then.
pub async fn import_units(store: &Store, by: &By, table: &[u8]) -> Result<usize, AdminError> {
    let rows = read(table)?;
    store
        .act(by, async |tx| {
            let (mut added, mut bad) = (0, Vec::new());
            for row in &rows {
                if bad.len() == BAD_ROWS_MAX {
                    break;
                }
                match row {
                    Ok((line, unit)) => match unit::add(tx, by, unit.clone()).await {
                        Ok(_) => added += 1,
                        Err(error @ (AdminError::Store(_) | AdminError::UnitForbidden(_))) => return Err(error),
                        Err(error) => bad.push(bad_row(*line, &error)),
                    },
                    Err(row) => bad.push(row.clone()),
                }
            }
            if !bad.is_empty() {
                return Err(AdminError::Rows(bad));
            }
            meta::revise_catalog(tx).await?;
            Ok(added)
        })
        .await
}

fn bad_row(line: u64, error: &AdminError) -> BadRow {
    BadRow { line, code: error.code(), detail: error.to_string() }
}

type ReadRow = Result<(u64, CatalogUnit), BadRow>;

fn read(table: &[u8]) -> Result<Vec<ReadRow>, AdminError> {
    // Spreadsheets begin their tables with a byte order mark.
    let table = table.strip_prefix(b"\xef\xbb\xbf").unwrap_or(table);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table);
    let heads = reader.headers().map_err(|e| AdminError::Table(e.to_string()))?;
    if heads.iter().ne(COLUMNS) {
        return Err(AdminError::Table(format!("expected the columns {}", COLUMNS.join(", "))));
    }
    let (mut rows, mut bad) = (Vec::new(), 0);
    for row in reader.records() {
        let row = row.map_err(|e| AdminError::Table(e.to_string()))?;
        let line = row.position().map_or(0, csv::Position::line);
        let row = read_unit(&row).map(|unit| (line, unit)).map_err(|error| bad_row(line, &error));
        bad += usize::from(row.is_err());
        rows.push(row);
        if bad == BAD_ROWS_MAX {
            break;
        }
    }
    if rows.is_empty() { Err(AdminError::Table("it has no rows".into())) } else { Ok(rows) }
}

fn read_unit(row: &csv::StringRecord) -> Result<CatalogUnit, AdminError> {
    let [code, parent, kind, name] = [0, 1, 2, 3].map(|index| row.get(index).unwrap_or_default());
    let words = UnitKind::ALL.map(UnitKind::word);
    Ok(CatalogUnit {
        code: code.parse()?,
        parent: Some(parent).filter(|parent| !parent.is_empty()).map(str::parse).transpose()?,
        kind: UnitKind::from_word(kind).ok_or_else(|| AdminError::word("kind of org unit", kind, &words))?,
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::{clock, store::Engine, testing::World};

    /// A good row, and so many bad ones behind it.
    fn table(bad: usize, row: impl Fn(usize) -> String) -> String {
        (0..bad).fold("code,parent,kind,name\nward,,other,病房\n".to_owned(), |mut table, n| {
            writeln!(table, "{}", row(n)).unwrap();
            table
        })
    }

    #[tokio::test]
    async fn of_a_table_that_is_bad_the_first_hundred_bad_rows_are_named_and_nothing_is_added() {
        let world = World::new(Engine::Sqlite).await;
        let before = world.count("SELECT COUNT(*) FROM org_units").await;
        let bad_in_itself = |n: usize| format!("ward-{n},,no such kind,病房");
        let bad_beside_others = |n: usize| format!("ward-{n},nowhere,other,病房");
        for (bad, named) in [(1, 1), (99, 99), (100, 100), (101, 100), (250, 100)] {
            for table in [table(bad, bad_in_itself), table(bad, bad_beside_others)] {
                let by = By::operator(clock::now());
                let Err(AdminError::Rows(rows)) = import_units(&world.store, &by, table.as_bytes()).await else {
                    panic!("{bad} bad rows were taken");
                };
                let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
                assert_eq!(lines, (3..3 + named).collect::<Vec<u64>>(), "{bad}");
            }
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM org_units").await, before);
    }
}
