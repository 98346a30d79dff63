//! Where the corpora begin: the wire's golden vectors, what devices of ours write, the forms that ship, and the API's samples.

use std::{fs, io, path::Path};

use sync_core::{
    id::ClockMs,
    limits::VOUCHED_CHANGES,
    wire::{self, BundleHead, FeedAnswer, OutBundle, OutChange, OutGroup, OutRequest, OutResponse, Outcome, Voucher},
};

use crate::{
    center::{CLOCK_MS, Scene, UNIT, name},
    mutate::requests,
};

/// An input to begin with: its target, its name, its bytes.
pub type Seed = (&'static str, String, Vec<u8>);

/// All seeds.
///
/// # Errors
/// When a file of the repository cannot be read.
pub fn all() -> io::Result<Vec<Seed>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let mut seeds = written();
    for entry in fs::read_dir(root.join("tests/vectors/wire"))? {
        let path = entry?.path();
        let vector = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|kind| kind == "hex") && !vector.starts_with("dictionary") {
            let digits: Vec<u8> =
                fs::read_to_string(&path)?.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
            let bytes: Vec<u8> = digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect();
            if bytes.len() > 2_000 {
                continue;
            }
            if vector.contains("bundle") {
                seeds.push(("bundle", vector.clone(), wire::join_frames(std::slice::from_ref(&bytes))));
            }
            seeds.push(("frame", vector, bytes));
        }
    }
    for entry in fs::read_dir(root.join("server/forms"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "json") {
            seeds.push(("form", path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), fs::read(&path)?));
        }
    }
    seeds.push(("form", "every-kind".into(), fs::read(root.join("sync-core/tests/harness/every_kind.json"))?));
    seeds.push((
        "import",
        "two".into(),
        "code,parent,kind,name\nnyima,changdu,county,尼玛\nnyima-school,nyima,school,小学\n".into(),
    ));
    seeds.push((
        "import",
        "quoted".into(),
        "\u{feff}code,parent,kind,name\r\n\"basu\",changdu,county,\"八宿, 县\"\r\n".into(),
    ));
    seeds.extend(
        requests::samples()
            .into_iter()
            .enumerate()
            .map(|(n, request)| ("api", format!("sample-{n:02}"), request.into_bytes())),
    );
    Ok(seeds)
}

/// What the shipped code writes about the scene.
fn written() -> Vec<Seed> {
    let (groups, whole): (Vec<OutGroup>, OutGroup) = Scene::with(|scene| {
        let out = |(position, (hash, parts)): (usize, &(_, _))| {
            let parts: &sync_core::crdt::ChangeParts = parts;
            OutChange { position: Some(position as u64 + 1), hash: *hash, parts: parts.clone() }
        };
        let changes: Vec<OutChange> = scene.feed.iter().enumerate().map(out).collect();
        let known = |position| {
            let (hash, actor) = scene.known(&name(UNIT), position)?;
            Some(wire::Known { position, hash, actor })
        };
        // Each change by itself, with those beneath it known.
        let one = |(at, change): (usize, &OutChange)| {
            let known = (1..=at as u64).filter_map(known).collect();
            OutGroup { unit: name(UNIT), changes: vec![OutChange { position: None, ..change.clone() }], known }
        };
        let groups = changes.iter().enumerate().map(one).collect();
        (groups, OutGroup { unit: name(UNIT), changes, known: Vec::new() })
    });
    let mut seeds = Vec::new();
    for (at, group) in groups.into_iter().enumerate() {
        let mut request = OutRequest { groups: vec![group], ..OutRequest::default() };
        request.head.clock = ClockMs(CLOCK_MS);
        request.head.budget_bytes = 10_000;
        let frame = wire::encode_request(&request);
        for target in ["frame", "change", "sync"] {
            seeds.push((target, format!("scene-{at}"), frame.clone()));
        }
    }
    let mut response = OutResponse { groups: vec![whole.clone()], ..OutResponse::default() };
    response.head.epoch = 7;
    response.head.clock = ClockMs(CLOCK_MS);
    response.head.outcomes = vec![Outcome::Accepted { position: 1 }, Outcome::Parked];
    let to = whole.changes.len() as u64;
    response.head.feeds =
        vec![(name(UNIT), FeedAnswer::Page { from: 0, to, head: to, digest: sync_core::id::Digest::default() })];
    response.head.vouchers = vec![Voucher([1; 8]); whole.changes.len().div_ceil(VOUCHED_CHANGES)];
    seeds.push(("frame", "scene-page".into(), wire::encode_response(&response)));
    let mut push = whole.clone();
    push.changes.iter_mut().for_each(|change| change.position = None);
    let head = BundleHead { clock: ClockMs(CLOCK_MS), server_key: [7; 32], user: name("worker-1") };
    let bundle = wire::encode_bundle(&OutBundle { head, groups: vec![push.clone()] });
    seeds.push(("bundle", "scene".into(), wire::join_frames(&[bundle])));
    let request = OutRequest { groups: vec![push], ..OutRequest::default() };
    seeds.push(("change", "scene".into(), wire::encode_request(&request)));
    seeds.push(("sync", "scene".into(), wire::encode_request(&request)));
    seeds
}
