//! Listening to what moves on the server: `GET /sync/v1/live`, a stream of events that only says that there is something to sync.

use super::{ServerUrl, TransportError};
use crate::portable::{MaybeSend, MaybeSync};

/// The path of the live endpoint, behind the server's address.
pub const LIVE_PATH: &str = "/sync/v1/live";
/// A stream that is silent for so long is dead: a server says something every 25 s.
pub(super) const SILENT_SECONDS: u64 = 60;
/// A line is an event's name or an org unit's code.
const LINE_BYTES_MAX: usize = 1 << 10;

/// Hears what moves on a server.
pub trait Ear: MaybeSend + MaybeSync {
    /// Listens to `server` until either side ends it. Calls `heard` when the server has begun to tell, and whenever it says that
    /// a feed has moved.
    ///
    /// # Errors
    /// [`TransportError`] when it does not begin, or breaks off.
    fn listen(
        &self,
        server: &ServerUrl,
        token: &str,
        heard: impl FnMut() + MaybeSend,
    ) -> impl Future<Output = Result<(), TransportError>> + MaybeSend;
}

/// The stream's lines, as far as they have come.
#[derive(Default)]
pub(super) struct Lines {
    line: Vec<u8>,
    /// The event that is being told says that something moved.
    moved: bool,
}

impl Lines {
    /// Takes one more byte; tells whether it ends an event that says that a feed has moved.
    pub(super) fn take(&mut self, byte: u8) -> Result<bool, TransportError> {
        match byte {
            b'\n' if self.line.is_empty() => Ok(std::mem::take(&mut self.moved)),
            b'\n' => {
                self.moved |= self.line == b"event: moved";
                self.line.clear();
                Ok(false)
            }
            _ if self.line.len() == LINE_BYTES_MAX => Err(TransportError::NotAServer("a line that is too long".into())),
            _ => {
                self.line.push(byte);
                Ok(false)
            }
        }
    }
}

/// Whether an answer is a stream of events.
pub(super) fn is_stream(status: u16, kind: &str) -> Result<(), TransportError> {
    if (200..300).contains(&status) && kind.starts_with("text/event-stream") {
        Ok(())
    } else {
        Err(TransportError::NotAServer(format!("status {status}, {kind:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_events_of_moves_are_heard() {
        let mut lines = Lines::default();
        let said =
            b": here\n\nevent: moved\ndata: markam\n\nevent: later\ndata: moved\n\nevent: moved\ndata: a\n\nevent: mov";
        let heard = said.iter().filter(|byte| lines.take(**byte).unwrap()).count();
        assert_eq!(heard, 2);
        let endless = std::iter::repeat_n(b'x', LINE_BYTES_MAX + 1).map(|byte| lines.take(byte)).find(Result::is_err);
        assert!(endless.is_some());
    }
}
