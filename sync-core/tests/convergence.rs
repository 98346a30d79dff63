//! Promise 4: the same changes give the same records, whatever the order, the repeats and the batches.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

#[expect(dead_code, reason = "shared by several test programs; none uses all of it")]
mod harness;

use harness::{Center, begin, candidate_of, key, pen};
use proptest::prelude::*;
use sync_core::{
    crdt::Change,
    id::Digest,
    merge::Sentence,
    record::{Edit, Record, Value, Values, Verdict},
    replica::{ChangeRow, ChangeState, assemble},
};

// In a browser they are run by another hand.
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Something that one of three devices does to a record.
#[derive(Clone, Debug)]
enum Deed {
    Set(u8, i64),
    Name(u8, String),
    Clear(u8),
    Count(u8, i64),
    Type(u8, String),
    Help(u8, i64),
    Comment(u8, String),
    Review(u8, Verdict),
    /// One device hears all that another one has.
    Hear(u8, u8),
}

fn deed() -> impl Strategy<Value = Deed> {
    let who = 0..3u8;
    let verdict = prop_oneof![Just(Verdict::Approved), Just(Verdict::Returned), Just(Verdict::Void)];
    prop_oneof![
        3 => (who.clone(), 0..50i64).prop_map(|(w, n)| Deed::Set(w, n)),
        3 => (who.clone(), "[a-z嘎托镇]{1,6}").prop_map(|(w, s)| Deed::Name(w, s)),
        1 => who.clone().prop_map(Deed::Clear),
        2 => (who.clone(), -3..9i64).prop_map(|(w, n)| Deed::Count(w, n)),
        3 => (who.clone(), "[高血压筛查abc]{0,9}").prop_map(|(w, s)| Deed::Type(w, s)),
        1 => (who.clone(), 0..9i64).prop_map(|(w, n)| Deed::Help(w, n)),
        1 => (who.clone(), "[a-z]{1,9}").prop_map(|(w, s)| Deed::Comment(w, s)),
        1 => (Just(2u8), verdict).prop_map(|(w, v)| Deed::Review(w, v)),
        4 => (who.clone(), who).prop_map(|(a, b)| Deed::Hear(a, b)),
    ]
}

/// What three devices (two recorders, one reviewer) make of one record; every change they made, in the order of making.
fn play(deeds: &[Deed]) -> Vec<Change> {
    let (record, first) = begin(1, 1_000);
    let mut devices: Vec<(Record, Vec<Change>)> = vec![(record, vec![first.clone()]); 3];
    let mut all = vec![first];
    for (step, deed) in deeds.iter().enumerate() {
        let time = 2_000 + step as i64;
        let pen_of = |w: u8| pen([1, 2, 10][usize::from(w)], time);
        let mut edit = |w: u8, edits: &[Edit]| {
            let device = &mut devices[usize::from(w)];
            device.0.edit(edits, pen_of(w)).ok().inspect(|c| device.1.push(c.clone()))
        };
        let change = match deed {
            Deed::Set(w, n) => edit(*w, &[Edit::Set(key("seen"), Value::Integer(*n))]),
            Deed::Name(w, s) => edit(*w, &[Edit::Set(key("place"), Value::Text(s.clone()))]),
            Deed::Clear(w) => edit(*w, &[Edit::Clear(key("seen"))]),
            Deed::Count(w, n) => edit(*w, &[Edit::Count(key("visits"), *n)]),
            Deed::Type(w, s) => edit(*w, &[Edit::Set(key("notes"), Value::Narrative(s.clone()))]),
            Deed::Help(w, n) => {
                edit(*w, &[Edit::AddEntry(key("helpers"), Values::from([(key("hours"), Value::Integer(*n))]))])
            }
            Deed::Comment(w, s) => {
                let device = &mut devices[usize::from(*w)];
                device.0.comment(s, pen_of(*w)).ok().inspect(|c| device.1.push(c.clone()))
            }
            Deed::Review(w, v) => {
                let device = &mut devices[usize::from(*w)];
                device.0.review(*v, "", None, pen_of(*w)).ok().inspect(|c| device.1.push(c.clone()))
            }
            Deed::Hear(a, b) => {
                let theirs = devices[usize::from(*b)].1.clone();
                let (record, mine) = &mut devices[usize::from(*a)];
                for change in theirs {
                    if !mine.contains(&change) {
                        record.take(&change, &change.parts().unwrap()).unwrap();
                        mine.push(change);
                    }
                }
                None
            }
        };
        all.extend(change);
    }
    all
}

fn shuffled<T: Clone>(items: &[T], mut seed: u64) -> Vec<T> {
    let mut items = items.to_vec();
    for i in (1..items.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(i, (seed >> 33) as usize % (i + 1));
    }
    items
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn any_order_any_repeats_any_batches_give_the_same_records(
        deeds in prop::collection::vec(deed(), 1..40),
        seed: u64,
        batch in 1..9usize,
    ) {
        let all = play(&deeds);
        let mut straight = Center::new();
        let sentences = straight.take(&all.iter().map(candidate_of).collect::<Vec<_>>());
        prop_assert!(sentences.iter().all(|s| matches!(s, Sentence::Accepted { .. })), "{sentences:?}");

        let repeated: Vec<_> = all.iter().chain(all.iter().step_by(2)).cloned().collect();
        let mut other = Center::new();
        for part in shuffled(&repeated, seed).chunks(batch) {
            other.take(&part.iter().map(candidate_of).collect::<Vec<_>>());
        }
        prop_assert_eq!(straight.views(), other.views());
        prop_assert_eq!(other.wall.panics.get(), 0);

        // A device that has the same changes shows the same record, and both ends come to the same digest.
        let id = *straight.records.keys().next().unwrap();
        let row = |change: &Change| ChangeRow {
            hash: change.hash(),
            record: Some(id),
            unit: "markam".parse().unwrap(),
            actor: change.actor().unwrap(),
            position: None,
            state: ChangeState::Stored,
            own: false,
            raw: change.raw().to_vec(),
        };
        let rows: Vec<_> = shuffled(&all, seed ^ 1).iter().map(row).collect();
        let device = assemble(&rows).unwrap();
        prop_assert_eq!(device.view(), straight.records[&id].view());
        let hashes: Vec<_> = rows.iter().map(|r| r.hash).collect();
        let entered: Vec<_> = device.ledger().entries().iter().map(|e| e.hash).collect();
        prop_assert_eq!(hashes.iter().collect::<Digest>(), entered.iter().collect::<Digest>());
        prop_assert!(device.document().check_engine().is_ok());
    }

    #[test]
    fn nothing_typed_is_dropped(
        a in "[a-z嘎托镇]{1,8}",
        b in "[a-z嘎托镇]{1,8}",
        typed_a in "[高血压筛]{1,6}",
        typed_b in "[abcdef]{1,6}",
        counts in prop::collection::vec(1..50i64, 2),
    ) {
        // What stands there already is not written again, and so cannot disagree.
        prop_assume!(a != "嘎托镇" && b != "嘎托镇");
        let (mut left, first) = begin(1, 1);
        let mut right = Record::begin(&first, &first.parts().unwrap()).unwrap();
        let edit = |place: &str, notes: String, count| [
            Edit::Set(key("place"), Value::Text(place.into())),
            Edit::Set(key("notes"), Value::Narrative(notes)),
            Edit::Count(key("visits"), count),
        ];
        let from_left = left.edit(&edit(&a, format!("{typed_a}高血压筛查"), counts[0]), pen(1, 2)).unwrap();
        let from_right = right.edit(&edit(&b, format!("高血压筛查{typed_b}"), counts[1]), pen(2, 3)).unwrap();
        left.take(&from_right, &from_right.parts().unwrap()).unwrap();
        right.take(&from_left, &from_left.parts().unwrap()).unwrap();
        prop_assert_eq!(left.view(), right.view());
        let view = left.view();
        prop_assert_eq!(&view.values[&key("visits")], &Value::Tally(3 + counts[0] + counts[1]));
        prop_assert_eq!(&view.values[&key("notes")], &Value::Narrative(format!("{typed_a}高血压筛查{typed_b}")));
        if a == b {
            prop_assert!(view.conflicts.is_empty());
        } else {
            let kept: Vec<_> = view.conflicts[0].values.iter().map(|(v, _)| v.clone()).collect();
            prop_assert!(kept.contains(&Value::Text(a)) && kept.contains(&Value::Text(b)));
            // A person chooses, and that settles it for everybody.
            let settled = left.edit(&[Edit::Set(key("place"), kept[0].clone())], pen(10, 4)).unwrap();
            right.take(&settled, &settled.parts().unwrap()).unwrap();
            prop_assert!(right.view().conflicts.is_empty());
            prop_assert_eq!(&right.view().values[&key("place")], &kept[0]);
        }
    }
}

#[test]
fn a_change_that_comes_again_leaves_a_record_as_it_is() {
    let (mut record, first) = begin(1, 1_000);
    let edit = record.edit(&[Edit::Count(key("visits"), 2)], pen(1, 2_000)).unwrap();
    let (before, told) = (record.view(), record.history().unwrap());
    for again in [&edit, &first] {
        record.take(again, &again.parts().unwrap()).unwrap();
    }
    assert_eq!((record.view(), record.history().unwrap()), (before, told));
}
