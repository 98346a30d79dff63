//! JSON as a tree, and definitions of forms in it.

use crate::dice::Dice;
use serde_json::{Map, Value as Json, json};

use super::{Raw, index, number, often, one, text};

/// Changes a form's definition.
pub fn form(data: &[u8], max: usize, dice: &mut Dice, raw: Raw<'_>) -> Vec<u8> {
    let read: Option<Json> = serde_json::from_slice(data).ok();
    let mut made = match read {
        Some(mut form) if often(dice, 92) => {
            for _ in 0..dice.within(1, 3) {
                match dice.below(4) {
                    0 => mutate(&mut form, dice),
                    _ => change_form(&mut form, dice),
                }
            }
            form.to_string().into_bytes()
        }
        _ => Vec::new(),
    };
    if made.is_empty() || made.len() > max {
        made = data.to_vec();
        raw(&mut made, max);
    }
    made
}

fn label(dice: &mut Dice) -> Json {
    let mut word = || {
        if often(dice, 80) {
            ["好", "ཡིན", "Yes", "其他"][dice.below(4) as usize].to_owned()
        } else {
            text(dice)
        }
    };
    json!({"zh": word(), "bo": word(), "en": word()})
}

fn key(dice: &mut Dice) -> String {
    let keys =
        ["a", "b", "c", "d", "on", "group", "n", "seen", "a_very_long_name_that_still_is_one", "A", "", "9", "on/on"];
    (*one(dice, &keys).unwrap_or(&"a")).to_owned()
}

fn bound(dice: &mut Dice) -> Json {
    match dice.below(5) {
        0 => json!(number(dice)),
        1 => json!(-1_000_000_000i64),
        2 => json!(1.5),
        _ => json!(dice.below(1_000) as i64 - 20),
    }
}

fn choice(dice: &mut Dice) -> Json {
    json!({"value": key(dice), "label": label(dice)})
}

fn a_field(dice: &mut Dice, in_group: bool) -> Json {
    let kinds = ["text", "narrative", "integer", "tally", "yes_no", "choice", "date", "group", "number"];
    let kind = *one(dice, &kinds[..if in_group { 7 } else { 9 }]).unwrap_or(&"text");
    let mut field = json!({"key": key(dice), "label": label(dice), "type": kind});
    if often(dice, 30) {
        field["required"] = often(dice, 70).into();
    }
    let settings: &[&str] = match kind {
        "text" => &["max_chars"],
        "integer" => &["min", "max"],
        "tally" => &["max"],
        _ => &[],
    };
    for setting in settings {
        if often(dice, 50) {
            field[*setting] = bound(dice);
        }
    }
    if kind == "choice" || often(dice, 3) {
        field["options"] = (0..dice.below(5)).map(|_| choice(dice)).collect();
    }
    if kind == "group" || often(dice, 3) {
        let deeper = often(dice, 5) && !in_group;
        field["fields"] = (0..dice.below(4)).map(|_| a_field(dice, !deeper)).collect();
    }
    field
}

fn condition(dice: &mut Dice) -> Json {
    let value = match dice.below(4) {
        0 => json!(often(dice, 50)),
        1 => bound(dice),
        _ => json!(key(dice)),
    };
    json!({"field": key(dice), "equals": value})
}

fn a_measure(dice: &mut Dice) -> Json {
    let mut measure = json!({"measure": key(dice), "label": label(dice)});
    match dice.below(3) {
        0 => measure["count"] = true.into(),
        _ => measure["sum"] = key(dice).into(),
    }
    match dice.below(4) {
        0 => measure["when"] = condition(dice),
        1 => measure["when"] = (0..dice.below(4)).map(|_| condition(dice)).collect(),
        _ => {}
    }
    measure
}

fn change_form(form: &mut Json, dice: &mut Dice) {
    let Some(map) = form.as_object_mut() else { return };
    let which = if often(dice, 70) { "fields" } else { "measures" };
    let list = map.entry(which).or_insert_with(|| Json::Array(Vec::new()));
    let Some(list) = list.as_array_mut() else { return };
    let new = if which == "fields" { a_field(dice, false) } else { a_measure(dice) };
    let at = index(dice, list.len());
    match (dice.below(6), at) {
        (0, Some(at)) => drop(list.remove(at)),
        (1, Some(at)) => list[at] = new,
        (2, Some(at)) => mutate(&mut list[at], dice),
        (3, Some(at)) => {
            let again = list[at].clone();
            list.push(again);
        }
        (4, _) if often(dice, 10) => drop(map.insert("version".into(), bound(dice))),
        _ => list.push(new),
    }
}

/// Changes one value in a tree.
pub fn mutate(json: &mut Json, dice: &mut Dice) {
    let at = index(dice, size(json)).unwrap_or(0);
    descend(json, at, dice);
}

fn size(json: &Json) -> usize {
    1 + match json {
        Json::Array(items) => items.iter().map(size).sum(),
        Json::Object(map) => map.values().map(size).sum(),
        _ => 0,
    }
}

fn descend(json: &mut Json, mut at: usize, dice: &mut Dice) {
    if at == 0 {
        return change(json, dice);
    }
    at -= 1;
    let inside: Vec<&mut Json> = match json {
        Json::Array(items) => items.iter_mut().collect(),
        Json::Object(map) => map.values_mut().collect(),
        _ => Vec::new(),
    };
    for inner in inside {
        let size = size(inner);
        if at < size {
            return descend(inner, at, dice);
        }
        at -= size;
    }
}

/// A value that is not what was asked for.
pub fn any(dice: &mut Dice) -> Json {
    match dice.below(10) {
        0 => Json::Null,
        1 => often(dice, 50).into(),
        2 => json!(number(dice)),
        3 => json!(-(number(dice) as i64).max(-i64::MAX)),
        4 => json!(0.1 + dice.below(9) as f64 * 1e300),
        5 => json!([]),
        6 => json!({}),
        7 => {
            let depth = usize::try_from(dice.below(140)).unwrap_or(0);
            (0..depth).fold(Json::Null, |inner, _| json!([inner]))
        }
        _ => text(dice).into(),
    }
}

fn change(json: &mut Json, dice: &mut Dice) {
    if often(dice, 20) {
        *json = any(dice);
        return;
    }
    match json {
        Json::String(old) => *old = text(dice),
        Json::Number(_) => *json = bound(dice),
        Json::Bool(answer) => *answer = !*answer,
        Json::Array(items) => match (dice.below(3), index(dice, items.len())) {
            (0, Some(at)) => drop(items.remove(at)),
            (1, Some(at)) => {
                let again = items[at].clone();
                let times = if often(dice, 10) { dice.below(250) } else { 1 };
                items.extend((0..times).map(|_| again.clone()));
            }
            _ => items.push(any(dice)),
        },
        Json::Object(map) => change_map(map, dice),
        Json::Null => *json = any(dice),
    }
}

fn change_map(map: &mut Map<String, Json>, dice: &mut Dice) {
    let keys: Vec<String> = map.keys().cloned().collect();
    match (dice.below(4), one(dice, &keys)) {
        (0, Some(key)) => drop(map.remove(key)),
        (1, Some(key)) => {
            let value = map.remove(key).unwrap_or(Json::Null);
            map.insert(text(dice), value);
        }
        (2, Some(key)) => drop(map.insert(key.clone(), any(dice))),
        _ => drop(map.insert(if often(dice, 50) { key(dice) } else { text(dice) }, any(dice))),
    }
}
