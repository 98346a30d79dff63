//! Reading: lists from summaries, one record from its changes.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    id::{ActorKey, RecordId, Username},
    record::{Origin, RecordError, View},
    replica::{ChangeRow, ChangeState, assemble},
};

use super::{
    Engine, ShownAttachment, ShownComment, ShownConflict, ShownEvent, ShownRecord, ShownReview, ShownValue, Unsettled,
};
use crate::{
    Clock, Error, Store, Transport,
    store::{RecordFilter, Summary},
};

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Lists records, newest day first. A unit in the filter stands for itself and all below it.
    ///
    /// # Errors
    /// [`Error::UnknownUnit`], [`Error::NotEnrolled`], [`Error::Store`].
    pub async fn list(&self, filter: &RecordFilter) -> Result<Vec<Summary>, Error> {
        Ok(self.store.records(&self.meant(filter).await?).await?)
    }

    /// Counts the records that [`Self::list`] would list without `limit` and `offset`.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub async fn count(&self, filter: &RecordFilter) -> Result<u32, Error> {
        Ok(self.store.count(&self.meant(filter).await?).await?)
    }

    /// The filter with all the units that it means.
    async fn meant(&self, filter: &RecordFilter) -> Result<RecordFilter, Error> {
        self.identity().await?;
        let mut filter = filter.clone();
        if !filter.units.is_empty() {
            let known = self.known().await?;
            let trees = filter.units.iter().map(|unit| known.subtree(unit.as_str())).collect::<Result<Vec<_>, _>>()?;
            filter.units = trees.into_iter().flatten().collect::<BTreeSet<_>>().into_iter().collect();
        }
        Ok(filter)
    }

    /// Shows a record.
    ///
    /// # Errors
    /// [`Error::NoSuchRecord`], [`Error::Record`].
    pub async fn show(&self, id: RecordId) -> Result<ShownRecord, Error> {
        let missing = || Error::NoSuchRecord { name: id.to_string() };
        let summary = self.store.record(id).await?.ok_or_else(missing)?;
        let rows = self.store.rows_of_records(&[id]).await?;
        let names = self.names(&rows).await?;
        let view = assemble(&rows)?.view();
        Ok(shown(summary, view, &rows, &names))
    }

    /// Tells what happened to a record, change by change, each behind those it builds on.
    ///
    /// # Errors
    /// As [`Self::show`].
    pub async fn history(&self, id: RecordId) -> Result<Vec<ShownEvent>, Error> {
        let rows = self.store.rows_of_records(&[id]).await?;
        if rows.is_empty() {
            return Err(Error::NoSuchRecord { name: id.to_string() });
        }
        let names = self.names(&rows).await?;
        let mut by_hash: BTreeMap<_, &ChangeRow> = rows.iter().map(|row| (row.hash, row)).collect();
        let mut events = Vec::with_capacity(rows.len());
        for event in assemble(&rows)?.history().map_err(RecordError::from)? {
            let row = by_hash.remove(&event.hash);
            events.push(ShownEvent {
                change: event.hash,
                author: names.get(&event.actor).cloned(),
                time_ms: event.time,
                state: row.map_or("stored", |row| word(&row.state)),
                position: row.and_then(|row| row.position),
                acts: event.acts,
            });
        }
        for row in by_hash.into_values() {
            let time_ms = row.change()?.time();
            let author = names.get(&row.actor).cloned();
            let (state, position) = (word(&row.state), row.position);
            events.push(ShownEvent { change: row.hash, author, time_ms, state, position, acts: Vec::new() });
        }
        Ok(events)
    }

    /// Who stands behind the actors of `rows`, as far as known.
    async fn names(&self, rows: &[ChangeRow]) -> Result<BTreeMap<ActorKey, Username>, Error> {
        let user = self.identity().await?.user;
        let actors: BTreeSet<ActorKey> = rows.iter().map(|row| row.actor).collect();
        let authors = self.store.authors(&actors.into_iter().collect::<Vec<_>>()).await?;
        let mut names: BTreeMap<_, _> = authors.into_iter().map(|author| (author.actor, author.user)).collect();
        names.extend(rows.iter().filter(|row| row.own).map(|row| (row.actor, user.clone())));
        Ok(names)
    }
}

fn shown(summary: Summary, view: View, rows: &[ChangeRow], names: &BTreeMap<ActorKey, Username>) -> ShownRecord {
    let author = |origin: &Origin| names.get(&origin.actor).cloned();
    let conflicts = view.conflicts.into_iter().map(|conflict| ShownConflict {
        field: conflict.field,
        values: conflict
            .values
            .into_iter()
            .map(|(value, origin)| ShownValue {
                value: value.to_json(),
                author: author(&origin),
                time_ms: origin.time,
                change: origin.change,
            })
            .collect(),
    });
    let comments = view.comments.into_iter().map(|comment| ShownComment {
        text: comment.text,
        author: author(&comment.origin),
        time_ms: comment.origin.time,
    });
    let reviews = view.reviews.into_iter().map(|review| ShownReview {
        verdict: review.verdict,
        reason: review.reason,
        duplicate_of: review.duplicate_of,
        author: author(&review.origin),
        time_ms: review.origin.time,
    });
    let attachments = view.attachments.into_iter().map(|attachment| ShownAttachment {
        content: attachment.content,
        name: attachment.name,
        media_type: attachment.media_type,
        size: attachment.size,
    });
    let settled = |row: &&ChangeRow| matches!(row.state, ChangeState::Stored | ChangeState::Waiting);
    ShownRecord {
        id: summary.id,
        unit: summary.unit,
        form: summary.form,
        form_version: summary.form_version,
        worker: summary.worker,
        created_ms: summary.created_ms,
        on: summary.on,
        status: summary.status,
        receipt: summary.receipt,
        values: summary.values,
        faults: summary.faults,
        conflicts: conflicts.collect(),
        comments: comments.collect(),
        reviews: reviews.collect(),
        attachments: attachments.collect(),
        unsettled: rows.iter().filter(|row| !settled(row)).map(unsettled).collect(),
    }
}

/// A change on which the server has given a word.
pub(super) fn unsettled(row: &ChangeRow) -> Unsettled {
    Unsettled { record: row.record, change: row.hash, state: word(&row.state), reason: row.state.reason().cloned() }
}

fn word(state: &ChangeState) -> &'static str {
    match state {
        ChangeState::Waiting => "waiting",
        ChangeState::Stored => "stored",
        ChangeState::Parked => "parked",
        ChangeState::Held(_) => "held",
        ChangeState::Refused(_) => "refused",
    }
}
