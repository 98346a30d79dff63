//! `make proof`, its last step: what the rigs have counted becomes `tests/PROOF.md`.
//!
//! Each rig leaves one file of JSON in the folder that is the only argument: `{"rig", "title", "commit",
//! "figures": [{"name", "value"}], "seconds"}`. Nothing is written here by hand; what did not run is missing.

use std::{fmt::Write as _, fs, path::Path};

use cairn_tests::figures::{grouped, made_on, reports};
use serde_json::Value as Json;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let folder = std::env::args().nth(1).ok_or("the folder with the rigs' reports is missing")?;
    let mut text = format!(
        "# What was tried, and how often\n\n\
         Counted by the rigs themselves in their long form; `make proof` runs them, and writes this page. What each of them does is told \
         where it is written. What is drawn is drawn from a seed.\n\n\
         Written on {} Each rig names the commit that it was run on.\n",
        made_on()?
    );
    for (path, report) in reports(&folder)? {
        section(&mut text, &report).ok_or_else(|| format!("{}: is no rig's report", path.display()))?;
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(here.join("mutants.md"))?;
    mutants(&mut text, &table).ok_or("tests/mutants.md: its table is not as it was")?;
    fs::write(here.join("PROOF.md"), &text)?;
    println!("{text}");
    Ok(())
}

fn section(text: &mut String, report: &Json) -> Option<()> {
    let title = report["title"].as_str()?;
    write!(text, "\n## {}: {title}\n\n| | |\n|---|---|\n", report["rig"].as_str()?).ok()?;
    for figure in report["figures"].as_array()? {
        let value = match &figure["value"] {
            Json::Number(number) => match number.as_u64() {
                Some(whole) => grouped(whole),
                None => rounded(number.as_f64()?),
            },
            Json::String(said) => said.replace('|', "\\|"),
            _ => return None,
        };
        writeln!(text, "| {} | {value} |", figure["name"].as_str()?.replace('|', "\\|")).ok()?;
    }
    writeln!(text, "| commit | {} |", report["commit"].as_str()?).ok()?;
    writeln!(text, "| minutes | {:.1} |", report["seconds"].as_f64()? / 60.0).ok()
}

/// To the thousandth; what is measured in milliseconds is not known better.
fn rounded(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The sums of the table in `tests/mutants.md`, which is written when the mutants are run: by themselves, and not as often as the rigs.
fn mutants(text: &mut String, table: &str) -> Option<()> {
    let mut lines = table.lines().skip_while(|line| !line.starts_with("| module"));
    let names: Vec<&str> = behind_the_first(lines.next()?).collect();
    let mut sums = vec![0; names.len()];
    for line in lines.skip(1).take_while(|line| line.starts_with('|')) {
        let numbers: Vec<u64> = behind_the_first(line).map(|cell| cell.parse().ok()).collect::<Option<_>>()?;
        if numbers.len() != names.len() {
            return None;
        }
        sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
    }
    text.push_str("\n## mutants: One thing changed in the code, and a test that notices ([the table](mutants.md))\n\n| | |\n|---|---|\n");
    names.iter().zip(sums).try_for_each(|(name, sum)| writeln!(text, "| {name} | {} |", grouped(sum))).ok()
}

/// The cells of a row of a Markdown table, but for the first.
fn behind_the_first(row: &str) -> impl Iterator<Item = &str> {
    row.trim_matches('|').split('|').skip(1).map(str::trim)
}
