//! `make proof`, its last step: what the rigs have counted becomes `tests/PROOF.md`.
//!
//! Each rig leaves one file of JSON in the folder that is the only argument: `{"rig", "title", "figures": [{"name", "value"}],
//! "seconds"}`. Nothing is written here by hand; what did not run is missing.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use serde_json::Value as Json;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let folder = std::env::args().nth(1).ok_or("the folder with the rigs' reports is missing")?;
    let mut paths: Vec<_> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let mut text = head()?;
    for path in &paths {
        let report: Json =
            serde_json::from_slice(&fs::read(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        section(&mut text, &report).ok_or_else(|| format!("{}: is no rig's report", path.display()))?;
    }
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("PROOF.md"), &text)?;
    println!("{text}");
    Ok(())
}

/// When, of what, and on what.
fn head() -> Result<String, Error> {
    let said = |program: &str, arguments: &[&str]| -> Result<String, Error> {
        let output = Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let commit = said("git", &["rev-parse", "--short", "HEAD"])?;
    let changed =
        if said("git", &["status", "--porcelain", "--untracked-files=no"])?.is_empty() { "" } else { ", with changes" };
    let date = said("date", &["--utc", "+%Y-%m-%d"])?;
    let info = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).and_then(|line| line.split(':').nth(1));
        line.map(|value| value.trim().to_owned()).unwrap_or_else(|| "unknown".into())
    };
    let cores = std::thread::available_parallelism()?;
    let (processor, memory) = (info("/proc/cpuinfo", "model name"), info("/proc/meminfo", "MemTotal"));
    Ok(format!(
        "# What was tried, and how often\n\n\
         Counted by the rigs themselves in one run of `make proof`, which writes this page; what each of them does is told where it \
         is written. Anything here can be played again from its seed.\n\n\
         {date}, commit {commit}{changed}. {cores} cores ({processor}), {memory} of memory, {}.\n",
        said("uname", &["-sr"])?
    ))
}

fn section(text: &mut String, report: &Json) -> Option<()> {
    let title = report["title"].as_str()?;
    write!(text, "\n## {}: {title}\n\n| | |\n|---|---|\n", report["rig"].as_str()?).ok()?;
    for figure in report["figures"].as_array()? {
        let value = match &figure["value"] {
            Json::Number(number) => grouped(number),
            Json::String(said) => said.replace('|', "\\|"),
            _ => return None,
        };
        writeln!(text, "| {} | {value} |", figure["name"].as_str()?.replace('|', "\\|")).ok()?;
    }
    writeln!(text, "| minutes | {:.1} |", report["seconds"].as_f64()? / 60.0).ok()
}

/// A number as people read it: 1,234,567.
fn grouped(number: &serde_json::Number) -> String {
    let Some(whole) = number.as_u64() else { return number.to_string() };
    let digits = whole.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
