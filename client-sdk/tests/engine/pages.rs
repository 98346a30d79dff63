//! What the server of maps answers: pages of feeds, repairs, decisions, the catalog.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    id::{ActorKey, ChangeHash, UnitCode},
    limits::VOUCHED_CHANGES,
    merge::{BucketSet, bucket_of, differing_buckets},
    replica::hash_prefix,
    wire::{
        FeedAnswer, FeedRequest, Known, OutChange, OutGroup, OutResponse, Outcome, RepairAnswer, RepairRequest,
        RequestHead, ResponseHead, cursor_check,
    },
};

use crate::server::FakeServer;

impl FakeServer {
    pub fn respond(&self, device: &str, head: &RequestHead, outcomes: Vec<Outcome>) -> OutResponse {
        let user = &self.devices[device].user;
        let catalog = self.catalog_of(user);
        let mut room = head.budget_bytes as usize;
        let mut sent: BTreeMap<UnitCode, BTreeSet<u64>> = BTreeMap::new();
        let mut answer = ResponseHead { epoch: self.epoch, clock: self.now, outcomes, ..ResponseHead::default() };
        for (unit, names) in &head.fetch {
            for (hash, stored) in &self.stored {
                if stored.unit == *unit && names.contains(&hash_prefix(hash)) && self.fits(hash, &mut room) {
                    sent.entry(unit.clone()).or_default().insert(stored.position);
                }
            }
        }
        for asked in &head.feeds {
            let feed = if catalog.roles_on(&asked.unit).any() {
                self.page(device, asked, head.unanswered, &mut room, &mut sent)
            } else {
                Some(FeedAnswer::Gone)
            };
            answer.feeds.extend(feed.map(|feed| (asked.unit.clone(), feed)));
        }
        answer.repairs = head.repairs.iter().map(|repair| self.compare(repair)).collect();
        let decisions = &self.devices[device].decisions;
        answer.decisions = decisions.iter().filter(|d| d.number > head.decisions_after).cloned().collect();
        if head.catalog != self.revision {
            answer.catalog = Some((self.revision, serde_json::to_string(&catalog).unwrap()));
        }
        let mut actors: BTreeSet<ActorKey> = BTreeSet::new();
        let mut groups = Vec::new();
        for (unit, positions) in sent {
            let changes: Vec<OutChange> = positions.iter().map(|p| self.out_change(&unit, *p)).collect();
            actors.extend(changes.iter().map(|c| c.parts.actor));
            let silent = head.unanswered && !self.refers_all_the_same;
            let known = if silent { Vec::new() } else { self.known(device, &unit, head, &changes) };
            groups.push(OutGroup { unit, changes, known });
        }
        let runs = groups.iter().flat_map(|group| group.changes.chunks(VOUCHED_CHANGES));
        answer.vouchers = runs.map(|run| self.vouch(run.iter().map(|c| (c.hash, self.user(c.parts.actor))))).collect();
        answer.authors = actors.into_iter().filter_map(|actor| self.author(actor)).collect();
        OutResponse { head: answer, groups }
    }

    /// Whether there is room for a change; the first always finds some.
    fn fits(&self, hash: &ChangeHash, room: &mut usize) -> bool {
        let bytes = self.stored[hash].change.raw().len();
        let fits = *room > 0;
        *room = room.saturating_sub(bytes);
        fits
    }

    fn page(
        &self,
        device: &str,
        asked: &FeedRequest,
        unanswered: bool,
        room: &mut usize,
        sent: &mut BTreeMap<UnitCode, BTreeSet<u64>>,
    ) -> Option<FeedAnswer> {
        let unit = &asked.unit;
        let feed = self.feeds.get(unit).map_or(&[][..], Vec::as_slice);
        let head = feed.len() as u64;
        let sent = sent.entry(unit.clone()).or_default();
        let mut take = |position: u64, own: bool| {
            let hash = &feed[position as usize - 1];
            let skip = self.withheld.contains(hash) || (!own && self.stored[hash].device == device);
            if skip {
                return true;
            }
            let fits = self.fits(hash, room);
            if fits {
                sent.insert(position);
            }
            fits
        };
        // Downwards from `top`, own changes as well: whoever asks may have lost them.
        let mut down = |top: u64| {
            let mut from = top;
            while from > 0 && take(from, true) {
                from -= 1;
            }
            from
        };
        let digest = |position| self.digest(unit, position);
        match &asked.after {
            None => {
                let from = down(head);
                Some(FeedAnswer::Page { from, to: head, head, digest: digest(head) })
            }
            Some(mark)
                if mark.position > head
                    || cursor_check(self.epoch, mark.position, digest(mark.position)) != mark.check =>
            {
                Some(FeedAnswer::Unrecognised)
            }
            Some(mark) if mark.position < head => {
                let mut to = mark.position;
                while to < head && take(to + 1, unanswered) {
                    to += 1;
                }
                Some(FeedAnswer::Page { from: mark.position, to, head, digest: digest(to) })
            }
            Some(mark) if asked.missing_below > 0 => {
                let (to, from) = (asked.missing_below, down(asked.missing_below));
                Some(FeedAnswer::Page { from, to, head: mark.position, digest: digest(to) })
            }
            Some(_) => None,
        }
    }

    fn compare(&self, repair: &RepairRequest) -> RepairAnswer {
        let feed = self.feeds.get(&repair.unit).map_or(&[][..], Vec::as_slice);
        let buckets = repair.digests.len();
        let mine = BucketSet::new(buckets, feed);
        let names = |bucket: u32| {
            let of = feed.iter().filter(|h| bucket_of(h, buckets) == bucket as usize);
            let mut names: Vec<u64> = of.map(hash_prefix).collect();
            names.sort_unstable();
            (bucket, names)
        };
        RepairAnswer {
            unit: repair.unit.clone(),
            buckets: u32::try_from(buckets).unwrap(),
            differing: differing_buckets(&mine, &repair.digests).into_iter().map(names).collect(),
            head: feed.len() as u64,
            digest: self.digest(&repair.unit, feed.len() as u64),
        }
    }

    fn out_change(&self, unit: &UnitCode, position: u64) -> OutChange {
        let hash = self.feeds[unit][position as usize - 1];
        OutChange { position: Some(position), hash, parts: (*self.stored[&hash].parts).clone() }
    }

    /// What the device has of the records that `changes` belong to, by what its cursor says.
    fn known(&self, device: &str, unit: &UnitCode, head: &RequestHead, changes: &[OutChange]) -> Vec<Known> {
        let Some(asked) = head.feeds.iter().find(|f| f.unit == *unit) else { return Vec::new() };
        let Some(mark) = asked.after else { return Vec::new() };
        let records: BTreeSet<_> = changes.iter().map(|c| self.stored[&c.hash].record).collect();
        let has = |p: u64| p > asked.missing_below && p <= mark.position;
        let of = self.stored.values().filter(|s| s.unit == *unit && has(s.position) && records.contains(&s.record));
        let of = of.filter(|s| s.device != device && !self.withheld.contains(&s.change.hash()));
        of.map(|s| Known { position: s.position, hash: s.change.hash(), actor: s.parts.actor }).collect()
    }
}
