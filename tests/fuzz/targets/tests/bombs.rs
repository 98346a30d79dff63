//! Small inputs that say they are large: each is refused with little memory at its peak, counted by an allocator that this program has
//! for itself. Time is told, not judged.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

mod bomb;

use std::{env, fs, time::Instant};

use cairn_fuzz_targets::{CORE, SERVER, Target, server::world};
use peak_alloc::PeakAlloc;
use serde_json::json;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most that may be allocated beyond what was before.
const PEAK_BYTES_MAX: usize = 64 << 20;

/// Gives a target an input; tells the bytes at the peak beyond those before, and the milliseconds.
fn weigh(target: &Target, input: &[u8]) -> (usize, f64) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let begun = Instant::now();
    (target.run)(input);
    (MEMORY.peak_usage().saturating_sub(before), begun.elapsed().as_secs_f64() * 1_000.0)
}

#[test]
fn what_says_that_it_is_large_is_refused_in_little_memory() {
    let begun = Instant::now();
    let mut figures = Vec::new();
    let mut worst: (usize, String) = (0, String::new());
    for target in CORE.iter().chain(&SERVER) {
        // What a target makes once is not the input's.
        (target.run)(&bomb::harmless(target.name));
        let bombs = bomb::of(target.name);
        assert!(bombs.len() >= 3, "{} has bombs", target.name);
        for (name, bytes) in bombs {
            let (peak, ms) = weigh(target, &bytes);
            println!("{}: {name}: {} bytes, {peak} at the peak, {ms:.1} ms", target.name, bytes.len());
            assert!(peak <= PEAK_BYTES_MAX, "{}: {name}: {peak} bytes at the peak", target.name);
            figures.push(json!({"name": format!("{}: {name}: MiB at the peak", target.name), "value": peak as f64 / f64::from(1 << 20)}));
            figures.push(json!({"name": format!("{}: {name}: milliseconds", target.name), "value": ms}));
            if peak > worst.0 {
                worst = (peak, format!("{}: {name}", target.name));
            }
        }
    }
    // What the server says of itself: a request of the largest size takes some 50 MB while it is worked on.
    let largest = bomb::largest();
    for target in CORE.iter().chain(&SERVER).filter(|target| ["frame", "change", "sync"].contains(&target.name)) {
        for (name, bytes) in &largest {
            let (peak, ms) = weigh(target, bytes);
            println!(
                "{}: the largest request, {name}: {} bytes, {peak} at the peak, {ms:.1} ms",
                target.name,
                bytes.len()
            );
            let title = format!("{}: the largest request, {name}: MiB at the peak", target.name);
            figures.push(json!({"name": title, "value": peak as f64 / f64::from(1 << 20)}));
        }
    }
    world::end();
    figures.insert(
        0,
        json!({"name": "the most memory that any bomb took, MiB", "value": worst.0 as f64 / f64::from(1 << 20)}),
    );
    figures.insert(1, json!({"name": "the bomb that took it", "value": worst.1}));
    if let Some(path) = env::var_os("CAIRN_REPORT") {
        let title = "Bombs: small inputs that say they are large, and the memory that they take";
        let report =
            json!({"rig": "bombs", "title": title, "figures": figures, "seconds": begun.elapsed().as_secs_f64()});
        fs::write(path, serde_json::to_string_pretty(&report).unwrap()).unwrap();
    }
}
