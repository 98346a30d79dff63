//! The rows of which a replica's state consists. A store keeps them; their meaning is here.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::budget::Budget;
use crate::{
    crdt::Change,
    form::FormSet,
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash, ClockMs, Day, Digest, DraftId, FormId, RecordId, UnitCode, Username},
    merge::{self, Projection},
    record::{Record, RecordError, Status},
    wire::{Author, Voucher},
};

/// Where a change stands, as far as this device knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeState {
    /// In the outbox: the server has not answered for it yet.
    Waiting,
    /// In the server's feed.
    Stored,
    /// On the server, which misses an earlier change.
    Parked,
    /// On the server, where a person must decide.
    Held(Reason),
    /// Refused by the server; kept here.
    Refused(Reason),
}

impl ChangeState {
    /// The number under which a store keeps the state.
    #[must_use]
    pub fn number(&self) -> u8 {
        match self {
            Self::Waiting => 0,
            Self::Stored => 1,
            Self::Parked => 2,
            Self::Held(_) => 3,
            Self::Refused(_) => 4,
        }
    }

    /// The reason, where there is one.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Held(reason) | Self::Refused(reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether only the store that answered knows anything of it: that the change waits there for an earlier one or for a person, or
    /// that a person has rejected it. Another store is asked anew. What the gate refuses is refused everywhere.
    #[must_use]
    pub fn is_of_one_store(&self) -> bool {
        match self {
            Self::Parked | Self::Held(_) => true,
            Self::Refused(reason) => reason.code == ReasonCode::Rejected,
            Self::Waiting | Self::Stored => false,
        }
    }

    /// The state from the number and reason that a store kept.
    #[must_use]
    pub fn from_number(number: u8, reason: Option<Reason>) -> Option<Self> {
        Some(match (number, reason) {
            (0, _) => Self::Waiting,
            (1, _) => Self::Stored,
            (2, _) => Self::Parked,
            (3, Some(reason)) => Self::Held(reason),
            (4, Some(reason)) => Self::Refused(reason),
            _ => return None,
        })
    }
}

/// One change that the device holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its name; the key.
    pub hash: ChangeHash,
    /// The record it belongs to; `None` while an earlier change is missing here.
    pub record: Option<RecordId>,
    /// The feed.
    pub unit: UnitCode,
    /// Its author.
    pub actor: ActorKey,
    /// Its position in the feed, if known.
    pub position: Option<u64>,
    /// Where it stands.
    pub state: ChangeState,
    /// Whether it was made on this device.
    pub own: bool,
    /// The chunk.
    pub raw: Vec<u8>,
}

impl ChangeRow {
    /// The change.
    ///
    /// # Errors
    /// [`RecordError`] when the stored bytes are not a change.
    pub fn change(&self) -> Result<Change, RecordError> {
        Ok(Change::from_store(&self.raw)?)
    }
}

/// A run of changes for whose authors the server has vouched: only the whole run, in its order, proves anything. A change that was
/// received more than once may be in several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VouchedRun {
    /// The voucher; the key.
    pub voucher: Voucher,
    /// The changes, each with its author.
    pub changes: Vec<(ChangeHash, ActorKey)>,
}

/// Where a record stands, as its author sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "receipt", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Receipt {
    /// Some of it is only here.
    OnThisDevice,
    /// All of it is on the server.
    OnTheServer,
    /// On the server, which waits for an earlier change.
    Parked,
    /// A person must decide about some of it.
    Held {
        /// Why.
        reason: Reason,
    },
    /// The server refused some of it; it is kept here.
    Refused {
        /// Why.
        reason: Reason,
    },
}

impl Receipt {
    /// The word in stores and outputs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::OnThisDevice => "on_this_device",
            Self::OnTheServer => "on_the_server",
            Self::Parked => "parked",
            Self::Held { .. } => "held",
            Self::Refused { .. } => "refused",
        }
    }

    /// The receipt that the states of a record's changes give: the most urgent one.
    #[must_use]
    pub fn of<'a>(states: impl IntoIterator<Item = &'a ChangeState>) -> Self {
        let mut receipt = Self::OnTheServer;
        let rank = |r: &Self| match r {
            Self::OnTheServer => 0,
            Self::Parked => 1,
            Self::OnThisDevice => 2,
            Self::Held { .. } => 3,
            Self::Refused { .. } => 4,
        };
        for state in states {
            let here = match state {
                ChangeState::Stored => Self::OnTheServer,
                ChangeState::Parked => Self::Parked,
                ChangeState::Waiting => Self::OnThisDevice,
                ChangeState::Held(reason) => Self::Held { reason: reason.clone() },
                ChangeState::Refused(reason) => Self::Refused { reason: reason.clone() },
            };
            if rank(&here) > rank(&receipt) {
                receipt = here;
            }
        }
        receipt
    }
}

/// The summary of a record, from which lists are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordRow {
    /// What the record says.
    #[serde(flatten)]
    pub projection: Projection,
    /// Where it stands.
    #[serde(flatten)]
    pub receipt: Receipt,
}

impl RecordRow {
    /// The columns that a store may filter by: unit, form, worker, day, status, receipt.
    #[must_use]
    pub fn columns(&self) -> (&UnitCode, &FormId, &Username, Option<Day>, Status, &'static str) {
        let p = &self.projection;
        (&p.unit, &p.form, &p.worker, p.on, p.status, self.receipt.word())
    }
}

/// How far a feed was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedState {
    /// The feed.
    pub unit: UnitCode,
    /// Whether the device has had a page of it, so that the cursor means something.
    pub met: bool,
    /// The last position read.
    pub top: u64,
    /// The server's digest of the feed up to `top`.
    pub digest: Digest,
    /// Positions 1 to this one are still missing below; 0 when none is.
    pub missing_below: u64,
    /// The digest of all changes of the feed that are [`ChangeState::Stored`] here.
    pub held: Digest,
    /// The server and this device may differ: to be compared.
    pub suspect: bool,
    /// The first 8 bytes of hashes to be fetched after a comparison.
    pub fetch: Vec<u64>,
    /// The device may not read it (any more).
    pub gone: bool,
}

impl FeedState {
    /// A feed of which nothing was read.
    #[must_use]
    pub fn new(unit: UnitCode) -> Self {
        Self {
            unit,
            met: false,
            top: 0,
            digest: Digest::default(),
            missing_below: 0,
            held: Digest::default(),
            suspect: false,
            fetch: Vec::new(),
            gone: false,
        }
    }
}

/// What somebody is filling in. It never leaves the device; a record is made of it, or edited by it, when they are done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its name; the key.
    pub id: DraftId,
    /// The record that it edits; `None` for one that is to be made.
    pub record: Option<RecordId>,
    /// The form.
    pub form: FormId,
    /// The org unit, where one was chosen.
    pub unit: Option<UnitCode>,
    /// What was entered, by field.
    pub answers: Map<String, Json>,
    /// The device's clock at the last stroke.
    pub updated: ClockMs,
    /// What it became: a draft is kept for a while after that, so that whoever asks again to finish it is told the same.
    pub finished: Option<Finished>,
}

/// What a draft became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The record.
    pub record: RecordId,
    /// The change.
    pub change: ChangeHash,
}

/// What a replica keeps between requests, besides feeds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyncState {
    /// The store's epoch as last heard.
    pub epoch: Option<u64>,
    /// The catalog's revision.
    pub catalog: u64,
    /// The last decision heard.
    pub decisions_after: u64,
    /// Something was sent for which no answer came.
    pub unanswered: bool,
    /// Bytes of changes to send in one request.
    pub push: Budget,
    /// Bytes of changes to take back.
    pub pull: Budget,
    /// The device's clock at the last successful sync.
    pub last_sync: Option<ClockMs>,
    /// Server's clock minus the device's at the last successful sync, ms.
    pub skew_ms: i64,
}

/// One write; a list of them is committed as one, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Inserts or replaces a change.
    Change(ChangeRow),
    /// Inserts what the server has vouched for; one that is here stays as it is. Its changes are here.
    Vouched(VouchedRun),
    /// Inserts or replaces a record's summary.
    Record(RecordRow),
    /// Inserts or replaces a feed's state.
    Feed(FeedState),
    /// Inserts or replaces who stands behind an actor.
    Author(Author),
    /// Replaces the sync state.
    Sync(SyncState),
    /// Replaces the catalog, as JSON.
    Catalog(String),
    /// Forgets the positions of all changes, and puts those of whose state [only one store](ChangeState::is_of_one_store) knows back
    /// into the outbox: the server is not the one that answered.
    ForgetPositions,
    /// Inserts or replaces a draft.
    Draft(Draft),
    /// Removes a draft, if it is there.
    DropDraft(DraftId),
}

/// Puts a record together from rows in any order.
///
/// What the server refused, and what builds on it, is left out: whatever is written next must not build on it, or the server
/// would park it for ever. Only a record that was refused as a whole is put together from all of its rows.
///
/// # Errors
/// [`RecordError`] when the rows are not the complete changes of one record.
pub fn assemble<'a>(rows: impl IntoIterator<Item = &'a ChangeRow>) -> Result<Record, RecordError> {
    let rows: Vec<(Change, bool)> = rows
        .into_iter()
        .map(|row| Ok((row.change()?, matches!(row.state, ChangeState::Refused(_)))))
        .collect::<Result<_, RecordError>>()?;
    let mut ordered = in_order(&rows, true)?;
    if ordered.is_empty() {
        ordered = in_order(&rows, false)?;
    }
    Record::from_changes(ordered)
}

/// The changes in the order given, but each behind those it builds on; if wanted, without the refused ones and what builds on them.
fn in_order(rows: &[(Change, bool)], leave_out: bool) -> Result<Vec<&Change>, RecordError> {
    let mut placed: BTreeMap<ChangeHash, bool> = BTreeMap::new();
    let mut waiting: BTreeMap<ChangeHash, Vec<&(Change, bool)>> = BTreeMap::new();
    let mut ordered = Vec::with_capacity(rows.len());
    for row in rows {
        // What waits for a change comes right behind it: so each is looked at once for each change it builds on, no matter how long a
        // chain is.
        let mut next = Vec::from([row]);
        while let Some(row) = next.pop() {
            let (change, refused) = row;
            if let Some(missing) = change.deps().find(|dep| !placed.contains_key(dep)) {
                waiting.entry(missing).or_default().push(row);
                continue;
            }
            let taken = !(leave_out && *refused) && change.deps().all(|dep| placed.get(&dep) == Some(&true));
            placed.insert(change.hash(), taken);
            if taken {
                ordered.push(change);
            }
            next.extend(waiting.remove(&change.hash()).into_iter().flatten().rev());
        }
    }
    if waiting.is_empty() { Ok(ordered) } else { Err(RecordError::Gap) }
}

/// The summary of a record whose changes stand as `states` say.
#[must_use]
pub fn record_row<'a>(
    record: &Record,
    forms: &FormSet,
    states: impl IntoIterator<Item = &'a ChangeState>,
) -> RecordRow {
    let header = record.header();
    let form = forms.get(&header.form, header.form_version);
    RecordRow { projection: merge::project(record, record.view(), form), receipt: Receipt::of(states) }
}
