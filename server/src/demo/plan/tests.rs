//! What holds for every seed.

use std::{collections::BTreeSet, sync::LazyLock};

use super::*;
use crate::auth::Role;

const SEEDS: core::ops::Range<u64> = 0..50;

fn plans() -> &'static [Plan] {
    static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| SEEDS.map(Plan::new).collect());
    &PLANS
}

fn total(plan: &Plan, unit: &str, from: &str, to: &str, measure: &str) -> i64 {
    let counted = |a: &&Activity| covers(unit, a.unit) && (from..=to).contains(&a.on.as_str());
    let sums = plan.activities.iter().filter(counted).flat_map(measures_of);
    sums.filter(|(m, _)| *m == measure).map(|(_, value)| value).sum()
}

fn activity<'a>(plan: &'a Plan, key: &str) -> &'a Activity {
    plan.activity(key).unwrap_or_else(|| panic!("seed {}: no activity {key}", plan.seed))
}

#[test]
fn the_totals_are_the_same_for_every_seed() {
    for plan in plans() {
        assert_eq!(plan.expected.len(), 22);
        for figure in &plan.expected {
            let merged = total(plan, figure.unit.unwrap_or(PREFECTURE), figure.from, figure.to, figure.measure);
            assert_eq!(merged, figure.value, "seed {}: {}", plan.seed, figure.label_en);
        }
        assert!((1_300..=1_800).contains(&plan.activities.len()), "{}", plan.activities.len());
    }
}

#[test]
fn counties_and_months_add_up() {
    for plan in plans() {
        let counties = plan.by_county();
        let months: Vec<_> = plan.by_month().into_iter().filter(|row| row.group.as_str() >= "2021-03").collect();
        assert_eq!((counties.len(), months.len()), (3, 12));
        for figure in plan.expected.iter().filter(|figure| figure.from == YEAR.0) {
            let add = |rows: &[Breakdown]| -> i64 { rows.iter().filter_map(|r| r.measures.get(figure.measure)).sum() };
            let riwoqe = i64::from(figure.measure == "new_techniques");
            assert_eq!((add(&counties), add(&months)), (figure.value + riwoqe, figure.value + riwoqe));
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_plan_and_another_seed_another() {
    for (i, plan) in plans().iter().enumerate() {
        assert_eq!(*plan, Plan::new(plan.seed));
        let differs = |o: &Plan| o.activities != plan.activities && o.conditions != plan.conditions;
        assert!(plans()[..i].iter().all(differs));
    }
}

#[test]
fn units_come_after_their_parents_and_codes_are_unique() {
    let plan = &plans()[0];
    for (i, unit) in plan.units.iter().enumerate() {
        assert!(plan.units[..i].iter().all(|before| before.code != unit.code));
        assert_eq!(unit.parent.is_none(), i == 0);
        assert!(unit.parent.is_none_or(|parent| plan.units[..i].iter().any(|before| before.code == parent)));
    }
    assert!(plan.people.iter().all(|person| plan.units.iter().any(|unit| unit.code == person.unit)));
}

#[test]
fn every_record_is_logged_by_somebody_who_may() {
    for plan in plans() {
        let keys: BTreeSet<&str> = plan.activities.iter().chain(&plan.extras).map(|a| a.key.as_str()).collect();
        assert_eq!(keys.len(), plan.activities.len() + plan.extras.len());
        assert!(plan.activities.is_sorted_by_key(|a| (&a.entered, &a.on)));
        for a in plan.activities.iter().chain(&plan.extras) {
            let worker = plan.people.iter().find(|person| person.username == a.worker).unwrap();
            let grant = plan.grant_on(&a.worker, &a.entered).unwrap();
            assert_eq!(worker.role, Role::Recorder);
            assert!(covers(grant, a.unit), "seed {}: {} at {} granted {grant}", plan.seed, a.worker, a.unit);
            assert!((YEAR.0..=YEAR.1).contains(&a.entered.as_str()) && a.on <= a.entered, "{}", a.key);
            let hospital = ["clinic.surgery", "clinic.outpatient_day", "clinic.new_technique"].contains(&a.form);
            assert!(!hospital || a.unit == MARKAM_HOSPITAL || a.key == "first-head-and-neck-angiography");
            for (_, value) in &a.fields {
                assert!(value.number().is_none_or(|n| n >= 0));
                if let FieldInput::Narrative(text) = value {
                    assert!((10..=40).contains(&text.chars().count()), "{text}");
                }
            }
        }
        for person in plan.people.iter().filter(|person| person.role == Role::Recorder) {
            assert!(plan.activities.iter().filter(|a| a.worker == person.username).count() >= 3);
        }
    }
}

#[test]
fn named_events_are_what_their_titles_say() {
    for plan in plans() {
        assert_eq!(plan.named_events.len(), 6);
        for event in &plan.named_events[..5] {
            let first = activity(plan, &event.activity_key);
            assert_eq!(first.field("first_in_county"), Some(&FieldInput::YesNo(true)));
            assert_eq!(
                first.unit,
                if event.title_en.starts_with("Markam") { MARKAM_HOSPITAL } else { RIWOQE_HOSPITAL }
            );
        }
        let rescue = activity(plan, &plan.named_events[5].activity_key);
        assert_eq!((rescue.form, rescue.unit), ("clinic.rescue", RIWOQE_HOSPITAL));
        assert_eq!(rescue.field("outcome"), Some(&FieldInput::Choice("recovered")));
        let operation = activity(plan, "first-laparoscopic-cholecystectomy-operation");
        assert_eq!(operation.on, activity(plan, "first-laparoscopic-cholecystectomy").on);
        let laparoscopic = |a: &&Activity| a.field("laparoscopic") == Some(&FieldInput::YesNo(true));
        let earliest = plan.activities.iter().filter(laparoscopic).map(|a| (&a.on, &a.key)).min().unwrap();
        assert_eq!(earliest.1, &operation.key);
    }
}

#[test]
fn everybody_syncs_and_somebody_stays_away_for_eleven_months() {
    for plan in plans() {
        let spells = &plan.conditions.offline_spells;
        assert_eq!(spells.len(), 33);
        assert!(spells.iter().any(|s| (328..=335).contains(&s.longest_gap_days)));
        assert!(spells.iter().any(|s| s.longest_gap_days < 20));
        let days = plan.days();
        assert!(days.is_sorted() && days[0] == YEAR.0 && days.len() == 372);
        for spell in spells {
            assert!(spell.syncs_on.iter().all(|day| days.contains(day)));
            assert!(spell.syncs_on.is_sorted_by(|a, b| a < b));
            assert!(spell.syncs_on[0].as_str() <= "2021-03-03" && spell.syncs_on.last().unwrap().as_str() > YEAR.1);
        }
    }
}

/// The day by which what is on the server on `day` has reached `person`.
fn next_sync(plan: &Plan, person: &str, day: &str) -> String {
    let spell = plan.conditions.offline_spells.iter().find(|spell| spell.worker == person);
    let days = spell.map_or(&[][..], |spell| &spell.syncs_on);
    days.iter().find(|sync| sync.as_str() >= day).cloned().unwrap_or_else(|| day.to_owned())
}

fn reaches_both_before(plan: &Plan, a: &Activity, second: &str, on: &str) {
    let on_server = next_sync(plan, &a.worker, &a.entered);
    let with_both = next_sync(plan, second, &on_server);
    assert!(on_server.as_str() < on && with_both.as_str() < on, "seed {}: {} on {on}", plan.seed, a.key);
    assert!(covers(plan.grant_on(&a.worker, on).unwrap(), a.unit));
    assert!(covers(plan.grant_on(second, on).unwrap(), a.unit));
}

#[test]
fn concurrent_edits_are_concurrent_and_end_in_the_planned_values() {
    for plan in plans() {
        let edits = &plan.conditions.concurrent_edits;
        assert!(edits.len() >= 25, "seed {}: {}", plan.seed, edits.len());
        assert!(edits.is_sorted_by_key(|edit| &edit.on));
        let settled = edits.iter().filter(|edit| edit.settled.is_some()).count();
        assert!(settled >= 10 && edits.len() - settled >= 10);
        assert!(edits.iter().any(|e| e.second.person.starts_with("reviewer-")));
        assert!(edits.iter().any(|e| !e.second.person.starts_with("reviewer-")));
        for edit in edits {
            let a = activity(plan, &edit.activity);
            assert_eq!(edit.first.person, a.worker);
            assert_ne!(edit.second.person, a.worker);
            reaches_both_before(plan, a, &edit.second.person, &edit.on);
            let (first, second) = (&edit.first.change, &edit.second.change);
            assert!([first, second].iter().all(|(key, value)| a.field(key) != Some(value)));
            if let Some(settlement) = &edit.settled {
                assert!(first.0 == second.0 && first.1 != second.1);
                assert_eq!(a.field(settlement.change.0), Some(&settlement.change.1));
                assert!(![&edit.first.person, &edit.second.person].contains(&&settlement.reviewer));
            } else {
                assert_ne!(first.0, second.0);
                let mut edited = a.clone();
                for (key, value) in [first, second] {
                    edited.fields.retain(|(k, _)| k != key);
                    edited.fields.push((key, value.clone()));
                }
                assert_eq!(measures_of(&edited), measures_of(a));
            }
        }
    }
}

#[test]
fn tallies_and_doubles_come_to_the_planned_numbers() {
    for plan in plans() {
        let conditions = &plan.conditions;
        assert!(conditions.concurrent_tallies.len() >= 5 && conditions.double_logged.len() >= 10);
        for tally in &conditions.concurrent_tallies {
            let a = activity(plan, &tally.activity);
            assert_eq!(a.field("visits"), Some(&FieldInput::Tally(tally.first.visits + tally.second.visits)));
            assert!(tally.first.visits > 0 && tally.second.visits > 0 && tally.first.person == a.worker);
            reaches_both_before(plan, a, &tally.second.person, &tally.counted_on);
        }
        for double in &conditions.double_logged {
            let (original, copy) = (activity(plan, &double.original), activity(plan, &double.copy));
            assert!(plan.extras.contains(copy) && copy.worker != original.worker);
            assert_eq!((copy.unit, &copy.on, copy.form), (original.unit, &original.on, "clinic.outreach"));
            let seen = |a: &Activity| a.field("patients_seen").and_then(FieldInput::number).unwrap();
            assert!((seen(copy) - seen(original)).abs() <= 3);
            assert!(covers(plan.grant_on(&double.voided_by, &copy.on).unwrap(), copy.unit));
        }
        let voided = activity(plan, &conditions.voided.activity);
        assert!(plan.extras.contains(voided) && conditions.voided.on > voided.on);
        assert!(conditions.voided.on.as_str() <= YEAR.1);
        assert_eq!(plan.extras.len(), conditions.double_logged.len() + 1);
        let mut touched: Vec<&str> = conditions.concurrent_edits.iter().map(|e| e.activity.as_str()).collect();
        touched.extend(conditions.concurrent_tallies.iter().map(|t| t.activity.as_str()));
        touched.extend(conditions.double_logged.iter().map(|d| d.original.as_str()));
        assert_eq!(touched.iter().collect::<BTreeSet<_>>().len(), touched.len());
    }
}

#[test]
fn devices_and_links_fail_as_told() {
    for plan in plans() {
        let c = &plan.conditions;
        let syncs = |worker: &str| &c.offline_spells.iter().find(|s| s.worker == worker).unwrap().syncs_on;
        assert!(c.response_cut_after_commit.len() >= 4 && c.request_cut_mid_body.len() >= 4);
        for cut in c.response_cut_after_commit.iter().chain(&c.request_cut_mid_body) {
            assert!(syncs(&cut.worker).contains(&cut.on));
        }
        assert!(c.response_cut_after_commit.iter().all(|cut| !c.request_cut_mid_body.contains(cut)));

        let moved = &c.reassigned;
        assert!(moved.unsynced.len() >= 3 && moved.from_unit != moved.to_unit);
        for key in &moved.unsynced {
            let a = activity(plan, key);
            assert!(a.worker == moved.worker && a.entered < moved.on && covers(moved.from_unit, a.unit));
            assert!(next_sync(plan, &a.worker, &a.entered) > moved.on);
        }
        let held = |a: &&Activity| a.worker == moved.worker && a.entered < moved.on;
        let late = |a: &&Activity| next_sync(plan, &a.worker, &a.entered) >= moved.on;
        assert_eq!(plan.activities.iter().filter(held).filter(late).count(), moved.unsynced.len());
        assert!(plan.activities.iter().any(|a| a.worker == moved.worker && a.entered >= moved.on));

        let clone = &c.cloned_store;
        assert!(clone.on_original.len() >= 4 && clone.on_copy.len() >= 4);
        for key in clone.on_original.iter().chain(&clone.on_copy) {
            assert!(activity(plan, key).worker == clone.worker && activity(plan, key).entered >= clone.on);
        }
        let revoked = &c.revoked_device;
        assert!(revoked.written_after.len() >= 3);
        let after = |a: &&Activity| a.worker == revoked.worker && a.entered >= revoked.on;
        assert!(plan.activities.iter().filter(after).map(|a| &a.key).eq(&revoked.written_after));
        let before = plan.activities.iter().filter(|a| a.worker == revoked.worker && a.entered < revoked.on);
        assert!(before.into_iter().all(|a| next_sync(plan, &a.worker, &a.entered) < revoked.on));

        let unruly = &c.unruly_change;
        let target = activity(plan, &unruly.activity);
        assert!(target.worker == unruly.worker && next_sync(plan, &unruly.worker, &target.entered) < unruly.on);
        let away = c.offline_spells.iter().max_by_key(|s| s.longest_gap_days).unwrap();
        let cast = [&moved.worker, &clone.worker, &revoked.worker, &unruly.worker, &c.clock_off_by_years.worker];
        let cast: BTreeSet<_> = cast.into_iter().chain([&away.worker]).collect();
        assert_eq!((cast.len(), c.clock_off_by_years.years.abs()), (6, 3));
    }
}
