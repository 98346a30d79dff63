//! `make bench`, its last step: what the benchmarks have measured becomes `tests/BENCH.md`, and how reading grows becomes pictures.
//!
//! Each benchmark leaves files of JSON in the folder that is the only argument: tables (`cairn_tests::bench`), and for each size of store
//! what was read of it (`server/benches/read`); beside them a page on peers (`tests/peers`). Nothing is written here by hand; what did not
//! run is missing.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use cairn_tests::{
    bench::short,
    figures::{grouped, made_on, reports},
};
use serde_json::Value as Json;

type Error = Box<dyn std::error::Error>;

/// How fast reading may grow where it is said to be flat: milliseconds of a figure's p99, by the number of records.
type Growth = BTreeMap<String, BTreeMap<u64, f64>>;

fn main() -> Result<(), Error> {
    let folder = std::env::args().nth(1).ok_or("the folder with the benchmarks' reports is missing")?;
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = format!(
        "# What it costs\n\n\
         Measured by `make bench`, `make bench-growth`, `make bench-browser` and `make bench-console`; the first two write this page. A \
         figure is the median of its runs and stands beside what was measured in the same run: a floor or a limit. How each is measured is \
         told where it is written: `tests/benches`, `server/benches/read` and `tests/browser/bench`; what other systems take for the same \
         records, in [`tests/peers`](peers/README.md).\n\n{}\n",
        made_on()?
    );
    let mut growth = Growth::new();
    for (path, report) in reports(&folder)? {
        let told = match report["bench"].as_str() {
            Some("read") => grow(&mut growth, &report),
            _ => table(&mut text, &report),
        };
        told.ok_or_else(|| format!("{}: is no benchmark's report", path.display()))?;
    }
    if !growth.is_empty() {
        reading(&mut text, &growth, own)?;
    }
    // What others take was written by their own tool, if it was run.
    let peers = Path::new(&folder).join("peers.md");
    if peers.exists() {
        text += &fs::read_to_string(peers)?;
    }
    fs::write(own.join("BENCH.md"), &text)?;
    println!("{text}");
    Ok(())
}

fn table(text: &mut String, report: &Json) -> Option<()> {
    let (name, title) = (report["bench"].as_str()?, report["title"].as_str()?);
    write!(text, "\n## {name}: {title}\n\n").ok()?;
    if let Some(commit) = report["commit"].as_str() {
        write!(text, "Of commit {commit}.\n\n").ok()?;
    }
    text.push_str("| figure | median | from – to | against |\n|---|---|---|---|\n");
    for figure in report["figures"].as_array()? {
        let measured: Vec<f64> = figure["measured"].as_array()?.iter().filter_map(Json::as_f64).collect();
        let (least, most) = (measured.iter().copied().reduce(f64::min)?, measured.iter().copied().reduce(f64::max)?);
        let spread = if measured.len() > 1 { format!("{} – {}", short(least), short(most)) } else { String::new() };
        let mut beside = Vec::new();
        for other in figure["against"].as_array()? {
            let (ratio, value) = (other["ratio"].as_f64()?, other["value"].as_f64()?);
            beside.push(format!("{} of {} ({})", short(ratio), other["name"].as_str()?, short(value)));
        }
        let (name, unit, median) = (figure["name"].as_str()?, figure["unit"].as_str()?, figure["median"].as_f64()?);
        writeln!(text, "| {name} | {} {unit} | {spread} | {} |", short(median), beside.join("; ")).ok()?;
    }
    Some(())
}

fn grow(growth: &mut Growth, report: &Json) -> Option<()> {
    let records = report["records"].as_u64()?;
    for figure in report["figures"].as_array()? {
        let of = growth.entry(figure["name"].as_str()?.to_owned()).or_default();
        of.insert(records, figure["p99_ms"].as_f64()?);
    }
    Some(())
}

/// What is read of stores of several sizes, as a table and two pictures.
fn reading(text: &mut String, growth: &Growth, own: &Path) -> Result<(), Error> {
    let mut sizes: Vec<u64> = growth.values().flat_map(BTreeMap::keys).copied().collect();
    sizes.sort_unstable();
    sizes.dedup();
    let names: Vec<String> = sizes.iter().map(|size| grouped(*size)).collect();
    write!(
        text,
        "\n## read: what the console asks, as the store grows\n\n\
         p99 in milliseconds at the HTTP API on SQLite, by the number of records in the store; some of everything that a reviewer meets is \
         in each (`server/docs/scale.md`).\n\n\
         ![Overview, as the store grows](bench/overview.svg)\n![Lists, as the store grows](bench/lists.svg)\n\n\
         | figure | {} |\n|---|{}\n",
        names.join(" | "),
        "---|".repeat(sizes.len())
    )?;
    for (name, of) in growth {
        let cells: Vec<String> = sizes.iter().map(|size| of.get(size).map_or(String::new(), |ms| short(*ms))).collect();
        writeln!(text, "| {name} | {} |", cells.join(" | "))?;
    }
    let is_overview = |name: &str| ["summary", "the same", "attention"].iter().any(|begin| name.starts_with(begin));
    let overview: Vec<_> = growth.iter().filter(|(name, _)| is_overview(name)).collect();
    let is_push = |name: &str| name.starts_with("a push");
    let lists: Vec<_> = growth.iter().filter(|(name, _)| !is_overview(name) && !is_push(name)).collect();
    fs::create_dir_all(own.join("bench"))?;
    fs::write(own.join("bench/overview.svg"), picture("Overview, p99", &overview, &sizes, 20.0))?;
    fs::write(own.join("bench/lists.svg"), picture("Lists and duplicates, p99", &lists, &sizes, 50.0))?;
    Ok(())
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
/// Room for the axes' words.
const EDGE: f64 = 56.0;

/// One thin line for each figure over the logarithm of the records, and the target as a dashed one. Grey words can be read on both a white and
/// a black page.
fn picture(title: &str, lines: &[(&String, &BTreeMap<u64, f64>)], sizes: &[u64], target: f64) -> String {
    let most = lines.iter().flat_map(|(_, of)| of.values()).copied().fold(target, f64::max) * 1.1;
    let log = |size: u64| (size.max(1) as f64).log10();
    let (first, last) = (sizes.first().copied().map_or(0.0, log), sizes.last().copied().map_or(1.0, log));
    let x = |size: u64| EDGE + (log(size) - first) / (last - first).max(f64::EPSILON) * (WIDTH - 2.0 * EDGE);
    let y = |ms: f64| HEIGHT - EDGE - ms / most * (HEIGHT - 2.0 * EDGE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"13\" \
         fill=\"#777\" role=\"img\">\n<title>{title}</title>\n<text x=\"{EDGE}\" y=\"28\" font-size=\"16\">{title}, ms</text>\n"
    );
    let right = WIDTH - EDGE;
    for part in 0..=4 {
        let ms = most / 4.0 * f64::from(part);
        let (at, words) = (y(ms), short(ms));
        svg += &format!("<path d=\"M{EDGE} {at:.1}H{right}\" stroke=\"#777\" stroke-opacity=\".25\"/>\n");
        svg += &format!("<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{words}</text>\n", EDGE - 8.0, at + 4.0);
    }
    let at = y(target);
    svg += &format!("<path d=\"M{EDGE} {at:.1}H{right}\" stroke=\"#b4552d\" stroke-dasharray=\"6 4\"/>\n");
    svg += &format!("<text x=\"{right}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#b4552d\">target</text>\n", at - 6.0);
    for size in sizes {
        let words = grouped(*size);
        svg += &format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{words}</text>\n",
            x(*size),
            HEIGHT - EDGE + 24.0
        );
    }
    svg += &format!("<text x=\"{right}\" y=\"{:.1}\" text-anchor=\"end\">records in the store</text>\n", HEIGHT - 10.0);
    for (name, of) in lines {
        let points: Vec<String> = of.iter().map(|(size, ms)| format!("{:.1},{:.1}", x(*size), y(*ms))).collect();
        svg += &format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#1f5673\" stroke-opacity=\".6\" stroke-width=\"1.5\"><title>{name}</title>\
             </polyline>\n",
            points.join(" ")
        );
    }
    svg + "</svg>\n"
}
