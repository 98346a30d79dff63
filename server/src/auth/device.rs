//! The device behind a sync request: whoever holds the token in `Authorization: Bearer …`.

use axum::http::{HeaderMap, header};

use super::Token;
use crate::store::{
    Store, StoreError,
    devices::{self, Device},
};

impl Device {
    /// The device whose token the headers show; `None` if they show none that is known. A revoked device is known.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_headers(store: &Store, headers: &HeaderMap) -> Result<Option<Self>, StoreError> {
        let Some(token) = bearer(headers) else { return Ok(None) };
        devices::by_token(&mut store.read().await?, token.hash()).await
    }
}

fn bearer(headers: &HeaderMap) -> Option<Token> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") { Token::read(token.trim()) } else { None }
}
