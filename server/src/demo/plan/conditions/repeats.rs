//! The same thing counted or logged by two people, and one thing logged that never was.

use super::{
    super::{
        activities::{Activity, Field, FieldInput, Logged},
        people::reviewer_of,
        random::Random,
        units::{PREFECTURE, county_of},
    },
    ConcurrentTally, DoubleLog, TallyShare, VoidedRecord,
    scene::{LAST_DAY, Scene},
};

/// Outpatient days of which two devices count a part each. The record reaches the colleague's device the day after it is
/// opened, and both count a day later.
pub(super) fn concurrent_tallies(scene: &mut Scene<'_>) -> Vec<ConcurrentTally> {
    let mut random = scene.random("tallies");
    let count = random.between(5, 8) as usize;
    let mut chosen: Vec<(Logged, String, i64)> = Vec::new();
    for logged in scene.free(&mut random, &["clinic.outpatient_day"]) {
        let colleagues = scene.colleagues(logged);
        let visits = logged.activity.field("visits").and_then(FieldInput::number).unwrap_or(0);
        if visits >= 20 && !colleagues.is_empty() && logged.entered.plus(2) <= LAST_DAY && chosen.len() < count {
            chosen.push((logged.clone(), random.pick(&colleagues), visits));
        }
    }
    chosen.sort_by_key(|(logged, ..)| logged.entered);
    let tally = |(logged, second, visits): (Logged, String, i64)| {
        let Activity { key, worker, .. } = logged.activity;
        scene.calendars.insert(&worker, logged.entered);
        scene.calendars.insert(&second, logged.entered.plus(1));
        scene.taken.insert(key.clone());
        let share = visits * random.between(35, 65) as i64 / 100;
        ConcurrentTally {
            activity: key,
            counted_on: logged.entered.plus(2).to_string(),
            first: TallyShare { person: worker, visits: share },
            second: TallyShare { person: second, visits: visits - share },
        }
    };
    chosen.into_iter().map(tally).collect()
}

/// Outreach clinics of which a colleague who was there logs a record of their own, with a count a little off.
pub(super) fn double_logged(scene: &mut Scene<'_>) -> (Vec<DoubleLog>, Vec<Logged>) {
    let mut random = scene.random("doubles");
    let count = random.between(10, 12) as usize;
    let mut copies: Vec<(Logged, Logged)> = Vec::new();
    for original in scene.free(&mut random, &["clinic.outreach"]) {
        let colleagues = scene.colleagues(original);
        if !colleagues.is_empty() && copies.len() < count {
            let colleague = random.pick(&colleagues);
            copies.push((original.clone(), copy_of(&mut random, original, colleague)));
        }
    }
    copies.sort_by_key(|(original, _)| original.entered);
    let double = |(original, copy): &(Logged, Logged)| {
        let key = original.activity.key.clone();
        scene.taken.insert(key.clone());
        let county = county_of(original.activity.unit).unwrap_or(PREFECTURE);
        DoubleLog { original: key, copy: copy.activity.key.clone(), voided_by: reviewer_of(county) }
    };
    (copies.iter().map(double).collect(), copies.into_iter().map(|(_, copy)| copy).collect())
}

/// The same place and about as many patients, without the notes.
fn copy_of(random: &mut Random, original: &Logged, colleague: String) -> Logged {
    let mut activity = original.activity.clone();
    activity.key.push_str("-copy");
    activity.worker = colleague;
    activity.fields.retain(|(key, _)| *key == "place" || *key == "patients_seen");
    for (_, value) in &mut activity.fields {
        if let FieldInput::Integer(seen) = value {
            *seen += random.between(0, 6) as i64 - 3;
        }
    }
    Logged { activity, entered: original.entered }
}

/// A training of a colleague's, logged as if it had been held on the day of another.
pub(super) fn voided(scene: &mut Scene<'_>) -> (VoidedRecord, Logged) {
    let mut random = scene.random("voided");
    let mut trainings = scene.free(&mut random, &["clinic.training"]);
    trainings.retain(|training| training.entered.plus(3) <= LAST_DAY);
    let mut mistake = random.pick(&trainings).clone();
    let people: Field = ("people", FieldInput::Integer(random.between(12, 60) as i64));
    mistake.activity.key = "training-by-mistake".into();
    mistake.activity.fields =
        vec![("topic", FieldInput::Text("急救技能全员考核".into())), ("mode", FieldInput::Choice("team")), people];
    let voided = VoidedRecord {
        activity: mistake.activity.key.clone(),
        on: mistake.entered.plus(random.between(1, 3)).to_string(),
        reason: "误录：培训改期，当日并未举行",
    };
    (voided, mistake)
}
