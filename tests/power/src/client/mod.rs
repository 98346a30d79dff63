//! A device's store: what is played on it, and what must be so of it after a power cut.

mod check;
mod script;

pub use check::check;
pub use script::{Phase, Prepared, Script};

use serde_json::{Map, Value as Json};
use sync_core::id::{ChangeHash, DraftId, UnitCode};

use crate::ledger;

/// What a device has told its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// It is enrolled, under this name.
    Enrolled(String),
    /// It knows forms and units.
    Catalog,
    /// A change was saved, or came from the server.
    Change(ChangeHash),
    /// A change is on the server, at a position of a feed; at any where that was forgotten for a server that was restored.
    Receipt(ChangeHash, UnitCode, Option<u64>),
    /// A draft says this.
    Draft(DraftId, Map<String, Json>),
    /// A draft was thrown away.
    Dropped(DraftId),
    /// A draft has become a change: this one, if that was told.
    Finished(DraftId, Option<ChangeHash>),
}

impl ledger::Fact for Fact {
    fn key(&self) -> String {
        match self {
            Self::Enrolled(_) => "enrolled".into(),
            Self::Catalog => "catalog".into(),
            Self::Change(hash) => format!("change {hash}"),
            Self::Receipt(hash, ..) => format!("receipt {hash}"),
            Self::Draft(id, _) | Self::Dropped(id) | Self::Finished(id, _) => format!("draft {id}"),
        }
    }

    /// While a device meets a server that was restored, what it has a receipt for waits again for a time.
    fn is_loose(&self) -> bool {
        matches!(self, Self::Receipt(..))
    }
}
