//! The language that templates write: a small part of Markdown, read into blocks.
//!
//! | written | read |
//! |---|---|
//! | `# …`, `## …`, `### …` | headings |
//! | `- …`, `1. …` | lists |
//! | lines of `\|`, the second one `\|---\|---:\|` | a table |
//! | `---` alone | a page break |
//! | `^ …` | a paragraph in small print |
//! | `**…**` | what stands out |
//! | `\` before a sign | the sign itself |
//! | everything else | paragraphs; an empty line ends one |
//!
//! It is not CommonMark: there `**第一（二）**三` is not strong, because of the bracket before the stars, and a line break between two
//! Chinese characters becomes a space. And here there is no HTML, no image and no address to begin with: links are made by the
//! template's functions alone.

use super::{
    blocks::{Align, Block, Link, Span, plain},
    escape::mark,
};

/// Columns of a table.
const COLUMNS_MAX: usize = 40;

/// What a template's functions have put aside, to be found again by number.
#[derive(Debug, Default)]
pub(super) struct Aside {
    pub links: Vec<Link>,
    pub blocks: Vec<Block>,
}

/// Reads what a template wrote.
pub(super) fn read(text: &str, aside: &Aside) -> Vec<Block> {
    let mut reader = Reader { aside, blocks: Vec::new(), open: Open::Nothing };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut at = 0;
    while at < lines.len() {
        at += reader.take(&lines[at..]);
    }
    reader.close();
    reader.blocks
}

/// What the lines before have begun.
enum Open {
    Nothing,
    Paragraph {
        text: String,
        small: bool,
    },
    /// `is_loose`: an empty line follows; what is no item ends it.
    List {
        ordered: bool,
        items: Vec<String>,
        is_loose: bool,
    },
}

struct Reader<'a> {
    aside: &'a Aside,
    blocks: Vec<Block>,
    open: Open,
}

impl Reader<'_> {
    /// Reads the first of these lines, and those that belong to it; returns how many.
    fn take(&mut self, lines: &[&str]) -> usize {
        let line = lines[0];
        if let Some(block) = self.block(line) {
            self.close();
            self.blocks.push(block);
            return 1;
        }
        if line.is_empty() {
            match &mut self.open {
                Open::List { is_loose, .. } => *is_loose = true,
                _ => self.close(),
            }
        } else if line.len() >= 3 && line.bytes().all(|b| b == b'-') {
            self.close();
            self.blocks.push(Block::PageBreak);
        } else if let Some((level, text)) = heading(line) {
            self.close();
            let spans = self.spans(text);
            self.blocks.push(Block::Heading { level, spans });
        } else if let Some((ordered, text)) = item(line) {
            match &mut self.open {
                Open::List { ordered: open, items, is_loose } if *open == ordered => {
                    items.push(text.to_owned());
                    *is_loose = false;
                }
                _ => {
                    self.close();
                    self.open = Open::List { ordered, items: vec![text.to_owned()], is_loose: false };
                }
            }
        } else if let Some(align) = lines.get(1).filter(|_| line.starts_with('|')).and_then(|line| alignment(line)) {
            self.close();
            return self.table(lines, &align);
        } else if let Some(text) = line.strip_prefix("^ ") {
            match &mut self.open {
                Open::Paragraph { text: before, small: true } => join(before, text),
                _ => {
                    self.close();
                    self.open = Open::Paragraph { text: text.to_owned(), small: true };
                }
            }
        } else {
            match &mut self.open {
                Open::Paragraph { text, .. } => join(text, line),
                Open::List { items, is_loose: false, .. } => {
                    items.iter_mut().last().into_iter().for_each(|item| join(item, line));
                }
                Open::List { .. } | Open::Nothing => {
                    self.close();
                    self.open = Open::Paragraph { text: line.to_owned(), small: false };
                }
            }
        }
        1
    }

    /// Ends what is open.
    fn close(&mut self) {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => {}
            Open::Paragraph { text, small } => {
                let spans = self.spans(&text);
                if !plain(&spans).trim().is_empty() {
                    self.blocks.push(Block::Paragraph { spans, small });
                }
            }
            Open::List { ordered, items, .. } => {
                let items = items.iter().map(|item| self.spans(item)).collect();
                self.blocks.push(Block::List { ordered, items });
            }
        }
    }

    /// The block that a function of the template put aside, if the line is the mark of one.
    fn block(&self, line: &str) -> Option<Block> {
        let number = line.strip_prefix(mark::BLOCK)?.strip_suffix(mark::BLOCK)?;
        self.aside.blocks.get(number.parse::<usize>().ok()?).cloned()
    }

    /// Reads a table; returns how many lines it has.
    fn table(&mut self, lines: &[&str], align: &[Align]) -> usize {
        let mut cells = lines.iter().take_while(|line| line.starts_with('|')).map(|line| cells(line));
        let head = cells.next().unwrap_or_default();
        let mut count = 1;
        let columns = head.len().clamp(1, COLUMNS_MAX);
        let mut rows = Vec::new();
        for row in cells {
            count += 1;
            // The second line says where text stands.
            if count > 2 {
                rows.push(self.row(&row, columns));
            }
        }
        let align = (0..columns).map(|at| align.get(at).copied().unwrap_or(Align::Left)).collect();
        let head = self.row(&head, columns);
        self.blocks.push(Block::Table { align, head, rows });
        count
    }

    fn row(&self, cells: &[&str], columns: usize) -> Vec<Vec<Span>> {
        (0..columns).map(|at| self.spans(cells.get(at).copied().unwrap_or_default())).collect()
    }

    fn spans(&self, text: &str) -> Vec<Span> {
        spans(text, &self.aside.links)
    }
}

/// A line's heading: its level and text.
fn heading(line: &str) -> Option<(u8, &str)> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let text = line[level..].strip_prefix(' ')?;
    (1..=3).contains(&level).then_some((level as u8, text))
}

/// A line's item of a list: whether it is numbered, and its text.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(text) = line.strip_prefix("- ") {
        return Some((false, text));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let text = line[digits..].strip_prefix(". ")?;
    (1..=3).contains(&digits).then_some((true, text))
}

/// The cells of a line of a table.
fn cells(line: &str) -> Vec<&str> {
    let inner = line.strip_prefix('|').unwrap_or(line);
    let (mut cells, mut begin, mut is_escaped) = (Vec::new(), 0, false);
    for (at, byte) in inner.bytes().enumerate() {
        if byte == b'|' && !is_escaped {
            cells.push(inner[begin..at].trim());
            begin = at + 1;
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    let rest = inner[begin..].trim();
    if !rest.is_empty() {
        cells.push(rest);
    }
    cells
}

/// Where the text of columns stands, if the line says that and nothing else.
fn alignment(line: &str) -> Option<Vec<Align>> {
    let cells = Some(line).filter(|line| line.starts_with('|')).map(cells)?;
    let one = |cell: &str| {
        let dashes = cell.trim_matches(':');
        let is_rule = !dashes.is_empty() && dashes.bytes().all(|b| b == b'-');
        is_rule.then_some(match (cell.starts_with(':'), cell.ends_with(':')) {
            (true, true) => Align::Center,
            (false, true) => Align::Right,
            _ => Align::Left,
        })
    };
    Some(cells.into_iter().map(one).collect::<Option<Vec<_>>>()?).filter(|align| !align.is_empty())
}

/// Adds a line of the same paragraph. Between two Chinese characters there is no space.
fn join(text: &mut String, line: &str) {
    let is_wide = |c: Option<char>| {
        c.is_some_and(|c| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'))
    };
    if !(is_wide(text.chars().last()) && is_wide(line.chars().next())) {
        text.push(' ');
    }
    text.push_str(line);
}

/// Reads the text of a line.
pub(super) fn spans(text: &str, links: &[Link]) -> Vec<Span> {
    let mut reader = Inline::default();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => reader.now.text.extend(chars.next()),
            '*' if chars.peek() == Some(&'*') => {
                chars.next();
                reader.turn(|span| span.strong = !span.strong);
            }
            mark::LINK => {
                let number: String = chars.by_ref().take_while(|c| *c != mark::TEXT).collect();
                let link = number.parse::<usize>().ok().and_then(|number| links.get(number)).cloned();
                reader.turn(|span| match link {
                    Some(Link::Records(filter)) => (span.records, span.record) = (Some(filter), None),
                    Some(Link::Record(id)) => (span.records, span.record) = (None, Some(id)),
                    None => (span.records, span.record) = (None, None),
                });
            }
            mark::END => reader.turn(|span| (span.records, span.record) = (None, None)),
            c if mark::is(c) => {}
            c => reader.now.text.push(c),
        }
    }
    reader.turn(|_| {});
    reader.done
}

#[derive(Default)]
struct Inline {
    done: Vec<Span>,
    now: Span,
}

impl Inline {
    /// Ends a span, and begins the next one, which differs in what `change` does.
    fn turn(&mut self, change: impl FnOnce(&mut Span)) {
        let next = Span { text: String::new(), ..self.now.clone() };
        let done = std::mem::replace(&mut self.now, next);
        if !done.text.is_empty() {
            self.done.push(done);
        }
        change(&mut self.now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::briefing::escape::escaped;

    fn blocks(text: &str) -> Vec<Block> {
        read(text, &Aside::default())
    }

    fn text(text: &str) -> Vec<Span> {
        vec![Span { text: text.into(), ..Span::default() }]
    }

    #[test]
    fn each_block_is_read() {
        let found = blocks(
            "# 题\n第一行\n第二行\nand\nmore\n\n- a\n\n- b\n  c\n1. d\n\ne\n---\n^ small\n\n| a | b\\|c |\n|:--|---:|\n| 1 | 2 |\n| 3 |\nend",
        );
        let paragraph = |t: &str, small| Block::Paragraph { spans: text(t), small };
        let expected = [
            Block::Heading { level: 1, spans: text("题") },
            paragraph("第一行第二行 and more", false),
            Block::List { ordered: false, items: vec![text("a"), text("b c")] },
            Block::List { ordered: true, items: vec![text("d")] },
            paragraph("e", false),
            Block::PageBreak,
            paragraph("small", true),
            Block::Table {
                align: vec![Align::Left, Align::Right],
                head: vec![text("a"), text("b|c")],
                rows: vec![vec![text("1"), text("2")], vec![text("3"), vec![]]],
            },
            paragraph("end", false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_stands_out_may_end_behind_a_bracket() {
        let found = spans("**第一（二）**三 2 * 3", &[]);
        let strong = Span { text: "第一（二）".into(), strong: true, ..Span::default() };
        assert_eq!(found, [strong, Span { text: "三 2 * 3".into(), ..Span::default() }]);
    }

    #[test]
    fn no_value_becomes_anything_but_text() {
        for value in [
            "# a",
            "- a",
            "1. a",
            "1) a",
            "---",
            "| a | b |",
            "|---|",
            "^ a",
            "**a**",
            "<b>a</b>",
            "[a](http://b)",
            "![a](b)",
            "`a`",
            "\\",
            "\\\\*",
            "&lt;",
            "    a",
            "~~~",
            "===",
            "$a$",
            "{{ 7 * 7 }}",
            "a\\",
            "\u{f0001}0\u{f0002}a",
            "\u{f0004}0\u{f0004}",
        ] {
            let shown = value.trim().replace(mark::is, "\u{fffd}");
            let aside = Aside {
                links: vec![Link::Record(sync_core::id::RecordId::of_first_change(&sync_core::id::ChangeHash(
                    [0; 32],
                )))],
                blocks: vec![Block::PageBreak],
            };
            let found = read(&escaped(value), &aside);
            assert_eq!(found, [Block::Paragraph { spans: text(&shown), small: false }], "{value}");
            let row = read(&format!("| a | b |\n|---|---|\n| {} | 2 |", escaped(value)), &aside);
            let Block::Table { rows, .. } = &row[0] else { panic!("{value} ends the table") };
            assert_eq!((row.len(), &rows[0]), (1, &vec![text(&shown), text("2")]), "{value}");
        }
    }
}
