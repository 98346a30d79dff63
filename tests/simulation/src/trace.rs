//! All that happened, in its order, as one digest: two runs are the same run exactly if these are.

use core::fmt;

use sha2::{Digest as _, Sha256};

/// A digest over every event.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    digest: Sha256,
    events: u64,
    lines: Option<Vec<String>>,
}

impl Trace {
    /// A trace that also keeps every event, for people to read.
    #[must_use]
    pub fn kept() -> Self {
        Self { lines: Some(Vec::new()), ..Self::default() }
    }

    /// Notes an event.
    pub fn note(&mut self, event: fmt::Arguments<'_>) {
        let line = event.to_string();
        self.digest.update((line.len() as u64).to_be_bytes());
        self.digest.update(line.as_bytes());
        self.events += 1;
        if let Some(lines) = &mut self.lines {
            lines.push(line);
        }
    }

    /// Notes bytes that went somewhere, by what they are.
    pub fn note_bytes(&mut self, bytes: &[u8]) {
        self.digest.update((bytes.len() as u64).to_be_bytes());
        self.digest.update(bytes);
    }

    /// How many events there were.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The digest so far.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest.clone().finalize().into()
    }

    /// The events, if they were kept.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        self.lines.as_deref().unwrap_or_default()
    }
}
