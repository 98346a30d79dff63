//! The forms that Cairn ships with: each is read, obeys the rules, and adds to totals what it is meant to.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use super::{Fault, Form, FormSet};
use crate::record::value::Values;

macro_rules! files {
    ($($id:literal),+ $(,)?) => {
        [$(($id, include_str!(concat!("../../../server/forms/", $id, ".json")))),+]
    };
}

const FILES: [(&str, &str); 14] = files![
    "clinic.new_technique",
    "clinic.outpatient_day",
    "clinic.outreach",
    "clinic.rescue",
    "clinic.surgery",
    "clinic.training",
    "community.certification",
    "community.livestock",
    "community.project",
    "school.book_donation",
    "school.lecture",
    "school.online_training",
    "school.research_activity",
    "school.workshop",
];

/// The shipped form of this id.
pub(super) fn form(id: &str) -> Form {
    let (_, json) = FILES.iter().find(|(name, _)| *name == id).unwrap();
    Form::parse(json).unwrap_or_else(|error| panic!("{id}: {error}"))
}

/// The values of a record whose answers are typed as `key=text`, and the day.
fn typed(form: &Form, answers: &str) -> Result<Values, Fault> {
    let answers = answers.split_terminator(' ').map(|answer| answer.split_once('=').unwrap());
    core::iter::once(("on", "2021-03-15")).chain(answers).map(|(key, text)| form.read_text(key, text)).collect()
}

#[test]
fn every_file_is_a_form_named_like_the_file() {
    let mut set = FormSet::new();
    for (id, _) in FILES {
        let form = form(id);
        assert_eq!((form.id.as_str(), form.version), (id, 1));
        assert_eq!(Form::parse(&serde_json::to_string(&form).unwrap()).unwrap(), form);
        set.insert(form).unwrap();
    }
    assert_eq!(set.iter().map(|form| form.id.as_str()).collect::<Vec<_>>(), FILES.map(|(id, _)| id));
}

#[test]
fn a_measure_has_one_label_wherever_it_appears() {
    let mut labels = BTreeMap::new();
    for (id, _) in FILES {
        for measure in form(id).measures {
            let known = labels.entry(measure.measure.clone()).or_insert_with(|| measure.label.clone());
            assert_eq!(*known, measure.label, "{id}: {}", measure.measure);
        }
    }
    assert_eq!(labels.len(), 21);
}

#[test]
fn tibetan_labels_are_in_tibetan_script() {
    let tibetan = |text: &str| text.chars().all(|c| ('\u{0f00}'..='\u{0fff}').contains(&c) || c == ' ');
    for (id, json) in FILES {
        let json: serde_json::Value = serde_json::from_str(json).unwrap();
        let mut rest = [&json].to_vec();
        while let Some(part) = rest.pop() {
            if let Some(label) = part["bo"].as_str() {
                assert!(tibetan(label), "{id}: {label}");
            }
            rest.extend(part.as_array().into_iter().flatten());
            rest.extend(part.as_object().into_iter().flat_map(|fields| fields.values()));
        }
    }
}

#[test]
fn each_form_asks_what_it_should_and_requires_what_it_should() {
    let asked = |id: &str| {
        let (required, optional): (Vec<_>, Vec<_>) = form(id).fields.into_iter().partition(|field| field.required);
        let keys = |fields: Vec<super::Field>| {
            let named = |f: super::Field| f.key.to_string() + ":" + f.kind.field_type().name();
            fields.into_iter().map(named).collect::<Vec<_>>().join(" ")
        };
        keys(required) + " · " + &keys(optional)
    };
    for (id, fields) in [
        ("clinic.outreach", "place:text patients_seen:integer · referred:integer notes:narrative"),
        ("clinic.outpatient_day", "department:text visits:tally · "),
        ("clinic.surgery", "procedure:text outcome:choice · laparoscopic:yes_no"),
        ("clinic.new_technique", "name:text department:text · first_in_county:yes_no"),
        ("clinic.rescue", "diagnosis:text age_band:choice outcome:choice · "),
        ("clinic.training", "topic:text mode:choice people:integer · "),
        ("school.workshop", "name:text subject:text · "),
        ("school.research_activity", "topic:text participants:integer · audience:text"),
        ("school.lecture", "topic:text participants:integer · audience:text"),
        ("school.online_training", "topic:text participants:integer · audience:text"),
        ("school.book_donation", "books:integer · reading_room_extended:yes_no"),
        ("community.livestock", "head:integer · "),
        ("community.certification", "product:text class:choice · "),
        ("community.project", "name:text kind:choice status:choice · "),
    ] {
        assert_eq!(asked(id), fields, "{id}");
    }
}

#[test]
fn each_form_adds_to_totals_what_it_should() {
    for (id, answers, expected) in [
        ("clinic.outreach", "place=芒康 patients_seen=83 referred=2", "outreach_clinics=1 people_benefited=83"),
        ("clinic.outreach", "place=芒康 patients_seen=0", "outreach_clinics=1"),
        ("clinic.outpatient_day", "department=内科 visits=41", "outpatient_visits=41"),
        ("clinic.surgery", "procedure=阑尾切除 outcome=治愈 laparoscopic=是", "surgeries=1"),
        ("clinic.new_technique", "name=腹腔镜 department=外科 first_in_county=yes", "new_techniques=1"),
        ("clinic.rescue", "diagnosis=肺水肿 age_band=elder outcome=improved", "rescues=1"),
        ("clinic.training", "topic=超声 mode=师带徒 people=3", "people_trained=3"),
        ("school.workshop", "name=数学 subject=数学", "workshops=1"),
        ("school.research_activity", "topic=课标 participants=20", "research_activities=1 teachers_reached=20"),
        ("school.lecture", "topic=课标 participants=30 audience=教师", "lectures=1 teachers_reached=30"),
        ("school.online_training", "topic=课标 participants=0", "online_trainings=1"),
        ("school.book_donation", "books=500 reading_room_extended=是", "books_donated=500 reading_rooms=1"),
        ("school.book_donation", "books=500 reading_room_extended=否", "books_donated=500"),
        ("school.book_donation", "books=500", "books_donated=500"),
        ("community.livestock", "head=120", "yaks_bred=120"),
        ("community.certification", "product=青稞 class=无公害", "products_pollution_free=1"),
        ("community.certification", "product=青稞 class=green_organic_gi", "products_green_organic_gi=1"),
        ("community.project", "name=引水 kind=饮水 status=done", "projects_drinking_water=1"),
        ("community.project", "name=村道 kind=road status=done", "projects_road=1"),
        ("community.project", "name=中心 kind=training_centre status=已完成", "projects_training_centre=1"),
        ("community.project", "name=村道 kind=road status=ongoing", "projects_ongoing=1"),
        ("community.project", "name=桥 kind=other status=ongoing", "projects_ongoing=1"),
        ("community.project", "name=桥 kind=other status=done", ""),
    ] {
        let form = form(id);
        let values = typed(&form, answers).unwrap_or_else(|fault| panic!("{id}: {fault}"));
        assert_eq!(form.validate(&values), [], "{id} {answers}");
        let totals: Vec<String> = form
            .contributions(&values)
            .iter()
            .map(|(measure, number)| measure.to_string() + "=" + &number.to_string())
            .collect();
        assert_eq!(totals.join(" "), expected, "{id} {answers}");
    }
}

#[test]
fn numbers_below_what_makes_sense_are_refused() {
    for (id, answer) in [
        ("clinic.outreach", "patients_seen=-1"),
        ("clinic.outreach", "referred=-1"),
        ("clinic.training", "people=0"),
        ("school.lecture", "participants=-1"),
        ("school.book_donation", "books=0"),
        ("community.livestock", "head=0"),
    ] {
        let fault = typed(&form(id), answer).unwrap_err();
        assert!(fault.to_string().contains("must be at least"), "{id}: {fault}");
    }
}
