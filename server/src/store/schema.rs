//! The tables as the migrations make them, for work that is done to every table alike: so that a new one cannot be forgotten.

use super::dialect::Engine;

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub name: &'static str,
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Bytes,
    Number,
}

/// Every table of the newest schema but that which lists the migrations, each behind those that it refers to.
pub(super) fn tables() -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let statements = Engine::Sqlite.migrations().iter().flat_map(|(_, statements)| statements.lines());
    for line in statements {
        if let Some(name) = line.strip_prefix("CREATE TABLE ") {
            tables.push(Table { name: name.trim_end_matches(" ("), columns: Vec::new() });
        } else if let Some((name, later)) = line.strip_prefix("ALTER TABLE ").and_then(|l| l.split_once(" RENAME TO "))
        {
            let table = tables.iter_mut().find(|table| table.name == name);
            table.into_iter().for_each(|table| table.name = later.trim_end_matches(';'));
        } else if let Some(name) = line.strip_prefix("DROP TABLE ") {
            tables.retain(|table| table.name != name.trim_end_matches(';'));
        } else if let Some((name, added)) = line.strip_prefix("ALTER TABLE ").and_then(|l| l.split_once(" ADD COLUMN "))
        {
            let table = tables.iter_mut().find(|table| table.name == name);
            table.into_iter().for_each(|table| table.columns.extend(declared(added)));
        } else if let (Some(table), Some(column)) = (tables.last_mut(), column(line)) {
            table.columns.push(column);
        }
    }
    tables
}

/// The column that a line of a migration declares, if it does.
fn column(line: &'static str) -> Option<Column> {
    declared(line.strip_prefix("    ")?)
}

fn declared(text: &'static str) -> Option<Column> {
    let (name, rest) = text.split_once(' ')?;
    let kind = match rest.trim_start().split([' ', ',', ';']).next()? {
        "TEXT" => Kind::Text,
        "BLOB" => Kind::Bytes,
        "BIGINT" => Kind::Number,
        _ => return None,
    };
    Some(Column { name, kind })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn what_is_read_from_the_migrations_is_what_the_database_has() {
        let world = World::new(Engine::Sqlite).await;
        let mut tx = world.store.read().await.unwrap();
        let sql = "SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c \
                   WHERE m.type = 'table' AND m.name <> 'schema_migrations' ORDER BY m.rowid, c.cid";
        let found: Vec<String> = sqlx::query_scalar(sql).fetch_all(tx.conn()).await.unwrap();
        let word = |kind| match kind {
            Kind::Text => "TEXT",
            Kind::Bytes => "BLOB",
            Kind::Number => "BIGINT",
        };
        let line = |table: &Table| -> Vec<String> {
            table.columns.iter().map(|c| format!("{}.{} {}", table.name, c.name, word(c.kind))).collect()
        };
        assert_eq!(tables().iter().flat_map(line).collect::<Vec<_>>(), found);
    }
}
