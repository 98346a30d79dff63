//! Disks that fail at any call, once or from then on: whoever asked is told so in a stable word or it is done, what was acknowledged is
//! there afterwards, and one failure keeps nothing from going on.

use std::{path::Path, time::Duration};

use cairn_power::{
    client,
    disk::State,
    faults::{Faults, Ran, WAYS, disks, run, some},
    ledger::{Acknowledged, Fact, Ledger, Stopped},
    near::{folder, put},
    server,
    tape::{Call, Kind, Plan, files_of},
};
use cairn_simulation::dice::Dice;
use cairn_tests::figures::setting;
use tokio::time::timeout;

use crate::cuts::{RIG, runtime};

/// Calls that fail, of each phase and way, if nobody says otherwise.
const FAULTS: usize = 1;
/// After so long a step does not end by itself. The longest that anything waits is half a minute, for a connection.
const ENDLESS: Duration = Duration::from_secs(300);

fn most() -> usize {
    match std::env::var("CAIRN_FAULTS").as_deref() {
        Ok("all") => usize::MAX,
        _ => setting("CAIRN_FAULTS", FAULTS),
    }
}

/// The plans of a phase that makes so many calls, for each kind of failure.
fn plans(calls: &[Vec<Call>; 2], drawn: &mut Vec<Call>, dice: &mut Dice) -> Vec<Plan> {
    let [failing, full] = calls;
    let ways = WAYS.iter().zip([failing, failing, full, full]);
    ways.flat_map(|(way, of)| some(of, most(), drawn, dice).into_iter().map(way)).collect()
}

/// What a run came to, before the disks are looked at.
fn told<F: Fact>(plan: Plan, ledger: &Ledger<F>, played: Result<(), Stopped>) -> Result<Ran, String> {
    if let (Plan::Once(..), Err(Stopped { step, said })) = (plan, &played) {
        return Err(format!("{step} never gets on after one failure ({:?}): {said:?}", ledger.tape().struck()));
    }
    let is_word = |code: &String| !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    match ledger.codes.iter().find(|code| !is_word(code)) {
        Some(code) => Err(format!("{code:?} is no stable word for an error")),
        None => Ok(Ran { struck: ledger.tape().struck().first().copied(), codes: ledger.codes.clone(), disks: 0 }),
    }
}

/// Each disk that may be found afterwards: the files as they are, for whoever only starts the program again; and those of a power cut.
async fn look<F: Fact>(
    ledger: &Ledger<F>,
    seed: u64,
    files: State,
    check: impl AsyncFn(&Path, usize) -> Result<(), String>,
) -> Result<usize, String> {
    let mut all = vec![(ledger.tape().now(), files)];
    all.extend(disks(ledger, seed));
    let count = all.len();
    for (number, (cut, state)) in all.into_iter().enumerate() {
        let place = folder();
        put(&state, place.path());
        let codes = &ledger.codes;
        let struck = ledger.tape().struck();
        let first = struck.first();
        check(place.path(), cut).await.map_err(|what| {
            format!("disk {number} of {count} ({first:?}, {} failed, {codes:?}): {what}", struck.len())
        })?;
    }
    Ok(count)
}

fn seed_of(plan: Plan) -> u64 {
    match plan {
        Plan::Never => 0,
        Plan::Once(_, at) | Plan::From(_, at) => at,
    }
}

async fn on_server(
    plan: Plan,
    phase: server::Phase,
    prepared: Option<&server::Prepared>,
) -> Result<(Ran, Vec<Call>), String> {
    let mut script = server::Script::on(prepared, None, plan);
    let played = timeout(ENDLESS, script.play_phase(phase)).await.map_err(|_| "a step does not end")?;
    let calls = script.ledger.tape().met();
    script.ledger.tape().mend();
    timeout(ENDLESS, script.close()).await.map_err(|_| "closing does not end")?;
    script.keep_phones();
    let mut ran = told(plan, &script.ledger, played)?;
    let files = files_of(script.folder());
    let check = async |folder: &Path, cut: usize| {
        let (_, phones) = script.phones.iter().rev().find(|(kept, _)| *kept <= cut).unwrap();
        server::check(folder, &script.ledger.at(cut, Acknowledged::Afterwards), phones).await
    };
    ran.disks = look(&script.ledger, seed_of(plan), files, check).await?;
    Ok((ran, calls))
}

async fn on_client(
    plan: Plan,
    phase: client::Phase,
    prepared: Option<&client::Prepared>,
) -> Result<(Ran, Vec<Call>), String> {
    let mut script = client::Script::on(prepared, None, plan).await;
    let played = timeout(ENDLESS, script.play_phase(phase)).await.map_err(|_| "a step does not end")?;
    let calls = script.ledger.tape().met();
    script.ledger.tape().mend();
    timeout(ENDLESS, script.close()).await.map_err(|_| "closing does not end")?;
    let mut ran = told(plan, &script.ledger, played)?;
    let (files, centers) = (files_of(script.folder()), script.centers());
    let check = async |folder: &Path, cut: usize| {
        let (_, center) = centers.iter().rev().find(|(kept, _)| *kept <= cut).unwrap();
        client::check(folder, &script.ledger.at(cut, Acknowledged::Afterwards), center).await
    };
    ran.disks = look(&script.ledger, seed_of(plan), files, check).await?;
    Ok((ran, calls))
}

/// A plan under which nothing fails, and calls are counted.
fn never(kind: Kind) -> Plan {
    Plan::Once(kind, u64::MAX)
}

fn is_right(of: &str, calls: usize, faults: Faults) {
    let Faults { runs, disks, told, codes, calls: kinds, wrong } = faults;
    RIG.tell([
        (format!("{of}: calls of the scripts that can fail"), serde_json::Value::from(calls)),
        (format!("{of}: runs in which a call failed, once or from then on"), runs.into()),
        (format!("{of}: runs in which somebody was told of an error"), told.into()),
        (format!("{of}: disks opened and looked at after a failure"), disks.into()),
        (format!("{of}: kinds of call that failed"), kinds.join(", ").into()),
        (format!("{of}: words for errors that were told"), codes.join(", ").into()),
        (format!("{of}: runs in which something was lost, half or wrong"), wrong.len().into()),
    ]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(runs >= 8 && told > 2 && kinds.len() > 2, "{of}: {runs} runs, {told} told, {kinds:?}: too quiet");
}

#[test]
fn a_server_whose_disk_fails_says_so_and_loses_nothing() {
    let runtime = runtime();
    let mut dice = Dice::apart(setting("CAIRN_SEED", 1), 0x5e7e7);
    let (mut all, mut calls, mut drawn) = (Faults::default(), 0, Vec::new());
    for phase in server::Phase::ALL {
        let prepared = runtime.block_on(server::Script::prepare(phase));
        let counted = [Kind::Error, Kind::Full]
            .map(|kind| runtime.block_on(on_server(never(kind), phase, prepared.as_ref())).unwrap().1);
        calls += counted[0].len();
        let on = async |plan| on_server(plan, phase, prepared.as_ref()).await.map(|(ran, _)| ran);
        let mut found = run(runtime.handle(), &plans(&counted, &mut drawn, &mut dice), &on);
        found.wrong.iter_mut().for_each(|what| *what = format!("{phase:?}, {what}"));
        all.add(found);
    }
    is_right("server", calls, all);
}

#[test]
fn a_device_whose_disk_fails_says_so_and_loses_nothing() {
    let runtime = runtime();
    let mut dice = Dice::apart(setting("CAIRN_SEED", 1), 0xc11e7);
    let (mut all, mut calls, mut drawn) = (Faults::default(), 0, Vec::new());
    for phase in client::Phase::ALL {
        let prepared = runtime.block_on(client::Script::prepare(phase));
        let counted = [Kind::Error, Kind::Full]
            .map(|kind| runtime.block_on(on_client(never(kind), phase, prepared.as_ref())).unwrap().1);
        calls += counted[0].len();
        let on = async |plan| on_client(plan, phase, prepared.as_ref()).await.map(|(ran, _)| ran);
        let mut found = run(runtime.handle(), &plans(&counted, &mut drawn, &mut dice), &on);
        found.wrong.iter_mut().for_each(|what| *what = format!("{phase:?}, {what}"));
        all.add(found);
    }
    is_right("device", calls, all);
}

/// Of a part of a script that makes these calls: five plans in each of which one write fails, some early, some late.
fn a_few(kind: Kind, calls: &[Call]) -> impl Iterator<Item = Plan> {
    let numbers = (1..).zip(calls).filter(|(_, call)| **call == Call::Write).map(|(number, _)| number);
    let writes: Vec<u64> = numbers.collect();
    (1..6).map(move |part| Plan::Once(kind, writes[writes.len() * part / 6]))
}

/// Each of the plans struck, most of them the write that they were made for: where threads take turns, a call more or less comes before.
fn struck(found: &Faults) -> bool {
    found.runs == 10 && found.calls.iter().any(|call| call == "Write")
}

#[test]
fn a_write_that_failed_once_does_not_keep_a_server_from_writing() {
    let runtime = runtime();
    let phase = server::Phase::Pushed;
    let prepared = runtime.block_on(server::Script::prepare(phase));
    let on = async |plan| on_server(plan, phase, prepared.as_ref()).await;
    let plans = [Kind::Full, Kind::Error].map(|kind| (kind, runtime.block_on(on(never(kind))).unwrap().1));
    let plans: Vec<Plan> = plans.iter().flat_map(|(kind, calls)| a_few(*kind, calls)).collect();
    let found = run(runtime.handle(), &plans, &async |plan| on(plan).await.map(|(ran, _)| ran));
    assert!(found.wrong.is_empty(), "{}", found.wrong.join("\n"));
    assert!(struck(&found), "{found:?}");
}

#[test]
fn a_write_that_failed_once_does_not_keep_a_device_from_saving() {
    let runtime = runtime();
    let phase = client::Phase::Written;
    let prepared = runtime.block_on(client::Script::prepare(phase));
    let on = async |plan| on_client(plan, phase, prepared.as_ref()).await;
    let plans = [Kind::Full, Kind::Error].map(|kind| (kind, runtime.block_on(on(never(kind))).unwrap().1));
    let plans: Vec<Plan> = plans.iter().flat_map(|(kind, calls)| a_few(*kind, calls)).collect();
    let found = run(runtime.handle(), &plans, &async |plan| on(plan).await.map(|(ran, _)| ran));
    assert!(found.wrong.is_empty(), "{}", found.wrong.join("\n"));
    assert!(struck(&found), "{found:?}");
}
