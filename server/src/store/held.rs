//! Held changes: a person must decide about each, and their bytes are kept whatever the decision.

use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash, RecordId, UnitCode, Username},
    wire::Outcome,
};

use super::{
    Move, Moved, ReadTx, StoreError, WriteTx,
    parked::Carrier,
    rows::{self, Insert, Listing},
};
use crate::auth::By;

const PUT: Insert = Insert {
    head: "INSERT INTO held (hash, org_unit, record, actor, username, device, author, received_ms, reason, detail, raw, state) VALUES",
    columns: 12,
    tail: "ON CONFLICT (hash) DO UPDATE SET record = COALESCE(excluded.record, held.record), \
           author = COALESCE(excluded.author, held.author), reason = excluded.reason, \
           detail = excluded.detail, state = excluded.state",
};
const GET: Listing = Listing {
    head: "SELECT hash, org_unit, device, author, raw, reason, detail, state, decision_note FROM held WHERE hash IN",
    tail: "",
};
const DECIDE: &str = "UPDATE held SET state = $2, decided_by = $3, decided_ms = $4, decision_note = $5 WHERE hash = $1";
const PROVE: &str = "UPDATE held SET author = $2 WHERE hash = $1";
const REMOVE: Listing = Listing { head: "DELETE FROM held WHERE hash IN", tail: "" };

/// How far the decision about a held change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldState {
    /// Nobody has decided.
    Waiting,
    /// A person let it in. Its bytes stay here, too.
    Admitted,
    /// A person decided that it stays out.
    Rejected,
}

impl HeldState {
    /// The word in stores and APIs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Admitted => "admitted",
            Self::Rejected => "rejected",
        }
    }

    pub(super) fn read(word: &str) -> Result<Self, StoreError> {
        [Self::Waiting, Self::Admitted, Self::Rejected]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| StoreError::damaged("the state of a held change"))
    }
}

/// What was decided about a held change, or why nothing was yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How far the decision has come.
    pub state: HeldState,
    /// Why it is held; of a rejected one, the note of whoever rejected it.
    pub reason: Reason,
}

impl Standing {
    /// What its device was told.
    pub(crate) fn told(&self) -> Outcome {
        match self.state {
            HeldState::Waiting | HeldState::Admitted => Outcome::Held(self.reason.clone()),
            HeldState::Rejected => Outcome::Refused(self.reason.clone()),
        }
    }

    /// Whether the change is tried again by itself when what it waits for arrives.
    pub(crate) fn retries(&self) -> bool {
        match self.state {
            HeldState::Waiting => self.reason.code == ReasonCode::TooManyParked,
            HeldState::Admitted => true,
            HeldState::Rejected => false,
        }
    }

    /// Whether the change waits because nothing proves who wrote it.
    pub(crate) fn is_unproven(&self) -> bool {
        self.reason.code == ReasonCode::UnprovenAuthor
    }
}

/// A held change.
#[derive(Clone, Debug)]
pub(crate) struct HeldChange {
    pub hash: ChangeHash,
    /// The feed it was sent for.
    pub unit: UnitCode,
    pub carrier: Carrier,
    pub raw: Vec<u8>,
    pub standing: Standing,
}

/// What is noted besides, when a change is first held.
#[derive(Clone, Debug)]
pub(crate) struct HeldNote {
    pub record: Option<RecordId>,
    pub actor: ActorKey,
    pub username: Option<Username>,
}

/// Holds changes; of those held already only the reason and the state are replaced.
pub(crate) async fn put(tx: &mut WriteTx, changes: &[(HeldChange, HeldNote)], now_ms: i64) -> Result<(), StoreError> {
    tx.note_moved(changes.iter().map(|(change, _)| moved(&change.unit)));
    PUT.rows(tx, changes, |q, (change, note)| {
        let q = q.bind(change.hash.0.to_vec()).bind(change.unit.to_string());
        let q = q.bind(note.record.map(|record| record.as_bytes().to_vec())).bind(note.actor.0.to_vec());
        let q = q.bind(note.username.as_ref().map(ToString::to_string));
        let q = q.bind(change.carrier.device.as_ref().map(ToString::to_string));
        let q = q.bind(change.carrier.author.as_ref().map(ToString::to_string)).bind(now_ms);
        let q =
            q.bind(i64::from(change.standing.reason.code.number())).bind(rows::text(&change.standing.reason.detail));
        q.bind(change.raw.clone()).bind(change.standing.state.word())
    })
    .await
}

/// Those of these changes that are or were held, with their bytes.
pub(crate) async fn get(tx: &mut ReadTx, hashes: &[ChangeHash]) -> Result<Vec<HeldChange>, StoreError> {
    type Row = (Vec<u8>, String, Option<String>, Option<String>, Vec<u8>, i64, String, String, Option<String>);
    let mut found = Vec::new();
    for (sql, stretch) in GET.stretches(tx.engine(), hashes) {
        let query = stretch.into_iter().fold(sqlx::query_as(sql), |q, hash| q.bind(hash.0.to_vec()));
        let held: Vec<Row> = query.fetch_all(tx.conn()).await?;
        for (hash, unit, device, author, raw, reason, detail, state, note) in held {
            found.push(HeldChange {
                hash: rows::hash(&hash)?,
                unit: rows::unit(&unit)?,
                carrier: Carrier::read(device, author)?,
                raw,
                standing: standing(reason, &detail, &state, note)?,
            });
        }
    }
    Ok(found)
}

fn moved(unit: &UnitCode) -> Move {
    Move { unit: unit.clone(), what: Moved::Held }
}

/// Notes a person's decision about a change that was sent for `unit`.
pub(crate) async fn decide(
    tx: &mut WriteTx,
    (unit, hash): (&UnitCode, &ChangeHash),
    state: HeldState,
    by: &By,
    now_ms: i64,
    note: &str,
) -> Result<(), StoreError> {
    tx.note_moved([moved(unit)]);
    let query = sqlx::query(DECIDE)
        .bind(hash.0.to_vec())
        .bind(state.word())
        .bind(by.to_string())
        .bind(now_ms)
        .bind(rows::text(note));
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Notes whose changes are, as far as they are held, now that it is proven.
pub(crate) async fn prove(tx: &mut WriteTx, authors: &[(ChangeHash, Username)]) -> Result<(), StoreError> {
    for (hash, author) in authors {
        sqlx::query(PROVE).bind(hash.0.to_vec()).bind(author.as_str()).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Forgets held changes, each with the unit that it was sent for, that went where they belong without a person's help.
pub(crate) async fn remove(tx: &mut WriteTx, changes: &[(UnitCode, ChangeHash)]) -> Result<(), StoreError> {
    tx.note_moved(changes.iter().map(|(unit, _)| moved(unit)));
    let hashes: Vec<ChangeHash> = changes.iter().map(|(_, hash)| *hash).collect();
    for (sql, stretch) in REMOVE.stretches(tx.engine(), &hashes) {
        let query = stretch.into_iter().fold(sqlx::query(sql), |q, hash| q.bind(hash.0.to_vec()));
        query.execute(tx.conn()).await?;
    }
    Ok(())
}

fn standing(reason: i64, detail: &str, state: &str, note: Option<String>) -> Result<Standing, StoreError> {
    let state = HeldState::read(state)?;
    let number = u16::try_from(reason).map_err(|_| StoreError::damaged("the reason of a held change"))?;
    let reason = match state {
        HeldState::Rejected => Reason::new(ReasonCode::Rejected, note.unwrap_or_default()),
        _ => Reason::new(ReasonCode::from_number(number), detail),
    };
    Ok(Standing { state, reason })
}
