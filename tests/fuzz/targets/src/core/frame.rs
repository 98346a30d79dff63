//! Frames: what is read, written and read again is the same; what is not read is an error, and nothing else happens.

use sync_core::wire::{
    self, InBundle, InGroup, InRequest, InResponse, Known, OutBundle, OutChange, OutGroup, OutRequest, OutResponse,
    WireError,
};

use crate::center::Scene;

/// Opens bytes as each kind of frame.
pub fn run(data: &[u8]) {
    Scene::with(|scene| {
        let known = |unit: &_, position| scene.known(unit, position);
        if let Ok(opened) = wire::open_request(data) {
            let (count, positions) = (opened.change_count(), opened.references());
            if let Ok(read) = opened.rebuild(&known) {
                assert_eq!(count, count_of(&read.groups), "as many changes as were announced");
                let again = wire::encode_request(&out_request(scene, &read, &positions));
                let reread = wire::open_request(&again).and_then(|opened| opened.rebuild(&known));
                same(&reread, &read, again.len());
            }
        }
        if let Ok(opened) = wire::open_response(data) {
            let positions = opened.references();
            if let Ok(read) = opened.rebuild(&known) {
                let again = wire::encode_response(&out_response(scene, &read, &positions));
                let reread = wire::open_response(&again).and_then(|opened| opened.rebuild(&known));
                same(&reread, &read, again.len());
            }
        }
        if let Ok(read) = wire::open_bundle(data).and_then(|opened| opened.rebuild()) {
            let again = wire::encode_bundle(&out_bundle(&read));
            same(&wire::open_bundle(&again).and_then(|opened| opened.rebuild()), &read, again.len());
        }
    });
}

fn count_of(groups: &[InGroup]) -> usize {
    groups.iter().map(|group| group.changes.len()).sum()
}

/// What was written again must read the same. Only a frame that is near a limit may go over it when it is spelled otherwise.
#[track_caller]
fn same<T: PartialEq + core::fmt::Debug>(again: &Result<T, WireError>, read: &T, bytes: usize) {
    match again {
        Ok(again) => assert!(again == read, "read, written and read again is another:\n{read:?}\n{again:?}"),
        Err(error) => assert!(bytes > 100_000, "what was read cannot be read again: {error}\n{read:?}"),
    }
}

type Positions = [(sync_core::id::UnitCode, u64)];

fn out_groups(scene: &Scene, groups: &[InGroup], positions: &Positions) -> Vec<OutGroup> {
    let out = |group: &InGroup| {
        let known = |(_, position): &(_, u64)| {
            let (hash, actor) = scene.known(&group.unit, *position)?;
            Some(Known { position: *position, hash, actor })
        };
        let here = positions.iter().filter(|(unit, _)| *unit == group.unit);
        let change =
            |c: &wire::InChange| OutChange { position: c.position, hash: c.change.hash(), parts: (*c.parts).clone() };
        OutGroup {
            unit: group.unit.clone(),
            changes: group.changes.iter().map(change).collect(),
            known: here.filter_map(known).collect(),
        }
    };
    groups.iter().map(out).collect()
}

/// A request as its sender would hold it, who knows that the receiver has what stands at `positions`.
#[must_use]
pub fn out_request(scene: &Scene, read: &InRequest, positions: &Positions) -> OutRequest {
    OutRequest { head: read.head.clone(), groups: out_groups(scene, &read.groups, positions) }
}

/// The same of a response.
#[must_use]
pub fn out_response(scene: &Scene, read: &InResponse, positions: &Positions) -> OutResponse {
    OutResponse { head: read.head.clone(), groups: out_groups(scene, &read.groups, positions) }
}

/// The same of a bundle, which refers to nothing.
#[must_use]
pub fn out_bundle(read: &InBundle) -> OutBundle {
    let nothing: &Positions = &[];
    OutBundle { head: read.head.clone(), groups: Scene::with(|scene| out_groups(scene, &read.groups, nothing)) }
}
