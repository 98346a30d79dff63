//! One record with all that was ever said of it, and by whom.

use std::collections::BTreeMap;

use serde::Serialize;
use sync_core::{
    crdt::Change,
    gate::ReasonCode,
    id::{ActorKey, ChangeHash, Day, FormId, RecordId, UnitCode, Username},
    record::{Act, Event, Origin, Record, RecordError, Status, Value, Values, Verdict},
};
use utoipa::ToSchema;

use crate::{
    api::Moment,
    store::{changes::NamedDevice, held_read::WaitingChange, record_read::ReadRow},
};

/// Who wrote something, when, and in which change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Author {
    /// The user; `None` if nobody known stands behind the change.
    #[schema(value_type = Option<String>)]
    pub username: Option<Username>,
    /// When, by the clock of the author's device.
    pub time: Moment,
    /// The change.
    #[schema(value_type = String)]
    pub change: ChangeHash,
}

/// One record.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "named as in the record; what needs words is said at the parts' types")]
pub struct RecordReport {
    #[schema(value_type = String, format = "uuid")]
    pub id: RecordId,
    #[schema(value_type = String)]
    pub unit: UnitCode,
    #[schema(value_type = String)]
    pub form: FormId,
    pub form_version: u32,
    #[schema(value_type = String)]
    pub worker: Username,
    pub created: Moment,
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Day>,
    #[schema(value_type = String)]
    pub status: Status,
    /// The latest changes: what a verdict given now speaks of.
    #[schema(value_type = Vec<String>)]
    pub heads: Vec<ChangeHash>,
    #[schema(value_type = Object)]
    pub values: Values,
    pub conflicts: Vec<ConflictReport>,
    #[schema(value_type = Vec<Object>)]
    pub faults: serde_json::Value,
    pub comments: Vec<CommentReport>,
    pub reviews: Vec<ReviewReport>,
    pub attachments: Vec<AttachmentReport>,
    pub history: Vec<EventReport>,
    pub held: Vec<HeldReport>,
}

/// A field in which values disagree: every value with its author; the last is the one shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "said above")]
pub struct ConflictReport {
    pub field: String,
    pub values: Vec<ConflictingValue>,
}

/// One of several values that disagree.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "named as in the record")]
pub struct ConflictingValue {
    #[schema(value_type = serde_json::Value)]
    pub value: Value,
    #[serde(flatten)]
    pub author: Author,
}

/// A comment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "named as in the record")]
pub struct CommentReport {
    pub text: String,
    #[serde(flatten)]
    pub author: Author,
}

/// A verdict; `duplicate_of` is the record that counts instead, `heads` the latest changes of what it speaks of.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "named as in the record")]
pub struct ReviewReport {
    #[schema(value_type = String)]
    pub verdict: Verdict,
    pub reason: String,
    #[schema(value_type = Option<String>, format = "uuid")]
    pub duplicate_of: Option<RecordId>,
    #[schema(value_type = Vec<String>)]
    pub heads: Vec<ChangeHash>,
    #[serde(flatten)]
    pub author: Author,
}

/// An attachment; its bytes travel apart.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "named as in the record")]
pub struct AttachmentReport {
    pub content: String,
    pub name: String,
    pub media_type: String,
    pub size: i64,
}

/// A change and what it did; `began` marks the one that the record begins with. `received` is by the server's clock.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "named as in the record")]
pub struct EventReport {
    #[serde(flatten)]
    pub author: Author,
    pub received: Moment,
    /// The device that it was written on; null if it was written at a desk, or nobody knows.
    pub device: Option<DeviceReport>,
    pub began: bool,
    #[schema(value_type = Vec<Object>)]
    pub acts: Vec<Act>,
}

/// A device, as its user calls it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "said above")]
pub struct DeviceReport {
    pub id: String,
    pub name: String,
}

/// A change that waits for a decision: it is not part of the record yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "named as in the record")]
pub struct HeldReport {
    #[schema(value_type = String)]
    pub change: ChangeHash,
    #[schema(value_type = Option<String>)]
    pub username: Option<Username>,
    pub received: Moment,
    #[schema(value_type = String)]
    pub reason: ReasonCode,
    pub detail: String,
}

/// All that was read of a record.
#[derive(Debug)]
pub struct RecordSources {
    /// Its row.
    pub row: ReadRow,
    /// Its changes, each behind those it builds on.
    pub changes: Vec<ChangeSource>,
    /// Who stands behind the actors.
    pub authors: BTreeMap<ActorKey, Username>,
    /// What waits for a decision.
    pub held: Vec<WaitingChange>,
}

/// A change of a record, and what is known of its way here.
#[derive(Debug)]
pub struct ChangeSource {
    /// The change.
    pub change: Change,
    /// When it came, ms.
    pub received_ms: i64,
    /// The device that it was written on.
    pub device: Option<NamedDevice>,
}

impl RecordReport {
    /// Puts the record together. Takes as long as merging its changes does.
    ///
    /// # Errors
    /// [`RecordError`] when the changes are not those of a record.
    pub fn of(sources: RecordSources) -> Result<Self, RecordError> {
        let RecordSources { row, changes, authors, held } = sources;
        let record = Record::from_changes(changes.iter().map(|source| &source.change))?;
        let ways: BTreeMap<ChangeHash, ChangeSource> =
            changes.into_iter().map(|source| (source.change.hash(), source)).collect();
        let (view, history) = (record.view(), record.history()?);
        let header = record.header().clone();
        let author = |actor: ActorKey, time, change| Author {
            username: authors.get(&actor).cloned(),
            time: Moment(time),
            change,
        };
        let of = |origin: &Origin| author(origin.actor, origin.time, origin.change);
        let conflicts = view.conflicts.into_iter().map(|conflict| {
            let values = conflict.values.into_iter();
            let values = values.map(|(value, origin)| ConflictingValue { value, author: of(&origin) }).collect();
            ConflictReport { field: conflict.field, values }
        });
        let comments = view.comments.into_iter().map(|c| CommentReport { author: of(&c.origin), text: c.text });
        let reviews = view.reviews.into_iter().map(|r| ReviewReport {
            author: of(&r.origin),
            // A verdict speaks of what its change builds on.
            heads: ways.get(&r.origin.change).map(|way| way.change.deps().collect()).unwrap_or_default(),
            verdict: r.verdict,
            reason: r.reason,
            duplicate_of: r.duplicate_of,
        });
        let attachments = view.attachments.into_iter().map(|a| AttachmentReport {
            content: a.content,
            name: a.name,
            media_type: a.media_type,
            size: a.size,
        });
        let history = history.into_iter().map(|Event { hash, actor, time, touched, acts }| EventReport {
            author: author(actor, time, hash),
            received: Moment::of_ms(ways.get(&hash).map_or(0, |way| way.received_ms)),
            device: ways.get(&hash).and_then(|way| way.device.clone()).map(|d| DeviceReport { id: d.id, name: d.name }),
            began: touched.birth,
            acts,
        });
        let held = held.into_iter().map(|h| HeldReport {
            change: h.hash,
            username: h.username,
            received: Moment::of_ms(h.received_ms),
            reason: h.reason,
            detail: h.detail,
        });
        Ok(Self {
            id: record.id(),
            unit: header.unit,
            form: header.form,
            form_version: header.form_version,
            worker: header.worker,
            created: Moment(header.created),
            on: row.on,
            status: view.status,
            heads: record.document().heads().to_vec(),
            values: view.values,
            conflicts: conflicts.collect(),
            faults: row.faults,
            comments: comments.collect(),
            reviews: reviews.collect(),
            attachments: attachments.collect(),
            history: history.collect(),
            held: held.collect(),
        })
    }
}
