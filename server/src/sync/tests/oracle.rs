//! Two counties whose people come and go: whatever is granted, taken away, moved and revoked, and whatever a device asks for, nobody
//! is ever sent anything of a unit that they may not read. A model of plain sets says what that is.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    id::{ActorKey, ChangeHash, UnitCode},
    record::Record,
    replica::{Budget, ChangeState},
    wire::{CursorMark, FeedAnswer, FeedRequest, InResponse, OutRequest, RepairRequest, RequestHead},
};

use crate::{
    admin,
    auth::Role,
    store::Engine,
    testing::{Hand, World, on_both, operator},
};

on_both![two_counties_never_read_each_others_changes];

const SEED: u64 = 20_210_315;
/// What can be below which of the two counties; none of them is ever granted to anybody from above.
const COUNTIES: [&str; 2] = ["markam", "riwoqe"];
const FACILITIES: [&str; 4] = ["markam-hospital", "markam-school", "riwoqe-clinic", "riwoqe-school"];
const USERS: usize = 10;
/// Devices that are in use at a time.
const DEVICES: usize = 14;

/// Numbers that look drawn at random, the same for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True so many times in a thousand.
    fn comes(&mut self, per_mille: usize) -> bool {
        self.below(1_000) < per_mille
    }

    fn of<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        &some[self.below(some.len())]
    }
}

/// What is so, as plain sets.
#[derive(Default)]
struct Model {
    /// The unit above each.
    above: BTreeMap<&'static str, &'static str>,
    grants: BTreeSet<(usize, &'static str)>,
    unit_of: BTreeMap<ChangeHash, UnitCode>,
}

impl Model {
    fn may_read(&self, user: usize, unit: &str) -> bool {
        self.grants.iter().any(|(whose, on)| *whose == user && (*on == unit || self.above.get(unit) == Some(on)))
    }
}

struct Phone {
    user: usize,
    revoked: bool,
    hand: Hand,
    records: Vec<Record>,
}

struct Counties {
    world: World,
    dice: Dice,
    model: Model,
    phones: Vec<Phone>,
    time: i64,
    delivered: usize,
    refused: usize,
}

fn name(user: usize) -> String {
    format!("user-{user}")
}

fn units() -> Vec<&'static str> {
    [COUNTIES.as_slice(), FACILITIES.as_slice()].concat()
}

impl Counties {
    async fn new(engine: Engine) -> Self {
        let world = World::new(engine).await;
        for (unit, county) in [("markam-school", "markam"), ("riwoqe-clinic", "riwoqe"), ("riwoqe-school", "riwoqe")] {
            world.unit(unit, Some(county)).await;
        }
        let mut model = Model::default();
        model.above.extend(FACILITIES.map(|unit| (unit, COUNTIES[usize::from(unit.starts_with("riwoqe"))])));
        let mut counties =
            Self { world, dice: Dice(SEED), model, phones: Vec::new(), time: 0, delivered: 0, refused: 0 };
        for user in 0..USERS {
            let unit = counties.dice.of(&units()).to_owned();
            counties.world.worker(&name(user), Role::Recorder, unit).await;
            counties.model.grants.insert((user, unit));
        }
        while counties.phones.len() < DEVICES {
            counties.enrol().await;
        }
        counties
    }

    async fn enrol(&mut self) {
        let user = self.dice.below(USERS);
        let mut worker = self.world.device(&name(user).parse().unwrap()).await;
        worker.actor = ActorKey(self.dice.next().to_be_bytes());
        let mut hand = Hand::of(&self.world, &worker);
        // Many small pages, where what may be read changes between one and the next.
        hand.state.pull = Budget::default().quartered().quartered().quartered();
        self.phones.push(Phone { user, revoked: false, hand, records: Vec::new() });
    }

    /// A phone; seldom one that was revoked.
    fn somebody(&mut self) -> usize {
        let at = self.dice.below(self.phones.len());
        if !self.phones[at].revoked || self.dice.comes(100) { at } else { self.somebody() }
    }

    /// Something happens, or nothing, before somebody syncs.
    async fn happen(&mut self) {
        let user = self.dice.below(USERS);
        let unit = *self.dice.of(&units());
        if self.dice.comes(30) && self.model.grants.insert((user, unit)) {
            self.world.grant(&name(user), Role::Recorder, unit).await;
        }
        if self.model.grants.len() > USERS && self.dice.comes(25) {
            let held: Vec<_> = self.model.grants.iter().copied().collect();
            if let Some(&(user, unit)) = held.get(self.dice.below(held.len().max(1))) {
                self.model.grants.remove(&(user, unit));
                self.world.withdraw_from(&name(user), Role::Recorder, unit).await;
            }
        }
        if self.dice.comes(5) {
            let (unit, county) = (*self.dice.of(&FACILITIES), *self.dice.of(&COUNTIES));
            if self.model.above.insert(unit, county) != Some(county) {
                let (unit, county) = (unit.parse().unwrap(), county.parse().unwrap());
                admin::move_unit(&self.world.store, &operator(), &unit, &county).await.unwrap();
            }
        }
        if self.dice.comes(3) {
            let at = self.dice.below(self.phones.len());
            if !self.phones[at].revoked {
                self.world.revoke(&mut self.phones[at].hand.worker).await;
                self.phones[at].revoked = true;
                self.enrol().await;
            }
        }
    }

    /// A phone logs an event, mostly where its user may, or says something about one that it has logged.
    fn write(&mut self, at: usize) {
        self.time += 1;
        let (time, user) = (self.time, self.phones[at].user);
        let own: Vec<_> = units().into_iter().filter(|unit| self.model.may_read(user, unit)).collect();
        let unit = if own.is_empty() || self.dice.comes(200) { *self.dice.of(&units()) } else { *self.dice.of(&own) };
        let is_new = self.dice.comes(500);
        let phone = &mut self.phones[at];
        let worker = phone.hand.worker.clone();
        let old = if is_new { phone.records.len() } else { self.dice.below(phone.records.len() + 1) };
        let change = match phone.records.get_mut(old) {
            Some(record) => record.comment("好", worker.pen(time)).unwrap(),
            None => {
                let (record, change) = worker.outreach(unit, 1, time);
                phone.records.push(record);
                change
            }
        };
        let record = &phone.records[old];
        self.model.unit_of.insert(change.hash(), record.header().unit.clone());
        phone.hand.write(record, &change);
    }

    /// A phone syncs as it should, or asks for everything that it can name.
    async fn sync(&mut self, at: usize) {
        if self.dice.comes(300) {
            let request = OutRequest { head: self.greedy(), groups: Vec::new() };
            let reply = self.phones[at].hand.send(&request).await;
            let response = self.phones[at].hand.open(&reply);
            self.check(at, &response);
        } else {
            let (response, _) = self.phones[at].hand.sync_once().await;
            self.check(at, &response);
        }
    }

    fn greedy(&mut self) -> RequestHead {
        let all: Vec<UnitCode> = units().into_iter().map(|unit| unit.parse().unwrap()).collect();
        let hashes: Vec<ChangeHash> = self.model.unit_of.keys().copied().collect();
        let mut head = RequestHead { budget_bytes: 20_000, unanswered: true, ..RequestHead::default() };
        for unit in all {
            match self.dice.below(4) {
                0 => head.feeds.push(FeedRequest { unit, after: None, missing_below: 0 }),
                1 => {
                    let (position, check) = (self.dice.next() % 50, self.dice.next());
                    head.feeds.push(FeedRequest {
                        unit,
                        after: Some(CursorMark { position, check }),
                        missing_below: position,
                    });
                }
                2 => {
                    // By names that it should not know, of this unit or another.
                    let some = (0..hashes.len().min(8)).map(|_| self.dice.of(&hashes).0);
                    let prefixes = some.map(|hash| u64::from_be_bytes(hash[..8].try_into().unwrap())).collect();
                    head.fetch.push((unit, prefixes));
                }
                _ => head.repairs.push(RepairRequest { unit, digests: vec![self.dice.next(); 4] }),
            }
        }
        head
    }

    /// Everything that a response tells of is of a unit that the phone's user may read.
    fn check(&mut self, at: usize, response: &InResponse) {
        let phone = &self.phones[at];
        let reads = |unit: &UnitCode| !phone.revoked && self.model.may_read(phone.user, unit.as_str());
        for group in &response.groups {
            for change in &group.changes {
                let unit = &self.model.unit_of[&change.change.hash()];
                assert_eq!(
                    (unit, reads(unit)),
                    (&group.unit, true),
                    "{} was sent a change of {unit}",
                    name(phone.user)
                );
                self.delivered += 1;
            }
        }
        for (unit, answer) in &response.head.feeds {
            match answer {
                FeedAnswer::Gone => self.refused += 1,
                FeedAnswer::Page { .. } | FeedAnswer::Unrecognised => {
                    assert!(reads(unit), "{} was told how far {unit} has come", name(phone.user));
                }
            }
        }
        for repair in &response.head.repairs {
            assert!(reads(&repair.unit), "{} was told what is in {}", name(phone.user), repair.unit);
        }
    }

    /// In the end whoever may read a unit has all of it.
    async fn settle(&mut self, least: usize) {
        let mut tx = self.world.store.read().await.unwrap();
        let sql = "SELECT hash, org_unit FROM changes";
        let stored: Vec<(Vec<u8>, String)> = sqlx::query_as(sql).fetch_all(tx.conn()).await.unwrap();
        drop(tx);
        assert!(stored.len() > least, "only {} changes were stored", stored.len());
        for phone in self.phones.iter_mut().filter(|phone| !phone.revoked) {
            // What is still in the outbox is no part of what was counted above.
            phone.hand.outbox.clear();
            phone.hand.rows.retain(|_, row| row.state != ChangeState::Waiting);
            phone.hand.sync().await;
            let has: BTreeSet<ChangeHash> = phone.hand.stored().into_iter().collect();
            for (hash, unit) in &stored {
                let hash = ChangeHash::try_from(hash.as_slice()).unwrap();
                assert_eq!(self.model.unit_of[&hash].as_str(), unit);
                let lacks = self.model.may_read(phone.user, unit) && !has.contains(&hash);
                assert!(!lacks, "{} lacks a change of {unit}", name(phone.user));
            }
        }
    }
}

async fn two_counties_never_read_each_others_changes(engine: Engine) {
    // On PostgreSQL each statement is a way there and back: fewer.
    let syncs = if engine == Engine::Sqlite { 5_000 } else { 2_000 };
    let mut counties = Counties::new(engine).await;
    for _ in 0..syncs {
        counties.happen().await;
        let at = counties.somebody();
        if counties.dice.comes(80) {
            counties.write(at);
        }
        counties.sync(at).await;
    }
    counties.settle(syncs / 50).await;
    let Counties { delivered, refused, .. } = counties;
    assert!(delivered > syncs / 4 && refused > syncs / 4, "{delivered} delivered, {refused} refused: too quiet");
    counties.world.is_right().await;
}
