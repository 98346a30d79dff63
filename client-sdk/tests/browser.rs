//! The store of a browser, in a browser: run by `tests/wasm-test.sh`.

#![cfg(target_family = "wasm")]
#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use cairn_client::{
    IndexedDbStore, Store, StoreError,
    store::{RecordFilter, indexed_db::People},
};
use sync_core::{
    id::RecordId,
    merge::Projection,
    record::Status,
    replica::{Receipt, RecordRow, Write},
};
use wasm_bindgen_test::wasm_bindgen_test;

/// The name of a database that is not there yet.
fn new_name() -> String {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    format!("test-{:016x}", u64::from_le_bytes(bytes))
}

cairn_client::store_conformance!((IndexedDbStore::open(&new_name(), 1).await.unwrap(), ()));

async fn commit(store: &IndexedDbStore, catalog: &str) -> Result<(), StoreError> {
    let right = store.exclusive().await?;
    store.commit(&right, vec![Write::Catalog(catalog.into())]).await
}

#[wasm_bindgen_test]
async fn whoever_leads_later_is_the_only_one_who_commits() {
    let name = new_name();
    let first = IndexedDbStore::open(&name, 1).await.unwrap();
    commit(&first, "one").await.unwrap();
    let second = IndexedDbStore::open(&name, 2).await.unwrap();
    assert_eq!(commit(&first, "late").await, Err(StoreError::NotLeading));
    assert_eq!(second.catalog().await.unwrap().as_deref(), Some("one"));
    commit(&second, "two").await.unwrap();
    assert_eq!(IndexedDbStore::open(&name, 1).await.err(), Some(StoreError::NotLeading));
    assert_eq!(commit(&first, "late").await, Err(StoreError::NotLeading));
    assert_eq!(second.catalog().await.unwrap().as_deref(), Some("two"));
}

#[wasm_bindgen_test]
async fn what_was_committed_is_there_when_the_store_is_opened_again() {
    let name = new_name();
    let store = IndexedDbStore::open(&name, 7).await.unwrap();
    commit(&store, "kept").await.unwrap();
    store.close();
    assert_eq!(store.catalog().await, Err(StoreError::Closed));
    assert_eq!(commit(&store, "lost").await, Err(StoreError::Closed));
    let again = IndexedDbStore::open(&name, 8).await.unwrap();
    assert_eq!(again.catalog().await.unwrap().as_deref(), Some("kept"));
}

fn summary(n: u32) -> RecordRow {
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&n.to_be_bytes());
    let day = format!("2021-{:02}-{:02}", n % 12 + 1, n % 28 + 1);
    let projection = Projection {
        id: RecordId::of_first_change(&sync_core::id::ChangeHash(hash)),
        unit: "markam-hospital".parse().unwrap(),
        form: if n.is_multiple_of(3) { "clinic.outreach" } else { "clinic.rescue" }.parse().unwrap(),
        form_version: 1,
        worker: "doctor-03".parse().unwrap(),
        created_ms: i64::from(n) - 600,
        on: if n.is_multiple_of(7) { None } else { Some(day.parse().unwrap()) },
        status: Status::Open,
        values: Default::default(),
        conflicts: Vec::new(),
        faults: Vec::new(),
        comments: 0,
        changes: 1,
        contribution: None,
    };
    RecordRow { projection, receipt: Receipt::OnTheServer }
}

/// Longer than what is read at a time, so that the seams between the pieces are met.
#[wasm_bindgen_test]
async fn a_long_list_is_the_same_in_pieces_and_as_that_of_another_store() {
    let here = IndexedDbStore::open(&new_name(), 1).await.unwrap();
    let memory = cairn_client::MemoryStore::new();
    let writes: Vec<Write> = (0..1_300).map(|n| Write::Record(summary(n))).collect();
    let right = here.exclusive().await.unwrap();
    here.commit(&right, writes.clone()).await.unwrap();
    memory.commit(&memory.exclusive().await.unwrap(), writes).await.unwrap();

    let form = Some("clinic.outreach".parse().unwrap());
    let days = (Some("2021-03-05".parse().unwrap()), Some("2021-09-20".parse().unwrap()));
    let filters = [
        RecordFilter::default(),
        RecordFilter { form, ..RecordFilter::default() },
        RecordFilter { from: days.0, to: days.1, ..RecordFilter::default() },
        RecordFilter { from: days.0, ..RecordFilter::default() },
        RecordFilter { to: days.1, ..RecordFilter::default() },
    ];
    for filter in filters {
        let expected = memory.records(&filter).await.unwrap();
        assert_eq!(here.records(&filter).await.unwrap(), expected, "{filter:?}");
        assert_eq!(here.count(&filter).await.unwrap() as usize, expected.len(), "{filter:?}");
        for (offset, limit) in [(0, 1), (1, 499), (499, 2), (500, 600), (1_299, 9), (1_300, 9)] {
            let page = RecordFilter { offset, limit: Some(limit), ..filter.clone() };
            assert_eq!(here.records(&page).await.unwrap(), memory.records(&page).await.unwrap(), "{page:?}");
        }
    }
}

#[wasm_bindgen_test]
async fn an_earlier_leader_changes_nothing_in_the_list_of_people() {
    let first = People::lead().await.unwrap();
    let second = People::lead().await.unwrap();
    assert!(second.term() > first.term());
    assert_eq!(first.forget("nobody").await, Err(StoreError::NotLeading));
    second.forget("nobody").await.unwrap();
}
