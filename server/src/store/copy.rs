//! Copying a whole store into another one, be it on the same database engine or not, and proving the copy.

use std::pin::pin;

use futures_util::TryStreamExt;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};
use sync_core::id::{ChangeHash, Digest};

use super::{
    ReadTx, Store, StoreError, WriteTx,
    dialect::Engine,
    schema::{self, Column, Kind, Table},
};

/// Rows that are written by one statement: a row can hold 128 KiB.
const ROWS: usize = 64;
/// The table that a new store has rows in already.
const META: &str = "store_meta";
/// Units stand behind the one above them.
const UNITS: (&str, &str) = ("org_units", " ORDER BY path");

/// What was copied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// Tables.
    pub tables: usize,
    /// Rows of all tables.
    pub rows: u64,
}

/// How many rows a table has, and the sum of their hashes: whatever their order, tables with the same rows have the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Weight {
    rows: u64,
    digest: Digest,
}

impl Store {
    /// Copies this store, as it is at one moment, into `target`, which must be empty; then reads the copy and compares it row by
    /// row. Epoch, author key and all else that devices know the store by is the copy's, too, once it is opened anew.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], [`StoreError::CopyDiffers`], or the database's; only after [`StoreError::CopyDiffers`] is there
    /// anything in `target`.
    pub async fn copy_into(&self, target: &Self) -> Result<Copied, StoreError> {
        let tables = schema::tables();
        let mut source = self.read().await?;
        let mut tx = target.begin_write().await?;
        make_room(&mut tx, &tables).await?;
        let mut weights = Vec::with_capacity(tables.len());
        for table in &tables {
            weights.push(copy(&mut source, &mut tx, table).await?);
        }
        tx.commit().await?;
        let mut copy = target.read().await?;
        for (table, weight) in tables.iter().zip(&weights) {
            if weigh(&mut copy, table).await? != *weight {
                return Err(StoreError::CopyDiffers { table: table.name });
            }
        }
        Ok(Copied { tables: tables.len(), rows: weights.iter().map(|weight| weight.rows).sum() })
    }
}

/// Removes what every new store has; fails if there is more.
async fn make_room(tx: &mut WriteTx, tables: &[Table]) -> Result<(), StoreError> {
    for table in tables.iter().filter(|table| table.name != META) {
        let any = sqlx::query(AssertSqlSafe(format!("SELECT 1 FROM {} LIMIT 1", table.name)));
        if any.fetch_optional(tx.conn()).await?.is_some() {
            return Err(StoreError::NotEmpty { table: table.name });
        }
    }
    sqlx::query(AssertSqlSafe(format!("DELETE FROM {META}"))).execute(tx.conn()).await?;
    Ok(())
}

async fn copy(source: &mut ReadTx, target: &mut WriteTx, table: &Table) -> Result<Weight, StoreError> {
    let mut weight = Weight::default();
    let mut rows = pin!(sqlx::query(AssertSqlSafe(select(table))).fetch(source.conn()));
    let mut some = Vec::with_capacity(ROWS);
    loop {
        let row = rows.try_next().await?.map(|row| read(&row, table)).transpose()?;
        let is_last = row.is_none();
        some.extend(row.inspect(|row| weight.add(row)));
        if some.len() == ROWS || is_last {
            put(target, table, &some).await?;
            some.clear();
        }
        if is_last {
            return Ok(weight);
        }
    }
}

async fn weigh(tx: &mut ReadTx, table: &Table) -> Result<Weight, StoreError> {
    let mut weight = Weight::default();
    let mut rows = pin!(sqlx::query(AssertSqlSafe(select(table))).fetch(tx.conn()));
    while let Some(row) = rows.try_next().await? {
        weight.add(&read(&row, table)?);
    }
    Ok(weight)
}

impl Weight {
    fn add(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            // The kind and the length first, so that no two rows look alike.
            let (kind, bytes): (u8, &[u8]) = match value {
                Value::Text(Some(text)) => (1, text.as_bytes()),
                Value::Bytes(Some(bytes)) => (2, bytes),
                Value::Number(Some(number)) => (3, &number.to_be_bytes()),
                _ => (0, &[]),
            };
            hash.update([kind]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        self.rows += 1;
        self.digest = self.digest.plus(&ChangeHash(hash.finalize().into()));
    }
}

/// A value of a row.
#[derive(Clone, Debug)]
enum Value {
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Number(Option<i64>),
}

fn read(row: &AnyRow, table: &Table) -> Result<Vec<Value>, StoreError> {
    let value = |(index, column): (usize, &Column)| {
        Ok(match column.kind {
            Kind::Text => Value::Text(row.try_get(index)?),
            Kind::Bytes => Value::Bytes(row.try_get(index)?),
            Kind::Number => Value::Number(row.try_get(index)?),
        })
    };
    table.columns.iter().enumerate().map(value).collect()
}

async fn put(tx: &mut WriteTx, table: &Table, rows: &[Vec<Value>]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut query = sqlx::query(AssertSqlSafe(insert(tx.engine(), table, rows.len())));
    for value in rows.iter().flatten().cloned() {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
            Value::Number(number) => query.bind(number),
        };
    }
    query.execute(tx.conn()).await?;
    Ok(())
}

fn columns(table: &Table) -> String {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    names.join(", ")
}

fn select(table: &Table) -> String {
    let order = if table.name == UNITS.0 { UNITS.1 } else { "" };
    format!("SELECT {} FROM {}{order}", columns(table), table.name)
}

fn insert(engine: Engine, table: &Table, rows: usize) -> String {
    let mut sql = format!("INSERT INTO {} ({}) VALUES", table.name, columns(table));
    for row in 0..rows {
        sql.push_str(if row == 0 { " (" } else { ", (" });
        engine.push_marks(&mut sql, row * table.columns.len() + 1, table.columns.len());
        sql.push(')');
    }
    sql
}
