//! What each step of a change's way costs, on one thread.
//!
//! `cargo bench -p cairn-tests --bench micro [-- STEP…]`; `CAIRN_RUNS` (5) says how often each is measured, over the same 400 records.

use std::time::Instant;

use cairn_tests::{
    bench::{Figure, Table, runs, words},
    steps::Way,
};

const RECORDS: usize = 400;

fn main() {
    let (named, way) = (words(), Way::of(RECORDS));
    let mut table = Table::new("micro", "what each step of a change's way costs");
    for (step, take) in way.steps() {
        if !named.is_empty() && !named.iter().any(|name| step.contains(name.as_str())) {
            continue;
        }
        let time = |_| {
            let begun = Instant::now();
            take();
            begun.elapsed().as_secs_f64() * 1e6 / RECORDS as f64
        };
        let measured = (0..runs()).map(time).collect();
        table.add(Figure { name: step.into(), unit: "µs", measured, against: Vec::new() });
    }
    table.tell();
}
