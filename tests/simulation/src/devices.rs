//! Devices that die and come up again.

use cairn_client::{Error, engine::SyncReport};

use crate::{
    fault::Fault,
    phone::Half,
    violation::{Violation, holds},
    world::World,
};

impl World {
    /// A device's process may have died of what its disk met: another one comes up.
    pub(crate) fn look_after(&mut self, at: usize) -> Result<(), Violation> {
        let Some(phone) = self.phones.get(at) else { return Ok(()) };
        let is_dead = phone.disk.is_dead();
        let struck = self.strike_noted(at);
        if is_dead { self.restart(at, struck == Some(Fault::TornWrite)) } else { Ok(()) }
    }

    /// Counts what has struck a device's disk.
    pub(crate) fn strike_noted(&mut self, at: usize) -> Option<Fault> {
        let struck = self.phones.get(at)?.disk.take_struck()?;
        self.sometimes.struck(struck);
        Some(struck)
    }

    /// A device's process ends, at whatever point it is, and another begins on its disk.
    pub(crate) fn restart(&mut self, at: usize, is_dark: bool) -> Result<(), Violation> {
        let seed = self.boot_seed(at);
        let Some(phone) = self.phones.get_mut(at) else { return Ok(()) };
        let disk = phone.disk.recovered(is_dark);
        phone.boot(disk, seed);
        self.trace.note(format_args!("{} device {at} up", self.now()));
        self.find_half(at);
        if self.is_watched { self.check_disk(at) } else { Ok(()) }
    }

    /// What was being written when the process died is there or not; its user sees which.
    fn find_half(&mut self, at: usize) {
        let Some(phone) = self.phones.get_mut(at) else { return };
        let Some(half) = phone.half.take() else { return };
        let unknown = |row: &&sync_core::replica::ChangeRow| row.own && !self.model.written.contains_key(&row.hash);
        let rows = phone.rows();
        let found = rows.iter().find(unknown);
        match (half, found) {
            (Half::Change(written) | Half::Record(written), Some(row)) => {
                let record = row.record.unwrap_or(written.record);
                phone.saved.changes.insert(row.hash);
                self.model.written.insert(row.hash, crate::model::Written { record, ..*written });
            }
            (Half::Finish(draft, written), Some(row)) => {
                let record = row.record.unwrap_or(written.record);
                phone.saved.drafts.remove(&draft);
                phone.saved.changes.insert(row.hash);
                self.model.written.insert(row.hash, crate::model::Written { record, ..*written });
            }
            (Half::Draft(draft, answers), _) => {
                let kept = crate::turn::at_once(cairn_client::Store::draft(&phone.disk, draft));
                if let Some(Ok(Some(kept))) = kept
                    && kept.answers == answers
                {
                    phone.saved.drafts.insert(draft, answers);
                }
            }
            (Half::Change(_) | Half::Record(_) | Half::Finish(..), None) => {}
        }
    }

    /// A sync ended.
    pub(crate) fn synced(&mut self, at: usize, done: Result<SyncReport, Error>) -> Result<(), Violation> {
        self.sometimes.saw("syncs ended", 1);
        let error = done.as_ref().map_or_else(Some, |report| report.error.as_ref());
        let word = error.map_or("well", Error::code).to_owned();
        self.trace.note(format_args!("{} synced {at} {word} {:?}", self.now(), done.as_ref().ok()));
        let (is_served, found) = match error {
            None => (true, String::new()),
            Some(error) => {
                let is_known = error.is_passing() || matches!(error, Error::Store(_));
                // Nobody is asked twice for what it has said that it does not know.
                (is_known || ["stale_reference", "digest_mismatch"].contains(&error.code()), error.to_string())
            }
        };
        if self.is_watched {
            holds!("a sync fails only for what is wrong on the way", is_served, "device {at}: {word}: {found}");
            let rejected = done.as_ref().map_or(0, |report| report.rejected);
            holds!("no device is sent what it must refuse", rejected == 0, "device {at} refused {rejected} changes");
        }
        if let Some(phone) = self.phones.get_mut(at) {
            phone.last = done.ok();
        }
        Ok(())
    }
}
