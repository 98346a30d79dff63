//! Asks the API as any program would: over HTTP, with a token.

use std::collections::BTreeMap;

use cairn_client::transport::ServerUrl;
use http_body_util::{BodyExt, Empty};
use hyper::{Request, StatusCode, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::Value as Json;
use tokio::net::TcpStream;

use super::failure::DemoError;

/// A program with a token.
pub(super) struct Api<'a> {
    pub(super) url: &'a ServerUrl,
    pub(super) token: String,
}

/// One row of a summary.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Row {
    pub(super) group: Option<String>,
    pub(super) records: i64,
    pub(super) measures: BTreeMap<String, i64>,
}

#[derive(Deserialize)]
struct Summary {
    rows: Vec<Row>,
}

/// A record of a list, as far as it matters here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) unit: String,
    pub(super) status: String,
    pub(super) values: Json,
    pub(super) conflicts: Vec<String>,
    pub(super) held: i64,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Listed>,
    next: Option<String>,
}

impl Api<'_> {
    pub(super) async fn summary(&self, unit: &str, from: &str, to: &str, by: &str) -> Result<Vec<Row>, DemoError> {
        let path = format!("/api/v1/summary?unit={unit}&from={from}&to={to}&by={by}");
        Ok(self.get::<Summary>(&path).await?.rows)
    }

    /// Every record, by following the pages.
    pub(super) async fn records(&self) -> Result<Vec<Listed>, DemoError> {
        let mut all = Vec::new();
        let mut path = String::from("/api/v1/records?limit=200");
        loop {
            let page: Page = self.get(&path).await?;
            all.extend(page.items);
            match page.next {
                Some(next) => path = format!("/api/v1/records?limit=200&after={next}"),
                None => break,
            }
        }
        all.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(all)
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, DemoError> {
        let failed = |e: &dyn std::fmt::Display| DemoError::Api(format!("GET {path}: {e}"));
        for _ in 0..super::device::REACH_TRIES {
            match self.try_get(path).await {
                // The server may be starting.
                Err(_) => tokio::time::sleep(super::device::REACH_WAIT).await,
                Ok((StatusCode::OK, body)) => return serde_json::from_slice(&body).map_err(|e| failed(&e)),
                Ok((status, body)) => return Err(failed(&format!("{status} {}", String::from_utf8_lossy(&body)))),
            }
        }
        Err(failed(&"not reached"))
    }

    async fn try_get(&self, path: &str) -> Result<(StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>> {
        let host = self.url.as_str().trim_start_matches("http://");
        let (mut sender, connection) = http1::handshake(TokioIo::new(TcpStream::connect(host).await?)).await?;
        let driver = tokio::spawn(connection);
        let request = Request::get(path)
            .header("host", host)
            .header("authorization", format!("Bearer {}", self.token))
            .body(Empty::<Bytes>::new())?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        driver.abort();
        Ok((status, body))
    }
}
