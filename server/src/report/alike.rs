//! Whether two records of the same unit, form and day look like one event that was logged twice.

use serde_json::Value as Json;

/// Whether the values of two records are near to each other: all numbers that both give are equal or within 5 % of the greater,
/// all yes and no are equal, and of the texts that both give at least one is, besides the day.
#[must_use]
pub fn alike(one: &Json, other: &Json) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return false };
    let both = one.iter().filter_map(|(key, value)| Some((key, value, other.get(key)?)));
    let (mut shared, mut texts, mut equal_texts) = (0, 0, 0);
    for (_, mine, theirs) in both.filter(|(key, ..)| key.as_str() != sync_core::form::ON) {
        let is_near = match (mine, theirs) {
            (Json::Number(a), Json::Number(b)) => near(a.as_i64(), b.as_i64()),
            (Json::String(a), Json::String(b)) if a.trim().is_empty() || b.trim().is_empty() => continue,
            (Json::String(a), Json::String(b)) => {
                texts += 1;
                equal_texts += usize::from(a.trim() == b.trim());
                true
            }
            (Json::Bool(a), Json::Bool(b)) => a == b,
            // Groups are not compared.
            _ => continue,
        };
        if !is_near {
            return false;
        }
        shared += 1;
    }
    shared > 0 && (texts == 0 || equal_texts > 0)
}

fn near(a: Option<i64>, b: Option<i64>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    let (a, b) = (i128::from(a), i128::from(b));
    (a - b).abs() * 20 <= a.abs().max(b.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_logged_twice_looks_alike() {
        let event = json!({"on": "2021-03-15", "place": "广场", "patients_seen": 100, "free": true, "notes": "早上"});
        let with = |key: &str, value: Json| {
            let mut other = event.clone();
            other[key] = value;
            alike(&event, &other)
        };
        assert!(alike(&event, &event));
        assert!(with("patients_seen", json!(105)) && with("patients_seen", json!(95)));
        assert!(!with("patients_seen", json!(106)) && !with("patients_seen", json!(94)));
        assert!(!with("free", json!(false)) && with("notes", json!("下午")) && with("notes", json!("")));
        let elsewhere = json!({"on": "2021-03-15", "place": "学校", "patients_seen": 100, "notes": "下午"});
        assert!(!alike(&event, &elsewhere));
        // The day alone says nothing.
        assert!(!alike(&json!({"on": "2021-03-15"}), &json!({"on": "2021-03-15"})));
        assert!(near(Some(0), Some(0)) && !near(Some(0), Some(1)) && !near(Some(i64::MIN), Some(i64::MAX)));
    }
}
