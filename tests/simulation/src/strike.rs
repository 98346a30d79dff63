//! What goes wrong, as steps.

use crate::{
    dice::pick,
    disk::Mishap,
    fault::Fault,
    phone::Phone,
    place::{self, FACILITIES, OBSERVER, PEOPLE, RECORDER, REVIEWER},
    server::Act,
    violation::Violation,
    world::World,
};

/// Devices of a world at most, copies among them.
const PHONES_MAX: usize = 8;
const HOUR_MS: i64 = 3_600_000;

impl World {
    pub(crate) fn strike(&mut self, fault: Fault, whose: u16, how: u16) -> Result<(), Violation> {
        // One part in so many as there are devices and the server.
        let at = usize::from(whose) % (self.phones.len() + 1);
        let is_server = at == self.phones.len();
        let late = (how % 3) as u8;
        match fault {
            Fault::Crash if how.is_multiple_of(3) => {
                self.sometimes.struck(fault);
                if is_server { self.server_down(false)? } else { self.restart(at, false)? }
            }
            Fault::Crash => {
                let mishap = if how.is_multiple_of(2) { Mishap::DeathBefore } else { Mishap::DeathAfter };
                self.arm(at, late, mishap);
            }
            Fault::PowerCut => {
                self.sometimes.struck(fault);
                if is_server { self.server_down(true)? } else { self.restart(at, true)? }
            }
            Fault::TornWrite => self.arm(at, late, Mishap::Torn(how % 1_000)),
            Fault::DiskFull => self.arm(at, late, Mishap::Full),
            Fault::IoError => self.arm(at, late, Mishap::Error),
            Fault::Cut | Fault::Delay | Fault::Duplicate => {
                let at = self.somebody(whose);
                if let Some(phone) = self.phones.get_mut(at) {
                    phone.ahead = Some((fault, how / 2));
                }
            }
            Fault::Reorder => self.reorder(whose),
            Fault::Replay => self.replay(whose, how),
            Fault::ClockJump => {
                self.sometimes.struck(fault);
                let far = [HOUR_MS / 60, HOUR_MS, 24 * HOUR_MS, 2_000 * HOUR_MS, 20_000 * HOUR_MS];
                let by = pick(&far, how / 2).copied().unwrap_or(HOUR_MS) * if how.is_multiple_of(2) { 1 } else { -1 };
                match self.phones.get(at) {
                    Some(phone) => phone.clock.jump(by),
                    None => self.server_off_by += by,
                }
            }
            Fault::Clone => self.copy(self.somebody(whose)),
            Fault::DeviceRestored => self.restore_device(self.somebody(whose))?,
            Fault::ServerRestored => {
                let epoch = self.dice.draw() >> 1 | 1;
                if self.center.restore(epoch) {
                    self.sometimes.struck(fault);
                    self.model.restore();
                    self.checked.clear();
                    self.server_down(false)?;
                    self.check_feeds()?;
                }
            }
            Fault::Reassignment => self.reassign(whose, how)?,
            Fault::Hostile => self.misbehave(whose, how),
        }
        Ok(())
    }

    fn arm(&mut self, at: usize, late: u8, mishap: Mishap) {
        match self.phones.get(at) {
            Some(phone) => phone.disk.arm(late, mishap),
            None => self.center.arm(mishap),
        }
    }

    /// A device is copied, and both go on.
    fn copy(&mut self, at: usize) {
        if self.phones.len() >= PHONES_MAX {
            return;
        }
        let seed = self.boot_seed(at);
        let Some(phone) = self.phones.get(at) else { return };
        let clock = crate::clock::SimClock::new(&self.time, phone.clock.off_by());
        let mut copy = Phone::new(phone.user.as_str(), phone.token.clone(), phone.disk.copied(), clock, seed);
        copy.saved = phone.saved.clone();
        self.phones.push(copy);
        self.sometimes.struck(Fault::Clone);
    }

    /// A device goes on from its backup; what was made since is gone, as its user knows.
    fn restore_device(&mut self, at: usize) -> Result<(), Violation> {
        let seed = self.boot_seed(at);
        let Some(phone) = self.phones.get_mut(at) else { return Ok(()) };
        let Some((disk, saved)) = phone.backup.clone() else { return Ok(()) };
        phone.half = None;
        phone.saved = saved;
        phone.boot(disk.copied(), seed);
        self.sometimes.struck(Fault::DeviceRestored);
        if self.is_watched { self.check_disk(at) } else { Ok(()) }
    }

    /// A role is given or taken away, or a device revoked.
    fn reassign(&mut self, whose: u16, how: u16) -> Result<(), Violation> {
        // What a server stored before it died, and never answered for, is judged by the rights of then.
        self.check_feeds()?;
        self.sometimes.struck(Fault::Reassignment);
        let user = pick(&PEOPLE, whose).copied().unwrap_or(PEOPLE[0]);
        let unit = pick(&FACILITIES, how).copied().unwrap_or(FACILITIES[0]);
        let act = match how / 8 % 10 {
            0 if self.model.rights.revoked.is_empty() => {
                let token = place::token(usize::from(whose) % PEOPLE.len());
                self.model.rights.revoked.insert(token.clone());
                Act::Revoke(token)
            }
            1..=4 => Act::Grant(place::name(user), place::name(unit), Default::default()),
            5 => Act::Grant(place::name(user), place::name(unit), OBSERVER),
            6 if user == "reviewer-01" => Act::Grant(place::name(user), place::name("markam"), Default::default()),
            7 if user == "reviewer-01" => Act::Grant(place::name(user), place::name("markam"), REVIEWER),
            _ => Act::Grant(place::name(user), place::name(unit), RECORDER),
        };
        if let Act::Grant(user, unit, roles) = &act {
            self.model.rights.roles.insert((user.clone(), unit.clone()), *roles);
        }
        self.trace.note(format_args!("{act:?}"));
        self.center.administer(&act);
        Ok(())
    }
}
