//! The central store: the only place that knows SQL. Each statement is written once, in the dialect that SQLite and PostgreSQL
//! share; the few that they do not share are named in `dialect`.
//!
//! A [`Store`] is opened once and cloned freely. [`Store::read`] gives one consistent snapshot; [`Store::write`] runs work in
//! a writing transaction, and returns when the commit is durable. Functions that write ask for a
//! [`WriteTx`], functions that only read for a [`ReadTx`]; a `WriteTx` serves as a `ReadTx`, so what a write function reads is
//! what it will overwrite. On SQLite that is so because nobody else writes meanwhile; on PostgreSQL because whoever writes to
//! feeds locks them first ([`feeds::lock`]), and all that is read of a feed's records hangs on that lock.
//!
//! Any number of processes may have the same store open: an administrator's command runs while the server serves. So nothing
//! that another process may change is kept in memory beyond the transaction it was read in, unless a revision that lies in the
//! store itself says that it is unchanged.
//!
//! | file | what it keeps |
//! |---|---|
//! | `open`, `migrate`, `tx`, `error` | the connections, the schema's versions, the transactions, what can go wrong |
//! | `dialect` | where the two databases differ |
//! | `retry` | doing again what the database took back |
//! | `rows` | how values become columns and back, and statements of many rows |
//! | `feeds`, `changes` | the truth: the ordered log of changes of each org unit |
//! | `records`, `tallies`, `month_totals`, `attention` | the projection: what the tables show of it |
//! | `parked`, `held`, `refused`, `decisions` | changes that are not in a feed, and what devices were told later |
//! | `devices`, `actors`, `catalog` | who writes, who stands behind whom, who may do what where |
//! | `meta`, `unit`, `people`, `form`, `token`, `enrolled`, `passwords`, `sessions` | what administrators keep: units, users, grants, forms, credentials, devices |
//! | `audit` | what administrators have done |
//! | `duplicates` | pairs of records that look alike, and those that somebody has told apart |
//! | `system` | what there is to say of the store as a whole |
//! | `report`, `attention`, `relocation`, `record_list`, `record_read`, `held_read`, `gauges` | what people ask, and those who watch the server |
//! | `record_conditions`, `statement` | what can narrow a list, and statements put together from such pieces |
//! | `briefing`, `briefing_template` | what briefings are made of, now or as it was, and the templates that were changed |
//! | `recompute`, `verify`, `rebuild` | proving and repairing it all |
//! | `moves` | telling who waits for it what has moved |
//! | `copy`, `schema`, `backup` | copying it all, into another database or into a file |

pub mod actors;
pub(crate) mod also_told;
pub mod attention;
pub mod audit;
mod backup;
pub(crate) mod briefing;
pub(crate) mod briefing_template;
pub mod catalog;
pub mod changes;
mod copy;
pub(crate) mod decisions;
pub mod devices;
mod dialect;
pub mod duplicates;
pub mod enrolled;
mod error;
pub mod feeds;
pub mod form;
pub mod gauges;
pub mod held;
pub mod held_read;
pub(crate) mod meta;
mod migrate;
mod month_totals;
mod moves;
mod open;
pub mod pages;
pub(crate) mod parked;
pub(crate) mod passwords;
pub mod people;
mod rebuild;
mod recompute;
mod record_conditions;
pub mod record_list;
pub mod record_read;
pub(crate) mod records;
pub mod refused;
pub mod relocation;
pub(crate) mod report;
mod retry;
mod rows;
mod schema;
pub(crate) mod sessions;
mod statement;
pub mod system;
pub(crate) mod tallies;
pub mod token;
mod tx;
pub mod unit;
mod verify;

pub use copy::Copied;
pub use dialect::Engine;
pub use error::StoreError;
pub(crate) use moves::Listening;
pub use moves::{Move, Moved};
pub use open::Store;
pub use rebuild::Rebuilt;
pub(crate) use retry::LostCommit;
pub use tx::{ReadTx, WriteTx};
pub use verify::{Difference, Verified};

#[cfg(test)]
mod tests;
