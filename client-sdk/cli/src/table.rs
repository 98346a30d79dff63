//! Plain aligned text.

use cairn_client::Clock;
use sync_core::id::{ClockMs, Day};

/// Rows with their columns aligned, two spaces apart; lines do not end in spaces.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, room) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(core::iter::repeat_n(' ', room + 2 - width(cell)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The columns that a text takes at a terminal: Chinese takes two for each character.
fn width(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}');
    // Tibetan vowels and subjoined letters stand above and below.
    let stacked = |c: char| matches!(c, '\u{0f71}'..='\u{0f84}' | '\u{0f8d}'..='\u{0fbc}' | '\u{0300}'..='\u{036f}');
    text.chars().map(|c| if wide(c) { 2 } else { usize::from(!stacked(c)) }).sum()
}

/// A moment as the clock on the wall shows it: `2021-03-15 08:30`.
pub(crate) fn moment(clock: &impl Clock, time: ClockMs) -> String {
    let offset = clock.offset_minutes();
    let minutes = (time.0.div_euclid(60_000) + i64::from(offset)).rem_euclid(24 * 60);
    format!("{} {:02}:{:02}", Day::of_clock(time, offset), minutes / 60, minutes % 60)
}

/// A value as people write it.
pub(crate) fn value(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::String(text) => text.replace('\n', " ⏎ "),
        serde_json::Value::Bool(true) => "yes".into(),
        serde_json::Value::Bool(false) => "no".into(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_in_every_script() {
        let rows = [["place", "嘎托镇", "x"], ["ས་གནས།", "Markam", "y"]];
        let rows = rows.map(|row| row.map(String::from).to_vec());
        assert_eq!(table(&rows), "place   嘎托镇  x\nས་གནས།  Markam  y\n");
        assert_eq!(table(&[vec!["a".into(), String::new()]]), "a\n");
    }
}
