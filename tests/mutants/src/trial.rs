//! Which tests reach a mutant, and whether one of them notices it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Result;
use crate::tree::Tree;

/// A test that takes longer than this is left out.
const LONGEST: Duration = Duration::from_secs(30);
/// So long the first tests of one program run together, and those behind them three times as long, and so on: most mutants are noticed by
/// the first, and a program costs something to start.
const TOGETHER: Duration = Duration::from_millis(200);
/// Of virtual memory for a program, in KiB: a mutant may never stop asking for it.
const MEMORY_KIB: u64 = 16 << 20;

/// What came of a mutant.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A test failed.
    Caught,
    /// A test did not end.
    Timeout,
    /// No test noticed.
    Missed,
    /// It does not compile.
    Refused,
    /// It stands where nothing can be switched.
    Unswitched,
}

/// One test of one program.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Test {
    program: PathBuf,
    folder: PathBuf,
    name: String,
    /// The number of its package among those that are asked.
    away: usize,
    took: Duration,
    reaches: BTreeSet<usize>,
}

/// All tests, with the places that they reach.
pub struct Trial {
    tests: Vec<Test>,
}

impl Trial {
    /// Compiles the tests and runs each by itself once, with no mutant on.
    ///
    /// # Errors
    /// Where they do not compile, or one fails.
    pub fn prepare(tree: &Tree, packages: &[&str], skipped: &[&str], workers: usize) -> Result<Self> {
        let mut test = tree.cargo("test");
        test.args(["--no-run", "--lib", "--tests", "--message-format", "json"]);
        for package in packages {
            test.args(["--package", package]);
        }
        let said = test.output()?;
        if !said.status.success() {
            return Err(format!("the tests do not compile: {}", String::from_utf8_lossy(&said.stderr)).into());
        }
        let mut waiting = Vec::new();
        for line in String::from_utf8(said.stdout)?.lines() {
            let made: Value = serde_json::from_str(line)?;
            let (Some(program), Some(manifest)) = (made["executable"].as_str(), made["manifest_path"].as_str()) else {
                continue;
            };
            if made["profile"]["test"] != true || skipped.contains(&made["target"]["name"].as_str().unwrap_or_default())
            {
                continue;
            }
            let folder = Path::new(manifest).parent().unwrap_or(&tree.root);
            let id = made["package_id"].as_str().unwrap_or_default();
            let away = packages.iter().position(|package| id.contains(package)).unwrap_or(packages.len());
            let list = Command::new(program).current_dir(folder).args(["--list", "--format", "terse"]).output()?;
            for name in String::from_utf8(list.stdout)?.lines().filter_map(|line| line.strip_suffix(": test")) {
                if skipped.iter().any(|part| name.contains(part)) {
                    continue;
                }
                waiting.push(Test {
                    program: program.into(),
                    folder: folder.into(),
                    name: name.to_owned(),
                    away,
                    took: Duration::ZERO,
                    reaches: BTreeSet::new(),
                });
            }
        }
        eprintln!("{} tests, each run once to see what it reaches", waiting.len());
        let told = tree.built.join("reached");
        let (waiting, tests) = (Mutex::new(waiting), Mutex::new(Vec::new()));
        let wrong = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for worker in 0..workers {
                let told = told.with_extension(worker.to_string());
                let (waiting, tests, wrong) = (&waiting, &tests, &wrong);
                scope.spawn(move || {
                    while let Some(mut test) = pop(waiting) {
                        match reach(&mut test, &told) {
                            Ok(true) => push(tests, test),
                            Ok(false) => eprintln!("left out, for it does not end in time: {}", test.name),
                            Err(error) => push(wrong, format!("{}: {error}", test.name)),
                        }
                    }
                });
            }
        });
        let wrong = wrong.into_inner().unwrap_or_default();
        if !wrong.is_empty() {
            return Err(format!("with no mutant on: {}", wrong.join("\n")).into());
        }
        let mut tests = tests.into_inner().unwrap_or_default();
        tests.sort_by_key(|test: &Test| test.took);
        for test in tests.iter().rev().take(10) {
            eprintln!("{:.1} s: {}", test.took.as_secs_f64(), test.name);
        }
        Ok(Self { tests })
    }

    /// Whether a test notices a mutant, the quickest first, and which.
    ///
    /// # Errors
    /// Where a program cannot be started.
    pub fn of(&self, number: usize, place: usize) -> Result<(Verdict, String)> {
        let mut programs: BTreeMap<&Path, (Vec<&Test>, Duration)> = BTreeMap::new();
        let mut batches: Vec<Vec<&Test>> = Vec::new();
        for test in self.tests.iter().filter(|test| test.reaches.contains(&place)) {
            let (batch, together) = programs.entry(&test.program).or_insert((Vec::new(), TOGETHER));
            batch.push(test);
            if batch.iter().map(|test| test.took).sum::<Duration>() > *together {
                batches.push(std::mem::take(batch));
                *together *= 3;
            }
        }
        batches.extend(programs.into_values().map(|(batch, _)| batch).filter(|batch| !batch.is_empty()));
        // What stands nearest knows it best; who stands further away is asked only about what that lets pass.
        batches.sort_by_key(|batch| (batch[0].away, batch.iter().map(|test| test.took).sum::<Duration>()));
        for batch in batches {
            let alone = batch.iter().map(|test| test.took).sum::<Duration>();
            let names: Vec<&str> = batch.iter().map(|test| test.name.as_str()).collect();
            let mut command = program(batch[0], &names);
            command.env("CAIRN_MUTANT", number.to_string());
            match run(command, alone * 8 + Duration::from_secs(15))? {
                Some(true) => {}
                Some(false) => return Ok((Verdict::Caught, names.join(" "))),
                None => return Ok((Verdict::Timeout, names.join(" "))),
            }
        }
        Ok((Verdict::Missed, String::new()))
    }
}

fn pop<T>(queue: &Mutex<Vec<T>>) -> Option<T> {
    queue.lock().ok()?.pop()
}

fn push<T>(queue: &Mutex<Vec<T>>, value: T) {
    if let Ok(mut queue) = queue.lock() {
        queue.push(value);
    }
}

/// Runs one test by itself; false where it takes too long.
fn reach(test: &mut Test, told: &Path) -> Result<bool> {
    if told.exists() {
        fs::remove_file(told)?;
    }
    let mut command = program(test, &[&test.name]);
    command.env("CAIRN_REACHED", told);
    let begun = Instant::now();
    match run(command, LONGEST)? {
        None => return Ok(false),
        Some(false) => return Err("it fails".into()),
        Some(true) => test.took = begun.elapsed(),
    }
    if told.exists() {
        test.reaches = fs::read_to_string(told)?.lines().filter_map(|line| line.parse().ok()).collect();
    }
    Ok(true)
}

fn program(test: &Test, names: &[&str]) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", &format!("ulimit -v {MEMORY_KIB}; exec \"$0\" \"$@\"")]).arg(&test.program);
    command.args(["--exact", "--test-threads", "1"]).args(names).current_dir(&test.folder);
    command.env("CARGO_MANIFEST_DIR", &test.folder).env("PROPTEST_MAX_SHRINK_ITERS", "0");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Whether it ends well; nothing where it does not end in time.
fn run(mut command: Command, patience: Duration) -> Result<Option<bool>> {
    let begun = Instant::now();
    let mut child = command.spawn()?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if begun.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}
