//! Cairn's server: the central store that every device's changes are merged into.
//!
//! | room | what it does |
//! |---|---|
//! | [`command`] | the commands of `cairn-server` |
//! | [`config`] | what can be set |
//! | [`front`] | connections, and what all requests have in common |
//! | [`api`] | HTTP for people and programs |
//! | [`auth`] | who asks, and how a device gets its token |
//! | [`admin`] | what administrators do |
//! | [`report`] | what people ask of all records together |
//! | [`sync`] | the sync endpoint: a thin shell around `sync-core` |
//! | [`live`] | telling devices at once that feeds have moved |
//! | [`ingest`] | pushed changes in, outcomes out: one durable transaction for all that wait |
//! | [`app`] | what these share while the server runs |
//! | [`metrics`] | what the server counts of itself |
//! | [`web`] | the web apps, as part of this program |
//! | [`store`] | keeps everything; the only place that knows SQL |

pub mod admin;
pub mod api;
pub mod app;
pub mod auth;
pub mod briefing;
pub mod clock;
pub mod command;
pub mod config;
pub mod demo;
pub mod front;
pub mod ingest;
pub mod live;
pub mod metrics;
pub mod report;
pub mod store;
pub mod sync;
pub mod web;

pub use app::AppState;

#[cfg(test)]
mod testing;
