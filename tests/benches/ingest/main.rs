//! Durable ingest: records a second that real server processes take in over HTTP from devices that push at once, on SQLite
//! (`synchronous=FULL`) and on PostgreSQL; beside it the two limits of the same records, measured in the same run: judging them on one
//! core, and storing the rows that come of them.
//!
//! `cargo bench -p cairn-tests --bench ingest [-- sqlite|postgres] [DEVICES…]`; `CAIRN_RUNS` (5) says how often each is measured,
//! `CAIRN_RECORDS` (10000) how many records there are each time.

mod floor;

use std::time::Instant;

use cairn_server::store::Engine;
use cairn_tests::{
    Server,
    bench::{Against, Figure, Table, median, runs, words},
    crowd::{Crowd, OF_A_PUSH},
    figures::setting,
    place, process,
};

const DEVICES: [usize; 3] = [1, 20, 200];
const RECORDS: usize = 10_000;

/// What one run came to.
struct Run {
    a_second: f64,
    cpu_of_thousand: f64,
    /// Before anything is sent.
    idle: f64,
    memory: f64,
    judged: f64,
    stored: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words = words();
    let engines = [(Engine::Sqlite, "sqlite"), (Engine::Postgres, "postgres")];
    let named = engines.iter().any(|(_, name)| words.iter().any(|word| word == name));
    let engines = engines.into_iter().filter(|(_, name)| !named || words.iter().any(|word| word == name));
    let mut devices: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    if devices.is_empty() {
        devices = DEVICES.to_vec();
    }
    let records = setting("CAIRN_RECORDS", RECORDS);
    let mut table = Table::new("ingest", "new records that a server takes in over HTTP, durably");
    for (engine, name) in engines {
        for devices in &devices {
            // Whole pushes: with few devices many each, with many at least one.
            let each = (records / devices).max(OF_A_PUSH);
            let crowd = Crowd::draw(*devices, each, false);
            let mut all = Vec::new();
            for _ in 0..runs() {
                all.push(run(engine, &crowd).await);
            }
            tell(&mut table, &format!("{name}, {devices} devices"), &all);
        }
    }
    table.tell();
}

async fn run(engine: Engine, crowd: &Crowd) -> Run {
    let judged = floor::judged(crowd);
    let home = tempfile::tempdir().expect("a folder");
    let place = place(engine, &home.path().join("server"));
    let tokens = crowd.enrol(&place).await;
    let server = Server::start(&place, "127.0.0.1:0");
    let idle = process::peak_mib(server.id());
    let before = process::cpu_seconds(server.id());
    let begun = Instant::now();
    let said = crowd.push(&server.url, &tokens).await;
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = process::cpu_seconds(server.id()) - before;
    let memory = process::peak_mib(server.id());
    assert_eq!(said.get("accepted"), Some(&crowd.records), "{said:?}");
    server.kill();
    let stored = floor::stored(engine, &place, home.path(), crowd.records).await;
    let records = crowd.records as f64;
    Run { a_second: records / seconds, cpu_of_thousand: cpu / records * 1_000.0, idle, memory, judged, stored }
}

fn tell(table: &mut Table, name: &str, runs: &[Run]) {
    let all = |of: fn(&Run) -> f64| runs.iter().map(of).collect::<Vec<f64>>();
    let limit = |name: &str, of: fn(&Run) -> f64| Against { name: name.into(), value: median(&all(of)) };
    table.add(Figure {
        name: format!("{name}: new records taken in"),
        unit: "a second",
        measured: all(|run| run.a_second),
        against: vec![limit("judging on one core", |run| run.judged), limit("storing the rows", |run| run.stored)],
    });
    let figure =
        |what: &str, unit, measured| Figure { name: format!("{name}: {what}"), unit, measured, against: vec![] };
    table.add(figure("processor time of the server, 1,000 records", "s", all(|run| run.cpu_of_thousand)));
    table.add(figure("memory of the server before it takes anything in", "MiB", all(|run| run.idle)));
    table.add(figure("memory of the server at its peak", "MiB", all(|run| run.memory)));
}
