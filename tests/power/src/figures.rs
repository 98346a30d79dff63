//! What a run has counted, for `CAIRN_REPORT`.

use std::{
    env, fs,
    str::FromStr,
    sync::{Mutex, OnceLock, PoisonError},
    time::Instant,
};

use serde_json::{Value as Json, json};

static BEGUN: OnceLock<Instant> = OnceLock::new();
static COUNTED: Mutex<Vec<Json>> = Mutex::new(Vec::new());

/// A number from the environment.
///
/// # Panics
/// When it is none.
pub fn number<T: FromStr>(name: &str, or: T) -> T {
    BEGUN.get_or_init(Instant::now);
    match env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => or,
    }
}

/// Adds figures to the report, which is written anew where `CAIRN_REPORT` says.
///
/// # Panics
/// When it cannot be written.
pub fn report<N: Into<Json>>(figures: impl IntoIterator<Item = (String, N)>) {
    let seconds = BEGUN.get_or_init(Instant::now).elapsed().as_secs_f64();
    let mut counted = COUNTED.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, value) in figures {
        let value: Json = value.into();
        println!("{name}: {value}");
        counted.push(json!({"name": name, "value": value}));
    }
    let Ok(path) = env::var("CAIRN_REPORT") else { return };
    let title = "Power cuts, full disks and failing disks beneath the shipped stores";
    let report = json!({"rig": "power", "title": title, "figures": *counted, "seconds": seconds});
    fs::write(&path, format!("{report:#}\n")).unwrap_or_else(|error| panic!("{path}: {error}"));
}
