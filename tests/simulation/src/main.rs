//! Runs seeds, as many and as long as one likes.

use cairn_simulation::{run::{Mode, run}, step::Plan, variant::Variant};

fn main() {
    let number = |name: &str, or: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(or);
    let steps = number("CAIRN_STEPS", 500) as u32;
    let (from, count) = (number("CAIRN_SEED", 1), number("CAIRN_COUNT", 1));
    let mut all = cairn_simulation::fault::Sometimes::default();
    let begun = std::time::Instant::now();
    let mut bad = 0;
    for seed in from..from + count {
        let plan = Plan::of(seed, steps);
        let mode = if std::env::var("CAIRN_TRACE").is_ok() { Mode::Kept } else { Mode::Watched };
        let one = run(&plan, Variant::Shipped, mode);
        for line in &one.lines { println!("{line}"); }
        if let Some(v) = &one.violation { bad += 1; println!("seed {seed}: {v}"); }
        all.add(&one.sometimes);
    }
    println!("{bad} bad of {count}, {:?}", begun.elapsed());
    for fault in cairn_simulation::fault::Fault::ALL { print!("{} {}, ", fault.word(), all.of(fault)); }
    println!();
    for (what, n) in all.seen() { print!("{what} {n}, "); }
    println!();
}
