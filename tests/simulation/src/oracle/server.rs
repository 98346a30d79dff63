//! The server's promises.

use std::collections::BTreeMap;

use cairn_client::transport::Reply;
use sync_core::{
    gate::ReasonCode,
    id::ChangeHash,
    wire::{self, FeedAnswer, Outcome},
};

use crate::{
    model::Word,
    server::state::{TallyKey, Why},
    violation::{Violation, holds},
    world::World,
};

impl World {
    /// Feeds only grow, by changes whose authors may.
    pub(crate) fn check_feeds(&mut self) -> Result<(), Violation> {
        let state = self.center.state();
        for (unit, feed) in &state.feeds {
            let before = self.checked.get(unit).copied().unwrap_or(0);
            for hash in feed.entries.iter().skip(before) {
                // A restored server takes whoever is quicker for an author that it forgot: with their own rights.
                let claimed = if self.model.restores > 0 { self.model.impostures.remove(hash) } else { None };
                if let Some(written) = claimed.or_else(|| self.model.strangers.remove(hash)) {
                    self.model.written.insert(*hash, written);
                }
                let is_new = self.model.ever_stored.insert(*hash);
                let Some(written) = self.model.written.get(hash) else {
                    holds!("no hostile change gets into a feed", !self.is_watched, "{hash} is in {unit}");
                    continue;
                };
                let may = !self.model.rights.revoked.contains(&written.token) && self.model.rights.allow(written);
                // What was in the feed once, or was sent as somebody else's, is judged by what is known of it now.
                let excused = !is_new || self.model.admitted.contains(hash) || self.model.relayed.contains(hash);
                holds!(
                    "nobody writes where they may not",
                    may || excused || !self.is_watched,
                    "{hash} of {} is in {unit}",
                    written.user
                );
                holds!(
                    "a change goes into the feed of its record",
                    written.unit == *unit || !self.is_watched,
                    "{hash} of {} is in {unit}",
                    written.unit
                );
            }
            self.checked.insert(unit.clone(), feed.entries.len());
        }
        Ok(())
    }

    /// What the server says of a change has its reason.
    pub(crate) fn check_outcome(&self, hash: &ChangeHash, said: &Outcome, is_alone: bool) -> Result<(), Violation> {
        let honest = self.model.written.get(hash);
        if let (Some(_), Outcome::Refused(reason)) = (self.model.strangers.get(hash), said) {
            holds!("a bad change takes no good one along", false, "{hash} was refused: {reason}");
        }
        let Some(written) = honest else { return Ok(()) };
        let rights = &self.model.rights;
        let is_revoked = rights.revoked.contains(&written.token);
        let why = match said {
            Outcome::Accepted { .. } | Outcome::Duplicate { .. } | Outcome::Parked => return Ok(()),
            Outcome::Held(reason) | Outcome::Refused(reason) => reason,
        };
        let has_reason = match why.code {
            ReasonCode::NoPermission => !rights.allow(written) || self.model.relayed.contains(hash),
            ReasonCode::DeviceRevoked => is_revoked || self.model.restores > 0 || is_alone,
            // The server was restored and met somebody else first, or somebody else sent it.
            ReasonCode::UnprovenAuthor | ReasonCode::WorkerMismatch => self.model.restores > 0 || is_alone,
            ReasonCode::Rejected => self.model.rejected.contains(hash) || self.model.restores > 0,
            _ => self.model.relayed.contains(hash),
        };
        // A role that was given back since: it is held until a person decides, as it was when it came.
        let was_held = self.model.acknowledged.get(hash) == Some(&Word::Kept) && matches!(said, Outcome::Held(_));
        holds!("nothing typed is turned away without a reason", has_reason || was_held, "{hash}: {said:?}");
        Ok(())
    }

    /// Whatever was acknowledged is there.
    pub(crate) fn check_acknowledged(&self) -> Result<(), Violation> {
        let state = self.center.state();
        for (hash, word) in &self.model.acknowledged {
            let (in_feed, kept) = (state.stored.contains_key(hash), state.kept.contains_key(hash));
            // Nobody has looked at what is parked: what somebody made up is refused when what it claims to build on arrives.
            let is_made_up = !self.model.written.contains_key(hash) && !self.model.strangers.contains_key(hash);
            let is_there = in_feed || (*word == Word::Kept && (kept || is_made_up));
            holds!("what was acknowledged is never lost", is_there, "{hash} was acknowledged as {word:?}");
        }
        Ok(())
    }

    /// Nobody is told of what they may not read, and what they are told of a feed stays true.
    pub(crate) fn check_answer(&self, token: &str, reply: &Reply) -> Result<(), Violation> {
        if reply.status != 200 {
            return Ok(());
        }
        let state = self.center.state();
        let Some(user) = state.devices.get(token).map(|device| &device.user) else { return Ok(()) };
        let opened = wire::open_response(&reply.body);
        let Ok(opened) = opened else {
            holds!("an answer can be read", false, "{token}: {:?}", opened.err());
            return Ok(());
        };
        let reads = |unit| self.model.rights.reads(user, token, unit);
        for (unit, answer) in &opened.head().feeds {
            match answer {
                FeedAnswer::Gone => holds!("who may read is not turned away", !reads(unit), "{user} and {unit}"),
                FeedAnswer::Unrecognised => holds!("nobody reads where they may not", reads(unit), "{user}, {unit}"),
                FeedAnswer::Page { to, head, digest, .. } => {
                    holds!("nobody reads where they may not", reads(unit), "{user} was told of {unit}");
                    let feed = state.feeds.get(unit);
                    let there = feed.map_or(Some(Default::default()), |feed| feed.digest_at(*to));
                    holds!(
                        "no position is seen before those below it",
                        there == Some(*digest),
                        "{user} was told of {unit} up to {to} of {head}"
                    );
                }
            }
        }
        for repair in &opened.head().repairs {
            holds!(
                "nobody reads where they may not",
                reads(&repair.unit),
                "{user} was told what is in {}",
                repair.unit
            );
        }
        Ok(())
    }

    /// The server's rows and totals are those that its changes imply.
    pub(crate) fn check_tables(&self) -> Result<(), Violation> {
        let state = self.center.state();
        let mut totals: BTreeMap<TallyKey, i64> = BTreeMap::new();
        for (id, row) in &state.rows {
            let rebuilt = state.record(*id).map(|record| {
                let header = record.header();
                let form = state.forms.get(&header.form, header.form_version);
                sync_core::merge::project(&record, record.view(), form)
            });
            holds!("rows are those of the changes", rebuilt.as_ref() == Some(row), "{id}: {row:?}, not {rebuilt:?}");
            for (measure, value) in row.contribution.iter().flat_map(|c| &c.measures) {
                let on = row.contribution.as_ref().map(|c| c.on);
                let Some(on) = on else { continue };
                *totals.entry((row.unit.clone(), row.form.clone(), on, measure.clone())).or_default() += value;
            }
        }
        totals.retain(|_, value| *value != 0);
        holds!("totals are those of the records", totals == state.tallies, "{:?}, not {totals:?}", state.tallies);
        let entries: usize = state.feeds.values().map(|feed| feed.entries.len()).sum();
        holds!("no change is stored twice", entries == state.stored.len(), "{entries} entries");
        let parked = state.kept.values().filter(|kept| kept.why == Why::Parked).count();
        let most = self.model.written.len() + self.model.strangers.len() + self.past.len();
        holds!("what waits is bounded by what was written", state.kept.len() <= most + 64, "{parked} parked");
        Ok(())
    }
}
