//! The world: a server, devices, what is on its way between them, and one clock. One thread turns it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
};

use cairn_client::{TransportError, engine::Seed, transport::Reply};

use crate::{
    clock::SimClock,
    dice::{Dice, pick},
    disk::Disk,
    fault::Sometimes,
    line::Line,
    model::Model,
    phone::Phone,
    place,
    server::{Call, center::Center},
    step::{Plan, Planned, Step},
    trace::Trace,
    turn,
    variant::Variant,
    violation::Violation,
};

/// When every world begins: 2021-03-01, ms.
const BEGINNING: i64 = 1_614_556_800_000;
/// How long nothing moves on a line before its device gives up, ms.
const PATIENCE_MS: i64 = 60_000;
/// Requests that are remembered, for those that come again.
const PAST_MAX: usize = 48;

/// What is about to happen by itself.
pub(crate) enum Event {
    /// A request arrives.
    Arrive(Letter),
    /// The server takes up what waits.
    Turn,
    /// An answer comes to a device.
    Back { line: Line, phone: usize, number: u64, back: Result<Reply, TransportError> },
    /// Somebody who waits looks at the clock.
    Wake(usize),
}

/// A request on its way.
#[derive(Clone)]
pub(crate) struct Letter {
    pub call: Call,
    /// Whose it is and where the answer goes; nobody waits for one that was sent again by the network, or by a stranger.
    pub from: Option<(Line, usize, u64)>,
}

pub(crate) struct World {
    pub seed: u64,
    pub variant: Variant,
    pub dice: Dice,
    pub time: Arc<AtomicI64>,
    pub server_off_by: i64,
    pub center: Center,
    pub phones: Vec<Phone>,
    pub events: BTreeMap<(i64, u64), Event>,
    event_number: u64,
    /// What has arrived and waits for the server's next turn.
    pub waiting: Vec<Letter>,
    pub past: Vec<Call>,
    pub model: Model,
    pub trace: Trace,
    pub sometimes: Sometimes,
    /// Whether the oracle looks on. It only looks: the run is the same without it.
    pub is_watched: bool,
    /// Numbers that were written down by now, so that no two values are the same.
    pub values: u64,
    /// How much of each feed was checked.
    pub checked: BTreeMap<sync_core::id::UnitCode, usize>,
    boots: u64,
}

impl World {
    pub(crate) fn new(plan: &Plan, variant: Variant, trace: Trace, is_watched: bool) -> Self {
        let mut dice = Dice::apart(plan.seed, 2);
        let state = place::state(plan.devices, dice.draw() >> 1 | 1, dice.draw());
        let time = Arc::new(AtomicI64::new(BEGINNING));
        let mut world = Self {
            seed: plan.seed,
            variant,
            dice,
            time,
            server_off_by: 0,
            center: Center::new(variant, state),
            phones: Vec::new(),
            events: BTreeMap::new(),
            event_number: 0,
            waiting: Vec::new(),
            past: Vec::new(),
            model: Model { rights: place::rights(), ..Model::default() },
            trace,
            sometimes: Sometimes::default(),
            is_watched,
            values: 0,
            checked: BTreeMap::new(),
            boots: 0,
        };
        for (number, user) in place::PEOPLE.into_iter().take(plan.devices).enumerate() {
            let off_by = i64::try_from(world.dice.below(240_000)).unwrap_or(0) - 120_000;
            let clock = SimClock::new(&world.time, off_by);
            let seed = world.boot_seed(number);
            let phone = Phone::new(user, place::token(number), Disk::new(variant), clock, seed);
            phone.enrol();
            world.phones.push(phone);
        }
        world
    }

    /// What the next process on a device draws its actor and its jitter from.
    pub(crate) fn boot_seed(&mut self, phone: usize) -> Seed {
        self.boots += 1;
        match self.variant {
            Variant::StableActor => {
                let token = self.phones.get(phone).map_or_else(|| place::token(phone), |phone| phone.token.clone());
                let number = token.bytes().fold(0u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
                Seed(Dice::apart(self.seed, 7_000_000 + number).bytes())
            }
            _ => Seed(Dice::apart(self.seed, 5_000_000 + self.boots).bytes()),
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.time.load(SeqCst)
    }

    pub(crate) fn at(&mut self, at: i64, event: Event) {
        self.event_number += 1;
        self.events.insert((at, self.event_number), event);
    }

    /// Lets time pass, and whatever is due happen.
    pub(crate) fn pass(&mut self, ms: i64) -> Result<(), Violation> {
        let until = self.now() + ms;
        while let Some(entry) = self.events.first_entry().filter(|entry| entry.key().0 <= until) {
            let ((at, _), event) = entry.remove_entry();
            self.time.store(at.max(self.now()), SeqCst);
            self.happen(event)?;
        }
        self.time.store(until, SeqCst);
        Ok(())
    }

    fn happen(&mut self, event: Event) -> Result<(), Violation> {
        match event {
            Event::Arrive(letter) => self.arrive(letter),
            Event::Turn => self.serve()?,
            Event::Back { line, phone, number, back } => {
                let word = back.as_ref().map_or_else(|error| error.code().to_owned(), |reply| reply.status.to_string());
                let is_awaited = line.bring(number, back);
                self.trace.note(format_args!("{} back {phone}:{number} {word} {is_awaited}", self.now()));
                if is_awaited {
                    self.pump(phone)?;
                }
            }
            Event::Wake(phone) => self.pump(phone)?,
        }
        Ok(())
    }

    fn arrive(&mut self, letter: Letter) {
        self.trace.note(format_args!("{} arrive {} {} bytes", self.now(), letter.call.token, letter.call.body.len()));
        self.trace.note_bytes(&letter.call.body);
        self.waiting.push(letter);
        if self.waiting.len() == 1 {
            let after = i64::try_from(self.dice.within(1, 60)).unwrap_or(1);
            self.at(self.now() + after, Event::Turn);
        }
    }

    /// Turns a device until it waits for somebody else.
    pub(crate) fn pump(&mut self, at: usize) -> Result<(), Violation> {
        let Some(phone) = self.phones.get_mut(at) else { return Ok(()) };
        let Some(mut syncing) = phone.syncing.take() else { return Ok(()) };
        let done = turn::once(syncing.as_mut());
        if done.is_none() {
            phone.syncing = Some(syncing);
        }
        let sent = phone.line.take_sent();
        let wakes_at = phone.clock.wakes_at().filter(|_| phone.syncing.is_some());
        if let Some((number, body)) = sent {
            self.launch(at, number, body);
        }
        if let Some(wakes_at) = wakes_at {
            self.at(wakes_at, Event::Wake(at));
        }
        if let Some(done) = done {
            self.synced(at, done)?;
        }
        self.look_after(at)
    }

    /// A request leaves a device.
    fn launch(&mut self, at: usize, number: u64, body: Vec<u8>) {
        let Some(phone) = self.phones.get_mut(at) else { return };
        let (line, token, ahead) = (phone.line.clone(), phone.token.clone(), phone.ahead.take());
        let letter = Letter { call: Call { token, body }, from: Some((line.clone(), at, number)) };
        let after = i64::try_from(self.dice.within(20, 700)).unwrap_or(20);
        let give_up = Event::Back {
            line,
            phone: at,
            number,
            back: Err(TransportError::TimedOut { seconds: PATIENCE_MS as u64 / 1_000 }),
        };
        self.at(self.now() + PATIENCE_MS, give_up);
        match ahead {
            Some((fault, how)) => self.hinder(fault, how, letter, after),
            None => self.at(self.now() + after, Event::Arrive(letter)),
        }
    }

    pub(crate) fn remember(&mut self, call: &Call) {
        if self.past.len() == PAST_MAX {
            self.past.remove(0);
        }
        self.past.push(call.clone());
    }

    /// One of the devices, by a number that was drawn for it.
    pub(crate) fn somebody(&self, number: u16) -> usize {
        usize::from(number) % self.phones.len().max(1)
    }

    /// One step, and a little time after it.
    pub(crate) fn step(&mut self, planned: &Planned) -> Result<(), Violation> {
        self.dice = Dice::apart(self.seed, 1_000 + u64::from(planned.number));
        self.trace.note(format_args!("{} step {} {:?}", self.now(), planned.number, planned.step));
        let pause = i64::try_from(self.dice.within(10, 900)).unwrap_or(10);
        match planned.step {
            Step::Log { device, unit, form } => self.log(self.somebody(device), unit, form)?,
            Step::Edit { device, record, field } => self.edit(self.somebody(device), record, field)?,
            Step::Comment { device, record } => self.comment(self.somebody(device), record)?,
            Step::Verdict { device, record, verdict } => self.review(self.somebody(device), record, verdict)?,
            Step::Stroke { device, draft } => self.stroke(self.somebody(device), draft)?,
            Step::Finish { device, draft } => self.finish(self.somebody(device), draft)?,
            Step::Sync { device } => self.begin_sync(self.somebody(device))?,
            Step::Wait { ms } => self.pass(i64::from(ms))?,
            Step::BackUp { whose } => self.back_up(whose),
            Step::Decide { held } => self.decide(held)?,
            Step::Strike { fault, whose, how } => self.strike(fault, whose, how)?,
        }
        self.pass(pause)?;
        self.watch(planned.number)
    }

    pub(crate) fn begin_sync(&mut self, at: usize) -> Result<(), Violation> {
        let Some(phone) = self.phones.get_mut(at).filter(|phone| phone.syncing.is_none()) else { return Ok(()) };
        phone.begin_sync();
        self.pump(at)
    }

    fn back_up(&mut self, whose: u16) {
        match usize::from(whose) % (self.phones.len() + 1) {
            at if at < self.phones.len() => {
                if let Some(phone) = self.phones.get_mut(at) {
                    phone.backup = Some((phone.disk.copied(), phone.saved.clone()));
                }
            }
            _ => {
                self.center.back_up();
                self.model.back_up();
            }
        }
    }

    fn decide(&mut self, held: u16) -> Result<(), Violation> {
        let waiting = self.held();
        match pick(&waiting, held).copied() {
            Some(hash) => self.judge(hash, self.dice.clone().comes(250)),
            None => Ok(()),
        }
    }
}
