//! `cairn record import`: rows of a file, read one by one, so that a file may be larger than memory.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::ExitCode,
};

use cairn_client::{
    NativeEngine,
    engine::{Answers, BadRow, ImportRow, NewRecord},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use sync_core::form::ON;

use crate::{
    failure::{Failure, say},
    output::Output,
};

/// Bytes of one line.
const LINE_BYTES_MAX: u64 = 1 << 20;

type Rows = Box<dyn Iterator<Item = Result<ImportRow, BadRow>> + Send>;

pub(crate) async fn import(engine: &NativeEngine, output: Output, file: &Path) -> Result<ExitCode, Failure> {
    let cannot = |error: &dyn core::fmt::Display| Failure::Other(format!("{}: {error}", file.display()));
    let kind = file.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).unwrap_or_default();
    if !matches!(kind.as_str(), "jsonl" | "ndjson" | "csv") {
        return Err(Failure::Usage(format!("{}: expected a file that ends in .jsonl or .csv", file.display())));
    }
    let reader = BufReader::new(File::open(file).map_err(|e| cannot(&e))?);
    let rows: Rows = match kind.as_str() {
        "csv" => csv_rows(reader).map_err(|e| cannot(&e))?,
        _ => Box::new(JsonLines { reader, line: 0, ended: false }),
    };
    let report = engine.import(rows).await?;
    output.print(&report, || format!("imported {}", report.imported))?;
    if !output.json {
        report.bad.iter().for_each(|bad| say(&format!("line {}: {}", bad.line, bad.error)));
    }
    if let Some(error) = report.stopped {
        say(&format!("stopped after {} records: {error}", report.imported));
        return Ok(ExitCode::FAILURE);
    }
    if output.json && !report.bad.is_empty() {
        say(&format!("{} of {} rows were not imported", report.bad.len(), report.bad.len() as u64 + report.imported));
    }
    Ok(if report.bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One row as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonRow {
    form: String,
    unit: Option<String>,
    on: Option<String>,
    #[serde(default)]
    fields: Map<String, Json>,
}

struct JsonLines {
    reader: BufReader<File>,
    line: u64,
    ended: bool,
}

impl Iterator for JsonLines {
    type Item = Result<ImportRow, BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            self.line += 1;
            let mut bytes = Vec::new();
            let bad = |error: String| Some(Err(BadRow { line: self.line, error }));
            match (&mut self.reader).take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes) {
                Ok(0) => self.ended = true,
                Ok(_) if bytes.len() as u64 == LINE_BYTES_MAX && !bytes.ends_with(b"\n") => {
                    let skipped = self.reader.skip_until(b'\n');
                    self.ended = skipped.is_err();
                    return bad(format!("longer than {LINE_BYTES_MAX} bytes"));
                }
                Ok(_) => {
                    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes).trim_ascii();
                    if !text.is_empty() {
                        return Some(json_row(self.line, text));
                    }
                }
                Err(error) => {
                    self.ended = true;
                    return bad(format!("cannot be read: {error}"));
                }
            }
        }
        None
    }
}

fn json_row(line: u64, text: &[u8]) -> Result<ImportRow, BadRow> {
    let bad = |error: String| BadRow { line, error };
    let row: JsonRow = serde_json::from_slice(text).map_err(|e| bad(format!("not a row: {}", without_line(&e))))?;
    let mut fields = row.fields;
    if let Some(on) = row.on
        && fields.insert(ON.to_owned(), on.into()).is_some()
    {
        return Err(bad("on: given twice".to_owned()));
    }
    let record = NewRecord { form: row.form, unit: row.unit, answers: Answers::Sent(fields), allow_faults: false };
    Ok(ImportRow { line, record })
}

/// Every line is a document of its own, so its number there says nothing.
fn without_line(error: &serde_json::Error) -> String {
    error.to_string().replace("at line 1 column", "at column").replace(" at line 0 column 0", "")
}

fn csv_rows(reader: impl Read + Send + 'static) -> Result<Rows, csv::Error> {
    let mut reader = csv::ReaderBuilder::new().from_reader(reader);
    let header = reader.headers()?.clone();
    let columns: Vec<String> =
        header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let mut seen = std::collections::BTreeSet::new();
    let broken = |error: String| Err(csv::Error::from(std::io::Error::other(error)));
    if let Some(twice) = columns.iter().find(|column| !seen.insert(column.as_str())) {
        return broken(format!("column {twice:?} stands there twice"));
    }
    if !columns.iter().any(|column| column == "form") {
        return broken("there is no column `form`".to_owned());
    }
    Ok(Box::new(reader.into_records().map(move |row| csv_row(&columns, row))))
}

fn csv_row(columns: &[String], row: csv::Result<csv::StringRecord>) -> Result<ImportRow, BadRow> {
    let row = row.map_err(|error| BadRow {
        line: error.position().map_or(0, csv::Position::line),
        error: match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{len} columns, where the first line has {expected_len}")
            }
            csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
            _ => error.to_string(),
        },
    })?;
    let line = row.position().map_or(0, csv::Position::line);
    let mut record =
        NewRecord { form: String::new(), unit: None, answers: Answers::Typed(Vec::new()), allow_faults: false };
    let mut answers = Vec::new();
    for (column, cell) in columns.iter().zip(&row) {
        match column.as_str() {
            "form" => record.form = cell.trim().to_owned(),
            "unit" => record.unit = (!cell.trim().is_empty()).then(|| cell.trim().to_owned()),
            field => answers.push((field.to_owned(), cell.to_owned())),
        }
    }
    record.answers = Answers::Typed(answers);
    Ok(ImportRow { line, record })
}
