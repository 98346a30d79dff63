//! What a run has counted, as a file: `CAIRN_REPORT=FILE.json`. The tests of a process write into one, each as it ends.

use std::{
    sync::{LazyLock, Mutex, PoisonError},
    time::Instant,
};

use serde_json::{Value as Json, json};

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
static FIGURES: Mutex<Vec<Json>> = Mutex::new(Vec::new());

/// Notes what was counted: `name` says what, in plain English. `rig` and `title` are the same for all tests of a process.
///
/// # Panics
/// When the file cannot be written.
pub fn note((rig, title): (&str, &str), name: &str, value: impl Into<Json>) {
    let begun = *BEGUN;
    let value = value.into();
    println!("{name}: {value}");
    let mut figures = FIGURES.lock().unwrap_or_else(PoisonError::into_inner);
    figures.push(json!({"name": name, "value": value}));
    let Some(file) = std::env::var_os("CAIRN_REPORT") else { return };
    let seconds = begun.elapsed().as_secs_f64();
    let report = json!({"rig": rig, "title": title, "figures": *figures, "seconds": seconds});
    std::fs::write(file, report.to_string()).expect("a writable file");
}
