//! Tables of org units, as an administrator gives them to the server: all of a table is taken, or nothing of it, and each bad row is
//! named.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::Value as Json;

use super::world::World;

/// Inputs that one server is asked.
const INPUTS: usize = 400;
/// Units of a server that takes more.
const UNITS_MAX: usize = 300;

/// Imports a table.
pub fn run(data: &[u8]) {
    World::with(INPUTS, data, |world| {
        let before = units(world);
        let request = Request::post("/api/v1/units/import")
            .header(header::AUTHORIZATION, World::token())
            .header(header::CONTENT_TYPE, "text/csv");
        let answer = world.ask(request.body(Body::from(data.to_vec())).expect("a request"));
        answer.must_be_good("a table");
        let after = units(world);
        let said: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        match answer.status.as_u16() {
            201 => {
                let added = said["added"].as_u64().unwrap_or_default() as usize;
                assert!(added > 0 && after == before + added, "{before} units and {added} are not {after}");
            }
            _ => {
                assert_eq!(after, before, "a table that was not taken left units: {}", answer.code());
                if answer.code() == "rows_invalid" {
                    let rows = said["rows"].as_array().map_or(0, Vec::len);
                    assert!((1..=100).contains(&rows), "{rows} bad rows are named");
                }
            }
        }
        if after > UNITS_MAX {
            world.worn_out();
        }
    });
}

fn units(world: &mut World) -> usize {
    let request = Request::get("/api/v1/units").header(header::AUTHORIZATION, World::token());
    let answer = world.ask(request.body(Body::empty()).expect("a request"));
    answer.must_be_good("the units");
    let said: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
    said["items"].as_array().map_or(0, Vec::len)
}
