//! What the demonstration prints when it is over.

use super::Told;

/// The table, as lines.
pub(super) fn lines(told: &Told) -> Vec<String> {
    let mut lines = vec![String::new(), format!("{:<44}{:<18}{:>10}{:>10}", "figure", "org unit", "expected", "merged")];
    for figure in &told.checked.totals {
        let label = format!("{} {}", figure.label, figure.label_zh);
        let mark = if figure.holds() { "=" } else { "DIFFERS" };
        lines.push(format!(
            "{}{:<18}{:>10}{:>10}  {mark}",
            padded(&label, 44),
            figure.unit,
            figure.expected,
            figure.merged
        ));
    }
    lines.push(String::new());
    lines.push(format!(
        "{} records of {} workers on {} devices; {} figures by county and month compared, {} wrong",
        told.checked.records,
        told.workers,
        told.checked.devices.len(),
        told.checked.breakdown,
        told.checked.wrong.len()
    ));
    lines.extend(told.checked.wrong.iter().take(20).map(|wrong| format!("  wrong: {wrong}")));
    let held: usize = told.held.values().sum();
    let why: Vec<String> = told.held.iter().map(|(reason, n)| format!("{n} {reason}")).collect();
    lines.push(format!(
        "conflicts settled {} · duplicates voided {} · held and admitted {held} ({}) · refused {}",
        told.conflicts,
        told.duplicates,
        why.join(", "),
        told.refused
    ));
    lines.push(format!(
        "{} syncs in {} requests, {} connections cut · {} kB sent, {} kB received",
        told.syncs,
        told.requests,
        told.cuts,
        told.bytes_sent / 1_000,
        told.bytes_received / 1_000
    ));
    lines.push(format!("state of all records: {}", &told.checked.state[..16.min(told.checked.state.len())]));
    lines
}

/// Pads to `width` columns, a Chinese character being two wide.
fn padded(text: &str, width: usize) -> String {
    let columns: usize = text.chars().map(|c| if c.len_utf8() == 3 { 2 } else { 1 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(columns)))
}
