//! What is on its way: how requests reach the server's turn, how answers come back, and what can happen to both.

use cairn_client::{TransportError, transport::Reply};
use sync_core::{gate::ReasonCode, id::ChangeHash, wire::Outcome};

use crate::{
    dice::Dice,
    fault::Fault,
    model::Word,
    server::{Act, Call, Served, center::Turn},
    violation::{Violation, holds},
    world::{Event, Letter, World},
};

impl World {
    /// The server takes up what waits, and answers.
    pub(crate) fn serve(&mut self) -> Result<(), Violation> {
        let letters = core::mem::take(&mut self.waiting);
        let calls: Vec<Call> = letters.iter().map(|letter| letter.call.clone()).collect();
        let now = self.now() + self.server_off_by;
        let turn = self.center.turn(&calls, now);
        if let Some(fault) = self.center.take_struck() {
            self.sometimes.struck(fault);
        }
        match turn {
            Turn::Answered(served) => {
                self.sometimes.saw("turns with several requests", usize::from(calls.len() > 1));
                for (letter, one) in letters.iter().zip(&served) {
                    self.hear(letter, one)?;
                }
                self.check_feeds()?;
                for (letter, one) in letters.into_iter().zip(served) {
                    if self.is_watched {
                        self.check_answer(&letter.call.token, &one.reply)?;
                    }
                    self.answer(letter, one.reply);
                }
                Ok(())
            }
            Turn::Died(fault) => {
                self.trace.note(format_args!("{} server died of {}", self.now(), fault.word()));
                self.broken_off(letters);
                self.server_down(fault == Fault::TornWrite)
            }
        }
    }

    /// The server has said something. It is true from now on, whether it is heard or not.
    fn hear(&mut self, letter: &Letter, served: &Served) -> Result<(), Violation> {
        let Served { reply, said } = served;
        self.trace.note(format_args!("{} served {} {}", self.now(), letter.call.token, reply.status));
        self.trace.note_bytes(&reply.body);
        self.remember(&letter.call);
        for (hash, outcome) in said {
            self.trace.note(format_args!("said {hash} {}", outcome.word()));
            let word = match outcome {
                Outcome::Accepted { .. } | Outcome::Duplicate { .. } => Some(Word::InFeed),
                Outcome::Parked | Outcome::Held(_) => Some(Word::Kept),
                Outcome::Refused(_) => None,
            };
            if let Some(word) = word {
                let known = self.model.acknowledged.entry(*hash).or_insert(word);
                if word == Word::InFeed {
                    *known = word;
                }
            }
            self.sometimes.saw(
                match outcome {
                    Outcome::Accepted { .. } => "changes accepted",
                    Outcome::Duplicate { .. } => "changes sent again",
                    Outcome::Parked => "changes parked",
                    Outcome::Held(_) => "changes held",
                    Outcome::Refused(_) => "changes refused",
                },
                1,
            );
            if self.is_watched {
                self.check_outcome(hash, outcome, letter.from.is_none())?;
            }
        }
        Ok(())
    }

    fn answer(&mut self, letter: Letter, reply: Reply) {
        let Some((line, phone, number)) = letter.from else { return };
        let after = i64::try_from(self.dice.within(20, 700)).unwrap_or(20);
        let ahead = self.phones.get_mut(phone).and_then(|phone| phone.ahead.take());
        let (after, back) = match ahead {
            Some((Fault::Cut, _)) => {
                self.sometimes.struck(Fault::Cut);
                (after, Err(TransportError::Unreachable("the line was cut".into())))
            }
            Some((Fault::Delay, how)) => {
                self.sometimes.struck(Fault::Delay);
                (after + late(how), Ok(reply))
            }
            _ => (after, Ok(reply)),
        };
        self.at(self.now() + after, Event::Back { line, phone, number, back });
    }

    /// Whoever waits for an answer hears that there will be none.
    fn broken_off(&mut self, letters: Vec<Letter>) {
        for letter in letters {
            if let Some((line, phone, number)) = letter.from {
                let back = Err(TransportError::Unreachable("the connection broke".into()));
                self.at(self.now() + 30, Event::Back { line, phone, number, back });
            }
        }
    }

    /// The server's process is gone, and another comes up.
    pub(crate) fn server_down(&mut self, is_dark: bool) -> Result<(), Violation> {
        let letters = core::mem::take(&mut self.waiting);
        self.broken_off(letters);
        self.center.recover(is_dark);
        self.trace.note(format_args!("{} server up", self.now()));
        if self.is_watched { self.check_acknowledged() } else { Ok(()) }
    }

    /// What was announced happens to a request.
    pub(crate) fn hinder(&mut self, fault: Fault, how: u16, letter: Letter, after: i64) {
        let now = self.now();
        match fault {
            // Half of the time it arrives, and the answer does not.
            Fault::Cut if how.is_multiple_of(2) => {
                if let Some((_, phone, _)) = &letter.from
                    && let Some(phone) = self.phones.get_mut(*phone)
                {
                    phone.ahead = Some((Fault::Cut, how));
                }
                self.at(now + after, Event::Arrive(letter));
            }
            Fault::Cut => {
                self.sometimes.struck(Fault::Cut);
                if let Some((line, phone, number)) = letter.from {
                    let back = Err(TransportError::Unreachable("the line was cut".into()));
                    self.at(now + after, Event::Back { line, phone, number, back });
                }
            }
            Fault::Delay if how.is_multiple_of(2) => {
                if let Some((_, phone, _)) = &letter.from
                    && let Some(phone) = self.phones.get_mut(*phone)
                {
                    phone.ahead = Some((Fault::Delay, how));
                }
                self.at(now + after, Event::Arrive(letter));
            }
            Fault::Delay => {
                self.sometimes.struck(Fault::Delay);
                self.at(now + after + late(how), Event::Arrive(letter));
            }
            Fault::Duplicate => {
                self.sometimes.struck(Fault::Duplicate);
                let again = Letter { from: None, ..letter.clone() };
                self.at(now + after + i64::from(how % 3_000), Event::Arrive(again));
                self.at(now + after, Event::Arrive(letter));
            }
            _ => self.at(now + after, Event::Arrive(letter)),
        }
    }

    /// A request overtakes another: of those on their way, two change places.
    pub(crate) fn reorder(&mut self, whose: u16) {
        let is_request = |event: &Event| matches!(event, Event::Arrive(_));
        let keys: Vec<(i64, u64)> =
            self.events.iter().filter(|(_, event)| is_request(event)).map(|(key, _)| *key).collect();
        if keys.len() < 2 {
            return;
        }
        let at = usize::from(whose) % (keys.len() - 1);
        let (a, b) = (keys[at], keys[at + 1]);
        if let (Some(first), Some(second)) = (self.events.remove(&a), self.events.remove(&b)) {
            self.events.insert(a, second);
            self.events.insert(b, first);
            self.sometimes.struck(Fault::Reorder);
        }
    }

    /// A request of long ago arrives again.
    pub(crate) fn replay(&mut self, whose: u16, how: u16) {
        let Some(call) = crate::dice::pick(&self.past, whose).cloned() else { return };
        self.sometimes.struck(Fault::Replay);
        self.at(self.now() + i64::from(how % 500), Event::Arrive(Letter { call, from: None }));
    }

    /// What the server holds, honest or not, oldest name first.
    pub(crate) fn held(&self) -> Vec<ChangeHash> {
        use crate::server::state::Why;
        let waits = |why: &Why| matches!(why, Why::Held(reason) if reason.code != ReasonCode::TooManyParked);
        self.center.state().kept.iter().filter(|(_, kept)| waits(&kept.why)).map(|(hash, _)| *hash).collect()
    }

    /// A person decides about a held change: what no honest device made stays out.
    pub(crate) fn judge(&mut self, hash: ChangeHash, keeps_out: bool) -> Result<(), Violation> {
        let is_honest = self.model.written.contains_key(&hash);
        if !is_honest || keeps_out {
            self.trace.note(format_args!("rejected {hash}"));
            if is_honest {
                self.model.rejected.insert(hash);
            }
            self.center.administer(&Act::Reject(hash));
            self.model.acknowledged.remove(&hash);
            self.sometimes.saw("held changes rejected", 1);
        } else {
            self.trace.note(format_args!("admitted {hash}"));
            self.model.admitted.insert(hash);
            let outcome = self.center.administer(&Act::Admit(hash));
            self.sometimes.saw("held changes admitted", 1);
            let is_in = outcome.as_ref().is_some_and(|o| !matches!(o, Outcome::Refused(_)));
            holds!("what a person lets in gets in", is_in, "{hash}: {outcome:?}");
        }
        self.check_feeds()
    }
}

/// How late a late letter is, ms.
fn late(how: u16) -> i64 {
    let mut dice = Dice::of(u64::from(how));
    i64::try_from(dice.within(5_000, 200_000)).unwrap_or(5_000)
}
