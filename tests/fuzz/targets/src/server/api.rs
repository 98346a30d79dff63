//! Requests to the API by an administrator, with a token or in a session. No answer is a fault of the server's; what fails is a
//! problem with a code.

use axum::{
    body::Body,
    http::{Method, Request, header},
};

use super::world::World;
use crate::mutate::requests::BETWEEN;

/// Inputs that one server is asked.
const INPUTS: usize = 1_000;

/// Sends the requests of an input, one behind the other.
pub fn run(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let requests: Vec<(String, Request<Body>)> =
        text.split(BETWEEN).take(8).filter_map(|text| Some((text.to_owned(), request(text)?))).collect();
    if requests.is_empty() {
        return;
    }
    World::with(INPUTS, data, |world| {
        let mut locked_out = false;
        for (text, request) in requests {
            let answer = world.ask(request);
            answer.must_be_good(&text);
            locked_out |= matches!(answer.status.as_u16(), 401 | 403);
        }
        // Whoever takes away their own rights asks in vain from then on.
        if locked_out && !may_still(world) {
            world.worn_out();
        }
    });
}

fn may_still(world: &mut World) -> bool {
    ["", "@"].iter().all(|session| {
        let request = request(&format!("{session}GET /api/v1/system"));
        request.is_some_and(|request| world.ask(request).status.is_success())
    })
}

/// The request that a text describes.
fn request(text: &str) -> Option<Request<Body>> {
    let text = World::named(text);
    let (line, body) = text.split_once('\n').unwrap_or((&text, ""));
    let (method, target) = line.split_once(' ')?;
    let (method, in_session) = method.strip_prefix('@').map_or((method, false), |method| (method, true));
    let method = Method::from_bytes(method.as_bytes()).ok()?;
    let target = escaped(target);
    if !target.starts_with("/api/") || target.starts_with("/api/v1/live") {
        return None;
    }
    let kind = if target.contains("/units/import") { "text/csv" } else { "application/json" };
    let request = Request::builder().method(method).uri(target);
    let request = if body.is_empty() { request } else { request.header(header::CONTENT_TYPE, kind) };
    let request = if in_session {
        request.header(header::COOKIE, World::cookie()).header("sec-fetch-site", "same-origin")
    } else {
        request.header(header::AUTHORIZATION, World::token())
    };
    request.body(Body::from(body.to_owned())).ok()
}

/// What a client cannot send as it is, it escapes.
fn escaped(target: &str) -> String {
    let mut escaped = String::new();
    for byte in target.bytes() {
        match byte {
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | b'#' | 0..=b' ' | 127.. => {
                escaped.push_str(&format!("%{byte:02X}"))
            }
            _ => escaped.push(byte as char),
        }
    }
    escaped
}
