//! Figures of benchmarks: each measured several times, of which the median counts, and compared with what was measured beside it.
//! Printed as a table, and written as JSON where `CAIRN_REPORT` says.

use std::env;

use serde_json::{Value, json};

use crate::figures::{report_to_file, setting};

/// How often each thing is measured, unless `CAIRN_RUNS` says otherwise.
const RUNS: usize = 5;

/// How often each thing is to be measured.
///
/// # Panics
/// When `CAIRN_RUNS` is no number.
#[must_use]
pub fn runs() -> usize {
    setting("CAIRN_RUNS", RUNS)
}

/// What a benchmark was asked for: the words behind its name, without what cargo adds.
#[must_use]
pub fn words() -> Vec<String> {
    env::args().skip(1).filter(|word| !word.starts_with('-')).collect()
}

/// The middle one; of an even number, the mean of the two in the middle.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn median(of: &[f64]) -> f64 {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// What a figure stands beside.
#[derive(Clone, Debug)]
pub struct Against {
    /// What it is.
    pub name: String,
    /// The same figure of that.
    pub value: f64,
}

/// One row of a table.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// In what.
    pub unit: &'static str,
    /// How much of it was measured, each time.
    pub measured: Vec<f64>,
    /// A floor or a peer, measured in the same run.
    pub against: Vec<Against>,
}

/// The figures of one benchmark.
#[derive(Clone, Debug)]
pub struct Table {
    name: &'static str,
    title: &'static str,
    figures: Vec<Figure>,
}

impl Table {
    /// An empty one.
    #[must_use]
    pub fn new(name: &'static str, title: &'static str) -> Self {
        Self { name, title, figures: Vec::new() }
    }

    /// Adds a figure.
    pub fn add(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// Prints it as Markdown, and writes it as JSON where `CAIRN_REPORT` says.
    ///
    /// # Panics
    /// When it cannot be written there.
    pub fn tell(&self) {
        println!("| figure | median | from – to | against |\n|---|---|---|---|");
        for Figure { name, unit, measured, against } in &self.figures {
            let (least, most) = ends(measured);
            let beside: Vec<String> = against.iter().map(|other| other.told(median(measured))).collect();
            let (middle, least, most) = (short(median(measured)), short(least), short(most));
            println!("| {name} | {middle} {unit} | {least} – {most} | {} |", beside.join("; "));
        }
        let figures: Vec<Value> = self.figures.iter().map(Figure::to_json).collect();
        report_to_file(json!({"bench": self.name, "title": self.title, "figures": figures}));
    }
}

impl Figure {
    fn to_json(&self) -> Value {
        let middle = median(&self.measured);
        let beside = |other: &Against| json!({"name": other.name, "value": other.value, "ratio": middle / other.value});
        let against: Vec<Value> = self.against.iter().map(beside).collect();
        json!({"name": self.name, "unit": self.unit, "median": middle, "measured": self.measured, "against": against})
    }
}

impl Against {
    fn told(&self, measured: f64) -> String {
        format!("{} of {} ({})", short(measured / self.value), self.name, short(self.value))
    }
}

fn ends(of: &[f64]) -> (f64, f64) {
    of.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(*value), most.max(*value)))
}

/// Three figures that count.
#[must_use]
pub fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
