//! The one transaction of a commit. First it asks for all that it must know, then it writes; in between nothing else is awaited.

use std::collections::{BTreeMap, BTreeSet};

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore};

use sync_core::{
    id::ChangeHash,
    replica::{ChangeRow, ChangeState, RecordRow, VouchedRun, Write},
    wire::Voucher,
};

use super::{
    json,
    names::Names,
    order,
    schema::{AUTHORS, CHANGES, DRAFTS, FEEDS, RECORDS, REPLICA, TABLES, VOUCHERS},
    transaction::{Transaction, all_answered, answered, failed},
    values::{self, RecordValue, object},
};
use crate::store::{Identity, StoreError, Summary};

type Done = Result<(), StoreError>;

/// Changes that are read at a time when all of them are gone through.
const ROWS: u32 = 500;

/// Takes the lead of a replica, unless a later leader has it.
pub(super) async fn lead(database: &IdbDatabase, term: u32) -> Done {
    let transaction = Transaction::writing(database, &[REPLICA])?;
    let replica = transaction.store(REPLICA)?;
    let found = answered(&thrown(replica.get(&"term".into()))?).await?;
    if found.as_f64().is_some_and(|found| found > f64::from(term)) {
        return Err(StoreError::NotLeading);
    }
    put(&replica, "term", &term.into())?;
    transaction.commit().await
}

/// Commits `writes` as one, if this program still leads.
pub(super) async fn commit(database: &IdbDatabase, term: u32, names: &Names, writes: Vec<Write>) -> Done {
    let transaction = Transaction::writing(database, &TABLES)?;
    let mut batch = Batch::begin(&transaction, term, names, &writes).await?;
    for write in writes {
        match write {
            Write::Change(row) => batch.change(&row)?,
            Write::Vouched(run) => batch.vouched(&run)?,
            Write::Record(row) => batch.record(&row)?,
            Write::Feed(feed) => {
                let key = JsValue::from_str(feed.unit.as_str());
                thrown(batch.feeds.put_with_key(&json::feed(feed)?.into(), &key))?;
            }
            Write::Author(author) => {
                let user = JsValue::from_str(author.user.as_str());
                thrown(batch.authors.put_with_key(&user, &values::bytes(&author.actor.0)))?;
            }
            Write::Sync(state) => put(&batch.replica, "sync", &json::written(&state)?.into())?,
            Write::Catalog(text) => put(&batch.replica, "catalog", &text.into())?,
            Write::Draft(draft) => {
                let key = values::bytes(draft.id.as_bytes());
                thrown(batch.drafts.put_with_key(&json::draft(draft)?.into(), &key))?;
            }
            Write::DropDraft(id) => drop(thrown(batch.drafts.delete(&values::bytes(id.as_bytes())))?),
            Write::ForgetPositions => batch.forget_positions().await?,
        }
    }
    batch.end()?;
    transaction.commit().await
}

/// Keeps who this device is, if this program still leads.
pub(super) async fn enrol(database: &IdbDatabase, term: u32, identity: Identity) -> Done {
    let transaction = Transaction::writing(database, &[REPLICA])?;
    let replica = transaction.store(REPLICA)?;
    fenced(&answered(&thrown(replica.get(&"term".into()))?).await?, term)?;
    put(&replica, "identity", &json::identity(identity)?.into())?;
    transaction.commit().await
}

fn fenced(found: &JsValue, term: u32) -> Done {
    if found.as_f64() == Some(f64::from(term)) { Ok(()) } else { Err(StoreError::NotLeading) }
}

fn thrown<T>(result: Result<T, JsValue>) -> Result<T, StoreError> {
    result.map_err(|error| failed(&error))
}

fn put(store: &IdbObjectStore, key: &str, value: &JsValue) -> Done {
    thrown(store.put_with_key(value, &key.into())).map(drop)
}

/// What a commit knows, and where it writes.
struct Batch {
    replica: IdbObjectStore,
    changes: IdbObjectStore,
    records: IdbObjectStore,
    feeds: IdbObjectStore,
    authors: IdbObjectStore,
    vouchers: IdbObjectStore,
    drafts: IdbObjectStore,
    /// As the how manyth the last change or voucher came.
    made: u64,
    /// As the how manyth those came that are here already.
    places: BTreeMap<ChangeHash, u64>,
    vouched: BTreeSet<Voucher>,
}

impl Batch {
    async fn begin(transaction: &Transaction, term: u32, names: &Names, writes: &[Write]) -> Result<Self, StoreError> {
        let replica = transaction.store(REPLICA)?;
        let changes = transaction.store(CHANGES)?;
        let vouchers = transaction.store(VOUCHERS)?;
        let known = |hash: &ChangeHash| names.may_have(hash);
        let hashes: BTreeSet<ChangeHash> = writes.iter().filter_map(change_of).filter(known).collect();
        names.add(writes.iter().filter_map(change_of));
        let runs: BTreeSet<Voucher> = writes.iter().filter_map(voucher_of).collect();

        let mut requests = vec![thrown(replica.get(&"term".into()))?, thrown(replica.get(&"made".into()))?];
        for hash in &hashes {
            requests.push(thrown(changes.get(&values::bytes(&hash.0)))?);
        }
        for run in &runs {
            requests.push(thrown(vouchers.get_key(&values::bytes(&run.0)))?);
        }
        let found = all_answered(&requests).await?;
        let (words, rest) = found.split_at(2);
        let (rows, known) = rest.split_at(hashes.len());
        fenced(&words[0], term)?;
        let made = if words[1].is_undefined() { 0 } else { values::read_number(&words[1], "the count of changes")? };
        let mut places = BTreeMap::new();
        for (hash, row) in hashes.into_iter().zip(rows).filter(|(_, row)| !row.is_undefined()) {
            places.insert(hash, values::read_made(row)?);
        }
        let known = runs.into_iter().zip(known).filter(|(_, key)| !key.is_undefined());
        let vouched = known.map(|(voucher, _)| voucher).collect();
        Ok(Self {
            replica,
            changes,
            records: transaction.store(RECORDS)?,
            feeds: transaction.store(FEEDS)?,
            authors: transaction.store(AUTHORS)?,
            vouchers,
            drafts: transaction.store(DRAFTS)?,
            made,
            places,
            vouched,
        })
    }

    /// Keeps the numbers for the next commit.
    fn end(self) -> Done {
        put(&self.replica, "made", &values::number(self.made).into())
    }

    fn change(&mut self, row: &ChangeRow) -> Done {
        let made = *self.places.entry(row.hash).or_insert_with(|| {
            self.made += 1;
            self.made
        });
        thrown(self.changes.put(&values::change(row, made))).map(drop)
    }

    fn vouched(&mut self, run: &VouchedRun) -> Done {
        if !self.vouched.insert(run.voucher) {
            return Ok(());
        }
        self.made += 1;
        thrown(self.vouchers.put(&values::voucher(run, self.made))).map(drop)
    }

    fn record(&self, row: &RecordRow) -> Done {
        let record = Summary::from(row);
        let value: RecordValue = object();
        value.set_id(values::bytes(record.id.as_bytes()));
        value.set_order(values::bytes(&order::key(&record)));
        value.set_summary(&json::summary(record)?);
        thrown(self.records.put(&value)).map(drop)
    }

    async fn forget_positions(&self) -> Done {
        let mut range = JsValue::UNDEFINED;
        loop {
            let found = answered(&thrown(self.changes.get_all_with_key_and_limit(&range, ROWS))?).await?;
            let found = Array::from(&found);
            for value in found.iter() {
                let mut row = values::read_change(&value)?;
                let is_forgotten = row.state.is_of_one_store();
                if row.position.is_none() && !is_forgotten {
                    continue;
                }
                row.position = None;
                if is_forgotten {
                    row.state = ChangeState::Waiting;
                }
                thrown(self.changes.put(&values::change(&row, values::read_made(&value)?)))?;
            }
            if found.length() < ROWS {
                return Ok(());
            }
            let last = values::read_change(&found.get(ROWS - 1))?.hash;
            range = thrown(IdbKeyRange::lower_bound_with_open(&values::bytes(&last.0), true))?.unchecked_into();
        }
    }
}

fn change_of(write: &Write) -> Option<ChangeHash> {
    match write {
        Write::Change(row) => Some(row.hash),
        _ => None,
    }
}

fn voucher_of(write: &Write) -> Option<Voucher> {
    match write {
        Write::Vouched(run) => Some(run.voucher),
        _ => None,
    }
}
