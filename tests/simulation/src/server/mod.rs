//! The server of this world: what judges, merges, projects and speaks is the shipped core; around it, maps instead of tables, and
//! a disk that can fail.
//!
//! Not covered here, but by running the same worlds against the shipped server (`tests/shipped.rs`): its SQL, its writers'
//! queue, its HTTP.
//!
//! | file | what it does |
//! |---|---|
//! | `state` | all that is kept, and what it is asked for |
//! | `ingest` | pushed changes in, outcomes out |
//! | `pages` | what a device is told |
//! | `center` | turns, commits, the disk beneath |

pub(crate) mod center;
mod ingest;
mod pages;
pub(crate) mod state;

use std::collections::BTreeMap;

use cairn_client::transport::Reply;
use sync_core::{
    gate::Roles,
    id::{ChangeHash, UnitCode, Username},
    wire::{Author, InChange, Outcome},
};

/// A request as it arrives.
#[derive(Clone, Debug)]
pub struct Call {
    /// Whoever has it is that device.
    pub token: String,
    /// The frame.
    pub body: Vec<u8>,
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Served {
    /// As it goes back.
    pub reply: Reply,
    /// The word on each change that was pushed.
    pub said: Vec<(ChangeHash, Outcome)>,
}

/// What a server was given, and what it made of it: given to the shipped server in the same order, that must make the same of it.
#[derive(Clone, Debug)]
pub enum Input {
    /// What a device pushed, in one request.
    Push {
        /// The device.
        token: String,
        /// The changes, each with the feed that it was sent for.
        changes: Vec<(UnitCode, InChange)>,
        /// Who wrote which of them, as far as vouchers prove it.
        vouched: BTreeMap<ChangeHash, Username>,
        /// Who stood behind foreign actors, as the device says.
        authors: Vec<Author>,
        /// What was said of each change.
        said: Vec<(ChangeHash, Outcome)>,
    },
    /// What an administrator did, and what became of it.
    Act(Act, Option<Outcome>),
    /// It was backed up.
    BackUp,
    /// It went on from its last backup.
    Restore,
    /// Its process ended, and another began.
    Restart,
}

/// What an administrator does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Gives a user these roles on a unit, in place of those that they had there.
    Grant(Username, UnitCode, Roles),
    /// Revokes a device.
    Revoke(String),
    /// Lets a held change in.
    Admit(ChangeHash),
    /// Keeps a held change out.
    Reject(ChangeHash),
}
