//! What a device is told: pages of the feeds that it follows, comparisons, decisions, its catalog. By the rules of the shipped
//! server's `sync::{plan, page, answer}`, over maps.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    id::{ActorKey, ChangeHash, ClockMs, RecordId, UnitCode},
    limits::VOUCHED_CHANGES,
    merge::{BucketSet, bucket_of, differing_buckets},
    replica::hash_prefix,
    wire::{
        Author, FeedAnswer, FeedRequest, Known, OutChange, OutGroup, OutResponse, Outcome, RepairAnswer, RepairRequest,
        RequestHead, ResponseHead, cursor_check,
    },
};

use super::state::{Feed, State};

/// Decisions of one response.
const DECISIONS_MAX: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Want {
    Fetch(Vec<u64>),
    Up(u64),
    Newest,
    Down(u64),
}

/// What is still to be filled.
struct Basket {
    bytes: usize,
    is_first_free: bool,
}

impl Basket {
    fn take(&mut self, share: &mut usize, bytes: usize) -> bool {
        let fits = bytes <= *share && bytes <= self.bytes;
        if fits || self.is_first_free {
            *share = share.saturating_sub(bytes);
            self.bytes = self.bytes.saturating_sub(bytes);
            self.is_first_free = false;
            return true;
        }
        false
    }
}

#[derive(Default)]
struct Plan {
    wants: Vec<(Want, UnitCode)>,
    answers: Vec<(UnitCode, FeedAnswer)>,
    repairs: Vec<usize>,
    /// Of a feed a device has for certain what lies between these.
    has: BTreeMap<UnitCode, (u64, u64)>,
}

type Sent = BTreeMap<UnitCode, BTreeSet<u64>>;

impl State {
    /// The answer to a request whose changes are in.
    pub(super) fn respond(
        &self,
        device: &str,
        head: &RequestHead,
        outcomes: &[(ChangeHash, Outcome)],
        now: i64,
    ) -> Option<OutResponse> {
        let known = self.devices.get(device)?;
        let reads = |unit: &UnitCode| !known.revoked && self.roles_on(&known.user, unit).any();
        let plan = self.plan(head, reads);
        let mut decisions: Vec<_> = known
            .decisions
            .iter()
            .filter(|d| d.number > head.decisions_after)
            .take(DECISIONS_MAX + 1)
            .cloned()
            .collect();
        let more_decisions = decisions.len() > DECISIONS_MAX;
        decisions.truncate(DECISIONS_MAX);
        let catalog = (!known.revoked && head.catalog != self.revision)
            .then(|| Some((self.revision, serde_json::to_string(&self.catalog_of(&known.user)).ok()?)))
            .flatten();
        let pushed: BTreeSet<ChangeHash> = outcomes.iter().map(|(hash, _)| *hash).collect();
        let (answers, sent) = self.fill(&plan, device, &pushed, head.budget_bytes as usize);
        let repairs = plan.repairs.iter().filter_map(|number| Some(self.compare(head.repairs.get(*number)?)));
        let repairs = repairs.collect();
        let (mut groups, mut vouchers, mut strangers) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (unit, positions) in sent {
            let known = self.known_of(&plan, device, head, !decisions.is_empty(), &unit, &positions);
            let acquainted: BTreeSet<ActorKey> = known.iter().map(|known| known.actor).collect();
            let changes: Vec<OutChange> = positions.iter().filter_map(|at| self.out_change(&unit, *at)).collect();
            strangers.extend(changes.iter().map(|c| c.parts.actor).filter(|actor| !acquainted.contains(actor)));
            let authored = |c: &OutChange| (c.hash, self.actors.get(&c.parts.actor).map(|standee| &standee.user));
            vouchers.extend(changes.chunks(VOUCHED_CHANGES).map(|run| self.vouch(run.iter().map(authored))));
            groups.push(OutGroup { unit, changes, known });
        }
        let author = |actor: ActorKey| Some(Author { actor, user: self.actors.get(&actor)?.user.clone() });
        let mut feeds = plan.answers;
        feeds.extend(answers);
        let head = ResponseHead {
            epoch: self.epoch,
            clock: ClockMs(now),
            outcomes: outcomes.iter().map(|(_, outcome)| outcome.clone()).collect(),
            feeds,
            decisions,
            more_decisions,
            catalog,
            authors: strangers.into_iter().filter_map(author).collect(),
            repairs,
            vouchers,
        };
        Some(OutResponse { head, groups })
    }

    fn feed(&self, unit: &UnitCode) -> Feed {
        self.feeds.get(unit).cloned().unwrap_or_default()
    }

    fn plan(&self, head: &RequestHead, may_read: impl Fn(&UnitCode) -> bool) -> Plan {
        let mut plan = Plan::default();
        let mut units: BTreeSet<UnitCode> = head.feeds.iter().map(|feed| feed.unit.clone()).collect();
        units.extend(head.repairs.iter().map(|repair| repair.unit.clone()));
        units.extend(head.fetch.iter().map(|(unit, _)| unit.clone()));
        let (mut open, gone): (BTreeSet<_>, BTreeSet<_>) = units.into_iter().partition(may_read);
        plan.answers.extend(gone.into_iter().map(|unit| (unit, FeedAnswer::Gone)));
        let mut fetched = BTreeSet::new();
        for (unit, names) in head.fetch.iter().filter(|(unit, names)| open.contains(unit) && !names.is_empty()) {
            plan.wants.push((Want::Fetch(names.clone()), unit.clone()));
            fetched.insert(unit);
        }
        for (number, repair) in head.repairs.iter().enumerate() {
            if open.remove(&repair.unit) {
                plan.repairs.push(number);
            }
        }
        for feed in &head.feeds {
            if open.remove(&feed.unit) {
                self.follow(&mut plan, feed, fetched.contains(&feed.unit));
            }
        }
        plan.wants.sort();
        plan
    }

    fn follow(&self, plan: &mut Plan, asked: &FeedRequest, is_fetching: bool) {
        let unit = asked.unit.clone();
        let feed = self.feeds.get(&unit);
        let head = feed.map_or(0, Feed::head);
        let Some(mark) = asked.after else {
            plan.wants.push((Want::Newest, unit));
            return;
        };
        let digest = match feed {
            Some(feed) => feed.digest_at(mark.position),
            None => Feed::default().digest_at(mark.position),
        };
        let digest = digest.filter(|digest| cursor_check(self.epoch, mark.position, *digest) == mark.check);
        let Some(digest) = digest.filter(|_| asked.missing_below <= mark.position) else {
            plan.answers.push((unit, FeedAnswer::Unrecognised));
            return;
        };
        if !is_fetching {
            plan.has.insert(unit.clone(), (asked.missing_below, mark.position));
        } else if mark.position == head {
            plan.answers.push((unit.clone(), FeedAnswer::Page { from: head, to: head, head, digest }));
        }
        if mark.position < head {
            plan.wants.push((Want::Up(mark.position), unit.clone()));
        }
        if asked.missing_below > 0 {
            plan.wants.push((Want::Down(asked.missing_below), unit));
        }
    }

    fn fill(
        &self,
        plan: &Plan,
        device: &str,
        pushed: &BTreeSet<ChangeHash>,
        budget: usize,
    ) -> (Vec<(UnitCode, FeedAnswer)>, Sent) {
        let (mut answers, mut sent) = (Vec::new(), Sent::new());
        for is_first_free in [false, true] {
            let mut basket = Basket { bytes: budget, is_first_free };
            (answers, sent) = (Vec::new(), Sent::new());
            for (index, (want, unit)) in plan.wants.iter().enumerate() {
                let mut share = basket.bytes / (plan.wants.len() - index).max(1);
                let feed = self.feed(unit);
                let mut taken = BTreeSet::new();
                let mut take = |position: u64| {
                    let bytes =
                        feed.at(position).and_then(|hash| self.stored.get(hash)).map_or(0, |s| s.change.raw().len());
                    let fits = basket.take(&mut share, bytes);
                    if fits {
                        taken.insert(position);
                    }
                    fits
                };
                let at = |position: u64| feed.at(position).and_then(|hash| self.stored.get(hash));
                let page = match want {
                    Want::Fetch(names) => {
                        for name in names {
                            let named =
                                (1..=feed.head()).find(|p| feed.at(*p).is_some_and(|h| hash_prefix(h) == *name));
                            if named.is_some_and(|position| !take(position)) {
                                break;
                            }
                        }
                        None
                    }
                    Want::Up(from) => {
                        let others = |p: &u64| at(*p).is_none_or(|s| s.device.as_deref() != Some(device));
                        let full = (from + 1..=feed.head()).filter(others).find(|position| !take(*position));
                        Some((*from, full.map_or(feed.head(), |position| position - 1)))
                    }
                    Want::Newest | Want::Down(_) => {
                        let none = BTreeSet::new();
                        let (to, without) = match want {
                            Want::Down(to) => (*to, &none),
                            _ => (feed.head(), pushed),
                        };
                        let fresh = |p: &u64| feed.at(*p).is_some_and(|hash| !without.contains(hash));
                        let full = (1..=to).rev().filter(fresh).find(|position| !take(*position));
                        Some((full.unwrap_or(0), to))
                    }
                };
                if let Some((from, to)) = page {
                    let digest = feed.digest_at(to).unwrap_or_default();
                    answers.push((unit.clone(), FeedAnswer::Page { from, to, head: feed.head(), digest }));
                }
                if !taken.is_empty() {
                    sent.entry(unit.clone()).or_default().extend(taken);
                }
            }
            if !sent.is_empty() {
                break;
            }
        }
        (answers, sent)
    }

    /// What a device has for certain of the records that changes are sent of.
    fn known_of(
        &self,
        plan: &Plan,
        device: &str,
        head: &RequestHead,
        is_told: bool,
        unit: &UnitCode,
        positions: &BTreeSet<u64>,
    ) -> Vec<Known> {
        let Some((above, upto)) = plan.has.get(unit).copied().filter(|_| !head.unanswered) else { return Vec::new() };
        let feed = self.feed(unit);
        let stored = |position: &u64| self.stored.get(feed.at(*position)?);
        let records: BTreeSet<RecordId> = positions.iter().filter_map(stored).map(|stored| stored.record).collect();
        let of_records = records.iter().filter_map(|id| self.of_record.get(id)).flatten();
        let mut known: Vec<Known> = of_records
            .filter_map(|hash| self.stored.get(hash))
            .filter(|stored| stored.position > above && stored.position <= upto)
            .filter(|stored| !is_told || stored.device.as_deref() != Some(device))
            .map(|s| Known { position: s.position, hash: s.change.hash(), actor: s.parts.actor })
            .collect();
        known.sort_unstable_by_key(|known| known.position);
        known
    }

    fn out_change(&self, unit: &UnitCode, position: u64) -> Option<OutChange> {
        let hash = *self.feeds.get(unit)?.at(position)?;
        Some(OutChange { position: Some(position), hash, parts: (*self.stored.get(&hash)?.parts).clone() })
    }

    fn compare(&self, repair: &RepairRequest) -> RepairAnswer {
        let feed = self.feed(&repair.unit);
        let buckets = repair.digests.len();
        let mine = BucketSet::new(buckets, &feed.entries);
        let differing = differing_buckets(&mine, &repair.digests).into_iter().map(|bucket| {
            let inside = |hash: &&ChangeHash| u32::try_from(bucket_of(hash, buckets)) == Ok(bucket);
            let mut names: Vec<u64> = feed.entries.iter().filter(inside).map(hash_prefix).collect();
            names.sort_unstable();
            (bucket, names)
        });
        RepairAnswer {
            unit: repair.unit.clone(),
            buckets: u32::try_from(buckets).unwrap_or(u32::MAX),
            differing: differing.collect(),
            head: feed.head(),
            digest: feed.digests.last().copied().unwrap_or_default(),
        }
    }
}
