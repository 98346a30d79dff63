//! Small inputs that say they are large: each is refused with little memory at its peak, counted by an allocator that this program has
//! for itself. Time is told, not judged.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

mod bomb;

use std::time::Instant;

use cairn_fuzz_targets::{CORE, SERVER, Target, server::world};
use cairn_tests::figures::Rig;
use peak_alloc::PeakAlloc;
use serde_json::json;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

static RIG: Rig = Rig::new("bombs", "Small inputs that say they are large, and the memory that they take");

/// The most that may be allocated beyond what was before.
const PEAK_BYTES_MAX: usize = 64 << 20;

fn mib(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn weighed(peak: usize, ms: f64) -> String {
    format!("{:.1} MiB at the peak, {ms:.1} ms", mib(peak))
}

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
    RIG.begin();
    let mut figures: Vec<(String, String)> = Vec::new();
    let (mut worst, mut longest) = ((0, String::new()), [0.0f64; 2]);
    for target in CORE.iter().chain(&SERVER) {
        // What a target makes once is not the input's.
        (target.run)(&bomb::harmless(target.name));
        let bombs = bomb::of(target.name);
        assert!(bombs.len() >= 3, "{} has bombs", target.name);
        for (name, bytes) in bombs {
            let (peak, ms) = weigh(target, &bytes);
            println!("{}: {name}: {} bytes, {peak} at the peak, {ms:.1} ms", target.name, bytes.len());
            assert!(peak <= PEAK_BYTES_MAX, "{}: {name}: {peak} bytes at the peak", target.name);
            figures.push((format!("{}: {name}", target.name), weighed(peak, ms)));
            let is_within = usize::from(bomb::WITHIN.contains(&name));
            longest[is_within] = longest[is_within].max(ms);
            if peak > worst.0 {
                worst = (peak, format!("{}: {name}", target.name));
            }
        }
    }
    // What the README says of the largest requests is read off here.
    let largest = bomb::largest();
    for target in CORE.iter().chain(&SERVER).filter(|target| ["frame", "change", "sync"].contains(&target.name)) {
        for (name, bytes) in &largest {
            let (peak, ms) = weigh(target, bytes);
            println!(
                "{}: the largest request, {name}: {} bytes, {peak} at the peak, {ms:.1} ms",
                target.name,
                bytes.len()
            );
            figures.push((format!("{}: the largest request, {name}", target.name), weighed(peak, ms)));
        }
    }
    world::end();
    RIG.tell(figures);
    RIG.tell([
        ("the most memory that any bomb took, MiB", json!(mib(worst.0))),
        ("the bomb that took it", json!(worst.1)),
        ("the longest until one was refused that breaks a limit, ms", json!(longest[0])),
        ("the longest of those that are as large as the limits permit, ms", json!(longest[1])),
    ]);
}
