//! Whatever is written here is byte for byte what Automerge makes of the same: also of what no record writes, as a map in the place of a
//! tally.

use alloc::{collections::BTreeSet, string::String};

use automerge::{
    Automerge, AutomergeError, ObjType, ReadDoc, ScalarValue, TextEncoding,
    transaction::{CommitOptions, Transactable, Transaction},
};
use proptest::prelude::*;

use super::*;
use crate::{
    crdt::{Cell, Change, Document, change::actor_to_engine, engine::object_id},
    id::ClockMs,
};

const KEYS: [&str; 4] = ["a", "m", "n", "t"];

/// Something that is written, on the root or in the map that is shown at a key.
#[derive(Clone, Debug)]
enum Step {
    Map,
    Text(String),
    Put(Scalar),
    Count(i64),
    Delete,
    /// Of the text shown there: where, as a share of its length, how many characters go, and what comes.
    Splice(u8, usize, String),
}

type Place = (Option<usize>, usize, Step);

/// The same steps, done by Automerge.
struct Theirs<'w, 'd>(&'w mut Transaction<'d>);

impl Theirs<'_, '_> {
    fn step(&mut self, object: Object, key: &str, step: &Step) -> Result<(), AutomergeError> {
        let object = object_id(object);
        match step {
            Step::Map => self.0.put_object(&object, key, ObjType::Map).map(drop),
            Step::Text(content) => {
                self.0.put_object(&object, key, ObjType::Text).and_then(|text| self.0.splice_text(&text, 0, 0, content))
            }
            Step::Put(Scalar::Text(text)) => self.0.put(&object, key, ScalarValue::Str(text.as_str().into())),
            Step::Put(Scalar::Integer(n)) => self.0.put(&object, key, ScalarValue::Int(*n)),
            Step::Put(Scalar::YesNo(yes)) => self.0.put(&object, key, ScalarValue::Boolean(*yes)),
            Step::Put(Scalar::Tally(n)) => self.0.put(&object, key, ScalarValue::counter(*n)),
            Step::Count(by) => self.0.increment(&object, key, *by),
            Step::Delete => self.0.delete(&object, key),
            Step::Splice(at, gone, content) => {
                self.0.splice_text(&object, (*at).into(), isize::try_from(*gone).unwrap(), content)
            }
        }
    }
}

fn ours(w: &mut Writer, object: Object, key: &str, step: &Step) -> Result<(), DocumentError> {
    match step {
        Step::Map => w.make_map(object, key).map(drop),
        Step::Text(content) => w.make_text(object, key, content),
        Step::Put(value) => w.put(object, key, value),
        Step::Count(by) => w.increment(object, key, *by),
        Step::Delete => w.delete(object, key),
        Step::Splice(at, gone, content) => w.splice(object, (*at).into(), *gone, content),
    }
}

/// A record on one device, as it is here and in Automerge.
struct Replica {
    ours: Document,
    theirs: Automerge,
}

impl Replica {
    fn new() -> Self {
        Self { ours: Document::new(), theirs: Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint) }
    }

    fn map_at(&self, key: &str) -> Option<Object> {
        match self.ours.cells(Object::Root, key).pop() {
            Some((_, Cell::Map(object))) => Some(object),
            _ => None,
        }
    }

    /// Where a step is taken; of a splice the text, and how it is cut.
    fn placed(&self, (within, key, step): &Place) -> Option<(Object, &'static str, Step)> {
        let object = within.map_or(Some(Object::Root), |map| self.map_at(KEYS[map]))?;
        let Step::Splice(share, gone, content) = step else { return Some((object, KEYS[*key], step.clone())) };
        let (text, shown) = match self.ours.cells(object, KEYS[*key]).pop()? {
            (_, Cell::Text(text, shown)) => (text, shown.chars().count()),
            _ => return None,
        };
        let at = shown * usize::from(*share) / 255;
        let step = Step::Splice(u8::try_from(at).ok()?, (*gone).min(shown - at), content.clone());
        Some((text, "", step))
    }

    fn write(&mut self, actor: ActorKey, time: ClockMs, steps: &[Place]) -> Result<(), TestCaseError> {
        // A text is spliced once in a change: how long it is by then is not known beforehand.
        let mut spliced = BTreeSet::new();
        let mut steps: Vec<_> = steps.iter().filter_map(|step| self.placed(step)).collect();
        steps.retain(|(object, _, step)| !matches!(step, Step::Splice(..)) || spliced.insert(*object));
        let mut done = Vec::new();
        let made = self.ours.write(actor, time, |w| {
            done.extend(steps.iter().map(|(object, key, step)| ours(w, *object, key, step).is_ok()));
            Ok::<_, DocumentError>(())
        });
        self.theirs.set_actor(actor_to_engine(actor));
        let mut tx = self.theirs.transaction();
        for ((object, key, step), is_done) in steps.iter().zip(done) {
            // Automerge puts a tally in the place of another.
            if is_done || !matches!(step, Step::Put(Scalar::Tally(_))) {
                prop_assert_eq!(Theirs(&mut tx).step(*object, key, step).is_ok(), is_done, "{:?}", step);
            }
        }
        let (hash, _) = tx.commit_with(CommitOptions::default().with_time(time.0));
        let theirs =
            hash.and_then(|hash| self.theirs.get_change_by_hash(&hash)).map(|change| change.raw_bytes().to_vec());
        let ours = match made {
            Ok((change, parts)) => {
                prop_assert_eq!(&change.parts().unwrap(), &parts);
                Some(change.raw().to_vec())
            }
            Err(error) => {
                prop_assert_eq!(error, DocumentError::Nothing);
                None
            }
        };
        prop_assert_eq!(ours, theirs, "{:?}", steps);
        Ok(())
    }

    fn hear(&mut self, changes: &[Change]) {
        let mut known: BTreeSet<_> = self.ours.changes().iter().map(Change::hash).collect();
        for change in changes.iter().filter(|change| known.insert(change.hash())) {
            self.ours.apply(change, &change.parts().unwrap()).unwrap();
            self.theirs.apply_changes([change.to_engine()]).unwrap();
        }
    }
}

fn content() -> impl Strategy<Value = String> {
    "[a-c嘎托😀]{0,5}"
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![
        content().prop_map(Scalar::Text),
        (0..3i64).prop_map(Scalar::Integer),
        any::<bool>().prop_map(Scalar::YesNo),
        (0..3i64).prop_map(Scalar::Tally),
    ];
    prop_oneof![
        1 => Just(Step::Map),
        1 => content().prop_map(Step::Text),
        3 => value.prop_map(Step::Put),
        2 => (-2..3i64).prop_map(Step::Count),
        1 => Just(Step::Delete),
        3 => (any::<u8>(), 0..4usize, content()).prop_map(|(at, gone, content)| Step::Splice(at, gone, content)),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    (prop_oneof![2 => Just(None), 1 => Just(Some(1))], 0..KEYS.len(), step())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn automerge_makes_the_same_bytes_of_the_same_writes(
        turns in prop::collection::vec((0..3u8, any::<bool>(), prop::collection::vec(place(), 1..8)), 1..12),
    ) {
        let mut replicas = [Replica::new(), Replica::new(), Replica::new()];
        for (time, (who, hears, steps)) in (1..).zip(&turns) {
            if *hears {
                let heard: Vec<Change> = replicas.iter().flat_map(|other| other.ours.changes().to_vec()).collect();
                replicas[usize::from(*who)].hear(&heard);
            }

            replicas[usize::from(*who)].write(ActorKey([9 - who; 8]), ClockMs(time), steps)?;
        }
        for replica in &replicas {
            replica.ours.check_engine().unwrap();
        }
    }
}
