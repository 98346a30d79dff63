//! `verify`, `rebuild` and `backup`: proving, repairing and copying a store that is there, while it may be in use.

use std::path::Path;

use serde_json::json;

use super::{Failure, Output, open_existing};
use crate::{clock, config::PlaceConfig};

/// Compares every table with the changes it comes from. Differences are listed, and are a failure.
///
/// # Errors
/// [`Failure`].
pub(super) async fn verify(place: &PlaceConfig, as_json: bool) -> Result<(), Failure> {
    let store = open_existing(place).await?;
    let found = store.verify().await?;
    store.close().await;
    let mut lines: Vec<String> = found.differences.iter().map(ToString::to_string).collect();
    if found.unlisted > 0 {
        lines.push(format!("and {} more", found.unlisted));
    }
    let (feeds, changes, records) = (found.feeds, found.changes, found.records);
    lines.push(format!("verified {changes} changes of {records} records in {feeds} feeds"));
    Output::new(&found, lines).print(as_json)?;
    match found.differences.len() + found.unlisted {
        0 => Ok(()),
        1 => Err(Failure::new("1 difference; `rebuild` repairs records and totals")),
        count => Err(Failure::new(format_args!("{count} differences; `rebuild` repairs records and totals"))),
    }
}

/// Makes every table anew that can be computed from the changes. Records that cannot be are listed, and are a failure.
///
/// # Errors
/// [`Failure`].
pub(super) async fn rebuild(place: &PlaceConfig, as_json: bool) -> Result<(), Failure> {
    let store = open_existing(place).await?;
    let rebuilt = store.rebuild().await?;
    store.close().await;
    let failed: Vec<_> = rebuilt.failed.iter().map(|(record, why)| json!({"record": record, "why": why})).collect();
    let json = json!({"feeds": rebuilt.feeds, "records": rebuilt.records, "failed": failed});
    let mut lines: Vec<String> = rebuilt.failed.iter().map(|(record, why)| format!("record {record}: {why}")).collect();
    lines.push(format!("rebuilt {} records in {} feeds", rebuilt.records, rebuilt.feeds));
    Output::new(json, lines).print(as_json)?;
    match rebuilt.failed.len() {
        0 => Ok(()),
        count => Err(Failure::new(format_args!("records that cannot be put together from their changes: {count}"))),
    }
}

/// Copies the store into a new file, and notes when that was done.
///
/// # Errors
/// [`Failure`]; there is no new file then, or only the note is missing.
pub(super) async fn backup(place: &PlaceConfig, file: &Path) -> Result<Output, Failure> {
    let store = open_existing(place).await?;
    let done = match store.backup(file).await {
        Ok(()) => store.note_backup(clock::now().0).await,
        failed => failed,
    };
    store.close().await;
    done?;
    let bytes = std::fs::metadata(file).map(|meta| meta.len()).unwrap_or_default();
    let shown = file.display().to_string();
    Ok(Output::new(json!({"file": shown, "bytes": bytes}), [format!("copied the store to {shown}, {bytes} bytes")]))
}
