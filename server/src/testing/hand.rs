//! A device as the protocol's own client side makes one, with its rows in memory, speaking to the router.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt;
use sync_core::{
    crdt::Change,
    form::FormSet,
    id::{ChangeHash, ClockMs, UnitCode},
    record::Record,
    replica::{
        Absorbed, Catalog, ChangeRow, ChangeState, FeedState, Lookup, Outgoing, SyncState, VouchedRun, Write, absorb,
        compose, involved,
    },
    wire::{self, Author, InResponse, OutRequest},
};
use tower::ServiceExt;

use super::{Worker, World};
use crate::sync;

pub(crate) struct Hand {
    pub worker: Worker,
    pub state: SyncState,
    pub feeds: BTreeMap<UnitCode, FeedState>,
    pub rows: BTreeMap<ChangeHash, ChangeRow>,
    /// In the order of their making.
    pub outbox: Vec<ChangeHash>,
    pub authors: BTreeMap<sync_core::id::ActorKey, Author>,
    /// The newest first.
    pub runs: Vec<VouchedRun>,
    forms: FormSet,
    router: Router,
    clock: i64,
}

/// What came back.
pub(crate) struct Reply {
    pub status: StatusCode,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.content_type, "application/problem+json");
        let json: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(json["status"], self.status.as_u16());
        (self.status.as_u16(), json["code"].as_str().unwrap().to_owned())
    }
}

impl Hand {
    pub(crate) fn of(world: &World, worker: &Worker) -> Self {
        Self {
            worker: worker.clone(),
            state: SyncState::default(),
            feeds: BTreeMap::new(),
            rows: BTreeMap::new(),
            outbox: Vec::new(),
            authors: BTreeMap::new(),
            runs: Vec::new(),
            forms: FormSet::new(),
            router: sync::routes(world.app.clone()),
            clock: 1_700_000_000_000,
        }
    }

    /// The same device, speaking to another server.
    pub(crate) fn moved_to(&mut self, world: &World) {
        self.router = sync::routes(world.app.clone());
    }

    /// Puts a change made here into the outbox.
    pub(crate) fn write(&mut self, record: &Record, change: &Change) {
        let hash = change.hash();
        let row = ChangeRow {
            hash,
            record: Some(record.id()),
            unit: record.header().unit.clone(),
            actor: self.worker.actor,
            position: None,
            state: ChangeState::Waiting,
            own: true,
            raw: change.raw().to_vec(),
        };
        self.rows.insert(hash, row);
        self.outbox.push(hash);
    }

    pub(crate) fn request(&self) -> (OutRequest, Vec<ChangeHash>) {
        let waiting = |hash: &&ChangeHash| self.rows[*hash].state == ChangeState::Waiting;
        let mut outbox: Vec<ChangeRow> =
            self.outbox.iter().filter(waiting).map(|hash| self.rows[hash].clone()).collect();
        let foreign = self.rows.values().filter(|r| r.state == ChangeState::Waiting && !self.outbox.contains(&r.hash));
        let mut foreign: Vec<ChangeRow> = foreign.cloned().collect();
        foreign.extend(std::mem::take(&mut outbox));
        let related = |row: &&ChangeRow| foreign.iter().any(|out| out.record == row.record);
        let related = self.rows.values().filter(related).cloned().collect();
        let authors = self.authors.values().cloned().collect();
        let stored = |unit: &UnitCode| {
            let stored = self.rows.values().filter(|r| r.unit == *unit && r.state == ChangeState::Stored);
            (unit.clone(), stored.map(|r| r.hash).collect())
        };
        let suspects = self.feeds.values().filter(|f| f.suspect).map(|f| stored(&f.unit)).collect();
        let out =
            Outgoing { outbox: in_order(foreign), waiting: 0, related, runs: self.runs.clone(), authors, suspects };
        let feeds: Vec<_> = self.feeds.values().cloned().collect();
        compose(&self.state, &feeds, &out, ClockMs(self.clock)).unwrap()
    }

    pub(crate) async fn send(&self, request: &OutRequest) -> Reply {
        self.post(wire::encode_request(request), wire::CONTENT_TYPE).await
    }

    pub(crate) async fn post(&self, body: Vec<u8>, content_type: &str) -> Reply {
        let request = Request::post("/sync/v1")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.worker.token.reveal()))
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let content_type = parts.headers[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        if content_type == wire::CONTENT_TYPE {
            assert_eq!(parts.headers[header::CACHE_CONTROL], "no-store");
        }
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status, content_type, body }
    }

    pub(crate) fn open(&self, reply: &Reply) -> InResponse {
        assert_eq!(reply.status, StatusCode::OK, "{}", String::from_utf8_lossy(&reply.body));
        let known = |unit: &UnitCode, position| {
            let row = self.rows.values().find(|r| r.unit == *unit && r.position == Some(position))?;
            Some((row.hash, row.actor))
        };
        wire::open_response(&reply.body).unwrap().rebuild(&known).unwrap()
    }

    /// One request and its response.
    pub(crate) async fn sync_once(&mut self) -> (InResponse, Absorbed) {
        let (request, pushed) = self.request();
        let reply = self.send(&request).await;
        let response = self.open(&reply);
        let absorbed = self.take(&response, &pushed);
        (response, absorbed)
    }

    pub(crate) fn take(&mut self, response: &InResponse, pushed: &[ChangeHash]) -> Absorbed {
        // More than needed, which does no harm.
        assert!(involved(response, pushed).len() >= pushed.len());
        let lookup = Lookup { rows: self.rows.clone() };
        let feeds: Vec<_> = self.feeds.values().cloned().collect();
        self.clock += 1;
        let absorbed = absorb(&self.state, &feeds, &self.forms, pushed, lookup, response, ClockMs(self.clock)).unwrap();
        assert_eq!(absorbed.rejected, 0);
        for write in &absorbed.writes {
            match write {
                Write::Change(row) => drop(self.rows.insert(row.hash, row.clone())),
                Write::Feed(feed) => drop(self.feeds.insert(feed.unit.clone(), feed.clone())),
                Write::Author(author) => drop(self.authors.insert(author.actor, author.clone())),
                Write::Vouched(run) if !self.runs.contains(run) => self.runs.insert(0, run.clone()),
                Write::Sync(state) => self.state = state.clone(),
                Write::Catalog(json) => {
                    self.forms = serde_json::from_str::<Catalog>(json).unwrap().form_set().unwrap();
                }
                Write::ForgetPositions => {
                    for row in self.rows.values_mut() {
                        row.position = None;
                        if row.state.is_of_one_store() {
                            row.state = ChangeState::Waiting;
                        }
                    }
                }
                _ => {}
            }
        }
        absorbed
    }

    /// Requests until there is no more; returns how many it took.
    pub(crate) async fn sync(&mut self) -> usize {
        for request in 1..500 {
            let (_, absorbed) = self.sync_once().await;
            let waiting = self.rows.values().any(|r| r.state == ChangeState::Waiting);
            if !absorbed.more && !waiting {
                return request;
            }
        }
        panic!("a sync does not end");
    }

    /// The names of the changes that are in feeds, as this device has them.
    pub(crate) fn stored(&self) -> Vec<ChangeHash> {
        self.rows.values().filter(|r| r.state == ChangeState::Stored).map(|r| r.hash).collect()
    }

    pub(crate) fn feed(&self, unit: &str) -> &FeedState {
        &self.feeds[unit]
    }
}

/// Each row behind those that it builds on.
fn in_order(rows: Vec<ChangeRow>) -> Vec<ChangeRow> {
    let mut open = rows;
    let mut done: Vec<ChangeRow> = Vec::new();
    while !open.is_empty() {
        let names: Vec<ChangeHash> = open.iter().map(|r| r.hash).collect();
        let (ready, rest): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|row| !row.change().unwrap().deps().any(|dep| names.contains(&dep)));
        done.extend(ready);
        open = rest;
    }
    done
}
