//! One device sends changes that build on nothing that there is, as many as it can, while others log their work: how much longer the
//! others wait, measured beside how long they wait when nobody does that.
//!
//! | variable | what it says | default |
//! |---|---|---|
//! | `CAIRN_ORPHANS` | how many such changes | 3000 |
//! | `CAIRN_REPORT` | where the figures are written, as JSON | nowhere |

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use cairn_fuzz_targets::{
    center::{CLOCK_MS, actor, begin},
    server::world::{Served, World},
};
use cairn_tests::figures::{Rig, setting};
use http_body_util::BodyExt;
use serde_json::json;
use sync_core::{
    crdt::{Action, Change, ChangeParts, Key, Object, Op, OpId, Scalar},
    id::{ChangeHash, ClockMs},
    limits,
    wire::{self, CONTENT_TYPE, OutChange, OutGroup, OutRequest, Outcome},
};
use tower::ServiceExt;

static RIG: Rig = Rig::new("orphans", "One device's orphans, and how much longer others wait for them");

/// Who logs work meanwhile, each on a device of their own.
const OTHERS: [u8; 3] = [1, 3, 4];
/// Syncs of each when nothing else happens.
const QUIET_SYNCS: usize = 100;

/// Sends changes for the scene's feed by the device of worker `n`; what became of them.
async fn sync(router: &Router, n: u8, changes: &[ChangeParts]) -> Vec<Outcome> {
    let out =
        |parts: &ChangeParts| OutChange { position: None, hash: Change::build(parts).hash(), parts: parts.clone() };
    let group =
        OutGroup { unit: "markam".parse().unwrap(), changes: changes.iter().map(out).collect(), known: Vec::new() };
    let body = wire::encode_request(&OutRequest { groups: vec![group], ..OutRequest::default() });
    send(router, n, body).await
}

async fn send(router: &Router, n: u8, body: Vec<u8>) -> Vec<Outcome> {
    let request = Request::post("/sync/v1")
        .header(header::AUTHORIZATION, World::device(n))
        .header(header::CONTENT_TYPE, CONTENT_TYPE);
    let answer = router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    wire::open_response(&bytes).unwrap().head().outcomes.clone()
}

/// A change of worker 2 that builds on a change that nobody has.
fn orphan(number: usize) -> ChangeParts {
    let mut missing = [9; 32];
    missing[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let object = Object::Id(OpId { counter: 2, actor: actor(1) });
    let op = Op { object, key: Key::Name("seen".into()), action: Action::Put(Scalar::Integer(1)), pred: Vec::new() };
    ChangeParts {
        actor: actor(2),
        seq: 1,
        start_op: 100,
        time: ClockMs(CLOCK_MS),
        deps: vec![ChangeHash(missing)],
        ops: vec![op],
    }
}

/// The frames that hold the orphans: as many in each as a frame may.
fn frames(orphans: usize) -> Vec<Vec<u8>> {
    let numbers: Vec<usize> = (0..orphans).collect();
    let frame = |some: &[usize]| {
        let out = |number: &usize| {
            let parts = orphan(*number);
            OutChange { position: None, hash: Change::build(&parts).hash(), parts }
        };
        let group =
            OutGroup { unit: "markam".parse().unwrap(), changes: some.iter().map(out).collect(), known: Vec::new() };
        wire::encode_request(&OutRequest { groups: vec![group], ..OutRequest::default() })
    };
    numbers.chunks(limits::FRAME_CHANGES_MAX).map(frame).collect()
}

/// Each of the others logs one record after the other, until it has done `least` and `over` is said; how long each sync took.
async fn others(router: &Router, minutes: &Arc<AtomicI64>, least: usize, over: &Arc<AtomicBool>) -> Vec<Duration> {
    let mut working = Vec::new();
    for n in OTHERS {
        let (router, minutes, over) = (router.clone(), Arc::clone(minutes), Arc::clone(over));
        working.push(tokio::spawn(async move {
            let mut took = Vec::new();
            while took.len() < least || !over.load(Relaxed) {
                let (_, change) = begin(n, minutes.fetch_add(1, Relaxed));
                let begun = Instant::now();
                let outcomes = sync(&router, n, &[change.parts().unwrap()]).await;
                took.push(begun.elapsed());
                assert!(matches!(outcomes[..], [Outcome::Accepted { .. }]), "{outcomes:?}");
            }
            took
        }));
    }
    let mut took = Vec::new();
    for working in working {
        took.extend(working.await.unwrap());
    }
    took.sort_unstable();
    took
}

fn quantile(sorted: &[Duration], per_cent: usize) -> f64 {
    sorted[(sorted.len() * per_cent / 100).min(sorted.len() - 1)].as_secs_f64() * 1_000.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_devices_orphans_are_kept_apart_and_the_work_of_others_goes_on() {
    RIG.begin();
    let orphans = setting("CAIRN_ORPHANS", 3_000);
    let served = Served::new().await;
    let frames = frames(orphans);
    let (minutes, over) = (Arc::new(AtomicI64::new(10_000)), Arc::new(AtomicBool::new(true)));
    let quiet = others(&served.router, &minutes, QUIET_SYNCS, &over).await;
    over.store(false, Relaxed);
    let flood = async {
        let flooding = Instant::now();
        let (mut parked, mut held) = (0, 0);
        for frame in frames {
            for outcome in send(&served.router, 2, frame).await {
                match outcome {
                    Outcome::Parked => parked += 1,
                    Outcome::Held(_) => held += 1,
                    other => panic!("{other:?}"),
                }
            }
        }
        over.store(true, Relaxed);
        (parked, held, flooding.elapsed())
    };
    let (during, (parked, held, flooded)) = tokio::join!(others(&served.router, &minutes, QUIET_SYNCS, &over), flood);
    assert_eq!(parked + held, orphans);
    assert!(parked <= limits::PARKED_CHANGES_MAX, "{parked} are parked");
    let after = others(&served.router, &minutes, QUIET_SYNCS, &over).await;
    let mut calm = [quiet, after].concat();
    calm.sort_unstable();
    let ratio = |per_cent| quantile(&during, per_cent) / quantile(&calm, per_cent);
    let figures = [
        ("changes without parents that one device sent", json!(orphans)),
        ("of these parked", json!(parked)),
        ("of these held", json!(held)),
        ("seconds that it took", json!(flooded.as_secs_f64())),
        ("syncs of others meanwhile", json!(during.len())),
        ("p50 of the others when it is calm, ms", json!(quantile(&calm, 50))),
        ("p99 of the others when it is calm, ms", json!(quantile(&calm, 99))),
        ("p50 of the others meanwhile, ms", json!(quantile(&during, 50))),
        ("p99 of the others meanwhile, ms", json!(quantile(&during, 99))),
        ("the longest of the others meanwhile, ms", json!(quantile(&during, 100))),
        ("p50 meanwhile against p50 when it is calm", json!(ratio(50))),
        ("p99 meanwhile against p99 when it is calm", json!(ratio(99))),
    ];
    RIG.tell(figures);
    served.store.close().await;
}
