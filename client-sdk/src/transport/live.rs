//! Listening to what moves on the server: `GET /sync/v1/live`, a stream of events that only says that there is something to sync.

use core::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use tokio::time::timeout;

use super::{
    ServerUrl, TransportError,
    http::{HttpTransport, unreachable},
};

/// The path of the live endpoint, behind the server's address.
const LIVE_PATH: &str = "/sync/v1/live";
/// A stream that is silent for so long is dead: a server says something every 25 s.
const SILENT_SECONDS: u64 = 60;
/// A line is an event's name or an org unit's code.
const LINE_BYTES_MAX: usize = 1 << 10;

impl HttpTransport {
    /// Listens to `server` until either side ends it. Calls `heard` when the server has begun to tell, and whenever it says that
    /// a feed has moved.
    ///
    /// # Errors
    /// [`TransportError`] when it does not begin, or breaks off.
    pub async fn listen(
        &self,
        server: &ServerUrl,
        token: &str,
        mut heard: impl FnMut() + Send,
    ) -> Result<(), TransportError> {
        let request = Request::get(server.join(LIVE_PATH))
            .header(ACCEPT, "text/event-stream")
            .header(AUTHORIZATION, format!("Bearer {token}"));
        let request = request.body(Full::default()).map_err(|e| unreachable(&e))?;
        let silent = |_| TransportError::TimedOut { seconds: SILENT_SECONDS };
        let patience = Duration::from_secs(SILENT_SECONDS);
        let response = timeout(patience, self.request(request)).await.map_err(silent)??;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !response.status().is_success() || !kind.starts_with("text/event-stream") {
            return Err(TransportError::NotAServer(format!("status {}, {kind:?}", response.status().as_u16())));
        }
        heard();
        let mut body = response.into_body();
        let mut lines = Lines::default();
        while let Some(frame) = timeout(patience, body.frame()).await.map_err(silent)? {
            let Ok(data) = frame.map_err(|e| unreachable(&e))?.into_data() else { continue };
            for byte in data {
                if lines.take(byte)? {
                    heard();
                }
            }
        }
        Ok(())
    }
}

/// The stream's lines, as far as they have come.
#[derive(Default)]
struct Lines {
    line: Vec<u8>,
    /// The event that is being told says that something moved.
    moved: bool,
}

impl Lines {
    /// Takes one more byte; tells whether it ends an event that says that a feed has moved.
    fn take(&mut self, byte: u8) -> Result<bool, TransportError> {
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
