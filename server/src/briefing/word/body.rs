//! The blocks as paragraphs and tables.

use std::fmt::Write as _;

use super::{WIDTH, charts, parts, xml};
use crate::briefing::{Align, Block, Filter, Language, Span, plain};

/// Where the console is, behind the origin.
const CONSOLE: &str = "/console#";
/// Twentieths of a point that half a Chinese character, or a digit of the widest font, takes in a table; and the space around text.
const COLUMN: u32 = 124;
const PADDING: u32 = 260;
/// The narrowest column.
const NARROWEST: u32 = 560;
/// Columns from which a table is written smaller.
const MANY: usize = 7;

/// A document's text, and what it refers to.
pub(super) struct Body {
    pub xml: String,
    /// Addresses, in the order of their relations.
    pub addresses: Vec<String>,
    /// Numbered lists.
    pub lists: usize,
}

/// Writes the blocks.
pub(super) fn write(blocks: &[Block], language: Language, origin: Option<&str>) -> Body {
    let mut writer = Writer { origin, body: Body { xml: String::new(), addresses: Vec::new(), lists: 0 } };
    writer.body.xml.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><w:body>",
    );
    for block in blocks {
        writer.block(block, language);
    }
    let _ = write!(
        writer.body.xml,
        "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"{}\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
         <w:pgMar w:top=\"1440\" w:right=\"1361\" w:bottom=\"1304\" w:left=\"1361\" w:header=\"720\" w:footer=\"720\" \
         w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
        parts::FOOTER
    );
    writer.body
}

struct Writer<'a> {
    origin: Option<&'a str>,
    body: Body,
}

impl Writer<'_> {
    fn block(&mut self, block: &Block, language: Language) {
        match block {
            Block::Heading { level, spans } => self.paragraph(&format!("Heading{}", level.clamp(&1, &3)), "", spans),
            Block::Paragraph { spans, small: true } => self.paragraph("SmallPrint", "", spans),
            Block::Paragraph { spans, small: false } => self.paragraph("BodyText", "", spans),
            Block::List { ordered, items } => {
                self.body.lists += usize::from(*ordered);
                let number = if *ordered { self.body.lists + 1 } else { 1 };
                let marked = format!("<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{number}\"/></w:numPr>");
                items.iter().for_each(|item| self.paragraph("ListParagraph", &marked, item));
            }
            Block::Table { align, head, rows } => self.table(align, head, rows),
            Block::Bars { title, unit, bars } => charts::bars(&mut self.body.xml, (title, unit), bars, language),
            Block::Trend { title, unit, points } => charts::trend(&mut self.body.xml, (title, unit), points, language),
            Block::PageBreak => self.body.xml.push_str("<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>"),
        }
    }

    fn paragraph(&mut self, style: &str, more: &str, spans: &[Span]) {
        let _ = write!(self.body.xml, "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{more}</w:pPr>");
        spans.iter().for_each(|span| self.span(span));
        self.body.xml.push_str("</w:p>");
    }

    fn span(&mut self, span: &Span) {
        let link = self.address(span).map(|address| self.relation(address));
        if let Some(number) = link {
            let _ = write!(self.body.xml, "<w:hyperlink r:id=\"rId{number}\" w:history=\"1\">");
        }
        let look = match (link.is_some(), span.strong) {
            (false, false) => "",
            (false, true) => "<w:rPr><w:b/></w:rPr>",
            (true, false) => "<w:rPr><w:rStyle w:val=\"Hyperlink\"/></w:rPr>",
            (true, true) => "<w:rPr><w:rStyle w:val=\"Hyperlink\"/><w:b/></w:rPr>",
        };
        let _ = write!(self.body.xml, "<w:r>{look}<w:t xml:space=\"preserve\">");
        xml::push(&mut self.body.xml, &span.text);
        self.body.xml.push_str("</w:t></w:r>");
        if link.is_some() {
            self.body.xml.push_str("</w:hyperlink>");
        }
    }

    /// The number of the relation that is an address.
    fn relation(&mut self, address: String) -> usize {
        let addresses = &mut self.body.addresses;
        // Records are spoken of again soon, if at all.
        let known = addresses.iter().rev().take(50).position(|known| *known == address);
        let at = known.map_or(addresses.len(), |back| addresses.len() - 1 - back);
        if known.is_none() {
            addresses.push(address);
        }
        at + parts::FIRST_ADDRESS
    }

    /// Where the console shows what a span speaks of.
    fn address(&self, span: &Span) -> Option<String> {
        let origin = self.origin?;
        match (&span.record, &span.records) {
            (Some(id), _) => Some(format!("{origin}{CONSOLE}/record/{id}")),
            (None, Some(filter)) => {
                let mut address = format!("{origin}{CONSOLE}/records");
                push_filter(&mut address, filter);
                Some(address)
            }
            (None, None) => None,
        }
    }

    fn table(&mut self, align: &[Align], head: &[Vec<Span>], rows: &[Vec<Vec<Span>>]) {
        let widths = widths(align, head, rows);
        self.body.xml.push_str(TABLE);
        for width in &widths {
            let _ = write!(self.body.xml, "<w:gridCol w:w=\"{width}\"/>");
        }
        self.body.xml.push_str("</w:tblGrid>");
        let style = if widths.len() >= MANY { "TableSmall" } else { "TableText" };
        self.row(true, style, align, &widths, head);
        rows.iter().for_each(|row| self.row(false, style, align, &widths, row));
        // Without a paragraph between them two tables become one.
        self.body.xml.push_str("</w:tbl><w:p><w:pPr><w:pStyle w:val=\"TableSmall\"/></w:pPr></w:p>");
    }

    fn row(&mut self, is_head: bool, style: &str, align: &[Align], widths: &[u32], cells: &[Vec<Span>]) {
        let head = if is_head { "<w:tblHeader/>" } else { "" };
        let _ = write!(self.body.xml, "<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>");
        for ((cell, width), align) in cells.iter().zip(widths).zip(align) {
            let shade = if is_head { "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"EDEDED\"/>" } else { "" };
            let side = match align {
                _ if is_head => "<w:jc w:val=\"center\"/>",
                Align::Left => "",
                Align::Center => "<w:jc w:val=\"center\"/>",
                Align::Right => "<w:jc w:val=\"right\"/>",
            };
            let _ = write!(
                self.body.xml,
                "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{shade}<w:vAlign w:val=\"center\"/></w:tcPr>"
            );
            self.paragraph(style, side, cell);
            self.body.xml.push_str("</w:tc>");
        }
        self.body.xml.push_str("</w:tr>");
    }
}

const TABLE: &str = "<w:tbl><w:tblPr><w:tblW w:w=\"9184\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblBorders>\
    <w:top w:val=\"single\" w:sz=\"8\" w:space=\"0\" w:color=\"404040\"/><w:left w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"808080\"/>\
    <w:bottom w:val=\"single\" w:sz=\"8\" w:space=\"0\" w:color=\"404040\"/><w:right w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"808080\"/>\
    <w:insideH w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"808080\"/><w:insideV w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"808080\"/>\
    </w:tblBorders><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>";

/// The columns' widths: what each needs, and what is left shared out; where it is too much, text is broken before numbers are.
fn widths(align: &[Align], head: &[Vec<Span>], rows: &[Vec<Vec<Span>>]) -> Vec<u32> {
    let columns = head.len().max(1);
    let need = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        let widest = cells.chain(head.get(at)).map(|cell| xml::columns(&plain(cell))).max().unwrap_or(0);
        (widest.min(60) * COLUMN + PADDING).max(NARROWEST)
    };
    let needs: Vec<u32> = (0..columns).map(need).collect();
    let sum: u32 = needs.iter().sum();
    let mut widths = if sum <= WIDTH {
        needs.iter().map(|need| need + (WIDTH - sum) * need / sum).collect::<Vec<u32>>()
    } else {
        let is_number = |at: usize| align.get(at) == Some(&Align::Right);
        let numbers: u32 = (0..columns).filter(|at| is_number(*at)).map(|at| needs[at]).sum();
        let least = NARROWEST * (columns - (0..columns).filter(|at| is_number(*at)).count()) as u32;
        if numbers > 0 && numbers + 2 * least <= WIDTH && numbers < sum {
            let (left, texts) = (WIDTH - numbers, sum - numbers);
            (0..columns).map(|at| if is_number(at) { needs[at] } else { left * needs[at] / texts }).collect()
        } else {
            needs.iter().map(|need| WIDTH * need / sum).collect()
        }
    };
    // What rounding has left.
    let rest = WIDTH.saturating_sub(widths.iter().sum());
    if let Some(first) = widths.first_mut() {
        *first += rest;
    }
    widths
}

fn push_filter(address: &mut String, filter: &Filter) {
    let mut push = |name: &str, value: &str| xml::push_query(address, name, value);
    push("unit", filter.unit.as_str());
    push("from", &filter.from.to_string());
    push("to", &filter.to.to_string());
    let texts = [
        ("alone", filter.alone.then_some("true")),
        ("form", filter.form.as_ref().map(|form| form.as_str())),
        ("sector", filter.sector.as_deref()),
        ("measure", filter.measure.as_ref().map(|measure| measure.as_str())),
        ("worker", filter.worker.as_ref().map(|worker| worker.as_str())),
        ("status", filter.status),
        ("has", filter.has),
    ];
    for (name, value) in texts {
        value.into_iter().for_each(|value| push(name, value));
    }
    if filter.status.is_none() && filter.has.is_none() {
        // What is in totals, and nothing else.
        push("counted", "true");
    }
}
