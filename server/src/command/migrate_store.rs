//! `migrate-store`: a store moves from one database to another, as when a district outgrows its file.

use std::path::PathBuf;

use serde_json::json;

use super::{Failure, Output, not_opened};
use crate::{
    config::PlaceConfig,
    store::{Store, StoreError},
};

/// Copies the store at `from`, which must be there, into the one at `to`, which must be empty; compares them row by row; and
/// proves the copy as `verify` does. Its devices notice nothing: epoch, keys and tokens move along.
///
/// # Errors
/// [`Failure`]. What is at `to` then is either empty, or said to be wrong.
pub(super) async fn run(from: &str, to: &str) -> Result<Output, Failure> {
    let source = open(from).await?;
    let target = open(to).await?;
    let copied = source.copy_into(&target).await;
    source.close().await;
    target.close().await;
    let copied = copied?;
    // Opened anew, as a server will.
    let target = open(to).await?;
    let verified = target.verify().await?;
    target.close().await;
    if !verified.is_clean() {
        let count = verified.differences.len() + verified.unlisted;
        return Err(Failure::new(format_args!("copied, but `verify` finds {count} differences at {}", shown(to))));
    }
    let (rows, tables, changes, records) = (copied.rows, copied.tables, verified.changes, verified.records);
    let json = json!({"tables": tables, "rows": rows, "feeds": verified.feeds, "changes": changes, "records": records});
    let said = format!("copied {rows} rows of {tables} tables; verified {changes} changes of {records} records");
    Ok(Output::new(json, [said]))
}

fn shown(url: &str) -> PlaceConfig {
    PlaceConfig { data: PathBuf::new(), database: Some(url.to_owned()) }
}

async fn open(url: &str) -> Result<Store, Failure> {
    Store::open(url).await.map_err(|error: StoreError| not_opened(&shown(url), error))
}
