//! Every input that is kept, and a bounded number of new ones, without a fuzzer: what `make test` knows of hostile input.
//!
//! | variable | what it says | default |
//! |---|---|---|
//! | `CAIRN_SEED` | what new inputs are drawn from | 1 |
//! | `CAIRN_EXECUTIONS` | new inputs for each target of the core; a server is asked a fortieth of it | 2000 |
//! | `CAIRN_SECONDS` | new inputs for so many seconds of each target instead | |
//! | `CAIRN_TARGET` | one target alone | all |
//! | `CAIRN_REPORT` | where the figures are written, as JSON | nowhere |

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    env, fs,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    time::{Duration, Instant},
};

use cairn_fuzz_targets::{
    Target, all,
    dice::Dice,
    kept::{self, Kept},
    mutate::bytes,
    seeds,
};
use cairn_tests::figures::{Rig, setting};

static RIG: Rig = Rig::new("replay", "Hostile input: all that is kept, and new input drawn from a seed");

/// Bytes of all that is kept.
const KEPT_BYTES_MAX: usize = 500_000;

/// Runs an input; should it break something, says which, so that it can be kept.
fn run(target: &Target, input: &Kept) {
    if let Err(why) = catch_unwind(AssertUnwindSafe(|| (target.run)(&input.bytes))) {
        let path = env::temp_dir().join(format!("cairn-{}-{}", target.name, input.name));
        fs::write(&path, &input.bytes).unwrap();
        eprintln!("{} breaks at {}, which lies in {}", target.name, input.name, path.display());
        resume_unwind(why);
    }
}

/// New inputs, each made of one that is kept or of one made before, for as long as there are to be more; how many there were.
fn draw(target: &Target, kept: &[Kept], seed: u64, more: impl Fn(u64) -> bool) -> u64 {
    let mut dice = Dice::apart(seed, target.name.bytes().fold(0, |sum, byte| sum * 31 + u64::from(byte)));
    let mut pool: Vec<Vec<u8>> = kept.iter().map(|kept| kept.bytes.clone()).collect();
    let mut execution = 0;
    while more(execution) {
        let from = usize::try_from(dice.below(pool.len() as u64)).unwrap();
        let mut apart = Dice::of(dice.draw());
        let mut raw = |bytes: &mut Vec<u8>, max: usize| bytes::mutate(&mut apart, bytes, max);
        let made = (target.mutate)(&pool[from], target.bytes_max, &mut dice, &mut raw);
        run(target, &Kept { name: format!("seed-{seed}-{execution}"), bytes: made.clone() });
        // So that some are several steps away from all that is kept.
        if dice.comes(300) && from >= kept.len() / 2 {
            pool[from] = made;
        }
        execution += 1;
    }
    execution
}

#[test]
fn whatever_strangers_sent_and_may_send_is_taken_or_refused_and_breaks_nothing() {
    RIG.begin();
    let (seed, executions, seconds) =
        (setting("CAIRN_SEED", 1), setting("CAIRN_EXECUTIONS", 2_000), setting("CAIRN_SECONDS", 0));
    let only = env::var("CAIRN_TARGET").ok();
    let seeds = seeds::all().unwrap();
    let mut bytes = 0;
    for target in all().into_iter().filter(|target| only.as_ref().is_none_or(|only| only == target.name)) {
        let mut inputs = kept::corpus(target.name).unwrap();
        let found = kept::found(target.name).unwrap();
        let (many, few) = (inputs.len(), found.len());
        bytes += inputs.iter().map(|kept| kept.bytes.len()).sum::<usize>();
        inputs.extend(found);
        inputs.extend(
            seeds
                .iter()
                .filter(|seed| seed.0 == target.name)
                .map(|(_, name, bytes)| Kept { name: name.clone(), bytes: bytes.clone() }),
        );
        assert!(inputs.len() >= 2, "there is something to begin with for {}", target.name);
        inputs.iter().for_each(|kept| run(&target, kept));
        let is_slow = ["import", "api", "sync"].contains(&target.name);
        let executions = if is_slow { executions / 40 } else { executions };
        let begun = Instant::now();
        let executions = draw(&target, &inputs, seed, |execution| match seconds {
            0 => execution < executions,
            _ => begun.elapsed() < Duration::from_secs(seconds),
        });
        let name = target.name;
        RIG.tell([
            (format!("{name}: inputs kept in its corpus"), many as u64),
            (format!("{name}: inputs kept that once broke something"), few as u64),
            (format!("{name}: new inputs tried"), executions),
        ]);
    }
    #[cfg(feature = "server")]
    cairn_fuzz_targets::server::world::end();
    assert!(bytes <= KEPT_BYTES_MAX, "{bytes} bytes are kept: minimise the corpora");
    RIG.tell([("bytes kept in all corpora", bytes)]);
}

/// A definition of a form without a version once ended its mutator.
#[test]
fn what_lacks_all_that_is_looked_for_is_changed_too() {
    for target in all() {
        for (seed, data) in (0..500).flat_map(|seed| ["", "{}", "[]", "\u{ca}", "code\n"].map(|data| (seed, data))) {
            let mut apart = Dice::of(seed);
            let mut raw = |bytes: &mut Vec<u8>, max: usize| bytes::mutate(&mut apart, bytes, max);
            let made = (target.mutate)(data.as_bytes(), target.bytes_max, &mut Dice::of(seed), &mut raw);
            assert!(made.len() <= target.bytes_max, "{}: {} bytes of {data:?}", target.name, made.len());
        }
    }
}
