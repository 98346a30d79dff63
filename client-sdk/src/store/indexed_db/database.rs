//! Opening and deleting databases of a browser.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbVersionChangeEvent};

use super::transaction::{answered, failed};
use crate::store::StoreError;

/// Brings the tables of a database from one version to the newest.
pub(super) type Upgrade = fn(&IdbDatabase, u32) -> Result<(), JsValue>;

/// Opens a database, or makes it.
///
/// # Errors
/// [`StoreError::CannotOpen`] where the browser keeps nothing, [`StoreError::Newer`] when a newer program has been here.
pub(super) async fn open(name: &str, version: u32, upgrade: Upgrade) -> Result<IdbDatabase, StoreError> {
    let refused = |error: &JsValue| cannot_open(name, version, error);
    let request = factory(name)?.open_with_u32(name, version).map_err(|e| refused(&e))?;
    let asked = request.clone();
    let upgrading = Closure::once(move |event: IdbVersionChangeEvent| -> Result<(), JsValue> {
        let database: IdbDatabase = asked.result()?.dyn_into()?;
        // Versions are small whole numbers.
        upgrade(&database, event.old_version() as u32)
    });
    request.set_onupgradeneeded(Some(upgrading.as_ref().unchecked_ref()));
    let opened = match answered(&request).await {
        Ok(opened) => opened,
        Err(_) => {
            let error = request.error().ok().flatten();
            return Err(refused(&error.map_or(JsValue::UNDEFINED, JsValue::from)));
        }
    };
    let database: IdbDatabase = opened.dyn_into().map_err(|other| refused(&other))?;
    // Whoever wants to delete the database, or to bring it to a newer version, waits until all have closed it.
    let asked = database.clone();
    let closing: Function = Closure::once_into_js(move || asked.close()).unchecked_into();
    database.set_onversionchange(Some(&closing));
    Ok(database)
}

/// Deletes a database. Tells whether it is gone: while somebody who does not listen has it open, it goes when he closes it.
pub(super) async fn delete(name: &str) -> Result<bool, StoreError> {
    let request = factory(name)?.delete_database(name).map_err(|error| failed(&error))?;
    let ended = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onblocked(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(ended).await {
        Ok(_) => Ok(is_done(&request)),
        Err(_) => Err(StoreError::Failed("the database cannot be deleted".into())),
    }
}

fn is_done(request: &IdbOpenDbRequest) -> bool {
    // The result of a request that is not done is an error.
    request.result().is_ok()
}

fn factory(name: &str) -> Result<IdbFactory, StoreError> {
    let found = Reflect::get(&js_sys::global(), &JsValue::from_str("indexedDB"));
    let found = found.ok().and_then(|found| found.dyn_into::<IdbFactory>().ok());
    found.ok_or_else(|| StoreError::CannotOpen { store: name.into(), cause: "this browser has no database".into() })
}

fn cannot_open(name: &str, known: u32, thrown: &JsValue) -> StoreError {
    let error = thrown.dyn_ref::<DomException>().map(|error| (error.name(), error.message()));
    match error {
        Some((kind, _)) if kind == "VersionError" => {
            StoreError::Newer { store: name.into(), found: i64::from(known) + 1, known: known as usize }
        }
        Some((kind, _)) if kind == "QuotaExceededError" => StoreError::DiskFull { store: name.into() },
        Some((kind, message)) => StoreError::CannotOpen { store: name.into(), cause: format!("{kind}: {message}") },
        None => StoreError::CannotOpen { store: name.into(), cause: format!("{thrown:?}") },
    }
}
