//! Somebody who came to a facility when all that was there, and logs with a device of their own: what is pushed while it is measured.

use cairn_server::{admin, auth::Role, clock, ingest::Push, store::Store};
use sync_core::{
    form::Form,
    id::UnitCode,
    record::{Edit, Record, Value},
};

use crate::{
    Error,
    prefecture::{Hand, day_of, facility, form_of, kind_of, push_of, sent, values_of},
    random::Random,
};

/// With a device, at a facility.
pub struct Newcomer {
    hand: Hand,
    unit: UnitCode,
    forms: Vec<Form>,
    kind: &'static str,
    random: Random,
    now: i64,
    records: Vec<Record>,
}

impl Newcomer {
    pub async fn at(store: &Store, at: usize) -> Result<Self, Error> {
        let (unit, now) = (facility(at), clock::now().0);
        let hand = Hand::enrol(store, &format!("newcomer-{now}-{at}"), Role::Recorder, &unit).await?;
        let forms = admin::STARTER_KIT.iter().map(|json| Form::parse(json)).collect::<Result<_, _>>()?;
        let unit = unit.parse()?;
        Ok(Self { hand, unit, forms, kind: kind_of(at).1, random: Random::of(at as u64), now, records: Vec::new() })
    }

    /// A push of new records.
    pub fn new_records(&mut self, count: usize) -> Result<Push, Error> {
        let mut changes = Vec::new();
        self.records.clear();
        for _ in 0..count {
            self.now += 1;
            let form = form_of(self.kind, &self.forms, &mut self.random)?;
            let header = self.hand.header(form, &self.unit, self.now);
            let values = values_of(form, self.now, &mut self.random)?;
            let (record, change) = Record::create(form, header, &values, self.hand.pen(self.now))?;
            self.records.push(record);
            changes.push(sent(change)?);
        }
        Ok(push_of(&self.hand, &self.unit, changes))
    }

    /// A push of one edit of each of the records that were pushed last.
    pub fn edits(&mut self) -> Result<Push, Error> {
        let mut changes = Vec::new();
        for record in &mut self.records {
            self.now += 1;
            let edit = Edit::Set("on".parse()?, Value::Text(day_of(self.now, 1 + self.random.below(30))));
            changes.push(sent(record.edit(&[edit], self.hand.pen(self.now))?)?);
        }
        Ok(push_of(&self.hand, &self.unit, changes))
    }
}
