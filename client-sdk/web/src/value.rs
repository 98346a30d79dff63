//! Values on their way in and out: plain ones, by way of JSON, which the core speaks anyway and browsers read fastest.

use js_sys::JSON;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

use crate::failure::Failure;

/// A value on its way out.
pub(crate) fn out<T: Serialize>(value: &T) -> Result<JsValue, Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::Argument(error.to_string()))?;
    JSON::parse(&text).map_err(|_| Failure::Argument("a value that is no JSON".into()))
}

/// A value on its way in, called `name`.
pub(crate) fn read<T: DeserializeOwned>(value: &JsValue, name: &str) -> Result<T, Failure> {
    let bad = |why: String| Failure::Argument(format!("{name}: {why}"));
    let text = JSON::stringify(value).ok().and_then(|text| text.as_string());
    let text = text.ok_or_else(|| bad("not a plain value".into()))?;
    serde_json::from_str(&text).map_err(|error| bad(error.to_string()))
}

/// A name on its way in.
pub(crate) fn named<T: core::str::FromStr<Err: core::fmt::Display>>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error: T::Err| Failure::Argument(error.to_string()))
}
