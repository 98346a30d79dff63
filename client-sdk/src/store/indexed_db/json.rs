//! Rows that are kept as JSON: summaries, feeds, who this device is.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json};

use sync_core::{
    form::Fault,
    gate::{Reason, ReasonCode},
    id::{ChangeHash, ClockMs, Day, Digest, DraftId, FormId, RecordId, UnitCode, Username},
    record::Status,
    replica::{Draft, FeedState, Finished, Receipt},
};

use crate::store::{Identity, StoreError, Summary};

type Kept = Result<String, StoreError>;
type Read<T> = Result<T, StoreError>;

/// Writes a row.
pub(super) fn written<T: Serialize>(row: &T) -> Kept {
    serde_json::to_string(row).map_err(|error| StoreError::Failed(error.to_string()))
}

/// Reads a row of the kind `what`.
pub(super) fn read<T: DeserializeOwned>(text: &str, what: &'static str) -> Read<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged { what })
}

#[derive(Serialize, Deserialize)]
struct SummaryRow {
    id: RecordId,
    unit: UnitCode,
    form: FormId,
    form_version: u32,
    worker: Username,
    created_ms: ClockMs,
    on: Option<Day>,
    status: String,
    values: Map<String, Json>,
    conflicts: Vec<String>,
    faults: Vec<Fault>,
    comments: u32,
    changes: u32,
    receipt: String,
    /// Of a receipt that has one: its number, and what it is about.
    reason: Option<(u16, String)>,
}

const SUMMARY: &str = "a record's summary";

/// The row of a summary.
pub(super) fn summary(record: Summary) -> Kept {
    let receipt = record.receipt.word().to_owned();
    let reason = match record.receipt {
        Receipt::Held { reason } | Receipt::Refused { reason } => Some((reason.code.number(), reason.detail)),
        _ => None,
    };
    written(&SummaryRow {
        id: record.id,
        unit: record.unit,
        form: record.form,
        form_version: record.form_version,
        worker: record.worker,
        created_ms: record.created_ms,
        on: record.on,
        status: record.status.word().to_owned(),
        values: record.values,
        conflicts: record.conflicts,
        faults: record.faults,
        comments: record.comments,
        changes: record.changes,
        receipt,
        reason,
    })
}

/// The summary of a row.
pub(super) fn read_summary(text: &str) -> Read<Summary> {
    let damaged = || StoreError::Damaged { what: SUMMARY };
    let row: SummaryRow = read(text, SUMMARY)?;
    let reason = row.reason.map(|(code, detail)| Reason { code: ReasonCode::from_number(code), detail });
    let statuses = [Status::Open, Status::Approved, Status::Changed, Status::Returned, Status::Void];
    Ok(Summary {
        id: row.id,
        unit: row.unit,
        form: row.form,
        form_version: row.form_version,
        worker: row.worker,
        created_ms: row.created_ms,
        on: row.on,
        status: statuses.into_iter().find(|status| status.word() == row.status).ok_or_else(damaged)?,
        values: row.values,
        conflicts: row.conflicts,
        faults: row.faults,
        comments: row.comments,
        changes: row.changes,
        receipt: match (row.receipt.as_str(), reason) {
            ("on_this_device", _) => Receipt::OnThisDevice,
            ("on_the_server", _) => Receipt::OnTheServer,
            ("parked", _) => Receipt::Parked,
            ("held", Some(reason)) => Receipt::Held { reason },
            ("refused", Some(reason)) => Receipt::Refused { reason },
            _ => return Err(damaged()),
        },
    })
}

#[derive(Serialize, Deserialize)]
struct FeedRow {
    unit: UnitCode,
    met: bool,
    top: u64,
    digest: [u8; 16],
    missing_below: u64,
    held: [u8; 16],
    suspect: bool,
    fetch: Vec<u64>,
    gone: bool,
}

const FEED: &str = "a feed";

/// The row of a feed.
pub(super) fn feed(feed: FeedState) -> Kept {
    written(&FeedRow {
        unit: feed.unit,
        met: feed.met,
        top: feed.top,
        digest: feed.digest.to_bytes(),
        missing_below: feed.missing_below,
        held: feed.held.to_bytes(),
        suspect: feed.suspect,
        fetch: feed.fetch,
        gone: feed.gone,
    })
}

/// The feed of a row.
pub(super) fn read_feed(text: &str) -> Read<FeedState> {
    let row: FeedRow = read(text, FEED)?;
    let digest = |bytes: [u8; 16]| Digest::try_from(bytes.as_slice()).map_err(|_| StoreError::Damaged { what: FEED });
    Ok(FeedState {
        unit: row.unit,
        met: row.met,
        top: row.top,
        digest: digest(row.digest)?,
        missing_below: row.missing_below,
        held: digest(row.held)?,
        suspect: row.suspect,
        fetch: row.fetch,
        gone: row.gone,
    })
}

#[derive(Serialize, Deserialize)]
struct IdentityRow {
    server: String,
    server_key: String,
    token: String,
    device: String,
    user: Username,
    name: String,
    secret: [u8; 32],
}

const IDENTITY: &str = "this device's identity";

/// The row of an identity.
pub(super) fn identity(identity: Identity) -> Kept {
    written(&IdentityRow {
        server: identity.server.as_str().to_owned(),
        server_key: identity.server_key,
        token: identity.token,
        device: identity.device,
        user: identity.user,
        name: identity.name,
        secret: identity.secret,
    })
}

/// The identity of a row.
pub(super) fn read_identity(text: &str) -> Read<Identity> {
    let row: IdentityRow = read(text, IDENTITY)?;
    Ok(Identity {
        server: row.server.parse().map_err(|_| StoreError::Damaged { what: IDENTITY })?,
        server_key: row.server_key,
        token: row.token,
        device: row.device,
        user: row.user,
        name: row.name,
        secret: row.secret,
    })
}

#[derive(Serialize, Deserialize)]
struct DraftRow {
    id: DraftId,
    record: Option<RecordId>,
    form: FormId,
    unit: Option<UnitCode>,
    answers: Map<String, Json>,
    updated: ClockMs,
    finished: Option<(RecordId, ChangeHash)>,
}

/// The row of a draft.
pub(super) fn draft(draft: Draft) -> Kept {
    written(&DraftRow {
        id: draft.id,
        record: draft.record,
        form: draft.form,
        unit: draft.unit,
        answers: draft.answers,
        updated: draft.updated,
        finished: draft.finished.map(|finished| (finished.record, finished.change)),
    })
}

/// The draft of a row.
pub(super) fn read_draft(text: &str) -> Read<Draft> {
    let row: DraftRow = read(text, "a draft")?;
    Ok(Draft {
        id: row.id,
        record: row.record,
        form: row.form,
        unit: row.unit,
        answers: row.answers,
        updated: row.updated,
        finished: row.finished.map(|(record, change)| Finished { record, change }),
    })
}
