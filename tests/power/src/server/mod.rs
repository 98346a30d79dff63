//! The server's store: what is played on it, and what must be so of it after a power cut.

mod check;
mod script;

pub use check::check;
pub use script::{FILE, Phase, Phones, Prepared, Script};

use cairn_server::auth::Role;
use sync_core::id::{ChangeHash, UnitCode, Username};

use crate::ledger;

/// What the server has told somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Which store it is.
    Epoch(u64),
    /// There is such a unit.
    Unit(UnitCode),
    /// There is such a form.
    Form(String),
    /// A user has a role on a unit, or has it no more.
    Grant(Username, UnitCode, Role, bool),
    /// A device is enrolled.
    Device(String),
    /// A change stands at a position of a feed.
    Placed(ChangeHash, UnitCode, u64),
    /// A change is kept: held, or in a feed by now.
    Kept(ChangeHash),
}

impl ledger::Fact for Fact {
    fn key(&self) -> String {
        match self {
            Self::Epoch(_) => "epoch".into(),
            Self::Unit(code) => format!("unit {code}"),
            Self::Form(id) => format!("form {id}"),
            Self::Grant(user, unit, role, _) => format!("grant {user} {unit} {}", role.word()),
            Self::Device(id) => format!("device {id}"),
            Self::Placed(hash, ..) => format!("place {hash}"),
            Self::Kept(hash) => format!("kept {hash}"),
        }
    }

    fn is_loose(&self) -> bool {
        false
    }
}
