//! The link of a device in the field: real HTTP, cut where the plan says so.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use cairn_client::{
    HttpTransport, Transport, TransportError,
    transport::{EnrolRequest, Enrolled, Reply, SYNC_PATH, ServerUrl, Traffic},
};
use sync_core::wire::CONTENT_TYPE;
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// What happens to the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The server gets it, commits and answers; the answer never arrives.
    ResponseCut,
    /// The connection breaks when half of the body is through.
    RequestCut,
}

/// A transport with troubles ahead.
pub(super) struct FieldLink {
    http: HttpTransport,
    troubles: Mutex<VecDeque<Trouble>>,
}

impl FieldLink {
    pub(super) fn new() -> Self {
        Self { http: HttpTransport::new(), troubles: Mutex::default() }
    }

    /// Puts a trouble before the next request that pushes something.
    pub(super) fn expect(&self, trouble: Trouble) {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).push_back(trouble);
    }

    /// Sends the head and half of the body, and hangs up.
    async fn cut(&self, server: &ServerUrl, token: &str, body: &[u8]) -> std::io::Result<()> {
        let host = server.as_str().trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).await?;
        let head = format!(
            "POST {SYNC_PATH} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: {CONTENT_TYPE}\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&body[..body.len() / 2]).await?;
        stream.shutdown().await
    }
}

impl Transport for FieldLink {
    async fn enrol(&self, server: &ServerUrl, request: &EnrolRequest) -> Result<Enrolled, TransportError> {
        self.http.enrol(server, request).await
    }

    async fn sync(&self, server: &ServerUrl, token: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        let trouble = self.troubles.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let cut = || TransportError::Unreachable("the connection was cut".into());
        match trouble {
            None => self.http.sync(server, token, body).await,
            Some(Trouble::ResponseCut) => {
                self.http.sync(server, token, body).await?;
                Err(cut())
            }
            Some(Trouble::RequestCut) => {
                self.cut(server, token, &body).await.map_err(|e| TransportError::Unreachable(e.to_string()))?;
                Err(cut())
            }
        }
    }

    fn traffic(&self) -> Traffic {
        self.http.traffic()
    }
}
