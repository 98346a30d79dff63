//! The response: everything that it says is read from one snapshot, taken after the pushed changes were committed.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    crdt::ChangeParts,
    id::{ActorKey, ChangeHash, RecordId, UnitCode},
    limits::{FRAME_BYTES_MAX, VOUCHED_CHANGES},
    wire::{self, Author, OutChange, OutGroup, OutResponse, Outcome, RequestHead, ResponseHead, Voucher},
};
use tokio::task;

use super::{
    basket::{self, BYTES_MAX, Basket, ReadEntry},
    page,
    plan::{Plan, Want},
    repair,
};
use crate::{
    api::Problem,
    clock, ingest,
    store::{ReadTx, Store, StoreError, actors, catalog::Directory, decisions, devices::Device, pages, people},
};

/// Decisions of one response.
const DECISIONS_MAX: usize = 500;

/// What is answered.
#[derive(Debug)]
pub(super) struct Question {
    /// Who asks.
    pub device: Device,
    pub head: RequestHead,
    /// What was pushed, and what became of it.
    pub pushed: Vec<ChangeHash>,
    pub outcomes: Vec<Outcome>,
}

/// Makes the response's frame.
pub(super) async fn answer(store: &Store, question: Question) -> Result<Vec<u8>, Problem> {
    let mut tx = store.read().await?;
    let asked = usize::try_from(question.head.budget_bytes).unwrap_or(BYTES_MAX).min(BYTES_MAX);
    // Chunks are larger than what is sent of them, so the first try fits but for the oddest of changes.
    for budget in [asked, asked / 4, 0] {
        let response = assemble(&mut tx, store, &question, budget).await?;
        let frame = task::spawn_blocking(move || wire::encode_response(&response)).await;
        let frame = frame.map_err(Problem::internal)?;
        if frame.len() <= FRAME_BYTES_MAX {
            return Ok(frame);
        }
    }
    Err(Problem::internal("a response does not fit into a frame"))
}

async fn assemble(
    tx: &mut ReadTx,
    store: &Store,
    question: &Question,
    budget: usize,
) -> Result<OutResponse, StoreError> {
    let Question { device, head, pushed, outcomes } = question;
    let directory = Directory::current(tx).await?;
    let grants = people::grants_of(tx, &device.user).await?;
    let may_read = |unit: &UnitCode| !device.revoked && directory.roles_on(&grants, unit).any();
    let plan = Plan::of(tx, store.epoch(), head, may_read).await?;

    let mut decided = decisions::after(tx, &device.id, head.decisions_after, DECISIONS_MAX + 1).await?;
    let more_decisions = decided.len() > DECISIONS_MAX;
    decided.truncate(DECISIONS_MAX);
    let mut catalog = None;
    if !device.revoked {
        let current = directory.catalog(tx, &device.user, &grants).await?;
        if current.revision != head.catalog {
            catalog = Some((current.revision, current.json.to_string()));
        }
    }
    let pushed: BTreeSet<ChangeHash> = pushed.iter().copied().collect();
    let Filled { answers, entries } = fill(tx, &plan, device, &pushed, budget).await?;
    let mut repairs = Vec::new();
    let mut names_left = repair::NAMES_MAX;
    for number in &plan.repairs {
        let request = &head.repairs[*number];
        if names_left > 0 {
            repairs.push(repair::compare(tx, request, plan.head(&request.unit), &mut names_left).await?);
        }
    }
    let knows = match (head.unanswered, decided.is_empty()) {
        (true, _) => Knows::Nothing,
        (false, false) => Knows::Others,
        (false, true) => Knows::All,
    };
    let Grouped { groups, authors, vouchers } = group(tx, store, &plan, device, knows, entries).await?;

    let mut feeds = plan.answers;
    feeds.extend(answers);
    let head = ResponseHead {
        epoch: store.epoch(),
        clock: clock::now(),
        outcomes: outcomes.clone(),
        feeds,
        decisions: decided,
        more_decisions,
        catalog,
        authors,
        repairs,
        vouchers,
    };
    Ok(OutResponse { head, groups })
}

/// The changes of a response, by feed and position.
type Entries = BTreeMap<UnitCode, BTreeMap<u64, ReadEntry>>;

#[derive(Default)]
struct Filled {
    answers: Vec<(UnitCode, wire::FeedAnswer)>,
    entries: Entries,
}

/// Serves the plan's wants, each with an equal share of what those before it have left. If that leaves no room for even one
/// change, the first there is goes all the same: a change is sent whole or not at all.
async fn fill(
    tx: &mut ReadTx,
    plan: &Plan,
    device: &Device,
    pushed: &BTreeSet<ChangeHash>,
    budget: usize,
) -> Result<Filled, StoreError> {
    let mut filled = Filled::default();
    for is_first_free in [false, true] {
        let mut basket = Basket::new(budget, is_first_free);
        filled = Filled::default();
        for (index, (want, unit)) in plan.wants.iter().enumerate() {
            let share = basket.share(plan.wants.len() - index);
            let feed = plan.head(unit);
            let page = match want {
                Want::Fetch(prefixes) => {
                    let found = fetch(tx, &mut basket, share, unit, prefixes).await?;
                    filled.put(unit, found);
                    continue;
                }
                Want::Up(from) => page::upwards(tx, &mut basket, share, unit, feed, (*from, &device.id)).await?,
                Want::Newest => page::downwards(tx, &mut basket, share, unit, feed, (feed.head, pushed)).await?,
                Want::Down(to) => page::downwards(tx, &mut basket, share, unit, feed, (*to, &BTreeSet::new())).await?,
            };
            filled.answers.push((unit.clone(), page.answer));
            filled.put(unit, page.entries);
        }
        if !filled.entries.is_empty() {
            break;
        }
    }
    Ok(filled)
}

impl Filled {
    fn put(&mut self, unit: &UnitCode, entries: Vec<ReadEntry>) {
        if !entries.is_empty() {
            let here = self.entries.entry(unit.clone()).or_default();
            here.extend(entries.into_iter().map(|read| (read.entry.position, read)));
        }
    }
}

async fn fetch(
    tx: &mut ReadTx,
    basket: &mut Basket,
    mut share: usize,
    unit: &UnitCode,
    prefixes: &[u64],
) -> Result<Vec<ReadEntry>, StoreError> {
    let mut found = Vec::new();
    for prefix in prefixes {
        let Some(entry) = pages::named(tx, unit, *prefix).await? else { continue };
        for read in basket::read(vec![entry]).await? {
            if !basket.take(&mut share, &read) {
                return Ok(found);
            }
            found.push(read);
        }
    }
    Ok(found)
}

/// Of which changes that it has a device knows the positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Knows {
    /// None for certain: an answer was lost, or it has forgotten them.
    Nothing,
    /// Those that others pushed: decisions about its own are on their way.
    Others,
    /// All.
    All,
}

/// The changes of a response, and what is said of their authors.
struct Grouped {
    groups: Vec<OutGroup>,
    /// Who stands behind the actors that are not named by anything the device has.
    authors: Vec<Author>,
    vouchers: Vec<Voucher>,
}

/// Puts the changes into groups, each with what the device has for certain of the same records; and vouches for their authors.
async fn group(
    tx: &mut ReadTx,
    store: &Store,
    plan: &Plan,
    device: &Device,
    knows: Knows,
    entries: Entries,
) -> Result<Grouped, StoreError> {
    let actors: BTreeSet<ActorKey> = entries.values().flat_map(BTreeMap::values).map(|read| read.entry.actor).collect();
    let actors: Vec<ActorKey> = actors.into_iter().collect();
    let standees = actors::find(tx, &actors).await?;
    let (mut groups, mut vouchers) = (Vec::with_capacity(entries.len()), Vec::new());
    let mut strangers = BTreeSet::new();
    for (unit, entries) in entries {
        let mut known = Vec::new();
        if let Some(has) = plan.has.get(&unit).filter(|_| knows != Knows::Nothing) {
            let records: BTreeSet<RecordId> = entries.values().map(|read| read.entry.record).collect();
            let records: Vec<RecordId> = records.into_iter().collect();
            known = pages::known(tx, &unit, &records, (has.above, has.upto)).await?;
            known.retain(|(_, by)| knows == Knows::All || by.as_ref() != Some(&device.id));
        }
        let known: Vec<_> = known.into_iter().map(|(known, _)| known).collect();
        let acquainted: BTreeSet<ActorKey> = known.iter().map(|known| known.actor).collect();
        strangers.extend(entries.values().map(|read| read.entry.actor).filter(|actor| !acquainted.contains(actor)));
        let change = |(position, read): (u64, ReadEntry)| {
            let parts: ChangeParts = read.parts;
            OutChange { position: Some(position), hash: read.entry.hash, parts }
        };
        let changes: Vec<OutChange> = entries.into_iter().map(change).collect();
        let authored = |c: &OutChange| (c.hash, standees.get(&c.parts.actor).map(|standee| &standee.user));
        let vouch = |run: &[OutChange]| ingest::vouch(store.author_key(), run.iter().map(authored));
        vouchers.extend(changes.chunks(VOUCHED_CHANGES).map(vouch));
        groups.push(OutGroup { unit, changes, known });
    }
    let strangers = standees.into_iter().filter(|(actor, _)| strangers.contains(actor));
    let authors = strangers.map(|(actor, standee)| Author { actor, user: standee.user }).collect();
    Ok(Grouped { groups, authors, vouchers })
}
