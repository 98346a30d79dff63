//! Changes: a request's, judged in a scene. No panic comes near the engine, what is refused leaves no trace, what is accepted can be
//! read, saved, loaded and written on, and is the same in another order.

use std::rc::Rc;

use sync_core::{
    crdt::Change,
    merge::{self, Candidate, Sentence},
    record::{Edit, Value, WriteError},
    wire,
};

use crate::center::{Scene, candidate, form, name, pen};

/// Judges the changes of a request.
pub fn run(data: &[u8]) {
    Scene::with(|scene| {
        let Ok(read) =
            wire::open_request(data).and_then(|opened| opened.rebuild(&|unit, position| scene.known(unit, position)))
        else {
            return;
        };
        let changes = read.groups.iter().flat_map(|group| &group.changes);
        let batch: Vec<Candidate> = changes.map(|change| candidate(&change.parts, &change.change)).collect();
        judged(scene, &batch);
    });
}

fn judged(scene: &Scene, batch: &[Candidate]) {
    let mut center = scene.center.clone();
    let sentences = center.take(batch);
    assert_eq!(sentences.len(), batch.len());
    assert_eq!(center.wall.panics.get(), 0, "the gate let something reach the engine that breaks it: {sentences:?}");
    let is_accepted = |c: &&Candidate| center.has(&c.change.hash()) && !scene.center.has(&c.change.hash());
    let accepted: Vec<Candidate> = batch.iter().filter(is_accepted).cloned().collect();
    if accepted.is_empty() {
        assert!(center.shows_the_same(&scene.center), "a change that was refused left a trace");
        return;
    }
    for (id, stored) in &center.records {
        if scene.center.records.get(id).is_some_and(|before| Rc::ptr_eq(before, stored)) {
            continue;
        }
        let record = &stored.record;
        assert_eq!(
            record.document().check_engine(),
            Ok(()),
            "what is accepted is what the engine reads, saves and loads"
        );
        let parts = record.document().changes();
        assert!(
            parts.iter().all(|change| Change::from_store(change.raw()).as_ref() == Ok(change)),
            "what is stored can be read"
        );
        let row = merge::project(record, stored.view().clone(), Some(form()));
        assert_eq!(row.id, *id);
        assert!(serde_json::to_string(&row).is_ok(), "a row can be shown");
        assert!(record.history().is_ok(), "a record has a history");
        let mut again = record.clone();
        // A record that is full takes no more, and says so.
        let full = record.ledger().size().0 > 90_000;
        let written = again.edit(&[Edit::Set(name("place"), Value::Text("after".into()))], pen(9, 1_000));
        // What a stranger began with a tally or a text in that place is no place to write in, and says so.
        let fits = !matches!(written, Err(WriteError::Field { .. }));
        let written = if fits { written } else { again.comment("after", pen(9, 1_000)) };
        assert!(full || written.is_ok(), "a record that takes no more: {written:?}");
    }
    // By themselves, and the other way round: each waits until what it builds on is here.
    let mut alone = scene.center.clone();
    alone.take(&accepted);
    assert!(alone.shows_the_same(&center), "a change that was refused left a trace in a record that took others");
    let mut backwards = scene.center.clone();
    for one in accepted.iter().rev() {
        backwards.take(core::slice::from_ref(one));
    }
    assert!(backwards.shows_the_same(&center), "the same changes in another order are other records");
    let again = center.take(&accepted);
    assert!(
        again.iter().all(|s| matches!(s, Sentence::Known(_) | Sentence::Repeated(_))),
        "sent twice is known: {again:?}"
    );
}
