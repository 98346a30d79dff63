//! Records that look alike, and are two.

use serde_json::json;
use sync_core::id::{RecordId, UnitCode};

use super::AdminError;
use crate::{
    auth::By,
    store::{
        Store,
        audit::{self, Deed},
        duplicates,
    },
};

/// Takes back that two records are two: they are possible duplicates again, if they look alike.
///
/// # Errors
/// [`AdminError::NotToldApart`], [`AdminError::Store`].
pub async fn take_back(
    store: &Store,
    by: &By,
    unit: &UnitCode,
    one: RecordId,
    other: RecordId,
) -> Result<(), AdminError> {
    store
        .act(by, async |tx| {
            if !duplicates::take_back(tx, one, other).await? {
                return Err(AdminError::NotToldApart { one, other });
            }
            let deed = Deed::new("records_taken_together", one).within(unit).with(json!({"other": other}));
            Ok(audit::note(tx, by, deed).await?)
        })
        .await
}

/// Notes that two records are two, however alike they look. Saying so twice is saying it once.
///
/// # Errors
/// [`AdminError::Store`].
pub async fn tell_apart(
    store: &Store,
    by: &By,
    unit: &UnitCode,
    one: RecordId,
    other: RecordId,
) -> Result<(), AdminError> {
    store
        .act(by, async |tx| {
            if duplicates::tell_apart(tx, one, other, by.username(), by.at().0).await? {
                let detail = json!({"other": other});
                audit::note(tx, by, Deed::new("records_told_apart", one).within(unit).with(detail)).await?;
            }
            Ok(())
        })
        .await
}
