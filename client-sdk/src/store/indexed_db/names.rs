//! The names of all changes that are here, once somebody has asked for many: most of what a first sync brings is new, and to ask the
//! database for each name that it does not have would take longer than to keep it.
//!
//! They are right as long as this program leads: nobody else writes. When somebody else does, nothing of this one is committed.

use core::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use js_sys::{Array, Uint8Array};
use web_sys::IdbDatabase;

use sync_core::id::ChangeHash;

use super::{
    schema::CHANGES,
    transaction::{Transaction, answered, failed},
};
use crate::store::StoreError;

/// Asked for so many, the names are read.
const MANY: usize = 64;

/// The names, or nothing while only a few were asked for.
#[derive(Default)]
pub(super) struct Names {
    names: RefCell<Option<BTreeSet<ChangeHash>>>,
    /// Commits so far.
    commits: Cell<u32>,
}

impl Names {
    /// Reads the names if so many are asked for that it pays.
    pub(super) async fn read(&self, database: &IdbDatabase, asked: usize) -> Result<(), StoreError> {
        if asked < MANY || self.names.borrow().is_some() {
            return Ok(());
        }
        let before = self.commits.get();
        let transaction = Transaction::reading(database, &[CHANGES])?;
        let keys = transaction.store(CHANGES)?.get_all_keys().map_err(|error| failed(&error))?;
        let keys = Array::from(&answered(&keys).await?);
        let damaged = |_| StoreError::Damaged { what: "a change" };
        let read = |key| ChangeHash::try_from(Uint8Array::new(&key).to_vec().as_slice()).map_err(damaged);
        let names = keys.iter().map(read).collect::<Result<_, _>>()?;
        // What was committed meanwhile may be missing among them.
        if self.commits.get() == before {
            *self.names.borrow_mut() = Some(names);
        }
        Ok(())
    }

    /// Whether a change may be here.
    pub(super) fn may_have(&self, hash: &ChangeHash) -> bool {
        self.names.borrow().as_ref().is_none_or(|names| names.contains(hash))
    }

    /// Adds names of changes for whose commit a transaction has begun: one too many does no harm.
    pub(super) fn add(&self, hashes: impl IntoIterator<Item = ChangeHash>) {
        self.commits.set(self.commits.get().wrapping_add(1));
        if let Some(names) = self.names.borrow_mut().as_mut() {
            names.extend(hashes);
        }
    }
}
