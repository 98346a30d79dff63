//! What a command says when it is done: lines for people, or one JSON object for programs.

use std::io::Write;

use serde::Serialize;

use super::Failure;

/// What a command says when it is done.
#[derive(Clone, Debug)]
pub struct Output {
    json: serde_json::Value,
    lines: Vec<String>,
}

impl Output {
    /// The object for programs, and the lines that say the same to people.
    pub fn new(json: impl Serialize, lines: impl IntoIterator<Item = String>) -> Self {
        Self { json: serde_json::to_value(json).unwrap_or_default(), lines: lines.into_iter().collect() }
    }

    /// Writes it to standard output, all at once: whoever has read the first line may stop reading.
    ///
    /// # Errors
    /// [`Failure`] when nobody takes it.
    pub fn print(&self, as_json: bool) -> Result<(), Failure> {
        let text = match as_json {
            true => format!("{}\n", self.json),
            false => self.lines.iter().map(|line| format!("{line}\n")).collect(),
        };
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|e| Failure::new(format_args!("standard output: {e}")))
    }
}
