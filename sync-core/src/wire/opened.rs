//! A frame that was opened: its head can be read, its changes wait for what they refer to.

use core::ops::Range;

use alloc::vec::Vec;

use super::{InGroup, InRequest, InResponse, RequestHead, ResponseHead, WireError, pack::Prelude};
use crate::id::{ActorKey, ChangeHash, ClockMs, UnitCode};

/// A message within limits, of which the changes are not yet rebuilt.
#[derive(Debug)]
pub struct Opened<H> {
    pub(super) head: H,
    pub(super) clock: ClockMs,
    pub(super) message: Vec<u8>,
    pub(super) changes: Range<usize>,
    pub(super) prelude: Prelude,
}

impl<H> Opened<H> {
    /// The message without its changes.
    pub fn head(&self) -> &H {
        &self.head
    }

    /// The number of changes that the message says it holds.
    #[must_use]
    pub fn change_count(&self) -> usize {
        self.prelude.change_count()
    }

    /// The positions that the changes refer to: [`Self::rebuild`] asks for these and no others. Not sorted; a hostile
    /// frame may repeat one.
    #[must_use]
    pub fn references(&self) -> Vec<(UnitCode, u64)> {
        self.prelude.references()
    }

    pub(super) fn groups(
        &self,
        known: &impl Fn(&UnitCode, u64) -> Option<(ChangeHash, ActorKey)>,
    ) -> Result<Vec<InGroup>, WireError> {
        self.prelude.rebuild(&self.message[self.changes.clone()], self.clock, known)
    }
}

impl Opened<RequestHead> {
    /// Rebuilds the changes. `known` gives the hash and the author of the change at a feed's position.
    ///
    /// # Errors
    /// When the changes are malformed, go over a limit, refer to a position that `known` does not know, or are not
    /// the ones that were sent.
    pub fn rebuild(
        self,
        known: &impl Fn(&UnitCode, u64) -> Option<(ChangeHash, ActorKey)>,
    ) -> Result<InRequest, WireError> {
        let groups = self.groups(known)?;
        Ok(InRequest { head: self.head, groups })
    }
}

impl Opened<ResponseHead> {
    /// Rebuilds the changes. `known` gives the hash and the author of the change at a feed's position.
    ///
    /// # Errors
    /// As for a request.
    pub fn rebuild(
        self,
        known: &impl Fn(&UnitCode, u64) -> Option<(ChangeHash, ActorKey)>,
    ) -> Result<InResponse, WireError> {
        let groups = self.groups(known)?;
        Ok(InResponse { head: self.head, groups })
    }
}
