//! Records edited on two devices at once.

use std::collections::BTreeMap;

use super::{
    super::{
        activities::{Field, FieldInput, Logged, another_place},
        calendar::Day,
        people::reviewer_of,
        random::Random,
        units::{PREFECTURE, county_of},
    },
    ConcurrentEdit, EditSide, Settlement,
    scene::{LAST_DAY, Scene},
};

/// What the two edits have to do with each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Clash {
    /// Two values of one number, which carries a measure.
    Number,
    /// Two values of one text.
    Text,
    /// Different fields.
    None,
}

/// How many edits of each kind.
const QUOTAS: [(Clash, usize); 3] = [(Clash::Number, 12), (Clash::Text, 6), (Clash::None, 14)];
/// How many edits of one kind fall on one form, so that many forms are met.
const OF_ONE_FORM: u32 = 3;

/// Fields of a form that the edits use.
struct Editable {
    form: &'static str,
    /// The number that carries a measure.
    number: Option<&'static str>,
    /// A text without a measure.
    text: Option<&'static str>,
    /// What the second of two different edits writes, beside `text`; the field carries no measure.
    other: Option<(&'static str, &'static [&'static str])>,
}

const EDITABLE: [Editable; 8] = [
    Editable {
        form: "clinic.outreach",
        number: Some("patients_seen"),
        text: Some("place"),
        other: Some(("notes", &["补记：随队带教村医两名，药箱已补齐。", "补记：返程车辆故障，资料次日交卫生院存档。"])),
    },
    Editable {
        form: "clinic.training",
        number: Some("people"),
        text: Some("topic"),
        other: Some(("mode", &["team", "bedside", "apprentice"])),
    },
    Editable {
        form: "clinic.surgery",
        number: None,
        text: Some("procedure"),
        other: Some(("outcome", &["recovered", "improved"])),
    },
    Editable {
        form: "school.research_activity",
        number: Some("participants"),
        text: Some("topic"),
        other: Some(("audience", &["县直学校骨干教师", "乡镇学校教师"])),
    },
    Editable {
        form: "school.lecture",
        number: Some("participants"),
        text: Some("topic"),
        other: Some(("audience", &["县直学校骨干教师", "乡镇学校教师"])),
    },
    Editable {
        form: "school.online_training",
        number: Some("participants"),
        text: Some("topic"),
        other: Some(("audience", &["县直学校骨干教师", "乡镇学校教师"])),
    },
    Editable { form: "school.book_donation", number: Some("books"), text: None, other: None },
    Editable { form: "community.livestock", number: Some("head"), text: None, other: None },
];

/// The concurrent edits, by day.
pub(super) fn concurrent_edits(scene: &mut Scene<'_>) -> Vec<ConcurrentEdit> {
    let mut random = scene.random("edits");
    let forms = EDITABLE.map(|editable| editable.form);
    let mut of_form: BTreeMap<(Clash, &str), u32> = BTreeMap::new();
    let mut edits: Vec<(Day, ConcurrentEdit)> = Vec::new();
    for (clash, quota) in QUOTAS {
        let mut drawn = Vec::new();
        for logged in scene.free(&mut random, &forms) {
            let met = of_form.entry((clash, logged.activity.form)).or_insert(0);
            if drawn.len() == quota || *met == OF_ONE_FORM {
                continue;
            }
            if let Some(edit) = edit(scene, &mut random, logged, clash, drawn.len()) {
                *met += 1;
                drawn.push(edit);
            }
        }
        scene.taken.extend(drawn.iter().map(|(_, edit)| edit.activity.clone()));
        edits.extend(drawn);
    }
    edits.sort_by(|a, b| (a.0, &a.1.activity).cmp(&(b.0, &b.1.activity)));
    edits.into_iter().map(|(_, edit)| edit).collect()
}

/// A concurrent edit of `logged`, if the form has fields for it and the record reaches a second person within the year.
/// Every other one is made by a colleague, where there is one, the rest by the county's reviewer.
fn edit(
    scene: &Scene<'_>,
    random: &mut Random,
    logged: &Logged,
    clash: Clash,
    number: usize,
) -> Option<(Day, ConcurrentEdit)> {
    let activity = &logged.activity;
    let (first, second) = changes(random, logged, clash)?;
    let reviewer = reviewer_of(county_of(activity.unit)?);
    let colleagues = scene.colleagues(logged);
    let person =
        if number.is_multiple_of(2) && !colleagues.is_empty() { random.pick(&colleagues) } else { reviewer.clone() };
    let on_server = scene.calendars.next(&activity.worker, logged.entered);
    let with_both = scene.calendars.next(&person, on_server.plus(1));
    let on = with_both.plus(random.between(1, 5));
    if on > LAST_DAY {
        return None;
    }
    let settled = (clash != Clash::None).then(|| Settlement {
        reviewer: if person == reviewer { reviewer_of(PREFECTURE) } else { reviewer },
        change: (first.0, activity.field(first.0).cloned().unwrap_or(FieldInput::Text(String::new()))),
    });
    let edit = ConcurrentEdit {
        activity: activity.key.clone(),
        on: on.to_string(),
        first: EditSide { person: activity.worker.clone(), change: first },
        second: EditSide { person, change: second },
        settled,
    };
    Some((on, edit))
}

/// What the two people write, neither of them the planned value.
fn changes(random: &mut Random, logged: &Logged, clash: Clash) -> Option<(Field, Field)> {
    let editable = EDITABLE.iter().find(|editable| editable.form == logged.activity.form)?;
    match clash {
        Clash::Number => {
            let key = editable.number?;
            let truth = logged.activity.field(key)?.number()?;
            let more = truth + random.between(2, 20) as i64;
            let other = if truth > 3 { truth - random.between(1, 2) as i64 } else { more + 5 };
            Some(((key, FieldInput::Integer(more)), (key, FieldInput::Integer(other))))
        }
        Clash::Text => {
            let (one, other) = (rewritten(random, logged, editable)?, rewritten(random, logged, editable)?);
            (one != other).then_some((one, other))
        }
        Clash::None => {
            let (key, values) = editable.other?;
            let old = logged.activity.field(key);
            let new = |value: &'static str| match key {
                "notes" => FieldInput::Narrative(value.to_owned()),
                "audience" => FieldInput::Text(value.to_owned()),
                _ => FieldInput::Choice(value),
            };
            if key == "outcome" && !values.iter().any(|value| old == Some(&FieldInput::Choice(value))) {
                return None;
            }
            let news: Vec<FieldInput> = values.iter().map(|value| new(value)).filter(|v| old != Some(v)).collect();
            Some((rewritten(random, logged, editable)?, (key, random.pick(&news))))
        }
    }
}

/// The text field of `editable` with something else in it.
fn rewritten(random: &mut Random, logged: &Logged, editable: &Editable) -> Option<Field> {
    let key = editable.text?;
    let Some(FieldInput::Text(old)) = logged.activity.field(key) else { return None };
    let new = match key {
        "place" => another_place(random, logged.activity.unit, old),
        "procedure" => format!("{old}{}", random.pick(&["（择期）", "（加台）", "（会诊后）", "（二次手术）"])),
        _ => format!("{old}{}", random.pick(&["（第二期）", "（复训）", "（含实操）", "（藏汉双语）"])),
    };
    Some((key, FieldInput::Text(new)))
}
