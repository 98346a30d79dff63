//! Who is enrolled on this device, and their replicas.

use std::{cell::RefCell, collections::BTreeMap};

use cairn_client::{
    BrowserClock, Engine, FetchTransport, IndexedDbStore, Store,
    engine::Redeemed,
    store::{Person, indexed_db::People},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{failure::Failure, replica::Replica, value};

/// The device, as the one program sees it that leads: a worker that holds the lock.
#[wasm_bindgen]
pub struct Device {
    people: People,
    /// One for each person whose replica is open.
    stores: RefCell<BTreeMap<String, IndexedDbStore>>,
}

#[wasm_bindgen]
impl Device {
    /// Opens the device and takes the lead: whatever led before fails from now on with the code `not_leading`.
    pub async fn open() -> Result<Device, JsValue> {
        let people = People::lead().await.map_err(Failure::from)?;
        Ok(Self { people, stores: RefCell::default() })
    }

    /// Who is enrolled here: a list of persons.
    pub async fn people(&self) -> Result<JsValue, JsValue> {
        let people = self.people.list().await.map_err(Failure::from)?;
        Ok(value::out(&people)?)
    }

    /// Trades a one-time code for this device's own token; gives back the person. A replica is made, or the one of the same
    /// user on the same server goes on.
    pub async fn enrol(&self, server: &str, code: &str, device_name: &str) -> Result<JsValue, JsValue> {
        Ok(value::out(&self.enrolled(server, code, device_name).await?)?)
    }

    /// Forgets a person, and deletes all that is here of them. Fails with the code `unsent_work` when some of it is only here,
    /// unless `even_if_unsent`.
    pub async fn forget(&self, id: &str, even_if_unsent: bool) -> Result<(), JsValue> {
        Ok(self.forgotten(id, even_if_unsent).await?)
    }

    /// The replica of a person, writing under a name of its own: one for each tab.
    pub async fn replica(&self, id: &str) -> Result<Replica, JsValue> {
        self.known(id).await?;
        let store = self.store(id).await?;
        let engine = Engine::open(store, FetchTransport::new(), BrowserClock).map_err(Failure::from)?;
        Ok(Replica::of(engine))
    }
}

impl Device {
    async fn enrolled(&self, server: &str, code: &str, device_name: &str) -> Result<Person, Failure> {
        let server = value::named(server)?;
        let transport = FetchTransport::new();
        let redeemed = Redeemed::by(&transport, &server, code, device_name).await?;
        let mut id = None;
        for person in self.people.list().await? {
            let known = self.store(&person.id).await?.identity().await?;
            if known.is_some_and(|known| redeemed.is_for(&known)) {
                id = Some(person.id);
            }
        }
        let id = id.map_or_else(new_name, Ok)?;
        let engine = Engine::open(self.store(&id).await?, transport, BrowserClock)?;
        let person = Person::of(id, &engine.adopt(redeemed).await?);
        self.people.keep(person.clone()).await?;
        Ok(person)
    }

    async fn forgotten(&self, id: &str, even_if_unsent: bool) -> Result<(), Failure> {
        self.known(id).await?;
        let store = self.store(id).await?;
        // Nobody writes to it any more from here on.
        let _right = store.exclusive().await?;
        let only_here = Engine::open(store.clone(), FetchTransport::new(), BrowserClock)?.only_here().await?;
        if only_here > 0 && !even_if_unsent {
            return Err(Failure::Unsent(only_here));
        }
        store.close();
        self.stores.borrow_mut().remove(id);
        Ok(self.people.forget(id).await?)
    }

    async fn known(&self, id: &str) -> Result<Person, Failure> {
        let found = self.people.list().await?.into_iter().find(|person| person.id == id);
        found.ok_or_else(|| Failure::NoSuchPerson(id.to_owned()))
    }

    /// The one store of a person.
    async fn store(&self, id: &str) -> Result<IndexedDbStore, Failure> {
        let open = self.stores.borrow().get(id).cloned();
        if let Some(store) = open {
            return Ok(store);
        }
        let store = self.people.store(id).await?;
        // Another call may have opened it meanwhile.
        Ok(self.stores.borrow_mut().entry(id.to_owned()).or_insert(store).clone())
    }
}

/// The name of a new database.
fn new_name() -> Result<String, Failure> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| cairn_client::Error::NoRandomness(error.to_string()))?;
    Ok(bytes.iter().fold(String::from("cairn-"), |name, byte| format!("{name}{byte:02x}")))
}
