//! The long form: plays as many seeds as one likes, and says what they came to.
//!
//! | variable | what it says | default |
//! |---|---|---|
//! | `CAIRN_SEEDS` | how many seeds | 2000 |
//! | `CAIRN_STEPS` | steps of each | 500 |
//! | `CAIRN_FROM` | the first seed | 1 |
//! | `CAIRN_THREADS` | threads, each with worlds of its own | 2 |
//! | `CAIRN_REPORT` | where the report is written, as JSON | nowhere |
//! | `CAIRN_SEED` | one seed instead, event by event | |
//! | `CAIRN_KEEP` | of that one, these steps only: `3,17-20` | all |

use std::{
    env, fs,
    io::Write,
    process::{Command, ExitCode},
    str::FromStr,
    time::Instant,
};

use cairn_simulation::{
    report::{Seeds, play},
    run::{Mode, run},
    shrink::{numbers_of, replay_line, shrink},
    step::Plan,
    variant::Variant,
};

/// As the server's: worlds are made of many small things.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn number<T: FromStr>(name: &str, or: T) -> Result<T, String> {
    match env::var(name) {
        Ok(text) => text.parse().map_err(|_| format!("{name}={text} is no number")),
        Err(_) => Ok(or),
    }
}

fn main() -> ExitCode {
    match work() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn work() -> Result<bool, String> {
    let steps = number("CAIRN_STEPS", 500)?;
    if env::var("CAIRN_SEED").is_ok() {
        return one(number("CAIRN_SEED", 1)?, steps);
    }
    let seeds = Seeds {
        from: number("CAIRN_FROM", 1)?,
        count: number("CAIRN_SEEDS", 2_000)?,
        steps,
        threads: number("CAIRN_THREADS", 2)?,
    };
    let begun = Instant::now();
    let report = play(seeds);
    let mut json = report.to_json(begun.elapsed().as_secs_f64());
    json["commit"] = commit().into();
    let text = serde_json::to_string_pretty(&json).map_err(|error| error.to_string())?;
    if let Ok(path) = env::var("CAIRN_REPORT") {
        fs::write(&path, &text).map_err(|error| format!("{path}: {error}"))?;
    }
    println!("{text}");
    if !report.is_clean() {
        println!("{}", report.complaint());
    }
    Ok(report.is_clean())
}

/// The commit that stands here, as far as `git` can tell.
fn commit() -> String {
    let said = Command::new("git").args(["describe", "--always", "--dirty", "--exclude", "*"]).output();
    said.map_or_else(|error| error.to_string(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// One seed, event by event; what it breaks, if it breaks anything, as short as it can be made.
fn one(seed: u64, steps: u32) -> Result<bool, String> {
    let mut plan = Plan::of(seed, steps);
    if let Ok(kept) = env::var("CAIRN_KEEP") {
        plan = plan.only(&numbers_of(&kept).map_err(|error| format!("CAIRN_KEEP: {error}"))?);
    }
    let played = run(&plan, Variant::Shipped, Mode::Kept);
    let mut out = std::io::stdout().lock();
    for line in &played.lines {
        // Whoever does not want to read on has closed the pipe.
        if writeln!(out, "{line}").is_err() {
            break;
        }
    }
    drop(out);
    let Some(violation) = played.violation else { return Ok(true) };
    println!("{violation}");
    let (plan, violation) = shrink(&plan, Variant::Shipped, &violation);
    println!("in {} steps: {violation}\n{}", plan.steps.len(), replay_line(&plan, steps));
    plan.steps.iter().for_each(|planned| println!("  {planned:?},"));
    Ok(false)
}
