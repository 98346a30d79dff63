//! Requests to the API: which there are, their parameters and their bodies are those of `server/openapi.json`. An input is a text:
//!
//! ```text
//! POST /api/v1/units                     @GET … asks in a session instead of with a token
//! {"code":"…"}                           the body, if any
//! ---                                    and another request behind it
//! GET /api/v1/records?unit=markam
//! ```
//!
//! `<record>`, `<held>`, `<device>`, `<token>` stand for things of the store that is asked, which are called otherwise in each.

use std::sync::LazyLock;

use crate::dice::Dice;
use serde_json::{Map, Value as Json, json};

use super::{Raw, index, json, number, often, one, text};

/// What stands between two requests.
pub const BETWEEN: &str = "\n---\n";

/// One operation of the API.
#[derive(Debug)]
pub struct Operation {
    method: String,
    path: String,
    /// Names and permitted words, if there are few.
    query: Vec<(String, Vec<String>)>,
    body: Option<Json>,
    is_table: bool,
}

/// Every operation that the document describes, but for the streams, which have no end.
pub fn operations() -> &'static [Operation] {
    static ALL: LazyLock<Vec<Operation>> = LazyLock::new(|| {
        let document: Json =
            serde_json::from_str(include_str!("../../../../../server/openapi.json")).unwrap_or_default();
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                if operation["operationId"].is_string() && path != "/api/v1/live" {
                    all.push(read(&document, method, path, operation));
                }
            }
        }
        all
    });
    &ALL
}

fn read(document: &Json, method: &str, path: &str, operation: &Json) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let words = |schema: &Json| {
        schema["enum"].as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
    };
    let named = |p: &Json| Some((p["name"].as_str()?.to_owned(), words(&resolved(document, &p["schema"], 0))));
    let content = &operation["requestBody"]["content"];
    let schema = &content["application/json"]["schema"];
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        query: parameters.filter(|p| p["in"] == "query").filter_map(named).collect(),
        body: schema.is_object().then(|| sample(document, schema, 0)),
        is_table: content["text/csv"].is_object(),
    }
}

fn resolved(document: &Json, schema: &Json, depth: usize) -> Json {
    let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
    match name {
        Some(name) if depth < 8 => resolved(document, &document["components"]["schemas"][name], depth + 1),
        _ => schema.clone(),
    }
}

/// A value as a schema wants it.
fn sample(document: &Json, schema: &Json, depth: usize) -> Json {
    let schema = resolved(document, schema, depth);
    if depth > 8 {
        return Json::Null;
    }
    if !schema["example"].is_null() {
        return schema["example"].clone();
    }
    if let Some(first) = ["oneOf", "anyOf", "allOf"].iter().find_map(|any| schema[*any].as_array()?.last().cloned()) {
        return sample(document, &first, depth + 1);
    }
    if let Some(word) = schema["enum"].as_array().and_then(|words| words.first()) {
        return word.clone();
    }
    if let Some(properties) = schema["properties"].as_object() {
        return properties
            .iter()
            .map(|(key, schema)| (key.clone(), sample(document, schema, depth + 1)))
            .collect::<Map<_, _>>()
            .into();
    }
    match schema["type"].as_str() {
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("array") => json!([sample(document, &schema["items"], depth + 1)]),
        Some("object") => json!({}),
        _ => json!("markam"),
    }
}

/// Changes some requests.
pub fn requests(data: &[u8], max: usize, dice: &mut Dice, raw: Raw<'_>) -> Vec<u8> {
    let mut made = Vec::new();
    if let Ok(all) = core::str::from_utf8(data)
        && often(dice, 95)
    {
        let mut requests: Vec<String> = all.split(BETWEEN).map(str::to_owned).filter(|r| !r.is_empty()).collect();
        let at = index(dice, requests.len());
        match (dice.below(10), at) {
            (0 | 1, _) | (_, None) => requests.push(new(dice)),
            (2, Some(at)) => requests[at] = new(dice),
            (3, Some(at)) if requests.len() > 1 => drop(requests.remove(at)),
            (_, Some(at)) => requests[at] = changed(&requests[at], dice),
        }
        if requests.len() > 4 {
            requests.remove(0);
        }
        made = requests.join(BETWEEN).into_bytes();
    }
    if made.is_empty() || made.len() > max {
        made = data.to_vec();
        raw(&mut made, max);
    }
    made
}

fn new(dice: &mut Dice) -> String {
    let some = operations();
    let Some(mut operation) = one(dice, some) else { return String::new() };
    // What hashes a password takes as long as a hundred others.
    if (operation.path.contains("password")
        || operation.path.ends_with("/session")
        || operation.path.ends_with("/setup"))
        && often(dice, 90)
    {
        operation = one(dice, some).unwrap_or(operation);
    }
    let mut path = String::new();
    for part in operation.path.split('/').skip(1) {
        path.push('/');
        match part.strip_prefix('{') {
            Some(name) => path.push_str(&in_path(operation, name.trim_end_matches('}'), dice)),
            None => path.push_str(part),
        }
    }
    let mut query = Vec::new();
    for (name, words) in &operation.query {
        if often(dice, 55) {
            let word = if words.is_empty() || often(dice, 10) {
                value(name, dice)
            } else {
                one(dice, words).cloned().unwrap_or_default()
            };
            query.push(format!("{name}={word}"));
        }
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let session = if often(dice, 25) { "@" } else { "" };
    let mut request = format!("{session}{} {path}", operation.method);
    if let Some(body) = &operation.body {
        let mut body = body.clone();
        known_names(&mut body, dice);
        for _ in 0..dice.below(3) {
            json::mutate(&mut body, dice);
        }
        request = format!("{request}\n{body}");
    } else if operation.is_table {
        request.push_str("\ncode,parent,kind,name\nnew-unit,markam,clinic,新\n");
    }
    request
}

fn in_path(operation: &Operation, name: &str, dice: &mut Dice) -> String {
    if often(dice, 15) {
        return text(dice).replace(['/', '?'], "_");
    }
    let known: &[&str] = match name {
        "username" => &["worker-1", "worker-2", "boss", "nobody"],
        "code" => &["markam", "markam-hospital", "riwoqe", "changdu"],
        "change" => &["<held>", "<change>"],
        "kind" => &["unit", "worker"],
        "language" => &["zh", "bo", "en", "fr"],
        _ if operation.path.contains("records") => &["<record>", "<other>", "<record>"],
        _ if operation.path.contains("devices") => &["<device>"],
        _ if operation.path.contains("tokens") => &["<token>"],
        _ => &["clinic.outreach", "test.every_kind"],
    };
    (*one(dice, known).unwrap_or(&"x")).to_owned()
}

fn value(name: &str, dice: &mut Dice) -> String {
    if often(dice, 15) {
        return text(dice);
    }
    let known: &[&str] = match name {
        "unit" | "parent" => &["markam", "markam-hospital", "changdu", "riwoqe"],
        "from" | "to" => &["2021-01-01", "2021-05-01", "2021-12-31", "1900-01-01", "2199-12-31", "9999-99-99"],
        "form" => &["clinic.outreach", "test.every_kind"],
        "user" | "worker" | "by" => &["worker-1", "worker-2", "boss"],
        "one" => &["<record>"],
        "other" => &["<other>"],
        "limit" => &["1", "2", "200", "0", "-1", "201", "18446744073709551616"],
        "language" => &["zh", "bo", "en", "en-GB"],
        "measure" => &["people_benefited", "people_seen", "records", "events"],
        "role" => &["recorder", "reviewer", "administrator", "observer"],
        "after" => &["", "0", "1", "<record>", "AAAA", "MQ", "2021-05-01T00:00:00.000Z"],
        "text" => &["嘎托", "%", "_", "\\", "*", "\"", "a b"],
        "silent_days" => &["0", "30", "100000000000"],
        _ => &["true", "false", "1", "conflicts", "month"],
    };
    (*one(dice, known).unwrap_or(&"")).to_owned()
}

/// Puts names of the store in the place of those of the document's samples.
fn known_names(body: &mut Json, dice: &mut Dice) {
    match body {
        Json::Object(map) => {
            for (key, inner) in map {
                let known: &[&str] = match key.as_str() {
                    "id" | "one" | "duplicate_of" => &["<record>", "<other>"],
                    "other" => &["<other>"],
                    "unit" | "parent" => &["markam", "riwoqe", "changdu"],
                    _ => &[],
                };
                match one(dice, known) {
                    Some(word) if inner.is_string() && often(dice, 80) => *inner = json!(word),
                    _ => known_names(inner, dice),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|inner| known_names(inner, dice)),
        _ => {}
    }
}

fn changed(request: &str, dice: &mut Dice) -> String {
    let (line, body) = request.split_once('\n').map_or((request, None), |(line, body)| (line, Some(body)));
    let mut line = line.to_owned();
    let parsed: Option<Json> = body.and_then(|body| serde_json::from_str(body).ok());
    let mut body = body.map(str::to_owned);
    match (dice.below(4), parsed) {
        (0 | 1, Some(mut parsed)) => {
            json::mutate(&mut parsed, dice);
            body = Some(parsed.to_string());
        }
        _ => line = changed_line(&line, dice),
    }
    match body {
        Some(body) => format!("{line}\n{body}"),
        None => line,
    }
}

fn changed_line(line: &str, dice: &mut Dice) -> String {
    let (path, query) = line.split_once('?').unwrap_or((line, ""));
    let mut pairs: Vec<(String, String)> =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(n, v)| (n.into(), v.into())).collect();
    let at = index(dice, pairs.len());
    match (dice.below(7), at) {
        (0, Some(at)) => drop(pairs.remove(at)),
        (1, Some(at)) => {
            let again = pairs[at].clone();
            pairs.push(again);
        }
        (2 | 3, Some(at)) => pairs[at].1 = value(&pairs[at].0, dice),
        (4, Some(at)) => pairs[at].1 = number(dice).to_string(),
        (5, _) => {
            let names = ["unit", "from", "to", "after", "limit", "status", "has", "text", "order", "x"];
            let name = (*one(dice, &names).unwrap_or(&"x")).to_owned();
            let value = value(&name, dice);
            pairs.push((name, value));
        }
        _ => {
            let parts: Vec<&str> = path.split('/').collect();
            let at = index(dice, parts.len()).unwrap_or(0);
            let odd = if often(dice, 50) { text(dice).replace(['?', '\n'], "_") } else { "markam".to_owned() };
            let changed: Vec<&str> =
                parts.iter().enumerate().map(|(i, part)| if i == at && i > 2 { odd.as_str() } else { part }).collect();
            return [changed.join("/"), query.to_owned()].join(if query.is_empty() { "" } else { "?" });
        }
    }
    let query: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Seeds: each operation once, as the document shows it.
#[must_use]
pub fn samples() -> Vec<String> {
    let mut dice = Dice::of(1);
    let one = |operation: &Operation| {
        let mut path = String::new();
        for part in operation.path.split('/').skip(1) {
            let name = part.strip_prefix('{').map(|name| in_path(operation, name.trim_end_matches('}'), &mut dice));
            path = format!("{path}/{}", name.as_deref().unwrap_or(part));
        }
        let query: Vec<String> = operation
            .query
            .iter()
            .map(|(name, words)| format!("{name}={}", words.first().cloned().unwrap_or_else(|| value(name, &mut dice))))
            .collect();
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        match &operation.body {
            Some(body) => {
                let mut body = body.clone();
                known_names(&mut body, &mut dice);
                format!("{} {path}\n{body}", operation.method)
            }
            None => format!("{} {path}", operation.method),
        }
    };
    operations().iter().map(one).collect()
}
