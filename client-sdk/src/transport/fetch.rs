//! Requests by a browser's `fetch`, in a page or in a worker.

use core::{cell::Cell, time::Duration};

use js_sys::{Object, Promise, Reflect, Uint8Array};
use sync_core::{limits::FRAME_BYTES_MAX, wire};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Headers, ReadableStreamDefaultReader, Response};

use super::{
    APP_HEADER, ENROL_PATH, EnrolRequest, Enrolled, Reply, SYNC_PATH, ServerUrl, Traffic, Transport, TransportError,
    live::{Ear, LIVE_PATH},
    problem::one_line,
    stream::{Lines, SILENT_SECONDS, is_stream},
};
use crate::{clock::browser::Timer, portable::MaybeSend};

/// The app that this is.
const APP: &str = concat!("cairn-web/", env!("CARGO_PKG_VERSION"));
/// How long nothing may move. Of a body that is sent a browser tells nothing until all of it has left.
const STALL_SECONDS: u64 = 30;
/// A link so slow still gets through: this much time is added for a body that is sent.
const SLOWEST_BYTES_PER_SECOND: u64 = 1 << 10;
/// Bytes of an answer that are read: a frame, and a little for pages that are not one.
const ANSWER_BYTES_MAX: usize = FRAME_BYTES_MAX + (4 << 10);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, options: &FetchOptions) -> Result<Promise, JsValue>;

    #[wasm_bindgen(extends = Object)]
    type FetchOptions;
    #[wasm_bindgen(method, setter)]
    fn set_method(this: &FetchOptions, value: &str);
    #[wasm_bindgen(method, setter)]
    fn set_headers(this: &FetchOptions, value: &Headers);
    #[wasm_bindgen(method, setter)]
    fn set_body(this: &FetchOptions, value: &Uint8Array);
    #[wasm_bindgen(method, setter)]
    fn set_cache(this: &FetchOptions, value: &str);
    #[wasm_bindgen(method, setter)]
    fn set_credentials(this: &FetchOptions, value: &str);
    #[wasm_bindgen(method, setter)]
    fn set_redirect(this: &FetchOptions, value: &str);
    #[wasm_bindgen(method, setter, js_name = referrerPolicy)]
    fn set_referrer_policy(this: &FetchOptions, value: &str);
    #[wasm_bindgen(method, setter)]
    fn set_signal(this: &FetchOptions, value: &AbortSignal);
}

/// `fetch`. Nothing is cached, no cookie is sent, no redirect is followed. Counts bodies only: a browser tells of nothing else.
#[derive(Debug, Default)]
pub struct FetchTransport {
    sent: Cell<u64>,
    received: Cell<u64>,
}

impl FetchTransport {
    /// A transport that has carried nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    async fn post(&self, url: &str, token: Option<&str>, kind: &str, body: &[u8]) -> Result<Reply, TransportError> {
        let wait = STALL_SECONDS + body.len() as u64 / SLOWEST_BYTES_PER_SECOND;
        let mut headers = vec![("content-type", kind.to_owned())];
        if let Some(token) = token {
            headers.extend([("authorization", format!("Bearer {token}")), (APP_HEADER, APP.to_owned())]);
        }
        self.sent.set(self.sent.get() + body.len() as u64);
        let answer = Exchange::begin(url, "POST", &headers, Some(body), wait).await?;
        let mut bytes = Vec::new();
        let mut stream = answer.body()?;
        while let Some(piece) = stream.next(STALL_SECONDS).await? {
            self.received.set(self.received.get() + piece.len() as u64);
            bytes.extend(piece);
            if bytes.len() > ANSWER_BYTES_MAX {
                return Err(TransportError::NotAServer("an answer that is too long".into()));
            }
        }
        let kind = answer.header("content-type");
        let content_type = kind.and_then(|kind| kind.split(';').next().map(|kind| kind.trim().to_ascii_lowercase()));
        let retry_after = answer.header("retry-after").and_then(|text| text.trim().parse().ok());
        Ok(Reply { status: answer.response.status(), content_type, retry_after, body: bytes })
    }
}

impl Transport for FetchTransport {
    async fn enrol(&self, server: &ServerUrl, request: &EnrolRequest) -> Result<Enrolled, TransportError> {
        let body = serde_json::to_vec(request).unwrap_or_default();
        self.post(&server.join(ENROL_PATH), None, "application/json", &body).await?.enrolled()
    }

    async fn sync(&self, server: &ServerUrl, token: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        self.post(&server.join(SYNC_PATH), Some(token), wire::CONTENT_TYPE, &body).await
    }

    fn traffic(&self) -> Traffic {
        Traffic { sent: self.sent.get(), received: self.received.get() }
    }
}

impl Ear for FetchTransport {
    async fn listen(
        &self,
        server: &ServerUrl,
        token: &str,
        mut heard: impl FnMut() + MaybeSend,
    ) -> Result<(), TransportError> {
        let headers = [("accept", "text/event-stream".to_owned()), ("authorization", format!("Bearer {token}"))];
        let answer = Exchange::begin(&server.join(LIVE_PATH), "GET", &headers, None, SILENT_SECONDS).await?;
        is_stream(answer.response.status(), &answer.header("content-type").unwrap_or_default())?;
        heard();
        let mut stream = answer.body()?;
        let mut lines = Lines::default();
        while let Some(piece) = stream.next(SILENT_SECONDS).await? {
            for byte in piece {
                if lines.take(byte)? {
                    heard();
                }
            }
        }
        Ok(())
    }
}

/// A request that was answered. Dropped before the answer was read, it is broken off.
struct Exchange {
    response: Response,
    _breaking_off: BreakingOff,
}

struct BreakingOff(AbortController);

impl Drop for BreakingOff {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Exchange {
    /// Sends a request and waits for the head of its answer.
    async fn begin(
        url: &str,
        method: &str,
        headers: &[(&str, String)],
        body: Option<&[u8]>,
        wait_seconds: u64,
    ) -> Result<Self, TransportError> {
        let unreachable = |error: JsValue| unreachable(&error);
        let options: FetchOptions = Object::new().unchecked_into();
        let head = Headers::new().map_err(unreachable)?;
        for (name, value) in headers {
            head.set(name, value).map_err(unreachable)?;
        }
        let breaking_off = BreakingOff(AbortController::new().map_err(unreachable)?);
        options.set_method(method);
        options.set_headers(&head);
        options.set_cache("no-store");
        options.set_credentials("omit");
        options.set_redirect("manual");
        options.set_referrer_policy("no-referrer");
        options.set_signal(&breaking_off.0.signal());
        if let Some(body) = body {
            options.set_body(&Uint8Array::from(body));
        }
        let answer = within(wait_seconds, fetch(url, &options).map_err(unreachable)?).await?;
        let response: Response = answer.dyn_into().map_err(unreachable)?;
        // A redirect is not shown, only that it was one.
        if response.status() == 0 {
            return Err(TransportError::NotAServer("a redirect".into()));
        }
        Ok(Self { response, _breaking_off: breaking_off })
    }

    fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name).ok().flatten()
    }

    fn body(&self) -> Result<Pieces, TransportError> {
        let reader = self.response.body().map(|body| body.get_reader().dyn_into());
        Ok(Pieces(reader.transpose().map_err(|error: Object| unreachable(&error))?))
    }
}

/// The body of an answer, piece by piece; some have none.
struct Pieces(Option<ReadableStreamDefaultReader>);

impl Pieces {
    async fn next(&mut self, wait_seconds: u64) -> Result<Option<Vec<u8>>, TransportError> {
        let Some(reader) = &self.0 else { return Ok(None) };
        let piece = within(wait_seconds, reader.read()).await?;
        let part = |name: &str| Reflect::get(&piece, &JsValue::from_str(name)).unwrap_or_default();
        if part("done").is_truthy() {
            return Ok(None);
        }
        Ok(Some(part("value").dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default()))
    }
}

/// Waits for a promise, but not for ever.
async fn within(seconds: u64, promise: Promise) -> Result<JsValue, TransportError> {
    tokio::select! {
        biased;
        kept = JsFuture::from(promise) => kept.map_err(|error| unreachable(&error)),
        () = Timer::new(Duration::from_secs(seconds)) => Err(TransportError::TimedOut { seconds }),
    }
}

/// What a browser says of a request that failed is little: `Failed to fetch`.
fn unreachable(error: &JsValue) -> TransportError {
    let text = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    TransportError::Unreachable(one_line(&text.unwrap_or_else(|| format!("{error:?}"))))
}
