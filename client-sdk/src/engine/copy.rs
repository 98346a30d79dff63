//! What is not synced, as a file: saved by hand, and taken in by another device of the same person.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sync_core::{
    id::{RecordId, UnitCode},
    limits::{FRAME_BYTES_MAX, FRAME_CHANGES_MAX, FRAME_OPS_MAX},
    record::RecordError,
    replica::{ChangeRow, Lookup, involved_in, take_in},
    wire::{
        BundleHead, InBundle, OutBundle, OutChange, OutGroup, encode_bundle, join_frames, open_bundle, split_frames,
    },
};

use super::Engine;
use crate::{Clock, Error, Store, StoreError, Transport, store::Identity};

/// Bytes of changes in one frame: far from what a frame may have, however little they can be compressed.
const FRAME_CHUNKS_BYTES: usize = FRAME_BYTES_MAX / 4;

/// What was saved as a file.
#[derive(Clone, PartialEq, Eq)]
pub struct SavedCopy {
    /// The file.
    pub bytes: Vec<u8>,
    /// Changes in it.
    pub changes: u32,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CopyReport {
    /// Changes in the file.
    pub changes: u32,
    /// Of these: new here; they wait for the server now.
    pub taken_in: u32,
    /// Of these: damaged; not taken in.
    pub rejected: u32,
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Everything made here for which the server has not said that it is stored, as a file that [`Self::take_in_copy`] reads.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::Store`].
    pub async fn save_copy(&self) -> Result<SavedCopy, Error> {
        let identity = self.identity().await?;
        let mut rows = self.store.outbox(u32::MAX, usize::MAX).await?;
        rows.extend(self.store.unsettled().await?);
        rows.retain(|row| row.own);
        let head = BundleHead { clock: self.clock.now(), server_key: key_of(&identity)?, user: identity.user };
        let changes = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let frames: Vec<Vec<u8>> = frames_of(&rows)?
            .into_iter()
            .map(|groups| encode_bundle(&OutBundle { head: head.clone(), groups }))
            .collect();
        Ok(SavedCopy { bytes: join_frames(&frames), changes })
    }

    /// Takes in a file of [`Self::save_copy`]: what is not here yet is kept, in one commit a frame, and waits for the server.
    ///
    /// # Errors
    /// [`Error::BadCopy`] for what is no such file, before anything is taken in; [`Error::CopyOfOther`] for one that is not this
    /// user's, or not for this server.
    pub async fn take_in_copy(&self, file: &[u8]) -> Result<CopyReport, Error> {
        let identity = self.identity().await?;
        let server_key = key_of(&identity)?;
        let mut bundles = Vec::new();
        for frame in split_frames(file).map_err(Error::BadCopy)? {
            let bundle = open_bundle(frame).and_then(|opened| opened.rebuild()).map_err(Error::BadCopy)?;
            if bundle.head.user != identity.user || server_key != bundle.head.server_key {
                return Err(Error::CopyOfOther { user: bundle.head.user });
            }
            bundles.push(bundle);
        }
        let mut report = CopyReport::default();
        for bundle in &bundles {
            self.take_in_bundle(bundle, &mut report).await?;
        }
        self.bell.notify_one();
        Ok(report)
    }

    async fn take_in_bundle(&self, bundle: &InBundle, report: &mut CopyReport) -> Result<(), Error> {
        let forms = self.form_set().await?;
        let right = self.store.exclusive().await?;
        let state = self.store.sync_state().await?;
        let names: Vec<_> = involved_in(&bundle.groups).into_iter().collect();
        let mut rows = self.store.rows(&names).await?;
        let records: BTreeSet<RecordId> = rows.iter().filter_map(|row| row.record).collect();
        rows.extend(self.store.rows_of_records(&records.into_iter().collect::<Vec<_>>()).await?);
        rows.extend(self.store.orphans().await?);
        let lookup = Lookup { rows: rows.into_iter().map(|row| (row.hash, row)).collect() };
        let taken = take_in(&state, &forms, lookup, bundle)?;
        self.store.commit(&right, taken.writes).await?;
        let count: usize = bundle.groups.iter().map(|group| group.changes.len()).sum();
        report.changes += u32::try_from(count).unwrap_or(u32::MAX);
        // What was here before and is refused only now counts as rejected, too.
        report.taken_in += taken.pulled.saturating_sub(taken.rejected);
        report.rejected += taken.rejected;
        Ok(())
    }
}

/// The rows as groups, frame by frame, each change behind those that it builds on.
fn frames_of(rows: &[ChangeRow]) -> Result<Vec<Vec<OutGroup>>, Error> {
    // A change's counters are all above those of the changes that it builds on.
    let mut ordered = BTreeMap::new();
    for row in rows {
        let change = row.change()?;
        ordered.insert((change.max_op(), row.hash), (row, change));
    }
    let mut frames: Vec<BTreeMap<UnitCode, Vec<OutChange>>> = Vec::new();
    let (mut bytes, mut changes, mut ops) = (0, 0, 0);
    for (row, change) in ordered.into_values() {
        bytes += row.raw.len();
        changes += 1;
        ops += change.op_count();
        if frames.is_empty() || bytes > FRAME_CHUNKS_BYTES || changes > FRAME_CHANGES_MAX || ops > FRAME_OPS_MAX {
            frames.push(BTreeMap::new());
            (bytes, changes, ops) = (row.raw.len(), 1, change.op_count());
        }
        let out = OutChange { position: None, hash: row.hash, parts: change.parts().map_err(RecordError::from)? };
        if let Some(frame) = frames.last_mut() {
            frame.entry(row.unit.clone()).or_default().push(out);
        }
    }
    let group = |(unit, changes)| OutGroup { unit, changes, known: Vec::new() };
    let mut frames: Vec<Vec<OutGroup>> =
        frames.into_iter().map(|frame| frame.into_iter().map(group).collect()).collect();
    if frames.is_empty() {
        // A copy of nothing is a copy, too.
        frames.push(Vec::new());
    }
    Ok(frames)
}

/// The server's public key, as bytes.
fn key_of(identity: &Identity) -> Result<[u8; 32], StoreError> {
    let digits = identity.server_key.as_bytes().as_chunks::<2>().0;
    let byte = |pair: &[u8; 2]| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok();
    let key: Option<Vec<u8>> = digits.iter().map(byte).collect();
    key.and_then(|key| key.try_into().ok()).ok_or(StoreError::Damaged { what: "the server's key" })
}
