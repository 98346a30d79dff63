//! The tables of a replica in a browser.
//!
//! | table | key | value |
//! |---|---|---|
//! | `replica` | a word | `term`, `made`: numbers; `sync`, `identity`: JSON; `catalog`: as the server sent it |
//! | `changes` | `hash` | [`ChangeValue`](super::values::ChangeValue) |
//! | `records` | `id` | [`RecordValue`](super::values::RecordValue) |
//! | `feeds` | the org unit | JSON |
//! | `authors` | the actor, 8 bytes | the user |
//! | `drafts` | the draft, 16 bytes | JSON |
//! | `vouchers` | `voucher` | [`VoucherValue`](super::values::VoucherValue) |
//!
//! An index holds only rows that have its property, so those of what waits cost nothing to what is settled.

use wasm_bindgen::JsValue;
use web_sys::{IdbDatabase, IdbIndexParameters, IdbObjectStore, IdbObjectStoreParameters};

/// The number of the last change to these tables.
pub(super) const VERSION: u32 = 1;

pub(super) const REPLICA: &str = "replica";
pub(super) const CHANGES: &str = "changes";
pub(super) const RECORDS: &str = "records";
pub(super) const FEEDS: &str = "feeds";
pub(super) const AUTHORS: &str = "authors";
pub(super) const VOUCHERS: &str = "vouchers";
pub(super) const DRAFTS: &str = "drafts";
/// All of them.
pub(super) const TABLES: [&str; 7] = [REPLICA, CHANGES, RECORDS, FEEDS, AUTHORS, VOUCHERS, DRAFTS];

/// Changes by record.
pub(super) const OF_RECORD: &str = "record";
/// Changes by org unit and position, 0 for none.
pub(super) const PLACE: &str = "place";
/// Changes in the outbox, in the order of their making.
pub(super) const WAITING: &str = "waiting";
/// Changes on which the server has given a word other than *stored*, in the order of their making.
pub(super) const UNSETTLED: &str = "unsettled";
/// Changes that belong to no record yet.
pub(super) const ORPHAN: &str = "orphan";
/// Changes on the server whose position is not known here.
pub(super) const UNPLACED: &str = "unplaced";
/// Records in the order of a list.
pub(super) const ORDER: &str = "order";

/// Brings the tables from version `from` to [`VERSION`].
pub(super) fn upgrade(database: &IdbDatabase, from: u32) -> Result<(), JsValue> {
    if from < 1 {
        database.create_object_store(REPLICA)?;
        let changes = keyed(database, CHANGES, "hash")?;
        for name in [OF_RECORD, WAITING, UNSETTLED, ORPHAN, UNPLACED] {
            changes.create_index_with_str(name, name)?;
        }
        let place = js_sys::Array::of2(&"unit".into(), &"position".into());
        changes.create_index_with_str_sequence(PLACE, &place)?;
        let once = IdbIndexParameters::new();
        once.set_unique(true);
        let records = keyed(database, RECORDS, "id")?;
        records.create_index_with_str_and_optional_parameters(ORDER, ORDER, &once)?;
        database.create_object_store(FEEDS)?;
        database.create_object_store(AUTHORS)?;
        keyed(database, VOUCHERS, "voucher")?;
        database.create_object_store(DRAFTS)?;
    }
    Ok(())
}

fn keyed(database: &IdbDatabase, name: &str, key: &str) -> Result<IdbObjectStore, JsValue> {
    let parameters = IdbObjectStoreParameters::new();
    parameters.set_key_path(&JsValue::from_str(key));
    database.create_object_store_with_optional_parameters(name, &parameters)
}
