//! What a device says of where its work stands: one word for a record, made of the states of its changes.

#![cfg_attr(
    not(target_family = "wasm"),
    expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")
)]
#![cfg(not(target_family = "wasm"))]

#[expect(dead_code, reason = "the center is for those who merge; here records are only written")]
mod harness;

use harness::{begin, form, key, pen};
use sync_core::{
    crdt::Change,
    form::FormSet,
    gate::{Reason, ReasonCode},
    record::{Edit, RecordError, Status, Value},
    replica::{ChangeRow, ChangeState, Receipt, assemble, record_row},
};

fn held(code: ReasonCode) -> ChangeState {
    ChangeState::Held(code.into())
}

fn refused(code: ReasonCode) -> ChangeState {
    ChangeState::Refused(code.into())
}

fn row(change: &Change, state: ChangeState) -> ChangeRow {
    let (record, first) = begin(1, 1_000);
    let unit = record.header().unit.clone();
    let _ = first;
    ChangeRow {
        hash: change.hash(),
        record: Some(record.id()),
        unit,
        actor: change.actor().unwrap(),
        position: None,
        state,
        own: true,
        raw: change.raw().to_vec(),
    }
}

#[test]
fn the_most_urgent_state_is_the_receipt() {
    let reason = |code: ReasonCode| -> Reason { code.into() };
    let (no, full) = (ReasonCode::NoPermission, ReasonCode::RecordFull);
    // From what asks for nothing to what asks for most.
    let ranked = [
        (ChangeState::Stored, Receipt::OnTheServer, "on_the_server"),
        (ChangeState::Parked, Receipt::Parked, "parked"),
        (ChangeState::Waiting, Receipt::OnThisDevice, "on_this_device"),
        (held(no), Receipt::Held { reason: reason(no) }, "held"),
        (refused(ReasonCode::Empty), Receipt::Refused { reason: reason(ReasonCode::Empty) }, "refused"),
    ];
    assert_eq!(Receipt::of([]), Receipt::OnTheServer);
    for (low, (one, receipt, word)) in ranked.iter().enumerate() {
        assert_eq!((&Receipt::of([one]), receipt.word()), (receipt, *word));
        for (other, more, _) in &ranked[low..] {
            assert_eq!(&Receipt::of([one, other]), more);
            assert_eq!(&Receipt::of([other, one]), more);
        }
    }
    // Of two that are as urgent, the first one's reason is told.
    assert_eq!(Receipt::of([&held(full), &held(no)]), Receipt::Held { reason: reason(full) });
}

#[test]
fn a_state_is_kept_under_its_number() {
    let reason: Reason = ReasonCode::NoPermission.into();
    let states = [
        ChangeState::Waiting,
        ChangeState::Stored,
        ChangeState::Parked,
        held(ReasonCode::NoPermission),
        refused(ReasonCode::NoPermission),
    ];
    for (number, state) in states.into_iter().enumerate() {
        assert_eq!(usize::from(state.number()), number);
        assert_eq!(state.reason(), (number >= 3).then_some(&reason));
        assert_eq!(ChangeState::from_number(state.number(), state.reason().cloned()), Some(state.clone()));
    }
    // What is held or refused is so for a reason; and no other number means anything.
    assert_eq!(ChangeState::from_number(3, None), None);
    assert_eq!(ChangeState::from_number(4, None), None);
    assert_eq!(ChangeState::from_number(5, Some(reason)), None);
}

#[test]
fn what_was_refused_is_left_out_and_so_is_what_builds_on_it() {
    let (mut record, first) = begin(1, 1_000);
    let seen = |n: i64| [Edit::Set(key("seen"), Value::Integer(n))];
    let one = record.edit(&seen(1), pen(1, 2_000)).unwrap();
    let two = record.edit(&seen(2), pen(1, 3_000)).unwrap();
    let shown = |states: [ChangeState; 3]| {
        let [a, b, c] = states;
        // In the wrong order, as a store may give them.
        let rows = [row(&two, c), row(&one, b), row(&first, a)];
        assemble(&rows).map(|record| record.view().values[&key("seen")].clone())
    };
    let stored = || ChangeState::Stored;
    let no = || refused(ReasonCode::Empty);
    assert_eq!(shown([stored(), stored(), stored()]).unwrap(), Value::Integer(2));
    assert_eq!(shown([stored(), stored(), no()]).unwrap(), Value::Integer(1));
    assert_eq!(shown([stored(), no(), stored()]).unwrap(), Value::Integer(12));
    assert_eq!(shown([stored(), held(ReasonCode::NoPermission), ChangeState::Waiting]).unwrap(), Value::Integer(2));
    // One that was refused as a whole is shown as it was written.
    assert_eq!(shown([no(), no(), no()]).unwrap(), Value::Integer(2));
    assert!(matches!(assemble(&[row(&two, stored()), row(&first, stored())]), Err(RecordError::Gap)));

    let mut forms = FormSet::new();
    forms.insert(form()).unwrap();
    let states = [stored(), ChangeState::Waiting];
    let summary = record_row(&record, &forms, &states);
    let (unit, form, worker, on, status, receipt) = summary.columns();
    assert_eq!((unit.as_str(), form.as_str(), worker.as_str()), ("markam", "test.every_kind", "worker-1"));
    assert_eq!((on.unwrap().to_string().as_str(), status, receipt), ("2021-05-01", Status::Open, "on_this_device"));
    assert!(summary.projection.contribution.is_some());
}
