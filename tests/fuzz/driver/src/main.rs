//! libFuzzer around one target, which the variable `CAIRN_TARGET` names. Inputs are changed by the mutator that knows the target's
//! grammar; with `CAIRN_MUTATOR=bytes` by libFuzzer alone, to see what the grammar is worth. What a corpus begins with is written into
//! the folder that `CAIRN_SEEDS` names.
#![no_main]

use std::{env, fs, io, panic, path::PathBuf, sync::LazyLock};

use cairn_fuzz_targets::Target;
use cairn_fuzz_targets::dice::Dice;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    // libFuzzer's hook ends the process at every panic, also at one that the barrier is there for. Whatever leaves a target ends it.
    drop(panic::take_hook());
    let name = env::var("CAIRN_TARGET").unwrap_or_default();
    let found = cairn_fuzz_targets::all().into_iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("CAIRN_TARGET={name:?} is no target of this program"))
});

static BYTEWISE: LazyLock<bool> = LazyLock::new(|| env::var("CAIRN_MUTATOR").is_ok_and(|said| said == "bytes"));

/// Writes the seeds of the target, before libFuzzer reads its corpora.
fn seed() -> io::Result<()> {
    let Some(folder) = env::var_os("CAIRN_SEEDS").map(PathBuf::from) else { return Ok(()) };
    fs::create_dir_all(&folder)?;
    for (target, name, bytes) in cairn_fuzz_targets::seeds::all()? {
        if target == TARGET.name {
            fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}

fuzz_target!(init: seed().expect("the seeds can be written"), |data: &[u8]| {
    (TARGET.run)(data);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut raw = |bytes: &mut Vec<u8>, max: usize| {
        let size = bytes.len();
        bytes.resize(max.max(size), 0);
        let made = fuzzer_mutate(bytes, size, max.max(size));
        bytes.truncate(made);
    };
    let max = max_size.min(data.len());
    if *BYTEWISE {
        return fuzzer_mutate(data, size, max);
    }
    let made = (TARGET.mutate)(&data[..size], max, &mut Dice::of(seed.into()), &mut raw);
    let length = made.len().min(max);
    data[..length].copy_from_slice(&made[..length]);
    length
});
