//! Lines between a device and a server that remember what went over them, and one that says again what was said once.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use cairn_client::{
    HttpTransport, Transport, TransportError,
    transport::{ENROL_PATH, EnrolRequest, Enrolled, Reply, SYNC_PATH, ServerUrl, Traffic},
};
use serde_json::{Value as Json, json};
use sync_core::wire;

use crate::http;

/// One request and what came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What the device is called here.
    pub device: String,
    /// Where it was sent.
    pub path: String,
    /// Its media type.
    pub content_type: String,
    /// The device's token; empty when it enrolled.
    pub token: String,
    /// The whole body of the request.
    pub request: Vec<u8>,
    /// The status of the answer.
    pub status: u16,
    /// The whole body of the answer.
    pub response: Vec<u8>,
}

impl Exchange {
    /// As it is kept.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({"device": self.device, "path": self.path, "content_type": self.content_type, "token": self.token,
            "request": hex(&self.request), "status": self.status, "response": hex(&self.response)})
    }

    /// As it was kept.
    ///
    /// # Panics
    /// When it is something else.
    #[must_use]
    pub fn of_json(json: &Json) -> Self {
        let text = |key: &str| json[key].as_str().unwrap_or_else(|| panic!("no {key} in {json}")).to_owned();
        Self {
            device: text("device"),
            path: text("path"),
            content_type: text("content_type"),
            token: text("token"),
            request: unhex(&text("request")),
            status: json["status"].as_u64().and_then(|n| n.try_into().ok()).expect("a status"),
            response: unhex(&text("response")),
        }
    }

    /// Whether it is one of a sync.
    #[must_use]
    pub fn is_sync(&self) -> bool {
        self.path == SYNC_PATH
    }

    /// Sends the request again, as it was, to the server at `url`.
    ///
    /// # Panics
    /// When nothing sensible comes back.
    #[must_use]
    pub fn repeat(&self, url: &str) -> (u16, Vec<u8>) {
        let token = Some(self.token.as_str()).filter(|token| !token.is_empty());
        http(url, "POST", &self.path, token, &self.content_type, &self.request)
    }
}

/// What went over all lines, in order.
pub type Said = Arc<Mutex<Vec<Exchange>>>;

/// A line to the server at an address of its own, wherever the device believes it to be.
pub struct Line {
    http: HttpTransport,
    device: String,
    url: ServerUrl,
    said: Said,
}

impl Line {
    /// The line of `device` to `url`. What goes over it is noted in `said`.
    #[must_use]
    pub fn new(device: &str, url: &ServerUrl, said: &Said) -> Self {
        Self { http: HttpTransport::new(), device: device.to_owned(), url: url.clone(), said: Arc::clone(said) }
    }

    fn note(&self, path: &str, content_type: &str, token: &str, request: Vec<u8>, (status, response): (u16, Vec<u8>)) {
        let (device, path) = (self.device.clone(), path.to_owned());
        let (content_type, token) = (content_type.to_owned(), token.to_owned());
        let exchange = Exchange { device, path, content_type, token, request, status, response };
        self.said.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }
}

impl Transport for Line {
    async fn enrol(&self, _: &ServerUrl, request: &EnrolRequest) -> Result<Enrolled, TransportError> {
        let body = serde_json::to_vec(request).unwrap_or_default();
        let (url, sent) = (self.url.as_str().to_owned(), body.clone());
        let (status, answer) = http(&url, "POST", ENROL_PATH, None, "application/json", &sent);
        self.note(ENROL_PATH, "application/json", "", body, (status, answer.clone()));
        serde_json::from_slice(&answer).map_err(|e| TransportError::NotAServer(e.to_string()))
    }

    async fn sync(&self, _: &ServerUrl, token: &str, body: Vec<u8>) -> Result<Reply, TransportError> {
        let reply = self.http.sync(&self.url, token, body.clone()).await?;
        self.note(SYNC_PATH, wire::CONTENT_TYPE, token, body, (reply.status, reply.body.clone()));
        Ok(reply)
    }

    fn traffic(&self) -> Traffic {
        self.http.traffic()
    }
}

/// A line on which a server says again what it once said, whatever it is asked.
pub struct Echo(Mutex<VecDeque<Vec<u8>>>);

impl Echo {
    /// Says the answers of `exchanges`, in order.
    pub fn of<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>) -> Self {
        Self(Mutex::new(exchanges.into_iter().map(|exchange| exchange.response.clone()).collect()))
    }

    /// How many answers were not asked for yet.
    pub fn left(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Transport for Echo {
    async fn enrol(&self, _: &ServerUrl, _: &EnrolRequest) -> Result<Enrolled, TransportError> {
        Err(TransportError::Unreachable("an echo enrols nobody".into()))
    }

    async fn sync(&self, _: &ServerUrl, _: &str, _: Vec<u8>) -> Result<Reply, TransportError> {
        let next = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let body = next.ok_or_else(|| TransportError::Unreachable("more was asked than was ever answered".into()))?;
        Ok(Reply { status: 200, content_type: Some(wire::CONTENT_TYPE.into()), retry_after: None, body })
    }

    fn traffic(&self) -> Traffic {
        Traffic::default()
    }
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().as_chunks::<2>().0;
    let byte = |pair: &[u8; 2]| core::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    digits.iter().map(|pair| byte(pair).expect("hexadecimal digits")).collect()
}
