//! The file that carries unsynced work from one device to another: read frame by frame, and taken in by the shipped replica.

use std::collections::BTreeMap;

use sync_core::{
    form::FormSet,
    id::ClockMs,
    replica::{ChangeRow, Lookup, SyncState, Write, take_in},
    wire::{self, InBundle},
};

use crate::{
    center::{Scene, form},
    core::frame::out_bundle,
};

/// Splits a file, reads its frames, and takes them in, twice.
pub fn run(data: &[u8]) {
    let Ok(frames) = wire::split_frames(data) else { return };
    assert_eq!(
        wire::join_frames(&frames.iter().map(|frame| frame.to_vec()).collect::<Vec<_>>()),
        data,
        "a file is its frames"
    );
    let read = |frame: &&[u8]| wire::open_bundle(frame).and_then(|opened| opened.rebuild());
    let Ok(bundles) = frames.iter().map(read).collect::<Result<Vec<InBundle>, _>>() else { return };
    let mut phone = Phone::of_scene();
    let before = (phone.rows.clone(), phone.state.clone());
    for bundle in &bundles {
        phone.take(bundle);
    }
    // A file that changed nothing meets the same device again.
    if (&phone.rows, &phone.state) != (&before.0, &before.1) {
        let first = phone.rows.clone();
        for bundle in &bundles {
            phone.take(bundle);
        }
        assert!(phone.rows == first || bundles.len() > 1, "taking a file in twice is taking it in once");
    }
    let written: Vec<_> = bundles.iter().map(|bundle| wire::encode_bundle(&out_bundle(bundle))).collect();
    if written.iter().all(|frame| frame.len() < 100_000) {
        let file = wire::join_frames(&written);
        let again: Result<Vec<_>, _> = wire::split_frames(&file).unwrap_or_default().iter().map(read).collect();
        assert!(again.as_ref() == Ok(&bundles), "a file that was written again is another");
    }
}

/// A device's rows.
struct Phone {
    rows: BTreeMap<sync_core::id::ChangeHash, ChangeRow>,
    state: SyncState,
    forms: FormSet,
}

impl Phone {
    /// One that has what is in the scene's feed.
    fn of_scene() -> Self {
        let mut forms = FormSet::new();
        forms.insert(form().clone()).expect("a good form");
        thread_local! {
            static ROWS: BTreeMap<sync_core::id::ChangeHash, ChangeRow> = Scene::with(rows_of);
        }
        Self { rows: ROWS.with(Clone::clone), state: SyncState::default(), forms }
    }

    /// Gives the shipped code all rows it may ask for and more, and keeps what it says.
    fn take(&mut self, bundle: &InBundle) {
        let lookup = Lookup { rows: self.rows.clone() };
        let taken = take_in(&self.state, &self.forms, lookup, bundle)
            .expect("whatever a file holds, stored records are readable");
        assert!(taken.rejected <= taken.pulled + u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        for write in taken.writes {
            match write {
                Write::Change(row) => drop(self.rows.insert(row.hash, row)),
                Write::Sync(state) => self.state = state,
                _ => {}
            }
        }
    }
}

fn rows_of(scene: &Scene) -> BTreeMap<sync_core::id::ChangeHash, ChangeRow> {
    let groups =
        scene.feed.iter().map(|(hash, parts)| wire::OutChange { position: None, hash: *hash, parts: parts.clone() });
    let head = wire::BundleHead { clock: ClockMs(0), server_key: [7; 32], user: crate::center::name("worker-1") };
    let unit = crate::center::name(crate::center::UNIT);
    let out =
        wire::OutBundle { head, groups: vec![wire::OutGroup { unit, changes: groups.collect(), known: Vec::new() }] };
    let bundle =
        wire::open_bundle(&wire::encode_bundle(&out)).and_then(|opened| opened.rebuild()).expect("a bundle of ours");
    let mut forms = FormSet::new();
    forms.insert(form().clone()).expect("a good form");
    let mut phone = Phone { rows: BTreeMap::new(), state: SyncState::default(), forms };
    phone.take(&bundle);
    phone.rows
}
