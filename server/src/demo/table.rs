//! What the demonstration prints when it is over.

use super::Told;

/// The table, as lines.
pub(super) fn lines(told: &Told) -> Vec<String> {
    let head = format!("{}{:<12}{:<17}{:>9}{:>9}", padded("figure", 66), "from", "org unit", "expected", "merged");
    let mut lines = vec![String::new(), head];
    for figure in &told.checked.totals {
        let label = format!("{} {}", figure.label, figure.label_zh);
        let mark = if figure.holds() { "=" } else { "DIFFERS" };
        lines.push(format!(
            "{}{:<12}{:<17}{:>9}{:>9}  {mark}",
            padded(&label, 66),
            figure.days.0,
            figure.unit,
            figure.expected,
            figure.merged
        ));
    }
    lines.extend(growth(told));
    lines.extend(told.checked.events.iter().map(|(en, zh)| format!("in the store: {en} {zh}")));
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

/// Figures that stand there twice, for this year and the one before: how much they grew.
fn growth(told: &Told) -> Vec<String> {
    let totals = &told.checked.totals;
    let mut lines = Vec::new();
    for (i, now) in totals.iter().enumerate() {
        let same = |f: &&super::Figure| f.label == now.label && f.unit == now.unit && f.days.0 < now.days.0;
        if let Some(before) = totals.iter().skip(i + 1).find(same).filter(|before| before.merged > 0) {
            let percent = (now.merged - before.merged) as f64 * 100.0 / before.merged as f64;
            lines.push(format!("{} at {}: {percent:+.0} % over the year before", now.label, now.unit));
        }
    }
    lines
}

/// Pads to `width` columns, a Chinese character being two wide.
fn padded(text: &str, width: usize) -> String {
    let columns: usize = text.chars().map(|c| if c.len_utf8() == 3 { 2 } else { 1 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(columns)))
}
