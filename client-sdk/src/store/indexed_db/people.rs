//! The people of this device, and who leads: the small database beside those of the people.

use wasm_bindgen::JsValue;
use web_sys::{IdbDatabase, IdbObjectStore};

use super::{
    IndexedDbStore,
    database::{self, open},
    json,
    transaction::{Transaction, answered, failed},
    values,
};
use crate::store::{Person, StoreError};

/// The name of the database.
const NAME: &str = "cairn";
const VERSION: u32 = 1;
/// One row for each word: `term`, a number; `people` and `leaving`, JSON.
const DEVICE: &str = "device";
/// The name of a database in which nothing is, for [`renew_log`].
const EMPTY: &str = "cairn-empty";

/// Who is enrolled on this device, as its leader sees it.
pub struct People {
    database: IdbDatabase,
    term: u32,
}

impl People {
    /// Opens the list and takes the lead: whoever led before commits nothing more. Databases that could not be deleted when
    /// their people were forgotten are deleted now.
    ///
    /// # Errors
    /// [`StoreError::CannotOpen`] where the browser keeps nothing.
    pub async fn lead() -> Result<Self, StoreError> {
        let upgrade = |database: &IdbDatabase, from: u32| {
            if from < 1 { database.create_object_store(DEVICE).map(drop) } else { Ok(()) }
        };
        renew_log().await?;
        let database = open(NAME, VERSION, upgrade).await?;
        let transaction = Transaction::writing(&database, &[DEVICE])?;
        let device = transaction.store(DEVICE)?;
        let found = get(&device, "term").await?;
        let last = if found.is_undefined() { 0 } else { values::read_number(&found, "the term")? };
        let term = u32::try_from(last + 1).map_err(|_| StoreError::Damaged { what: "the term" })?;
        put(&device, "term", &term.into())?;
        transaction.commit().await?;
        let people = Self { database, term };
        people.sweep().await?;
        Ok(people)
    }

    /// The term of this leader.
    #[must_use]
    pub fn term(&self) -> u32 {
        self.term
    }

    /// Everybody, in the order in which they came.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self) -> Result<Vec<Person>, StoreError> {
        let transaction = Transaction::reading(&self.database, &[DEVICE])?;
        read_list(&transaction.store(DEVICE)?, "people").await
    }

    /// Opens the store of a person, or of one who is to come.
    ///
    /// # Errors
    /// As [`IndexedDbStore::open`].
    pub async fn store(&self, id: &str) -> Result<IndexedDbStore, StoreError> {
        IndexedDbStore::open(id, self.term).await
    }

    /// Keeps a person, in place of the one with the same database.
    ///
    /// # Errors
    /// [`StoreError::NotLeading`] when there is a later leader.
    pub async fn keep(&self, person: Person) -> Result<(), StoreError> {
        self.change(|people, _| match people.iter_mut().find(|known| known.id == person.id) {
            Some(known) => *known = person,
            None => people.push(person),
        })
        .await
    }

    /// Forgets a person and deletes the database, with all that is in it. Its connection must be closed.
    ///
    /// # Errors
    /// [`StoreError::NotLeading`] when there is a later leader.
    pub async fn forget(&self, id: &str) -> Result<(), StoreError> {
        self.change(|people, leaving| {
            people.retain(|person| person.id != id);
            leaving.push(id.to_owned());
        })
        .await?;
        self.sweep().await
    }

    /// Deletes the databases of those who were forgotten. One that somebody still has open stays on the list for the next time.
    async fn sweep(&self) -> Result<(), StoreError> {
        let transaction = Transaction::reading(&self.database, &[DEVICE])?;
        let leaving: Vec<String> = read_list(&transaction.store(DEVICE)?, "leaving").await?;
        let mut gone = Vec::new();
        for id in leaving {
            if database::delete(&id).await? {
                gone.push(id);
            }
        }
        if gone.is_empty() { Ok(()) } else { self.change(|_, leaving| leaving.retain(|id| !gone.contains(id))).await }
    }

    async fn change(&self, change: impl FnOnce(&mut Vec<Person>, &mut Vec<String>)) -> Result<(), StoreError> {
        let transaction = Transaction::writing(&self.database, &[DEVICE])?;
        let device = transaction.store(DEVICE)?;
        if get(&device, "term").await?.as_f64() != Some(f64::from(self.term)) {
            return Err(StoreError::NotLeading);
        }
        let mut people = read_list(&device, "people").await?;
        let mut leaving = read_list(&device, "leaving").await?;
        change(&mut people, &mut leaving);
        put(&device, "people", &json::written(&people)?.into())?;
        put(&device, "leaving", &json::written(&leaving)?.into())?;
        transaction.commit().await
    }
}

/// Has the browser begin a new log before anything is written.
///
/// Chromium notes all writes of a site in one log until it is moved into tables. When it dies amid a write it leaves half of one at the
/// log's end, and at its next start goes on writing behind that; at the start after that it takes the log for damaged, and deletes every
/// database of the site. It moves the log into tables when a database is deleted, and what was half is gone with it.
async fn renew_log() -> Result<(), StoreError> {
    database::delete(EMPTY).await?;
    let made = open(EMPTY, 1, |database, _| database.create_object_store(DEVICE).map(drop)).await?;
    made.close();
    Ok(())
}

async fn get(store: &IdbObjectStore, key: &str) -> Result<JsValue, StoreError> {
    answered(&store.get(&key.into()).map_err(|error| failed(&error))?).await
}

fn put(store: &IdbObjectStore, key: &str, value: &JsValue) -> Result<(), StoreError> {
    store.put_with_key(value, &key.into()).map(drop).map_err(|error| failed(&error))
}

async fn read_list<T: serde::de::DeserializeOwned>(store: &IdbObjectStore, key: &str) -> Result<Vec<T>, StoreError> {
    let found = get(store, key).await?;
    if found.is_undefined() {
        return Ok(Vec::new());
    }
    json::read(&values::read_text(&found, "the people of this device")?, "the people of this device")
}
