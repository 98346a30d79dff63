//! Statements that are put together from pieces, each of which is written once, and the values that go with them.

use sqlx::{Any, AssertSqlSafe, FromRow, any::AnyRow};

use super::{ReadTx, StoreError};

/// A value of a statement.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Bytes(Vec<u8>),
    Number(i64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// The values of a statement that is being written.
#[derive(Clone, Debug, Default)]
pub(super) struct Values(Vec<Value>);

impl Values {
    /// Takes a value; returns the mark that stands for it in the statement.
    pub(super) fn mark(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }

    /// The rows of the statement that these values belong to.
    pub(super) async fn rows<T>(self, tx: &mut ReadTx, sql: String) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let mut query = sqlx::query_as::<Any, T>(AssertSqlSafe(sql));
        for value in self.0 {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Bytes(bytes) => query.bind(bytes),
                Value::Number(number) => query.bind(number),
            };
        }
        Ok(query.fetch_all(tx.conn()).await?)
    }

    /// The single number that the statement gives; `None` if it gives none.
    pub(super) async fn number(self, tx: &mut ReadTx, sql: String) -> Result<Option<i64>, StoreError> {
        let found: Vec<(Option<i64>,)> = self.rows(tx, sql).await?;
        Ok(found.into_iter().next().and_then(|(number,)| number))
    }
}
