//! Transactions of a browser's database, and waiting for them.
//!
//! A transaction ends by itself as soon as nothing is asked of it: between its first request and its end nothing may be awaited
//! but requests of its own. They are answered in the order in which they were made, so to wait for the last is to wait for all.

use core::cell::Cell;

use js_sys::{Array, Object, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction};

use crate::store::StoreError;

#[wasm_bindgen]
extern "C" {
    /// A database whose transactions take options.
    #[wasm_bindgen(extends = IdbDatabase)]
    type Strict;
    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &Strict,
        stores: &Array,
        mode: &str,
        options: &TransactionOptions,
    ) -> Result<IdbTransaction, JsValue>;

    #[wasm_bindgen(extends = IdbTransaction)]
    type Committing;
    /// Ends it now, not only when the last answer was heard.
    #[wasm_bindgen(method, catch)]
    fn commit(this: &Committing) -> Result<(), JsValue>;

    #[wasm_bindgen(extends = Object)]
    type TransactionOptions;
    #[wasm_bindgen(method, setter)]
    fn set_durability(this: &TransactionOptions, durability: &str);
}

/// A transaction. One that writes happens as a whole in [`Self::commit`], or not at all when it is dropped before.
pub(super) struct Transaction {
    inner: IdbTransaction,
    /// Dropping it undoes what it has written.
    open: Cell<bool>,
}

impl Transaction {
    /// Begins to read from `stores`.
    pub(super) fn reading(database: &IdbDatabase, stores: &[&str]) -> Result<Self, StoreError> {
        Ok(Self { inner: begin(database, stores, "readonly")?, open: Cell::new(false) })
    }

    /// Begins to write to `stores`. What it commits has reached the disk when the browser says so.
    pub(super) fn writing(database: &IdbDatabase, stores: &[&str]) -> Result<Self, StoreError> {
        Ok(Self { inner: begin(database, stores, "readwrite")?, open: Cell::new(true) })
    }

    /// One of its stores.
    pub(super) fn store(&self, name: &str) -> Result<IdbObjectStore, StoreError> {
        self.inner.object_store(name).map_err(|error| failed(&error))
    }

    /// Waits until all that was written is on the disk.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        let ended = Promise::new(&mut |resolve, reject| {
            self.inner.set_oncomplete(Some(&resolve));
            self.inner.set_onabort(Some(&reject));
        });
        self.inner.unchecked_ref::<Committing>().commit().map_err(|error| failed(&error))?;
        self.open.set(false);
        match JsFuture::from(ended).await {
            Ok(_) => Ok(()),
            Err(_) => {
                Err(self.inner.error().map_or_else(|| StoreError::Failed("aborted".into()), |error| failed(&error)))
            }
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.open.get() {
            // When it has ended by itself there is nothing left to undo.
            let _ = self.inner.abort();
        }
    }
}

fn begin(database: &IdbDatabase, stores: &[&str], mode: &str) -> Result<IdbTransaction, StoreError> {
    let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
    let options: TransactionOptions = Object::new().unchecked_into();
    options.set_durability("strict");
    database.unchecked_ref::<Strict>().transaction(&names, mode, &options).map_err(|error| failed(&error))
}

/// Waits for the answer to a request, and so for all that were made before it in the same transaction.
pub(super) async fn answered(request: &IdbRequest) -> Result<JsValue, StoreError> {
    let answer = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(answer).await {
        Ok(_) => request.result().map_err(|error| failed(&error)),
        Err(_) => {
            let error = request.error().ok().flatten();
            Err(error.map_or_else(|| StoreError::Failed("no answer".into()), |error| failed(&error)))
        }
    }
}

/// The answers to several requests of one transaction, in their order.
pub(super) async fn all_answered(requests: &[IdbRequest]) -> Result<Vec<JsValue>, StoreError> {
    if let Some(last) = requests.last() {
        answered(last).await?;
    }
    requests.iter().map(|request| request.result().map_err(|error| failed(&error))).collect()
}

/// What the browser threw, as an error of the store.
pub(super) fn failed(thrown: &JsValue) -> StoreError {
    let Some(error) = thrown.dyn_ref::<DomException>() else {
        return StoreError::Failed(format!("{thrown:?}"));
    };
    match error.name().as_str() {
        "QuotaExceededError" => StoreError::DiskFull { store: "of this browser".into() },
        // The connection was closed from outside: the site's data are being cleared, or a newer version waits.
        "InvalidStateError" => StoreError::Closed,
        name => StoreError::Failed(format!("{name}: {}", error.message())),
    }
}
