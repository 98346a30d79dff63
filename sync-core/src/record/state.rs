//! A record in memory: the merged document, and the ledger of what made it.

use thiserror::Error;

use super::{layout, layout::Header, ledger::Ledger};
use crate::{
    crdt::{Change, ChangeError, ChangeParts, Document, DocumentError},
    id::RecordId,
};

/// Why a record cannot be put together from its changes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// A stored change cannot be read.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The merge engine refused.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The first change is not the beginning of a record.
    #[error("the record does not begin with a header")]
    NoBeginning,
    /// A change stands before one that it builds on, or one is missing.
    #[error("the record's changes are incomplete or out of order")]
    Gap,
}

/// A record in memory.
#[derive(Clone)]
pub struct Record {
    id: RecordId,
    header: Header,
    document: Document,
    ledger: Ledger,
}

impl Record {
    /// The record that begins with a first change, which has passed the gate or comes from a store.
    ///
    /// # Errors
    /// [`RecordError`], when it is not such a change.
    pub fn begin(change: &Change, parts: &ChangeParts) -> Result<Self, RecordError> {
        let header = layout::read_prologue(parts).ok_or(RecordError::NoBeginning)?;
        let id = RecordId::of_first_change(&change.hash());
        let mut record = Self { id, header, document: Document::new(), ledger: Ledger::default() };
        record.take(change, parts)?;
        Ok(record)
    }

    /// Puts a record together from its changes, each behind those it builds on.
    ///
    /// # Errors
    /// [`RecordError`] when they are not a record's changes in such an order.
    pub fn from_changes<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Result<Self, RecordError> {
        let mut record: Option<Self> = None;
        for change in changes {
            let parts = change.parts()?;
            match &mut record {
                Some(record) => record.take(change, &parts)?,
                None => record = Some(Self::begin(change, &parts)?),
            }
        }
        record.ok_or(RecordError::NoBeginning)
    }

    /// Applies one more change, which has passed the gate or comes from a store. One that is here already changes nothing.
    ///
    /// # Errors
    /// [`RecordError`]; the record must not be used further then.
    pub fn take(&mut self, change: &Change, parts: &ChangeParts) -> Result<(), RecordError> {
        if self.ledger.index_of(&change.hash()).is_some() {
            return Ok(());
        }
        self.enter(change, parts)?;
        Ok(self.document.apply(change, parts)?)
    }

    pub(super) fn enter(&mut self, change: &Change, parts: &ChangeParts) -> Result<(), RecordError> {
        self.ledger.enter(change.hash(), change.raw().len(), parts).ok_or(RecordError::Gap)
    }

    pub(super) fn new(
        header: Header,
        document: Document,
        first: &Change,
        parts: &ChangeParts,
    ) -> Result<Self, RecordError> {
        let id = RecordId::of_first_change(&first.hash());
        let mut record = Self { id, header, document, ledger: Ledger::default() };
        record.enter(first, parts)?;
        Ok(record)
    }

    /// The record's name.
    #[must_use]
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// What its first change says of it.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The merged document.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    pub(super) fn document_mut(&mut self) -> &mut Document {
        &mut self.document
    }

    /// What made it.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}
