//! Listening over HTTP/1.1.

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
    live::{Ear, LIVE_PATH, Lines, SILENT_SECONDS, is_stream},
};
use crate::portable::MaybeSend;

impl Ear for HttpTransport {
    async fn listen(
        &self,
        server: &ServerUrl,
        token: &str,
        mut heard: impl FnMut() + MaybeSend,
    ) -> Result<(), TransportError> {
        let request = Request::get(server.join(LIVE_PATH))
            .header(ACCEPT, "text/event-stream")
            .header(AUTHORIZATION, format!("Bearer {token}"));
        let request = request.body(Full::default()).map_err(|e| unreachable(&e))?;
        let silent = |_| TransportError::TimedOut { seconds: SILENT_SECONDS };
        let patience = Duration::from_secs(SILENT_SECONDS);
        let response = timeout(patience, self.request(request)).await.map_err(silent)??;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        is_stream(response.status().as_u16(), kind)?;
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
