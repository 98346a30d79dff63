//! What a rig has counted, written down where `CAIRN_REPORT` says: one JSON object for each rig, whatever number of tests it has.
//!
//! `{"rig": "…", "title": "…", "commit": "…", "figures": [{"name": "…", "value": …}, …], "seconds": …}`

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
    str::FromStr,
    sync::{Mutex, OnceLock, PoisonError},
    thread,
    time::Instant,
};

use serde_json::{Value, json};

/// A rig: the tests of one file, which add to the same figures.
pub struct Rig {
    name: &'static str,
    title: &'static str,
    begun: OnceLock<Instant>,
    figures: Mutex<Vec<(String, Value)>>,
}

impl Rig {
    /// A rig that has counted nothing yet.
    #[must_use]
    pub const fn new(name: &'static str, title: &'static str) -> Self {
        Self { name, title, begun: OnceLock::new(), figures: Mutex::new(Vec::new()) }
    }

    /// Notes when the first of its tests begins.
    pub fn begin(&self) {
        self.begun.get_or_init(Instant::now);
    }

    /// Adds to the sums of these names, says them, and writes all of the rig's figures so far.
    ///
    /// # Panics
    /// When they cannot be written where `CAIRN_REPORT` says.
    pub fn add(&self, counted: &[(&str, u64)]) {
        self.put(counted, |old, new| old + new);
    }

    /// The same, for what is the largest of all rather than their sum.
    ///
    /// # Panics
    /// As [`Self::add`].
    pub fn raise(&self, counted: &[(&str, u64)]) {
        self.put(counted, u64::max);
    }

    /// Puts what is no sum in the place of what was said of these names before, says it, and writes all of the rig's figures so far.
    ///
    /// # Panics
    /// As [`Self::add`].
    pub fn tell<N: Into<String>, V: Into<Value>>(&self, told: impl IntoIterator<Item = (N, V)>) {
        let told = told.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self.write(told, |_, new| new);
    }

    fn put(&self, counted: &[(&str, u64)], with: impl Fn(u64, u64) -> u64) {
        let counted = counted.iter().map(|&(name, new)| (name.to_owned(), json!(new))).collect();
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        self.write(counted, |old, new| json!(with(number(old), number(&new))));
    }

    fn write(&self, told: Vec<(String, Value)>, with: impl Fn(&Value, Value) -> Value) {
        let mut figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, new) in told {
            println!("{}: {name}: {new}", self.name);
            match figures.iter_mut().find(|(known, _)| *known == name) {
                Some((_, value)) => *value = with(value, new),
                None => figures.push((name, new)),
            }
        }
        let listed: Vec<Value> = figures.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        let seconds = self.begun.get_or_init(Instant::now).elapsed().as_secs_f64();
        let report = json!({"rig": self.name, "title": self.title, "figures": listed, "seconds": seconds});
        report_to_file(report);
    }
}

/// The reports that rigs or benchmarks have left in a folder, with their paths, in the order of these.
///
/// # Errors
/// When one cannot be read.
pub fn reports(folder: impl AsRef<Path>) -> Result<Vec<(PathBuf, Value)>, Box<dyn Error>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let read = |path: PathBuf| {
        let report =
            serde_json::from_slice(&fs::read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok((path, report))
    };
    paths.into_iter().map(read).collect()
}

/// When, of what and on what reports were made, in one line.
///
/// # Errors
/// When the system or `git` does not say.
pub fn made_on() -> Result<String, Box<dyn Error>> {
    let commit = commit()?;
    let date = said("date", &["--utc", "+%Y-%m-%d"])?;
    let info = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).and_then(|line| line.split(':').nth(1));
        line.map(|value| value.trim().to_owned()).unwrap_or_else(|| "unknown".into())
    };
    let cores = thread::available_parallelism()?;
    let (processor, memory) = (info("/proc/cpuinfo", "model name"), info("/proc/meminfo", "MemTotal"));
    let system = said("uname", &["-sr"])?;
    Ok(format!("{date}, commit {commit}. {cores} cores ({processor}), {memory} of memory, {system}."))
}

/// The commit that stands here; "-dirty" where something was changed since.
fn commit() -> Result<String, Box<dyn Error>> {
    said("git", &["describe", "--always", "--dirty", "--exclude", "*"])
}

fn said(program: &str, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// A number as people read it: 1,234,567.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes a report where `CAIRN_REPORT` says, if it says so; with the commit that it is of.
///
/// # Panics
/// When it cannot be written there.
pub fn report_to_file(mut report: Value) {
    let Ok(path) = env::var("CAIRN_REPORT") else { return };
    report["commit"] = commit().unwrap_or_else(|error| format!("unknown: {error}")).into();
    let text = serde_json::to_string_pretty(&report).expect("JSON of texts and numbers");
    fs::write(&path, text + "\n").unwrap_or_else(|error| panic!("CAIRN_REPORT={path}: {error}"));
}

/// The setting of this name, if it is there.
///
/// # Panics
/// When it is no number.
#[must_use]
pub fn setting<T: FromStr>(name: &str, or: T) -> T {
    match env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => or,
    }
}

/// Numbers that look drawn and are the same every time.
#[derive(Clone, Copy, Debug)]
pub struct Draws(pub u64);

impl Draws {
    /// The next, below `end`, which is above 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
