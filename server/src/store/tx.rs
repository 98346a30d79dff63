//! Transactions, told apart by type: a function that writes cannot be called with one that only reads.

use std::{
    collections::BTreeSet,
    ops::{Deref, DerefMut},
    sync::{Arc, PoisonError},
};

use sqlx::{Any, AnyConnection, Transaction};

use sync_core::id::{UnitCode, Username};

use super::{Move, StoreError, catalog::Directory, dialect::Engine, open::Shared};

/// One consistent snapshot of the store. Ends when dropped.
#[derive(Debug)]
pub struct ReadTx {
    tx: Transaction<'static, Any>,
    shared: Arc<Shared>,
    /// What it reads is committed, so others may use it.
    is_committed: bool,
}

impl ReadTx {
    pub(super) fn new(tx: Transaction<'static, Any>, shared: &Arc<Shared>) -> Self {
        Self { tx, shared: shared.clone(), is_committed: true }
    }

    /// The directory that was last kept in memory, whatever its revision.
    pub(super) fn kept_directory(&self) -> Option<Arc<Directory>> {
        self.shared.directory.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a directory in memory, unless what this transaction reads may yet be taken back.
    pub(super) fn keep_directory(&self, directory: &Arc<Directory>) {
        if self.is_committed {
            *self.shared.directory.lock().unwrap_or_else(PoisonError::into_inner) = Some(directory.clone());
        }
    }

    /// The database engine.
    pub(super) fn engine(&self) -> Engine {
        self.shared.engine
    }

    /// The connection, for statements of this module's files.
    pub(crate) fn conn(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }
}

/// A writing transaction. Rolled back when dropped without [`WriteTx::commit`].
#[derive(Debug)]
pub struct WriteTx {
    read: ReadTx,
    /// The feeds that nobody else writes to until this ends. Of no use on SQLite, where nobody else writes at all.
    locked: BTreeSet<UnitCode>,
    /// Those of them that were locked before the part began.
    locked_before: BTreeSet<UnitCode>,
    /// Whose right was read again.
    confirmed: Option<Username>,
    /// What was moved.
    moved: BTreeSet<Move>,
}

impl WriteTx {
    pub(super) fn new(tx: Transaction<'static, Any>, shared: &Arc<Shared>) -> Self {
        let read = ReadTx { is_committed: false, ..ReadTx::new(tx, shared) };
        Self { read, locked: BTreeSet::new(), locked_before: BTreeSet::new(), moved: BTreeSet::new(), confirmed: None }
    }

    /// Those of `units` whose feeds others may still write to.
    pub(super) fn not_locked(&self, units: &BTreeSet<UnitCode>) -> Vec<UnitCode> {
        match self.engine() {
            Engine::Sqlite => Vec::new(),
            Engine::Postgres => units.difference(&self.locked).cloned().collect(),
        }
    }

    /// Notes that the feeds of `units` are locked.
    pub(super) fn note_locked(&mut self, units: Vec<UnitCode>) {
        self.locked.extend(units);
    }

    /// Makes everything written durable; it survives the loss of power from here on.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was written then.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.read.tx.commit().await?;
        for moved in self.moved {
            // Nobody may be waiting for it.
            let _ = self.read.shared.moves.send(moved);
        }
        Ok(())
    }

    /// Whose right was read again in this transaction.
    pub(super) fn confirmed(&self) -> Option<&Username> {
        self.confirmed.as_ref()
    }

    /// Notes that the right of `user` was read again.
    pub(super) fn note_confirmed(&mut self, user: Username) {
        self.confirmed = Some(user);
    }

    /// Notes what has moved, for those who wait for it.
    pub(super) fn note_moved(&mut self, moves: impl IntoIterator<Item = Move>) {
        self.moved.extend(moves);
    }

    /// Takes back everything written.
    ///
    /// # Errors
    /// [`StoreError`] when the connection is lost; nothing was written then either.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.read.tx.rollback().await?)
    }

    /// Begins a part that can be taken back by itself. Parts do not nest.
    pub(crate) async fn begin_part(&mut self) -> Result<(), StoreError> {
        sqlx::query("SAVEPOINT part").execute(self.conn()).await?;
        self.locked_before.clone_from(&self.locked);
        Ok(())
    }

    /// Ends the part and keeps it.
    pub(crate) async fn keep_part(&mut self) -> Result<(), StoreError> {
        sqlx::query("RELEASE SAVEPOINT part").execute(self.conn()).await?;
        Ok(())
    }

    /// Ends the part and takes it back.
    pub(crate) async fn undo_part(&mut self) -> Result<(), StoreError> {
        sqlx::query("ROLLBACK TO SAVEPOINT part").execute(self.conn()).await?;
        // What the part had locked is free again.
        self.confirmed = None;
        self.locked.clone_from(&self.locked_before);
        self.keep_part().await
    }
}

impl Deref for WriteTx {
    type Target = ReadTx;
    fn deref(&self) -> &ReadTx {
        &self.read
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut ReadTx {
        &mut self.read
    }
}
