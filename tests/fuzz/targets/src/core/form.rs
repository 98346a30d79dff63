//! Forms: a definition that is accepted is the same when it is written and read again, and answers of any kind can be put to it.

use serde_json::{Map, Value as Json};
use sync_core::{
    form::{Form, FormSet, Reading},
    record::{Value, Values},
};

/// Answers that are good for some kind of field, and bad for the others.
const ANSWERS: [&str; 14] = [
    "",
    " ",
    "5",
    "-1",
    "９９",
    "༢༠༢༡-༠༥-༠༡",
    "2021年3月5日",
    "9223372036854775808",
    "yes",
    "ཡིན",
    "{\"a\":{}}",
    "{\"a\":{\"n\":1}}",
    "[1e400]",
    "好།",
];

/// Reads a definition, and puts answers to it.
pub fn run(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let form = match Form::parse(text) {
        Ok(form) => form,
        Err(error) => {
            assert!(error.code().starts_with("form_") && !error.to_string().is_empty());
            return;
        }
    };
    let written = serde_json::to_string(&form).expect("a form can be written");
    let again = Form::parse(&written);
    assert!(again.as_ref() == Ok(&form), "a form that was written again is another: {again:?}\n{written}");
    let mut forms = FormSet::new();
    assert_eq!(forms.insert(form.clone()), Ok(()), "what is read may be added");
    assert_eq!(forms.insert(form.clone()), Ok(()), "and added again");
    answer(&form);
}

fn answer(form: &Form) {
    let keys: Vec<&str> = form.all_fields().map(|field| field.key.as_str()).chain(["nobody", "", "on/on"]).collect();
    let mut values = Values::new();
    let mut map = Map::new();
    for (number, key) in keys.iter().enumerate() {
        for (turn, text) in ANSWERS.iter().enumerate() {
            let json: Json = serde_json::from_str(text).unwrap_or_else(|_| Json::from(*text));
            for read in [form.read_text(key, text), form.read_json(key, &json), form.read_entered(key, &json)] {
                let Ok((field, value)) = read else { continue };
                // What was sent as JSON and is accepted is the same as JSON.
                let sent = value.to_json();
                match form.read_json(key, &sent) {
                    Ok((_, same)) => assert_eq!(same, value, "an answer that was sent again is another"),
                    // A blank answer is none, and a field that needs one says so.
                    Err(fault) => assert!(value.is_blank() || matches!(value, Value::Group(_)), "{fault:?} {sent}"),
                }
                if (number + turn) % 3 == 0 {
                    values.insert(field, value);
                    map.insert((*key).to_owned(), sent);
                }
            }
        }
    }
    let faults = form.validate(&values);
    assert!(faults.len() <= sync_core::form::FAULTS_MAX + 1);
    let _ = form.contributions(&values);
    for reading in [Reading::Sent, Reading::Entered] {
        let _ = form.edits(&values, &map, reading);
    }
}
