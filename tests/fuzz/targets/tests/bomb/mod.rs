//! The bombs, by target.

use cairn_fuzz_targets::{
    center::{UNIT, actor, begin},
    mutate::envelope,
};
use serde_json::{Value as Json, json};
use sync_core::{
    crdt::{Action, Change, ChangeParts, Key, Object, Op, OpId, Scalar},
    id::ClockMs,
    limits,
    wire::{self, BundleHead, OutBundle, OutChange, OutGroup, OutRequest},
};

type Bomb = (&'static str, Vec<u8>);

/// An input that is nothing special, so that what is made once is made.
pub fn harmless(target: &str) -> Vec<u8> {
    match target {
        "form" => b"{}".to_vec(),
        "import" => b"code,parent,kind,name\n".to_vec(),
        "api" => b"GET /api/v1/session".to_vec(),
        "bundle" => file(&[envelope::stored(&[0x82, 3, 0xa0])]),
        _ => envelope::stored(&[0x82, 1, 0xa0]),
    }
}

/// The bombs for a target.
pub fn of(target: &str) -> Vec<Bomb> {
    match target {
        "frame" | "change" | "sync" => frames(),
        "bundle" => bundles(),
        "form" => forms(),
        "import" => tables(),
        _ => requests(),
    }
}

/// A message of zeros, far more than a message may have, in a frame as small as DEFLATE makes it.
fn zeros(bytes: usize) -> Vec<u8> {
    envelope::deflated(&vec![0; bytes])
}

fn file(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Vec::new();
    for frame in frames {
        file.extend((frame.len() as u32).to_be_bytes());
        file.extend(frame);
    }
    file
}

fn varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn numbers(numbers: &[u64]) -> Vec<u8> {
    let mut out = Vec::new();
    numbers.iter().for_each(|n| varint(&mut out, *n));
    out
}

/// A request with these packed changes.
fn packed(packed: &[u8]) -> Vec<u8> {
    let mut message = vec![0x83, 1, 0xa0, 0x5a];
    message.extend((packed.len() as u32).to_be_bytes());
    message.extend(packed);
    envelope::deflated(&message)
}

/// One change by an author of zeros: so many items, and their columns.
fn change(items: u64, columns: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1, 0, 1, 97, 1, 0, 1, 0];
    bytes.extend([0; 8]);
    bytes.extend([0, 0, 0]);
    varint(&mut bytes, items);
    bytes.extend(columns);
    bytes.extend([0; 8]);
    packed(&bytes)
}

/// Those that keep to every limit, and are read to their end before anything is found wrong with them, if anything is.
pub const WITHIN: [&str; 4] = [
    "12 MB of Chinese in ten changes",
    "ten changes of 20,000 operations under keys of their own",
    "1,500 edits of one record, each of the one before",
    "40 choices of 200 options, and 50 measures of them",
];

fn frames() -> Vec<Bomb> {
    let mut erase = vec![11, 2, 4];
    varint(&mut erase, 1_000_000);
    let mut most = vec![11, 2, 4];
    varint(&mut most, limits::CHANGE_OPS_MAX as u64);
    let mut deep = vec![0x82, 1, 0xa1, 0x18, 40];
    deep.resize(limits::MESSAGE_BYTES_MAX - 1, 0x81);
    let mut wide = vec![0x82, 1, 0xa1, 0x18, 40, 0x9b];
    wide.extend([0xff; 8]);
    let mut feeds = vec![0x82, 1, 0xa1, 2, 0x9a, 0, 0, 0x10, 0];
    (0..4_096).for_each(|_| feeds.extend([0x81, 0x61, 97]));
    // As many changes as a frame may hold, each with as many items as one may have.
    let mut many = numbers(&[1, 0, 1, 97, 10_000, 0, 1, 0]);
    many.extend([0; 8]);
    many.push(0);
    many.extend(vec![0; 10_000 * 2]);
    (0..10_000).for_each(|_| varint(&mut many, limits::CHANGE_OPS_MAX as u64));
    let mut erasures = vec![1, 0, 1, 97, 11, 0, 1, 0];
    erasures.extend([0; 8]);
    erasures.push(0);
    for byte in [1 << 7, 0, 11, 2, 4] {
        erasures.extend([byte; 11]);
    }
    (0..11).for_each(|_| varint(&mut erasures, limits::CHANGE_OPS_MAX as u64));
    vec![
        ("a message of 8 MiB of nothing", zeros(limits::MESSAGE_BYTES_MAX)),
        ("a message of 96 MiB of nothing", zeros(12 * limits::MESSAGE_BYTES_MAX)),
        ("a million arrays, one in the other", envelope::deflated(&deep)),
        ("an array of 2^64 items", envelope::stored(&wide)),
        ("4,096 feeds of one name", envelope::deflated(&feeds)),
        ("a change that says it holds a million operations", change(1_000_000, &[])),
        ("a run that becomes a million operations", change(1, &erase)),
        ("a run that becomes as many as a change may have", change(1, &most)),
        ("a run of eleven changes beyond what a frame may have", packed(&erasures)),
        ("2^64 groups", packed(&numbers(&[u64::MAX]))),
        ("10,000 changes that are not there", packed(&numbers(&[1, 0, 1, 97, 10_000]))),
        ("10,000 changes of 20,000 items that are not there", packed(&many)),
        ("200,000 names that are not there", packed(&numbers(&[1, 0, 1, 97, 0, 0, 0, 200_000]))),
        (
            "20,000 references to what is not there",
            packed(&[numbers(&[1, 0, 1, 97, 0, 80_000, 0, 0]), vec![2; 20_000]].concat()),
        ),
        ("12 MB of Chinese in ten changes", packed(&texts())),
        ("10,000 changes that each name the one before 64 times", packed(&dependencies())),
        ("ten changes of 20,000 operations under keys of their own", packed(&generated())),
    ]
}

/// One record, and so many edits of it, each of the one before.
fn chain(edits: u64) -> Vec<u8> {
    let first = begin(4, 100).1.parts().unwrap();
    let object = Object::Id(OpId { counter: 2, actor: actor(4) });
    let key = Key::Name("first".into());
    let (mut deps, mut pred, mut start_op) = (Vec::new(), Vec::new(), first.max_op() + 1);
    let mut changes = vec![first];
    for number in 0..edits {
        let hash = Change::build(changes.last().unwrap()).hash();
        deps.splice(.., [hash]);
        let op = Op { object, key: key.clone(), action: Action::Put(Scalar::YesNo(number % 2 == 0)), pred };
        let parts = ChangeParts {
            actor: actor(4),
            seq: number + 2,
            start_op,
            time: ClockMs(0),
            deps: deps.clone(),
            ops: vec![op],
        };
        pred = vec![OpId { counter: start_op, actor: actor(4) }];
        start_op += 1;
        changes.push(parts);
    }
    let out = |parts: ChangeParts| OutChange { position: None, hash: Change::build(&parts).hash(), parts };
    let group =
        OutGroup { unit: UNIT.parse().unwrap(), changes: changes.into_iter().map(out).collect(), known: Vec::new() };
    let head = BundleHead { clock: ClockMs(0), server_key: [7; 32], user: "worker-4".parse().unwrap() };
    file(&[wire::encode_bundle(&OutBundle { head, groups: vec![group] })])
}

/// What stands before the columns of so many changes by an author of zeros, who may say `a`.
fn prelude(changes: u64) -> Vec<u8> {
    [numbers(&[1, 0, 1, 97, changes, 0, 1, 0]), vec![0; 8], vec![1, 1, 97]].concat()
}

/// Texts of the longest kind, as many as a message may hold: two bytes become three.
fn texts() -> Vec<u8> {
    let mut texts = prelude(10);
    texts.extend([0; 20]);
    (0..10).for_each(|_| varint(&mut texts, 148));
    texts.extend([2; 1_480]);
    texts.extend([3; 1_480]);
    (0..1_480).for_each(|_| varint(&mut texts, 5_460));
    (0..1_480 * 2_730).for_each(|_| texts.extend([0x80, 0]));
    texts.extend([0; 16]);
    texts
}

/// The largest requests that there can be, with the proof that they are meant: all of them is decoded, and judged.
pub fn largest() -> Vec<Bomb> {
    let author = actor(2);
    let object = Object::Id(OpId { counter: 2, actor: author });
    let op = |key: &str, action| Op { object, key: Key::Name(key.into()), action, pred: Vec::new() };
    let change = |n: u64, ops| ChangeParts {
        actor: author,
        seq: 1,
        start_op: 1,
        time: ClockMs(n as i64),
        deps: Vec::new(),
        ops,
    };
    let proven = |changes: Vec<ChangeParts>| {
        let out = |parts: ChangeParts| OutChange { position: None, hash: Change::build(&parts).hash(), parts };
        let group = OutGroup {
            unit: UNIT.parse().unwrap(),
            changes: changes.into_iter().map(out).collect(),
            known: Vec::new(),
        };
        wire::encode_request(&OutRequest { groups: vec![group], ..OutRequest::default() })
    };
    let text = || Action::Put(Scalar::Text("一".repeat(2_730)));
    let texts = (0..10).map(|n| change(n, (0..148).map(|_| op("a", text())).collect()));
    let deletions = (0..10).map(|n| change(n, vec![op("a", Action::Delete); limits::CHANGE_OPS_MAX]));
    let small =
        (0..limits::FRAME_CHANGES_MAX as u64).map(|n| change(n, vec![op("a", Action::Put(Scalar::YesNo(true)))]));
    vec![
        ("12 MB of Chinese in ten changes", proven(texts.collect())),
        ("200,000 operations in ten changes", proven(deletions.collect())),
        ("10,000 changes", proven(small.collect())),
    ]
}

fn dependencies() -> Vec<u8> {
    let mut many = prelude(10_000);
    many.push(0x80);
    many.extend([0x8c; 9_999]);
    many.extend([0; 10_000]);
    (0..9_999).for_each(|_| {
        many.push(64);
        many.extend([1; 64]);
    });
    many.extend([5; 10_000]);
    many.extend([3; 10_000]);
    many.extend([0; 16]);
    many
}

fn generated() -> Vec<u8> {
    let mut many = prelude(10);
    many.extend([0; 20]);
    (0..10).for_each(|_| varint(&mut many, 20_000));
    many.extend(vec![9; 200_000]);
    many.extend(vec![0; 200_000]);
    many.extend([0; 16]);
    many
}

fn bundles() -> Vec<Bomb> {
    let bomb = zeros(limits::MESSAGE_BYTES_MAX);
    let empty = envelope::stored(&[0x82, 3, 0xa0]);
    let mut declared = u32::MAX.to_be_bytes().to_vec();
    declared.extend([0xca, 0x1e]);
    vec![
        ("100 frames, each 8 MiB of nothing", file(&vec![bomb; 100])),
        ("100,000 frames that say nothing", file(&vec![empty; 100_000])),
        ("a frame of 4 GiB that is not there", declared),
        ("a message of 96 MiB of nothing", file(&[zeros(12 * limits::MESSAGE_BYTES_MAX)])),
        ("1,500 edits of one record, each of the one before", chain(1_500)),
    ]
}

fn label() -> Json {
    json!({"zh": "好", "bo": "ཡིན", "en": "Yes"})
}

fn form(fields: &[Json], measures: &[Json]) -> Vec<u8> {
    json!({"id": "clinic.bomb", "version": 1, "title": label(), "fields": fields, "measures": measures})
        .to_string()
        .into_bytes()
}

fn field(n: usize) -> Json {
    json!({"key": format!("f{n}"), "label": label(), "type": "text"})
}

fn forms() -> Vec<Bomb> {
    let fields = |count| form(&(0..count).map(field).collect::<Vec<_>>(), &[]);
    // As many as a megabyte holds.
    let small = br#"{"key":"a","label":{"zh":"","bo":"","en":""},"type":"date"}"#;
    let mut most = br#"{"id":"a.b","version":1,"title":{"zh":"a","bo":"a","en":"a"},"fields":["#.to_vec();
    while most.len() + small.len() + 3 < 1 << 20 {
        most.extend(small);
        most.push(b',');
    }
    most.pop();
    most.extend(b"]}");
    let options: Vec<Json> = (0..200).map(|n| json!({"value": format!("o{n}"), "label": {"zh": format!("甲{n}"), "bo": format!("ཀ{n}"), "en": format!("A{n}")}})).collect();
    let choices: Vec<Json> = (0..40)
        .map(|n| json!({"key": format!("c{n}"), "label": label(), "type": "choice", "options": options}))
        .collect();
    let when: Vec<Json> = (0..10).map(|n| json!({"field": format!("c{n}"), "equals": "o1"})).collect();
    let measures: Vec<Json> =
        (0..50).map(|n| json!({"measure": format!("m{n}"), "label": label(), "count": true, "when": when})).collect();
    vec![
        ("100,000 fields", fields(100_000)),
        ("as many fields as a megabyte holds", most),
        ("as many fields as there may be", fields(100)),
        ("40 choices of 200 options, and 50 measures of them", form(&choices, &measures)),
        (
            "groups 100 deep",
            (0..100)
                .fold(json!([]), |inner, _| json!([{"key": "g", "label": label(), "type": "group", "fields": inner}]))
                .to_string()
                .into_bytes(),
        ),
        ("a million brackets", vec![b'['; 1_000_000]),
    ]
}

fn tables() -> Vec<Bomb> {
    let rows = |row: &str, count: usize| format!("code,parent,kind,name\n{}", row.repeat(count)).into_bytes();
    vec![
        ("a megabyte of rows that are bad", rows("A,b,c,d\n", 130_000)),
        ("a megabyte of quotes", rows("\"", 1_000_000)),
        ("a megabyte of commas", rows(",", 1_000_000)),
        ("a hundred thousand columns", "a,".repeat(100_000).into_bytes()),
        ("more than a table may have", vec![b'x'; 3 << 20]),
    ]
}

fn requests() -> Vec<Bomb> {
    let post = |path: &str, body: &[u8]| [b"POST ", path.as_bytes(), b"\n", body].concat();
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    let fields = |depth: usize| {
        format!("{{\"fields\":{{\"helpers\":{}1{}}}}}", "{\"a\":".repeat(depth), "}".repeat(depth)).into_bytes()
    };
    let source = json!({"source": "{% for a in range(100000) %}{% for b in range(100000) %}{{ a * b }}{% endfor %}{% endfor %}"}).to_string();
    let doubled =
        json!({"source": "{% set a = 'x' * 1000 %}{% set b = a * 1000 %}{% set c = b * 1000 %}{{ c * 1000 }}"})
            .to_string();
    let put = |source: String| format!("PUT /api/v1/briefing/templates/unit/en\n{source}").into_bytes();
    vec![
        ("JSON 100 deep", post("/api/v1/units", &nested(100))),
        ("JSON 8,000 deep", post("/api/v1/units", &nested(8_000))),
        ("fields 120 deep", post("/api/v1/records/<record>/fields", &fields(120))),
        ("a form of 100,000 fields", post("/api/v1/forms", &form(&(0..100_000).map(field).collect::<Vec<_>>(), &[]))),
        ("a body of 8 MiB", post("/api/v1/units", &vec![b' '; 8 << 20])),
        ("a number of a megabyte", post("/api/v1/forms", &vec![b'9'; 1_000_000])),
        ("a query of 60,000 bytes", format!("GET /api/v1/records?text={}", "%25".repeat(20_000)).into_bytes()),
        ("10,000 parameters", format!("GET /api/v1/records?{}", "unit=markam&".repeat(5_000)).into_bytes()),
        ("a template with loops without end", put(source)),
        ("a template that doubles a text", put(doubled)),
        ("a list of reviews without end", post("/api/v1/reviews", json!({"verdict": "approved", "records": vec![json!({"id": "x", "seen": []}); 500]}).to_string().as_bytes())),
        ("a briefing of 4,000 positions", post("/api/v1/briefing", json!({"unit": "markam", "from": "1900-01-01", "to": "2199-12-31", "language": "en", "at": "2022-03-01T02:00:00.000Z", "epoch": "0", "positions": vec![json!({"unit": "markam", "position": 9_007_199_254_740_991u64}); 4_000]}).to_string().as_bytes())),
        ("a period of three centuries", b"GET /api/v1/summary?unit=changdu&from=1900-01-01&to=2199-12-31&by=month".to_vec()),
    ]
}
