//! Bars and trends as tables of shaded cells: Word, LibreOffice and printers show them alike, and the numbers stand beside them.

use std::fmt::Write as _;

use super::{WIDTH, xml};
use crate::briefing::{Bar, Language, words};

/// Columns of a full bar.
const STEPS: u32 = 60;
/// Rows of a full column of a trend.
const ROWS: i64 = 12;
/// Months of a trend that stand beside each other.
const POINTS_MAX: usize = 18;
/// The period's own, and the period before.
const NOW: &str = "2F5597";
const BEFORE: &str = "BFBFBF";

/// Bars, one below the other.
pub(super) fn bars(out: &mut String, title: (&str, &str), bars: &[Bar], language: Language) {
    let is_compared = has_before(bars);
    caption(out, title, is_compared.then_some(language));
    let most = bars.iter().flat_map(|bar| [Some(bar.value), bar.before]).flatten().max().unwrap_or(0).max(1);
    let labels = bars.iter().map(|bar| xml::columns(&bar.label)).max().unwrap_or(0).clamp(6, 30) * 95 + 200;
    let (numbers, step) = (1_100, (WIDTH - labels - 1_100) / STEPS);
    out.push_str(GRID);
    let _ = write!(out, "<w:gridCol w:w=\"{labels}\"/>");
    for _ in 0..STEPS {
        let _ = write!(out, "<w:gridCol w:w=\"{step}\"/>");
    }
    let _ = write!(out, "<w:gridCol w:w=\"{numbers}\"/></w:tblGrid>");
    for bar in bars {
        let rows = [(Some(bar.value), NOW), (bar.before.filter(|before| *before != 0), BEFORE)];
        for (value, color) in rows {
            let Some(value) = value else { continue };
            let label = if color == NOW { bar.label.as_str() } else { "" };
            out.push_str("<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val=\"250\" w:hRule=\"atLeast\"/></w:trPr>");
            cell(out, labels, 1, "", "right", label);
            let filled = share(value, most, i64::from(STEPS));
            for (columns, shade) in [(filled, color), (STEPS - filled, "")] {
                if columns > 0 {
                    cell(out, step * columns, columns, shade, "left", "");
                }
            }
            cell(out, numbers, 1, "", "left", &words::number(value));
            out.push_str("</w:tr>");
        }
    }
    out.push_str(END);
}

/// Months, one beside the other; below each other where there are too many.
pub(super) fn trend(out: &mut String, title: (&str, &str), points: &[Bar], language: Language) {
    if points.is_empty() || points.len() > POINTS_MAX {
        return bars(out, title, points, language);
    }
    caption(out, title, None);
    let most = points.iter().map(|point| point.value).max().unwrap_or(0).max(1);
    let count = u32::try_from(points.len()).unwrap_or(1) + 1;
    let names = 900;
    let width = (WIDTH - names) / (count - 1);
    out.push_str(GRID);
    let _ = write!(out, "<w:gridCol w:w=\"{names}\"/>");
    for _ in points {
        let _ = write!(out, "<w:gridCol w:w=\"{width}\"/>");
    }
    out.push_str("</w:tblGrid>");
    let row = |out: &mut String, name: &str, text: &dyn Fn(&Bar) -> String| {
        out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        cell(out, names, 1, "", "right", name);
        points.iter().for_each(|point| cell(out, width, 1, "", "center", &text(point)));
        out.push_str("</w:tr>");
    };
    let (now, before) = words::now_and_before(language);
    row(out, now, &|point| words::number(point.value));
    for at in (1..=ROWS).rev() {
        out.push_str("<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val=\"110\" w:hRule=\"exact\"/></w:trPr>");
        cell(out, names, 1, "", "left", "");
        for point in points {
            let filled = share(point.value, most, ROWS);
            column(out, width, if i64::from(filled) >= at { NOW } else { "" });
        }
        out.push_str("</w:tr>");
    }
    // `2021-03` is short enough to stand on two lines.
    row(out, "", &|point| point.label.clone());
    if has_before(points) {
        row(out, before, &|point| point.before.map_or_else(|| "—".to_owned(), words::number));
    }
    out.push_str(END);
}

/// Whether there was anything in the period before.
fn has_before(bars: &[Bar]) -> bool {
    bars.iter().any(|bar| bar.before.is_some_and(|before| before != 0))
}

/// How many of `steps` a value is of the most there is: something, if it is anything.
fn share(value: i64, most: i64, steps: i64) -> u32 {
    let part = i128::from(value.max(0)) * i128::from(steps) / i128::from(most);
    let part = if value > 0 { part.max(1) } else { 0 };
    u32::try_from(part.min(i128::from(steps))).unwrap_or(0)
}

/// What a chart shows; with which color is which, if the period before is shown.
fn caption(out: &mut String, (title, unit): (&str, &str), compared: Option<Language>) {
    out.push_str("<w:p><w:pPr><w:pStyle w:val=\"Caption\"/></w:pPr>");
    let mut text = title.to_owned();
    if !unit.is_empty() {
        let _ = write!(text, "（{unit}）");
    }
    run(out, &text, "");
    if let Some(language) = compared {
        let (now, before) = words::now_and_before(language);
        for (color, name) in [(NOW, now), (BEFORE, before)] {
            run(out, "　■", color);
            run(out, &format!(" {name}"), "");
        }
    }
    out.push_str("</w:p>");
}

fn run(out: &mut String, text: &str, color: &str) {
    out.push_str("<w:r>");
    if !color.is_empty() {
        let _ = write!(out, "<w:rPr><w:color w:val=\"{color}\"/></w:rPr>");
    }
    out.push_str("<w:t xml:space=\"preserve\">");
    xml::push(out, text);
    out.push_str("</w:t></w:r>");
}

fn cell(out: &mut String, width: u32, columns: u32, shade: &str, side: &str, text: &str) {
    let _ = write!(out, "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>");
    if columns > 1 {
        let _ = write!(out, "<w:gridSpan w:val=\"{columns}\"/>");
    }
    if !shade.is_empty() {
        out.push_str(GAP);
        let _ = write!(out, "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{shade}\"/>");
    }
    let _ = write!(
        out,
        "<w:vAlign w:val=\"center\"/></w:tcPr><w:p><w:pPr><w:pStyle w:val=\"ChartText\"/><w:jc w:val=\"{side}\"/></w:pPr>"
    );
    if !text.is_empty() {
        run(out, text, "");
    }
    out.push_str("</w:p></w:tc>");
}

/// A piece of a column, with white at its sides.
fn column(out: &mut String, width: u32, shade: &str) {
    let _ = write!(out, "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>");
    if !shade.is_empty() {
        let _ = write!(out, "{SIDES}<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{shade}\"/>");
    }
    out.push_str("</w:tcPr><w:p><w:pPr><w:pStyle w:val=\"ChartText\"/></w:pPr></w:p></w:tc>");
}

/// White above and below a bar.
const GAP: &str = "<w:tcBorders><w:top w:val=\"single\" w:sz=\"12\" w:space=\"0\" w:color=\"FFFFFF\"/>\
    <w:bottom w:val=\"single\" w:sz=\"12\" w:space=\"0\" w:color=\"FFFFFF\"/></w:tcBorders>";
/// White at the sides of a column.
const SIDES: &str = "<w:tcBorders><w:left w:val=\"single\" w:sz=\"48\" w:space=\"0\" w:color=\"FFFFFF\"/>\
    <w:right w:val=\"single\" w:sz=\"48\" w:space=\"0\" w:color=\"FFFFFF\"/></w:tcBorders>";
const GRID: &str = "<w:tbl><w:tblPr><w:tblW w:w=\"9184\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblLayout w:type=\"fixed\"/>\
    <w:tblCellMar><w:left w:w=\"40\" w:type=\"dxa\"/><w:right w:w=\"40\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>";
const END: &str = "</w:tbl><w:p><w:pPr><w:pStyle w:val=\"TableSmall\"/></w:pPr></w:p>";
