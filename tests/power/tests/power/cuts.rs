//! The power is cut at every place: nothing is lost that was acknowledged, and nothing is half.

use std::path::Path;

use cairn_power::{
    client,
    ledger::Acknowledged,
    play::{Found, Quest, cut},
    server,
    tape::Plan,
};
use cairn_tests::figures::{Rig, setting};
use tokio::runtime::{Builder, Runtime};

/// Of all tests of this folder.
pub static RIG: Rig = Rig::new("power", "Power cuts, full disks and failing disks beneath the shipped stores");
/// States that are looked at if nobody says otherwise, of both stores.
const STATES: usize = 2_000;

pub fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub fn quest() -> Quest {
    RIG.begin();
    Quest { states: setting("CAIRN_STATES", STATES) / 2, seed: setting("CAIRN_SEED", 1), ends_at_first: false }
}

pub fn server_cut(runtime: &Runtime, script: &server::Script, quest: Quest, acknowledged: Acknowledged) -> Found {
    let check = async |folder: &Path, at: usize| {
        let (_, phones) = script.phones.iter().rev().find(|(kept, _)| *kept <= at).unwrap();
        server::check(folder, &script.ledger.at(at, acknowledged), phones).await
    };
    cut(runtime.handle(), &script.ledger, quest, &check)
}

pub fn client_cut(runtime: &Runtime, script: &client::Script, quest: Quest, acknowledged: Acknowledged) -> Found {
    let centers = script.centers();
    let check = async |folder: &Path, at: usize| {
        let (_, center) = centers.iter().rev().find(|(kept, _)| *kept <= at).unwrap();
        client::check(folder, &script.ledger.at(at, acknowledged), center).await
    };
    cut(runtime.handle(), &script.ledger, quest, &check)
}

fn is_right(of: &str, quest: Quest, found: Found) {
    let Found { states, repeated, cuts, whole_cuts, ops: [writes, syncs, names], renewals, wrong } = found;
    RIG.tell([
        (format!("{of}: states of a disk after a power cut that were opened and found right, all different"), states),
        (format!("{of}: states that had been looked at already"), repeated),
        (format!("{of}: places of the script at which the power was cut"), cuts),
        (format!("{of}: of these, places of which every state was looked at"), whole_cuts),
        (format!("{of}: writes of the script"), writes),
        (format!("{of}: syncs of the script"), syncs),
        (format!("{of}: files made and deleted by the script"), names),
        (format!("{of}: times that the write-ahead log began anew in its place"), renewals),
        (format!("{of}: states in which something was lost, half or wrong"), wrong.len()),
    ]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(renewals > 0, "{of}: the write-ahead log never began anew: the script is too short");
    assert!(states >= quest.states, "{of}: {states} states are too few");
}

#[test]
fn a_server_that_loses_power_has_all_that_it_acknowledged() {
    let (runtime, quest) = (runtime(), quest());
    let mut script = server::Script::on(None, None, Plan::Never);
    runtime.block_on(script.play(60)).unwrap();
    is_right("server", quest, server_cut(&runtime, &script, quest, Acknowledged::Afterwards));
}

#[test]
fn a_device_that_loses_power_has_all_that_it_saved() {
    let (runtime, quest) = (runtime(), quest());
    let mut script = runtime.block_on(client::Script::on(None, None, Plan::Never));
    runtime.block_on(script.play(480)).unwrap();
    is_right("device", quest, client_cut(&runtime, &script, quest, Acknowledged::Afterwards));
}
