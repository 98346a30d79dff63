//! How values become columns and back, and statements over many rows.
//!
//! Statements of many rows come in few sizes (powers of two), so that the connection's cache of prepared statements serves
//! them all.

use sqlx::{Any, AssertSqlSafe, any::AnyArguments, query::Query};
use sync_core::id::{ActorKey, ChangeHash, Digest, RecordId, UnitCode, Username};

use super::{StoreError, WriteTx, dialect::Engine};

/// A statement being given its values.
pub(super) type Binding<'q> = Query<'q, Any, AnyArguments>;

/// Values of one IN list.
const LIST_MAX: usize = 256;
/// Values of one statement that inserts.
const VALUES_MAX: usize = 1_024;

/// `INSERT INTO … VALUES` and what follows the values, for any number of rows.
pub(super) struct Insert {
    /// Up to and including `VALUES`.
    pub head: &'static str,
    /// Values of one row.
    pub columns: usize,
    /// What follows, e.g. `ON CONFLICT DO NOTHING`; may be empty.
    pub tail: &'static str,
}

impl Insert {
    /// Writes `rows`, each of which `bind` gives its values.
    pub(super) async fn rows<R>(
        &self,
        tx: &mut WriteTx,
        mut rows: &[R],
        bind: impl for<'q> Fn(Binding<'q>, &R) -> Binding<'q>,
    ) -> Result<(), StoreError> {
        while !rows.is_empty() {
            // The largest power of two that the rows fill and the values allow.
            let most = (VALUES_MAX / self.columns.max(1)).max(1);
            let count = 1 << rows.len().min(most).ilog2();
            let (now, later) = rows.split_at(count);
            let query = now.iter().fold(sqlx::query(AssertSqlSafe(self.sql(tx.engine(), count))), &bind);
            query.execute(tx.conn()).await?;
            rows = later;
        }
        Ok(())
    }

    fn sql(&self, engine: Engine, rows: usize) -> String {
        let mut sql = String::with_capacity(self.head.len() + self.tail.len() + rows * self.columns * 6);
        sql.push_str(self.head);
        for row in 0..rows {
            sql.push_str(if row == 0 { " (" } else { ", (" });
            engine.push_marks(&mut sql, row * self.columns + 1, self.columns);
            sql.push(')');
        }
        sql.push(' ');
        sql.push_str(self.tail);
        sql
    }
}

/// A statement with a list in it: `head (…) tail`. A value before the list is marked by `?` in its head.
pub(super) struct Listing {
    /// Up to and including `IN`.
    pub head: &'static str,
    /// What follows the list; may be empty.
    pub tail: &'static str,
}

impl Listing {
    /// The statement for each stretch of `items`, and the stretch. A stretch may end with repetitions of its last item: a list
    /// means the same with them.
    pub(super) fn stretches<'a, T>(&self, engine: Engine, items: &'a [T]) -> Vec<(AssertSqlSafe<String>, Vec<&'a T>)> {
        let stretch = |chunk: &'a [T]| {
            let mut stretch: Vec<&T> = chunk.iter().collect();
            stretch.resize(chunk.len().next_power_of_two(), &chunk[chunk.len() - 1]);
            (AssertSqlSafe(self.sql(engine, stretch.len())), stretch)
        };
        items.chunks(LIST_MAX).map(stretch).collect()
    }

    pub(super) fn sql(&self, engine: Engine, items: usize) -> String {
        let mut sql = String::with_capacity(self.head.len() + self.tail.len() + 6 * items);
        let mut number = 1;
        for (at, piece) in self.head.split('?').enumerate() {
            if at > 0 {
                engine.push_marks(&mut sql, number, 1);
                number += 1;
            }
            sql.push_str(piece);
        }
        sql.push_str(" (");
        engine.push_marks(&mut sql, number, items);
        sql.push_str(") ");
        sql.push_str(self.tail);
        sql
    }
}

/// A statement that asks one org unit for what is a key by itself. PostgreSQL is told the org unit because that is what shards are made
/// of. SQLite is told it so that it is not tried as a key: from three values on it would be taken for the better one, and all that
/// the org unit has would be read.
pub(super) struct KeysOfUnit {
    pub sqlite: Listing,
    pub postgres: Listing,
}

impl KeysOfUnit {
    pub(super) fn of(&self, engine: Engine) -> &Listing {
        match engine {
            Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        }
    }
}

/// [`KeysOfUnit`] of a statement up to its conditions, and the key. The first value is the org unit.
macro_rules! keys_of_unit {
    ($asked:literal, $key:literal) => {
        $crate::store::rows::KeysOfUnit {
            sqlite: $crate::store::rows::Listing {
                head: concat!($asked, " +org_unit = ? AND ", $key, " IN"),
                tail: "",
            },
            postgres: $crate::store::rows::Listing {
                head: concat!($asked, " org_unit = ? AND ", $key, " IN"),
                tail: "",
            },
        }
    };
}
pub(super) use keys_of_unit;

/// Words as stored. PostgreSQL's text holds every character but the first of Unicode, which nobody types.
pub(super) fn text(words: &str) -> String {
    words.replace('\0', "\u{fffd}")
}

/// A position or count as stored. Numbers beyond what a column holds cannot occur, but must not wrap if they do.
pub(super) fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A position or count as read.
pub(super) fn unsigned(n: i64) -> Result<u64, StoreError> {
    u64::try_from(n).map_err(|_| StoreError::damaged("a negative position or count"))
}

/// A change's hash as read.
pub(super) fn hash(bytes: &[u8]) -> Result<ChangeHash, StoreError> {
    ChangeHash::try_from(bytes).map_err(StoreError::damaged)
}

/// An actor as read.
pub(super) fn actor(bytes: &[u8]) -> Result<ActorKey, StoreError> {
    ActorKey::try_from(bytes).map_err(StoreError::damaged)
}

/// A record's name as read.
pub(super) fn record(bytes: &[u8]) -> Result<RecordId, StoreError> {
    RecordId::try_from(bytes).map_err(StoreError::damaged)
}

/// A digest as read.
pub(super) fn digest(bytes: &[u8]) -> Result<Digest, StoreError> {
    Digest::try_from(bytes).map_err(StoreError::damaged)
}

/// An org unit's code as read.
pub(super) fn unit(text: &str) -> Result<UnitCode, StoreError> {
    text.parse().map_err(StoreError::damaged)
}

/// A username as read.
pub(super) fn username(text: &str) -> Result<Username, StoreError> {
    text.parse().map_err(StoreError::damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_of_many_rows_come_in_few_sizes() {
        let insert = Insert { head: "INSERT INTO t (a, b) VALUES", columns: 2, tail: "ON CONFLICT DO NOTHING" };
        assert_eq!(
            insert.sql(Engine::Postgres, 2),
            "INSERT INTO t (a, b) VALUES ($1,$2), ($3,$4) ON CONFLICT DO NOTHING"
        );
        assert_eq!(insert.sql(Engine::Sqlite, 2), "INSERT INTO t (a, b) VALUES (?,?), (?,?) ON CONFLICT DO NOTHING");
        let listing = Listing { head: "SELECT a FROM t WHERE b = ? AND c IN", tail: "ORDER BY a" };
        let items: Vec<u32> = (0..259).collect();
        let stretches = listing.stretches(Engine::Postgres, &items);
        assert_eq!(stretches.iter().map(|(_, s)| s.len()).collect::<Vec<_>>(), [256, 4]);
        assert_eq!(stretches[1].0.0, "SELECT a FROM t WHERE b = $1 AND c IN ($2,$3,$4,$5) ORDER BY a");
        assert_eq!(stretches[1].1, [&256, &257, &258, &258]);
        assert_eq!(listing.sql(Engine::Sqlite, 2), "SELECT a FROM t WHERE b = ? AND c IN (?,?) ORDER BY a");
        assert!(listing.stretches::<u32>(Engine::Sqlite, &[]).is_empty());
    }
}
