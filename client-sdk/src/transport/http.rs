//! HTTP/1.1 over TCP, and over TLS for `https` addresses. No header is sent that the server does not need.

use core::time::Duration;
use std::{
    error::Error as StdError,
    sync::{Arc, OnceLock},
};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use sync_core::{limits::FRAME_BYTES_MAX, wire};

use super::{
    APP_HEADER, ENROL_PATH, EnrolRequest, Enrolled, Reply, SYNC_PATH, ServerUrl, Traffic, Transport, TransportError,
    counted::{Counters, CountingConnector},
    problem::one_line,
};

/// The app that this is.
const APP: &str = concat!("cairn/", env!("CARGO_PKG_VERSION"));
/// How long one address of a server is tried.
const CONNECT_SECONDS: u64 = 15;
/// How long nothing may move, for a request without a body.
const STALL_SECONDS: u64 = 30;
/// A link so slow still gets through: a body as large as the system's own buffer leaves it unseen by the counters, so this
/// much time is added for it.
const SLOWEST_BYTES_PER_SECOND: u64 = 1 << 10;
/// Bytes of an answer that are read: a frame, and a little for pages that are not one.
const ANSWER_BYTES_MAX: usize = FRAME_BYTES_MAX + (4 << 10);

type Plain = Client<CountingConnector, Full<Bytes>>;
type Secure = Client<HttpsConnector<CountingConnector>, Full<Bytes>>;

/// HTTP, with connections kept open between the requests of one sync.
pub struct HttpTransport {
    connector: CountingConnector,
    plain: Plain,
    /// Made when an `https` address is first met, for it reads all the certificates of the system; or why it cannot be made.
    secure: OnceLock<Result<Secure, String>>,
    counters: Arc<Counters>,
    stall: Duration,
}

impl Default for HttpTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpTransport {
    /// A transport without connections. The certificates that `https` trusts are the system's own.
    #[must_use]
    pub fn new() -> Self {
        let counters = Arc::new(Counters::default());
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(Duration::from_secs(CONNECT_SECONDS)));
        let connector = CountingConnector::new(http, Arc::clone(&counters));
        let plain = builder().build(connector.clone());
        Self { connector, plain, secure: OnceLock::new(), counters, stall: Duration::from_secs(STALL_SECONDS) }
    }

    fn secure(&self) -> Result<&Secure, TransportError> {
        let make = || {
            let tls = HttpsConnectorBuilder::new()
                .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
                .map_err(|e| format!("no certificate authorities on this system: {e}"))?;
            Ok(builder().build(tls.https_only().enable_http1().wrap_connector(self.connector.clone())))
        };
        self.secure.get_or_init(make).as_ref().map_err(|why| TransportError::Unreachable(why.clone()))
    }

    /// The same, giving up when nothing has moved for `stall`. Default: 30 s, and a second more for each KiB sent.
    #[must_use]
    pub fn with_stall(mut self, stall: Duration) -> Self {
        self.stall = stall;
        self
    }

    pub(super) async fn request(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, TransportError> {
        let response = match request.uri().scheme_str() {
            Some("https") => self.secure()?.request(request).await,
            _ => self.plain.request(request).await,
        };
        response.map_err(|e| unreachable(&e))
    }

    async fn post(&self, url: &str, token: Option<&str>, kind: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        let wait = self.stall + Duration::from_secs(body.len() as u64 / SLOWEST_BYTES_PER_SECOND);
        let mut request = Request::post(url).header(CONTENT_TYPE, kind);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}")).header(APP_HEADER, APP);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|e| unreachable(&e))?;
        let exchange = async { read(self.request(request).await?).await };
        let mut exchange = core::pin::pin!(exchange);
        loop {
            let before = self.counters.traffic();
            match tokio::time::timeout(wait, &mut exchange).await {
                Ok(done) => return done,
                Err(_) if self.counters.traffic() == before => {
                    return Err(TransportError::TimedOut { seconds: wait.as_secs() });
                }
                Err(_) => {}
            }
        }
    }
}

impl Transport for HttpTransport {
    async fn enrol(&self, server: &ServerUrl, request: &EnrolRequest) -> Result<Enrolled, TransportError> {
        let body = serde_json::to_vec(request).unwrap_or_default();
        self.post(&server.join(ENROL_PATH), None, "application/json", body).await?.enrolled()
    }

    async fn sync(&self, server: &ServerUrl, token: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        self.post(&server.join(SYNC_PATH), Some(token), wire::CONTENT_TYPE, body).await
    }

    fn traffic(&self) -> Traffic {
        self.counters.traffic()
    }
}

fn builder() -> hyper_util::client::legacy::Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(Duration::from_secs(20));
    builder
}

async fn read(response: Response<Incoming>) -> Result<Reply, TransportError> {
    let (head, body) = response.into_parts();
    let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
    let body = match body {
        Ok(body) => body.to_bytes().to_vec(),
        Err(e) if e.is::<http_body_util::LengthLimitError>() => {
            return Err(TransportError::NotAServer("an answer that is too long".into()));
        }
        Err(e) => return Err(unreachable(e.as_ref())),
    };
    let content_type = text(&head.headers, CONTENT_TYPE);
    let content_type = content_type.and_then(|t| t.split(';').next().map(|t| t.trim().to_ascii_lowercase()));
    let retry_after = text(&head.headers, RETRY_AFTER).and_then(|t| t.trim().parse().ok());
    Ok(Reply { status: head.status.as_u16(), content_type, retry_after, body })
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The innermost cause says most: `Connection refused`, `failed to lookup address`.
pub(super) fn unreachable(error: &(dyn StdError + 'static)) -> TransportError {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    TransportError::Unreachable(one_line(&cause.to_string()))
}
