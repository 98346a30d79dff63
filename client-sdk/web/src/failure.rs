//! Errors as JavaScript's: an `Error` with `code`, and what a caller must know to act on it.

use cairn_client::Error;
use js_sys::Reflect;
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::value;

/// Why a call failed.
pub(crate) enum Failure {
    Engine(Error),
    /// An argument is not of the shape that is asked for.
    Argument(String),
    /// Work would be lost.
    Unsent(u32),
    /// Nobody of that name is enrolled here.
    NoSuchPerson(String),
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Engine(error.into())
    }
}

impl Failure {
    fn code(&self) -> &str {
        match self {
            Self::Engine(error) => error.code(),
            Self::Argument(_) => "bad_argument",
            Self::Unsent(_) => "unsent_work",
            Self::NoSuchPerson(_) => "no_such_person",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Engine(error) => error.to_string(),
            Self::Argument(what) => what.clone(),
            Self::Unsent(changes) => format!("{changes} changes and drafts are only on this device and would be lost"),
            Self::NoSuchPerson(id) => format!("nobody is enrolled here as {id:?}"),
        }
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let error: JsValue = js_sys::Error::new(&failure.message()).into();
        set(&error, "code", &failure.code().into());
        match &failure {
            Failure::Engine(Error::Faults(faults)) => set(&error, "faults", &plain(faults)),
            Failure::Engine(Error::UnitNeeded { choices }) => set(&error, "choices", &plain(choices)),
            Failure::Unsent(changes) => set(&error, "changes", &(*changes).into()),
            _ => {}
        }
        set(&error, "passing", &matches!(&failure, Failure::Engine(engine) if engine.is_passing()).into());
        error
    }
}

fn plain<T: Serialize>(rows: &T) -> JsValue {
    value::out(rows).unwrap_or_default()
}

fn set(error: &JsValue, name: &str, value: &JsValue) {
    // Only a frozen object refuses, and this one was just made.
    let _ = Reflect::set(error, &name.into(), value);
}
