//! What people do on their devices. Every value is one that nobody else writes, so none can be lost unseen.

use std::collections::{BTreeMap, BTreeSet};

use cairn_client::{
    Error,
    engine::{Answers, KeptDraft, NewRecord, Saved},
    store::{RecordFilter, Summary},
};
use serde_json::{Map, Value as Json, json};
use sync_core::{
    id::{ChangeHash, DraftId, RecordId},
    record::{Edit, Value, Verdict, WriteError},
    replica::{ChangeRow, ChangeState},
};

use crate::{
    dice::pick,
    model::{Says, Written},
    phone::Half,
    place::{self, FACILITIES, OUTPATIENT, OUTREACH},
    turn,
    violation::{Violation, holds},
    world::World,
};

/// Records that a person chooses among.
const CHOICE: u32 = 24;

impl World {
    fn value(&mut self) -> u64 {
        self.values += 1;
        self.values
    }

    pub(crate) fn log(&mut self, at: usize, unit: u16, form: u16) -> Result<(), Violation> {
        let Some(unit) = pick(&FACILITIES, unit).copied() else { return Ok(()) };
        let (form, answers) = self.answers(form);
        let written = self.new_record(at, unit, &answers);
        let new = NewRecord {
            form: form.into(),
            unit: Some(unit.into()),
            answers: Answers::Sent(answers),
            allow_faults: false,
        };
        let Some(phone) = self.phones.get_mut(at) else { return Ok(()) };
        phone.half = Some(Half::Record(Box::new(written.clone())));
        let engine = phone.engine.clone();
        let saved = turn::at_once(engine.create(&new));
        self.wrote(at, written, saved)
    }

    fn answers(&mut self, form: u16) -> (&'static str, Map<String, Json>) {
        let (place, number) = (format!("place {}", self.value()), self.value());
        let day = format!("2021-03-{:02}", 1 + number % 28);
        let answers = match form % 4 {
            0 => return (OUTPATIENT, object(json!({"on": day, "department": place, "visits": number % 50}))),
            1 => json!({"on": day, "place": place, "patients_seen": number, "referred": self.value()}),
            _ => json!({"on": day, "place": place, "patients_seen": number}),
        };
        (OUTREACH, object(answers))
    }

    fn new_record(&self, at: usize, unit: &str, answers: &Map<String, Json>) -> Written {
        let values: BTreeMap<String, Json> = answers.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let phone = &self.phones[at];
        Written {
            user: phone.user.clone(),
            token: phone.token.clone(),
            // Its name is known when it is made.
            record: RecordId::of_first_change(&ChangeHash([0; 32])),
            unit: place::name(unit),
            worker: phone.user.clone(),
            past: BTreeSet::new(),
            says: Says::Born(values),
        }
    }

    /// A record on a device, what its user has of it, and what it shows.
    fn choose(&self, at: usize, record: u16) -> Option<(Written, Summary)> {
        let phone = self.phones.get(at)?;
        let filter = RecordFilter { limit: Some(CHOICE), ..RecordFilter::default() };
        let listed = turn::at_once(phone.engine.list(&filter))?.ok()?;
        let summary = pick(&listed, record)?.clone();
        let (user, token) = (phone.user.clone(), phone.token.clone());
        let past = built_on(&phone.rows_of(summary.id));
        let (record, unit, worker) = (summary.id, summary.unit.clone(), summary.worker.clone());
        Some((Written { user, token, record, unit, worker, past, says: Says::Count(0) }, summary))
    }

    pub(crate) fn edit(&mut self, at: usize, record: u16, field: u16) -> Result<(), Violation> {
        let Some((chosen, shown)) = self.choose(at, record) else { return Ok(()) };
        let number = self.value();
        let integer = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(0));
        let set = |key: &str, value: Value| {
            let says = Says::Set(key.into(), value.to_json());
            (Edit::Set(place::name(key), value), says)
        };
        let (edit, says) = match (shown.form.as_str(), field % 8) {
            (OUTPATIENT, 0 | 1) => set("department", Value::Text(format!("department {number}"))),
            (OUTPATIENT, _) => {
                let by = i64::from(field / 8 % 5) + 1;
                (Edit::Count(place::name("visits"), by), Says::Count(by))
            }
            (_, 0..=2) => set("place", Value::Text(format!("place {number}"))),
            (_, 3 | 4) => set("patients_seen", integer(number)),
            (_, 5) => set("referred", integer(number)),
            (_, _) => {
                let notes = shown.values.get("notes").and_then(Json::as_str).unwrap_or_default();
                let word = format!("<{number}>");
                // At its beginning or its end, so that two who add to it at once both do.
                let text =
                    if (field / 8).is_multiple_of(2) { format!("{notes}{word}") } else { format!("{word}{notes}") };
                (Edit::Set(place::name("notes"), Value::Narrative(text)), Says::Word(word))
            }
        };
        let written = Written { says, ..chosen };
        let Some(phone) = self.phones.get_mut(at) else { return Ok(()) };
        phone.half = Some(Half::Change(Box::new(written.clone())));
        let engine = phone.engine.clone();
        let saved = turn::at_once(engine.edit(written.record, &[edit], true));
        self.wrote(at, written, saved)
    }

    pub(crate) fn comment(&mut self, at: usize, record: u16) -> Result<(), Violation> {
        let Some((chosen, _)) = self.choose(at, record) else { return Ok(()) };
        let text = format!("comment {}", self.value());
        let written = Written { says: Says::Comment(text.clone()), ..chosen };
        let Some(phone) = self.phones.get_mut(at) else { return Ok(()) };
        phone.half = Some(Half::Change(Box::new(written.clone())));
        let engine = phone.engine.clone();
        let saved = turn::at_once(engine.comment(written.record, &text));
        self.wrote(at, written, saved)
    }

    pub(crate) fn review(&mut self, at: usize, record: u16, verdict: u16) -> Result<(), Violation> {
        let Some((chosen, _)) = self.choose(at, record) else { return Ok(()) };
        let verdict = match verdict % 8 {
            0 => Verdict::Void,
            1..=3 => Verdict::Returned,
            _ => Verdict::Approved,
        };
        // Whoever does not review takes out what is their own.
        let reviews = self.phones[at].user.as_str() == "reviewer-01";
        if !reviews && (verdict != Verdict::Void || chosen.worker != chosen.user) {
            return Ok(());
        }
        let written = Written { says: Says::Verdict(verdict), ..chosen };
        let reason = format!("reason {}", self.value());
        let Some(phone) = self.phones.get_mut(at) else { return Ok(()) };
        phone.half = Some(Half::Change(Box::new(written.clone())));
        let engine = phone.engine.clone();
        let saved = turn::at_once(engine.review(written.record, verdict, &reason, None));
        self.wrote(at, written, saved)
    }

    pub(crate) fn stroke(&mut self, at: usize, draft: u16) -> Result<(), Violation> {
        let (form, answers) = self.answers(2);
        let fresh = DraftId::of_random(self.dice.bytes());
        let Some(phone) = self.phones.get_mut(at) else { return Ok(()) };
        let known: Vec<DraftId> = phone.saved.drafts.keys().copied().collect();
        let id = if draft.is_multiple_of(3) { None } else { pick(&known, draft / 3).copied() }.unwrap_or(fresh);
        let kept = KeptDraft { id: Some(id), record: None, form: form.into(), unit: None, answers: answers.clone() };
        phone.half = Some(Half::Draft(id, answers.clone()));
        let engine = phone.engine.clone();
        match turn::at_once(engine.keep_draft(&kept)) {
            Some(Ok(_)) => {
                phone.half = None;
                phone.saved.drafts.insert(id, answers);
                self.trace.note(format_args!("draft {at} {id}"));
                Ok(())
            }
            Some(Err(error)) => self.not_saved(at, &error),
            None => self.look_after(at),
        }
    }

    pub(crate) fn finish(&mut self, at: usize, draft: u16) -> Result<(), Violation> {
        let Some(phone) = self.phones.get(at) else { return Ok(()) };
        let known: Vec<DraftId> = phone.saved.drafts.keys().copied().collect();
        let Some(id) = pick(&known, draft).copied() else { return Ok(()) };
        let answers = phone.saved.drafts.get(&id).cloned().unwrap_or_default();
        // The only facility where the user may record; which one that is, the device knows.
        let unit = self.own_unit(at);
        let Some(unit) = unit else { return Ok(()) };
        let written = self.new_record(at, &unit, &answers);
        let Some(phone) = self.phones.get_mut(at) else { return Ok(()) };
        phone.half = Some(Half::Finish(id, Box::new(written.clone())));
        let engine = phone.engine.clone();
        let saved = turn::at_once(engine.finish_draft(id, false));
        if matches!(saved, Some(Ok(_))) {
            phone.saved.drafts.remove(&id);
        }
        self.wrote(at, written, saved)
    }

    fn own_unit(&self, at: usize) -> Option<String> {
        let units = turn::at_once(self.phones.get(at)?.engine.units())?.ok()?;
        let writes = |unit: &&cairn_client::engine::UnitInfo| {
            FACILITIES.contains(&unit.code.as_str()) && (unit.roles.recorder || unit.roles.reviewer)
        };
        let own: Vec<_> = units.iter().filter(writes).collect();
        match own.as_slice() {
            [only] => Some(only.code.to_string()),
            _ => None,
        }
    }

    /// Somebody was told that something is saved, or that it is not, or nothing any more.
    fn wrote(&mut self, at: usize, written: Written, saved: Option<Result<Saved, Error>>) -> Result<(), Violation> {
        match saved {
            Some(Ok(Saved { id, change, .. })) => {
                self.trace.note(format_args!("saved {at} {change}"));
                let Some(phone) = self.phones.get_mut(at) else { return Ok(()) };
                phone.half = None;
                phone.saved.changes.insert(change);
                self.model.written.insert(change, Written { record: id, ..written });
                self.sometimes.saw("changes saved", 1);
                if self.is_watched {
                    self.check_saved(at, &change)?;
                }
                Ok(())
            }
            Some(Err(error)) => self.not_saved(at, &error),
            None => self.look_after(at),
        }
    }

    fn not_saved(&mut self, at: usize, error: &Error) -> Result<(), Violation> {
        self.trace.note(format_args!("not saved {at} {}", error.code()));
        if let Some(phone) = self.phones.get_mut(at) {
            phone.half = None;
        }
        let expected = ["disk_full", "store_failed", "no_permission_here", "unknown_unit", "no_catalog", "unit_needed"];
        // Before its first sync, or with nothing to change.
        let expected = expected.contains(&error.code()) || matches!(error, Error::Write(WriteError::Nothing));
        self.sometimes.saw("writes that the device refused", 1);
        holds!("nothing that a person may write is turned away", expected, "device {at}: {}: {error}", error.code());
        self.strike_noted(at);
        Ok(())
    }
}

/// What the next change of a record builds on: all of it but what was refused, and what builds on that. A record that was refused
/// as a whole is written to as it is.
fn built_on(rows: &[ChangeRow]) -> BTreeSet<ChangeHash> {
    let deps: BTreeMap<ChangeHash, Vec<ChangeHash>> =
        rows.iter().filter_map(|row| Some((row.hash, row.change().ok()?.deps().collect()))).collect();
    let refused = |row: &&ChangeRow| matches!(row.state, ChangeState::Refused(_));
    let mut left_out: BTreeSet<ChangeHash> = rows.iter().filter(refused).map(|row| row.hash).collect();
    loop {
        let more: Vec<ChangeHash> = deps
            .iter()
            .filter(|(hash, deps)| !left_out.contains(*hash) && deps.iter().any(|dep| left_out.contains(dep)))
            .map(|(hash, _)| *hash)
            .collect();
        if more.is_empty() {
            break;
        }
        left_out.extend(more);
    }
    let all: BTreeSet<ChangeHash> = deps.into_keys().collect();
    if left_out.len() == all.len() { all } else { all.difference(&left_out).copied().collect() }
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
