//! What each sentence means for the tables.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash, RecordId, UnitCode, Username},
    limits::PARKED_CHANGES_MAX,
    merge::{Fate, Projection, Sentence},
    wire::Outcome,
};

use super::{
    arrival::{Arrival, Gathered, Kept},
    facts::LookedUp,
    judge::Judgement,
};
use crate::store::{
    StoreError, WriteTx,
    actors::{self, Standee},
    also_told,
    attention::{self, OpenRecords},
    changes::{self, Located, NewChange},
    decisions,
    devices::DeviceId,
    feeds,
    held::{self, HeldChange, HeldNote, HeldState, Standing},
    parked::{self, Carrier, ParkedChange},
    records::{self, RecordColumns},
    refused::{self, RefusedNote},
    tallies::{self, Moves},
};

/// Writes all that follows from a judgement, and says what became of each change.
pub(super) async fn write(
    tx: &mut WriteTx,
    gathered: Gathered,
    judgement: Judgement,
    now_ms: i64,
) -> Result<BTreeMap<ChangeHash, Outcome>, StoreError> {
    let Judgement { sentences, rows, facts } = judgement;
    let mut ledger = Ledger::new(gathered.stored, &facts);
    let kept = gathered.arrivals.iter().filter(|arrival| !matches!(arrival.kept, Kept::Nowhere));
    ledger.told = also_told::of(tx, &kept.map(Arrival::hash).collect::<Vec<_>>()).await?;
    ledger.count_parked(tx, &gathered.arrivals, &sentences).await?;
    ledger.open_feeds(tx, &rows).await?;
    for (arrival, sentence) in gathered.arrivals.into_iter().zip(sentences) {
        ledger.enter(arrival, sentence, &rows);
    }
    ledger.write(tx, &rows, now_ms).await
}

/// What is to be written, gathered table by table, so that each table is written to once.
struct Ledger<'a> {
    facts: &'a LookedUp,
    stored: BTreeMap<ChangeHash, Located>,
    outcomes: BTreeMap<ChangeHash, Outcome>,
    feeds: BTreeMap<UnitCode, feeds::FeedHead>,
    touched: BTreeMap<RecordId, u64>,
    changes: Vec<NewChange>,
    parked: Vec<(ParkedChange, ActorKey)>,
    parked_of: BTreeMap<DeviceId, usize>,
    waiting: Vec<ChangeHash>,
    missing: Vec<(ChangeHash, ChangeHash)>,
    held: Vec<(HeldChange, HeldNote)>,
    refused: BTreeMap<DeviceId, Vec<RefusedNote>>,
    unpark: Vec<ChangeHash>,
    unhold: Vec<(UnitCode, ChangeHash)>,
    unwait: Vec<ChangeHash>,
    /// Who was told, besides whoever brought it first, that a change is kept.
    told: BTreeMap<ChangeHash, BTreeSet<DeviceId>>,
    also_told: Vec<(ChangeHash, DeviceId)>,
    untell: Vec<ChangeHash>,
    decided: BTreeMap<DeviceId, Vec<(ChangeHash, Outcome)>>,
    bound: BTreeMap<ActorKey, Standee>,
    proved: Vec<(ChangeHash, Username)>,
}

impl<'a> Ledger<'a> {
    fn new(stored: BTreeMap<ChangeHash, Located>, facts: &'a LookedUp) -> Self {
        Self {
            facts,
            stored,
            outcomes: BTreeMap::new(),
            feeds: BTreeMap::new(),
            touched: BTreeMap::new(),
            changes: Vec::new(),
            parked: Vec::new(),
            parked_of: BTreeMap::new(),
            waiting: Vec::new(),
            missing: Vec::new(),
            held: Vec::new(),
            refused: BTreeMap::new(),
            unpark: Vec::new(),
            unhold: Vec::new(),
            unwait: Vec::new(),
            told: BTreeMap::new(),
            also_told: Vec::new(),
            untell: Vec::new(),
            decided: BTreeMap::new(),
            bound: BTreeMap::new(),
            proved: Vec::new(),
        }
    }

    /// Counts what is parked already of the devices of which more will be.
    async fn count_parked(
        &mut self,
        tx: &mut WriteTx,
        arrivals: &[Arrival],
        sentences: &[Sentence],
    ) -> Result<(), StoreError> {
        let parked = arrivals.iter().zip(sentences).filter(|(_, sentence)| **sentence == Sentence::Parked);
        let devices: BTreeSet<DeviceId> = parked.filter_map(|(arrival, _)| arrival.device.clone()).collect();
        for device in devices {
            let count = parked::count(tx, &device).await?;
            self.parked_of.insert(device, count);
        }
        Ok(())
    }

    /// Reads how far the feeds have come that will be written to.
    async fn open_feeds(&mut self, tx: &mut WriteTx, rows: &BTreeMap<RecordId, Projection>) -> Result<(), StoreError> {
        let mut units: Vec<_> = rows.values().map(|row| row.unit.clone()).collect();
        units.sort_unstable();
        units.dedup();
        self.feeds = feeds::heads(tx, &units).await?;
        Ok(())
    }

    fn enter(&mut self, arrival: Arrival, sentence: Sentence, rows: &BTreeMap<RecordId, Projection>) {
        let hash = arrival.hash();
        let (carrier, before) = match &arrival.kept {
            Kept::Nowhere => (None, None),
            Kept::Parked(carrier) => (carrier.device.clone(), Some(Outcome::Parked)),
            Kept::Held(carrier, standing) => (carrier.device.clone(), Some(standing.told())),
        };
        let is_kept = matches!(
            sentence,
            Sentence::Known(Fate::Held(_) | Fate::Rejected(_) | Fate::Parked) | Sentence::Parked | Sentence::Held(_)
        );
        // Whoever pushes a change hears of it in the response; whoever pushed it before hears of it as a decision.
        let pusher = arrival.device.clone().filter(|_| arrival.claims.is_some());
        let mut told: BTreeSet<DeviceId> =
            self.told.remove(&hash).into_iter().flatten().chain(carrier.clone()).collect();
        if let Some(pusher) = &pusher {
            told.remove(pusher);
        }
        if before.is_some() {
            match is_kept {
                true if pusher != carrier => {
                    self.also_told.extend(pusher.into_iter().chain(carrier).map(|device| (hash, device)));
                }
                true => {}
                false => self.untell.push(hash),
            }
        }
        self.bind(&arrival, &sentence);
        let outcome = match sentence {
            Sentence::Known(Fate::Stored { position, .. }) => {
                // Kept by one server in the moment in which another one stored it.
                self.leave(&arrival);
                Outcome::Duplicate { position }
            }
            Sentence::Known(Fate::Held(reason)) => Outcome::Held(reason),
            Sentence::Known(Fate::Rejected(reason)) => Outcome::Refused(reason),
            Sentence::Known(Fate::Parked) => Outcome::Parked,
            Sentence::Accepted { record } => match rows.get(&record) {
                Some(row) => self.accept(arrival, record, &row.unit),
                None => self.refuse(arrival, ReasonCode::EngineFailed.into()),
            },
            // Its outcome is that of the first, which is entered already.
            Sentence::Repeated(_) => return,
            Sentence::Parked => self.park(arrival),
            Sentence::Held(reason) => self.hold(arrival, reason, Vec::new()),
            Sentence::Refused(reason) => self.refuse(arrival, reason),
        };
        let is_news = outcome != Outcome::Parked && before.is_some_and(|before| before != outcome);
        for device in told.into_iter().filter(|_| is_news) {
            self.decided.entry(device).or_default().push((hash, outcome.clone()));
        }
        self.outcomes.insert(hash, outcome);
    }

    /// Notes who stands behind an actor, when the first change that is believed to be theirs is kept. A revoked device is noted only when a person let
    /// the change in: it could claim what another device will push.
    fn bind(&mut self, arrival: &Arrival, sentence: &Sentence) {
        let actor = arrival.parts.actor;
        let Some(standee) = self.facts.author(arrival).filter(|_| self.facts.unbound.contains(&actor)) else {
            return;
        };
        let binds = match sentence {
            Sentence::Accepted { .. } => true,
            Sentence::Parked | Sentence::Held(_) => self.facts.doubt(arrival).is_none(),
            Sentence::Known(_) | Sentence::Repeated(_) | Sentence::Refused(_) => false,
        };
        if binds {
            self.bound.insert(actor, standee.clone());
        }
    }

    fn accept(&mut self, arrival: Arrival, record: RecordId, unit: &UnitCode) -> Outcome {
        let hash = arrival.hash();
        let feed = self.feeds.entry(unit.clone()).or_default();
        feed.head += 1;
        feed.digest = feed.digest.plus(&hash);
        let position = feed.head;
        self.changes.push(NewChange {
            unit: unit.clone(),
            position,
            hash,
            record,
            actor: arrival.parts.actor,
            device: arrival.device.clone(),
            digest: feed.digest,
            raw: arrival.change.raw().to_vec(),
        });
        self.touched.insert(record, position);
        self.stored.insert(hash, Located { unit: unit.clone(), record, position });
        self.leave(&arrival);
        Outcome::Accepted { position }
    }

    fn park(&mut self, arrival: Arrival) -> Outcome {
        let hash = arrival.hash();
        let mut missing: Vec<_> = arrival.parts.deps.iter().filter(|d| !self.stored.contains_key(d)).copied().collect();
        if missing.is_empty() {
            // Its record is damaged. It is tried again whenever the server starts.
            missing.clone_from(&arrival.parts.deps);
        }
        if let Kept::Nowhere = arrival.kept {
            let count = arrival.device.as_ref().and_then(|device| self.parked_of.get_mut(device));
            match count {
                Some(count) if *count >= PARKED_CHANGES_MAX => {
                    return self.hold(arrival, ReasonCode::TooManyParked.into(), missing);
                }
                Some(count) => *count += 1,
                None => {}
            }
            let carrier = self.carrier(&arrival);
            let Arrival { change, parts, unit, .. } = arrival;
            let parked = ParkedChange { hash, unit, carrier, raw: change.raw().to_vec() };
            self.parked.push((parked, parts.actor));
        } else if let (
            Kept::Parked(Carrier { author: None, .. }) | Kept::Held(Carrier { author: None, .. }, _),
            Some(author),
        ) = (&arrival.kept, self.facts.author(&arrival))
        {
            self.proved.push((hash, author.user.clone()));
        }
        self.waiting.push(hash);
        self.missing.extend(missing.into_iter().map(|missing| (missing, hash)));
        Outcome::Parked
    }

    fn hold(&mut self, arrival: Arrival, reason: Reason, missing: Vec<ChangeHash>) -> Outcome {
        let hash = arrival.hash();
        self.leave(&arrival);
        let carrier = self.carrier(&arrival);
        let Arrival { change, parts, unit, .. } = arrival;
        let record = match parts.deps.first() {
            None => Some(RecordId::of_first_change(&hash)),
            Some(dep) => self.stored.get(dep).map(|located| located.record),
        };
        let username = self.facts.standees.get(&parts.actor).map(|standee| standee.user.clone());
        let standing = Standing { state: HeldState::Waiting, reason: reason.clone() };
        let held = HeldChange { hash, unit, carrier, raw: change.raw().to_vec(), standing };
        self.held.push((held, HeldNote { record, actor: parts.actor, username }));
        if !missing.is_empty() {
            self.waiting.push(hash);
            self.missing.extend(missing.into_iter().map(|missing| (missing, hash)));
        }
        Outcome::Held(reason)
    }

    /// Who brought a change that is to be kept, and whether it is believed to be of whoever stands behind its actor.
    fn carrier(&self, arrival: &Arrival) -> Carrier {
        let author = self.facts.author(arrival).map(|standee| standee.user.clone());
        Carrier { device: arrival.device.clone(), author }
    }

    fn refuse(&mut self, arrival: Arrival, reason: Reason) -> Outcome {
        let note = RefusedNote {
            hash: arrival.hash(),
            unit: arrival.unit.clone(),
            actor: arrival.parts.actor,
            reason: reason.clone(),
            bytes: arrival.change.raw().len(),
        };
        if let Some(device) = &arrival.device {
            self.refused.entry(device.clone()).or_default().push(note);
        }
        self.leave(&arrival);
        Outcome::Refused(reason)
    }

    /// Takes a change away from where it was kept. What a person decided about stays on record.
    fn leave(&mut self, arrival: &Arrival) {
        let hash = arrival.hash();
        match &arrival.kept {
            Kept::Nowhere => return,
            Kept::Parked(_) => self.unpark.push(hash),
            Kept::Held(_, standing) if standing.state == HeldState::Waiting => {
                self.unhold.push((arrival.unit.clone(), hash));
            }
            Kept::Held(..) => {}
        }
        self.unwait.push(hash);
    }

    async fn write(
        self,
        tx: &mut WriteTx,
        rows: &BTreeMap<RecordId, Projection>,
        now_ms: i64,
    ) -> Result<BTreeMap<ChangeHash, Outcome>, StoreError> {
        let bound: Vec<_> = self.bound.into_iter().collect();
        actors::bind(tx, &bound).await?;
        parked::remove(tx, &self.unpark).await?;
        held::remove(tx, &self.unhold).await?;
        parked::unwait(tx, &self.unwait).await?;
        changes::add(tx, &self.changes, now_ms).await?;
        let heads: Vec<_> = self.feeds.into_iter().collect();
        feeds::advance(tx, &heads).await?;
        parked::add(tx, &self.parked, now_ms).await?;
        held::put(tx, &self.held, now_ms).await?;
        parked::prove(tx, &self.proved).await?;
        held::prove(tx, &self.proved).await?;
        parked::wait(tx, &self.waiting, &self.missing).await?;
        also_told::remove(tx, &self.untell).await?;
        also_told::add(tx, &self.also_told).await?;
        for (device, notes) in &self.refused {
            refused::add(tx, device, notes, now_ms).await?;
        }
        for (device, decided) in &self.decided {
            decisions::add(tx, device, decided).await?;
        }
        let begun = self.changes.iter().filter(|change| change.record == RecordId::of_first_change(&change.hash));
        project(tx, rows, &begun.map(|change| change.record).collect(), &self.touched).await?;
        Ok(self.outcomes)
    }
}

/// Writes the rows of records, and moves what is counted of them from what they added before to what they add now. Those that have just
/// `begun` added nothing.
async fn project(
    tx: &mut WriteTx,
    rows: &BTreeMap<RecordId, Projection>,
    begun: &BTreeSet<RecordId>,
    touched: &BTreeMap<RecordId, u64>,
) -> Result<(), StoreError> {
    let mut by_unit: BTreeMap<&UnitCode, Vec<&Projection>> = BTreeMap::new();
    for row in rows.values() {
        by_unit.entry(&row.unit).or_default().push(row);
    }
    for (unit, rows) in by_unit {
        let ids: Vec<_> = rows.iter().map(|row| row.id).filter(|id| !begun.contains(id)).collect();
        let mut before = records::counted(tx, unit, &ids).await?;
        let (mut moves, mut open) = (Moves::default(), OpenRecords::default());
        let mut columns = Vec::with_capacity(rows.len());
        for row in rows {
            let before = before.remove(&row.id).unwrap_or_default();
            if let Some(contribution) = &before.contribution {
                moves.take(&row.form, &row.worker, contribution);
            }
            if let Some(contribution) = &row.contribution {
                moves.add(&row.form, &row.worker, contribution);
            }
            let row = RecordColumns::of(row, touched.get(&row.id).copied().unwrap_or(0))?;
            open = open.plus(OpenRecords::of(&row)).minus(before.open);
            columns.push(row);
        }
        records::put(tx, unit, &columns).await?;
        tallies::shift(tx, unit, moves).await?;
        attention::shift(tx, unit, open).await?;
    }
    Ok(())
}
