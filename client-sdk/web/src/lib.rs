//! The replica for JavaScript. Everything here only wraps [`cairn_client`]: what goes in and out are plain values, as their types
//! are written down for TypeScript.
//!
//! | file | what it is |
//! |---|---|
//! | `device` | who is enrolled on this device, and their replicas |
//! | `replica` | every operation of one person's replica |
//! | `value` | values on their way in and out |
//! | `failure` | errors as JavaScript's, with a code |
//! | `panic` | what is left of a panic |
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

mod device;
mod failure;
mod panic;
mod replica;
mod value;

use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    panic::remember();
}
