//! XLSX, written from the first byte to the last without going back: an archive of which each part is compressed as it comes.
//!
//! Cells hold text, numbers or days as such, so nothing that somebody typed can become a formula. Sheets that are full are followed
//! by another; the list of the sheets comes last.

use std::{
    fmt::Write as _,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use zip::{ZipWriter, result::ZipError, write::SimpleFileOptions, write::StreamWriter};

use super::rows::Cell;
use crate::report::day_number;

/// Rows of a sheet, the head among them: what spreadsheets can open.
const SHEET_ROWS: u32 = 1_048_576;
/// Bytes of a sheet before they are compressed: archives of the old kind hold parts of less than 4 GiB.
const SHEET_BYTES: u64 = 3 << 30;
/// Characters of a cell, as spreadsheets count them; what is longer is cut and ends with `…`.
const CELL_UNITS: usize = 32_767;
/// Numbers that spreadsheets, which count in floating point, hold exactly.
const EXACT: i64 = 1 << 53;
/// The number that spreadsheets give to 1970-01-01.
const EPOCH: i64 = 25_569;
/// 1900-03-01: for the days before it spreadsheets disagree about which they are.
const FIRST_DAY: i64 = 61;

const SHEET_HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews>\
    <sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>\
    </sheetView></sheetViews><sheetData>";
const SHEET_END: &str = "</sheetData></worksheet>";
/// The looks that cells refer to: 0 is plain, 1 a day, 2 the head.
const STYLES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
    <numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts>\
    <fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>\
    <font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
    <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
    <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
    <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
    <cellXfs count=\"3\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
    <xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
    <xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/></cellXfs>\
    <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";
const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>\
    </Relationships>";

/// A workbook that is being written.
pub(super) struct Workbook {
    archive: ZipWriter<StreamWriter<Out>>,
    out: Out,
    head: Vec<String>,
    sheets: u32,
    /// Of the sheet that is being written.
    rows: u32,
    bytes: u64,
    rows_max: u32,
}

/// What was written and not yet taken.
#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<u8>>>);

impl Out {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Workbook {
    /// A workbook whose sheets all begin with `head`.
    pub(super) fn new(head: Vec<String>) -> Self {
        let out = Out::default();
        let archive = ZipWriter::new_stream(out.clone());
        Self { archive, out, head, sheets: 0, rows: 0, bytes: 0, rows_max: SHEET_ROWS }
    }

    /// Takes what was written so far.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.out.take()
    }

    /// Writes a row.
    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), ZipError> {
        if self.sheets == 0 || self.rows >= self.rows_max || self.bytes >= SHEET_BYTES {
            self.begin_sheet()?;
        }
        self.put(cells, 0)
    }

    /// Writes what is left.
    pub(super) fn end(&mut self) -> Result<(), ZipError> {
        if self.sheets == 0 {
            self.begin_sheet()?;
        }
        self.end_sheet()?;
        let (mut listed, mut related, mut typed) = (String::new(), String::new(), String::new());
        for sheet in 1..=self.sheets {
            let name = if sheet == 1 { "records".to_owned() } else { format!("records {sheet}") };
            let _ = write!(listed, "<sheet name=\"{name}\" sheetId=\"{sheet}\" r:id=\"rId{sheet}\"/>");
            let _ = write!(
                related,
                "<Relationship Id=\"rId{sheet}\" \
                 Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
                 Target=\"worksheets/sheet{sheet}.xml\"/>"
            );
            let _ = write!(
                typed,
                "<Override PartName=\"/xl/worksheets/sheet{sheet}.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
            );
        }
        let styles = self.sheets + 1;
        self.part("xl/styles.xml", STYLES)?;
        self.part(
            "xl/workbook.xml",
            &format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
                 <workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                 xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
                 <sheets>{listed}</sheets></workbook>"
            ),
        )?;
        self.part(
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
                 <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{related}\
                 <Relationship Id=\"rId{styles}\" \
                 Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>\
                 </Relationships>"
            ),
        )?;
        self.part("_rels/.rels", RELATIONS)?;
        self.part(
            "[Content_Types].xml",
            &format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
                 <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{typed}\
                 <Override PartName=\"/xl/styles.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>"
            ),
        )?;
        self.archive.flush()?;
        // Writes the list of all parts.
        std::mem::replace(&mut self.archive, ZipWriter::new_stream(Out::default())).finish()?;
        Ok(())
    }

    fn begin_sheet(&mut self) -> Result<(), ZipError> {
        if self.sheets > 0 {
            self.end_sheet()?;
        }
        self.sheets += 1;
        (self.rows, self.bytes) = (0, 0);
        self.archive.start_file(format!("xl/worksheets/sheet{}.xml", self.sheets), SimpleFileOptions::default())?;
        self.archive.write_all(SHEET_HEAD.as_bytes())?;
        let head: Vec<Cell> = self.head.iter().cloned().map(Cell::Text).collect();
        self.put(&head, 2)
    }

    fn end_sheet(&mut self) -> Result<(), ZipError> {
        Ok(self.archive.write_all(SHEET_END.as_bytes())?)
    }

    fn part(&mut self, name: &str, text: &str) -> Result<(), ZipError> {
        self.archive.start_file(name, SimpleFileOptions::default())?;
        Ok(self.archive.write_all(text.as_bytes())?)
    }

    /// Writes a row of the current sheet, whose text looks like `look`.
    fn put(&mut self, cells: &[Cell], look: usize) -> Result<(), ZipError> {
        self.rows += 1;
        let mut xml = format!("<row r=\"{}\">", self.rows);
        for (column, cell) in cells.iter().enumerate() {
            push_cell(&mut xml, &format!("{}{}", letters(column), self.rows), cell, look);
        }
        xml.push_str("</row>");
        self.bytes += xml.len() as u64;
        Ok(self.archive.write_all(xml.as_bytes())?)
    }
}

fn push_cell(xml: &mut String, place: &str, cell: &Cell, look: usize) {
    let written = match cell {
        Cell::Empty => Ok(()),
        Cell::Number(number) if number.abs() <= EXACT => write!(xml, "<c r=\"{place}\"><v>{number}</v></c>"),
        Cell::Number(number) => return push_cell(xml, place, &Cell::Text(number.to_string()), look),
        Cell::YesNo(yes) => write!(xml, "<c r=\"{place}\" t=\"b\"><v>{}</v></c>", u8::from(*yes)),
        Cell::Day(day) => match day_number(*day) + EPOCH {
            of if of >= FIRST_DAY => write!(xml, "<c r=\"{place}\" s=\"1\"><v>{of}</v></c>"),
            _ => return push_cell(xml, place, &Cell::Text(day.to_string()), look),
        },
        Cell::Text(text) => {
            let begun = write!(xml, "<c r=\"{place}\" s=\"{look}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
            push_text(xml, text);
            xml.push_str("</t></is></c>");
            begun
        }
    };
    // Writing into a string does not fail.
    debug_assert!(written.is_ok());
}

/// Text as XML holds it, cut to what a cell can hold.
fn push_text(xml: &mut String, text: &str) {
    let (mut left, is_long) = (CELL_UNITS, text.encode_utf16().count() > CELL_UNITS);
    if is_long {
        left -= 1;
    }
    for (at, c) in text.char_indices() {
        if c.len_utf16() > left {
            break;
        }
        left -= c.len_utf16();
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '\r' => xml.push_str("&#13;"),
            '\t' | '\n' => xml.push(c),
            // What looks like the spelling of a character would be read as that character.
            '_' if is_spelling(&text[at..]) => xml.push_str("_x005F_"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
            c => xml.push(c),
        }
    }
    if is_long {
        xml.push('…');
    }
}

/// Whether a text begins like `_x000D_`.
fn is_spelling(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7 && bytes[1] == b'x' && bytes[2..6].iter().all(u8::is_ascii_hexdigit) && bytes[6] == b'_'
}

/// The name of a column: A, B, … Z, AA, …
fn letters(column: usize) -> String {
    let (before, last) = (column / 26, char::from(b'A' + (column % 26) as u8));
    if before == 0 { last.to_string() } else { format!("{}{last}", letters(before - 1)) }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    /// Reads a workbook as a spreadsheet does.
    fn sheets(bytes: Vec<u8>) -> Vec<(String, Vec<Vec<Data>>)> {
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let sheets = book.worksheets();
        sheets.into_iter().map(|(name, range)| (name, range.rows().map(<[Data]>::to_vec).collect())).collect()
    }

    #[test]
    fn what_is_written_is_read_back_as_what_it_is() {
        let mut book = Workbook::new(vec!["a<&>".to_owned(), "b".to_owned()]);
        let typed = ["=1+1", "'quoted", " 嘎托镇\n\"村\" ", "a_x000D_b", "bell\u{7}", "-5"];
        for typed in typed {
            book.row(&[text(typed), Cell::Empty]).unwrap();
        }
        book.row(&[Cell::Number(-7), Cell::Number(i64::MAX)]).unwrap();
        book.row(&[Cell::YesNo(true), Cell::Day("2021-03-15".parse().unwrap())]).unwrap();
        book.row(&[Cell::Day("1900-01-01".parse().unwrap()), text(&"村".repeat(40_000))]).unwrap();
        let mut bytes = book.take();
        book.end().unwrap();
        bytes.extend(book.take());
        let found = sheets(bytes).remove(0).1;
        let string = |text: &str| Data::String(text.to_owned());
        assert_eq!(found[0], [string("a<&>"), string("b")]);
        let read: Vec<&Data> = found[1..7].iter().map(|row| &row[0]).collect();
        for (read, typed) in read.into_iter().zip(typed) {
            let wanted = typed.replace('\u{7}', "\u{fffd}");
            let escaped = wanted.replace("_x000D_", "_x005F_x000D_");
            assert!([string(&wanted), string(&escaped)].contains(read), "{read:?}");
        }
        assert_eq!(found[7], [Data::Float(-7.0), string(&i64::MAX.to_string())]);
        assert_eq!(found[8][0], Data::Bool(true));
        let Data::DateTime(day) = &found[8][1] else { panic!("{:?} is no day", found[8][1]) };
        assert_eq!(day.as_f64(), 44_270.0);
        assert_eq!(found[9][0], string("1900-01-01"));
        let Data::String(cut) = &found[9][1] else { panic!("{:?} is no text", found[9][1]) };
        assert_eq!((cut.chars().count(), cut.ends_with("村…")), (CELL_UNITS, true));
    }

    #[test]
    fn a_full_sheet_is_followed_by_another() {
        let mut book = Workbook { rows_max: 3, ..Workbook::new(vec!["n".to_owned()]) };
        for number in 0..5 {
            book.row(&[Cell::Number(number)]).unwrap();
        }
        book.end().unwrap();
        let found = sheets(book.take());
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["records", "records 2", "records 3"]);
        assert_eq!(found.iter().map(|(_, rows)| rows.len()).collect::<Vec<_>>(), [3, 3, 2]);
        let mut empty = Workbook::new(vec!["n".to_owned()]);
        empty.end().unwrap();
        assert_eq!(sheets(empty.take())[0].1.len(), 1);
    }

    #[test]
    fn columns_have_letters() {
        let found: Vec<String> = [0, 25, 26, 51, 52, 701, 702].into_iter().map(letters).collect();
        assert_eq!(found, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
