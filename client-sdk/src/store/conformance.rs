//! What every [`Store`] must do, as cases to be run on a fresh one each: [`store_conformance!`](crate::store_conformance) makes
//! a test of each case, with `tokio` or, when compiled for a browser, with `wasm-bindgen-test`.

use serde_json::{Map, Value as Json};
use sync_core::{
    form::{Fault, FaultCode},
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash, ClockMs, Digest, DraftId, RecordId, UnitCode},
    merge::Projection,
    record::{Status, Value, Values},
    replica::{
        Budget, ChangeRow, ChangeState, Draft, FeedState, Finished, Receipt, RecordRow, SyncState, VouchedRun, Write,
    },
    wire::{Author, Voucher},
};

use super::{Identity, RecordFilter, Store, StoreError, Summary};

/// How a case ends when the store fails; a store that answers wrongly panics it.
pub type Case = Result<(), StoreError>;

/// Makes a test of every case. `$fresh` is an expression that gives a [`Store`] with nothing in it, and whatever must live as long;
/// it may `await`.
#[macro_export]
macro_rules! store_conformance {
    ($fresh:expr) => {
        $crate::store_conformance!($fresh; an_empty_store_has_nothing, what_is_committed_is_there, a_change_keeps_its_place_and_bytes, many_writes_of_one_commit_are_made_in_their_order,
            the_outbox_is_cut_to_its_budget, forgetting_positions_brings_back_what_was_not_settled, positions_are_found,
            vouchers_are_found_by_any_of_their_changes, summaries_are_filtered_and_sorted, names_are_found_by_their_beginning, drafts_are_kept_until_they_are_dropped, turns_are_taken, only_one_syncs);
    };
    ($fresh:expr; $($case:ident),+) => {
        $(#[cfg_attr(target_family = "wasm", wasm_bindgen_test::wasm_bindgen_test)]
        #[cfg_attr(not(target_family = "wasm"), tokio::test)]
        async fn $case() {
            let (store, _alive) = $fresh;
            $crate::store::conformance::$case(&store).await.expect("the store failed");
        })+
    };
}

fn id<T: core::str::FromStr<Err: core::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a valid name")
}

fn hash(n: u8) -> ChangeHash {
    ChangeHash([n; 32])
}

fn record_id(n: u8) -> RecordId {
    RecordId::of_first_change(&hash(n))
}

fn row(n: u8, record: Option<u8>, state: ChangeState) -> ChangeRow {
    ChangeRow {
        hash: hash(n),
        record: record.map(record_id),
        unit: id("markam-hospital"),
        actor: ActorKey([n; 8]),
        position: (state == ChangeState::Stored).then_some(u64::from(n)),
        state,
        own: n.is_multiple_of(2),
        raw: vec![n; 100],
    }
}

fn held() -> ChangeState {
    ChangeState::Held(Reason::new(ReasonCode::NoPermission, "values of a record in this unit"))
}

fn summary(n: u8, on: Option<&str>) -> RecordRow {
    let place = Value::Text(format!("Gartok {n} 嘎托镇"));
    let values: Values = [(id("place"), place), (id("patients_seen"), Value::Integer(i64::from(n)))].into();
    let projection = Projection {
        id: record_id(n),
        unit: id("markam-hospital"),
        form: id("clinic.outreach"),
        form_version: 1,
        worker: id("doctor-03"),
        created_ms: 1_000 + i64::from(n),
        on: on.map(id),
        status: Status::Open,
        values,
        conflicts: vec!["place".into()],
        faults: vec![Fault { field: "patients_seen".into(), code: FaultCode::TooSmall { min: 0 } }],
        comments: 2,
        changes: 3,
        contribution: None,
    };
    RecordRow { projection, receipt: Receipt::OnThisDevice }
}

async fn commit<S: Store>(store: &S, writes: Vec<Write>) -> Case {
    let right = store.exclusive().await?;
    store.commit(&right, writes).await
}

fn hashes(rows: &[ChangeRow]) -> Vec<u8> {
    rows.iter().map(|row| row.hash.0[0]).collect()
}

fn sorted(rows: &[ChangeRow]) -> Vec<u8> {
    let mut hashes = hashes(rows);
    hashes.sort_unstable();
    hashes
}

/// Nothing is there, and asking is no error.
pub async fn an_empty_store_has_nothing<S: Store>(store: &S) -> Case {
    assert_eq!(store.identity().await?, None);
    assert_eq!(store.sync_state().await?, SyncState::default());
    assert_eq!(store.catalog().await?, None);
    assert!(store.feeds().await?.is_empty());
    assert!(store.outbox(1_000, 10).await?.is_empty());
    assert!(store.rows(&[]).await?.is_empty());
    assert!(store.rows(&[hash(1)]).await?.is_empty());
    assert!(store.records(&RecordFilter::default()).await?.is_empty());
    assert_eq!(store.waiting().await?, 0);
    assert!(!store.lacks_positions().await?);
    commit(store, Vec::new()).await
}

/// Every kind of write, and a second of the same key in its place.
pub async fn what_is_committed_is_there<S: Store>(store: &S) -> Case {
    let identity = Identity {
        server: id("https://cairn.example"),
        server_key: "a2V5".into(),
        token: "secret".into(),
        device: "d1".into(),
        user: id("doctor-03"),
        name: "医生 03".into(),
        secret: [7; 32],
    };
    let right = store.exclusive().await?;
    store.enrol(&right, identity.clone()).await?;
    store.enrol(&right, Identity { token: "new".into(), ..identity.clone() }).await?;
    drop(right);
    assert_eq!(store.identity().await?, Some(Identity { token: "new".into(), ..identity }));

    let state = SyncState { epoch: Some(u64::MAX), catalog: 3, push: Budget::START.doubled(), ..SyncState::default() };
    let feed = FeedState { fetch: vec![1, u64::MAX], held: Digest(5), met: true, ..FeedState::new(id("markam")) };
    let gone = FeedState { gone: true, suspect: true, top: 9, missing_below: 4, ..feed.clone() };
    let author = Author { actor: ActorKey([1; 8]), user: id("nurse-01") };
    let renamed = Author { user: id("nurse-02"), ..author.clone() };
    let writes = vec![
        Write::Sync(state.clone()),
        Write::Catalog("{}".into()),
        Write::Catalog(r#"{"a":1}"#.into()),
        Write::Feed(feed),
        Write::Feed(gone.clone()),
        Write::Author(author),
        Write::Author(renamed.clone()),
        Write::Record(summary(1, Some("2021-03-01"))),
        Write::Record(summary(1, Some("2021-03-02"))),
        Write::Change(row(1, Some(1), ChangeState::Waiting)),
        Write::Change(row(2, None, held())),
    ];
    commit(store, writes).await?;
    assert_eq!(store.sync_state().await?, state);
    assert_eq!(store.catalog().await?.as_deref(), Some(r#"{"a":1}"#));
    assert_eq!(store.feeds().await?, [gone]);
    assert_eq!(store.authors(&[ActorKey([1; 8]), ActorKey([2; 8])]).await?, [renamed]);
    assert_eq!(store.record(record_id(1)).await?, Some(Summary::from(&summary(1, Some("2021-03-02")))));
    assert_eq!(store.rows(&[hash(1)]).await?, [row(1, Some(1), ChangeState::Waiting)]);
    assert_eq!(store.rows(&[hash(2), hash(3)]).await?, [row(2, None, held())]);
    assert_eq!(hashes(&store.orphans().await?), [2]);
    assert_eq!(hashes(&store.rows_of_records(&[record_id(1), record_id(3)]).await?), [1]);
    assert_eq!(sorted(&store.rows_of_feed(&id("markam-hospital")).await?), [1, 2]);
    assert!(store.rows_of_feed(&id("markam")).await?.is_empty());
    assert_eq!(hashes(&store.unsettled().await?), [2]);
    Ok(())
}

/// A row that is written again keeps its place in the outbox; one that is settled leaves it, and may come back.
pub async fn a_change_keeps_its_place_and_bytes<S: Store>(store: &S) -> Case {
    let waiting = |n| row(n, Some(n), ChangeState::Waiting);
    commit(store, [9, 3, 5].into_iter().map(|n| Write::Change(waiting(n))).collect()).await?;
    commit(store, vec![Write::Change(waiting(9)), Write::Change(row(3, Some(3), ChangeState::Stored))]).await?;
    assert_eq!(hashes(&store.outbox(10_000, 10).await?), [9, 5]);
    assert_eq!(store.waiting().await?, 2);
    assert_eq!(store.stored_in_feed(&id("markam-hospital")).await?, [hash(3)]);
    commit(store, vec![Write::Change(waiting(3))]).await?;
    assert_eq!(store.outbox(10_000, 10).await?, [waiting(9), waiting(3), waiting(5)]);
    assert!(store.stored_in_feed(&id("markam-hospital")).await?.is_empty());
    assert!(store.unsettled().await?.is_empty());
    Ok(())
}

/// However a store groups what is alike: each is written, in its place, and of one that is written twice the second counts.
pub async fn many_writes_of_one_commit_are_made_in_their_order<S: Store>(store: &S) -> Case {
    let names = || (1..=250).rev();
    let waiting = |n| Write::Change(row(n, Some(n), ChangeState::Waiting));
    let stored = |n| Write::Change(row(n, Some(n), ChangeState::Stored));
    let shown = |n, day| Write::Record(summary(n, Some(day)));
    let changes = names().map(waiting).chain([stored(1)]);
    let records = names().map(|n| shown(n, "2021-03-15")).chain([shown(1, "2021-03-16")]);
    let again = [Write::ForgetPositions, waiting(1), shown(250, "2021-03-17"), stored(250)];
    commit(store, changes.chain(records).chain(again).collect()).await?;
    // In the order in which they were first written; 250 is stored, and 1 was for a while.
    let waits: Vec<u8> = (1..250).rev().collect();
    assert_eq!(hashes(&store.outbox(u32::MAX, 1_000).await?), waits);
    let listed = store.records(&RecordFilter::default()).await?;
    assert_eq!(listed.len(), 250);
    assert_eq!([listed[0].id, listed[1].id], [250, 1].map(record_id));
    Ok(())
}

/// At least one row, never more than asked for.
pub async fn the_outbox_is_cut_to_its_budget<S: Store>(store: &S) -> Case {
    commit(store, (1..=5).map(|n| Write::Change(row(n, Some(n), ChangeState::Waiting))).collect()).await?;
    for (bytes, changes, expected) in
        [(0, 9, 1), (99, 9, 1), (200, 9, 2), (299, 9, 2), (10_000, 3, 3), (u32::MAX, 9, 5)]
    {
        assert_eq!(store.outbox(bytes, changes).await?.len(), expected, "{bytes} bytes, {changes} changes");
    }
    assert_eq!(store.waiting().await?, 5);
    Ok(())
}

/// Positions mean nothing to another server; what it did not settle waits again, and what was rejected there.
pub async fn forgetting_positions_brings_back_what_was_not_settled<S: Store>(store: &S) -> Case {
    let refused = |code: ReasonCode| ChangeState::Refused(code.into());
    let (rejected, bad) = (refused(ReasonCode::Rejected), refused(ReasonCode::BadValue));
    let states = [ChangeState::Stored, held(), ChangeState::Parked, bad.clone(), ChangeState::Waiting, rejected];
    let forgotten = states.each_ref().map(ChangeState::is_of_one_store);
    assert_eq!(forgotten, [false, true, true, false, false, true]);
    let rows = (1..).zip(states).map(|(n, state)| Write::Change(row(n, Some(n), state)));
    commit(store, rows.collect()).await?;
    assert!(!store.lacks_positions().await?);
    assert_eq!(hashes(&store.unsettled().await?), [2, 3, 4, 6]);
    // In its place among others: what comes after it counts.
    commit(store, vec![Write::ForgetPositions, Write::Change(row(7, Some(7), ChangeState::Stored))]).await?;
    assert!(store.lacks_positions().await?);
    assert_eq!(store.rows(&[hash(1)]).await?, [ChangeRow { position: None, ..row(1, Some(1), ChangeState::Stored) }]);
    assert_eq!(hashes(&store.outbox(10_000, 10).await?), [2, 3, 5, 6]);
    assert_eq!(store.rows(&[hash(4)]).await?, [row(4, Some(4), bad)]);
    assert_eq!(store.at_positions(&[(id("markam-hospital"), 7), (id("markam-hospital"), 1)]).await?.len(), 1);
    Ok(())
}

/// By feed and position, as far as known.
pub async fn positions_are_found<S: Store>(store: &S) -> Case {
    let unit: UnitCode = id("markam-hospital");
    let elsewhere = ChangeRow { unit: id("riwoqe"), position: Some(1), ..row(2, Some(2), ChangeState::Stored) };
    commit(store, vec![Write::Change(row(1, Some(1), ChangeState::Stored)), Write::Change(elsewhere)]).await?;
    let wanted = [(unit.clone(), 1), (unit.clone(), 2), (id("riwoqe"), 1), (id("riwoqe"), u64::MAX), (unit.clone(), 1)];
    let found = store.at_positions(&wanted).await?;
    let expected = [((unit, 1), (hash(1), ActorKey([1; 8]))), ((id("riwoqe"), 1), (hash(2), ActorKey([2; 8])))];
    assert_eq!(found, expected.into());
    assert!(store.at_positions(&[]).await?.is_empty());
    Ok(())
}

/// Whole and in order, the newest run first; one that is received again is the same.
pub async fn vouchers_are_found_by_any_of_their_changes<S: Store>(store: &S) -> Case {
    let run = |voucher, changes: &[u8]| VouchedRun {
        voucher: Voucher([voucher; 8]),
        changes: changes.iter().map(|n| (hash(*n), ActorKey([*n; 8]))).collect(),
    };
    let (first, second, third) = (run(9, &[5, 3, 4]), run(1, &[2, 5]), run(5, &[6]));
    assert!(store.vouched(&[hash(5)]).await?.is_empty());
    let mut writes: Vec<Write> = (2..=6).map(|n| Write::Change(row(n, Some(n), ChangeState::Stored))).collect();
    writes.extend([&first, &second, &first].map(|run| Write::Vouched(run.clone())));
    commit(store, writes).await?;
    commit(store, vec![Write::Vouched(third.clone()), Write::Vouched(second.clone())]).await?;
    assert_eq!(store.vouched(&[hash(4)]).await?, core::slice::from_ref(&first));
    assert_eq!(store.vouched(&[hash(5), hash(3)]).await?, [second.clone(), first.clone()]);
    assert_eq!(store.vouched(&[hash(6), hash(4), hash(2)]).await?, [third, second, first]);
    // Settled otherwise, or without their positions, they are the same changes.
    commit(store, vec![Write::ForgetPositions, Write::Change(row(4, Some(4), ChangeState::Waiting))]).await?;
    assert_eq!(store.vouched(&[hash(4)]).await?, [run(9, &[5, 3, 4])]);
    assert!(store.vouched(&[]).await?.is_empty());
    Ok(())
}

/// Newest day first, those without one before all.
pub async fn summaries_are_filtered_and_sorted<S: Store>(store: &S) -> Case {
    let mut approved = summary(4, Some("2021-03-02"));
    approved.projection.status = Status::Approved;
    approved.projection.unit = id("riwoqe");
    approved.projection.worker = id("nurse-01");
    approved.receipt = Receipt::Held { reason: Reason::new(ReasonCode::UnknownUnit, "x") };
    let (mut silent, mut fine, mut agreed) =
        (summary(1, Some("2021-03-02")), summary(2, None), summary(3, Some("2021-03-01")));
    silent.projection.comments = 0;
    fine.projection.faults.clear();
    agreed.projection.conflicts.clear();
    let rows = [silent, fine, agreed, approved];
    commit(store, rows.into_iter().map(Write::Record).collect()).await?;
    let all = RecordFilter::default;
    let cases: Vec<(RecordFilter, &[u8])> = vec![
        (all(), &[2, 4, 1, 3]),
        (RecordFilter { limit: Some(2), offset: 1, ..all() }, &[4, 1]),
        (RecordFilter { offset: 9, ..all() }, &[]),
        (RecordFilter { from: Some(id("2021-03-02")), ..all() }, &[4, 1]),
        (RecordFilter { to: Some(id("2021-03-01")), ..all() }, &[3]),
        (RecordFilter { units: vec![id("riwoqe"), id("markam")], ..all() }, &[4]),
        (RecordFilter { form: Some(id("clinic.rescue")), ..all() }, &[]),
        (RecordFilter { worker: Some(id("doctor-03")), status: Some("open".into()), ..all() }, &[2, 1, 3]),
        (RecordFilter { receipt: Some("held".into()), ..all() }, &[4]),
        (RecordFilter { text: Some("gartok 3 嘎".into()), ..all() }, &[3]),
        (RecordFilter { text: Some("place".into()), ..all() }, &[]),
        (RecordFilter { text: Some("100%_".into()), ..all() }, &[]),
        (RecordFilter { conflicting: true, ..all() }, &[2, 4, 1]),
        (RecordFilter { faulty: true, ..all() }, &[4, 1, 3]),
        (RecordFilter { commented: true, ..all() }, &[2, 4, 3]),
    ];
    for (filter, expected) in cases {
        let found: Vec<RecordId> = store.records(&filter).await?.iter().map(|s| s.id).collect();
        let expected: Vec<RecordId> = expected.iter().map(|n| record_id(*n)).collect();
        assert_eq!(found, expected, "{filter:?}");
        if (filter.limit, filter.offset) == (None, 0) {
            assert_eq!(store.count(&filter).await? as usize, expected.len(), "{filter:?}");
        }
    }
    assert_eq!(store.count(&RecordFilter { limit: Some(2), offset: 9, ..all() }).await?, 4);
    let held = store.record(record_id(4)).await?.expect("it was committed");
    assert_eq!(held.receipt, Receipt::Held { reason: Reason::new(ReasonCode::UnknownUnit, "x") });
    Ok(())
}

/// As people abbreviate them.
pub async fn names_are_found_by_their_beginning<S: Store>(store: &S) -> Case {
    commit(store, [0xab, 0xa1, 0x11].into_iter().map(|n| Write::Record(summary(n, None))).collect()).await?;
    assert_eq!(store.records_named("abab", 9).await?, [record_id(0xab)]);
    assert_eq!(store.records_named("a", 9).await?, [record_id(0xa1), record_id(0xab)]);
    assert_eq!(store.records_named("a", 1).await?.len(), 1);
    let whole = record_id(0x11).to_string();
    assert_eq!(store.records_named(&whole, 9).await?, [record_id(0x11)]);
    assert!(store.records_named("f", 9).await?.is_empty());
    Ok(())
}

/// The one worked on last first; what it became is kept with it.
pub async fn drafts_are_kept_until_they_are_dropped<S: Store>(store: &S) -> Case {
    let id = |n: u8| DraftId::of_random([n; 16]);
    let answers: Map<String, Json> =
        [("place".into(), "嘎托镇".into()), ("on".into(), Json::Null)].into_iter().collect();
    let draft = |n: u8, updated| Draft {
        id: id(n),
        record: None,
        form: self::id("clinic.outreach"),
        unit: None,
        answers: answers.clone(),
        updated: ClockMs(updated),
        finished: None,
    };
    assert!(store.drafts().await?.is_empty());
    assert_eq!(store.draft(id(1)).await?, None);
    let unit = Some(self::id("markam-hospital"));
    let edits = Draft { record: Some(record_id(7)), unit, answers: Map::new(), ..draft(2, 20) };
    commit(store, vec![Write::Draft(draft(1, 10)), Write::Draft(edits.clone()), Write::Draft(draft(3, 15))]).await?;
    assert_eq!(store.drafts().await?, [edits.clone(), draft(3, 15), draft(1, 10)]);
    let finished = Some(Finished { record: record_id(9), change: hash(9) });
    let done = Draft { finished, ..draft(1, 30) };
    commit(store, vec![Write::Draft(done.clone()), Write::DropDraft(id(3)), Write::DropDraft(id(99))]).await?;
    assert_eq!(store.drafts().await?, [done.clone(), edits]);
    assert_eq!(store.draft(id(1)).await?, Some(done));
    Ok(())
}

/// Whoever waits for the right gets it when it is given back, not earlier.
pub async fn turns_are_taken<S: Store>(store: &S) -> Case {
    let right = store.exclusive().await?;
    let given_back = core::cell::Cell::new(false);
    let second = async {
        let right = store.exclusive().await;
        assert!(given_back.get(), "two had the right at once");
        right.map(drop)
    };
    let first = async {
        // Reading needs no right. The other one has its chances meanwhile.
        for _ in 0..20 {
            assert_eq!(store.waiting().await?, 0);
        }
        given_back.set(true);
        drop(right);
        Ok(())
    };
    tokio::try_join!(second, first).map(drop)
}

/// A second sync is told so at once.
pub async fn only_one_syncs<S: Store>(store: &S) -> Case {
    let lease = store.sync_lease().await?;
    assert!(lease.is_some());
    assert!(store.sync_lease().await?.is_none());
    drop(lease);
    assert!(store.sync_lease().await?.is_some());
    Ok(())
}
