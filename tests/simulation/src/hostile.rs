//! Somebody with a token and no manners: changes that no honest device makes, in frames as good as any.

use sync_core::{
    crdt::Change,
    id::{ActorKey, ChangeHash, ClockMs, UnitCode},
    record::{Header, Pen, Record, Value, Values, Verdict},
    wire::{self, OutChange, OutGroup, OutRequest, RequestHead},
};

use crate::{
    dice::pick,
    fault::Fault,
    model::{Says, Written},
    place::{self, FACILITIES, MALLORY, OUTREACH},
    server::Call,
    world::{Event, Letter, World},
};

impl World {
    pub(crate) fn misbehave(&mut self, whose: u16, how: u16) {
        let Some(body) = self.hostile_body(whose, how) else { return };
        self.sometimes.struck(Fault::Hostile);
        let call = Call { token: MALLORY.into(), body };
        self.at(self.now() + 100, Event::Arrive(Letter { call, from: None }));
    }

    fn hostile_body(&mut self, whose: u16, how: u16) -> Option<Vec<u8>> {
        let hospital: UnitCode = place::name(FACILITIES[0]);
        let kind = how % 10;
        if kind == 8 {
            // Somebody else's request, with some of its bytes changed.
            let mut body = pick(&self.past, whose)?.body.clone();
            let at = usize::from(how) % body.len();
            *body.get_mut(at)? ^= 1 << (whose % 8);
            return Some(body);
        }
        if kind == 9 {
            // Somebody else's request as it is: whoever it was of, it comes under another name.
            let body = pick(&self.past, whose)?.body.clone();
            let rebuilt = self.center.state().names_in(&body)?;
            self.model.relayed.extend(rebuilt);
            return Some(body);
        }
        let pen = Pen { actor: ActorKey(self.dice.bytes()), time: ClockMs(self.now()) };
        if kind == 4 || kind == 5 {
            let (unit, worker) = if kind == 4 { (FACILITIES[2], MALLORY) } else { (FACILITIES[0], "doctor-02") };
            return Some(body_of(&place::name(unit), &[self.forged_birth(unit, worker, pen)?]));
        }
        let feed = self.center.state().feeds.get(&hospital)?;
        let first = pick(&feed.entries, whose)?;
        let id = self.center.state().stored.get(first)?.record;
        let mut record = self.center.state().record(id)?;
        let past = self.center.state().of_record.get(&id)?.iter().copied().collect();
        let is_other = |actor: &ActorKey| {
            let standee = self.center.state().actors.get(actor);
            standee.is_some_and(|standee| standee.user.as_str() != MALLORY)
        };
        let others = record.ledger().entries().iter().map(|entry| entry.actor).filter(is_other);
        let others: Vec<ActorKey> = others.collect();
        let good = format!("mallory {}", how);
        let comment = record.clone().comment(&good, pen).ok()?;
        let other = Pen { actor: ActorKey(self.dice.bytes()), ..pen };
        let place = Value::Text(format!("forged {how}"));
        let says = Says::Set("place".into(), place.to_json());
        let edit = record.edit(&[sync_core::record::Edit::Set(place::name("place"), place)], other);
        let (edit, forgery) = match edit {
            Ok(change) => (change, says),
            Err(_) => (record.comment("forged", other).ok()?, Says::Comment("forged".into())),
        };
        let mut parts = edit.parts().ok()?;
        match kind {
            0 => parts.seq += 6,
            1 => parts.start_op += 5,
            2 => {
                // In somebody else's name, and in its turn.
                parts.actor = *pick(&others, how)?;
                let of = record.ledger().entries().iter().filter(|entry| entry.actor == parts.actor).count();
                parts.seq = of as u64 + 1;
            }
            3 => {
                let mut again = self.center.state().record(id)?;
                parts = again.review(Verdict::Approved, "", None, other).ok()?.parts().ok()?;
            }
            6 => parts.deps = vec![ChangeHash(self.dice.bytes())],
            _ => parts.start_op = 1,
        }
        // Its neighbour in the same request is good, and must get in.
        let written = Written {
            user: place::name(MALLORY),
            token: MALLORY.into(),
            record: id,
            unit: hospital.clone(),
            worker: record.header().worker.clone(),
            past,
            says: Says::Comment(good),
        };
        let forged = Change::build(&parts);
        if kind == 2 {
            self.model.impostures.insert(forged.hash(), Written { says: forgery, ..written.clone() });
        }
        self.model.strangers.insert(comment.hash(), written);
        Some(body_of(&hospital, &[forged, comment]))
    }

    fn forged_birth(&self, unit: &str, worker: &str, pen: Pen) -> Option<Change> {
        let form = self.center.state().forms.latest(&place::name(OUTREACH))?.clone();
        let header = Header {
            form: form.id.clone(),
            form_version: form.version,
            unit: place::name(unit),
            worker: place::name(worker),
            created: pen.time,
        };
        let values: Values = [
            (place::name("on"), Value::Text("2021-03-05".into())),
            (place::name("place"), Value::Text("forged".into())),
            (place::name("patients_seen"), Value::Integer(1_000_000)),
        ]
        .into();
        Some(Record::create(&form, header, &values, pen).ok()?.1)
    }
}

/// A request with these changes, for a feed.
fn body_of(unit: &UnitCode, changes: &[Change]) -> Vec<u8> {
    let change = |change: &Change| Some(OutChange { position: None, hash: change.hash(), parts: change.parts().ok()? });
    let group =
        OutGroup { unit: unit.clone(), changes: changes.iter().filter_map(change).collect(), known: Vec::new() };
    let head = RequestHead { budget_bytes: 1_000, unanswered: true, ..RequestHead::default() };
    wire::encode_request(&OutRequest { head, groups: vec![group] })
}
