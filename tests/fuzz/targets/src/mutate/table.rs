//! Tables of org units, as CSV.

use crate::dice::Dice;

use super::{Raw, index, often, one, text};

const COLUMNS: &str = "code,parent,kind,name";

/// Changes a table.
pub fn units(data: &[u8], max: usize, dice: &mut Dice, raw: Raw<'_>) -> Vec<u8> {
    let mut made = Vec::new();
    if let Ok(table) = core::str::from_utf8(data)
        && often(dice, 90)
    {
        let mut rows: Vec<Vec<String>> =
            table.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
        if rows.first().is_none_or(|row| row.len() != 4) || often(dice, 3) {
            rows.insert(0, COLUMNS.split(',').map(str::to_owned).collect());
        }
        for _ in 0..dice.within(1, 4) {
            step(&mut rows, dice);
        }
        let ending = if often(dice, 10) { "\r\n" } else { "\n" };
        let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        made = lines.join(ending).into_bytes();
    }
    if made.is_empty() || made.len() > max {
        made = data.to_vec();
        raw(&mut made, max);
    }
    made
}

fn code(dice: &mut Dice) -> String {
    match dice.below(6) {
        0 => text(dice),
        1 => "markam".into(),
        2 => "changdu".into(),
        _ => format!("unit-{}", dice.below(40)),
    }
}

fn cell(column: usize, dice: &mut Dice) -> String {
    let kinds = ["prefecture", "county", "clinic", "school", "other", "facility", ""];
    let cell = match column {
        0 | 1 => code(dice),
        2 => (*one(dice, &kinds).unwrap_or(&"clinic")).to_owned(),
        _ => text(dice),
    };
    match dice.below(12) {
        0 => format!("\"{}\"", cell.replace('"', "\"\"")),
        1 => format!("\"{cell}"),
        2 => format!(" {cell}\t"),
        _ => cell,
    }
}

fn step(rows: &mut Vec<Vec<String>>, dice: &mut Dice) {
    let row = index(dice, rows.len()).filter(|row| *row > 0 || often(dice, 10));
    match (dice.below(8), row) {
        (0, Some(row)) => drop(rows.remove(row)),
        (1, Some(row)) => {
            let again = rows[row].clone();
            rows.push(again);
        }
        (2, Some(row)) => {
            let other = index(dice, rows.len()).unwrap_or(0);
            rows.swap(row, other);
        }
        (3, Some(row)) => rows[row].push(text(dice)),
        (4 | 5, Some(row)) if !rows[row].is_empty() => {
            let column = index(dice, rows[row].len()).unwrap_or(0);
            rows[row][column] = cell(column, dice);
        }
        _ => {
            let parent =
                rows.last().and_then(|row| row.first()).cloned().filter(|code| code != "code" && often(dice, 50));
            let mut new: Vec<String> = (0..4).map(|column| cell(column, dice)).collect();
            new[1] = parent.unwrap_or_else(|| "changdu".into());
            rows.push(new);
        }
    }
}
