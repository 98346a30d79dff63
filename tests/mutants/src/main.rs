//! `cairn-mutants FILES…`: each mutant of the files that match is tried by the tests that reach it. cargo-mutants lists them and would
//! compile the crate once for each; here all are compiled at once, each behind its number, so that a mutant costs seconds.
//!
//! What came of each is kept in `target/mutants/results.json`. What was caught is not tried again; to begin anew, delete that file.
//! Prints a table by module, and what was missed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::list::Mutant;
use crate::tree::Tree;
use crate::trial::{Trial, Verdict};

mod list;
mod switch;
mod tree;
mod trial;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Mutants at a time.
const WORKERS: usize = 2;

#[derive(Clone, Deserialize, Serialize)]
struct Outcome {
    verdict: Verdict,
    /// The tests that were run together when it was noticed.
    by: String,
}

fn main() -> Result<()> {
    let patterns: Vec<String> = std::env::args().skip(1).collect();
    if patterns.is_empty() || patterns[0].starts_with('-') {
        return Err("which files? e.g. 'sync-core/src/wire/**' 'sync-core/src/gate/**'".into());
    }
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let mutants = list::of(&project, &patterns)?;
    let all: BTreeMap<usize, Mutant> = mutants.into_iter().enumerate().map(|(at, mutant)| (at + 1, mutant)).collect();
    let folder = project.join("target/mutants");
    fs::create_dir_all(&folder)?;
    let kept = folder.join("results.json");
    let mut results: BTreeMap<String, Outcome> = match fs::read(&kept) {
        Ok(text) => serde_json::from_slice(&text)?,
        Err(_) => BTreeMap::new(),
    };
    let known = |name: &str| results.get(name).is_some_and(|outcome| outcome.verdict == Verdict::Refused);
    let refused = all.iter().filter(|(_, mutant)| known(&mutant.name)).map(|(number, _)| *number).collect();
    let tree = Tree::plant(&project, &folder, &all, refused)?;
    for (number, mutant) in &all {
        let verdict = match (tree.refused.contains(number), tree.within.contains_key(number)) {
            (true, _) => Verdict::Refused,
            (false, false) => Verdict::Unswitched,
            (false, true) => continue,
        };
        results.insert(mutant.name.clone(), Outcome { verdict, by: String::new() });
    }
    let [packages, skipped] = tests(&all);
    let trial = Trial::prepare(&tree, &packages, &skipped, WORKERS)?;
    let caught = |name: &str| {
        results.get(name).is_some_and(|outcome| matches!(outcome.verdict, Verdict::Caught | Verdict::Timeout))
    };
    let open: Vec<(usize, usize)> = tree
        .within
        .iter()
        .filter(|(number, _)| !caught(&all[*number].name))
        .map(|(number, place)| (*number, *place))
        .collect();
    eprintln!("{} mutants to try", open.len());
    let (open, results) = (Mutex::new(open), Mutex::new(results));
    let wrong = thread::scope(|scope| {
        let workers: Vec<_> =
            (0..WORKERS).map(|_| scope.spawn(|| work(&open, &results, &trial, &all, &kept))).collect();
        let ended =
            |worker: thread::ScopedJoinHandle<'_, Result<()>>| worker.join().unwrap_or(Err("a worker panicked".into()));
        workers.into_iter().filter_map(|worker| ended(worker).err()).next()
    });
    if let Some(error) = wrong {
        return Err(error);
    }
    let results = results.into_inner().map_err(|_| "a worker panicked")?;
    print(&all, &results);
    Ok(())
}

/// Tries one mutant after the other.
fn work(
    open: &Mutex<Vec<(usize, usize)>>,
    results: &Mutex<BTreeMap<String, Outcome>>,
    trial: &Trial,
    all: &BTreeMap<usize, Mutant>,
    kept: &PathBuf,
) -> Result<()> {
    loop {
        let Some((number, place)) = open.lock().map_err(|_| "another worker panicked")?.pop() else { return Ok(()) };
        let (verdict, by) = trial.of(number, place)?;
        let mut results = results.lock().map_err(|_| "another worker panicked")?;
        if verdict == Verdict::Missed {
            eprintln!("missed: {}", all[&number].name);
        }
        results.insert(all[&number].name.clone(), Outcome { verdict, by });
        fs::write(kept, serde_json::to_vec_pretty(&*results)?)?;
    }
}

/// The packages whose tests are asked, and what is left out of them: tests of that name, and programs.
fn tests(mutants: &BTreeMap<usize, Mutant>) -> [Vec<&'static str>; 2] {
    if mutants.values().all(|mutant| mutant.package == "cairn-server") {
        return [vec!["cairn-server"], vec!["postgres", "outside"]];
    }
    [vec!["sync-core", "cairn-client", "cairn-simulation"], vec!["typescript", "browser", "contrast"]]
}

/// The table, by folder of the source, and what was missed.
fn print(all: &BTreeMap<usize, Mutant>, results: &BTreeMap<String, Outcome>) {
    let mut modules: BTreeMap<String, BTreeMap<Verdict, usize>> = BTreeMap::new();
    for mutant in all.values() {
        let Some(outcome) = results.get(&mutant.name) else { continue };
        let inner = mutant.file.split_once("/src/").map_or("", |(_, inner)| inner);
        let module = inner.trim_end_matches(".rs").trim_end_matches("/mod");
        *modules.entry(module.to_owned()).or_default().entry(outcome.verdict).or_default() += 1;
    }
    println!("| module | mutants | caught | missed | timed out | do not compile | cannot be switched |");
    println!("|---|---|---|---|---|---|---|");
    for (module, counts) in modules {
        let of = |verdict| counts.get(&verdict).copied().unwrap_or_default();
        println!(
            "| `{module}` | {} | {} | {} | {} | {} | {} |",
            counts.values().sum::<usize>(),
            of(Verdict::Caught),
            of(Verdict::Missed),
            of(Verdict::Timeout),
            of(Verdict::Refused),
            of(Verdict::Unswitched),
        );
    }
    for mutant in all.values() {
        if results.get(&mutant.name).is_some_and(|outcome| outcome.verdict == Verdict::Missed) {
            println!("- {}", mutant.name);
        }
    }
}
